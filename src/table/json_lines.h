/* JSON Lines: one object a line to fields. Keys of nested objects are joined with dots; lists stay JSON texts. Private to
 * table/. */
#ifndef TABLE_JSON_LINES_H
#define TABLE_JSON_LINES_H

#include "table/dictionary.h"
#include "table/scan.h"

/* All keys of some lines, in order of first appearance, and what their values are. */
typedef struct json_keys {
    dictionary names; /* `counts`: values that are not null */
    arena *memory;    /* of the names */
    struct json_key {
        int64_t lists, numbers; /* values that are such */
        int64_t seen;           /* the line that had it last */
    } * about;
    int32_t capacity;
} json_keys;

/* Adds the keys of all lines of `lines`. A line that is no object of the right form sets *why (a clause) and *bad_at, its
 * offset. */
ptg_status json_keys_add(json_keys *keys, text lines, int64_t *bad_at, const char **why, ptg_error *err);
ptg_status json_keys_merge(json_keys *to, const json_keys *from, ptg_error *err);
void json_keys_clear(json_keys *keys);

/* Reads lines that json_keys_add took to one field a key. */
typedef struct json_reader json_reader;
json_reader *json_reader_new(const json_keys *keys); /* NULL when out of memory */
void json_reader_free(json_reader *r);
/* The line at `*at`, false where it is blank; moves `*at` to the next. Fields of absent and of null members have no bytes. */
bool json_reader_next(json_reader *r, text content, int64_t *at, field *fields);

/* The value of a string between its quotes: at most as long as it. */
int64_t json_unescape(text raw, char *to);
/* Whether the first line that is not blank is a JSON object with a member. */
bool json_lines_likely(text content);

#endif

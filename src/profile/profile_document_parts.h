/* What the files that write profile.json share. Private to them. */
#ifndef PROFILE_PROFILE_DOCUMENT_PARTS_H
#define PROFILE_PROFILE_DOCUMENT_PARTS_H

#include "profile/profile_document.h"

/* `failed` is set by any allocation that fails, and looked at once at the end. */
typedef struct document {
    const profile_material *p;
    bool failed;
} document;

static inline void put(document *d, json_t *object, const char *key, json_t *value)
{
    profile_put(object, key, value, &d->failed);
}

static inline void put_number(document *d, json_t *object, const char *key, double value)
{
    put(d, object, key, json_number(value));
}

static inline void put_count(document *d, json_t *object, const char *key, int64_t value)
{
    put(d, object, key, json_integer(value));
}

static inline json_t *word(const char *zero_terminated)
{
    return zero_terminated == NULL ? json_null() : json_text(text_of(zero_terminated));
}

/* 0 / 0 is 0 here: the share of nothing. */
static inline double share(int64_t part, int64_t whole)
{
    return whole == 0 ? 0 : (double)part / (double)whole;
}

/* The first 200 characters of a cell as JSON text, null where it is missing. New reference; NULL when out of memory. */
json_t *document_cell(text t);
/* The name of a column; names and cells of a row of the listed columns (NULL: the first n, all). New references. */
json_t *document_name(const document *d, int32_t column_at);
json_t *document_names(document *d, const int32_t *columns, int32_t n);
json_t *document_cells(document *d, const int32_t *columns, int64_t row);
/* The sections that other files write; null where there is nothing. */
json_t *document_associations(document *d);
json_t *document_missing_patterns(document *d);
json_t *document_checks(document *d);
json_t *document_anomalies(document *d);
/* The section of one column, and the parts of it that the target's section has as well. New references. */
json_t *document_column(document *d, int32_t at);
json_t *document_numeric(document *d, const column_statistics *statistics);
json_t *document_top_invalid(document *d, const column *c);

#endif

/* JSON Pointer (RFC 6901) and JSON Patch (RFC 6902) on jansson. */
#ifndef BASE_JSON_PATCH_H
#define BASE_JSON_PATCH_H

#include "base/json.h"
#include "base/memory.h"

#define JSON_POINTER_PARTS 16

/* The parts of a pointer, unescaped (~1 is a slash, ~0 a tilde); none for the whole document, whose pointer is empty. */
typedef struct json_pointer {
    char *part[JSON_POINTER_PARTS];
    int n;
} json_pointer;
/* Parts are in memory of `a`. PTG_ERROR_USAGE with one sentence about the pointer that does not begin with a slash or has more
 * than JSON_POINTER_PARTS parts. */
ptg_status json_pointer_read(const char *pointer, arena *a, json_pointer *out, ptg_error *err);

/* The place in an array that a part names (digits without a leading zero, below the size); -1 when it names none. */
int64_t json_array_place(const json_t *array, const char *part);

/* Applies the operations in their order to a copy of `document`: all of them or, on the first that fails, none. `*out` is a new
 * reference. PTG_ERROR_USAGE: an operation that is no such, a place that is not there, or a `test` that finds another value;
 * the sentence names the operation's path. */
ptg_status json_patch_apply(const json_t *document, const json_t *patch, json_t **out, ptg_error *err);

#endif

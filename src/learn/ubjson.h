/* A reader of UBJSON, the binary form of JSON that XGBoost saves models in (https://ubjson.org, big-endian numbers). Arrays of
 * numbers stay where they are in the text and are read one by one. */
#ifndef LEARN_UBJSON_H
#define LEARN_UBJSON_H

#include <stdint.h>

#include "base/memory.h"
#include "base/text.h"

typedef enum ubjson_kind {
    UBJSON_NULL,
    UBJSON_BOOLEAN,
    UBJSON_NUMBER,
    UBJSON_TEXT,
    UBJSON_NUMBERS,
    UBJSON_ARRAY,
    UBJSON_OBJECT
} ubjson_kind;

typedef struct ubjson {
    text key; /* of a member */
    ubjson_kind kind;
    double number; /* number, boolean */
    text string;
    int64_t n;           /* items or members */
    char type;           /* numbers: their marker (d, D, i, U, I, l, L) */
    const uint8_t *data; /* numbers: n of them */
    struct ubjson *first, *next;
} ubjson;

/* The whole of `t` as one value in the arena. PTG_ERROR_FORMAT when it is damaged, too deep, or uses what XGBoost does not. */
ptg_status ubjson_read(text t, arena *a, ubjson **out, ptg_error *err);
/* A member by a path of names ("learner", "objective", NULL); NULL when there is none, also for a NULL object. */
const ubjson *ubjson_at(const ubjson *object, ...) __attribute__((sentinel));
/* Number i of an array of numbers; NaN outside of it. */
double ubjson_number(const ubjson *numbers, int64_t i);

#endif

/* Whether a column of whole numbers holds codes. */
#ifndef PROFILE_COLUMN_CODES_H
#define PROFILE_COLUMN_CODES_H

#include "profile/finding.h"

typedef struct code_evidence {
    const char *why; /* the signs in words; NULL = none */
    double strength; /* share of the target's variation that levels explain beyond a trend; NaN: not measured */
    bool is_clear;   /* two signs agree */
} code_evidence;

/* Whether the values lie scattered over a large range and tell the target as levels, not by their order: such numbers have no
 * tail and no outliers. */
bool column_codes_scattered(const finding_context *context, int32_t at);

/* `least`: from which strength on it is a sign. */
ptg_status column_codes_look(const finding_context *context, int32_t at, double least, code_evidence *out, ptg_error *err);

#endif

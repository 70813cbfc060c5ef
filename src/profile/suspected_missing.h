/* Numbers that are read as values, though they may stand for a missing one: what only a reader of the column can decide. */
#ifndef PROFILE_SUSPECTED_MISSING_H
#define PROFILE_SUSPECTED_MISSING_H

#include "profile/finding.h"

typedef struct suspected_missing {
    double value;
    int64_t count;   /* 0: none */
    const char *why; /* one sentence */
} suspected_missing;

/* The most suspicious one of a column of numbers, or of a column of words in which one number stands. */
suspected_missing suspected_missing_of(const finding_context *context, int32_t at);

#endif

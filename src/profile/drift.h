/* Drift: the small model tries to tell the rows of two tables apart, or the first rows of one in time from its last. What it
 * cannot tell has not drifted. */
#ifndef PROFILE_DRIFT_H
#define PROFILE_DRIFT_H

#include "base/pool.h"
#include "profile/small_score.h"

#define DRIFT_COLUMNS 8

typedef struct drift_column {
    int32_t at;
    double difference; /* total variation between the two distributions, by bins or levels, 0 ... 1 */
    double auc, se;    /* of the small model that sees only this column */
} drift_column;

typedef struct drift_check {
    bool made;
    int32_t by;      /* in time: the column that orders the rows, -1: their place in the file */
    int64_t rows[2]; /* sampled from the table and from the validation file; in time: from the first and the last part */
    double auc, se;  /* of all features; 0.5 = the same */
    int32_t n_columns;
    drift_column columns[DRIFT_COLUMNS]; /* those that differ most, first */
} drift_check;

struct profile_facts;
/* `features`: n columns of `f` that a model reads; `other` has columns of the same names. In time `other` is NULL, and the rows
 * with a `time` in its last fifth are told from those before. */
typedef struct drift_request {
    const frame *f, *other;
    const double *time; /* a value a row; NaN: left out */
    const int32_t *features;
    int32_t n_features;
    uint64_t seed;
    pool *threads;
} drift_request;
ptg_status drift_make(const drift_request *request, drift_check *out, ptg_error *err);

#define DRIFT_LEAST 0.55
#define DRIFT_LAST 0.2 /* of the rows, in time */

#endif

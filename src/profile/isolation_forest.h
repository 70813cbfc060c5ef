/* Anomalous rows by isolation forest (Liu, Ting & Zhou 2008): rows that few random cuts set apart. */
#ifndef PROFILE_ISOLATION_FOREST_H
#define PROFILE_ISOLATION_FOREST_H

#include "base/pool.h"
#include "table/frame.h"

#define ANOMALIES_SHOWN 10
#define OUTSIDE_ROWS 500

typedef struct anomaly {
    int64_t row;
    double score;      /* 0.5 - 2^(-mean depth / expected depth): negative = easier to set apart than most */
    int32_t n_outside; /* numeric columns in which the row is an outlier, those that go together counted once */
} anomaly;

typedef struct anomalies {
    int64_t rows;    /* that were scored */
    int32_t columns; /* that were looked at */
    int32_t numeric; /* of these, numeric ones */
    int32_t n;
    anomaly top[ANOMALIES_SHOWN]; /* most anomalous first */
    int64_t n_outside;            /* rows that are outliers in many numeric columns (a quarter, and 3 or more) */
    double expected_outside;      /* such rows, if columns were independent */
    int32_t n_outside_rows;
    int64_t outside_rows[OUTSIDE_ROWS]; /* the first of these rows */
} anomalies;

/* low, high: bounds of outliers of a column (NaN: none), see number_summary; share: of its cells that lie outside. */
typedef struct forest_column {
    int32_t at;
    double low, high, share;
} forest_column;

typedef struct forest_request {
    const frame *f;
    const forest_column *columns;
    int32_t n_columns;
    uint64_t seed;
    pool *threads;
} forest_request;

/* At most FOREST_ROWS rows are scored, a uniform sample. The result is the same at any number of threads. */
#define FOREST_ROWS 20000
#define FOREST_COLUMNS 100
ptg_status anomalies_find(const forest_request *request, anomalies *out, ptg_error *err);

#endif

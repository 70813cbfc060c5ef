/* Texts as sparse vectors of their n-grams, hashed into a fixed number of places: no vocabulary is kept, only the numbers of
 * the places that are used and their inverse document frequency. */
#ifndef TRANSFORM_HASHED_TERMS_H
#define TRANSFORM_HASHED_TERMS_H

#include "numeric/matrix.h"

#define HASHED_PLACES (1 << 18)

/* Words and pairs of words, runs of 3 to 5 characters inside words, or both. */
typedef enum hashed_ngrams { NGRAMS_WORDS, NGRAMS_CHARACTERS, NGRAMS_BOTH } hashed_ngrams;

/* The places that are used; a slot is a number among them. */
typedef struct hashed_places {
    int32_t n;             /* slots */
    const int32_t *places; /* ascending */
    const double *idf;
} hashed_places;

/* Entries of row i at starts[i] ... starts[i+1]-1. `items` are places while those that are used are chosen, then slots. */
typedef struct hashed_rows {
    int64_t n_rows, n, capacity;
    int64_t *starts;
    int32_t *items;
    double *values;
} hashed_rows;

/* Counts of the n-grams of all rows of a TEXT or CODED column: at the slots of `known`, or at all places where it is NULL.
 * Freed with hashed_rows_clear; empty after a failure. */
ptg_status hashed_rows_of(const feature *f, int64_t n_rows, hashed_ngrams ngrams, const hashed_places *known, hashed_rows *x,
                          ptg_error *err);
/* Counts at slots become (1 + ln count) idf, divided by the row's norm. */
void hashed_rows_weigh(const hashed_places *places, hashed_rows *x);
void hashed_rows_clear(hashed_rows *x);

/* The places that stand in at least `least` rows, in the arena; the rows' items become slots, entries without one leave. */
ptg_status hashed_places_choose(hashed_rows *x, double least, arena *a, hashed_places *out, ptg_error *err);
/* True where n places are ascending and within bounds. */
bool hashed_places_hold(const int32_t *places, int64_t n);

#endif

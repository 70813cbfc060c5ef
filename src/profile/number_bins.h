/* Bins of numbers with equal counts: one a value where there are few values, else between quantiles. */
#ifndef PROFILE_NUMBER_BINS_H
#define PROFILE_NUMBER_BINS_H

#include <stdint.h>

/* Ascending borders of at most `most` bins (room for most - 1) from n sorted values; returns how many. */
int32_t number_bins_find(const double *sorted, int64_t n, int32_t most, double *borders);
/* The bin of a value that is not NaN: the number of borders that are <= it. */
int32_t number_bins_of(const double *borders, int32_t n_borders, double value);

#endif

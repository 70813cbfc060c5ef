/* Label noise: rows whose label the small model, which did not see them, is sure to be another one, where such rows are as
 * frequent among the clearest cases as among the less clear ones. Overlap of classes looks different: there errors vanish as
 * the model becomes sure. */
#ifndef PROFILE_LABEL_NOISE_H
#define PROFILE_LABEL_NOISE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fail.h"

#define NOISE_ROWS 500

typedef struct label_noise {
    bool measured, found;
    double rate;     /* share of rows with a wrong label, from the clearest three fifths of the rows; NaN: not measured */
    double fifth[3]; /* errors among the clearest fifth of each predicted class, the next, and the third */
    int64_t n_suspects;
    int32_t n_rows;
    int64_t rows[NOISE_ROWS]; /* suspects by row number of the table, clearest first */
} label_noise;

struct check_material;
ptg_status label_noise_make(const struct check_material *m, label_noise *out, ptg_error *err);

#define NOISE_LEAST 0.02

#endif

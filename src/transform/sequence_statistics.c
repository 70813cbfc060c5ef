/* SequenceStatistics: a list of numbers as a few numbers: how many items it has, their mean, least, greatest, first and last
 * one, standard deviation, and the mean step from one to the next. Missing lists are missing; an empty one has length 0 and no
 * other number. Nothing is fitted but the columns' names. */
#include <math.h>

#include "table/sequence.h"
#include "transform/cell_statistics.h"

enum { LENGTH, MEAN, LEAST, GREATEST, FIRST, LAST, DEVIATION, STEP, N_STATISTICS };

static const char *const statistic_names[N_STATISTICS] = {
    "length", "mean", "min", "max", "first", "last", "sd", /* with n, not n - 1 */
    "step",                                                /* (last - first) / (items - 1) */
};

/* One pass for the sums, in the order of the items; items that are missing only count in the length. */
static void measure(text list, double values[N_STATISTICS])
{
    double sum = 0, squares = 0, first = NAN, last = NAN, least = NAN, greatest = NAN, value;
    int64_t length = 0, n = 0;
    for (text rest = list; sequence_next(&rest, &value); length++) {
        if (!isfinite(value)) continue;
        if (n++ == 0) first = least = greatest = value;
        last = value;
        least = value < least ? value : least;
        greatest = value > greatest ? value : greatest;
        double shifted = value - first; /* keeps the squares exact where all items are near to each other */
        sum += shifted;
        squares += shifted * shifted;
    }
    double mean = sum / (double)n, variance = squares / (double)n - mean * mean;
    values[LENGTH] = (double)length;
    values[MEAN] = n ? first + mean : NAN;
    values[LEAST] = least;
    values[GREATEST] = greatest;
    values[FIRST] = first;
    values[LAST] = last;
    values[DEVIATION] = n ? sqrt(variance > 0 ? variance : 0) : NAN;
    values[STEP] = n > 1 ? (last - first) / (double)(n - 1) : NAN;
}

static const cell_statistics statistics = {statistic_names, N_STATISTICS, FEATURE_TEXT, measure};

static ptg_status apply(const void *state, const matrix *columns, matrix *out, ptg_error *err)
{
    return cell_statistics_apply(&statistics, state, columns, out, err);
}

static ptg_status fit_state(void *state, const transform_fit_input *in, matrix *out, ptg_error *err)
{
    return apply(state, in->columns, out, err);
}

static void save(const void *state, bytes_writer *w)
{
    fitted_save(state, w);
}

static const fitted_step step = {"SequenceStatistics", sizeof(fitted), fit_state, NULL};

static ptg_status fit(const transform_fit_input *in, void **state, matrix *out, ptg_error *err)
{
    return fitted_fit(&step, in, state, out, err);
}

static ptg_status load(bytes_reader *r, void **state, ptg_error *err)
{
    return fitted_load(&step, r, state, err);
}

const transformer sequence_statistics = {
    .name = "SequenceStatistics",
    .text = "Describes a list of numbers by its length, mean, least, greatest, first and last item, spread and mean step.",
    .accepts = FEATURE_TEXT,
    .fit = fit,
    .apply = apply,
    .save = save,
    .load = load,
    .free = fitted_free,
};

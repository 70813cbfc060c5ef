/* Three signs: zeros in a column whose other values all lie far above, as with a blood pressure; a nine (99, 999) behind a
 * scale that ends well below; a number of nines that repeats in a column whose values hardly do. And one lone number of nines
 * among words. None proves it, so that such cells stay values until the reader says otherwise. */
#include "profile/suspected_missing.h"

#include <math.h>

#include "base/number.h"
#include "profile/finding_measures.h"

#define LEAST_CELLS 3
#define LEAST_SHARE 0.01 /* of the rows, for what repeats */
#define MOST_SHARE 0.4
#define ZERO_DISTINCT 20 /* different values, for zero to stand apart from a quantity */
#define ZERO_APART 0.3   /* smallest other value over the median */
#define SCALE_MOST 12    /* different values of a scale */
#define REPEATS 10       /* times the mean of cells a value */
#define REPEATS_DISTINCT 50
#define LEVELS_LEAST 3

/* 9, 99, 999 ... and their negatives. */
static bool is_nines(double v)
{
    double nines = 9;
    while (nines < fabs(v) && nines < 1e9)
        nines = 10 * nines + 9;
    return fabs(v) == nines;
}

static int64_t cells_equal(const column *c, int64_t n_rows, double value)
{
    int64_t n = 0;
    for (int64_t i = 0; i < n_rows; ++i)
        n += c->numbers[i] == value;
    return n;
}

static double next_above(const column *c, int64_t n_rows, double bound)
{
    double least = INFINITY;
    for (int64_t i = 0; i < n_rows; ++i) {
        if (c->numbers[i] > bound && c->numbers[i] < least) least = c->numbers[i];
    }
    return least;
}

static double next_below(const column *c, int64_t n_rows, double bound)
{
    double most = -INFINITY;
    for (int64_t i = 0; i < n_rows; ++i) {
        if (c->numbers[i] < bound && c->numbers[i] > most) most = c->numbers[i];
    }
    return most;
}

/* The median is of all values; with fewer than MOST_SHARE zeros it lies among the others. */
static suspected_missing zero_apart(const column *c, int64_t n_rows, const column_statistics *s)
{
    const number_summary *n = &s->numbers;
    const double most = MOST_SHARE * (double)n->count;
    if (n->negatives > 0 || n->zeros < LEAST_CELLS || (double)n->zeros > most || s->distinct < ZERO_DISTINCT)
        return (suspected_missing){0};
    if (next_above(c, n_rows, 0) < ZERO_APART * n->quantiles[QUANTILE_P50]) return (suspected_missing){0};
    return (suspected_missing){.value = 0, .count = n->zeros, .why = "All other values lie far above it."};
}

static suspected_missing nines_behind_scale(const column *c, int64_t n_rows, const column_statistics *s)
{
    const number_summary *n = &s->numbers;
    if (!n->integers || s->distinct > SCALE_MOST || s->distinct < 3 || !is_nines(n->max)) return (suspected_missing){0};
    const double second = next_below(c, n_rows, n->max), gap = n->max - second;
    const int64_t count = cells_equal(c, n_rows, n->max);
    if (count < LEAST_CELLS || gap < 3 || gap < second - n->min || second - n->min >= 2 * (double)(s->distinct - 1))
        return (suspected_missing){0};
    return (suspected_missing){.value = n->max, .count = count, .why = "The scale of the other values ends well below it."};
}

static suspected_missing nines_that_repeat(int64_t n_rows, const column_statistics *s)
{
    suspected_missing found = {.why = "It repeats in a column whose values hardly do."};
    if (s->distinct < REPEATS_DISTINCT) return found;
    for (int32_t t = 0; t < s->n_top && found.count == 0; ++t) { /* the most frequent ones come first */
        double value;
        const bool often = (double)s->top[t].count >= LEAST_SHARE * (double)n_rows &&
                           (double)s->top[t].count >= REPEATS * (double)s->valid / (double)s->distinct;
        if (!often || !number_read(s->top[t].value, &value) || !is_nines(value)) continue;
        found.value = value;
        found.count = s->top[t].count;
    }
    return found;
}

static suspected_missing nines_among_words(const finding_context *context, const column *c, const column_statistics *s)
{
    suspected_missing found = {.why = "It is the only number among words."};
    int32_t at = -1, n_numbers = 0;
    if (c->n_levels <= LEVELS_LEAST) return found;
    for (int32_t k = 0; k < c->n_levels && n_numbers < 2; ++k) {
        double value;
        if (!number_read(text_trim(c->levels[k]), &value)) continue;
        ++n_numbers;
        at = k;
        found.value = value;
    }
    if (n_numbers != 1 || !is_nines(found.value)) return found;
    for (int64_t i = 0; i < context->facts->n_rows; ++i)
        found.count += c->codes[i] == at;
    const bool some = (double)found.count >= LEAST_SHARE * (double)s->valid && (double)found.count <= 0.5 * (double)s->valid;
    if (!some) found.count = 0;
    return found;
}

suspected_missing suspected_missing_of(const finding_context *context, int32_t at)
{
    const column *c = frame_column(context->f, at);
    const column_statistics *s = &context->facts->columns[at].statistics;
    const int64_t n_rows = context->facts->n_rows;
    if (s->valid == 0 || context->facts->columns[at].role != ROLE_FEATURE) return (suspected_missing){0};
    if (c->type == COLUMN_CATEGORICAL) return nines_among_words(context, c, s);
    if (c->type != COLUMN_NUMERIC) return (suspected_missing){0};
    suspected_missing found = zero_apart(c, n_rows, s);
    if (found.count == 0) found = nines_behind_scale(c, n_rows, s);
    return found.count > 0 ? found : nines_that_repeat(n_rows, s);
}

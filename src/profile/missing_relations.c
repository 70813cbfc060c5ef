/* What missing cells tell about the target: a table of missing or not against the classes (Cramér's V with the correction for
 * chance of Bergsma 2013), or the correlation with the ranks of a number. Columns that are missing in the same rows are one. */
#include <math.h>
#include <stdlib.h>

#include "profile/finding_measures.h"

#define LEAST_CELLS 10 /* with a value, and without */
#define LEAST_Z 4

bool finding_is_read(const finding_context *c, int32_t at)
{
    const column_role role = c->facts->columns[at].role;
    return role != ROLE_TARGET && role != ROLE_CONSTANT && role != ROLE_IGNORED;
}

bool finding_is_missing(const column *c, int64_t row)
{
    if (c->numbers != NULL) return isnan(c->numbers[row]);
    return c->codes != NULL ? c->codes[row] < 0 : c->cells[row].data == NULL;
}

typedef struct relation_work {
    const finding_context *c;
    arena *a;
    double *ranks;      /* regression: of the target, 0 ... 1; NaN without a target */
    uint64_t *patterns; /* of each column: its missing rows, hashed; 0 = not looked at */
    int64_t *counts;    /* classification: [present, missing] a class */
} relation_work;

/* Ranks in the middle of ties. */
static ptg_status rank_target(relation_work *w, ptg_error *err)
{
    const profile_facts *facts = w->c->facts;
    double *sorted = arena_array(w->a, facts->n_rows, sizeof *sorted);
    w->ranks = arena_array(w->a, facts->n_rows, sizeof *w->ranks);
    if (sorted == NULL || w->ranks == NULL) return fail_memory(err);
    int64_t n = 0;
    for (int64_t i = 0; i < facts->n_rows; ++i) {
        if (!isnan(facts->target_values[i])) sorted[n++] = facts->target_values[i];
    }
    TRY(sort_numbers(sorted, n, err));
    for (int64_t i = 0; i < facts->n_rows; ++i) {
        const double v = facts->target_values[i];
        const double above = (double)sorted_below(sorted, n, nextafter(v, (double)INFINITY));
        w->ranks[i] = isnan(v) ? (double)NAN : ((double)sorted_below(sorted, n, v) + above) / (2 * (double)n);
    }
    return PTG_OK;
}

static uint64_t pattern_of(const column *cells, int64_t n_rows)
{
    uint64_t h = 1;
    for (int64_t i = 0; i < n_rows; ++i) {
        if (!finding_is_missing(cells, i)) continue;
        h = (h ^ (uint64_t)i) * UINT64_C(0x9e3779b97f4a7c15);
        h ^= h >> 29;
    }
    return h | 1;
}

static bool is_candidate(const finding_context *c, int32_t k)
{
    const column_statistics *s = &c->facts->columns[k].statistics;
    return finding_is_read(c, k) && s->missing + s->invalid >= LEAST_CELLS && s->valid >= LEAST_CELLS;
}

/* Standard normal deviate of a chi-square (Wilson & Hilferty 1931). */
static double deviate(double chi_square, double df)
{
    const double spread = 2 / (9 * df);
    return (cbrt(chi_square / df) - (1 - spread)) / sqrt(spread);
}

/* n, and how many of them are missing, among the labelled rows. */
static void count_classes(const relation_work *w, const column *cells, int64_t n_of[2])
{
    const profile_facts *facts = w->c->facts;
    for (int32_t k = 0; k < 2 * facts->n_classes; ++k)
        w->counts[k] = 0;
    n_of[0] = n_of[1] = 0;
    for (int64_t i = 0; i < facts->n_rows; ++i) {
        if (isnan(facts->target_values[i])) continue;
        const int missing = finding_is_missing(cells, i);
        const int32_t value = (int32_t)facts->target_values[i];
        const int32_t label = facts->problem != PROBLEM_BINARY ? value
                              : value == 1                     ? facts->positive_class
                                                               : 1 - facts->positive_class;
        ++w->counts[2 * label + missing];
        ++n_of[missing];
    }
}

/* Cramér's V of a table of 2 x classes; 0 where it is within chance. */
static double cramer(const relation_work *w, const int64_t n_of[2])
{
    const double n = (double)(n_of[0] + n_of[1]);
    double chi_square = 0, classes = 0;
    for (int32_t k = 0; k < w->c->facts->n_classes; ++k) {
        const double of_class = (double)(w->counts[2 * k] + w->counts[2 * k + 1]);
        if (of_class == 0) continue;
        ++classes;
        for (int side = 0; side < 2; ++side) {
            const double expected = of_class * (double)n_of[side] / n, off = (double)w->counts[2 * k + side] - expected;
            chi_square += off * off / expected;
        }
    }
    if (classes < 2 || deviate(chi_square, classes - 1) < LEAST_Z) return 0;
    const double phi = fmax(0, chi_square / n - (classes - 1) / (n - 1));
    const double sides = fmin(2 - 1 / (n - 1), classes - (classes - 1) * (classes - 1) / (n - 1));
    return fmin(1, sqrt(phi / (sides - 1)));
}

static void relate_classes(const relation_work *w, const column *cells, missing_relation *out)
{
    int64_t n_of[2];
    double widest = -1;
    count_classes(w, cells, n_of);
    if (n_of[0] < LEAST_CELLS || n_of[1] < LEAST_CELLS) return;
    out->strength = cramer(w, n_of);
    for (int32_t k = 0; k < w->c->facts->n_classes; ++k) {
        const double present = (double)w->counts[2 * k] / (double)n_of[0],
                     missing = (double)w->counts[2 * k + 1] / (double)n_of[1];
        if (fabs(missing - present) <= widest) continue;
        widest = fabs(missing - present);
        out->label = k;
        out->present = present;
        out->missing = missing;
    }
}

static void relate_numbers(const relation_work *w, const column *cells, missing_relation *out)
{
    const profile_facts *facts = w->c->facts;
    double sum[2] = {0}, ranks[2] = {0}, squares = 0, n_of[2] = {0};
    for (int64_t i = 0; i < facts->n_rows; ++i) {
        if (isnan(facts->target_values[i])) continue;
        const int missing = finding_is_missing(cells, i);
        ++n_of[missing];
        sum[missing] += facts->target_values[i];
        ranks[missing] += w->ranks[i];
        squares += w->ranks[i] * w->ranks[i];
    }
    if (n_of[0] < LEAST_CELLS || n_of[1] < LEAST_CELLS) return;
    const double n = n_of[0] + n_of[1], mean = (ranks[0] + ranks[1]) / n, spread = sqrt(squares / n - mean * mean),
                 apart = ranks[1] / n_of[1] - ranks[0] / n_of[0];
    const double r = spread > 0 ? apart * sqrt(n_of[0] * n_of[1]) / (n * spread) : 0;
    out->strength = fabs(r) * sqrt(n) < LEAST_Z ? 0 : fmin(1, fabs(r));
    out->present = sum[0] / n_of[0];
    out->missing = sum[1] / n_of[1];
}

/* The columns from k on with the pattern of column k. */
static ptg_status take_alike(relation_work *w, int32_t k, missing_relation *out, ptg_error *err)
{
    const uint64_t pattern = w->patterns[k];
    int32_t *columns = arena_array(w->a, w->c->facts->n_columns, sizeof *columns);
    if (columns == NULL) return fail_memory(err);
    *out = (missing_relation){.columns = columns};
    for (int32_t i = k; i < w->c->facts->n_columns; ++i) {
        if (w->patterns[i] != pattern) continue;
        columns[out->n_columns++] = i;
        w->patterns[i] = 0;
    }
    return PTG_OK;
}

static int compare_strength(const void *a, const void *b)
{
    const missing_relation *x = a, *y = b;
    if (x->strength != y->strength) return x->strength > y->strength ? -1 : 1;
    return x->columns[0] < y->columns[0] ? -1 : 1;
}

static ptg_status prepare(relation_work *w, ptg_error *err)
{
    const profile_facts *facts = w->c->facts;
    w->patterns = arena_array(w->a, facts->n_columns, sizeof *w->patterns);
    w->counts = arena_array(w->a, 2 * (int64_t)facts->n_classes, sizeof *w->counts);
    if (w->patterns == NULL || w->counts == NULL) return fail_memory(err);
    for (int32_t k = 0; k < facts->n_columns; ++k)
        w->patterns[k] = is_candidate(w->c, k) ? pattern_of(frame_column(w->c->f, k), facts->n_rows) : 0;
    return facts->n_classes == 0 ? rank_target(w, err) : PTG_OK;
}

ptg_status missing_relations_find(const finding_context *c, double least, arena *a, missing_relation **out, int32_t *n,
                                  ptg_error *err)
{
    relation_work w = {.c = c, .a = a};
    *n = 0;
    *out = arena_array(a, c->facts->n_columns, sizeof **out);
    if (*out == NULL) return fail_memory(err);
    TRY(prepare(&w, err));
    for (int32_t k = 0; k < c->facts->n_columns; ++k) {
        missing_relation *relation = &(*out)[*n];
        if (w.patterns[k] == 0) continue;
        TRY(take_alike(&w, k, relation, err));
        if (c->facts->n_classes > 0) {
            relate_classes(&w, frame_column(c->f, k), relation);
        } else {
            relate_numbers(&w, frame_column(c->f, k), relation);
        }
        *n += relation->strength >= least;
    }
    if (*n > 1) qsort(*out, (size_t)*n, sizeof **out, compare_strength);
    return PTG_OK;
}

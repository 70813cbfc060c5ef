/* Sets of rows with equal features, by the hashes of duplicate_rows.c. */
#include "profile/repeated_features.h"

#include <math.h>

#include "profile/duplicate_rows.h"

#define APART 0.5        /* standard deviations between targets that contradict each other */
#define MANY_VALUES 0.1  /* distinct over rows, from which a column tells rows apart */
#define SENTENCE_WORDS 3 /* words a cell: texts that nobody writes twice by chance */
#define MOSTLY_DISTINCT 0.5
#define EXPLAINS_MANY 0.2 /* expected over seen repeats, with such a column */
#define EXPLAINS_FEW 0.01 /* and without one */

double chance_repeats(const profile_facts *facts, const int32_t *columns, int32_t n)
{
    double log_equal = 0;
    for (int32_t k = 0; k < n; ++k) {
        const column_statistics *s = &facts->columns[columns[k]].statistics;
        const double valid = (double)s->valid, none = (double)(s->rows - s->valid) / (double)s->rows;
        double equal = none * none, rest = valid;
        for (int32_t t = 0; t < s->n_top; ++t) {
            const double share = (double)s->top[t].count / (double)s->rows;
            equal += share * share;
            rest -= (double)s->top[t].count;
        }
        const double others = (double)(s->distinct - s->n_top), share = rest / (double)s->rows;
        if (others > 0) equal += share * share / others;
        log_equal += log(fmax(equal, 1e-300));
    }
    const double rows = (double)facts->n_rows;
    return rows * (rows - 1) / 2 * exp(log_equal);
}

bool repeats_are_natural(const profile_facts *facts, const int32_t *columns, int32_t n, int64_t repeats)
{
    bool many = false;
    for (int32_t k = 0; k < n; ++k) {
        const column_statistics *s = &facts->columns[columns[k]].statistics;
        if (s->texts.words_mean >= SENTENCE_WORDS && (double)s->distinct >= MOSTLY_DISTINCT * (double)s->valid) return false;
        many = many || (double)s->distinct >= MANY_VALUES * (double)s->rows;
    }
    return chance_repeats(facts, columns, n) >= (many ? EXPLAINS_MANY : EXPLAINS_FEW) * (double)repeats;
}

typedef struct row_set {
    int64_t n, largest_class; /* rows, and the most rows of one class so far */
    double low, high;
    int64_t low_row, high_row;
} row_set;

/* Standard deviation of the target, robust against a few wild values; 0 for classes: any difference contradicts. */
static double apart(const profile_facts *facts)
{
    if (facts->problem != PROBLEM_REGRESSION) return 0;
    const number_summary *s = &facts->columns[facts->target].statistics.numbers;
    return APART * (s->rstd > 0 ? s->rstd : s->sd);
}

static void add_to_set(row_set *s, double y, int64_t row)
{
    if (s->n == 0 || y < s->low) {
        s->low = y;
        s->low_row = row;
    }
    if (s->n == 0 || y > s->high) {
        s->high = y;
        s->high_row = row;
    }
    ++s->n;
}

typedef struct set_work {
    const profile_facts *facts;
    int64_t *first; /* of each row: the first one with equal features */
    int64_t *equal; /* and the first one with an equal target as well */
    int64_t *rows;  /* of a first one of `equal`: labelled rows like it */
    row_set *sets;  /* of a first one of `first` */
    bool *copy;     /* NULL or a flag a row */
} set_work;

static void count_sets(const set_work *w, repeated_features *out)
{
    for (int64_t i = 0; i < w->facts->n_rows; ++i) {
        const double y = w->facts->target_values[i];
        if (isnan(y)) continue;
        add_to_set(&w->sets[w->first[i]], y, i);
        const bool copied = w->rows[w->equal[i]]++ > 0;
        out->copies += copied;
        if (w->copy != NULL) w->copy[i] = copied;
    }
    for (int64_t i = 0; i < w->facts->n_rows; ++i) {
        row_set *s = &w->sets[w->first[i]];
        if (w->rows[i] > s->largest_class) s->largest_class = w->rows[i];
    }
}

static void count_conflicts(const set_work *w, repeated_features *out)
{
    const double distance = apart(w->facts);
    for (int64_t i = 0; i < w->facts->n_rows; ++i) {
        const row_set *s = &w->sets[i];
        if (s->n < 2 || !(s->high - s->low > distance)) continue;
        out->conflicting += s->n;
        if (w->facts->problem != PROBLEM_REGRESSION) out->minority += s->n - s->largest_class;
        if (out->n_shown == CONFLICTS_SHOWN) continue;
        out->shown[out->n_shown][0] = s->low_row < s->high_row ? s->low_row : s->high_row;
        out->shown[out->n_shown++][1] = s->low_row < s->high_row ? s->high_row : s->low_row;
    }
}

/* columns[n_features] is the target. */
static ptg_status find(const frame *f, const profile_facts *facts, const int32_t *columns, pool *threads, bool *copy,
                       repeated_features *out, ptg_error *err)
{
    const int64_t n = facts->n_rows;
    set_work w = {
        .facts = facts, .first = mem_array(n, 3 * sizeof(int64_t)), .sets = mem_array(n, sizeof *w.sets), .copy = copy};
    ptg_status status = w.first == NULL || w.sets == NULL ? fail_memory(err) : PTG_OK;
    if (status == PTG_OK) {
        w.equal = w.first + n;
        w.rows = w.equal + n;
        status = equal_rows_find(f, columns, out->n_features, threads, w.first, err);
    }
    if (status == PTG_OK) status = equal_rows_find(f, columns, out->n_features + 1, threads, w.equal, err);
    if (status == PTG_OK) {
        count_sets(&w, out);
        count_conflicts(&w, out);
        const int64_t repeats = out->copies > out->conflicting ? out->copies : out->conflicting;
        out->natural = repeats > 0 && repeats_are_natural(facts, columns, out->n_features, repeats);
    }
    mem_free(w.first);
    mem_free(w.sets);
    return status;
}

ptg_status repeated_features_find(const frame *f, const profile_facts *facts, pool *threads, bool *copy, repeated_features *out,
                                  ptg_error *err)
{
    *out = (repeated_features){0};
    int32_t *columns = arena_array(facts->memory, (int64_t)facts->n_columns + 1, sizeof *columns);
    if (columns == NULL) return fail_memory(err);
    for (int32_t k = 0; k < facts->n_columns; ++k) {
        const column_role role = facts->columns[k].role;
        if (role == ROLE_FEATURE || role == ROLE_GROUP || role == ROLE_TIME) columns[out->n_features++] = k;
    }
    columns[out->n_features] = facts->target;
    return out->n_features > 0 ? find(f, facts, columns, threads, copy, out, err) : PTG_OK;
}

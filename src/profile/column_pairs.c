/* Features that say the same. Equal columns by a hash of all their values. Nearly equal ones on a uniform sample of rows, by
 * one of three measures: the share of equal cells, the correlation of ranks (units and monotone formulas do not matter), and
 * for levels how well each is known from the other (names do not matter). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/random.h"
#include "profile/finding_measures.h"

#define SAMPLE_ROWS 20000
#define LEAST_SAMPLE 500
#define MOST_WORK 2e9      /* pairs x rows */
#define MOST_COMPARED 2000 /* features that are compared with each other beyond equality */
#define LEAST_RANK 0.975   /* correlation of ranks: noise of a fifth of the spread */
#define LEAST_PASSED 0.8   /* of the first, cheap look */
#define LEAST_TOGETHER 0.9 /* rows where both have a value, of those where one has */
#define MOST_LEVELS 500
#define LEAST_ROWS_A_LEVEL 10
#define LEAST_DISTINCT 3 /* values that are compared cell by cell; flags agree too easily */

/* A feature on the sample. */
typedef struct sampled_column {
    int32_t at;
    uint64_t hash[2];      /* of all rows */
    uint64_t *level_words; /* of categories */
    double *ranks;         /* numbers: mean 0, variance 1; 0 where missing */
    uint64_t *values;      /* a word a cell; 0 = missing */
    int32_t *levels;       /* -1 = missing; NULL: too many levels */
    int32_t n_levels;
    uint64_t common; /* the word of the most frequent value */
} sampled_column;

typedef struct pair_work {
    const finding_context *c;
    arena *a;
    int64_t n; /* rows of the sample */
    int64_t *rows;
    int32_t n_columns;
    sampled_column *columns;
    int64_t *table; /* scratch of levels_agree */
} pair_work;

static uint64_t text_word(text t)
{
    return (hash_word(t.data, (size_t)t.size, 7) * UINT64_C(0x9e3779b97f4a7c15)) | 1;
}

/* A word a cell, 0 where it is missing. `levels`: those of the levels. */
static uint64_t cell_word(const column *c, const uint64_t *levels, int64_t row)
{
    if (finding_is_missing(c, row)) return 0;
    if (c->codes != NULL) return levels[c->codes[row]];
    if (c->cells != NULL) return text_word(c->cells[row]);
    uint64_t word;
    const double v = c->numbers[row] + 0.0; /* -0 is 0 */
    memcpy(&word, &v, sizeof word);
    return (word * UINT64_C(0x9e3779b97f4a7c15)) | 1;
}

static ptg_status hash_levels(const pair_work *w, sampled_column *s, ptg_error *err)
{
    const column *c = frame_column(w->c->f, s->at);
    s->level_words = arena_array(w->a, c->n_levels, sizeof *s->level_words);
    if (s->level_words == NULL) return fail_memory(err);
    for (int32_t k = 0; k < c->n_levels; ++k)
        s->level_words[k] = text_word(c->levels[k]);
    return PTG_OK;
}

static void hash_column(const column *c, const uint64_t *levels, int64_t n_rows, uint64_t hash[2])
{
    hash[0] = (uint64_t)c->type == COLUMN_DATETIME ? 3 : 1;
    hash[1] = 5;
    for (int64_t i = 0; i < n_rows; ++i) {
        const uint64_t word = cell_word(c, levels, i);
        hash[0] = (hash[0] ^ word) * UINT64_C(0xff51afd7ed558ccd);
        hash[0] ^= hash[0] >> 31;
        hash[1] = (hash[1] + word) * UINT64_C(0xc4ceb9fe1a85ec53);
        hash[1] ^= hash[1] >> 29;
    }
}

/* Ranks of the sampled numbers in the middle of ties, scaled; all 0 where nothing varies. */
static ptg_status rank_sample(const pair_work *w, const column *c, double *ranks, ptg_error *err)
{
    double *sorted = arena_array(w->a, w->n, sizeof *sorted), sum = 0, squares = 0;
    if (sorted == NULL) return fail_memory(err);
    int64_t n = 0;
    for (int64_t i = 0; i < w->n; ++i) {
        if (!isnan(c->numbers[w->rows[i]])) sorted[n++] = c->numbers[w->rows[i]];
    }
    TRY(sort_numbers(sorted, n, err));
    for (int64_t i = 0; i < w->n; ++i) {
        const double v = c->numbers[w->rows[i]];
        if (isnan(v)) continue;
        const int64_t below = sorted_below(sorted, n, v);
        ranks[i] = (double)(below + (isinf(v) ? n : sorted_below(sorted, n, nextafter(v, (double)INFINITY)))) / 2;
        sum += ranks[i];
        squares += ranks[i] * ranks[i];
    }
    const double mean = n > 0 ? sum / (double)n : 0, sd = n > 0 ? sqrt(fmax(0, squares / (double)n - mean * mean)) : 0;
    for (int64_t i = 0; i < w->n; ++i)
        ranks[i] = isnan(c->numbers[w->rows[i]]) || !(sd > 0) ? 0 : (ranks[i] - mean) / sd;
    return PTG_OK;
}

static int compare_words(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* Level numbers of the sampled values, by the order of their words; and the most frequent word. */
static ptg_status level_sample(const pair_work *w, sampled_column *s, ptg_error *err)
{
    uint64_t *sorted = arena_array(w->a, w->n, sizeof *sorted);
    int32_t *levels = arena_array(w->a, w->n, sizeof *levels);
    if (sorted == NULL || levels == NULL) return fail_memory(err);
    int64_t n = 0, run = 0, most = 0, distinct = 0;
    for (int64_t i = 0; i < w->n; ++i) {
        if (s->values[i] != 0) sorted[n++] = s->values[i];
    }
    qsort(sorted, (size_t)n, sizeof *sorted, compare_words);
    for (int64_t i = 0; i < n; ++i) {
        run = i > 0 && sorted[i] == sorted[i - 1] ? run + 1 : 1;
        if (run > most) {
            most = run;
            s->common = sorted[i];
        }
        if (run == 1) sorted[distinct++] = sorted[i];
    }
    s->n_levels = (int32_t)distinct;
    if (distinct > MOST_LEVELS) return PTG_OK;
    for (int64_t i = 0; i < w->n; ++i) {
        const uint64_t *found =
            s->values[i] == 0 ? NULL : bsearch(&s->values[i], sorted, (size_t)distinct, sizeof *sorted, compare_words);
        levels[i] = found == NULL ? -1 : (int32_t)(found - sorted);
    }
    s->levels = levels;
    return PTG_OK;
}

static ptg_status sample_column(const pair_work *w, sampled_column *s, ptg_error *err)
{
    const column *c = frame_column(w->c->f, s->at);
    s->values = arena_array(w->a, w->n, sizeof *s->values);
    if (s->values == NULL) return fail_memory(err);
    for (int64_t i = 0; i < w->n; ++i)
        s->values[i] = cell_word(c, s->level_words, w->rows[i]);
    if (c->numbers != NULL) {
        s->ranks = arena_array(w->a, w->n, sizeof *s->ranks);
        if (s->ranks == NULL) return fail_memory(err);
        TRY(rank_sample(w, c, s->ranks, err));
    }
    return level_sample(w, s, err);
}

/* All rows, or a uniform sample without repetition in rising order (Knuth's algorithm S). */
static ptg_status choose_rows(pair_work *w, ptg_error *err)
{
    const int64_t n_rows = w->c->facts->n_rows;
    const double pairs = fmax(1, (double)w->n_columns * w->n_columns / 2);
    int64_t most = (int64_t)fmin(SAMPLE_ROWS, fmax(LEAST_SAMPLE, MOST_WORK / pairs));
    if (most > n_rows) most = n_rows;
    w->rows = arena_array(w->a, most, sizeof *w->rows);
    if (w->rows == NULL) return fail_memory(err);
    random_stream r = random_of(0, "column pairs");
    for (int64_t i = 0; i < n_rows && w->n < most; ++i) {
        if (random_unit(&r) * (double)(n_rows - i) < (double)(most - w->n)) w->rows[w->n++] = i;
    }
    return PTG_OK;
}

/* Rows where both have a value, over those where one has. */
static double together(const pair_work *w, const sampled_column *x, const sampled_column *y)
{
    int64_t both = 0, one = 0;
    for (int64_t i = 0; i < w->n; ++i) {
        both += x->values[i] != 0 && y->values[i] != 0;
        one += x->values[i] != 0 || y->values[i] != 0;
    }
    return one == 0 ? 0 : (double)both / (double)one;
}

/* Equal cells over the rows where not both have the first one's most frequent value. */
static double cells_agree(const pair_work *w, const sampled_column *x, const sampled_column *y)
{
    int64_t equal = 0, all = 0;
    if (x->n_levels < LEAST_DISTINCT) return 0;
    for (int64_t i = 0; i < w->n; ++i) {
        const bool plain = x->values[i] == x->common && y->values[i] == x->common;
        if (x->values[i] == 0 || y->values[i] == 0 || plain) continue;
        ++all;
        equal += x->values[i] == y->values[i];
    }
    return all == 0 ? 0 : (double)equal / (double)all;
}

/* Correlation of the ranks over the rows where both have one. */
static double ranks_agree(const pair_work *w, const sampled_column *x, const sampled_column *y)
{
    double n = 0, sx = 0, sy = 0, sxx = 0, syy = 0, sxy = 0;
    for (int64_t i = 0; i < w->n; ++i) {
        if (x->values[i] == 0 || y->values[i] == 0) continue;
        const double a = x->ranks[i], b = y->ranks[i];
        ++n;
        sx += a;
        sy += b;
        sxx += a * a;
        syy += b * b;
        sxy += a * b;
    }
    const double spread = (sxx - sx * sx / n) * (syy - sy * sy / n);
    return n > 1 && spread > 0 ? fabs(sxy - sx * sy / n) / sqrt(spread) : 0;
}

static bool passes_first_look(const pair_work *w, const sampled_column *x, const sampled_column *y)
{
    double sum = 0;
    for (int64_t i = 0; i < w->n; ++i)
        sum += x->ranks[i] * y->ranks[i];
    return fabs(sum) >= LEAST_PASSED * LEAST_TOGETHER * (double)w->n * 0.5;
}

/* Counts of the pairs of levels in w->table, x by row; returns their sum. */
static int64_t count_pairs(pair_work *w, const sampled_column *x, const sampled_column *y)
{
    int64_t n = 0;
    memset(w->table, 0, (size_t)x->n_levels * (size_t)y->n_levels * sizeof *w->table);
    for (int64_t i = 0; i < w->n; ++i) {
        if (x->levels[i] < 0 || y->levels[i] < 0) continue;
        ++w->table[(int64_t)x->levels[i] * y->n_levels + y->levels[i]];
        ++n;
    }
    return n;
}

/* How much better the inner level is known from the outer one than by its most frequent value: 0 ... 1. The table is read by
 * steps: count of (outer, inner) = table[outer * outer_step + inner * inner_step]. */
static double known(const pair_work *w, int64_t n, int32_t n_outer, int32_t outer_step, int32_t n_inner, int32_t inner_step)
{
    int64_t right = 0, most = 0;
    for (int64_t i = 0; i < n_outer; ++i) {
        int64_t best = 0;
        for (int64_t k = 0; k < n_inner; ++k) {
            const int64_t count = w->table[i * outer_step + k * inner_step];
            if (count > best) best = count;
        }
        right += best;
    }
    for (int64_t k = 0; k < n_inner; ++k) {
        int64_t all = 0;
        for (int64_t i = 0; i < n_outer; ++i)
            all += w->table[i * outer_step + k * inner_step];
        if (all > most) most = all;
    }
    return n > most ? (double)(right - most) / (double)(n - most) : 0;
}

/* The smaller of how well the levels of each are known from those of the other. */
static double levels_agree(pair_work *w, const sampled_column *x, const sampled_column *y)
{
    const int64_t n = count_pairs(w, x, y);
    return fmin(known(w, n, x->n_levels, y->n_levels, y->n_levels, 1), known(w, n, y->n_levels, 1, x->n_levels, y->n_levels));
}

static bool may_be_levels(const sampled_column *x, const sampled_column *y, int64_t n_rows)
{
    if (x->levels == NULL || y->levels == NULL || x->n_levels < 2 || y->n_levels < 2) return false;
    const int32_t more = x->n_levels > y->n_levels ? x->n_levels : y->n_levels;
    if ((int64_t)more * LEAST_ROWS_A_LEVEL > n_rows) return false; /* rare levels know each other by chance */
    return 10 * (int64_t)(2 * more - x->n_levels - y->n_levels) <= more + 10;
}

static bool compare(pair_work *w, const sampled_column *x, const sampled_column *y, double least, column_pair *out)
{
    *out = (column_pair){.first = x->at, .second = y->at, .how = "equal"};
    if (x->values == NULL) return false;
    const bool numbers = x->ranks != NULL && y->ranks != NULL, levels = may_be_levels(x, y, w->n);
    const bool texts = x->ranks == NULL && y->ranks == NULL, alike = numbers && passes_first_look(w, x, y);
    if ((!levels && !texts && !alike) || together(w, x, y) < LEAST_TOGETHER) return false;
    if (alike || texts) {
        out->agreement = cells_agree(w, x, y);
        if (out->agreement >= least) return true;
    }
    if (alike) {
        out->how = "rank";
        out->agreement = ranks_agree(w, x, y);
        if (out->agreement >= LEAST_RANK) return true;
    }
    out->how = "levels";
    out->agreement = levels ? levels_agree(w, x, y) : 0;
    return out->agreement >= least;
}

static ptg_status prepare(pair_work *w, bool ids, ptg_error *err)
{
    const profile_facts *facts = w->c->facts;
    w->columns = arena_array(w->a, facts->n_columns, sizeof *w->columns);
    w->table = arena_array(w->a, (int64_t)MOST_LEVELS * MOST_LEVELS, sizeof *w->table);
    if (w->columns == NULL || w->table == NULL) return fail_memory(err);
    for (int32_t k = 0; k < facts->n_columns; ++k) {
        const column_role role = facts->columns[k].role;
        if (role == ROLE_FEATURE || (ids && role == ROLE_ID)) w->columns[w->n_columns++].at = k;
    }
    for (int32_t k = 0; k < w->n_columns; ++k) {
        sampled_column *s = &w->columns[k];
        TRY(hash_levels(w, s, err));
        hash_column(frame_column(w->c->f, s->at), s->level_words, facts->n_rows, s->hash);
    }
    return PTG_OK;
}

static ptg_status take_sample(pair_work *w, ptg_error *err)
{
    if (w->n_columns > MOST_COMPARED) return PTG_OK;
    TRY(choose_rows(w, err));
    for (int32_t k = 0; k < w->n_columns; ++k)
        TRY(sample_column(w, &w->columns[k], err));
    return PTG_OK;
}

/* The first column before k that has the same values; -1 = none. */
static int32_t find_equal(const pair_work *w, int32_t k)
{
    for (int32_t i = 0; i < k; ++i) {
        if (w->columns[i].hash[0] == w->columns[k].hash[0] && w->columns[i].hash[1] == w->columns[k].hash[1]) return i;
    }
    return -1;
}

/* The first column before k that nearly agrees. */
static bool find_near(pair_work *w, int32_t k, double least, column_pair *out)
{
    for (int32_t i = 0; i < k; ++i) {
        if (compare(w, &w->columns[i], &w->columns[k], least, out)) return true;
    }
    return false;
}

ptg_status column_pairs_find(const finding_context *c, double least, arena *a, column_pair **out, int32_t *n, ptg_error *err)
{
    pair_work w = {.c = c, .a = a};
    *n = 0;
    *out = arena_array(a, c->facts->n_columns, sizeof **out);
    if (*out == NULL) return fail_memory(err);
    TRY(prepare(&w, least >= 1, err));
    if (least < 1) TRY(take_sample(&w, err));
    for (int32_t k = 1; k < w.n_columns; ++k) {
        const int32_t same = find_equal(&w, k);
        column_pair *pair = &(*out)[*n];
        if (same >= 0 && least >= 1) {
            *pair = (column_pair){
                .first = w.columns[same].at, .second = w.columns[k].at, .equal = true, .agreement = 1, .how = "equal"};
        }
        *n += same >= 0 ? least >= 1 : least < 1 && find_near(&w, k, least, pair);
    }
    return PTG_OK;
}

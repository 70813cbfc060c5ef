/* Levels by text. Two tables never share codes, so everything fitted is kept as text and matched by text; a CODED column looks
 * each level up once, when the first row with it comes. */
#include "transform/levels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "transform/fitted.h"

static text number_level(double value, char buffer[NUMBER_TEXT_SIZE])
{
    int size = number_write(value == 0 ? 0 : value, buffer); /* -0 is 0 */
    return (text){buffer, size};
}

static text code_level(const feature *source, int32_t code, char buffer[NUMBER_TEXT_SIZE])
{
    return source->levels == NULL ? number_level(code, buffer) : source->levels[code];
}

static bool is_code(const feature *source, int32_t code)
{
    return code >= 0 && code < source->n_levels;
}

static ptg_status keep_text(arena *a, text t, text *out, ptg_error *err)
{
    char *copy = arena_text(a, t.data, (size_t)t.size);
    if (copy == NULL) return fail_memory(err);
    *out = (text){copy, t.size};
    return PTG_OK;
}

static ptg_status count_coded(const feature *source, int64_t n_rows, arena *a, level_counts *out, ptg_error *err)
{
    int64_t *counts = arena_array(a, source->n_levels, sizeof *counts);
    text *texts = arena_array(a, source->n_levels, sizeof *texts);
    if (counts == NULL || texts == NULL) return fail_memory(err);
    int64_t n_missing = 0;
    for (int64_t i = 0; i < n_rows; i++) {
        if (is_code(source, source->codes[i]))
            counts[source->codes[i]]++;
        else
            n_missing++;
    }
    int32_t n = 0;
    char buffer[NUMBER_TEXT_SIZE];
    for (int32_t l = 0; l < source->n_levels; l++) {
        if (counts[l] == 0) continue;
        counts[n] = counts[l];
        texts[n] = code_level(source, l, buffer);
        if (source->levels == NULL) TRY(keep_text(a, texts[n], &texts[n], err));
        n++;
    }
    *out = (level_counts){n, texts, counts, n_missing};
    return PTG_OK;
}

/* Sorted runs of `values` become texts and counts. */
static ptg_status count_runs(const double *values, int64_t n, arena *a, level_counts *out, ptg_error *err)
{
    int64_t n_distinct = 0;
    for (int64_t i = 0; i < n; i++)
        n_distinct += i == 0 || values[i] != values[i - 1];
    if (n_distinct > INT32_MAX) return fail(err, PTG_ERROR_DATA, "the column has too many distinct numbers to be categories.");
    text *texts = arena_array(a, n_distinct, sizeof *texts);
    int64_t *counts = arena_array(a, n_distinct, sizeof *counts);
    if (texts == NULL || counts == NULL) return fail_memory(err);
    int32_t level = -1;
    char buffer[NUMBER_TEXT_SIZE];
    for (int64_t i = 0; i < n; i++) {
        if (i == 0 || values[i] != values[i - 1]) TRY(keep_text(a, number_level(values[i], buffer), &texts[++level], err));
        counts[level]++;
    }
    out->n = (int32_t)n_distinct;
    out->texts = texts;
    out->counts = counts;
    return PTG_OK;
}

static ptg_status count_real(const feature *source, int64_t n_rows, arena *a, level_counts *out, ptg_error *err)
{
    double *values = mem_array(n_rows, sizeof *values);
    if (values == NULL) return fail_memory(err);
    int64_t n = fitted_sort_finite(source->real, n_rows, values);
    *out = (level_counts){.n_missing = n_rows - n};
    ptg_status status = count_runs(values, n, a, out, err);
    mem_free(values);
    return status;
}

ptg_status levels_count(const feature *source, int64_t n_rows, arena *a, level_counts *out, ptg_error *err)
{
    if (source->kind == FEATURE_CODED) return count_coded(source, n_rows, a, out, err);
    return count_real(source, n_rows, a, out, err);
}

typedef struct ranked_level {
    int64_t count;
    int32_t level;
} ranked_level;

static int by_count(const void *a, const void *b)
{
    const ranked_level *x = a, *y = b;
    if (x->count != y->count) return x->count < y->count ? 1 : -1;
    return (x->level > y->level) - (x->level < y->level);
}

static int by_level(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

ptg_status levels_choose(const level_counts *counts, double least, int64_t most, arena *scratch, text_index *out,
                         ptg_error *err)
{
    ranked_level *ranked = arena_array(scratch, counts->n, sizeof *ranked);
    int32_t *levels = arena_array(scratch, counts->n, sizeof *levels);
    if (ranked == NULL || levels == NULL) return fail_memory(err);
    int32_t n = 0;
    for (int32_t l = 0; l < counts->n; l++)
        if ((double)counts->counts[l] >= least) ranked[n++] = (ranked_level){counts->counts[l], l};
    qsort(ranked, (size_t)n, sizeof *ranked, by_count);
    if (n > most) n = most < 0 ? 0 : (int32_t)most;
    for (int32_t i = 0; i < n; i++)
        levels[i] = ranked[i].level;
    qsort(levels, (size_t)n, sizeof *levels, by_level);
    for (int32_t i = 0; i < n; i++)
        if (text_index_add(out, counts->texts[levels[i]]) < 0) return fail_memory(err);
    return PTG_OK;
}

double levels_least_count(double threshold, int64_t n_rows)
{
    if (isnan(threshold) || threshold <= 0) return fmax(10, (double)n_rows / 1000);
    return threshold < 1 ? threshold * (double)n_rows : threshold;
}

static ptg_status match_coded(const text_index *index, const feature *source, int64_t n_rows, int32_t *out, ptg_error *err)
{
    int32_t *found = mem_array(source->n_levels, sizeof *found); /* number + 3; 0 = not looked up yet */
    if (found == NULL) return fail_memory(err);
    char buffer[NUMBER_TEXT_SIZE];
    for (int64_t i = 0; i < n_rows; i++) {
        int32_t code = source->codes[i];
        if (!is_code(source, code)) {
            out[i] = LEVEL_MISSING;
            continue;
        }
        if (found[code] == 0) {
            int32_t number = text_index_find(index, code_level(source, code, buffer));
            found[code] = (number < 0 ? LEVEL_UNSEEN : number) + 3;
        }
        out[i] = found[code] - 3;
    }
    mem_free(found);
    return PTG_OK;
}

ptg_status levels_match(const text_index *index, const feature *source, int64_t n_rows, int32_t *out, ptg_error *err)
{
    if (source->kind == FEATURE_CODED) return match_coded(index, source, n_rows, out, err);
    char buffer[NUMBER_TEXT_SIZE];
    for (int64_t i = 0; i < n_rows; i++) {
        double value = source->real[i];
        if (!isfinite(value)) {
            out[i] = LEVEL_MISSING;
            continue;
        }
        int32_t number = text_index_find(index, number_level(value, buffer));
        out[i] = number < 0 ? LEVEL_UNSEEN : number;
    }
    return PTG_OK;
}

ptg_status levels_number(const feature *source, int64_t n_rows, arena *scratch, text_index *out, int32_t **level,
                         ptg_error *err)
{
    level_counts counts;
    TRY(levels_count(source, n_rows, scratch, &counts, err));
    for (int32_t l = 0; l < counts.n; l++)
        if (text_index_add(out, counts.texts[l]) < 0) return fail_memory(err);
    int32_t *numbers = arena_array(scratch, n_rows, sizeof *numbers);
    if (numbers == NULL) return fail_memory(err);
    TRY(levels_match(out, source, n_rows, numbers, err));
    for (int64_t i = 0; i < n_rows; i++)
        if (numbers[i] < 0) numbers[i] = out->n;
    *level = numbers;
    return PTG_OK;
}

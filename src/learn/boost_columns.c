/* The columns of a boost_trainer: which are numbers, which are categories, which are split one level against the rest; borders,
 * and blocks of bins. Numbers that look like codes are categories too (boost_category.h). */
#include <stdlib.h>
#include <string.h>

#include "learn/boost_noise.h"
#include "learn/boost_trainer.h"

/* A column waiting for its place in a block. */
typedef struct wanted_column {
    bin_column column;
    int32_t log_bins;
} wanted_column;

static int compare_wanted(const void *a, const void *b)
{
    const wanted_column *x = a, *y = b;
    if (x->log_bins != y->log_bins) return x->log_bins < y->log_bins ? -1 : 1;
    return x->column.feature < y->column.feature ? -1 : x->column.feature > y->column.feature;
}

/* Whether the table's own bins serve: the trained rows are those of the task. */
static bool is_of_table(const boost_trainer *b, const feature *f)
{
    return b->task->table_bins && f->source > 0 && b->statistics.train == b->task->train.x;
}

static ptg_status bin_feature(boost_trainer *b, int32_t number, bin_column *out, ptg_error *err)
{
    const matrix *x = b->statistics.train;
    const feature *f = &x->features[number];
    *out = (bin_column){.kind = BIN_LEVEL, .feature = number, .n_bins = f->n_levels + 1};
    if (f->kind == FEATURE_CODED) return PTG_OK;
    if (is_of_table(b, f)) {
        TRY(shared_bins_take(b->task->table_bins, f->source - 1, b->settings.border_count, b->task->train_table_rows, x->n_rows,
                             b->memory, out, err));
        out->feature = number;
        return PTG_OK;
    }
    double *values = mem_array(x->n_rows, sizeof *values);
    if (!values) return fail_memory(err);
    ptg_status status = feature_to_real(x, number, values, err);
    uint64_t seed = noise_word(b->settings.seed, 77, (uint64_t)number);
    if (status == PTG_OK) status = bins_of_numbers(values, x->n_rows, b->settings.border_count, seed, b->memory, out, err);
    out->feature = number;
    mem_free(values);
    return status;
}

static int32_t levels_in_sight(const feature *f, int64_t n_rows, uint8_t *seen)
{
    int32_t count = 0;
    memset(seen, 0, (size_t)f->n_levels + 1);
    for (int64_t i = 0; i < n_rows; i++) {
        count += !seen[f->codes[i] + 1];
        seen[f->codes[i] + 1] = 1;
    }
    return count;
}

/* Few levels: one against the rest, where a byte holds their codes. */
static bool is_split_by_level(const boost_trainer *b, const feature *f, int32_t in_sight)
{
    return f->n_levels < BINS_MOST && in_sight <= b->settings.one_hot_most;
}

/* The columns as they come: those with bins, and the categories, which get statistics. Numbers that repeat are both. */
typedef struct sorted_columns {
    wanted_column *wanted;
    int32_t n_wanted;
    boost_category *categories;
    int32_t n_categories;
    category_target target; /* by which numbers are told to be categories */
} sorted_columns;

static ptg_status sort_coded(boost_trainer *b, int32_t number, sorted_columns *to, bool *has_bins, ptg_error *err)
{
    const matrix *x = b->statistics.train;
    const feature *f = &x->features[number];
    uint8_t *seen = mem_array((int64_t)f->n_levels + 1, 1);
    if (!seen) return fail_memory(err);
    int32_t in_sight = levels_in_sight(f, x->n_rows, seen);
    mem_free(seen);
    *has_bins = in_sight > 1 && is_split_by_level(b, f, in_sight);
    if (in_sight > 1 && !*has_bins)
        to->categories[to->n_categories++] = boost_category_of_codes(x, b->task->held_out.x, number);
    return PTG_OK;
}

static int8_t direction_of(const boost_trainer *b, int32_t number)
{
    return b->settings.directions ? b->settings.directions[number] : 0;
}

/* A category's statistics know no order: a column along which predictions must rise or fall is none. */
static ptg_status sort_real(boost_trainer *b, int32_t number, sorted_columns *to, ptg_error *err)
{
    bool is;
    if (!(b->settings.least_rows_a_value > 0) || direction_of(b, number) != 0) return PTG_OK;
    TRY(boost_category_of_numbers(b->statistics.train, b->task->held_out.x, number, b->settings.least_rows_a_value, &to->target,
                                  b->memory, &to->categories[to->n_categories], &is, err));
    to->n_categories += is;
    return PTG_OK;
}

/* Columns of one bin say nothing. */
static ptg_status sort_column(boost_trainer *b, int32_t number, sorted_columns *to, ptg_error *err)
{
    const feature *f = &b->statistics.train->features[number];
    bool has_bins = true;
    if (f->kind == FEATURE_CODED) TRY(sort_coded(b, number, to, &has_bins, err));
    if (f->kind == FEATURE_REAL) TRY(sort_real(b, number, to, err));
    if (!has_bins) return PTG_OK;
    wanted_column *w = &to->wanted[to->n_wanted];
    TRY(bin_feature(b, number, &w->column, err));
    w->log_bins = bins_log(w->column.n_bins);
    to->n_wanted += w->column.n_bins > 1;
    return PTG_OK;
}

/* Blocks of columns with about as many bins. */
static ptg_status fill_blocks(boost_trainer *b, wanted_column *wanted, int32_t n, ptg_error *err)
{
    qsort(wanted, (size_t)n, sizeof *wanted, compare_wanted);
    b->blocks = arena_array(b->memory, n, sizeof *b->blocks);
    if (!b->blocks) return fail_memory(err);
    for (int32_t first = 0; first < n; first += BLOCK_COLUMNS) {
        boost_block *to = &b->blocks[b->n_blocks++];
        int32_t count = n - first < BLOCK_COLUMNS ? n - first : BLOCK_COLUMNS;
        *to = (boost_block){.train = {.n_columns = count}};
        to->train.log_bins = wanted[first + count - 1].log_bins;
        for (int32_t c = 0; c < count; c++) {
            to->train.columns[c] = wanted[first + c].column;
            to->factor[c] = 1;
            to->direction[c] = direction_of(b, wanted[first + c].column.feature);
        }
        to->held = to->train;
        TRY(bin_block_fill(&to->train, b->statistics.train, b->task->train_table_rows, b->memory, err));
        if (b->task->held_out.x) TRY(bin_block_fill(&to->held, b->task->held_out.x, b->task->held_table_rows, b->memory, err));
    }
    return PTG_OK;
}

static ptg_status sort_all(boost_trainer *b, const learn_rows *rows, sorted_columns *to, ptg_error *err)
{
    double *ranks = mem_array(rows->x->n_rows, sizeof *ranks);
    ptg_status status = ranks ? PTG_OK : fail_memory(err);
    to->target = (category_target){.values = rows->target, .is_class = b->task->problem != PROBLEM_REGRESSION};
    if (status == PTG_OK && !to->target.is_class) {
        status = boost_category_ranks(rows->target, rows->x->n_rows, ranks, err);
        to->target.values = ranks;
    }
    for (int32_t j = 0; j < rows->x->n_features && status == PTG_OK; j++)
        status = sort_column(b, j, to, err);
    mem_free(ranks);
    return status;
}

ptg_status boost_trainer_columns(boost_trainer *b, const learn_rows *rows, ptg_error *err)
{
    const matrix *x = rows->x;
    sorted_columns sorted = {.wanted = mem_array(x->n_features, sizeof *sorted.wanted),
                             .categories = arena_array(b->memory, x->n_features, sizeof *sorted.categories)};
    ptg_status status = sorted.wanted && sorted.categories ? PTG_OK : fail_memory(err);
    b->statistics.train = x;
    if (status == PTG_OK) status = sort_all(b, rows, &sorted, err);
    if (status == PTG_OK) status = fill_blocks(b, sorted.wanted, sorted.n_wanted, err);
    mem_free(sorted.wanted);
    if (status != PTG_OK) return status;
    return boost_statistics_start(&b->statistics, &b->settings.statistics, b->task, rows, sorted.categories,
                                  sorted.n_categories, err);
}

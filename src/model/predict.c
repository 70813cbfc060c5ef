/* Predicting a frame with a model, in blocks of rows so that memory stays bounded. Sums run over folds, then members, in their
 * order. */
#include "model/predict.h"

#include <math.h>
#include <string.h>

#define BLOCK_ROWS 4096

int32_t model_width(const model *m)
{
    return m->problem == PROBLEM_REGRESSION ? 1 : m->n_classes;
}

int32_t model_label(const model *m, const double *row)
{
    if (m->problem == PROBLEM_REGRESSION) return -1;
    if (m->problem == PROBLEM_BINARY) return row[m->positive] >= m->threshold ? m->positive : 1 - m->positive;
    int32_t best = 0;
    for (int32_t k = 1; k < m->n_classes; k++)
        if (row[k] > row[best]) best = k;
    return best;
}

/* One call's frame, where the model's inputs stand in it, and working memory. */
typedef struct prediction {
    const model *m;
    const frame *f;
    frame *retyped;   /* owned, or NULL */
    int32_t *columns; /* frame columns of the inputs that are there */
    int32_t n_columns;
    const pipeline_column **absent;
    int32_t n_absent;
    int64_t *rows;         /* BLOCK_ROWS */
    double *member, *fold; /* BLOCK_ROWS x internal width */
    text *no_cells;        /* BLOCK_ROWS missing texts */
} prediction;

/* Finds the inputs in the frame; columns of another type are asked for in `wishes`. */
static ptg_status find_inputs(prediction *p, bool allow_missing, json_t *wishes, ptg_error *err)
{
    const json_t *schema = json_object_get(p->m->schema, "columns");
    for (int32_t i = 0; i < p->m->n_inputs; i++) {
        const pipeline_column *input = &p->m->inputs[i];
        int32_t at = frame_find(p->f, text_of(input->name));
        text_shown_buffer shown;
        if (at < 0 && !allow_missing)
            return fail(err, PTG_ERROR_DATA,
                        "The model reads column '%s', which the table lacks; add it, or take --allow-missing.",
                        text_shown(text_of(input->name), &shown));
        if (at < 0) {
            p->absent[p->n_absent++] = input;
            continue;
        }
        p->columns[p->n_columns++] = at;
        if (frame_column_is_as(p->f, at, json_object_get(schema, input->name))) continue;
        if (json_object_set(wishes, input->name, json_object_get(schema, input->name)) != 0) return fail_memory(err);
    }
    return PTG_OK;
}

static ptg_status find_columns(prediction *p, bool allow_missing, ptg_error *err)
{
    json_t *wishes = json_object();
    ptg_status status = wishes ? find_inputs(p, allow_missing, wishes, err) : fail_memory(err);
    if (status == PTG_OK && json_object_size(wishes) > 0) {
        status = frame_retype(p->f, wishes, &p->retyped, err);
        if (status == PTG_OK) p->f = p->retyped;
    }
    json_decref(wishes);
    return status;
}

/* A column of missing values only. */
static ptg_status add_absent(const prediction *p, const pipeline_column *c, matrix *x, ptg_error *err)
{
    if (c->kind == FEATURE_TEXT)
        return matrix_borrow(x, &(feature){.name = c->name, .kind = FEATURE_TEXT, .type = c->type, .cells = p->no_cells}, err);
    double *real = c->kind == FEATURE_REAL ? matrix_add_real(x, c->name) : NULL;
    int32_t *codes = c->kind == FEATURE_REAL ? NULL : matrix_add_coded(x, c->name, 0, NULL);
    if (!real && !codes) return fail_memory(err);
    for (int64_t i = 0; i < x->n_rows; i++) {
        if (real) real[i] = NAN;
        if (codes) codes[i] = -1;
    }
    x->features[x->n_features - 1].type = c->type;
    return PTG_OK;
}

static ptg_status block_matrix(const prediction *p, int64_t first, int64_t n, matrix **out, ptg_error *err)
{
    for (int64_t i = 0; i < n; i++)
        p->rows[i] = first + i;
    TRY(matrix_from_frame(p->f, p->columns, p->n_columns, (row_list){p->rows, n}, out, err));
    for (int32_t i = 0; i < p->n_absent; i++)
        TRY(add_absent(p, p->absent[i], *out, err));
    return PTG_OK;
}

static ptg_status predict_fold(const model_fold *fold, const matrix *x, double *out, ptg_error *err)
{
    matrix *seen = NULL;
    ptg_status status = pipeline_apply(fold->steps, x, &seen, err);
    if (status == PTG_OK) status = predictor_predict(fold->learner, seen, out, err);
    matrix_free(seen);
    return status;
}

/* The mean of a member's folds for one block, in p->member. */
static ptg_status predict_member(const prediction *p, const model_member *member, const matrix *x, int64_t size, ptg_error *err)
{
    text_shown_buffer shown;
    memset(p->member, 0, (size_t)size * sizeof *p->member);
    for (int32_t j = 0; j < member->n_folds; j++) {
        ptg_status status = predict_fold(&member->folds[j], x, p->fold, err);
        if (status != PTG_OK) return fail_within(err, status, "candidate '%s'", text_shown(text_of(member->name), &shown));
        for (int64_t i = 0; i < size; i++)
            p->member[i] += p->fold[i];
    }
    for (int64_t i = 0; i < size; i++)
        p->member[i] /= member->n_folds;
    return PTG_OK;
}

/* The weighted mean of members for one block; `mean` is n x internal width. */
static ptg_status predict_block(const prediction *p, const matrix *x, int64_t size, double *mean, ptg_error *err)
{
    double total = 0;
    memset(mean, 0, (size_t)size * sizeof *mean);
    for (int32_t i = 0; i < p->m->n_members; i++)
        total += p->m->members[i].weight;
    for (int32_t i = 0; i < p->m->n_members; i++) {
        double share = p->m->members[i].weight / total;
        if (share == 0) continue;
        TRY(predict_member(p, &p->m->members[i], x, size, err));
        for (int64_t j = 0; j < size; j++)
            mean[j] += share * p->member[j];
    }
    return PTG_OK;
}

static void normalise(double *row, int32_t k)
{
    double sum = 0;
    for (int32_t j = 0; j < k; j++)
        sum += row[j];
    for (int32_t j = 0; j < k && sum > 0; j++)
        row[j] /= sum;
}

/* Temperature, floor; row is model_width probabilities. The largest stays 1 while the others are raised to 1/temperature. */
static void finish_row(const model *m, double *row)
{
    int32_t k = m->n_classes;
    double most = 0;
    for (int32_t j = 0; j < k; j++)
        most = fmax(most, row[j]);
    for (int32_t j = 0; j < k && m->temperature != 1 && most > 0; j++)
        row[j] = pow(row[j] / most, 1 / m->temperature);
    normalise(row, k);
    for (int32_t j = 0; j < k; j++)
        row[j] = fmax(row[j], m->floor);
    normalise(row, k);
}

/* From members' numbers (n x internal width) to answers (n x model_width). */
static void answer(const model *m, const double *mean, int64_t n, double *out)
{
    int32_t width = model_width(m);
    for (int64_t i = 0; i < n; i++) {
        double *row = out + i * width;
        if (m->problem == PROBLEM_BINARY) {
            row[m->positive] = mean[i];
            row[1 - m->positive] = 1 - mean[i];
        } else {
            memcpy(row, mean + i * width, (size_t)width * sizeof *row);
        }
        if (m->problem != PROBLEM_REGRESSION) finish_row(m, row);
    }
}

static ptg_status predict_rows(prediction *p, double *mean, double *out, ptg_error *err)
{
    int64_t n_rows = frame_rows(p->f);
    int32_t inner = prediction_width(p->m->problem, p->m->n_classes), width = model_width(p->m);
    for (int64_t first = 0; first < n_rows; first += BLOCK_ROWS) {
        int64_t n = n_rows - first < BLOCK_ROWS ? n_rows - first : BLOCK_ROWS;
        matrix *x = NULL;
        ptg_status status = block_matrix(p, first, n, &x, err);
        if (status == PTG_OK) status = predict_block(p, x, n * inner, mean, err);
        matrix_free(x);
        TRY(status);
        answer(p->m, mean, n, out + first * width);
    }
    return PTG_OK;
}

ptg_status model_predict_frame(const model *m, const frame *f, bool allow_missing, double *out, ptg_error *err)
{
    arena *scratch = arena_new();
    if (!scratch) return fail_memory(err);
    ptg_status status = PTG_OK;
    int64_t inner = prediction_width(m->problem, m->n_classes), block = frame_rows(f) < BLOCK_ROWS ? frame_rows(f) : BLOCK_ROWS;
    prediction p = {.m = m, .f = f};
    p.columns = arena_array(scratch, m->n_inputs, sizeof *p.columns);
    p.absent = arena_array(scratch, m->n_inputs, sizeof *p.absent);
    p.rows = arena_array(scratch, block, sizeof *p.rows);
    p.no_cells = arena_array(scratch, block, sizeof *p.no_cells);
    p.member = arena_array(scratch, block * inner, sizeof *p.member);
    p.fold = arena_array(scratch, block * inner, sizeof *p.fold);
    double *mean = arena_array(scratch, block * inner, sizeof *mean);
    GO(p.columns && p.absent && p.rows && p.no_cells && p.member && p.fold && mean ? PTG_OK : fail_memory(err));
    GO(find_columns(&p, allow_missing, err));
    GO(predict_rows(&p, mean, out, err));
done:
    frame_free(p.retyped);
    arena_free(scratch);
    return status;
}

/* TextModelScore: a column a text with the prediction of a linear model on its word and character n-grams, out of fold on the
 * training rows, so that trees can use long texts as one number (multiclass: one a class).
 *
 * The model is a ridge regression on the (centred) target, or on 0/1 for each class, trained by dual coordinate ascent
 * (Shalev-Shwartz & Zhang, JMLR 2013): a few exact steps a row, no learning rate. N-grams are hashed into 2^18 places;
 * values are (1 + ln tf) idf, a row's norm is 1, and a constant stands beside them. */
#include <math.h>
#include <string.h>

#include "base/random.h"
#include "transform/fitted.h"
#include "transform/hashed_terms.h"
#include "transform/inner_folds.h"
#include "transform/terms.h"

enum { NGRAMS, ALPHA, EPOCHS, MIN_DF, FOLDS, KEEP_INPUT };

/* In the order of hashed_ngrams. */
static const char *const ngram_kinds[] = {"words", "characters", "both", NULL};

static const parameter parameters[] = {
    {.name = "ngrams",
     .type = PARAMETER_CHOICE,
     .standard = "\"both\"",
     .choices = ngram_kinds,
     .searched = true,
     .search_values = "[\"words\", \"both\"]",
     .text = "Words and pairs of words, runs of 3 to 5 characters inside words, or both."},
    {.name = "alpha",
     .type = PARAMETER_REAL,
     .standard = "1",
     .min = 1e-6,
     .max = 1e6,
     .searched = true,
     .search_min = 0.1,
     .search_max = 10,
     .log_scale = true,
     .text = "Strength of the ridge penalty."},
    {.name = "epochs",
     .type = PARAMETER_INTEGER,
     .standard = "10",
     .min = 1,
     .max = 1000,
     .text = "Passes over the training rows."},
    {.name = "min_df",
     .type = PARAMETER_INTEGER,
     .standard = "2",
     .min = 1,
     .max = 1e9,
     .text = "Least number of training rows with an n-gram."},
    INNER_FOLDS_PARAMETER,
    FITTED_KEEP_INPUT("Keep the text itself beside its score, for a later step."),
};

/* One text column's model. */
typedef struct text_model {
    hashed_places places;
    const double *weights; /* width x (slots + 1); the last of a class is that of the constant */
} text_model;

typedef struct text_score {
    fitted base;
    hashed_ngrams ngrams;
    int32_t width;
    bool multiclass;
    text_model *models; /* one a column */
} text_score;

/* The sum in the order of the entries, the constant first. */
static double predict_row(const hashed_rows *x, int64_t row, const double *weights, int32_t n)
{
    double sum = weights[n];
    for (int64_t e = x->starts[row]; e < x->starts[row + 1]; e++)
        sum += weights[x->items[e]] * x->values[e];
    return sum;
}

/* One ridge regression: rows in `order`, responses y, weights c, results in w (n + 1, zeroed). */
typedef struct ridge {
    const hashed_rows *x;
    const int64_t *order;
    int64_t n_order;
    const double *y, *weight;
    double penalty;
    double *dual; /* one a row, zeroed */
} ridge;

/* The exact step of one row: w = sum of dual_i x_i / penalty, and at the end dual_i = c_i (y_i - w x_i). */
static void step_row(const ridge *r, int64_t row, double *w, int32_t n)
{
    const hashed_rows *x = r->x;
    double c = r->weight == NULL ? 1 : r->weight[row];
    double squares = x->starts[row + 1] > x->starts[row] ? 2 : 1; /* norm 1, and the constant */
    double residual = r->y[row] - predict_row(x, row, w, n);
    double step = (c * residual - r->dual[row]) / (1 + c * squares / r->penalty);
    r->dual[row] += step;
    double scaled = step / r->penalty;
    w[n] += scaled;
    for (int64_t e = x->starts[row]; e < x->starts[row + 1]; e++)
        w[x->items[e]] += scaled * x->values[e];
}

static void run_ridge(const ridge *r, int64_t epochs, double *w, int32_t n)
{
    for (int64_t epoch = 0; epoch < epochs; epoch++)
        for (int64_t i = 0; i < r->n_order; i++)
            step_row(r, r->order[i], w, n);
}

/* What fitting one column works with. */
typedef struct score_fit {
    const transform_fit_input *in;
    text_score *s;
    text_model *m;
    const hashed_rows *x;
    const int32_t *fold;
    double *y, *dual; /* one a row */
    int64_t *order;
} score_fit;

static double response(const transform_fit_input *in, bool multiclass, int32_t k, int64_t row)
{
    return multiclass ? in->target[row] == k : in->target[row];
}

/* Trains class k on the rows outside fold `held_out` (-1: all). */
static void train_class(score_fit *f, const feature *source, int32_t k, int32_t held_out, double *w)
{
    int64_t n_rows = f->in->columns->n_rows, n = 0;
    double sum = 0, total = 0;
    for (int64_t i = 0; i < n_rows; i++) {
        double weight = f->in->weight == NULL ? 1 : f->in->weight[i];
        if (f->fold[i] == held_out || weight <= 0 || terms_cell(source, i).data == NULL) continue;
        f->order[n++] = i;
        f->y[i] = response(f->in, f->s->multiclass, k, i);
        sum += weight * f->y[i];
        total += weight;
    }
    double mean = total > 0 ? sum / total : 0;
    for (int64_t i = 0; i < n; i++)
        f->y[f->order[i]] -= mean;
    memset(f->dual, 0, (size_t)n_rows * sizeof *f->dual);
    memset(w, 0, ((size_t)f->m->places.n + 1) * sizeof *w);
    random_stream random = random_of(f->in->seed, "text model score: order");
    random_shuffle(&random, f->order, n);
    const parameter_value *given = f->in->parameters;
    ridge r = {f->x, f->order, n, f->y, f->in->weight, given[ALPHA].number, f->dual};
    run_ridge(&r, (int64_t)given[EPOCHS].number, w, f->m->places.n);
    w[f->m->places.n] += mean; /* the constant carries the mean */
}

static ptg_status add_column(const text_score *s, int32_t c, int32_t k, matrix *out, double **values, ptg_error *err)
{
    return fitted_add_class(out, s->base.names[c], "score", s->multiclass ? k : -1, values, err);
}

static void put_scores(const hashed_rows *x, const feature *source, const double *w, int32_t n, const int32_t *fold,
                       int32_t of_fold, double *out)
{
    for (int64_t i = 0; i < x->n_rows; i++) {
        if (fold != NULL && fold[i] != of_fold) continue;
        out[i] = terms_cell(source, i).data == NULL ? NAN : predict_row(x, i, w, n);
    }
}

static ptg_status train_column(score_fit *f, int32_t c, matrix *out, ptg_error *err)
{
    const feature *source = &f->in->columns->features[c];
    int64_t stride = (int64_t)f->m->places.n + 1;
    double *weights = arena_array(f->s->base.memory, stride * f->s->width, sizeof *weights);
    if (weights == NULL) return fail_memory(err);
    for (int32_t k = 0; k < f->s->width; k++) {
        double *values, *w = &weights[k * stride];
        TRY(add_column(f->s, c, k, out, &values, err));
        for (int32_t fold = 0; fold < (int32_t)f->in->parameters[FOLDS].number; fold++) {
            train_class(f, source, k, fold, w);
            put_scores(f->x, source, w, f->m->places.n, f->fold, fold, values);
        }
        train_class(f, source, k, -1, w);
    }
    f->m->weights = weights;
    return PTG_OK;
}

static ptg_status fit_column(score_fit *f, int32_t c, matrix *out, ptg_error *err)
{
    hashed_rows x;
    const matrix *columns = f->in->columns;
    TRY(hashed_rows_of(&columns->features[c], columns->n_rows, f->s->ngrams, NULL, &x, err));
    f->m = &f->s->models[c];
    f->x = &x;
    double least = f->in->parameters[MIN_DF].number;
    ptg_status status = hashed_places_choose(&x, least, f->s->base.memory, &f->m->places, err);
    if (status == PTG_OK) {
        hashed_rows_weigh(&f->m->places, &x);
        status = train_column(f, c, out, err);
    }
    hashed_rows_clear(&x);
    return status;
}

static ptg_status fit_state(void *state, const transform_fit_input *in, matrix *out, ptg_error *err)
{
    text_score *s = state;
    TRY(terms_check(in->columns, err));
    ptg_status status = PTG_OK;
    int64_t n_rows = in->columns->n_rows;
    int32_t *fold = mem_array(n_rows, sizeof *fold);
    score_fit f = {.in = in,
                   .s = s,
                   .fold = fold,
                   .y = mem_array(n_rows, sizeof(double)),
                   .dual = mem_array(n_rows, sizeof(double)),
                   .order = mem_array(n_rows, sizeof(int64_t))};
    s->ngrams = (hashed_ngrams)in->parameters[NGRAMS].number;
    s->multiclass = in->problem == PROBLEM_MULTICLASS;
    s->width = prediction_width(in->problem, in->n_classes);
    s->models = arena_array(s->base.memory, s->base.n_columns, sizeof *s->models);
    if (fold == NULL || f.y == NULL || f.dual == NULL || f.order == NULL || s->models == NULL) GO(fail_memory(err));
    GO(inner_folds(in, (int32_t)in->parameters[FOLDS].number, fold, err));
    for (int32_t c = 0; c < s->base.n_columns; c++)
        GO(fit_column(&f, c, out, err));
done:
    mem_free(fold);
    mem_free(f.y);
    mem_free(f.dual);
    mem_free(f.order);
    return status;
}

static ptg_status apply_column(const text_score *s, int32_t c, const matrix *columns, matrix *out, ptg_error *err)
{
    const text_model *m = &s->models[c];
    hashed_rows x;
    TRY(hashed_rows_of(&columns->features[c], columns->n_rows, s->ngrams, &m->places, &x, err));
    hashed_rows_weigh(&m->places, &x);
    ptg_status status = PTG_OK;
    for (int32_t k = 0; k < s->width; k++) {
        double *values;
        GO(add_column(s, c, k, out, &values, err));
        put_scores(&x, &columns->features[c], &m->weights[k * ((int64_t)m->places.n + 1)], m->places.n, NULL, 0, values);
    }
done:
    hashed_rows_clear(&x);
    return status;
}

static ptg_status apply(const void *state, const matrix *columns, matrix *out, ptg_error *err)
{
    const text_score *s = state;
    TRY(fitted_check(&s->base, columns, FEATURE_TEXT | FEATURE_CODED, err));
    TRY(terms_check(columns, err));
    for (int32_t c = 0; c < columns->n_features; c++)
        TRY(apply_column(s, c, columns, out, err));
    return PTG_OK;
}

static void save(const void *state, bytes_writer *w)
{
    const text_score *s = state;
    fitted_save(&s->base, w);
    bytes_put_u8(w, (uint8_t)s->ngrams);
    bytes_put_u8(w, s->multiclass);
    bytes_put_i32(w, s->width);
    for (int32_t c = 0; c < s->base.n_columns; c++) {
        const text_model *m = &s->models[c];
        bytes_put_i32s(w, m->places.places, m->places.n);
        bytes_put_f64s(w, m->places.idf, m->places.n);
        bytes_put_f64s(w, m->weights, ((int64_t)m->places.n + 1) * s->width);
    }
}

static void load_model(text_model *m, int32_t width, arena *a, bytes_reader *r)
{
    hashed_places *places = &m->places;
    int64_t n = 0, n_idf = 0, n_weights = 0;
    places->places = bytes_i32s(r, a, &n);
    places->idf = bytes_f64s(r, a, &n_idf);
    m->weights = bytes_f64s(r, a, &n_weights);
    places->n = hashed_places_hold(places->places, n) ? (int32_t)n : 0;
    if (places->n != n || n_idf != n || n_weights != (n + 1) * width) r->failed = true;
    fitted_check_finite(places->idf, n_idf, r);
    fitted_check_finite(m->weights, n_weights, r);
}

static ptg_status load_state(void *state, bytes_reader *r, ptg_error *err)
{
    text_score *s = state;
    uint8_t ngrams = bytes_u8(r);
    s->multiclass = bytes_u8(r) != 0;
    s->width = bytes_i32(r);
    if (ngrams > NGRAMS_BOTH || s->width < 1 || (s->width > 1 && !s->multiclass)) r->failed = true;
    s->ngrams = (hashed_ngrams)ngrams;
    s->models = arena_array(s->base.memory, s->base.n_columns, sizeof *s->models);
    if (s->models == NULL) return fail_memory(err);
    for (int32_t c = 0; c < s->base.n_columns && !r->failed; c++)
        load_model(&s->models[c], s->width, s->base.memory, r);
    return PTG_OK;
}

static const fitted_step step = {"TextModelScore", sizeof(text_score), fit_state, load_state};

static ptg_status fit(const transform_fit_input *in, void **state, matrix *out, ptg_error *err)
{
    return fitted_fit(&step, in, state, out, err);
}

static ptg_status load(bytes_reader *r, void **state, ptg_error *err)
{
    return fitted_load(&step, r, state, err);
}

const transformer text_model_score = {
    .name = "TextModelScore",
    .text = "Predicts the target from a text by a linear model on its n-grams, out of fold, as one column (multiclass: one a "
            "class).",
    .parameters = parameters,
    .n_parameters = sizeof parameters / sizeof parameters[0],
    .accepts = FEATURE_TEXT | FEATURE_CODED,
    .uses_target = true,
    .fit = fit,
    .apply = apply,
    .save = save,
    .load = load,
    .free = fitted_free,
};

/* Boosting: each round one tree over all outputs (a leaf holds a value an output), grown depth first to four levels from
 * histograms of 64 bins; the larger child's histogram is the parent's less the smaller one's. Held-out rows are carried
 * along, so that no tree needs to be kept. Losses: squared, logistic, softmax with the diagonal of its Hessian. */
#include "profile/small_trees.h"

#include <math.h>
#include <string.h>

#include "profile/small_encode.h"

#define ROUNDS 60 /* one output; with several 30, and steps of 0.25 */
#define ROUNDS_OF_MANY 30
#define LEARNING_RATE 0.15
#define LEARNING_RATE_OF_MANY 0.25
#define DEPTH 4
#define PENALTY 2.0     /* added to the Hessian of a leaf */
#define LEAST_ROWS 10   /* of a leaf */
#define LEAST_GAIN 1e-7 /* of a split, as a share of the root's rows */

typedef struct booster {
    const small_fit *fit;
    small_design d;
    int32_t k;         /* outputs */
    int32_t stride;    /* of a bin: rows, then gradient and Hessian of each output */
    double *target;    /* n_train x k */
    double *score;     /* n x k */
    double *gradient;  /* n_train x 2k: gradient and Hessian of each output in turn */
    int32_t *order[2]; /* local rows, node by node: training, held out */
    int32_t *scratch;
    double *histograms[DEPTH + 1]; /* one a level */
    double scale, centre;          /* regression: of the target */
} booster;

/* Rows of a node: order[0][from[0] ... to[0]-1] are its training rows, order[1] likewise the held-out ones. */
typedef struct node {
    int64_t from[2], to[2];
} node;

typedef struct cut {
    int32_t column, bin; /* bins <= bin go left; column -1: none */
    double gain;
} cut;

static size_t histogram_size(const booster *b)
{
    return (size_t)b->d.n_columns * SMALL_BINS * (size_t)b->stride;
}

static ptg_status take_memory(booster *b, arena *a, ptg_error *err)
{
    const int64_t n = b->d.n, k = b->k;
    b->target = arena_array(a, b->d.n_train * k, sizeof(double));
    b->score = arena_array(a, n * k, sizeof(double));
    b->gradient = arena_array(a, b->d.n_train * 2 * k, sizeof(double));
    b->order[0] = arena_array(a, b->d.n_train, sizeof(int32_t));
    b->order[1] = arena_array(a, n - b->d.n_train, sizeof(int32_t));
    b->scratch = arena_array(a, n, sizeof(int32_t));
    if (!b->target || !b->score || !b->gradient || !b->order[0] || !b->order[1] || !b->scratch) return fail_memory(err);
    for (int level = 0; level <= DEPTH; ++level) {
        b->histograms[level] = arena_array(a, (int64_t)histogram_size(b), sizeof(double));
        if (b->histograms[level] == NULL) return fail_memory(err);
    }
    return PTG_OK;
}

/* Regression works on a target with mean 0 and deviation 1. */
static void centre_target(booster *b)
{
    const int64_t n = b->d.n_train;
    double mean = 0, squares = 0;
    for (int64_t i = 0; i < n; ++i)
        mean += b->target[i] / (double)n;
    for (int64_t i = 0; i < n; ++i)
        squares += (b->target[i] - mean) * (b->target[i] - mean) / (double)n;
    b->centre = mean;
    b->scale = squares > 0 ? sqrt(squares) : 1;
    for (int64_t i = 0; i < n; ++i)
        b->target[i] = (b->target[i] - mean) / b->scale;
}

static double first_score(const booster *b, int32_t k)
{
    if (b->fit->t->problem == PROBLEM_REGRESSION) return 0;
    double sum = 0.5;
    for (int64_t i = 0; i < b->d.n_train; ++i)
        sum += b->target[i * b->k + k];
    const double share = sum / ((double)b->d.n_train + 1);
    return b->fit->t->problem == PROBLEM_BINARY ? log(share / (1 - share)) : log(share);
}

static void start(booster *b)
{
    const small_fit *f = b->fit;
    b->scale = 1;
    for (int64_t i = 0; i < b->d.n_train; ++i) {
        for (int32_t k = 0; k < b->k; ++k)
            b->target[i * b->k + k] = small_target(f->t, f->train.rows[i], k);
    }
    if (f->t->problem == PROBLEM_REGRESSION) centre_target(b);
    for (int32_t k = 0; k < b->k; ++k) {
        const double first = first_score(b, k);
        for (int64_t i = 0; i < b->d.n; ++i)
            b->score[i * b->k + k] = first;
    }
    for (int64_t i = 0; i < b->d.n_train; ++i)
        b->order[0][i] = (int32_t)i;
    for (int64_t i = b->d.n_train; i < b->d.n; ++i)
        b->order[1][i - b->d.n_train] = (int32_t)i;
}

/* Scores of one row to probabilities, in place of `p`. */
static void softmax(const double *score, int32_t k, double *p)
{
    double largest = score[0], sum = 0;
    for (int32_t j = 1; j < k; ++j)
        largest = fmax(largest, score[j]);
    for (int32_t j = 0; j < k; ++j)
        sum += p[j] = exp(score[j] - largest);
    for (int32_t j = 0; j < k; ++j)
        p[j] /= sum;
}

static void predict_row(const booster *b, const double *score, double *p)
{
    const problem_type problem = b->fit->t->problem;
    if (problem == PROBLEM_MULTICLASS) {
        softmax(score, b->k, p);
    } else {
        *p = problem == PROBLEM_BINARY ? 1 / (1 + exp(-*score)) : *score;
    }
}

static void take_gradients(booster *b)
{
    const bool squared = b->fit->t->problem == PROBLEM_REGRESSION;
    double p[SMALL_CLASSES_MOST];
    for (int64_t i = 0; i < b->d.n_train; ++i) {
        predict_row(b, b->score + i * b->k, p);
        for (int32_t k = 0; k < b->k; ++k) {
            double *g = b->gradient + 2 * (i * b->k + k);
            g[0] = p[k] - b->target[i * b->k + k];
            g[1] = squared ? 1 : fmax(p[k] * (1 - p[k]), 1e-6);
        }
    }
}

static void fill_one(const booster *b, const uint8_t *bins, const int32_t *rows, int64_t n, double *h)
{
    for (int64_t j = 0; j < n; ++j) {
        const int32_t i = rows[j];
        double *bin = h + 3 * bins[i];
        const double *g = b->gradient + 2 * (int64_t)i;
        bin[0] += 1;
        bin[1] += g[0];
        bin[2] += g[1];
    }
}

static void fill_many(const booster *b, const uint8_t *bins, const int32_t *rows, int64_t n, double *h)
{
    const int32_t width = 2 * b->k;
    for (int64_t j = 0; j < n; ++j) {
        const int32_t i = rows[j];
        double *bin = h + (size_t)bins[i] * (size_t)b->stride;
        const double *g = b->gradient + (int64_t)i * width;
        bin[0] += 1;
        for (int32_t k = 0; k < width; ++k)
            bin[1 + k] += g[k];
    }
}

static void fill_histogram(const booster *b, const node *at, double *h)
{
    memset(h, 0, histogram_size(b) * sizeof *h);
    const int32_t *rows = b->order[0] + at->from[0];
    const int64_t n = at->to[0] - at->from[0];
    for (int32_t c = 0; c < b->d.n_columns; ++c) {
        const uint8_t *bins = b->d.bins + b->d.n * c;
        double *part = h + (size_t)c * SMALL_BINS * (size_t)b->stride;
        if (b->k == 1) {
            fill_one(b, bins, rows, n, part);
        } else {
            fill_many(b, bins, rows, n, part);
        }
    }
}

static void subtract(double *from, const double *what, size_t n)
{
    for (size_t i = 0; i < n; ++i)
        from[i] -= what[i];
}

/* Sum over the outputs of G^2 / (H + penalty). */
static double quality(const double *sums, int32_t k)
{
    double q = 0;
    for (int32_t j = 0; j < k; ++j)
        q += sums[1 + 2 * j] * sums[1 + 2 * j] / (sums[2 + 2 * j] + PENALTY);
    return q;
}

static void add_sums(double *sums, const double *what, int32_t stride)
{
    for (int32_t s = 0; s < stride; ++s)
        sums[s] += what[s];
}

#define STRIDE_MOST (1 + 2 * SMALL_CLASSES_MOST)

static void cut_column(const booster *b, int32_t place, const double *h, const double *total, cut *best)
{
    double left[STRIDE_MOST] = {0}, right[STRIDE_MOST];
    const double whole = quality(total, b->k);
    for (int32_t bin = 0; bin < SMALL_BINS - 1; ++bin) {
        const double *sums = h + (size_t)bin * (size_t)b->stride;
        if (sums[0] < 0.5) continue;
        add_sums(left, sums, b->stride);
        if (left[0] < LEAST_ROWS) continue;
        if (total[0] - left[0] < LEAST_ROWS) break;
        for (int32_t s = 0; s < b->stride; ++s)
            right[s] = total[s] - left[s];
        const double gain = quality(left, b->k) + quality(right, b->k) - whole;
        if (gain > best->gain) *best = (cut){.column = place, .bin = bin, .gain = gain};
    }
}

static cut find_cut(const booster *b, const double *h, const double *total)
{
    cut best = {.column = -1, .gain = LEAST_GAIN * (double)b->d.n_train};
    for (int32_t c = 0; c < b->d.n_columns; ++c)
        cut_column(b, c, h + (size_t)c * SMALL_BINS * (size_t)b->stride, total, &best);
    return best;
}

/* Sums of a node: those of any column's bins. */
static void sum_node(const booster *b, const double *h, double *total)
{
    memset(total, 0, STRIDE_MOST * sizeof *total);
    for (int32_t bin = 0; bin < SMALL_BINS; ++bin)
        add_sums(total, h + (size_t)bin * (size_t)b->stride, b->stride);
}

static void set_leaf(booster *b, const node *at, const double *total)
{
    double value[SMALL_CLASSES_MOST];
    const double rate = b->k > 1 ? LEARNING_RATE_OF_MANY : LEARNING_RATE;
    for (int32_t k = 0; k < b->k; ++k)
        value[k] = -rate * total[1 + 2 * k] / (total[2 + 2 * k] + PENALTY);
    for (int part = 0; part < 2; ++part) {
        for (int64_t j = at->from[part]; j < at->to[part]; ++j) {
            double *score = b->score + (int64_t)b->order[part][j] * b->k;
            for (int32_t k = 0; k < b->k; ++k)
                score[k] += value[k];
        }
    }
}

/* Stable partition of a node's rows; returns where the right child begins. */
static int64_t part_rows(const booster *b, int part, int64_t from, int64_t to, const cut *c)
{
    const uint8_t *bins = b->d.bins + b->d.n * c->column;
    int32_t *order = b->order[part];
    int64_t left = from, right = 0;
    for (int64_t j = from; j < to; ++j) {
        const int32_t row = order[j];
        if (bins[row] <= c->bin) {
            order[left++] = row;
        } else {
            b->scratch[right++] = row;
        }
    }
    memcpy(order + left, b->scratch, (size_t)right * sizeof *order);
    return left;
}

/* `h` is this node's histogram and is overwritten. */
static void grow(booster *b, const node *at, int level, double *h)
{
    double total[STRIDE_MOST];
    sum_node(b, h, total);
    const cut c = level < DEPTH ? find_cut(b, h, total) : (cut){.column = -1};
    if (c.column < 0) {
        set_leaf(b, at, total);
        return;
    }
    node child[2] = {*at, *at};
    for (int part = 0; part < 2; ++part)
        child[0].to[part] = child[1].from[part] = part_rows(b, part, at->from[part], at->to[part], &c);
    const int small = child[0].to[0] - child[0].from[0] <= child[1].to[0] - child[1].from[0] ? 0 : 1;
    double *below = b->histograms[level + 1];
    fill_histogram(b, &child[small], below);
    subtract(h, below, histogram_size(b));
    grow(b, &child[small], level + 1, below);
    grow(b, &child[1 - small], level + 1, h);
}

static void run(booster *b)
{
    const node root = {.to = {b->d.n_train, b->d.n - b->d.n_train}};
    const int rounds = b->d.n_columns == 0 ? 0 : b->k > 1 ? ROUNDS_OF_MANY : ROUNDS;
    for (int round = 0; round < rounds; ++round) {
        take_gradients(b);
        fill_histogram(b, &root, b->histograms[0]);
        grow(b, &root, 0, b->histograms[0]);
    }
    for (int64_t i = 0; i < b->fit->held.n; ++i) {
        double *out = b->fit->out + i * b->k;
        predict_row(b, b->score + (b->d.n_train + i) * b->k, out);
        if (b->fit->t->problem == PROBLEM_REGRESSION) *out = b->centre + b->scale * *out;
    }
}

ptg_status small_fit_run(const small_fit *fit, ptg_error *err)
{
    arena *a = arena_new();
    if (a == NULL) return fail_memory(err);
    booster b = {.fit = fit, .k = fit->t->n_outputs, .stride = 1 + 2 * fit->t->n_outputs};
    ptg_status status = small_design_make(fit->t, fit->columns, fit->n_columns, fit->train, fit->held, a, &b.d, err);
    if (status == PTG_OK) status = take_memory(&b, a, err);
    if (status == PTG_OK) {
        start(&b);
        run(&b);
    }
    arena_free(a);
    return status;
}

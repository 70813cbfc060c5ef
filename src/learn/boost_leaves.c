/* See boost_leaves.h. */
#include "learn/boost_leaves.h"

#include <math.h>
#include <string.h>

#include "learn/boost_power.h"

#define ROW_CHUNK 8192

/* One pass over the rows in chunks; each chunk has `width` sums a leaf of its own. */
typedef struct leaf_pass {
    const boost_leaves *how;
    const boost_rows *rows;
    int32_t n_leaves, width;
    const double *values; /* added to the sums of a row before derivatives are taken */
    double *partial;      /* chunks x n_leaves x width */
} leaf_pass;

static int64_t count_chunks(int64_t n)
{
    return (n + ROW_CHUNK - 1) / ROW_CHUNK;
}

static int64_t chunk_end(int64_t n, int64_t chunk)
{
    int64_t end = (chunk + 1) * ROW_CHUNK;
    return end < n ? end : n;
}

/* Runs the pass and adds the chunks up in their order into the first one. */
static ptg_status run_pass(leaf_pass *p, pool_work work, ptg_error *err)
{
    int64_t chunks = count_chunks(p->rows->n), size = (int64_t)p->n_leaves * p->width;
    memset(p->partial, 0, (size_t)(chunks * size) * sizeof *p->partial);
    TRY(pool_run(p->how->pool, chunks, work, p, err));
    for (int64_t c = 1; c < chunks; c++)
        for (int64_t i = 0; i < size; i++)
            p->partial[i] += p->partial[c * size + i];
    return PTG_OK;
}

static double weight_of(const boost_rows *r, int64_t i)
{
    return r->weight ? r->weight[i] : 1;
}

static ptg_status sum_cover(void *context, int64_t chunk, ptg_error *err)
{
    (void)err;
    const leaf_pass *p = context;
    double *to = p->partial + chunk * p->n_leaves * p->width;
    for (int64_t i = chunk * ROW_CHUNK; i < chunk_end(p->rows->n, chunk); i++)
        to[p->rows->leaf[i] * p->width] += weight_of(p->rows, i);
    return PTG_OK;
}

/* Gradient and curvature of each leaf on one output. */
static ptg_status sum_derivatives(void *context, int64_t chunk, ptg_error *err)
{
    (void)err;
    const leaf_pass *p = context;
    const boost_rows *r = p->rows;
    double a[LOSS_CHUNK], g[LOSS_CHUNK], h[LOSS_CHUNK];
    double *to = p->partial + chunk * p->n_leaves * p->width;
    int64_t end = chunk_end(r->n, chunk);
    for (int64_t first = chunk * ROW_CHUNK; first < end; first += LOSS_CHUNK) {
        int64_t n = end - first < LOSS_CHUNK ? end - first : LOSS_CHUNK;
        const uint16_t *leaf = r->leaf + first;
        for (int64_t i = 0; i < n; i++)
            a[i] = r->sums[first + i] + p->values[leaf[i]];
        p->how->loss->derivatives(p->how->loss, p->how->kernels, r->target + first, a, n, g, h);
        for (int64_t i = 0; i < n; i++) {
            double w = weight_of(r, first + i), *sum = to + 2 * leaf[i];
            sum[0] += w * g[i];
            sum[1] += w * h[i];
        }
    }
    return PTG_OK;
}

/* One leaf's search for the root of its gradient: steps by Newton; a step after which the gradient is larger on the other side
 * is halved instead. */
typedef struct newton_state {
    double step, gradient;
} newton_state;

static void newton_step(newton_state *state, double gradient, double curvature, double l2, double *value)
{
    if (state->gradient * gradient < 0 && fabs(gradient) > fabs(state->gradient)) {
        state->step /= 2;
        *value -= state->step;
        return;
    }
    double below = curvature + l2;
    state->step = below > 0 ? gradient / below : 0;
    state->gradient = gradient;
    *value += state->step;
}

static ptg_status estimate_newton(leaf_pass *p, double *values, ptg_error *err)
{
    newton_state *states = mem_array(p->n_leaves, sizeof *states);
    if (!states) return fail_memory(err);
    ptg_status status = PTG_OK;
    p->values = values;
    for (int32_t step = 0; step < p->how->steps && status == PTG_OK; step++) {
        status = run_pass(p, sum_derivatives, err);
        for (int32_t l = 0; l < p->n_leaves && status == PTG_OK; l++)
            newton_step(&states[l], p->partial[2 * l], p->partial[2 * l + 1], p->how->l2, &values[l]);
    }
    for (int32_t l = 0; l < p->n_leaves && p->how->curvature && status == PTG_OK; l++)
        p->how->curvature[l] = p->partial[2 * l + 1];
    mem_free(states);
    return status;
}

/* One pass gives two sums a leaf; as many steps as were asked for, or the root, come from these alone. */
static double power_value(const boost_leaves *how, const power_leaf *leaf)
{
    if (how->steps == 0) return power_leaf_root(leaf, how->kernels);
    newton_state state = {0};
    double value = 0, gradient, curvature;
    for (int32_t step = 0; step < how->steps; step++) {
        power_leaf_derive(leaf, how->kernels, value, &gradient, &curvature);
        newton_step(&state, gradient, curvature, leaf->l2, &value);
    }
    return value;
}

static ptg_status estimate_power(leaf_pass *p, double *values, ptg_error *err)
{
    p->values = values;
    TRY(run_pass(p, sum_derivatives, err));
    for (int32_t l = 0; l < p->n_leaves; l++) {
        power_leaf leaf = power_leaf_of(p->partial[2 * l], p->partial[2 * l + 1], p->how->loss->power, p->how->l2);
        double gradient, curvature;
        values[l] = power_value(p->how, &leaf);
        power_leaf_derive(&leaf, p->how->kernels, values[l], &gradient, &curvature);
        if (p->how->curvature) p->how->curvature[l] = curvature;
    }
    return PTG_OK;
}

static int32_t softmax_width(int32_t k)
{
    return k <= JOINT_CLASSES ? k + k * (k + 1) / 2 : 2 * k;
}

static void add_row(const leaf_pass *p, int64_t i, double *to)
{
    const boost_rows *r = p->rows;
    int32_t k = p->how->n_outputs, label = (int32_t)r->target[i];
    double w = weight_of(r, i), *curvature = to + k;
    for (int32_t a = 0; a < k; a++) {
        double pa = r->probability[a * r->n + i];
        to[a] += w * ((a == label) - pa);
        if (k > JOINT_CLASSES) {
            *curvature++ += w * pa * (1 - pa);
            continue;
        }
        for (int32_t b = 0; b < a; b++)
            *curvature++ -= w * pa * r->probability[b * r->n + i];
        *curvature++ += w * (pa - pa * pa);
    }
}

static ptg_status sum_softmax(void *context, int64_t chunk, ptg_error *err)
{
    (void)err;
    const leaf_pass *p = context;
    double *to = p->partial + chunk * p->n_leaves * p->width;
    for (int64_t i = chunk * ROW_CHUNK; i < chunk_end(p->rows->n, chunk); i++)
        add_row(p, i, to + (int64_t)p->rows->leaf[i] * p->width);
    return PTG_OK;
}

/* Solves (H + l2 I) x = g for a packed lower triangle H, in place by Cholesky; x in g. */
static void solve_joint(double *g, double *h, int32_t k, double l2)
{
    for (int32_t a = 0; a < k; a++) {
        double *row = h + a * (a + 1) / 2;
        for (int32_t b = 0; b <= a; b++) {
            const double *other = h + b * (b + 1) / 2;
            double sum = row[b] + (a == b ? l2 : 0);
            for (int32_t c = 0; c < b; c++)
                sum -= row[c] * other[c];
            row[b] = a == b ? sqrt(fmax(sum, 1e-300)) : sum / other[b];
        }
        for (int32_t c = 0; c < a; c++)
            g[a] -= row[c] * g[c];
        g[a] /= row[a];
    }
    for (int32_t a = k - 1; a >= 0; a--) {
        for (int32_t c = a + 1; c < k; c++)
            g[a] -= h[c * (c + 1) / 2 + a] * g[c];
        g[a] /= h[a * (a + 1) / 2 + a];
    }
}

static ptg_status estimate_softmax(leaf_pass *p, double *values, ptg_error *err)
{
    int32_t k = p->how->n_outputs;
    TRY(run_pass(p, sum_softmax, err));
    for (int32_t l = 0; l < p->n_leaves; l++) {
        double *g = p->partial + (int64_t)l * p->width, *h = g + k, l2 = fmax(p->how->l2, 1e-12);
        if (k <= JOINT_CLASSES) solve_joint(g, h, k, l2);
        for (int32_t a = 0; a < k; a++)
            values[l * k + a] = k <= JOINT_CLASSES ? g[a] : g[a] / (h[a] + l2);
    }
    return PTG_OK;
}

/* Rows sorted by leaf, what is left of each row's target, and where each leaf begins. */
typedef struct quantile_pass {
    const leaf_pass *pass;
    double *rest;
    order_item *items; /* room for two a row */
    int64_t *start;    /* n_leaves + 1 */
    double *values;
} quantile_pass;

static ptg_status quantile_leaf(void *context, int64_t leaf, ptg_error *err)
{
    (void)err;
    const quantile_pass *q = context;
    int64_t first = q->start[leaf], n = q->start[leaf + 1] - first;
    q->values[leaf] = weighted_quantile(q->items + 2 * first, n, q->rest, q->pass->rows->weight, q->pass->how->loss->quantile);
    return PTG_OK;
}

static void count_leaves(quantile_pass *q)
{
    const boost_rows *r = q->pass->rows;
    int32_t n_leaves = q->pass->n_leaves;
    for (int64_t i = 0; i < r->n; i++) {
        q->rest[i] = r->target[i] - r->sums[i];
        q->start[r->leaf[i] + 1]++;
    }
    for (int32_t l = 0; l < n_leaves; l++)
        q->start[l + 1] += q->start[l];
}

static ptg_status estimate_quantile(leaf_pass *p, double *values, ptg_error *err)
{
    int64_t n = p->rows->n, *next = mem_array(p->n_leaves, sizeof *next);
    quantile_pass q = {.pass = p,
                       .rest = mem_array(n, sizeof *q.rest),
                       .items = mem_array(2 * n, sizeof *q.items),
                       .start = mem_array((int64_t)p->n_leaves + 1, sizeof *q.start),
                       .values = values};
    ptg_status status = next && q.rest && q.items && q.start ? PTG_OK : fail_memory(err);
    if (status == PTG_OK) {
        count_leaves(&q);
        for (int64_t i = 0; i < n; i++) {
            int32_t l = p->rows->leaf[i];
            q.items[2 * q.start[l] + next[l]++].row = i;
        }
        status = pool_run(p->how->pool, p->n_leaves, quantile_leaf, &q, err);
    }
    mem_free(next);
    mem_free(q.rest);
    mem_free(q.items);
    mem_free(q.start);
    return status;
}

typedef struct row_pass {
    const boost_leaves *how;
    boost_rows *rows;
    const double *values;
} row_pass;

/* e^(a - largest) over their sum, class by class. */
static ptg_status softmax_chunk(void *context, int64_t chunk, ptg_error *err)
{
    (void)err;
    const row_pass *p = context;
    boost_rows *r = p->rows;
    double most[LOSS_CHUNK], total[LOSS_CHUNK], moved[LOSS_CHUNK];
    int64_t end = chunk_end(r->n, chunk);
    for (int64_t first = chunk * ROW_CHUNK; first < end; first += LOSS_CHUNK) {
        int64_t n = end - first < LOSS_CHUNK ? end - first : LOSS_CHUNK;
        for (int64_t i = 0; i < n; i++) {
            most[i] = r->sums[first + i];
            total[i] = 0;
        }
        for (int32_t k = 1; k < p->how->n_outputs; k++)
            for (int64_t i = 0; i < n; i++)
                most[i] = most[i] > r->sums[k * r->n + first + i] ? most[i] : r->sums[k * r->n + first + i];
        for (int32_t k = 0; k < p->how->n_outputs; k++) {
            double *out = r->probability + k * r->n + first;
            for (int64_t i = 0; i < n; i++)
                moved[i] = r->sums[k * r->n + first + i] - most[i];
            p->how->kernels->exponential(moved, n, out);
            for (int64_t i = 0; i < n; i++)
                total[i] += out[i];
        }
        for (int32_t k = 0; k < p->how->n_outputs; k++)
            for (int64_t i = 0; i < n; i++)
                r->probability[k * r->n + first + i] /= total[i];
    }
    return PTG_OK;
}

ptg_status boost_leaves_softmax(const boost_leaves *how, boost_rows *rows, ptg_error *err)
{
    row_pass p = {.how = how, .rows = rows};
    return pool_run(how->pool, count_chunks(rows->n), softmax_chunk, &p, err);
}

static ptg_status add_chunk(void *context, int64_t chunk, ptg_error *err)
{
    (void)err;
    const row_pass *p = context;
    boost_rows *r = p->rows;
    int32_t outputs = p->how->n_outputs;
    for (int32_t k = 0; k < outputs; k++)
        for (int64_t i = chunk * ROW_CHUNK; i < chunk_end(r->n, chunk); i++)
            r->sums[k * r->n + i] += p->values[r->leaf[i] * outputs + k];
    return PTG_OK;
}

ptg_status boost_leaves_add(const boost_leaves *how, boost_rows *rows, const double *values, ptg_error *err)
{
    row_pass p = {.how = how, .rows = rows, .values = values};
    return pool_run(how->pool, count_chunks(rows->n), add_chunk, &p, err);
}

ptg_status boost_leaves_estimate(const boost_leaves *how, const boost_rows *rows, int32_t n_leaves, double *values,
                                 double *cover, ptg_error *err)
{
    leaf_pass p = {.how = how, .rows = rows, .n_leaves = n_leaves};
    p.width = how->loss->method == LEAF_SOFTMAX ? softmax_width(how->n_outputs) : 2;
    p.partial = mem_array(count_chunks(rows->n) * n_leaves * p.width, sizeof *p.partial);
    if (!p.partial) return fail_memory(err);
    ptg_status status = run_pass(&p, sum_cover, err);
    for (int32_t l = 0; l < n_leaves; l++) {
        cover[l] = p.partial[(int64_t)l * p.width];
        if (how->curvature) how->curvature[l] = cover[l];
        for (int32_t k = 0; k < how->n_outputs; k++)
            values[l * how->n_outputs + k] = 0;
    }
    if (status == PTG_OK && how->loss->method == LEAF_NEWTON) status = estimate_newton(&p, values, err);
    if (status == PTG_OK && how->loss->method == LEAF_SOFTMAX) status = estimate_softmax(&p, values, err);
    if (status == PTG_OK && how->loss->method == LEAF_POWER) status = estimate_power(&p, values, err);
    if (status == PTG_OK && how->loss->method == LEAF_QUANTILE) status = estimate_quantile(&p, values, err);
    mem_free(p.partial);
    return status;
}

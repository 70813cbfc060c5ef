/* See boost_trainer.h. A round: gradients of all rows, a sample of them packed for histograms, the structure of a tree level by
 * level (boost_search) or leaf by leaf (boost_leafwise), the values of its leaves on all rows (boost_leaves). Follows
 * CatBoost's plain boosting (Prokhorenkova et al. 2018; Dorogush et al. 2018) but for one thing: there is one set of sums, and
 * each tree uses one of several random orders for its target statistics. */
#include "learn/boost_trainer.h"

#include <math.h>
#include <string.h>

#include "learn/boost_monotone.h"
#include "learn/boost_noise.h"

#define ROW_CHUNK 8192
/* Most memory for the histograms of a leaf-wise tree. */
#define HISTOGRAM_BYTES (INT64_C(256) << 20)
/* A leaf's say in the order of leaves, where its loss is as good as straight. */
#define LEAST_CURVATURE 1e-12

double boost_learning_rate(problem_type problem, bool squared, int64_t n_rows, int64_t rounds)
{
    double a = 0.247, b = -5.158, c = -0.435;
    if (problem == PROBLEM_MULTICLASS) a = 0.02, b = -2.364, c = -0.382;
    if (problem == PROBLEM_REGRESSION) a = 0.157, b = -4.062, c = -0.61;
    if (problem == PROBLEM_REGRESSION && !squared) return 0.03;
    double rate = exp(a * log((double)n_rows) + b) * pow((double)rounds / 1000, c);
    return fmin(0.5, round(rate * 1e6) / 1e6);
}

/* Sums at the starting values. */
static ptg_status start_sums(boost_trainer *b, boost_rows *r, int64_t n, ptg_error *err)
{
    r->n = n;
    r->sums = arena_array(b->memory, n * b->leaves.n_outputs, sizeof *r->sums);
    r->leaf = arena_array(b->memory, n, sizeof *r->leaf);
    if (!r->sums || !r->leaf) return fail_memory(err);
    for (int32_t k = 0; k < b->leaves.n_outputs; k++)
        for (int64_t i = 0; i < n; i++)
            r->sums[k * n + i] = b->start[k];
    return PTG_OK;
}

static ptg_status logs_of(boost_trainer *b, const learn_rows *rows, const double **out, ptg_error *err)
{
    double *logs = arena_array(b->memory, rows->x->n_rows, sizeof *logs);
    if (!logs) return fail_memory(err);
    for (int64_t i = 0; i < rows->x->n_rows; i++)
        logs[i] = log1p(rows->target[i]);
    *out = logs;
    return PTG_OK;
}

static ptg_status start_rows(boost_trainer *b, const learn_rows *rows, ptg_error *err)
{
    int64_t n = rows->x->n_rows;
    const double *target = rows->target;
    if (b->task->loss == LOSS_SQUARED_LOG && b->task->problem == PROBLEM_REGRESSION) TRY(logs_of(b, rows, &target, err));
    b->rows.target = target;
    b->rows.weight = rows->weight;
    b->start = arena_array(b->memory, b->leaves.n_outputs, sizeof *b->start);
    if (!b->start) return fail_memory(err);
    TRY(boost_loss_start(&b->loss, target, rows->weight, n, &b->start[0], err));
    TRY(start_sums(b, &b->rows, n, err));
    return b->task->held_out.x ? start_sums(b, &b->held, b->task->held_out.x->n_rows, err) : PTG_OK;
}

static int32_t structure_outputs(const boost_trainer *b)
{
    int32_t sketches = b->settings.class_sketches;
    return sketches > 0 && sketches < b->leaves.n_outputs ? sketches : b->leaves.n_outputs;
}

/* The most leaves of a tree. */
static int32_t leaves_most(const boost_settings *s)
{
    return s->growth == GROW_LOSSGUIDE ? s->most_leaves : 1 << s->depth;
}

static ptg_status start_growing(boost_trainer *b, ptg_error *err)
{
    const boost_settings *s = &b->settings;
    bool symmetric = s->growth == GROW_SYMMETRIC;
    b->leafwise = (boost_leafwise){.search = &b->search,
                                   .growth = s->growth,
                                   .most_leaves = leaves_most(s),
                                   .most_depth = s->depth,
                                   .least_rows = s->least_rows,
                                   .most_bytes = HISTOGRAM_BYTES};
    TRY(boost_search_start(&b->search, leaves_most(s), b->memory, err));
    b->row_weight = (double *)b->search.ordered;
    TRY(boost_shape_start(&b->shape, symmetric ? s->depth : leaves_most(s) - 1, symmetric, b->memory, err));
    return symmetric ? PTG_OK : boost_leafwise_start(&b->leafwise, b->memory, err);
}

static ptg_status start_search(boost_trainer *b, ptg_error *err)
{
    int64_t n = b->rows.n;
    boost_search *s = &b->search;
    *s = (boost_search){.kernels = b->leaves.kernels,
                        .pool = b->pool,
                        .score = b->settings.score,
                        .column_share = b->settings.column_share,
                        .barred = b->terms.barred,
                        .n_barred = b->terms.n_features,
                        .n_outputs = structure_outputs(b),
                        .n_rows = n};
    s->packed = arena_array(b->memory, n * s->n_outputs, sizeof *s->packed);
    s->index = arena_array(b->memory, n, sizeof *s->index);
    b->gradient = (double *)s->packed;
    if (!s->packed || !s->index) return fail_memory(err);
    if (b->loss.method == LEAF_SOFTMAX) {
        b->rows.probability = arena_array(b->memory, n * b->leaves.n_outputs, sizeof *b->rows.probability);
        if (!b->rows.probability) return fail_memory(err);
    }
    b->gradients = (boost_gradients){.gradient = b->gradient, .weight = b->rows.weight, .n_rows = n, .n_outputs = s->n_outputs};
    return start_growing(b, err);
}

static ptg_status start_terms(boost_trainer *b, const matrix *x, ptg_error *err)
{
    TRY(boost_terms_start(&b->terms, &b->settings.terms, x, b->leaves.n_outputs, b->memory, err));
    for (int64_t i = 0; i < b->n_blocks; i++)
        for (int32_t c = 0; c < b->blocks[i].train.n_columns; c++)
            if (b->blocks[i].train.columns[c].kind == BIN_NUMBER)
                boost_terms_bins(&b->terms, b->blocks[i].train.columns[c].feature, b->blocks[i].train.columns[c].n_bins);
    return PTG_OK;
}

ptg_status boost_trainer_start(boost_trainer *b, const boost_settings *settings, const learn_task *task, const learn_rows *rows,
                               ptg_error *err)
{
    *b = (boost_trainer){.settings = *settings, .task = task, .loss = boost_loss_of(task)};
    if (rows->x->n_rows > INT32_MAX)
        return fail(err, PTG_ERROR_DATA, "boost takes at most %d rows, but %lld were given.", INT32_MAX,
                    (long long)rows->x->n_rows);
    if (settings->linear_leaves && !boost_lines_suit(&b->loss))
        return fail(
            err, PTG_ERROR_USAGE,
            "linear_leaves is for losses whose leaves are found by Newton steps (RMSE, Huber, Logloss): set it to false.");
    b->memory = arena_new();
    b->pool = pool_new(task->threads);
    if (!b->memory || !b->pool) return fail_memory(err);
    b->leaves = (boost_leaves){.kernels = boost_kernels_best(),
                               .pool = b->pool,
                               .loss = &b->loss,
                               .n_outputs = prediction_width(task->problem, task->n_classes),
                               .l2 = settings->l2,
                               .steps = settings->leaf_steps > 0 ? settings->leaf_steps : b->loss.steps};
    bool squared = task->loss == LOSS_SQUARED || task->loss == LOSS_SQUARED_LOG;
    b->rate = isnan(settings->learning_rate) ? boost_learning_rate(task->problem, squared, rows->x->n_rows, settings->rounds)
                                             : settings->learning_rate;
    if (settings->directions) {
        b->leaves.curvature = arena_array(b->memory, INT64_C(1) << settings->depth, sizeof *b->leaves.curvature);
        if (!b->leaves.curvature) return fail_memory(err);
    }
    TRY(boost_trainer_columns(b, rows, err));
    TRY(start_terms(b, rows->x, err));
    TRY(start_rows(b, rows, err));
    return start_search(b, err);
}

void boost_trainer_clear(boost_trainer *b)
{
    for (int64_t i = 0; i < b->n_blocks; i++)
        mem_free(b->blocks[i].cells);
    boost_statistics_clear(&b->statistics);
    boost_search_clear(&b->search);
    boost_leafwise_clear(&b->leafwise);
    mem_free(b->candidates);
    mem_free(b->trees);
    pool_free(b->pool);
    arena_free(b->memory);
    *b = (boost_trainer){0};
}

/* With several classes a structure may be grown on sketches of the gradients instead of all of them: sums with random signs,
 * drawn anew for each tree (as a random parting of the classes in two). */
static bool is_sketched(const boost_trainer *b)
{
    return b->loss.method == LEAF_SOFTMAX && b->search.n_outputs != b->leaves.n_outputs;
}

static double sketch_sign(const boost_trainer *b, int32_t sketch, int32_t k)
{
    return noise_word(noise_word(b->settings.seed, 5, (uint64_t)b->n_trees), (uint64_t)sketch, (uint64_t)k) & 1 ? 1 : -1;
}

static void derive_softmax(boost_trainer *b, int64_t first, int64_t n)
{
    for (int32_t d = 0; d < b->search.n_outputs; d++) {
        double *to = b->gradient + d * b->rows.n;
        for (int64_t i = first; i < first + n; i++)
            to[i] = 0;
        for (int32_t k = 0; k < b->leaves.n_outputs; k++) {
            const double *p = b->rows.probability + k * b->rows.n;
            if (!is_sketched(b) && k != d) continue;
            double sign = is_sketched(b) ? sketch_sign(b, d, k) : 1;
            for (int64_t i = first; i < first + n; i++)
                to[i] += sign * ((b->rows.target[i] == k) - p[i]);
        }
    }
}

static ptg_status derive_chunk(void *context, int64_t chunk, ptg_error *err)
{
    (void)err;
    boost_trainer *b = context;
    int64_t end = (chunk + 1) * ROW_CHUNK < b->rows.n ? (chunk + 1) * ROW_CHUNK : b->rows.n;
    double h[LOSS_CHUNK];
    for (int64_t first = chunk * ROW_CHUNK; first < end; first += LOSS_CHUNK) {
        int64_t n = end - first < LOSS_CHUNK ? end - first : LOSS_CHUNK;
        if (b->loss.method == LEAF_SOFTMAX)
            derive_softmax(b, first, n);
        else
            b->loss.derivatives(&b->loss, b->leaves.kernels, b->rows.target + first, b->rows.sums + first, n,
                                b->gradient + first, h);
    }
    return PTG_OK;
}

static double mean_square(const boost_trainer *b)
{
    double sum = 0;
    for (int64_t i = 0; i < b->rows.n * b->search.n_outputs; i++)
        sum += b->gradient[i] * b->gradient[i];
    return sum / (double)b->rows.n;
}

/* MVS's lambda: of the first tree the square of the mean norm of gradients, later of the mean norm of leaf values. */
static double mvs_spread(const boost_trainer *b)
{
    if (b->n_trees > 0) return b->leaf_norm * b->leaf_norm;
    double total = 0;
    for (int64_t i = 0; i < b->rows.n; i++) {
        double sum = 0;
        for (int32_t k = 0; k < b->search.n_outputs; k++)
            sum += b->gradient[k * b->rows.n + i] * b->gradient[k * b->rows.n + i];
        total += sqrt(sum);
    }
    total /= (double)b->rows.n;
    return total * total;
}

/* Gradients, the sample, and what the search needs of this tree. */
static ptg_status prepare_tree(boost_trainer *b, ptg_error *err)
{
    boost_search *s = &b->search;
    const boost_sampling *how = &b->settings.sampling;
    int64_t n = b->rows.n;
    if (b->loss.method == LEAF_SOFTMAX) TRY(boost_leaves_softmax(&b->leaves, &b->rows, err));
    TRY(pool_run(b->pool, (n + ROW_CHUNK - 1) / ROW_CHUNK, derive_chunk, b, err));
    boost_statistics_new_tree(&b->statistics);
    uint64_t key = noise_word(b->settings.seed, 1, (uint64_t)b->n_trees + 1);
    boost_sample_rows(how, &b->gradients, key, how->kind == BOOTSTRAP_MVS ? mvs_spread(b) : 0, s, b->row_weight);
    bool all_ones = !b->rows.weight && (how->kind == BOOTSTRAP_NO || how->kind == BOOTSTRAP_BERNOULLI);
    double rows = (double)n, drift = exp((double)b->n_trees * b->rate),
           spread = sqrt(mean_square(b)); /* packing ends gradients */
    TRY(boost_pack_rows(&b->gradients, b->row_weight, all_ones, s, err));
    double deviation = b->settings.random_strength * spread * rows / (rows + drift);
    s->noise = deviation * s->packing.gradient_scale / sqrt(s->packing.weight_scale);
    s->noise_key = noise_word(key, 2, 2);
    s->lambda = fmax(b->settings.l2, 1e-9) * s->packing.weight_scale;
    boost_search_root(s);
    return PTG_OK;
}

static ptg_status add_candidate(boost_trainer *b, boost_block *block, ptg_error *err)
{
    if (b->n_candidates == b->room_candidates) {
        int64_t room = b->room_candidates ? 2 * b->room_candidates : 64;
        boost_block **grown = mem_resize(b->candidates, b->room_candidates, room, sizeof *grown);
        if (!grown) return fail_memory(err);
        b->candidates = grown;
        b->room_candidates = room;
    }
    b->candidates[b->n_candidates++] = block;
    return PTG_OK;
}

/* A projection's blocks join the candidates of the level, once. */
static ptg_status add_projection(boost_trainer *b, const boost_projection *base, int32_t category, int32_t order,
                                 ptg_error *err)
{
    boost_projection *p;
    boost_block *blocks;
    TRY(boost_statistics_get(&b->statistics, base, category, &p, err));
    if (!p) return PTG_OK;
    TRY(boost_statistics_blocks(&b->statistics, p, order, &blocks, err));
    for (int64_t i = b->n_plain; i < b->n_candidates; i++)
        if (b->candidates[i] == blocks) return PTG_OK;
    for (int32_t i = 0; i < b->statistics.blocks_per_order; i++)
        TRY(add_candidate(b, &blocks[i], err));
    return PTG_OK;
}

static boost_projection *projection_of(const boost_trainer *b, const boost_block *block)
{
    int64_t statistic = block->train.columns[0].feature - b->statistics.train->n_features;
    return statistic < 0 ? NULL : boost_statistics_of(&b->statistics, statistic);
}

int32_t boost_trainer_feature(const boost_trainer *b, int64_t asked)
{
    int64_t statistic = asked - b->statistics.train->n_features;
    if (statistic < 0) return (int32_t)asked;
    return b->statistics.categories[boost_statistics_of(&b->statistics, statistic)->category].feature;
}

/* Whether some column of a block of numbers and levels may be asked. */
static bool may_be_asked(const boost_trainer *b, const boost_block *block)
{
    bool may = false;
    for (int32_t c = 0; c < block->train.n_columns; c++)
        may = may || boost_terms_allow(&b->terms, block->train.columns[c].feature);
    return may;
}

/* Whether a statistic is the count of its projection. */
static bool is_count(const boost_trainer *b, const bin_column *c)
{
    return (c->feature - b->statistics.train->n_features) % b->statistics.n_columns == b->statistics.n_columns - 1;
}

/* Means, or counts, of a projection that the model does not use yet are worth less the more combinations it has. */
static void set_factors(boost_trainer *b)
{
    double largest = 1;
    for (int64_t i = b->n_plain; i < b->n_candidates; i++)
        largest = fmax(largest, (double)projection_of(b, b->candidates[i])->n_ids);
    for (int64_t i = b->n_plain; i < b->n_candidates; i++) {
        boost_block *block = b->candidates[i];
        const boost_projection *p = projection_of(b, block);
        double unused = pow(1 + (double)p->n_ids / largest, -b->settings.size_penalty);
        for (int32_t c = 0; c < block->train.n_columns; c++)
            block->factor[c] = (is_count(b, &block->train.columns[c]) ? p->counts_used : p->means_used) ? 1 : unused;
    }
}

/* Of the combinations of a level about as many as `combinations` says are tried, chosen anew for each level and tree. */
static bool is_tried(const boost_trainer *b, int32_t base, int32_t category)
{
    double all = (double)b->search.level * b->statistics.n_categories, most = b->settings.most_tried;
    if (all <= most) return true;
    uint64_t key = noise_word(b->search.noise_key, 4, (uint64_t)b->search.level);
    return noise_unit(noise_word(key, (uint64_t)base, (uint64_t)category)) < most / all;
}

/* All blocks that the next level may split on: the columns, the categories, and the tree's projections with one category more.
 */
static ptg_status gather_candidates(boost_trainer *b, const boost_split *splits, int32_t order, ptg_error *err)
{
    b->n_candidates = 0;
    for (int64_t i = 0; i < b->n_blocks; i++)
        if (may_be_asked(b, &b->blocks[i])) TRY(add_candidate(b, &b->blocks[i], err));
    b->n_plain = b->n_candidates;
    for (int32_t c = 0; c < b->statistics.n_categories; c++)
        if (boost_terms_allow(&b->terms, b->statistics.categories[c].feature)) TRY(add_projection(b, NULL, c, order, err));
    for (int32_t l = 0; l < b->search.level; l++) {
        const boost_projection *base = projection_of(b, splits[l].block);
        for (int32_t c = 0; base && c < b->statistics.n_categories; c++)
            if (is_tried(b, l, c)) TRY(add_projection(b, base, c, order, err));
    }
    set_factors(b);
    return PTG_OK;
}

static void note_use(boost_trainer *b, const boost_split *split)
{
    boost_projection *p = projection_of(b, split->block);
    if (!p) return;
    if (is_count(b, &split->block->train.columns[split->column]))
        p->counts_used = true;
    else
        p->means_used = true;
}

static int32_t order_of_tree(const boost_trainer *b)
{
    return (int32_t)(noise_word(b->search.noise_key, 3, 3) % (uint64_t)b->statistics.orders.n);
}

static ptg_status grow_levels(boost_trainer *b, ptg_error *err)
{
    boost_shape *t = &b->shape;
    t->n_splits = 0;
    boost_terms_root(&b->terms, b->n_trees);
    while (t->n_splits < b->settings.depth) {
        bool useful;
        boost_split *split = &t->splits[t->n_splits];
        TRY(gather_candidates(b, t->splits, order_of_tree(b), err));
        TRY(boost_search_best(&b->search, b->candidates, b->n_candidates, split, err));
        if (!split->block) break;
        TRY(boost_search_split(&b->search, split, &useful, err));
        if (!useful) break;
        note_use(b, split);
        boost_terms_ask(&b->terms, boost_trainer_feature(b, split->block->train.columns[split->column].feature));
        t->n_splits++;
    }
    t->n_leaves = 1 << t->n_splits;
    return boost_shape_leaves(t, b->pool, false, b->rows.n, b->rows.leaf, err);
}

static bool is_used(const boost_projection *p)
{
    return p->means_used || p->counts_used;
}

/* Of the projections that trees before have split on, those with one category more; about as many as `combinations` says, drawn
 * anew for each tree. */
static ptg_status gather_combinations(boost_trainer *b, int32_t order, ptg_error *err)
{
    const boost_statistics *s = &b->statistics;
    int64_t n = s->n_projections, n_used = 0;
    uint64_t key = noise_word(b->search.noise_key, 7, 7);
    for (int64_t p = 0; p < n; p++)
        n_used += is_used(s->projections[p]);
    double share = b->settings.most_tried / fmax(1, (double)n_used * s->n_categories);
    for (int64_t p = 0; p < n; p++)
        for (int32_t c = 0; c < s->n_categories && is_used(s->projections[p]); c++)
            if (noise_unit(noise_word(key, (uint64_t)p, (uint64_t)c)) < share)
                TRY(add_projection(b, s->projections[p], c, order, err));
    set_factors(b);
    return PTG_OK;
}

static ptg_status grow_leafwise(boost_trainer *b, ptg_error *err)
{
    boost_shape *t = &b->shape;
    TRY(gather_candidates(b, NULL, order_of_tree(b), err));
    TRY(gather_combinations(b, order_of_tree(b), err));
    TRY(boost_leafwise_grow(&b->leafwise, b->candidates, b->n_candidates, t, err));
    for (int32_t i = 0; i < t->n_splits; i++)
        note_use(b, &t->splits[i]);
    if (b->search.n_used < b->rows.n) return boost_shape_leaves(t, b->pool, false, b->rows.n, b->rows.leaf, err);
    boost_leafwise_rows(&b->leafwise, b->rows.leaf);
    return PTG_OK;
}

/* What makes the shape of a tree, and finds the leaf of every row, by growth. */
static ptg_status (*const growers[])(boost_trainer *b, ptg_error *err) = {
    [GROW_SYMMETRIC] = grow_levels, [GROW_DEPTHWISE] = grow_leafwise, [GROW_LOSSGUIDE] = grow_leafwise};

static boost_condition condition_of(const boost_split *split)
{
    const bin_column *c = &split->block->train.columns[split->column];
    if (c->kind == BIN_LEVEL) return (boost_condition){.kind = BIN_LEVEL, .feature = c->feature, .code = split->bin - 1};
    return (boost_condition){.kind = BIN_NUMBER, .feature = c->feature, .threshold = c->borders[split->bin]};
}

static ptg_status take_tree(boost_trainer *b, boost_tree **out, ptg_error *err)
{
    if (b->n_trees == b->room_trees) {
        int64_t room = b->room_trees ? 2 * b->room_trees : 128;
        boost_tree *grown = mem_resize(b->trees, b->room_trees, room, sizeof *grown);
        if (!grown) return fail_memory(err);
        b->trees = grown;
        b->room_trees = room;
    }
    *out = &b->trees[b->n_trees];
    return PTG_OK;
}

/* A tree of the shape that has grown, without values. */
static ptg_status new_tree(boost_trainer *b, boost_tree **out, ptg_error *err)
{
    const boost_shape *s = &b->shape;
    TRY(take_tree(b, out, err));
    boost_tree *t = *out;
    *t = (boost_tree){.n_splits = s->n_splits, .n_leaves = s->n_leaves};
    t->conditions = arena_array(b->memory, s->n_splits, sizeof *t->conditions);
    t->parted = s->parted ? arena_array(b->memory, s->n_splits, sizeof *t->parted) : NULL;
    t->values = arena_array(b->memory, (int64_t)s->n_leaves * b->leaves.n_outputs, sizeof *t->values);
    t->cover = arena_array(b->memory, s->n_leaves, sizeof *t->cover);
    if (!t->conditions || (s->parted && !t->parted) || !t->values || !t->cover) return fail_memory(err);
    for (int32_t i = 0; i < s->n_splits; i++) {
        t->conditions[i] = condition_of(&s->splits[i]);
        if (t->parted) t->parted[i] = s->parted[i];
    }
    return PTG_OK;
}

/* Scales the values by the rate; their mean norm over the rows goes into MVS's lambda. */
static void scale_values(boost_trainer *b, boost_tree *t)
{
    double total = 0, rows = 0;
    for (int32_t l = 0; l < t->n_leaves; l++) {
        double sum = 0;
        for (int32_t k = 0; k < b->leaves.n_outputs; k++) {
            double *v = &t->values[l * b->leaves.n_outputs + k];
            *v *= b->rate;
            sum += *v * *v;
        }
        total += sqrt(sum);
        rows += 1;
    }
    b->leaf_norm = total / rows;
}

/* Brings the values of leaves in the order that directions of columns ask for. */
static ptg_status keep_directions(boost_trainer *b, boost_tree *t, ptg_error *err)
{
    monotone_tree order = monotone_tree_of(b->shape.splits, t->n_splits);
    for (int32_t l = 0; l < t->n_leaves; l++)
        b->leaves.curvature[l] = t->cover[l] > 0 ? fmax(b->leaves.curvature[l] + b->settings.l2, LEAST_CURVATURE) : 0;
    return monotone_values(&order, b->leaves.curvature, t->values, err);
}

/* Moves the rows by the tree that has grown. */
static ptg_status add_tree(boost_trainer *b, const boost_tree *t, const matrix *x, boost_rows *rows, ptg_error *err)
{
    TRY(boost_leaves_add(&b->leaves, rows, t->values, err));
    return t->lines.first ? boost_lines_add(&b->leaves, &t->lines, x, rows, err) : PTG_OK;
}

ptg_status boost_trainer_round(boost_trainer *b, ptg_error *err)
{
    boost_tree *t = NULL;
    TRY(prepare_tree(b, err));
    TRY(growers[b->settings.growth](b, err));
    TRY(new_tree(b, &t, err));
    TRY(boost_leaves_estimate(&b->leaves, &b->rows, t->n_leaves, t->values, t->cover, err));
    if (b->settings.directions) TRY(keep_directions(b, t, err));
    if (b->settings.linear_leaves)
        TRY(boost_lines_fit(&b->leaves, &b->rows, b->statistics.train, &b->shape, t->values, b->rate, b->memory, &t->lines,
                            err));
    scale_values(b, t);
    TRY(add_tree(b, t, b->statistics.train, &b->rows, err));
    if (b->task->held_out.x) {
        TRY(boost_shape_leaves(&b->shape, b->pool, true, b->held.n, b->held.leaf, err));
        TRY(add_tree(b, t, b->task->held_out.x, &b->held, err));
    }
    b->n_trees++;
    return PTG_OK;
}

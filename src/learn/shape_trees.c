/* See shape_trees.h. Each tree belongs to the term of the features that it asks. A feature's cuts are all thresholds of its
 * term's trees (a single feature's: also those of the pairs that it is in, so that it can take what a pair says of it alone); a
 * tree is then asked once for each cell. Purifying after Lengerich, Tan, Chang, Hooker, Caruana, "Purifying interaction
 * effects with the functional ANOVA", 2020. */
#include "learn/shape_trees.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Moving means out of pairs ends when none is larger than this share of the largest value, or after so many rounds. */
#define PURE 1e-13
#define PURE_ROUNDS 500
/* Rows whose cells are found at a time. */
#define ROW_CHUNK 4096

/* The trees of a term: a list by `next`. */
typedef struct term_trees {
    int32_t asked[2]; /* ascending; the second -1 where there is one */
    int32_t first_tree, last_tree;
} term_trees;

typedef struct shaper {
    const tree_model *trees;
    const statistic_tables *tables;
    const matrix *x;
    const double *weight;
    arena *scratch;
    term_trees *terms;
    int32_t n_terms, room;
    int32_t *single;       /* of each feature: number of its term; -1 = none */
    int32_t *next;         /* of each tree */
    double **level_values; /* of each statistic: by code + 1 */
    shape_model *model;
} shaper;

/* The feature of the matrix that a column of the trees is, or is a statistic of. */
static int32_t feature_of(const shaper *s, int32_t tree_column)
{
    int32_t statistic = tree_column - s->x->n_features;
    return statistic < 0 ? tree_column : s->tables->indexes[s->tables->columns[statistic].index].feature;
}

static ptg_status other_kind(const char *what, ptg_error *err)
{
    return fail(err, PTG_ERROR_FAILED, "These trees are no sum of functions: they %s.", what);
}

static ptg_status check_statistics(const shaper *s, ptg_error *err)
{
    int32_t n = s->tables ? s->tables->n_columns : 0;
    if (s->trees->n_features != s->x->n_features + n) return other_kind("ask other columns", err);
    for (int32_t c = 0; c < n; c++) {
        const level_index *index = &s->tables->indexes[s->tables->columns[c].index];
        if (index->parent >= 0 || s->x->features[index->feature].kind != FEATURE_CODED)
            return other_kind("ask statistics of other than one category", err);
    }
    return PTG_OK;
}

/* What a cell stands for must answer every split as all values of the cell do. */
static ptg_status check_node(const shaper *s, const tree_node *n, ptg_error *err)
{
    bool number = n->flags == (TREE_NODE_LESS_EQUAL | TREE_NODE_MISSING_LEFT);
    bool category = (n->flags & TREE_NODE_CATEGORY) && !(n->flags & TREE_NODE_ZERO_MISSING);
    bool coded = n->feature < s->x->n_features && s->x->features[n->feature].kind == FEATURE_CODED;
    return (coded ? category : number) ? PTG_OK : other_kind("split in another way", err);
}

/* The features that a tree asks, ascending: asked[1] is -1 for one, both for none. */
static ptg_status find_asked(const shaper *s, const tree *t, int32_t asked[2], ptg_error *err)
{
    int32_t n = 0;
    asked[0] = asked[1] = -1;
    for (int32_t i = 0; i < t->n_nodes; i++) {
        const tree_node *node = &s->trees->nodes[t->first + i];
        if ((node->flags & TREE_NODE_LEAF) && node->n_words > 0) return other_kind("have lines in their leaves", err);
        if (node->flags & TREE_NODE_LEAF) continue;
        TRY(check_node(s, node, err));
        int32_t of = feature_of(s, node->feature);
        if (of == asked[0] || of == asked[1]) continue;
        if (n == 2) return other_kind("ask more than two columns at once", err);
        asked[n++] = of;
    }
    if (n == 2 && asked[1] < asked[0]) {
        int32_t low = asked[1];
        asked[1] = asked[0];
        asked[0] = low;
    }
    return PTG_OK;
}

static ptg_status add_term(shaper *s, const int32_t asked[2], int32_t *number, ptg_error *err)
{
    if (s->n_terms == s->room) {
        int32_t room = s->room ? 2 * s->room : 64;
        term_trees *grown = mem_resize(s->terms, s->room, room, sizeof *grown);
        if (!grown) return fail_memory(err);
        s->terms = grown;
        s->room = room;
    }
    s->terms[s->n_terms] = (term_trees){.asked = {asked[0], asked[1]}, .first_tree = -1, .last_tree = -1};
    if (asked[1] < 0) s->single[asked[0]] = s->n_terms;
    *number = s->n_terms++;
    return PTG_OK;
}

/* The term of these features, made where it is not there yet. */
static ptg_status term_of(shaper *s, const int32_t asked[2], int32_t *number, ptg_error *err)
{
    *number = asked[1] < 0 ? s->single[asked[0]] : -1;
    for (int32_t t = 0; asked[1] >= 0 && t < s->n_terms && *number < 0; t++)
        if (s->terms[t].asked[0] == asked[0] && s->terms[t].asked[1] == asked[1]) *number = t;
    return *number < 0 ? add_term(s, asked, number, err) : PTG_OK;
}

static int compare_terms(const void *a, const void *b)
{
    const term_trees *x = a, *y = b;
    bool pair_x = x->asked[1] >= 0, pair_y = y->asked[1] >= 0;
    if (pair_x != pair_y) return pair_x ? 1 : -1;
    if (x->asked[0] != y->asked[0]) return x->asked[0] < y->asked[0] ? -1 : 1;
    return x->asked[1] < y->asked[1] ? -1 : x->asked[1] > y->asked[1];
}

/* Gives a tree to its term; a tree without a split is part of the intercept. */
static ptg_status place_tree(shaper *s, int32_t number, ptg_error *err)
{
    const tree *t = &s->trees->trees[number];
    int32_t asked[2], term;
    TRY(find_asked(s, t, asked, err));
    s->next[number] = -1;
    if (asked[0] < 0) {
        s->model->intercept[t->output] += s->trees->nodes[t->first].value;
        return PTG_OK;
    }
    TRY(term_of(s, asked, &term, err));
    term_trees *to = &s->terms[term];
    if (to->last_tree < 0)
        to->first_tree = number;
    else
        s->next[to->last_tree] = number;
    to->last_tree = number;
    return PTG_OK;
}

/* Terms of all trees, and of the single features of pairs; sorted. */
static ptg_status group_trees(shaper *s, ptg_error *err)
{
    for (int32_t t = 0; t < s->trees->n_trees; t++)
        TRY(place_tree(s, t, err));
    for (int32_t t = 0, n = s->n_terms; t < n; t++)
        for (int32_t a = 0; a < 2 && s->terms[t].asked[1] >= 0; a++) {
            int32_t ignored, alone[2] = {s->terms[t].asked[a], -1};
            TRY(term_of(s, alone, &ignored, err));
        }
    if (s->n_terms > 0) qsort(s->terms, (size_t)s->n_terms, sizeof *s->terms, compare_terms);
    for (int32_t t = 0; t < s->n_terms; t++)
        if (s->terms[t].asked[1] < 0) s->single[s->terms[t].asked[0]] = t;
    return PTG_OK;
}

static int compare_reals(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* The thresholds on a feature in a term's trees: counted, and put into `cuts` where it is not NULL. */
static int64_t list_thresholds(const shaper *s, const term_trees *t, int32_t of, double *cuts)
{
    int64_t n = 0;
    for (int32_t number = t->first_tree; number >= 0; number = s->next[number]) {
        const tree *one = &s->trees->trees[number];
        for (int32_t i = 0; i < one->n_nodes; i++) {
            const tree_node *node = &s->trees->nodes[one->first + i];
            if ((node->flags & TREE_NODE_LEAF) || node->feature != of) continue;
            if (cuts) cuts[n] = node->value;
            n++;
        }
    }
    return n;
}

static bool is_asked(const term_trees *t, int32_t of)
{
    return t->asked[0] == of || t->asked[1] == of;
}

/* The cuts of a feature in a term: its own trees', for a single feature those of its pairs too. */
static ptg_status make_cuts(shaper *s, int32_t term, int32_t of, shape_axis *a, ptg_error *err)
{
    bool single = s->terms[term].asked[1] < 0;
    int64_t n = 0, distinct = 0;
    for (int32_t t = 0; t < s->n_terms; t++)
        if (t == term || (single && is_asked(&s->terms[t], of))) n += list_thresholds(s, &s->terms[t], of, NULL);
    double *all = arena_array(s->scratch, n, sizeof *all);
    if (!all) return fail_memory(err);
    n = 0;
    for (int32_t t = 0; t < s->n_terms; t++)
        if (t == term || (single && is_asked(&s->terms[t], of))) n += list_thresholds(s, &s->terms[t], of, all + n);
    if (n > 0) qsort(all, (size_t)n, sizeof *all, compare_reals);
    for (int64_t i = 0; i < n; i++)
        if (i == 0 || all[i] != all[i - 1]) all[distinct++] = all[i];
    double *cuts = arena_array(s->model->memory, distinct, sizeof *cuts);
    if (!cuts) return fail_memory(err);
    if (distinct > 0) memcpy(cuts, all, (size_t)distinct * sizeof *cuts);
    a->cuts = cuts;
    a->n_cells = distinct + 1;
    return PTG_OK;
}

/* Texts of the levels; where a column's codes have none, the codes. */
static ptg_status copy_levels(const shaper *s, const feature *f, shape_axis *a, ptg_error *err)
{
    arena *memory = s->model->memory;
    text *levels = arena_array(memory, f->n_levels, sizeof *levels);
    if (!levels) return fail_memory(err);
    for (int32_t l = 0; l < f->n_levels; l++) {
        char *copy =
            f->levels ? arena_text(memory, f->levels[l].data, (size_t)f->levels[l].size) : arena_print(memory, "%d", (int)l);
        if (!copy) return fail_memory(err);
        levels[l] = (text){copy, f->levels ? f->levels[l].size : (int64_t)strlen(copy)};
    }
    a->levels = levels;
    a->n_cells = (int64_t)f->n_levels + 1;
    return PTG_OK;
}

static ptg_status make_axis(shaper *s, int32_t term, int32_t of, shape_axis *a, ptg_error *err)
{
    const feature *f = &s->x->features[of];
    *a = (shape_axis){.feature = of, .coded = f->kind == FEATURE_CODED};
    a->name = arena_text(s->model->memory, f->name, strlen(f->name));
    if (!a->name) return fail_memory(err);
    return a->coded ? copy_levels(s, f, a, err) : make_cuts(s, term, of, a, err);
}

/* Memory for the numbers of a term. */
static ptg_status make_term(shaper *s, int32_t number, ptg_error *err)
{
    shape_term *t = &s->model->terms[number];
    const int32_t *asked = s->terms[number].asked;
    t->n_axes = asked[1] < 0 ? 1 : 2;
    for (int32_t a = 0; a < t->n_axes; a++)
        TRY(make_axis(s, number, asked[a], &t->axes[a], err));
    int64_t cells = shape_cells(t);
    if (cells > INT32_MAX) return fail(err, PTG_ERROR_FAILED, "A pair of columns has too many cells.");
    t->values = arena_array(s->model->memory, cells * s->model->n_outputs, sizeof *t->values);
    t->share = arena_array(s->model->memory, cells, sizeof *t->share);
    return t->values && t->share ? PTG_OK : fail_memory(err);
}

/* What a cell of an axis is: a number in it, or a code; NaN for missing, which lies in the lowest cell of numbers. */
static double value_in(const shape_axis *a, int64_t cell)
{
    if (cell == 0) return NAN;
    if (a->coded) return (double)(cell - 1);
    return cell < a->n_cells - 1 ? a->cuts[cell] : INFINITY;
}

/* What a column of the trees holds where the features of a term are in some cells. */
static double column_value(const shaper *s, const shape_term *t, int32_t tree_column, const int64_t cell[2])
{
    int32_t statistic = tree_column - s->x->n_features;
    int32_t axis = feature_of(s, tree_column) == t->axes[0].feature ? 0 : 1;
    return statistic < 0 ? value_in(&t->axes[axis], cell[axis]) : s->level_values[statistic][cell[axis]];
}

static double ask_tree(const shaper *s, const shape_term *t, const tree *one, const int64_t cell[2])
{
    const tree_node *nodes = &s->trees->nodes[one->first];
    int32_t at = 0;
    while (!(nodes[at].flags & TREE_NODE_LEAF))
        at = tree_node_next(&nodes[at], s->trees->words, column_value(s, t, nodes[at].feature, cell));
    return nodes[at].value;
}

static void sum_trees(shaper *s, int32_t number)
{
    shape_term *t = &s->model->terms[number];
    int64_t cells = shape_cells(t), width = t->n_axes == 2 ? t->axes[1].n_cells : 1;
    for (int32_t n = s->terms[number].first_tree; n >= 0; n = s->next[n]) {
        const tree *one = &s->trees->trees[n];
        for (int64_t c = 0; c < cells; c++)
            t->values[one->output * cells + c] += ask_tree(s, t, one, (int64_t[2]){c / width, c % width});
    }
}

static void count_rows(shaper *s, shape_term *t, double total)
{
    int32_t cells[2][ROW_CHUNK];
    int64_t width = t->n_axes == 2 ? t->axes[1].n_cells : 1;
    for (int64_t first = 0; first < s->x->n_rows; first += ROW_CHUNK) {
        int64_t n = s->x->n_rows - first < ROW_CHUNK ? s->x->n_rows - first : ROW_CHUNK;
        for (int32_t a = 0; a < t->n_axes; a++)
            shape_axis_cells(&t->axes[a], s->x, first, n, cells[a]);
        for (int64_t i = 0; i < n; i++) {
            int64_t cell = cells[0][i] * width + (t->n_axes == 2 ? cells[1][i] : 0);
            t->share[cell] += s->weight ? s->weight[first + i] : 1;
        }
    }
    for (int64_t c = 0; c < shape_cells(t); c++)
        t->share[c] /= total;
}

static double total_weight(const shaper *s)
{
    double total = 0;
    for (int64_t i = 0; i < s->x->n_rows; i++)
        total += s->weight ? s->weight[i] : 1;
    return total;
}

/* Values of a pair along one cell of one axis: `along` steps of `step` cells. */
typedef struct cell_line {
    int64_t first, step, along;
} cell_line;

static cell_line line_at(const shape_term *t, int32_t axis, int64_t cell)
{
    int64_t width = t->axes[1].n_cells;
    return axis == 0 ? (cell_line){cell * width, 1, width} : (cell_line){cell, width, t->axes[0].n_cells};
}

/* Takes the mean of a line out of it and returns it. A line without training rows has each cell count the same. */
static double take_mean(const double *share, double *values, cell_line l)
{
    double weight = 0, sum = 0, plain = 0;
    for (int64_t i = 0; i < l.along; i++) {
        int64_t c = l.first + i * l.step;
        weight += share[c];
        sum += share[c] * values[c];
        plain += values[c];
    }
    double mean = weight > 0 ? sum / weight : plain / (double)l.along;
    for (int64_t i = 0; i < l.along; i++)
        values[l.first + i * l.step] -= mean;
    return mean;
}

/* Adds to a single feature's values what was taken from the cells of a pair; each of its cells lies in one of theirs. */
static void give_means(const shape_axis *pair, const double *means, const shape_axis *own, double *values)
{
    for (int64_t c = 0; c < own->n_cells; c++)
        values[c] += means[own->coded ? c : shape_axis_cell(pair, value_in(own, c))];
}

static ptg_status purify_output(shaper *s, shape_term *t, int32_t output, ptg_error *err)
{
    int64_t cells = shape_cells(t), most = t->axes[0].n_cells > t->axes[1].n_cells ? t->axes[0].n_cells : t->axes[1].n_cells;
    double *means = mem_array(2 * most, sizeof *means), *values = t->values + output * cells, largest = 0, moved = INFINITY;
    if (!means) return fail_memory(err);
    for (int64_t c = 0; c < cells; c++)
        largest = fmax(largest, fabs(values[c]));
    for (int32_t round = 0; round < PURE_ROUNDS && moved > PURE * largest; round++) {
        moved = 0;
        for (int32_t a = 0; a < 2; a++)
            for (int64_t c = 0; c < t->axes[a].n_cells; c++) {
                double mean = take_mean(t->share, values, line_at(t, a, c));
                means[a * most + c] += mean;
                moved = fmax(moved, fabs(mean));
            }
    }
    for (int32_t a = 0; a < 2; a++) {
        shape_term *own = &s->model->terms[s->single[t->axes[a].feature]];
        give_means(&t->axes[a], means + a * most, &own->axes[0], own->values + output * own->axes[0].n_cells);
    }
    mem_free(means);
    return PTG_OK;
}

/* The mean of every function goes to the intercept. */
static void centre(shape_model *m, shape_term *t)
{
    int64_t cells = shape_cells(t);
    for (int32_t k = 0; k < m->n_outputs; k++)
        m->intercept[k] += take_mean(t->share, t->values + k * cells, (cell_line){0, 1, cells});
}

static ptg_status find_level_values(shaper *s, ptg_error *err)
{
    int32_t n = s->tables ? s->tables->n_columns : 0;
    s->level_values = arena_array(s->scratch, n, sizeof *s->level_values);
    if (!s->level_values) return fail_memory(err);
    for (int32_t c = 0; c < n; c++) {
        int32_t levels = s->x->features[feature_of(s, s->x->n_features + c)].n_levels;
        if (!(s->level_values[c] = arena_array(s->scratch, (int64_t)levels + 1, sizeof **s->level_values)))
            return fail_memory(err);
        for (int32_t code = -1; code < levels; code++)
            s->level_values[c][code + 1] = statistic_tables_level(s->tables, c, code);
    }
    return PTG_OK;
}

static ptg_status prepare(shaper *s, ptg_error *err)
{
    s->single = arena_array(s->scratch, s->x->n_features, sizeof *s->single);
    s->next = arena_array(s->scratch, s->trees->n_trees, sizeof *s->next);
    if (!s->single || !s->next) return fail_memory(err);
    for (int32_t f = 0; f < s->x->n_features; f++)
        s->single[f] = -1;
    TRY(check_statistics(s, err));
    return find_level_values(s, err);
}

/* The model again, with room for the terms that were found. */
static ptg_status make_room(shaper *s, ptg_error *err)
{
    shape_term *terms = arena_array(s->model->memory, s->n_terms, sizeof *terms);
    if (!terms) return fail_memory(err);
    s->model->terms = terms;
    s->model->n_terms = s->n_terms;
    return PTG_OK;
}

static ptg_status fill(shaper *s, ptg_error *err)
{
    double total = total_weight(s);
    TRY(group_trees(s, err));
    TRY(make_room(s, err));
    for (int32_t t = 0; t < s->n_terms; t++) {
        TRY(make_term(s, t, err));
        sum_trees(s, t);
        count_rows(s, &s->model->terms[t], total);
    }
    for (int32_t t = 0; t < s->n_terms; t++)
        for (int32_t k = 0; k < s->model->n_outputs && s->model->terms[t].n_axes == 2; k++)
            TRY(purify_output(s, &s->model->terms[t], k, err));
    for (int32_t t = 0; t < s->n_terms; t++)
        centre(s->model, &s->model->terms[t]);
    return PTG_OK;
}

ptg_status shape_model_of_trees(const tree_model *trees, const statistic_tables *tables, const matrix *x, const double *weight,
                                shape_model **out, ptg_error *err)
{
    *out = NULL;
    shaper s = {.trees = trees, .tables = tables, .x = x, .weight = weight, .scratch = arena_new()};
    s.model = shape_model_new(x->n_features, trees->n_outputs, 0);
    ptg_status status = s.scratch && s.model ? PTG_OK : fail_memory(err);
    if (status == PTG_OK) {
        s.model->link = trees->link;
        memcpy(s.model->intercept, trees->base, (size_t)trees->n_outputs * sizeof *trees->base);
        status = prepare(&s, err);
    }
    if (status == PTG_OK) status = fill(&s, err);
    arena_free(s.scratch);
    mem_free(s.terms);
    if (status == PTG_OK)
        *out = s.model;
    else
        shape_model_free(s.model);
    return status;
}

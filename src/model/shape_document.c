/* See shape_document.h. Models of folds cut their columns at other places and know other levels, so each function gets a grid
 * of its own: for numbers the cuts of all models, for categories the levels of all models, fewer where that would be too many.
 * A model is then asked at each point of the grid. A function that a model lacks is 0 there. */
#include "model/shape_document.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "trees/bins.h"

/* The places of one function, in each model. */
typedef struct shared_function {
    const shape_term **terms; /* by model; NULL where it has none */
    const shape_term *example;
    double importance;
} shared_function;

/* Points of one column. Numbers: intervals up to and with cuts[i], the last one above all, after a point for missing. */
typedef struct shape_grid {
    bool coded, missing;
    const char *name;
    int64_t n_points, n_cuts, left_out; /* left_out: levels */
    double *cuts;
    text *levels;    /* NULL data: missing */
    int64_t **cells; /* [model][point]: the cell of the model's axis; -1: it does not know the level */
} shape_grid;

typedef struct shape_writer {
    const shape_model *const *models;
    int32_t n_models;
    arena *memory;
    shared_function *functions;
    int32_t n_functions;
    int64_t values; /* written so far */
} shape_writer;

static bool is_same_axis(const shape_axis *a, const shape_axis *b)
{
    return a->coded == b->coded && strcmp(a->name, b->name) == 0;
}

/* Columns of folds are the same where their names are, whatever their number. */
static bool is_same_function(const shape_term *a, const shape_term *b)
{
    if (a->n_axes != b->n_axes || !is_same_axis(&a->axes[0], &b->axes[0])) return false;
    return a->n_axes == 1 || is_same_axis(&a->axes[1], &b->axes[1]);
}

static shared_function *function_of(shape_writer *w, const shape_term *t)
{
    for (int32_t f = 0; f < w->n_functions; f++)
        if (is_same_function(w->functions[f].example, t)) return &w->functions[f];
    return &w->functions[w->n_functions++];
}

static int compare_importance(const void *a, const void *b)
{
    const shared_function *x = a, *y = b;
    return x->importance > y->importance ? -1 : x->importance < y->importance;
}

/* The functions of all models, the most important first. */
static ptg_status gather(shape_writer *w, ptg_error *err)
{
    int64_t most = 0;
    for (int32_t m = 0; m < w->n_models; m++)
        most += w->models[m]->n_terms;
    w->functions = arena_array(w->memory, most, sizeof *w->functions);
    if (!w->functions) return fail_memory(err);
    for (int32_t m = 0; m < w->n_models; m++)
        for (int32_t t = 0; t < w->models[m]->n_terms; t++) {
            const shape_term *term = &w->models[m]->terms[t];
            shared_function *f = function_of(w, term);
            if (!f->terms) f->terms = arena_array(w->memory, w->n_models, sizeof(const shape_term *));
            if (!f->terms) return fail_memory(err);
            if (!f->example) f->example = term;
            f->terms[m] = term;
            f->importance += shape_importance(w->models[m], term) / w->n_models;
        }
    if (w->n_functions > 0) qsort(w->functions, (size_t)w->n_functions, sizeof *w->functions, compare_importance);
    return PTG_OK;
}

static int compare_reals(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* Every step-th of what there is, so that at most `most` are left, the last one always. */
static int64_t thin(double *values, int64_t n, int64_t most)
{
    int64_t step = most > 0 ? (n + most - 1) / most : n, kept = 0;
    for (int64_t i = step > 0 ? (n - 1) % step : 0; i < n; i += step)
        values[kept++] = values[i];
    return kept;
}

static ptg_status grid_numbers(const shape_writer *w, const shared_function *f, int32_t axis, int64_t most, shape_grid *g,
                               ptg_error *err)
{
    int64_t n = 0, distinct = 0;
    for (int32_t m = 0; m < w->n_models; m++)
        n += f->terms[m] ? f->terms[m]->axes[axis].n_cells - 1 : 0;
    g->cuts = arena_array(w->memory, n, sizeof *g->cuts);
    if (!g->cuts) return fail_memory(err);
    n = 0;
    for (int32_t m = 0; m < w->n_models; m++)
        for (int64_t c = 0; f->terms[m] && c < f->terms[m]->axes[axis].n_cells - 1; c++) {
            double cut = f->terms[m]->axes[axis].cuts[c];
            if (cut <= BORDER_MISSING)
                g->missing = true;
            else
                g->cuts[n++] = cut;
        }
    if (n > 0) qsort(g->cuts, (size_t)n, sizeof *g->cuts, compare_reals);
    for (int64_t i = 0; i < n; i++)
        if (i == 0 || g->cuts[i] != g->cuts[distinct - 1]) g->cuts[distinct++] = g->cuts[i];
    g->n_cuts = distinct > most - 2 ? thin(g->cuts, distinct, most - 2) : distinct;
    g->n_points = g->n_cuts + 1 + g->missing;
    return PTG_OK;
}

/* A level with its share of the rows, of all models. */
typedef struct level_share {
    text level;
    double share;
    int64_t order;
} level_share;

static int compare_shares(const void *a, const void *b)
{
    const level_share *x = a, *y = b;
    if (x->share != y->share) return x->share > y->share ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

static int compare_levels(const void *a, const void *b)
{
    const level_share *x = a, *y = b;
    int64_t size = x->level.size < y->level.size ? x->level.size : y->level.size;
    int order = size > 0 ? memcmp(x->level.data, y->level.data, (size_t)size) : 0;
    if (order != 0) return order;
    return x->level.size < y->level.size ? -1 : x->level.size > y->level.size;
}

/* The share of the rows that lie in a cell of one axis. */
static double axis_share(const shape_term *t, int32_t axis, int64_t cell)
{
    double sum = 0;
    int64_t width = t->n_axes == 2 ? t->axes[1].n_cells : 1, from = axis == 0 ? cell * width : cell;
    int64_t step = axis == 0 ? 1 : width, n = axis == 0 ? width : t->axes[0].n_cells;
    for (int64_t i = 0; i < n; i++)
        sum += t->share[from + i * step];
    return sum;
}

/* Levels of all models as they are, and once each: sorted by text, shares added. */
static ptg_status gather_levels(const shape_writer *w, const shared_function *f, int32_t axis, level_share **out, int64_t *n,
                                ptg_error *err)
{
    int64_t all = 0, distinct = 0;
    for (int32_t m = 0; m < w->n_models; m++)
        all += f->terms[m] ? f->terms[m]->axes[axis].n_cells - 1 : 0;
    level_share *levels = arena_array(w->memory, all, sizeof *levels);
    if (!levels) return fail_memory(err);
    all = 0;
    for (int32_t m = 0; m < w->n_models; m++)
        for (int64_t c = 1; f->terms[m] && c < f->terms[m]->axes[axis].n_cells; c++)
            levels[all++] =
                (level_share){.level = f->terms[m]->axes[axis].levels[c - 1], .share = axis_share(f->terms[m], axis, c)};
    if (all > 0) qsort(levels, (size_t)all, sizeof *levels, compare_levels);
    for (int64_t i = 0; i < all; i++)
        if (i > 0 && compare_levels(&levels[i], &levels[distinct - 1]) == 0)
            levels[distinct - 1].share += levels[i].share;
        else
            levels[distinct++] = levels[i];
    for (int64_t i = 0; i < distinct; i++)
        levels[i].order = i;
    *out = levels;
    *n = distinct;
    return PTG_OK;
}

static bool some_missing(const shape_writer *w, const shared_function *f, int32_t axis)
{
    bool some = false;
    for (int32_t m = 0; m < w->n_models; m++)
        some = some || (f->terms[m] && axis_share(f->terms[m], axis, 0) > 0);
    return some;
}

/* The levels with the most rows; those without any (room for what training did not see) are left out unsaid. */
static ptg_status grid_levels(const shape_writer *w, const shared_function *f, int32_t axis, int64_t most, shape_grid *g,
                              ptg_error *err)
{
    level_share *levels = NULL;
    int64_t n = 0;
    TRY(gather_levels(w, f, axis, &levels, &n, err));
    if (n > 0) qsort(levels, (size_t)n, sizeof *levels, compare_shares);
    while (n > 0 && levels[n - 1].share <= 0)
        n--;
    g->missing = some_missing(w, f, axis);
    int64_t shown = n < most - 1 ? n : most - 1;
    g->left_out = n - shown;
    g->levels = arena_array(w->memory, shown + 1, sizeof *g->levels);
    if (!g->levels) return fail_memory(err);
    if (g->missing) g->levels[g->n_points++] = (text){NULL, 0};
    for (int64_t i = 0; i < shown; i++)
        g->levels[g->n_points++] = levels[i].level;
    return PTG_OK;
}

/* A level's code + 1 in an axis, whose levels stand in no order that is relied on; -1 = unknown. */
static int64_t level_cell(const shape_axis *a, text level)
{
    if (!level.data) return 0;
    for (int64_t l = 0; l < a->n_cells - 1; l++)
        if (text_equal(a->levels[l], level)) return l + 1;
    return -1;
}

static int64_t point_cell(const shape_grid *g, const shape_axis *a, int64_t point)
{
    if (g->coded) return level_cell(a, g->levels[point]);
    int64_t interval = point - g->missing;
    if (interval < 0) return 0;
    return shape_axis_cell(a, interval < g->n_cuts ? g->cuts[interval] : INFINITY);
}

static ptg_status make_grid(const shape_writer *w, const shared_function *f, int32_t axis, int64_t most, shape_grid *g,
                            ptg_error *err)
{
    const shape_axis *example = &f->example->axes[axis];
    *g = (shape_grid){.coded = example->coded, .name = example->name};
    TRY(g->coded ? grid_levels(w, f, axis, most, g, err) : grid_numbers(w, f, axis, most, g, err));
    g->cells = arena_array(w->memory, w->n_models, sizeof *g->cells);
    if (!g->cells) return fail_memory(err);
    for (int32_t m = 0; m < w->n_models; m++) {
        if (!f->terms[m]) continue;
        if (!(g->cells[m] = arena_array(w->memory, g->n_points, sizeof **g->cells))) return fail_memory(err);
        for (int64_t p = 0; p < g->n_points; p++)
            g->cells[m][p] = point_cell(g, &f->terms[m]->axes[axis], p);
    }
    return PTG_OK;
}

static json_t *axis_json(const shape_grid *g)
{
    json_t *list = json_array(), *axis;
    for (int64_t i = 0; list && i < (g->coded ? g->n_points : g->n_cuts); i++)
        json_array_append_new(list, g->coded ? json_text(g->levels[i]) : json_number(g->cuts[i]));
    axis = json_pack("{s:o,s:s,s:b,s:o}", "column", json_text(text_of(g->name)), "kind", g->coded ? "categorical" : "numeric",
                     "missing", (int)g->missing, g->coded ? "levels" : "cuts", list);
    if (axis && g->coded) json_object_set_new(axis, "levels_left_out", json_integer(g->left_out));
    return axis;
}

/* A point of a function's grid in a model: its cell, or -1 where the model does not know it. */
static int64_t cell_at(const shape_term *t, const shape_grid *grids, int32_t m, int64_t point)
{
    if (t->n_axes == 1) return grids[0].cells[m][point];
    int64_t a = grids[0].cells[m][point / grids[1].n_points], b = grids[1].cells[m][point % grids[1].n_points];
    return a < 0 || b < 0 ? -1 : a * t->axes[1].n_cells + b;
}

/* Mean and spread over the models that know a point; both are NaN where no training row of any lies in such a cell. */
static void point_value(const shape_writer *w, const shared_function *f, const shape_grid *grids, int32_t output, int64_t point,
                        double *mean, double *spread)
{
    double sum = 0, square = 0, rows = 0;
    int32_t n = 0;
    for (int32_t m = 0; m < w->n_models; m++) {
        const shape_term *t = f->terms[m];
        int64_t cell = t ? cell_at(t, grids, m, point) : 0;
        if (cell < 0) continue;
        double value = t ? t->values[output * shape_cells(t) + cell] : 0;
        rows += t ? t->share[cell] : 0;
        sum += value;
        square += value * value;
        n++;
    }
    bool known = n > 0 && rows > 0;
    *mean = known ? sum / n : NAN;
    *spread = known && n > 1 ? sqrt(fmax(0, (square - sum * sum / n) / (n - 1))) : NAN;
}

static ptg_status add_values(const shape_writer *w, const shared_function *f, const shape_grid *grids, json_t *to,
                             ptg_error *err)
{
    int64_t points = grids[0].n_points * (f->example->n_axes == 2 ? grids[1].n_points : 1);
    json_t *values = json_array(), *spreads = json_array();
    for (int32_t k = 0; values && spreads && k < w->models[0]->n_outputs; k++) {
        json_t *means = json_array(), *deviations = json_array();
        for (int64_t p = 0; p < points; p++) {
            double mean, spread;
            point_value(w, f, grids, k, p, &mean, &spread);
            json_array_append_new(means, json_number(mean));
            json_array_append_new(deviations, json_number(spread));
        }
        json_array_append_new(values, means);
        json_array_append_new(spreads, deviations);
    }
    if (json_object_set_new(to, "values", values) != 0 || json_object_set_new(to, "spread", spreads) != 0)
        return fail_memory(err);
    return PTG_OK;
}

/* The first point whose cell is not below `cell`: where the rows of a cell go that no point was kept of. */
static int64_t point_above(const shape_grid *g, const int64_t *cells, int64_t cell)
{
    int64_t p = g->missing;
    while (p < g->n_points - 1 && cells[p] < cell)
        p++;
    return p;
}

/* Adds a model's shares: each cell gives its own to the points in it, evenly. */
static ptg_status add_model_shares(const shape_writer *w, const shape_grid *g, int32_t m, const shape_term *t, double *share,
                                   ptg_error *err)
{
    double *points = arena_array(w->memory, shape_cells(t), sizeof *points);
    if (!points) return fail_memory(err);
    for (int64_t p = 0; p < g->n_points; p++)
        if (g->cells[m][p] >= 0) points[g->cells[m][p]]++;
    for (int64_t p = 0; p < g->n_points; p++) {
        int64_t cell = g->cells[m][p];
        if (cell >= 0) share[p] += t->share[cell] / points[cell];
    }
    for (int64_t c = 0; !g->coded && c < shape_cells(t); c++)
        if (points[c] == 0) share[point_above(g, g->cells[m], c)] += t->share[c];
    return PTG_OK;
}

/* Where the training rows lie. */
static ptg_status add_shares(const shape_writer *w, const shared_function *f, const shape_grid *g, json_t *to, ptg_error *err)
{
    double *share = arena_array(w->memory, g->n_points, sizeof *share);
    if (!share) return fail_memory(err);
    int32_t n = 0;
    for (int32_t m = 0; m < w->n_models; m++) {
        if (!f->terms[m]) continue;
        TRY(add_model_shares(w, g, m, f->terms[m], share, err));
        n++;
    }
    json_t *list = json_array();
    for (int64_t p = 0; list && p < g->n_points; p++)
        json_array_append_new(list, json_number(share[p] / n));
    return json_object_set_new(to, "share", list) == 0 ? PTG_OK : fail_memory(err);
}

/* Points of each column of a function, so that all its values stay within SHAPE_FUNCTION_VALUES. */
static int64_t points_of(const shape_writer *w, int32_t n_axes)
{
    int64_t room = SHAPE_FUNCTION_VALUES / w->models[0]->n_outputs, points = n_axes == 2 ? (int64_t)sqrt((double)room) : room;
    int64_t most = n_axes == 2 ? SHAPE_PAIR_POINTS_MOST : SHAPE_POINTS_MOST;
    return points > most ? most : points < 4 ? 4 : points;
}

static ptg_status add_function(shape_writer *w, const shared_function *f, json_t *functions, ptg_error *err)
{
    shape_grid grids[2];
    int32_t n_axes = f->example->n_axes;
    json_t *function = json_object(), *axes = json_array();
    ptg_status status = PTG_OK;
    if (!function || json_object_set_new(function, "importance", json_number(f->importance)) != 0 ||
        json_object_set(function, "axes", axes) != 0)
        GO(fail_memory(err));
    for (int32_t a = 0; a < n_axes; a++) {
        GO(make_grid(w, f, a, points_of(w, n_axes), &grids[a], err));
        if (json_array_append_new(axes, axis_json(&grids[a])) != 0) GO(fail_memory(err));
    }
    w->values += grids[0].n_points * (n_axes == 2 ? grids[1].n_points : 1) * w->models[0]->n_outputs;
    GO(add_values(w, f, grids, function, err));
    if (n_axes == 1) GO(add_shares(w, f, &grids[0], function, err));
    if (json_array_append(functions, function) != 0) status = fail_memory(err);
done:
    json_decref(function);
    json_decref(axes);
    return status;
}

static json_t *intercepts(const shape_writer *w)
{
    json_t *list = json_array();
    for (int32_t k = 0; list && k < w->models[0]->n_outputs; k++) {
        double sum = 0;
        for (int32_t m = 0; m < w->n_models; m++)
            sum += w->models[m]->intercept[k];
        json_array_append_new(list, json_number(sum / w->n_models));
    }
    return list;
}

static ptg_status write_document(shape_writer *w, json_t **out, ptg_error *err)
{
    TRY(gather(w, err));
    int32_t listed = 0;
    json_t *functions = json_array();
    ptg_status status = functions ? PTG_OK : fail_memory(err);
    while (status == PTG_OK && listed < w->n_functions && listed < SHAPE_FUNCTIONS_MOST && w->values < SHAPE_VALUES_MOST)
        status = add_function(w, &w->functions[listed++], functions, err);
    if (status != PTG_OK) {
        json_decref(functions);
        return status;
    }
    *out = json_pack("{s:i,s:o,s:o,s:i}", "models", (int)w->n_models, "intercept", intercepts(w), "functions", functions,
                     "functions_left_out", (int)(w->n_functions - listed));
    return *out ? PTG_OK : fail_memory(err);
}

ptg_status shape_document(const shape_model *const *models, int32_t n, json_t **out, ptg_error *err)
{
    *out = NULL;
    shape_writer w = {.models = models, .n_models = n, .memory = arena_new()};
    if (!w.memory) return fail_memory(err);
    ptg_status status = write_document(&w, out, err);
    arena_free(w.memory);
    return status;
}

/* Fitting and applying. One matrix holds all columns by place: the inputs borrowed, then the results of each step; at the end
 * inputs that go out are copied, the column list is cut to the features in their order, and the matrix itself is the result.
 * Columns between stay in its arena until it is freed. Applying goes through the same places, so that it cannot differ from
 * fitting. */
#include "model/pipeline.h"

#include <string.h>

#include "base/hash.h"
#include "model/pipeline_parts.h"
#include "transform/levels.h"

void pipeline_free(pipeline *p)
{
    if (p == NULL) return;
    for (int32_t k = 0; k < p->n_steps; k++)
        p->steps[k].t->free(p->steps[k].state);
    arena_free(p->memory);
}

const pipeline_column *pipeline_inputs(const pipeline *p, int32_t *n)
{
    *n = p->n_inputs;
    return p->inputs;
}

const pipeline_column *pipeline_features(const pipeline *p, int32_t *n)
{
    *n = p->n_features;
    return p->features;
}

const char *const *pipeline_dropped(const pipeline *p, int32_t *n)
{
    *n = p->n_dropped;
    return p->dropped;
}

static const char *copy_name(arena *a, const char *name)
{
    return arena_text(a, name, strlen(name));
}

/* A matrix of some places of another, borrowed. */
static ptg_status view_of(const matrix *all, const int32_t *places, int32_t n, matrix **out, ptg_error *err)
{
    matrix *view = matrix_new(all->n_rows);
    ptg_status status = view == NULL ? fail_memory(err) : PTG_OK;
    for (int32_t c = 0; c < n && status == PTG_OK; c++)
        status = matrix_borrow(view, &all->features[places[c]], err);
    if (status == PTG_OK) {
        *out = view;
        return PTG_OK;
    }
    matrix_free(view);
    return status;
}

static ptg_status add_recoded(matrix *all, feature from, const text_index *levels, ptg_error *err)
{
    int32_t *codes = matrix_add_coded(all, from.name, levels->n, NULL);
    if (codes == NULL) return fail_memory(err);
    all->features[all->n_features - 1].levels = levels->texts;
    TRY(levels_match(levels, &from, all->n_rows, codes, err));
    for (int64_t i = 0; i < all->n_rows; i++)
        if (codes[i] == LEVEL_UNSEEN) codes[i] = LEVEL_MISSING;
    return PTG_OK;
}

static ptg_status add_copied(matrix *all, feature from, ptg_error *err)
{
    if (from.kind == FEATURE_SPARSE) {
        int64_t *rows;
        double *stored;
        TRY(matrix_add_sparse(all, from.name, from.n_values, &rows, &stored, err));
        if (from.n_values == 0) return PTG_OK;
        memcpy(rows, from.rows, (size_t)from.n_values * sizeof *rows);
        memcpy(stored, from.values, (size_t)from.n_values * sizeof *stored);
        return PTG_OK;
    }
    double *values = matrix_add_real(all, from.name);
    if (values == NULL) return fail_memory(err);
    if (all->n_rows > 0) memcpy(values, from.real, (size_t)all->n_rows * sizeof *values);
    return PTG_OK;
}

/* A column of the table that goes out as it is: copied, categories as codes of the fitted levels with unseen ones missing. */
static ptg_status add_own(matrix *all, int32_t place, const text_index *levels, ptg_error *err)
{
    feature from = all->features[place];
    TRY(from.kind == FEATURE_CODED ? add_recoded(all, from, levels, err) : add_copied(all, from, err));
    all->features[all->n_features - 1].type = from.type;
    all->features[all->n_features - 1].source = from.source;
    return PTG_OK;
}

/* Cuts the list of columns to those of `places`, which are no more than there are. */
static ptg_status keep_places(matrix *all, const int32_t *places, int32_t n, ptg_error *err)
{
    feature *kept = mem_array(n, sizeof *kept);
    if (kept == NULL) return fail_memory(err);
    for (int32_t f = 0; f < n; f++)
        kept[f] = all->features[places[f]];
    if (n > 0) memcpy(all->features, kept, (size_t)n * sizeof *kept); /* a model of no column has no list */
    all->n_features = n;
    mem_free(kept);
    return PTG_OK;
}

/* --- fitting --- */

typedef struct pipeline_fitter {
    const pipeline_fit_input *in;
    pipeline *p;
    matrix *all;
    pipeline_set set;
    bool *taken; /* one an input: some step worked on it */
    arena *scratch;
} pipeline_fitter;

/* A fitter's set with `n_new` places from `first` on put at `position`, after the selected positions left it (unless kept). */
static ptg_status renew_set(pipeline_fitter *f, const int32_t *selected, int32_t n_selected, bool keep, int32_t first,
                            int32_t n_new, ptg_error *err)
{
    int32_t *places = arena_array(f->scratch, (int64_t)f->set.n + n_new, sizeof *places);
    bool *leaves = arena_array(f->scratch, f->set.n, sizeof *leaves);
    if (places == NULL || leaves == NULL) return fail_memory(err);
    int32_t at = selected[0], n = 0;
    for (int32_t c = 0; c < n_selected; c++) {
        leaves[selected[c]] = !keep;
        if (keep ? selected[c] > at : selected[c] < at) at = selected[c];
    }
    for (int32_t i = 0; i < f->set.n; i++) {
        if (!keep && i == at)
            for (int32_t k = 0; k < n_new; k++)
                places[n++] = first + k;
        if (!leaves[i]) places[n++] = f->set.places[i];
        if (keep && i == at)
            for (int32_t k = 0; k < n_new; k++)
                places[n++] = first + k;
    }
    f->set = (pipeline_set){places, n};
    return PTG_OK;
}

/* Gives results whose name is taken in the set another one: "name_2". */
static ptg_status make_names_unique(pipeline_fitter *f, int32_t first, ptg_error *err)
{
    text_index names;
    text_index_init(&names, f->scratch);
    for (int32_t i = 0; i < f->set.n; i++)
        if (f->set.places[i] < first && text_index_add(&names, text_of(f->all->features[f->set.places[i]].name)) < 0)
            return fail_memory(err);
    for (int32_t place = first; place < f->all->n_features; place++) {
        feature *result = &f->all->features[place];
        const char *base = result->name;
        for (int32_t k = 2; text_index_find(&names, text_of(result->name)) >= 0; k++) {
            result->name = arena_print(f->all->memory, "%s_%d", base, k);
            if (result->name == NULL) return fail_memory(err);
        }
        if (text_index_add(&names, text_of(result->name)) < 0) return fail_memory(err);
    }
    return PTG_OK;
}

static ptg_status fit_transformer(pipeline_fitter *f, const pipeline_step_plan *plan, pipeline_step *step, ptg_error *err)
{
    matrix *view = NULL;
    TRY(view_of(f->all, step->columns, step->n_columns, &view, err));
    transform_fit_input in = {.columns = view,
                              .problem = f->in->problem,
                              .n_classes = f->in->n_classes,
                              .target = f->in->target,
                              .weight = f->in->weight,
                              .group = f->in->group,
                              .parameters = plan->parameters,
                              .seed = hash_word(plan->t->name, strlen(plan->t->name), f->in->seed)};
    ptg_status status = plan->t->fit(&in, &step->state, f->all, err);
    matrix_free(view);
    return status;
}

static ptg_status fit_step(pipeline_fitter *f, const pipeline_step_plan *plan, ptg_error *err)
{
    int32_t n_inputs = f->in->columns->n_features, n = 0, first = f->all->n_features;
    int32_t *positions = arena_array(f->scratch, (int64_t)f->set.n + plan->n_columns, sizeof *positions);
    if (positions == NULL) return fail_memory(err);
    TRY(pipeline_select(plan, f->all, &f->set, n_inputs, positions, &n, err));
    if (n == 0) return PTG_OK;
    int32_t *places = arena_array(f->p->memory, n, sizeof *places);
    if (places == NULL) return fail_memory(err);
    for (int32_t c = 0; c < n; c++) {
        places[c] = f->set.places[positions[c]];
        if (places[c] < n_inputs) f->taken[places[c]] = true;
    }
    pipeline_step *step = &f->p->steps[f->p->n_steps];
    *step = (pipeline_step){.t = plan->t, .n_columns = n, .columns = places};
    TRY(fit_transformer(f, plan, step, err));
    f->p->n_steps++;
    step->n_results = f->all->n_features - first;
    TRY(renew_set(f, positions, n, transformer_keeps_input(plan->t, plan->parameters), first, step->n_results, err));
    return make_names_unique(f, first, err);
}

static ptg_status fit_steps(pipeline_fitter *f, const pipeline_plan *plan, ptg_error *err)
{
    f->p->steps = arena_array(f->p->memory, plan->n, sizeof *f->p->steps);
    if (f->p->steps == NULL) return fail_memory(err);
    for (int32_t k = 0; k < plan->n; k++) {
        ptg_status status = fit_step(f, &plan->steps[k], err);
        if (status != PTG_OK) return fail_within(err, status, "%s (step %d)", plan->steps[k].t->name, k + 1);
    }
    return PTG_OK;
}

/* Texts leave the set; those that no step took are noted. */
static ptg_status drop_texts(pipeline_fitter *f, ptg_error *err)
{
    pipeline *p = f->p;
    p->dropped = arena_array(p->memory, f->set.n, sizeof *p->dropped);
    if (p->dropped == NULL) return fail_memory(err);
    int32_t n = 0;
    for (int32_t i = 0; i < f->set.n; i++) {
        int32_t place = f->set.places[i];
        if (f->all->features[place].kind != FEATURE_TEXT) {
            f->set.places[n++] = place;
            continue;
        }
        if (place < f->in->columns->n_features && f->taken[place]) continue;
        p->dropped[p->n_dropped] = copy_name(p->memory, f->all->features[place].name);
        if (p->dropped[p->n_dropped++] == NULL) return fail_memory(err);
    }
    f->set.n = n;
    if (n > 0 || f->all->n_features == 0) return PTG_OK; /* a model of no column at all is the baseline */
    return fail(err, PTG_ERROR_USAGE,
                "the pipeline leaves no column for the algorithm; let a step take the texts, or add columns.");
}

/* Inputs that nothing reads leave; `numbers` maps the fit's places to the pipeline's (-1 = gone). */
static ptg_status number_inputs(pipeline_fitter *f, int32_t *numbers, ptg_error *err)
{
    pipeline *p = f->p;
    int32_t n_inputs = f->in->columns->n_features, n = 0;
    bool *read = arena_array(f->scratch, n_inputs, sizeof *read);
    p->inputs = arena_array(p->memory, n_inputs, sizeof *p->inputs);
    p->levels = arena_array(p->memory, n_inputs, sizeof *p->levels);
    if (read == NULL || p->inputs == NULL || p->levels == NULL) return fail_memory(err);
    for (int32_t i = 0; i < n_inputs; i++)
        read[i] = f->taken[i];
    for (int32_t i = 0; i < f->set.n; i++)
        if (f->set.places[i] < n_inputs) read[f->set.places[i]] = true;
    for (int32_t i = 0; i < n_inputs; i++) {
        numbers[i] = read[i] ? n++ : -1;
        if (!read[i]) continue;
        const feature *from = &f->in->columns->features[i];
        p->inputs[numbers[i]] = (pipeline_column){copy_name(p->memory, from->name), from->kind, from->type, 0};
        if (p->inputs[numbers[i]].name == NULL) return fail_memory(err);
        text_index_init(&p->levels[numbers[i]], p->memory);
    }
    for (int32_t place = n_inputs; place < f->all->n_features; place++)
        numbers[place] = place - n_inputs + n;
    p->n_inputs = n;
    return PTG_OK;
}

static ptg_status learn_levels(pipeline_fitter *f, int32_t place, text_index *levels, ptg_error *err)
{
    level_counts counts;
    TRY(levels_count(&f->in->columns->features[place], f->all->n_rows, f->scratch, &counts, err));
    for (int32_t l = 0; l < counts.n; l++)
        if (text_index_add(levels, counts.texts[l]) < 0) return fail_memory(err);
    return PTG_OK;
}

/* What goes out; columns of the table are copied, and their new place stands in `result_places`. */
static ptg_status note_features(pipeline_fitter *f, const int32_t *numbers, int32_t *result_places, ptg_error *err)
{
    pipeline *p = f->p;
    int32_t *places = arena_array(p->memory, f->set.n, sizeof *places);
    p->features = arena_array(p->memory, f->set.n, sizeof *p->features);
    if (places == NULL || p->features == NULL) return fail_memory(err);
    for (int32_t i = 0; i < f->set.n; i++) {
        int32_t place = f->set.places[i];
        places[i] = numbers[place];
        result_places[i] = place;
        if (places[i] < p->n_inputs) {
            if (f->all->features[place].kind == FEATURE_CODED) TRY(learn_levels(f, place, &p->levels[places[i]], err));
            result_places[i] = f->all->n_features;
            TRY(f->in->borrow && f->all->features[place].kind == FEATURE_REAL
                    ? matrix_borrow(f->all, &f->all->features[place], err)
                    : add_own(f->all, place, &p->levels[places[i]], err));
        }
        const feature *result = &f->all->features[result_places[i]];
        p->features[i] = (pipeline_column){copy_name(p->memory, result->name), result->kind, result->type, result->n_levels};
        if (p->features[i].name == NULL) return fail_memory(err);
    }
    p->places = places;
    p->n_features = f->set.n;
    return PTG_OK;
}

static ptg_status finish_fit(pipeline_fitter *f, ptg_error *err)
{
    TRY(drop_texts(f, err));
    int32_t *numbers = arena_array(f->scratch, f->all->n_features, sizeof *numbers);
    int32_t *result_places = arena_array(f->scratch, f->set.n, sizeof *result_places);
    if (numbers == NULL || result_places == NULL) return fail_memory(err);
    TRY(number_inputs(f, numbers, err));
    for (int32_t k = 0; k < f->p->n_steps; k++) {
        const pipeline_step *step = &f->p->steps[k];
        int32_t *renumbered = arena_array(f->p->memory, step->n_columns, sizeof *renumbered);
        if (renumbered == NULL) return fail_memory(err);
        for (int32_t c = 0; c < step->n_columns; c++)
            renumbered[c] = numbers[step->columns[c]];
        f->p->steps[k].columns = renumbered;
    }
    TRY(note_features(f, numbers, result_places, err));
    return keep_places(f->all, result_places, f->set.n, err);
}

static ptg_status start_fit(pipeline_fitter *f, const pipeline_fit_input *in, ptg_error *err)
{
    int32_t n = in->columns->n_features;
    f->in = in;
    f->scratch = arena_new();
    f->all = matrix_new(in->columns->n_rows);
    arena *memory = arena_new();
    f->p = memory == NULL ? NULL : arena_array(memory, 1, sizeof *f->p);
    if (f->p == NULL) {
        arena_free(memory);
        return fail_memory(err);
    }
    f->p->memory = memory;
    if (f->scratch == NULL || f->all == NULL) return fail_memory(err);
    f->set = (pipeline_set){arena_array(f->scratch, n, sizeof(int32_t)), n};
    f->taken = arena_array(f->scratch, n, sizeof *f->taken);
    if (f->set.places == NULL || f->taken == NULL) return fail_memory(err);
    for (int32_t i = 0; i < n; i++) {
        f->set.places[i] = i;
        TRY(matrix_borrow(f->all, &in->columns->features[i], err));
    }
    return PTG_OK;
}

ptg_status pipeline_fit(const pipeline_plan *plan, const pipeline_fit_input *in, pipeline **fitted, matrix **train_out,
                        ptg_error *err)
{
    *fitted = NULL;
    *train_out = NULL;
    ptg_status status = PTG_OK;
    pipeline_fitter f = {0};
    GO(start_fit(&f, in, err));
    GO(fit_steps(&f, plan, err));
    GO(finish_fit(&f, err));
    *fitted = f.p;
    *train_out = f.all;
done:
    arena_free(f.scratch);
    if (status != PTG_OK) {
        pipeline_free(f.p);
        matrix_free(f.all);
    }
    return status;
}

/* --- applying --- */

static ptg_status refuse_input(const pipeline_column *wanted, bool there, ptg_error *err)
{
    text_shown_buffer shown;
    const char *name = text_shown(text_of(wanted->name), &shown);
    if (!there) return fail(err, PTG_ERROR_DATA, "the table has no column '%s', which the model reads; add it.", name);
    return fail(err, PTG_ERROR_DATA,
                "column '%s' is of another type than in training, where it was %s; read the table with the model's "
                "types.",
                name, column_type_names[wanted->type]);
}

/* Borrows the inputs by name; the search goes on behind the column found last, so that equal order costs one look each. */
static ptg_status take_inputs(const pipeline *p, const matrix *input, matrix *all, ptg_error *err)
{
    int32_t at = 0, n = input->n_features;
    for (int32_t i = 0; i < p->n_inputs; i++) {
        const pipeline_column *wanted = &p->inputs[i];
        int32_t looked = 0;
        while (looked < n && strcmp(input->features[at].name, wanted->name) != 0) {
            at = at + 1 == n ? 0 : at + 1;
            looked++;
        }
        if (looked == n) return refuse_input(wanted, false, err);
        const feature *found = &input->features[at];
        if (found->kind != wanted->kind || (found->type == COLUMN_DATETIME) != (wanted->type == COLUMN_DATETIME))
            return refuse_input(wanted, true, err);
        TRY(matrix_borrow(all, found, err));
    }
    return PTG_OK;
}

static ptg_status damaged(ptg_error *err)
{
    return fail(err, PTG_ERROR_FORMAT, "the pipeline's steps do not fit together; the model is damaged.");
}

static ptg_status apply_step(const pipeline_step *step, matrix *all, ptg_error *err)
{
    int32_t first = all->n_features;
    matrix *view = NULL;
    TRY(view_of(all, step->columns, step->n_columns, &view, err));
    ptg_status status = step->t->apply(step->state, view, all, err);
    matrix_free(view);
    if (status != PTG_OK) return fail_within(err, status, "%s", step->t->name);
    return all->n_features - first == step->n_results ? PTG_OK : damaged(err);
}

/* The features under their fitted names. */
static ptg_status finish_apply(const pipeline *p, matrix *all, ptg_error *err)
{
    int32_t n_places = all->n_features;
    int32_t *places = mem_array(p->n_features, sizeof *places);
    if (places == NULL) return fail_memory(err);
    ptg_status status = PTG_OK;
    for (int32_t i = 0; i < p->n_features; i++) {
        const pipeline_column *wanted = &p->features[i];
        places[i] = p->places[i];
        if (p->places[i] >= n_places) GO(damaged(err));
        if (places[i] < p->n_inputs) {
            if (all->features[places[i]].kind != wanted->kind) GO(damaged(err));
            GO(add_own(all, places[i], &p->levels[places[i]], err));
            places[i] = all->n_features - 1;
        }
        feature *result = &all->features[places[i]];
        if (result->kind != wanted->kind || (wanted->kind == FEATURE_CODED && result->n_levels != wanted->n_levels))
            GO(damaged(err));
        result->type = wanted->type;
        if (strcmp(result->name, wanted->name) == 0) continue;
        result->name = copy_name(all->memory, wanted->name);
        if (result->name == NULL) GO(fail_memory(err));
    }
    GO(p->n_features > all->n_features ? damaged(err) : keep_places(all, places, p->n_features, err));
done:
    mem_free(places);
    return status;
}

ptg_status pipeline_apply(const pipeline *p, const matrix *input, matrix **out, ptg_error *err)
{
    *out = NULL;
    ptg_status status = PTG_OK;
    matrix *all = matrix_new(input->n_rows);
    if (all == NULL) return fail_memory(err);
    GO(take_inputs(p, input, all, err));
    for (int32_t k = 0; k < p->n_steps; k++)
        GO(apply_step(&p->steps[k], all, err));
    GO(finish_apply(p, all, err));
    *out = all;
    return PTG_OK;
done:
    matrix_free(all);
    return status;
}

/* Which columns a step works on: named ones, or by selector; and the refusals, which name the column and say what there is. */
#include <string.h>

#include "model/pipeline_parts.h"

const char *const pipeline_selectors[] = {"numeric", "categorical", "text", "datetime", "real", "*", NULL};

static bool accepts(const transformer *t, const feature *f)
{
    return (t->accepts & f->kind) != 0 && (t->accepts_types == 0 || (t->accepts_types & 1u << f->type) != 0);
}

static bool selects(const pipeline_step_plan *step, const feature *f, bool is_input)
{
    const char *selector = step->selector;
    if (strcmp(selector, "*") == 0) return accepts(step->t, f);
    if (strcmp(selector, "real") == 0) return f->kind == FEATURE_REAL && !(is_input && f->type == COLUMN_DATETIME);
    if (!is_input) return false;
    column_type type;
    return strcmp(selector, "numeric") == 0 ? f->type == COLUMN_NUMERIC : column_type_read(selector, &type) && f->type == type;
}

static const char *words_of_column(const feature *f)
{
    switch (f->kind) {
    case FEATURE_REAL:
        return f->type == COLUMN_DATETIME ? "a datetime" : "numeric";
    case FEATURE_CODED:
        return "categorical";
    case FEATURE_SPARSE:
        return "sparse numbers";
    case FEATURE_TEXT:
        break;
    }
    return f->type == COLUMN_SEQUENCE ? "a sequence" : "text";
}

static ptg_status refuse_kind(const transformer *t, const feature *f, ptg_error *err)
{
    static const struct {
        unsigned kind;
        const char *words;
    } kinds[] = {
        {FEATURE_REAL, "numbers"}, {FEATURE_CODED, "categories"}, {FEATURE_SPARSE, "sparse numbers"}, {FEATURE_TEXT, "texts"}};
    text_buffer takes = {0};
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        if ((t->accepts & kinds[k].kind) == 0) continue;
        if (takes.size > 0) text_append(&takes, " or ");
        text_append(&takes, t->accepts_types == 1u << COLUMN_DATETIME ? "datetimes" : kinds[k].words);
    }
    ptg_status status = text_buffer_check(&takes, err);
    text_shown_buffer shown;
    if (status == PTG_OK)
        status = fail(err, PTG_ERROR_USAGE, "column '%s' is %s; it takes %s.", text_shown(text_of(f->name), &shown),
                      words_of_column(f), takes.data == NULL ? "nothing" : takes.data);
    text_buffer_clear(&takes);
    return status;
}

#define SHOWN_NAMES 8

static ptg_status refuse_name(const char *name, const matrix *all, const pipeline_set *set, ptg_error *err)
{
    text_buffer there = {0};
    for (int32_t i = 0; i < set->n && i < SHOWN_NAMES; i++) {
        if (i > 0) text_append(&there, ", ");
        text_append_shown(&there, text_of(all->features[set->places[i]].name), 24);
    }
    if (set->n > SHOWN_NAMES) text_print(&there, " and %d more", set->n - SHOWN_NAMES);
    if (set->n == 0) text_append(&there, "none");
    ptg_status status = text_buffer_check(&there, err);
    text_shown_buffer shown;
    if (status == PTG_OK)
        status = fail(err, PTG_ERROR_USAGE,
                      "there is no column '%s' here (not in the table, or an earlier step took it); there are: %s.",
                      text_shown(text_of(name), &shown), there.data);
    text_buffer_clear(&there);
    return status;
}

static ptg_status select_named(const pipeline_step_plan *step, const matrix *all, const pipeline_set *set, int32_t *positions,
                               ptg_error *err)
{
    for (int32_t c = 0; c < step->n_columns; c++) {
        int32_t i = 0;
        while (i < set->n && strcmp(all->features[set->places[i]].name, step->columns[c]) != 0)
            i++;
        if (i == set->n) return refuse_name(step->columns[c], all, set, err);
        positions[c] = i;
    }
    return PTG_OK;
}

ptg_status pipeline_select(const pipeline_step_plan *step, const matrix *all, const pipeline_set *set, int32_t n_inputs,
                           int32_t *positions, int32_t *n, ptg_error *err)
{
    *n = 0;
    if (step->selector == NULL) {
        TRY(select_named(step, all, set, positions, err));
        *n = step->n_columns;
    } else {
        for (int32_t i = 0; i < set->n; i++)
            if (selects(step, &all->features[set->places[i]], set->places[i] < n_inputs)) positions[(*n)++] = i;
    }
    for (int32_t c = 0; c < *n; c++) {
        const feature *f = &all->features[set->places[positions[c]]];
        if (!accepts(step->t, f)) return refuse_kind(step->t, f, err);
    }
    return PTG_OK;
}

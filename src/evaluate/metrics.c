/* The table of metrics, sorted by name, and the reading of objectives ("f1", "pinball:0.9"). A metric is one row in the file of
 * its family; adding one is that row and one line here. */
#include "evaluate/metrics.h"

#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "evaluate/metric_rows.h"

const metric *const metrics[] = {
    &metric_accuracy,
    &metric_auc,
    &metric_auc_ovo,
    &metric_average_precision,
    &metric_balanced_accuracy,
    &metric_brier,
    &metric_f1,
    &metric_f1_macro,
    &metric_log_loss,
    &metric_mae,
    &metric_mape,
    &metric_mcc,
    &metric_medae,
    &metric_mse,
    &metric_pinball,
    &metric_precision,
    &metric_precision_macro,
    &metric_quadratic_kappa,
    &metric_r2,
    &metric_recall,
    &metric_recall_macro,
    &metric_rmse,
    &metric_rmsle,
};
const int32_t n_metrics = (int32_t)(sizeof metrics / sizeof *metrics);

static const char *const default_objectives[3] = {"auc", "log_loss", "rmse"};

static const metric *find_span(text name)
{
    for (int32_t i = 0; i < n_metrics; i++)
        if (text_equal_to(name, metrics[i]->name)) return metrics[i];
    return NULL;
}

const metric *metric_find(const char *name)
{
    return find_span(text_of(name));
}

json_t *metric_json(const metric *m)
{
    json_t *out = json_object(), *problems = json_array(), *stopping = json_object();
    for (int p = 0; p < 3; p++) {
        if (!(m->problems >> p & 1u)) continue;
        json_array_append_new(problems, json_string(problem_names[p]));
        json_object_set_new(stopping, problem_names[p], json_string(m->stopping[p]));
    }
    json_object_set_new(out, "name", json_string(m->name));
    json_object_set_new(out, "text", json_string(m->text));
    json_object_set_new(out, "problem_types", problems);
    json_object_set_new(out, "greater_is_better", json_boolean(m->greater_is_better));
    json_object_set_new(out, "tunes_threshold", json_boolean(m->tunes_threshold));
    json_object_set_new(out, "best", json_number(m->best));
    json_object_set_new(out, "worst", json_number(m->worst));
    json_object_set_new(out, "stopping", stopping);
    return out;
}

/* "auc, f1, pinball:Q": what fits a problem type, for messages. */
static void list_fitting(problem_type problem, char *out, size_t size)
{
    size_t at = 0;
    for (int32_t i = 0; i < n_metrics; i++) {
        if (!(metrics[i]->problems >> problem & 1u)) continue;
        const char *argument = metrics[i] == &metric_pinball ? ":Q" : "";
        int more = snprintf(out + at, size - at, "%s%s%s", at ? ", " : "", metrics[i]->name, argument);
        if (more < 0 || (size_t)more >= size - at) return;
        at += (size_t)more;
    }
}

static ptg_status read_quantile(text argument, double *out, ptg_error *err)
{
    text_shown_buffer shown;
    if (number_read(argument, out) && *out > 0 && *out < 1) return PTG_OK;
    if (!argument.data)
        return fail(err, PTG_ERROR_USAGE, "The objective pinball needs its quantile, for instance pinball:0.9.");
    return fail(err, PTG_ERROR_USAGE,
                "The quantile '%s' of the objective pinball is no number between 0 and 1; write for instance "
                "pinball:0.9.",
                text_shown(argument, &shown));
}

ptg_status objective_read(const char *given, problem_type problem, objective *out, ptg_error *err)
{
    text name = text_of(given ? given : default_objectives[problem]), argument = {NULL, 0};
    const char *colon = memchr(name.data, ':', (size_t)name.size);
    if (colon) {
        argument = (text){.data = colon + 1, .size = name.data + name.size - (colon + 1)};
        name.size = colon - name.data;
    }
    const metric *m = find_span(name);
    bool fits = m && (m->problems >> problem & 1u) && (!colon || m == &metric_pinball);
    if (!fits) {
        char fitting[256];
        text_shown_buffer shown;
        list_fitting(problem, fitting, sizeof fitting);
        return fail(err, PTG_ERROR_USAGE, "The objective '%.90s' does not exist for %s problems; choose one of %s.",
                    text_shown(text_of(given), &shown), problem_names[problem], fitting);
    }
    double parameter = 0;
    if (m == &metric_pinball) TRY(read_quantile(argument, &parameter, err));
    *out = (objective){
        .metric = m, .parameter = parameter, .stopping = metric_find(m->stopping[problem]), .loss = m->loss[problem]};
    return PTG_OK;
}

double objective_score(const objective *o, const metric_input *rows)
{
    metric_input in = *rows;
    in.parameter = o->parameter;
    return o->metric->score(&in);
}

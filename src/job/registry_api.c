/* Everything registered, as JSON and as help text. */
#include <string.h>

#include "compute/machine.h"
#include "evaluate/metrics.h"
#include "job/request.h"
#include "learn/algorithm.h"
#include "pilotage/pilotage.h"
#include "profile/finding.h"
#include "transform/transformer.h"

static json_t *parameters_json(const parameter *rows, int32_t n)
{
    json_t *out = json_array();
    for (int32_t i = 0; out && i < n; i++)
        json_array_append_new(out, parameter_json(&rows[i]));
    return out;
}

static json_t *entry(const char *name, const char *text_of_it, const parameter *rows, int32_t n)
{
    return json_pack("{s:s,s:s,s:o}", "name", name, "text", text_of_it, "parameters", parameters_json(rows, n));
}

static json_t *registry_json(ptg_error *err)
{
    json_t *all_transformers = json_array(), *all_algorithms = json_array(), *all_metrics = json_array(),
           *all_findings = json_array(), *all_options = json_array();
    for (int32_t i = 0; i < n_transformers; i++)
        json_array_append_new(all_transformers, entry(transformers[i]->name, transformers[i]->text, transformers[i]->parameters,
                                                      transformers[i]->n_parameters));
    for (int32_t i = 0; i < n_algorithms; i++)
        json_array_append_new(all_algorithms, entry(algorithms[i]->name, algorithms[i]->text, algorithms[i]->parameters,
                                                    algorithms[i]->n_parameters));
    for (int32_t i = 0; i < n_metrics; i++)
        json_array_append_new(all_metrics, metric_json(metrics[i]));
    for (int32_t i = 0; i < finding_count(); i++)
        json_array_append_new(all_findings, finding_json(finding_at(i)));
    for (int32_t i = 0; i < n_option_rows; i++)
        json_array_append_new(all_options, option_json(&option_rows[i]));
    machine m;
    json_t *compute = machine_read(&m, err) == PTG_OK ? compute_json(&m) : NULL;
    if (!compute) compute = json_object();
    json_t *out = json_pack("{s:o,s:o,s:o,s:o,s:o,s:o}", "transformers", all_transformers, "algorithms", all_algorithms,
                            "metrics", all_metrics, "findings", all_findings, "options", all_options, "compute", compute);
    if (out) json_object_set(out, "instances", json_object_get(compute, "instances"));
    return out;
}

ptg_status ptg_registry(char **json, ptg_error *err)
{
    json_t *all = registry_json(err);
    if (!all) return fail_memory(err);
    text_buffer b = {0};
    json_write(&b, all, 1, false);
    json_decref(all);
    *json = text_buffer_take(&b);
    return *json ? PTG_OK : fail_memory(err);
}

static void append_parameter(text_buffer *b, const parameter *p)
{
    text_print(b, "  %s (%s)", p->name, p->standard);
    if (p->choices) {
        text_append(b, " one of");
        for (int i = 0; p->choices[i]; i++)
            text_print(b, "%s %s", i ? "," : "", p->choices[i]);
    }
    if (p->searched && p->search_values)
        text_print(b, " searched %s", p->search_values);
    else if (p->searched)
        text_print(b, " searched %g ... %g%s", p->search_min, p->search_max, p->log_scale ? " log" : "");
    text_print(b, "\n      %s\n", p->text);
}

static void append_entry(text_buffer *b, const char *kind, const char *name, const char *said, const parameter *rows, int32_t n)
{
    text_print(b, "%s (%s)\n\n%s\n", name, kind, said);
    if (n) text_append(b, "\nParameters (default):\n");
    for (int32_t i = 0; i < n; i++)
        append_parameter(b, &rows[i]);
}

ptg_status ptg_help(const char *name, char **help, ptg_error *err)
{
    text_buffer b = {0};
    const transformer *t = transformer_find(name);
    const algorithm *a = algorithm_find(name);
    const metric *m = metric_find(name);
    const finding_kind *f = finding_find(name);
    if (t) append_entry(&b, "transformer", t->name, t->text, t->parameters, t->n_parameters);
    if (a) append_entry(&b, "algorithm", a->name, a->text, a->parameters, a->n_parameters);
    if (m) append_entry(&b, "metric", m->name, m->text, NULL, 0);
    if (f) finding_page(f, &b);
    text_shown_buffer shown;
    if (!b.size && !b.failed)
        return fail(err, PTG_ERROR_USAGE, "There is no command, transformer, algorithm, metric or finding '%s'.",
                    text_shown(text_of(name), &shown));
    *help = text_buffer_take(&b);
    return *help ? PTG_OK : fail_memory(err);
}

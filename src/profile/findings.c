/* The registry of findings over its families, and findings.json: all checks in table order, then most severe first. */
#include "profile/finding.h"

#include <string.h>

#include "profile/profile_document.h"

/* In the order in which findings of one severity are shown. */
static const finding_family families[] = {
    {findings_target, &n_findings_target},   {findings_columns, &n_findings_columns}, {findings_pairs, &n_findings_pairs},
    {findings_numbers, &n_findings_numbers}, {findings_cells, &n_findings_cells},     {findings_names, &n_findings_names},
    {findings_lines, &n_findings_lines},     {findings_reading, &n_findings_reading}, {findings_leaks, &n_findings_leaks},
    {findings_rows, &n_findings_rows},       {findings_model, &n_findings_model},
};
#define N_FAMILIES ((int)(sizeof families / sizeof families[0]))

int32_t finding_count(void)
{
    int32_t n = 0;
    for (int k = 0; k < N_FAMILIES; ++k)
        n += *families[k].n;
    return n;
}

const finding_kind *finding_at(int32_t i)
{
    int k = 0;
    for (; i >= *families[k].n; ++k)
        i -= *families[k].n;
    return &families[k].kinds[i];
}

const finding_kind *finding_find(const char *id)
{
    for (int32_t i = 0; i < finding_count(); ++i) {
        if (strcmp(finding_at(i)->id, id) == 0) return finding_at(i);
    }
    return NULL;
}

static json_t *json_of(const char *zero_terminated)
{
    return json_text(text_of(zero_terminated));
}

json_t *finding_json(const finding_kind *kind)
{
    bool failed = false;
    json_t *out = json_object();
    profile_put(out, "name", json_of(kind->id), &failed);
    profile_put(out, "text", json_of(kind->text), &failed);
    profile_put(out, "decided", json_of(kind->decided), &failed);
    profile_put(out, "threshold", json_number(kind->threshold), &failed);
    profile_put(out, "severity", json_of(kind->severity), &failed);
    profile_put(out, "advice", json_of(kind->advice), &failed);
    profile_put(out, "fix", json_of(kind->fix), &failed);
    profile_put(out, "ignore", json_of(kind->ignore), &failed);
    profile_put(out, "example", json_of(kind->example), &failed);
    if (!failed) return out;
    json_decref(out);
    return NULL;
}

void finding_page(const finding_kind *kind, text_buffer *out)
{
    text_print(out, "%s\n\n%s\n\nHow it is decided: %s\nSeverity: %s\nWhat to do: %s\n", kind->id, kind->text, kind->decided,
               kind->severity, kind->advice);
    if (kind->fix != NULL) text_print(out, "Its fix: %s\n", kind->fix);
    text_print(out, "When to ignore it: %s\nExample: %s\n", kind->ignore, kind->example);
}

/* Drops what a check reported from row `from` on that is not beyond the threshold: one that reports anything above 0 has no
 * other place for a threshold that a reader set. */
static void drop_below(json_t *out, size_t from, double threshold)
{
    for (size_t i = json_array_size(out); i-- > from;) {
        if (json_real_or(json_array_get(out, i), "value", threshold) <= threshold) json_array_remove(out, i);
    }
}

static ptg_status run_checks(const finding_context *context, ptg_error *err)
{
    for (int32_t i = 0; i < finding_count(); ++i) {
        finding_kind kind = *finding_at(i);
        const size_t before = json_array_size(context->out);
        kind.threshold = json_real_or(context->facts->thresholds, kind.id, kind.threshold);
        TRY(kind.check(context, &kind, err));
        if (finding_at(i)->threshold == 0 && kind.threshold > 0) drop_below(context->out, before, kind.threshold);
    }
    return PTG_OK;
}

/* Appends the findings of one severity, in their order. */
static void take_severity(json_t *out, const json_t *found, const char *severity, bool *failed)
{
    for (size_t i = 0; i < json_array_size(found); ++i) {
        json_t *row = json_array_get(found, i);
        if (strcmp(json_text_or(row, "severity", ""), severity) == 0) profile_append(out, json_incref(row), failed);
    }
}

ptg_status findings_make(const frame *f, const profile_facts *facts, json_t **out, ptg_error *err)
{
    bool failed = false;
    json_t *found = json_array(), *sorted = json_array();
    ptg_status status = found == NULL || sorted == NULL
                            ? fail_memory(err)
                            : run_checks(&(finding_context){.f = f, .facts = facts, .out = found}, err);
    for (int k = 0; k < 3 && status == PTG_OK; ++k)
        take_severity(sorted, found, finding_severity_names[k], &failed);
    if (failed) status = fail_memory(err);
    json_decref(found);
    if (status == PTG_OK) {
        *out = sorted;
    } else {
        json_decref(sorted);
    }
    return status;
}

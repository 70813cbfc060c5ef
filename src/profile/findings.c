/* The registry of findings over its families, and findings.json: all checks in table order, then most severe first. */
#include "profile/finding.h"

#include <string.h>

#include "base/memory.h"
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

/* Drops what a check reported that is not beyond the threshold: one that reports anything above 0 has no
 * other place for a threshold that a reader set. */
static void drop_below(json_t *out, double threshold)
{
    for (size_t i = json_array_size(out); i-- > 0;) {
        if (json_real_or(json_array_get(out, i), "value", threshold) <= threshold) json_array_remove(out, i);
    }
}

typedef struct check_work {
    const frame *f;
    const profile_facts *facts;
    json_t **found; /* of each kind: its findings */
} check_work;

static ptg_status run_check(void *context, int64_t i, ptg_error *err)
{
    const check_work *w = context;
    const finding_kind *listed = finding_at((int32_t)i);
    finding_kind kind = *listed;
    kind.threshold = json_real_or(w->facts->thresholds, kind.id, kind.threshold);
    TRY(kind.check(&(finding_context){.f = w->f, .facts = w->facts, .out = w->found[i]}, &kind, err));
    if (listed->threshold == 0 && kind.threshold > 0) drop_below(w->found[i], kind.threshold);
    return PTG_OK;
}

/* Appends the findings of one severity, in the order of the kinds. */
static void take_severity(json_t *out, const check_work *w, const char *severity, bool *failed)
{
    for (int32_t i = 0; i < finding_count(); ++i) {
        for (size_t k = 0; k < json_array_size(w->found[i]); ++k) {
            json_t *row = json_array_get(w->found[i], k);
            if (strcmp(json_text_or(row, "severity", ""), severity) == 0) profile_append(out, json_incref(row), failed);
        }
    }
}

static ptg_status findings_list(const check_work *w, json_t **out, ptg_error *err)
{
    bool failed = false;
    json_t *sorted = json_array();
    for (int k = 0; k < 3; ++k)
        take_severity(sorted, w, finding_severity_names[k], &failed);
    if (!failed && sorted != NULL) {
        *out = sorted;
        return PTG_OK;
    }
    json_decref(sorted);
    return fail_memory(err);
}

/* Each kind reports into a list of its own, so that the checks may run at the same time. */
ptg_status findings_make(const frame *f, const profile_facts *facts, pool *threads, json_t **out, ptg_error *err)
{
    const int32_t n = finding_count();
    check_work work = {.f = f, .facts = facts, .found = mem_array(n, sizeof *work.found)};
    ptg_status status = work.found == NULL ? fail_memory(err) : PTG_OK;
    for (int32_t i = 0; status == PTG_OK && i < n; ++i) {
        work.found[i] = json_array();
        if (work.found[i] == NULL) status = fail_memory(err);
    }
    if (status == PTG_OK) status = pool_run(threads, n, run_check, &work, err);
    if (status == PTG_OK) status = findings_list(&work, out, err);
    for (int32_t i = 0; work.found != NULL && i < n; ++i)
        json_decref(work.found[i]);
    mem_free(work.found);
    return status;
}

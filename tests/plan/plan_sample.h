/* A small valid plan for tests, and edits of it. Its columns: a, b numeric, c categorical, y the target, w, g, t at hand as
 * weight, group and time. */
#ifndef TESTS_PLAN_SAMPLE_H
#define TESTS_PLAN_SAMPLE_H

#include "plan/plan.h"

#include "../base/check.h"

static const char plan_sample_text[] =
    "{\"version\": 1, \"problem_type\": \"binary\", \"objective\": \"auc\", \"positive_class\": \"yes\", \"seed\": 7,"
    " \"columns\": {"
    "  \"a\": {\"type\": \"numeric\", \"role\": \"feature\", \"missing_tokens\": [], \"reason\": \"Numbers.\"},"
    "  \"b\": {\"type\": \"numeric\", \"role\": \"feature\"},"
    "  \"c\": {\"type\": \"categorical\", \"role\": \"feature\", \"missing_tokens\": []},"
    "  \"emp.var.rate\": {\"type\": \"numeric\", \"role\": \"ignored\"},"
    "  \"w\": {\"type\": \"numeric\", \"role\": \"ignored\"},"
    "  \"g\": {\"type\": \"categorical\", \"role\": \"ignored\"},"
    "  \"t\": {\"type\": \"numeric\", \"role\": \"ignored\"},"
    "  \"y\": {\"type\": \"categorical\", \"role\": \"target\"}},"
    " \"validation\": {\"kind\": \"folds\", \"folds\": 4, \"fraction\": 0.2, \"reason\": \"Few rows.\"},"
    " \"pipelines\": {"
    "  \"dpp0\": [{\"step\": \"RobustOrdinalEncoder\", \"columns\": [\"c\"], \"parameters\": {}}],"
    "  \"dpp1\": [{\"step\": \"TargetEncoder\", \"columns\": [\"c\"], \"parameters\": {}}]},"
    " \"candidates\": {"
    "  \"dpp0-lightgbm\": {\"pipeline\": \"dpp0\", \"algorithm\": \"lightgbm\", \"static\": {\"rounds\": 50}, \"ranges\": {"
    "    \"learning_rate\": {\"type\": \"continuous\", \"min\": 0.01, \"max\": 0.2, \"scale\": \"log\"},"
    "    \"num_leaves\": {\"type\": \"integer\", \"min\": 4, \"max\": 200, \"scale\": \"log\"},"
    "    \"feature_fraction\": {\"type\": \"continuous\", \"min\": 0.4, \"max\": 1, \"scale\": \"linear\"},"
    "    \"extra_trees\": {\"type\": \"categorical\", \"values\": [false, true]}},"
    "   \"enabled\": true, \"reason\": \"Trees.\"},"
    "  \"dpp1-linear-learner\": {\"pipeline\": \"dpp1\", \"algorithm\": \"linear-learner\", \"static\": {}, \"ranges\": {"
    "    \"l2\": {\"type\": \"continuous\", \"min\": 1e-6, \"max\": 1, \"scale\": \"log\"}}, \"enabled\": true, \"reason\": "
    "\"Lines.\"},"
    "  \"dpp0-extra-trees\": {\"pipeline\": \"dpp0\", \"algorithm\": \"extra-trees\", \"static\": {}, \"ranges\": {"
    "    \"min_data_in_leaf\": {\"type\": \"integer\", \"min\": 1, \"max\": 40}}, \"enabled\": true, \"reason\": \"More "
    "trees.\"}},"
    " \"tuning\": {\"strategy\": \"random\", \"max_trials\": 10, \"time_limit\": null, \"parallel\": null, \"lag\": 8, "
    "\"mode\": \"auto\"},"
    " \"compute\": {\"target\": \"local\", \"instance\": \"local\", \"price_per_hour\": 0}}";

static inline json_t *sample_document(void)
{
    json_t *document;
    ptg_error err;
    CHECK_OK(json_read(text_of(plan_sample_text), "sample", &document, &err));
    return document;
}

/* Sets the value at a pointer to JSON, or removes it where `value` is NULL. */
static inline void sample_edit(json_t *document, const char *pointer, const char *value)
{
    ptg_error err;
    if (value) {
        CHECK_OK(plan_set(document, pointer, value, &err));
        return;
    }
    json_t *at = document;
    const char *part = pointer + 1;
    for (size_t size; part[size = strcspn(part, "/")] != '\0'; part += size + 1)
        at = json_object_getn(at, part, size);
    assert_int_equal(json_object_del(at, part), 0);
}

/* The sample after edits: pairs of pointer and value, ended by a NULL pointer. */
static inline plan *sample_plan(const char *const edits[])
{
    ptg_error err;
    plan *p;
    json_t *document = sample_document();
    for (int i = 0; edits && edits[i]; i += 2)
        sample_edit(document, edits[i], edits[i + 1]);
    CHECK_OK(plan_read(document, &p, &err));
    json_decref(document);
    return p;
}

#endif

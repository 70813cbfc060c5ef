/* From a profile to a plan: columns, split, pipelines, candidates with ranges, limits; each choice with its reason in words. */
#ifndef PLAN_PLAN_MAKE_H
#define PLAN_PLAN_MAKE_H

#include "plan/plan.h"
#include "plan/plan_budget.h"
#include "profile/profile.h"

/* What the user asked for; zero and NULL mean "not said". */
typedef struct plan_wishes {
    const char *objective;
    const char *mode; /* "auto", "tuning", "ensembling" */
    int64_t max_trials;
    double time_limit;
    int32_t parallel;
    int32_t folds;
    double validation_fraction;
    bool validation_file; /* the last `validation_rows` rows of the frame came from --validation */
    int64_t validation_rows;
    const char *group, *time;
    const json_t *algorithms; /* array of names; NULL = all that are available */
    const char *instance;
    uint64_t seed;
} plan_wishes;

/* Makes the document of plan.json (new reference). Algorithms whose library is missing are left out, with a sentence for each
 * in `missing` (array of texts, new reference). Statuses as interface.md: PTG_ERROR_USAGE for wishes that do not fit,
 * PTG_ERROR_DATA for data that cannot be split as asked. */
ptg_status plan_make(const frame *f, const profile_facts *facts, const plan_wishes *wishes, json_t **document, json_t **missing,
                     ptg_error *err);

/* Parts, each in its own file. */

/* The folds that size (or the user) asks for before time is looked at; 1 = one split. */
int32_t plan_folds(const profile_facts *facts, const plan_wishes *wishes);
/* `seconds`: what the first six candidates take with plan_folds. */
ptg_status plan_make_validation(const profile_facts *facts, const plan_wishes *wishes, double seconds, json_t **out,
                                ptg_error *err);
ptg_status plan_make_candidates(const frame *f, const profile_facts *facts, const plan_wishes *wishes, const budget *b,
                                json_t *document, json_t *missing, ptg_error *err);
/* The steps of dpp0 ... dpp3 for the feature columns of `facts`; without facts all steps that such a pipeline can have, in
 * their order. An empty array for another name. New reference. */
ptg_status plan_pipeline_steps(const char *pipeline, const frame *f, const profile_facts *facts, json_t **steps,
                               ptg_error *err);
/* Counted work of one fold of the first six candidates of a document; NaN when out of memory. */
double plan_work(const json_t *document, const budget *b);

#endif

/* Checks of whole tables by the profile's own small model, and what goes with them: leaks, groups, time, order of rows, drift,
 * label noise, anomalous rows. One call fills the facts that findings and profile.json read. Definitions:
 * docs/formats/profile.md, "Checks". */
#ifndef PROFILE_MODEL_CHECKS_H
#define PROFILE_MODEL_CHECKS_H

#include "profile/drift.h"
#include "profile/isolation_forest.h"
#include "profile/label_noise.h"
#include "profile/leak_checks.h"
#include "profile/order_checks.h"
#include "profile/split_checks.h"

typedef struct model_checks {
    int64_t rows;      /* of the sample that the small model saw; 0: no target, only anomalies and drift were looked for */
    int32_t columns;   /* features that it saw */
    small_score score; /* with all of them */
    leak_checks leaks;
    order_checks order;
    split_checks splits;
    label_noise noise;
    drift_check drift, drift_time;
    anomalies anomalies;
} model_checks;

struct profile_facts;
struct profile_request;
/* Fills `*out`, made in the facts' arena, from facts whose columns, roles and target are complete. Rows with `copy` set repeat
 * others and are not looked at by the small model. */
ptg_status model_checks_make(const frame *f, const struct profile_request *request, const struct profile_facts *facts,
                             const bool *copy, model_checks **out, ptg_error *err);

#endif

/* Pipelines as candidates run them; for plan_read.c. */
#ifndef PLAN_PLAN_STEPS_H
#define PLAN_PLAN_STEPS_H

#include "base/json.h"

/* `pipelines` (checked) without the columns whose role in `columns` is not feature. `*out` is a new reference, also on failure.
 */
ptg_status plan_used_steps(const json_t *pipelines, const json_t *columns, json_t **out, ptg_error *err);

#endif

/* The member "rows" of plan.json. */
#ifndef PLAN_PLAN_ROWS_H
#define PLAN_PLAN_ROWS_H

#include "plan/plan.h"

/* Reads it into p->rows; a plan without it uses all rows as they are. */
ptg_status plan_rows_read(plan *p, ptg_error *err);
/* What a plan begins with: nothing is left out. New reference. */
json_t *plan_rows_default(void);
/* Whether the row numbers are in the table. */
ptg_status plan_rows_check(const plan *p, const frame *f, ptg_error *err);

#endif

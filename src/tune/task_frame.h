/* The table as a plan reads it. */
#ifndef TUNE_TASK_FRAME_H
#define TUNE_TASK_FRAME_H

#include "plan/plan.h"

/* The frame with the plan's types, missing tokens, left-out rows (they have no target) and labels. `*out` is NULL where the
 * plan reads it as it is. The last `validation_rows` rows came from --validation: they are no duplicates of the others, and no
 * rows to leave out. */
ptg_status task_frame(const plan *p, const frame *f, int64_t validation_rows, frame **out, ptg_error *err);

#endif

/* Two frames as one: the rows of --validation stand behind those of the table. */
#ifndef JOB_FRAME_PARTS_H
#define JOB_FRAME_PARTS_H

#include "table/frame.h"

/* PTG_ERROR_DATA naming the first column of `a` that `b` lacks; `path` is the file of b. */
ptg_status frame_check_same_columns(const frame *a, const frame *b, const char *path, ptg_error *err);
/* The columns of `a` with the rows of both; types are those of `a`. */
ptg_status frame_join(const frame *a, const frame *b, frame **out, ptg_error *err);

#endif

/* Two frames as one: the rows of --validation stand behind those of the table. */
#ifndef JOB_FRAME_PARTS_H
#define JOB_FRAME_PARTS_H

#include "table/frame.h"

/* PTG_ERROR_DATA naming the first column of `a` that `b` lacks; `path` is the file of b. */
ptg_status frame_check_same_columns(const frame *a, const frame *b, const char *path, ptg_error *err);

typedef struct frame_join_request {
    const frame *a, *b;
    int32_t target; /* column of a; rows of b with a label that is not in `labels` lose it */
    const text *labels;
    int32_t n_labels; /* 0: any target is known */
} frame_join_request;
/* The columns of `a` with the rows of both; types are those of `a`. `*known` counts the rows of b that have a known target. */
ptg_status frame_join(const frame_join_request *request, frame **out, int64_t *known, ptg_error *err);

#endif

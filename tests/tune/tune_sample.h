/* The table of the sample plan, and tasks made of both in a scratch folder. */
#ifndef TESTS_TUNE_SAMPLE_H
#define TESTS_TUNE_SAMPLE_H

#include <math.h>

#include "../plan/plan_sample.h"
#include "base/random.h"
#include "tune/job_task.h"

enum { SAMPLE_ROWS = 240 };

/* 240 rows: y follows a and c; w is 0 in every tenth row; g has 12 groups and is missing in rows 0 and 1; t is the row's number
 * backwards; y is missing in row 5. */
static inline frame *sample_frame(double shift)
{
    static const char *const levels[] = {"red", "green", "blue"}, *const labels[] = {"no", "yes"};
    static double a[SAMPLE_ROWS], b[SAMPLE_ROWS], w[SAMPLE_ROWS], t[SAMPLE_ROWS];
    static text c[SAMPLE_ROWS], g[SAMPLE_ROWS], y[SAMPLE_ROWS];
    static char groups[SAMPLE_ROWS][16];
    random_stream r = random_of(5, "sample");
    for (int i = 0; i < SAMPLE_ROWS; i++) {
        int level = (int)random_below(&r, 3);
        a[i] = random_normal(&r) + (i == 0 ? shift : 0);
        b[i] = i % 13 == 0 ? NAN : random_unit(&r);
        w[i] = i % 10 == 0 ? 0 : 1 + i % 3;
        t[i] = SAMPLE_ROWS - i;
        snprintf(groups[i], sizeof groups[i], "group%d", i / 20);
        c[i] = text_of(levels[level]);
        g[i] = i < 2 ? (text){0} : text_of(groups[i]);
        y[i] = i == 5 ? (text){0} : text_of(labels[random_unit(&r) < 1 / (1 + exp(-2 * a[i] - level + 1))]);
    }
    ptg_error err;
    frame *f;
    frame_builder *to = frame_builder_new(SAMPLE_ROWS);
    CHECK_OK(frame_builder_numbers(to, text_of("a"), COLUMN_NUMERIC, a, &err));
    CHECK_OK(frame_builder_numbers(to, text_of("b"), COLUMN_NUMERIC, b, &err));
    CHECK_OK(frame_builder_texts(to, text_of("c"), c, COLUMN_CATEGORICAL, &err));
    CHECK_OK(frame_builder_numbers(to, text_of("emp.var.rate"), COLUMN_NUMERIC, b, &err));
    CHECK_OK(frame_builder_numbers(to, text_of("w"), COLUMN_NUMERIC, w, &err));
    CHECK_OK(frame_builder_texts(to, text_of("g"), g, COLUMN_CATEGORICAL, &err));
    CHECK_OK(frame_builder_numbers(to, text_of("t"), COLUMN_NUMERIC, t, &err));
    CHECK_OK(frame_builder_texts(to, text_of("y"), y, COLUMN_CATEGORICAL, &err));
    CHECK_OK(frame_builder_end(to, &f, &err));
    return f;
}

/* An empty job folder. */
static inline char *sample_job(void)
{
    char *job = make_scratch(), *data = file_join(job, "data");
    ptg_error err;
    CHECK_OK(file_make_folder(data, 0700, &err));
    mem_free(data);
    return job;
}

static inline task *sample_task(const plan *p, const char *job, int64_t validation_rows)
{
    task *t;
    ptg_error err;
    CHECK_OK(task_make(p, sample_frame(0), validation_rows, job, &t, &err));
    return t;
}

#endif

/* A small table and models of it, for the tests of this room. */
#ifndef TESTS_MODEL_SAMPLE_H
#define TESTS_MODEL_SAMPLE_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "learn/algorithm.h"
#include "model/container.h"
#include "model/predict.h"

#include "learn/linear_model.h"
#include "pilotage/model.h"

#include <cmocka.h> /* after ours: it has a macro named fail */

extern const algorithm algorithm_linear_learner, algorithm_baseline;

static inline void sample_check(ptg_status status, const ptg_error *err)
{
    if (status != PTG_OK) fail_msg("%d: %s", (int)status, err->message);
}

/* A file with this text in a temporary folder; static name, overwritten by the next call with the same name. */
static inline const char *sample_file(const char *name, const char *content)
{
    static char paths[4][64];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "/tmp/ptg-test-model-%d-%s", (int)getpid(), name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    if (content) assert_int_equal(fwrite(content, 1, strlen(content), f), strlen(content));
    fclose(f);
    return path;
}

/* 60 rows: a (numbers, some missing), b (numbers), colour (categories), kind (red or blue, from a and b), y. */
static inline const char *sample_table(void)
{
    text_buffer b = {0};
    text_append(&b, "a,b,colour,kind,y\n");
    for (int i = 0; i < 60; i++) {
        double x = sin(i * 1.3), z = cos(i * 0.7);
        if (i % 9 == 4)
            text_append(&b, ",");
        else
            text_print(&b, "%.4f,", x);
        text_print(&b, "%.3f,%s,%s,%.3f\n", z, i % 3 ? "green" : "grey", x + 0.5 * z + 0.4 * sin(i * 5.1) > 0 ? "red" : "blue",
                   x - z);
    }
    const char *path = sample_file("train.csv", b.data);
    text_buffer_clear(&b);
    return path;
}

typedef struct sample_options {
    bool regression, multiclass, with_colour;
    const algorithm *learner; /* NULL: linear-learner */
    int32_t n_folds;          /* fold models, each fitted without every n-th row; 0 = 1 on all rows */
} sample_options;

static inline double sample_target(const frame *f, const sample_options *o, int64_t row)
{
    if (o->regression) return frame_column(f, frame_find(f, text_of("y")))->numbers[row];
    if (o->multiclass) return (double)(row % 3);
    return frame_column(f, frame_find(f, text_of("kind")))->codes[row];
}

static inline void sample_fit_fold(const frame *f, const sample_options *o, int32_t leave, model_fold *fold)
{
    ptg_error err = {0};
    int64_t rows[64], n = 0;
    double target[64];
    for (int64_t i = 0; i < frame_rows(f); i++) {
        if (o->n_folds && i % o->n_folds == leave) continue;
        target[n] = sample_target(f, o, i);
        rows[n++] = i;
    }
    int32_t columns[3] = {frame_find(f, text_of("a")), frame_find(f, text_of("b")), frame_find(f, text_of("colour"))};
    matrix *x = NULL, *seen = NULL;
    problem_type problem = o->regression ? PROBLEM_REGRESSION : o->multiclass ? PROBLEM_MULTICLASS : PROBLEM_BINARY;
    sample_check(matrix_from_frame(f, columns, o->with_colour ? 3 : 2, (row_list){rows, n}, &x, &err), &err);
    pipeline_plan plan = {0};
    pipeline_fit_input in = {.columns = x, .problem = problem, .n_classes = 3, .target = target};
    sample_check(pipeline_fit(&plan, &in, &fold->steps, &seen, &err), &err);
    const algorithm *a = o->learner ? o->learner : &algorithm_linear_learner;
    arena *scratch = arena_new();
    parameter_value *values = NULL;
    sample_check(parameter_read(a->parameters, a->n_parameters, NULL, "static", scratch, &values, &err), &err);
    learn_task task = {.problem = problem,
                       .n_classes = o->multiclass ? 3 : 2,
                       .parameters = values,
                       .threads = 1,
                       .loss = o->regression   ? LOSS_SQUARED
                               : o->multiclass ? LOSS_SOFTMAX
                                               : LOSS_LOGISTIC,
                       .train = {seen, target, NULL}};
    learner *l = NULL;
    sample_check(a->fit(&task, 0, &l, &err), &err);
    sample_check(a->finish(l, 0, &fold->learner, &err), &err);
    a->close(l);
    arena_free(scratch);
    matrix_free(seen);
    matrix_free(x);
}

/* A complete model with one member, "dpp0-sample". Labels: blue, red (positive); or the given three. */
static inline model *sample_model(const sample_options *o)
{
    ptg_error err = {0};
    frame *f = NULL;
    sample_check(frame_read(sample_table(), NULL, &f, &err), &err);
    model *m = model_new();
    assert_non_null(m);
    m->problem = o->regression ? PROBLEM_REGRESSION : o->multiclass ? PROBLEM_MULTICLASS : PROBLEM_BINARY;
    m->n_classes = o->regression ? 0 : o->multiclass ? 3 : 2;
    m->classes = arena_array(m->memory, 3, sizeof *m->classes);
    static const char *const labels[] = {"blue", "red", "with,comma"};
    for (int32_t k = 0; k < m->n_classes; k++)
        m->classes[k] = text_of(labels[k]);
    m->positive = m->problem == PROBLEM_BINARY ? 1 : -1;
    m->target = o->regression ? "y" : "kind";
    m->objective = o->regression ? "rmse" : o->multiclass ? "log_loss" : "auc";
    m->n_training_rows = frame_rows(f);
    m->floor = o->regression ? 0 : model_floor(m->n_training_rows, m->n_classes);
    m->schema = frame_schema(f);
    int32_t n_folds = o->n_folds ? o->n_folds : 1;
    sample_check(model_make_members(m, 1, &err), &err);
    sample_check(model_make_folds(m, 0, "dpp0-sample", 1, n_folds, &err), &err);
    for (int32_t j = 0; j < n_folds; j++)
        sample_fit_fold(f, o, j, &m->members[0].folds[j]);
    frame_free(f);
    sample_check(model_complete(m, &err), &err);
    return m;
}

#endif

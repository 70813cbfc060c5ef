/* What the folds of a job share: borders of numbers are of the rows that folds train on, and of no other. */
#include "tune_sample.h"

#include "tune/fold_work.h"

/* A job of the sample whose fold 0 `boost` trained. `fold` is the split of the job without moved rows: in the frame, column a
 * of the rows that fold 0 holds out is moved by 1000. */
static char *trained_job(const char *validation, const int32_t *fold, int32_t *fold_out)
{
    const char *const edits[] = {"/validation", validation, NULL};
    ptg_error err;
    char *job = sample_job(), *folder = file_join(job, "trials"), *trial = file_join(folder, "key");
    frame *f = sample_frame(0);
    double *a = (double *)(uintptr_t)frame_column(f, 0)->numbers; /* not mapped yet */
    for (int i = 0; fold && i < SAMPLE_ROWS; i++)
        if (fold[i] == 0) a[i] += 1000;
    plan *p = sample_plan(edits);
    task *t;
    fold_context *context;
    fold_outcome outcome;
    json_t *curve,
        *parameters = json_pack("{s:i,s:i,s:i,s:i}", "rounds", 9, "patience", 9, "border_count", 8, "number_ctr_rows", 0);
    fold_item item = {.key = "key", .steps = p->candidates[0].steps, .algorithm = "boost", .parameters = parameters};
    CHECK_OK(task_make(p, f, 0, job, &t, &err));
    CHECK_OK(file_make_folder(folder, 0700, &err));
    CHECK_OK(file_make_folder(trial, 0700, &err));
    CHECK_OK(fold_context_new(p, t, job, 1, 0, &context, &err));
    CHECK_OK(fold_fit(context, &item, 0, &curve, &err));
    CHECK_OK(fold_finish(context, &item, 9, &outcome, &err));
    memcpy(fold_out, t->split.fold, SAMPLE_ROWS * sizeof *fold_out);
    fold_context_free(context);
    json_decref(curve);
    json_decref(parameters);
    task_free(t);
    plan_free(p);
    mem_free(trial);
    mem_free(folder);
    return job;
}

static char *model_of(const char *job, int64_t *size)
{
    ptg_error err;
    char *path = file_join(job, "trials/key/fold-0.model"), *data;
    CHECK_OK(file_read(path, &data, size, &err));
    mem_free(path);
    return data;
}

/* Whether the model of fold 0 is the same when the rows that it holds out have other values. */
static bool held_out_values_count(const char *validation)
{
    static int32_t first[SAMPLE_ROWS], again[SAMPLE_ROWS];
    char *job = trained_job(validation, NULL, first), *moved = trained_job(validation, first, again);
    int64_t size, moved_size;
    char *model = model_of(job, &size), *moved_model = model_of(moved, &moved_size);
    assert_memory_equal(first, again, sizeof first);
    bool differs = size != moved_size || memcmp(model, moved_model, (size_t)size) != 0;
    mem_free(model);
    mem_free(moved_model);
    remove_scratch(job);
    remove_scratch(moved);
    return differs;
}

static void borders_are_of_rows_that_are_trained_on(void **state)
{
    (void)state;
    assert_false(held_out_values_count("{\"kind\": \"split\", \"folds\": 1, \"fraction\": 0.2}"));
    assert_true(held_out_values_count("{\"kind\": \"folds\", \"folds\": 4, \"fraction\": 0.2}"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(borders_are_of_rows_that_are_trained_on)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What learners are told of a job besides matrices: bins of the table, whose borders are of the rows that folds train on and of
 * no other; groups and times. */
#include "tune_sample.h"

#include "tune/fold_work.h"

/* Validation by the last rows, whatever the groups are. */
enum { FILE_ROWS = 40 };
#define BY_FILE "{\"kind\": \"file\", \"folds\": 1, \"fraction\": 0.2}"

/* A job of the sample, edited, whose fold 0 `boost` trained. `fold` is the split of the job without moved rows: in the frame,
 * column a of the rows that fold 0 holds out is moved by 1000. */
static char *trained_job(const char *const edits[], const int32_t *fold, int32_t *fold_out)
{
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
    CHECK_OK(task_make(p, f, strcmp(edits[1], BY_FILE) == 0 ? FILE_ROWS : 0, job, &t, &err));
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

static bool models_differ(const char *job, const char *other)
{
    int64_t size, other_size;
    char *model = model_of(job, &size), *other_model = model_of(other, &other_size);
    bool differ = size != other_size || memcmp(model, other_model, (size_t)size) != 0;
    mem_free(model);
    mem_free(other_model);
    return differ;
}

/* Whether the model of fold 0 is another when the rows that it holds out have other values. */
static bool held_out_values_count(const char *validation)
{
    static int32_t first[SAMPLE_ROWS], again[SAMPLE_ROWS];
    const char *const edits[] = {"/validation", validation, NULL};
    char *job = trained_job(edits, NULL, first), *moved = trained_job(edits, first, again);
    assert_memory_equal(first, again, sizeof first);
    bool differ = models_differ(job, moved);
    remove_scratch(job);
    remove_scratch(moved);
    return differ;
}

static void borders_are_of_rows_that_are_trained_on(void **state)
{
    (void)state;
    assert_false(held_out_values_count("{\"kind\": \"split\", \"folds\": 1, \"fraction\": 0.2}"));
    assert_true(held_out_values_count("{\"kind\": \"folds\", \"folds\": 4, \"fraction\": 0.2}"));
}

/* The same rows and split: a column's role alone changes what statistics of column c look at. */
static void groups_and_times_reach_the_learner(void **state)
{
    (void)state;
    static const char *const roles[][2] = {{"/columns/g/role", "group"}, {"/columns/t/role", "time"}};
    static int32_t first[SAMPLE_ROWS], again[SAMPLE_ROWS];
    char *plain = trained_job((const char *const[]){"/validation", BY_FILE, NULL}, NULL, first);
    for (int i = 0; i < 2; i++) {
        char *job = trained_job((const char *const[]){"/validation", BY_FILE, roles[i][0], roles[i][1], NULL}, NULL, again);
        assert_memory_equal(first, again, sizeof first);
        assert_true(models_differ(plain, job));
        remove_scratch(job);
    }
    remove_scratch(plain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(borders_are_of_rows_that_are_trained_on),
        cmocka_unit_test(groups_and_times_reach_the_learner),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Putting a model together from the files of trials: folds, the refit, weights, what is missing, and its way through a file. */
#include "../tune/tune_sample.h"
#include "job/assemble.h"
#include "tune/fold_work.h"
#include "tune/trial.h"

static char *job;
static plan *sample;
static task *sample_of;
static trial_spec linear, baseline;

static void fit(const trial_spec *spec, const char *algorithm_name)
{
    ptg_error err;
    fold_context *context;
    CHECK_OK(fold_context_new(sample, sample_of, job, 1, 0, &context, &err));
    fold_item item = {
        .key = spec->key, .steps = spec->candidate->steps, .algorithm = algorithm_name, .parameters = spec->parameters};
    for (item.fold = -1; item.fold < sample_of->split.n_folds; item.fold++) {
        fold_outcome ignored;
        CHECK_OK(fold_finish(context, &item, 0, &ignored, &err));
    }
    fold_context_free(context);
}

static assemble_request request_of(const assemble_part *parts, int32_t n)
{
    return (assemble_request){
        .plan = sample, .task = sample_of, .job = job, .parts = parts, .n_parts = n, .threshold = 0.25, .temperature = 1.5};
}

static void a_model_is_put_together(void **state)
{
    (void)state;
    assemble_part parts[] = {{"dpp1-linear-learner", linear.key, 0.75}, {"baseline", baseline.key, 0.25}};
    assemble_request request = request_of(parts, 2);
    for (int all_rows = 0; all_rows < 2; all_rows++) {
        model *m;
        ptg_error err;
        request.all_rows = all_rows != 0;
        CHECK_OK(assemble_model(&request, &m, &err));
        assert_int_equal(m->problem, PROBLEM_BINARY);
        assert_int_equal(m->n_classes, 2);
        assert_int_equal(m->positive, 1);
        assert_string_equal(m->target, "y");
        assert_string_equal(m->objective, "auc");
        assert_true(text_equal_to(m->classes[1], "yes"));
        assert_true(m->threshold == 0.25 && m->temperature == 1.5 && m->floor > 0);
        assert_int_equal(m->n_training_rows, SAMPLE_ROWS - 1);
        assert_int_equal(m->n_members, 2);
        for (int i = 0; i < 2; i++) {
            assert_string_equal(m->members[i].name, parts[i].name);
            assert_true(m->members[i].weight == parts[i].weight);
            assert_int_equal(m->members[i].n_folds, all_rows ? 1 : 4);
        }
        const json_t *columns = json_object_get(m->schema, "columns");
        assert_int_equal(json_object_size(columns), 3); /* features only */
        assert_null(json_object_get(columns, "y"));
        model_free(m);
    }
}

/* The same parts give the same bytes, and the file gives the same model. */
static void its_file_has_the_same_bytes(void **state)
{
    (void)state;
    assemble_part part = {"dpp1-linear-learner", linear.key, 1};
    assemble_request request = request_of(&part, 1);
    char *data[3];
    int64_t size[3];
    for (int i = 0; i < 3; i++) {
        char *path = file_join(job, "model.ptg");
        model *m;
        ptg_error err;
        if (i < 2)
            CHECK_OK(assemble_model(&request, &m, &err));
        else
            CHECK_OK(model_load(path, &m, &err));
        CHECK_OK(model_save(m, path, &err));
        CHECK_OK(file_read(path, &data[i], &size[i], &err));
        model_free(m);
        mem_free(path);
    }
    for (int i = 1; i < 3; i++) {
        assert_int_equal(size[0], size[i]);
        assert_memory_equal(data[0], data[i], (size_t)size[0]);
    }
    for (int i = 0; i < 3; i++)
        mem_free(data[i]);
}

static void missing_files_are_named(void **state)
{
    (void)state;
    assemble_part parts[] = {{"dpp1-linear-learner", linear.key, 1}, {"gone", "0123456789abcdef0123456789abcdef", 1}};
    assemble_request request = request_of(parts, 2);
    model *m;
    ptg_error err;
    CHECK_FAILS(PTG_ERROR_IO, "0123456789abcdef0123456789abcdef/fold-0.model", assemble_model(&request, &m, &err));
    assert_null(m);
}

#ifdef PTG_FAULTS
static void want_of_memory_is_reported(void **state)
{
    (void)state;
    assemble_part parts[] = {{"dpp1-linear-learner", linear.key, 0.5}, {"baseline", baseline.key, 0.5}};
    assemble_request request = request_of(parts, 2);
    ptg_status status = PTG_ERROR_MEMORY;
    for (int n = 1; status != PTG_OK; n++) {
        model *m;
        ptg_error err;
        mem_fail_at(n);
        status = assemble_model(&request, &m, &err);
        mem_fail_at(0);
        assert_true(status == PTG_OK ? m != NULL : m == NULL && n < 3000);
        model_free(m);
    }
}
#endif

static int setup(void **state)
{
    (void)state;
    ptg_error err;
    job = sample_job();
    sample = sample_plan(NULL);
    sample_of = sample_task(sample, job, 0);
    CHECK_OK(trial_propose(sample, sample_of, &sample->candidates[1], 0, &linear, &err));
    CHECK_OK(trial_baseline(sample, sample_of, &baseline, &err));
    fit(&linear, "linear-learner");
    fit(&baseline, "baseline");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    trial_spec_clear(&linear);
    trial_spec_clear(&baseline);
    task_free(sample_of);
    plan_free(sample);
    remove_scratch(job);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_model_is_put_together),
        cmocka_unit_test(its_file_has_the_same_bytes),
        cmocka_unit_test(missing_files_are_named),
#ifdef PTG_FAULTS
        cmocka_unit_test(want_of_memory_is_reported),
#endif
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

/* Results of trials: the rounds that folds share, results kept and read, folds' files and damage to them, pooling, the record.
 */
#include <math.h>
#include <sqlite3.h>

#include "tune/fold_file.h"
#include "tune/state.h"
#include "tune/trial.h"
#include "tune/trial_result.h"
#include "tune_sample.h"

static void rounds_are_shared(void **unused)
{
    (void)unused;
    static const struct {
        const char *stopping;
        int32_t n;
        double curves[3][5];
        int64_t sizes[3], rows[3];
        int64_t expected;
    } cases[] = {
        {"log_loss", 1, {{5, 4, 3, 4, 5}}, {5}, {10}, 3},
        {"auc", 1, {{0.5, 0.7, 0.9, 0.8, 0.9}}, {5}, {10}, 3}, /* the first of equals */
        {"log_loss", 2, {{5, 1, 5, 5}, {5, 5, 5, 4}}, {4, 4}, {10, 10}, 2},
        {"log_loss", 2, {{5, 1, 5, 5}, {5, 5, 5, 4}}, {4, 4}, {1, 10}, 4}, /* weighted by rows */
        {"log_loss", 2, {{3, 2}, {9, 8, 7, 6, 7}}, {2, 5}, {10, 10}, 4},   /* a short curve goes on with its last value */
        {"log_loss", 2, {{3, 2, 9}, {9, 8, 7, 6, 5}}, {3, 5}, {10, 10}, 2},
        {"log_loss", 1, {{NAN, 3, 2}}, {3}, {10}, 3},
        {"log_loss", 2, {{NAN, 3, 2}, {1, 2, 3}}, {3, 3}, {1, 100}, 1},
        {"log_loss", 1, {{NAN, NAN}}, {2}, {10}, 1},
        {"log_loss", 2, {{0}, {3, 2, 4}}, {0, 3}, {10, 10}, 2},
        {"log_loss", 2, {{0}, {0}}, {0, 0}, {10, 10}, 0}, /* no rounds at all */
        {"log_loss", 0, {{0}}, {0}, {0}, 0},
        {"log_loss", 1, {{INFINITY, INFINITY}}, {2}, {10}, 1},
    };
    for (int64_t i = 0; i < COUNT(cases); i++) {
        const double *curves[3] = {cases[i].curves[0], cases[i].curves[1], cases[i].curves[2]};
        int64_t rounds = shared_rounds(metric_find(cases[i].stopping), cases[i].n, curves, cases[i].sizes, cases[i].rows);
        if (rounds != cases[i].expected) fail_msg("case %d: %d", (int)i, (int)rounds);
    }
}

static void results_are_kept(void **unused)
{
    (void)unused;
    static const trial_result cases[] = {
        {.status = TRIAL_COMPLETED,
         .score = 0.1234567890123456,
         .se = 1e-9,
         .threshold = 0.3,
         .rounds = 77,
         .fit_seconds = 1.5,
         .predict_us_per_row = 2.25,
         .bytes = 123456789012},
        {.status = TRIAL_COMPLETED, .score = -3, .se = NAN, .threshold = 0.5},
        {.status = TRIAL_FAILED, .error = "Column 'K\xc3\xb6ln' has \"quotes\".", .score = NAN, .se = NAN, .threshold = 0.5},
        {.status = TRIAL_PLANNED, .score = NAN, .se = NAN},
        {.status = TRIAL_STOPPED, .score = NAN, .se = NAN},
        {.status = TRIAL_COMPLETED, .score = NAN, .se = NAN},
    };
    char *job = sample_job();
    ptg_error err;
    for (int64_t i = 0; i < COUNT(cases); i++) {
        trial_result read;
        bool found;
        CHECK_OK(trial_result_write(job, "key", &cases[i], &err));
        CHECK_OK(trial_result_read(job, "key", &read, &found, &err));
        assert_int_equal(found, i < 3);
        if (!found) continue;
        assert_int_equal(read.status, cases[i].status);
        assert_string_equal(read.error, cases[i].error);
        assert_true(read.score == cases[i].score || (isnan(read.score) && isnan(cases[i].score)));
        assert_true(read.se == cases[i].se || (isnan(read.se) && isnan(cases[i].se)));
        assert_true(read.threshold == cases[i].threshold && read.fit_seconds == cases[i].fit_seconds);
        assert_true(read.predict_us_per_row == cases[i].predict_us_per_row);
        assert_int_equal(read.rounds, cases[i].rounds);
        assert_int_equal(read.bytes, cases[i].bytes);
    }
    remove_scratch(job);
}

static void write_file(const char *job, const char *name, const void *data, int64_t size)
{
    ptg_error err;
    char *path = file_join(job, name);
    CHECK_OK(file_replace(path, data, size, &err));
    mem_free(path);
}

/* What does not read is as if it was not there: the trial runs again. */
static void damaged_results_are_not_found(void **unused)
{
    (void)unused;
    static const char *const texts[] = {"",
                                        "{",
                                        "[]",
                                        "null",
                                        "{\"status\": \"completed\"}",
                                        "{\"status\": \"completed\", \"score\": \"1\"}",
                                        "{\"status\": \"done\", \"score\": 1}",
                                        "{\"status\": 3, \"score\": 1}",
                                        "{\"status\": \"completed\", \"score\": 1, \"rounds\": -4}",
                                        "{\"status\": \"completed\", \"score\": 1, \"bytes\": -4}",
                                        "{\"status\": \"failed\", \"status\": \"failed\"}"};
    char *job = sample_job();
    ptg_error err;
    trial_result read;
    bool found = true;
    CHECK_OK(trial_result_read(job, "key", &read, &found, &err));
    assert_false(found);
    CHECK_OK(trial_result_write(job, "key", &(trial_result){.status = TRIAL_COMPLETED}, &err));
    for (int64_t i = 0; i < COUNT(texts); i++) {
        write_file(job, "trials/key/result.json", texts[i], (int64_t)strlen(texts[i]));
        CHECK_OK(trial_result_read(job, "key", &read, &found, &err));
        if (found) fail_msg("found: %s", texts[i]);
    }
    remove_scratch(job);
}

static void a_path_that_is_too_long_is_said(void **unused)
{
    (void)unused;
    char job[5000];
    memset(job, 'x', sizeof job - 1);
    job[sizeof job - 1] = '\0';
    ptg_error err;
    bool found;
    trial_result result = {.status = TRIAL_COMPLETED};
    double *predictions;
    CHECK_FAILS(PTG_ERROR_USAGE, "path of the job folder is too long", trial_result_write(job, "key", &result, &err));
    CHECK_FAILS(PTG_ERROR_USAGE, "path of the job folder is too long", trial_result_read(job, "key", &result, &found, &err));
    CHECK_FAILS(PTG_ERROR_USAGE, "path of the job folder is too long",
                fold_read_predictions(job, "key", 0, 1, 1, &predictions, &err));
    assert_false(fold_is_done(job, "key", 0));
}

/* One trial of the sample, all folds fitted in this process. */
typedef struct fitted {
    char *job;
    plan *plan;
    task *task;
    trial_spec spec;
    scored_rows rows;
    fold_context *context;
} fitted;

static fold_item item_of(const fitted *f, int32_t fold)
{
    return (fold_item){.key = f->spec.key,
                       .fold = fold,
                       .steps = f->spec.candidate->steps,
                       .algorithm = f->spec.candidate->algorithm->name,
                       .parameters = f->spec.parameters};
}

static fitted fit_sample(void)
{
    ptg_error err;
    fitted f = {.job = sample_job(), .plan = sample_plan(NULL)};
    f.task = sample_task(f.plan, f.job, 0);
    CHECK_OK(trial_propose(f.plan, f.task, &f.plan->candidates[1], 0, &f.spec, &err));
    CHECK_OK(scored_rows_make(f.task, &f.rows, &err));
    CHECK_OK(fold_context_new(f.plan, f.task, f.job, 1, 1 << 20, &f.context, &err));
    for (int32_t fold = 0; fold < f.task->split.n_folds; fold++) {
        fold_item item = item_of(&f, fold);
        fold_outcome outcome;
        json_t *curve;
        assert_false(fold_is_done(f.job, f.spec.key, fold));
        CHECK_OK(fold_fit(f.context, &item, 0, &curve, &err));
        assert_int_equal(json_array_size(curve), 0);
        json_decref(curve);
        CHECK_OK(fold_finish(f.context, &item, 0, &outcome, &err));
        assert_true(outcome.bytes > 0 && outcome.predict_us_per_row >= 0);
        assert_true(fold_is_done(f.job, f.spec.key, fold));
    }
    return f;
}

static void fitted_clear(fitted *f)
{
    fold_context_free(f->context);
    scored_rows_clear(&f->rows);
    trial_spec_clear(&f->spec);
    task_free(f->task);
    plan_free(f->plan);
    remove_scratch(f->job);
}

static void folds_are_pooled_and_scored(void **unused)
{
    (void)unused;
    fitted f = fit_sample();
    ptg_error err;
    double *pooled, *part;
    trial_result result = {.score = NAN};
    assert_int_equal(f.rows.n, SAMPLE_ROWS - 1);
    assert_int_equal(f.rows.width, 1);
    CHECK_OK(trial_read_predictions(f.task, &f.rows, f.job, f.spec.key, &pooled, &err));
    CHECK_OK(trial_score(f.plan, f.task, &f.rows, pooled, &result, &err));
    assert_true(result.score > 0.7 && result.score < 1 && result.se > 0 && result.se < 0.1);
    for (int32_t fold = 0; fold < 4; fold++) {
        int64_t n = 0, at = 0;
        for (int64_t i = 0; i < f.rows.n; i++)
            n += f.task->split.fold[f.task->scored[i]] == fold;
        CHECK_OK(fold_read_predictions(f.job, f.spec.key, fold, n, 1, &part, &err));
        for (int64_t i = 0; i < f.rows.n; i++)
            if (f.task->split.fold[f.task->scored[i]] == fold) assert_true(pooled[i] == part[at++]);
        mem_free(part);
    }
    mem_free(pooled);
    /* A refit has a model and nothing held out. */
    fold_item item = item_of(&f, -1);
    fold_outcome outcome;
    CHECK_OK(fold_finish(f.context, &item, 0, &outcome, &err));
    assert_true(fold_is_done(f.job, f.spec.key, -1));
    assert_true(outcome.predict_us_per_row == 0);
    fold_file_prune(f.job, f.spec.key, 4);
    assert_false(fold_is_done(f.job, f.spec.key, -1) || fold_is_done(f.job, f.spec.key, 0));
    CHECK_OK(trial_read_predictions(f.task, &f.rows, f.job, f.spec.key, &pooled, &err)); /* predictions stay */
    mem_free(pooled);
    fitted_clear(&f);
}

/* A fold's model predicts what the fold's file says, in this process and from the file. */
static void models_are_read_back(void **unused)
{
    (void)unused;
    fitted f = fit_sample();
    ptg_error err;
    pipeline *steps;
    predictor *learned;
    CHECK_OK(fold_read_model(f.job, f.spec.key, 2, &steps, &learned, &err));
    arena *a = arena_new();
    row_list train, held;
    matrix *raw, *x;
    double *kept;
    CHECK_OK(task_rows(f.task, 2, a, &train, &held, &err));
    CHECK_OK(matrix_from_frame(f.task->frame, f.task->features, f.task->n_features, held, &raw, &err));
    CHECK_OK(pipeline_apply(steps, raw, &x, &err));
    double *again = arena_array(a, held.n, sizeof *again);
    CHECK_OK(predictor_predict(learned, x, again, &err));
    CHECK_OK(fold_read_predictions(f.job, f.spec.key, 2, held.n, 1, &kept, &err));
    assert_memory_equal(kept, again, (size_t)held.n * sizeof *kept);
    mem_free(kept);
    matrix_free(x);
    matrix_free(raw);
    arena_free(a);
    pipeline_free(steps);
    predictor_free(learned);
    fitted_clear(&f);
}

/* Results of one key must be equal: the same again is fine, a difference is an error. */
static void a_difference_is_an_error(void **unused)
{
    (void)unused;
    fitted f = fit_sample();
    ptg_error err;
    fold_item item = item_of(&f, 1);
    fold_outcome outcome;
    CHECK_OK(fold_finish(f.context, &item, 0, &outcome, &err));
    pipeline *steps;
    predictor *learned;
    int64_t n = 0, bytes;
    for (int64_t i = 0; i < f.task->n_rows; i++)
        n += f.task->split.fold[i] == 1;
    double *kept;
    CHECK_OK(fold_read_model(f.job, f.spec.key, 1, &steps, &learned, &err));
    CHECK_OK(fold_read_predictions(f.job, f.spec.key, 1, n, 1, &kept, &err));
    CHECK_OK(fold_file_write(f.job, f.spec.key, 1, steps, learned, kept, n, 1, &bytes, &err));
    kept[n - 1] = nextafter(kept[n - 1], 2);
    CHECK_FAILS(PTG_ERROR_FAILED, "Two results of one work item differ",
                fold_file_write(f.job, f.spec.key, 1, steps, learned, kept, n, 1, &bytes, &err));
    mem_free(kept);
    CHECK_FAILS(PTG_ERROR_FORMAT, "does not hold", fold_read_predictions(f.job, f.spec.key, 1, n + 1, 1, &kept, &err));
    assert_null(kept);
    CHECK_FAILS(PTG_ERROR_FORMAT, "does not hold", fold_read_predictions(f.job, f.spec.key, 1, n, 2, &kept, &err));
    pipeline_free(steps);
    predictor_free(learned);
    fitted_clear(&f);
}

/* Any byte changed, any length but its own. */
static void damaged_folds_are_refused(void **unused)
{
    (void)unused;
    fitted f = fit_sample();
    static const char *const names[] = {"oof", "model"};
    ptg_error err;
    for (int which = 0; which < 2; which++) {
        char name[100], *data;
        snprintf(name, sizeof name, "trials/%s/fold-0.%s", f.spec.key, names[which]);
        char *path = file_join(f.job, name);
        int64_t size;
        CHECK_OK(file_read(path, &data, &size, &err));
        for (int64_t at = 0; at < size; at += at < 40 ? 1 : 23)
            for (int cut = 0; cut < 2; cut++) {
                pipeline *steps;
                predictor *learned;
                double *kept;
                if (!cut) data[at] ^= 4;
                write_file(f.job, name, data, cut ? at : size);
                if (!cut) data[at] ^= 4;
                if (which == 0)
                    assert_int_equal(fold_read_predictions(f.job, f.spec.key, 0, 60, 1, &kept, &err), PTG_ERROR_FORMAT);
                else
                    assert_int_equal(fold_read_model(f.job, f.spec.key, 0, &steps, &learned, &err), PTG_ERROR_FORMAT);
                assert_non_null(strstr(err.message, names[which]));
            }
        mem_free(data);
        mem_free(path);
    }
    fitted_clear(&f);
}

#ifdef PTG_FAULTS
static void want_of_memory_is_reported(void **unused)
{
    (void)unused;
    fitted f = fit_sample();
    ptg_error err;
    fold_item item = item_of(&f, 0);
    ptg_status status = PTG_ERROR_MEMORY;
    for (int n = 1; status != PTG_OK; n += n < 60 ? 1 : 3) {
        fold_outcome outcome;
        json_t *curve = NULL;
        fold_context *context;
        mem_fail_at(n);
        status = fold_context_new(f.plan, f.task, f.job, 1, 0, &context, &err);
        if (status == PTG_OK) status = fold_fit(context, &item, 0, &curve, &err);
        if (status == PTG_OK) status = fold_finish(context, &item, 0, &outcome, &err);
        mem_fail_at(0);
        if (status != PTG_OK && status != PTG_ERROR_MEMORY) fail_msg("%d: %s", n, err.message);
        json_decref(curve);
        fold_context_free(context);
    }
    status = PTG_ERROR_MEMORY;
    for (int n = 1; status != PTG_OK; n++) {
        double *pooled = NULL;
        trial_result result;
        scored_rows rows;
        mem_fail_at(n);
        status = scored_rows_make(f.task, &rows, &err);
        if (status == PTG_OK) status = trial_read_predictions(f.task, &rows, f.job, f.spec.key, &pooled, &err);
        if (status == PTG_OK) status = trial_score(f.plan, f.task, &rows, pooled, &result, &err);
        mem_fail_at(0);
        assert_true(status == PTG_OK || status == PTG_ERROR_MEMORY);
        mem_free(pooled);
        scored_rows_clear(&rows);
    }
    fitted_clear(&f);
}
#endif

static int64_t count_rows(const char *job, const char *sql)
{
    sqlite3 *db;
    sqlite3_stmt *q;
    char *path = file_join(job, "state.db");
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &q, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(q), SQLITE_ROW);
    int64_t n = sqlite3_column_int64(q, 0);
    sqlite3_finalize(q);
    sqlite3_close(db);
    mem_free(path);
    return n;
}

static void the_record_is_kept(void **unused)
{
    (void)unused;
    char *job = sample_job();
    ptg_error err;
    state *s;
    json_t *row = json_pack("{s:s}", "name", "x'); DROP TABLE trials; --");
    CHECK_OK(state_open(job, &s, &err));
    CHECK_OK(state_begin(s, &err));
    CHECK_OK(state_put_trial(s, 0, "key0", "x'); DROP TABLE trials; --", "completed", 0.5, row, &err));
    CHECK_OK(state_put_trial(s, 1, "key1", "b", "failed", NAN, row, &err));
    CHECK_OK(state_put_fold(s, "key0", 0, 10, 1.5, &err));
    CHECK_OK(state_end(s, &err));
    CHECK_OK(state_put_trial(s, 0, "key0", "a", "completed", 0.75, row, &err));
    CHECK_OK(state_put_event(s, 1.5, row, &err));
    CHECK_OK(state_put_ensemble(s, row, 0.8, &err));
    CHECK_FAILS(PTG_ERROR_MEMORY, "memory", state_put_event(s, 1, NULL, &err));
    state_close(s);
    assert_int_equal(count_rows(job, "SELECT count(*) FROM trials WHERE current = 1"), 2);
    assert_int_equal(count_rows(job, "SELECT count(*) FROM trials WHERE key = 'key0' AND score = 0.75"), 1);
    assert_int_equal(count_rows(job, "SELECT count(*) FROM trials WHERE key = 'key1' AND score IS NULL"), 1);
    assert_int_equal(count_rows(job, "SELECT count(*) FROM folds"), 1);
    assert_int_equal(count_rows(job, "SELECT count(*) FROM ensembles"), 1);
    CHECK_OK(state_open(job, &s, &err)); /* another run: what it does not put again is of an earlier plan */
    CHECK_OK(state_put_trial(s, 0, "key1", "b", "failed", NAN, row, &err));
    state_close(s);
    assert_int_equal(count_rows(job, "SELECT count(*) FROM trials WHERE current = 1"), 1);
    assert_int_equal(count_rows(job, "SELECT count(*) FROM trials"), 2);
    write_file(job, "state.db", "this is no database, but a text of some length", 46);
    CHECK_FAILS(PTG_ERROR_IO, "state.db", state_open(job, &s, &err));
    assert_null(s);
    json_decref(row);
    remove_scratch(job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rounds_are_shared),
        cmocka_unit_test(results_are_kept),
        cmocka_unit_test(damaged_results_are_not_found),
        cmocka_unit_test(a_path_that_is_too_long_is_said),
        cmocka_unit_test(folds_are_pooled_and_scored),
        cmocka_unit_test(models_are_read_back),
        cmocka_unit_test(a_difference_is_an_error),
        cmocka_unit_test(damaged_folds_are_refused),
        cmocka_unit_test(the_record_is_kept),
#ifdef PTG_FAULTS
        cmocka_unit_test(want_of_memory_is_reported),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

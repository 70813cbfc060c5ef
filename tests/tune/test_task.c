/* The task of a job: folds by every kind of split, weights, groups, the file that workers open, and damage to it. */
#include <math.h>

#include "tune_sample.h"

typedef struct made {
    char *job;
    plan *plan;
    task *task;
} made;

static made make(const char *const edits[], int64_t validation_rows)
{
    made m = {.job = sample_job(), .plan = sample_plan(edits)};
    m.task = sample_task(m.plan, m.job, validation_rows);
    return m;
}

static void made_clear(made *m)
{
    task_free(m->task);
    plan_free(m->plan);
    remove_scratch(m->job);
}

static int64_t rows_of_fold(const task *t, int32_t fold)
{
    int64_t n = 0;
    for (int64_t i = 0; i < t->n_rows; i++)
        n += t->split.fold[i] == fold;
    return n;
}

static void folds_hold_out_every_labelled_row_once(void **state)
{
    (void)state;
    made m = make(NULL, 0);
    task *t = m.task;
    assert_int_equal(t->n_rows, SAMPLE_ROWS);
    assert_int_equal(t->split.n_folds, 4);
    assert_int_equal(t->n_scored, SAMPLE_ROWS - 1);
    assert_int_equal(t->split.fold[5], SPLIT_NEVER_USED);
    assert_true(isnan(t->target[5]));
    for (int32_t f = 0; f < 4; f++)
        assert_true(rows_of_fold(t, f) >= 59 && rows_of_fold(t, f) <= 60);
    assert_int_equal(t->n_features, 3);
    assert_int_equal(t->n_classes, 2);
    assert_true(text_equal_to(t->classes[0], "no") && text_equal_to(t->classes[1], "yes"));
    assert_int_equal(t->positive, 1);
    assert_true(t->weight == NULL && t->group == NULL);
    arena *a = arena_new();
    ptg_error err;
    for (int32_t f = -1; f < 4; f++) {
        row_list train, held;
        CHECK_OK(task_rows(t, f, a, &train, &held, &err));
        assert_int_equal(train.n + held.n, SAMPLE_ROWS - 1);
        assert_int_equal(held.n, f < 0 ? 0 : rows_of_fold(t, f));
        for (int64_t i = 0; i < held.n; i++)
            assert_int_equal(t->split.fold[held.rows[i]], f);
    }
    arena_free(a);
    made_clear(&m);
}

/* The positive class is what the plan says, not the later label. */
static void targets_follow_the_plan(void **state)
{
    (void)state;
    made yes = make(NULL, 0), no = make((const char *const[]){"/positive_class", "no", NULL}, 0);
    for (int64_t i = 0; i < SAMPLE_ROWS; i++)
        if (i != 5) assert_true(yes.task->target[i] == 1 - no.task->target[i]);
    assert_int_equal(no.task->positive, 0);
    made_clear(&yes);
    made_clear(&no);
}

static void rows_without_weight_take_no_part(void **state)
{
    (void)state;
    made m = make((const char *const[]){"/columns/w/role", "weight", NULL}, 0);
    for (int64_t i = 0; i < SAMPLE_ROWS; i++) {
        if (i % 10 == 0 || i == 5)
            assert_int_equal(m.task->split.fold[i], SPLIT_NEVER_USED);
        else
            assert_true(m.task->split.fold[i] >= 0);
    }
    assert_int_equal(m.task->n_scored, SAMPLE_ROWS - 24 - 1);
    assert_true(m.task->weight[1] == 2);
    assert_int_equal(m.task->n_features, 3);
    made_clear(&m);
}

static void groups_stay_together(void **state)
{
    (void)state;
    static const char *const edits[] = {"/columns/g/role", "group", "/validation/kind", "group", NULL};
    made m = make(edits, 0);
    const task *t = m.task;
    assert_true(t->group[0] == -1 && t->group[1] == -1);
    for (int64_t i = 2; i < SAMPLE_ROWS; i++)
        for (int64_t k = 2; k < i; k++) {
            assert_int_equal(i / 20 == k / 20, t->group[i] == t->group[k]);
            if (t->group[i] == t->group[k] && i != 5 && k != 5) assert_int_equal(t->split.fold[i], t->split.fold[k]);
        }
    made_clear(&m);
}

/* t falls with the row number: the latest rows are the first. */
static void time_holds_out_the_latest(void **state)
{
    (void)state;
    made m = make(
        (const char *const[]){"/columns/t/role", "time", "/validation", "{\"kind\": \"time\", \"fraction\": 0.25}", NULL}, 0);
    assert_int_equal(m.task->split.n_folds, 1);
    int64_t held = rows_of_fold(m.task, 0);
    assert_true(held >= 59 && held <= 60);
    for (int64_t i = 0; i < SAMPLE_ROWS; i++)
        if (i != 5) assert_int_equal(m.task->split.fold[i], i <= held ? 0 : SPLIT_ALWAYS_TRAIN);
    made_clear(&m);
}

/* Whatever the split is: learners order rows by them, so they are part of the hash. */
static void times_are_of_the_column_with_that_role(void **state)
{
    (void)state;
    made without = make(NULL, 0), with = make((const char *const[]){"/columns/t/role", "time", NULL}, 0);
    assert_null(without.task->time);
    for (int64_t i = 0; i < SAMPLE_ROWS; i++)
        assert_true(with.task->time[i] == (double)(SAMPLE_ROWS - i));
    assert_memory_equal(with.task->split.fold, without.task->split.fold, SAMPLE_ROWS * sizeof(int32_t));
    assert_string_not_equal(with.task->hash, without.task->hash);
    made_clear(&without);
    made_clear(&with);
}

static void one_split_holds_out_its_share(void **state)
{
    (void)state;
    made m = make((const char *const[]){"/validation", "{\"kind\": \"split\", \"fraction\": 0.1}", NULL}, 0);
    assert_int_equal(m.task->split.n_folds, 1);
    assert_int_equal(rows_of_fold(m.task, 0), 24);
    assert_int_equal(rows_of_fold(m.task, SPLIT_ALWAYS_TRAIN), SAMPLE_ROWS - 25);
    made_clear(&m);
}

/* The last rows came from --validation: they are scored, and no fold trains on them. */
static void rows_of_a_validation_file_never_train(void **state)
{
    (void)state;
    made m = make((const char *const[]){"/validation", "{\"kind\": \"file\"}", NULL}, 40);
    assert_int_equal(m.task->n_scored, 40);
    arena *a = arena_new();
    row_list train, held;
    ptg_error err;
    CHECK_OK(task_rows(m.task, 0, a, &train, &held, &err));
    assert_int_equal(train.n, SAMPLE_ROWS - 41);
    for (int64_t i = 0; i < train.n; i++)
        assert_true(train.rows[i] < SAMPLE_ROWS - 40);
    for (int64_t i = 0; i < held.n; i++)
        assert_true(held.rows[i] >= SAMPLE_ROWS - 40);
    arena_free(a);
    made_clear(&m);
}

static void splits_that_cannot_be_made(void **state)
{
    (void)state;
    static const struct {
        const char *edits[5];
        int64_t validation_rows;
        ptg_status status;
        const char *part;
    } cases[] = {
        {{"/validation", "{\"kind\": \"file\"}"}, 0, PTG_ERROR_DATA, "holds out no row"},
        {{"/validation", "{\"kind\": \"file\"}"}, SAMPLE_ROWS, PTG_ERROR_DATA, "no row to train on"},
        {{"/validation", "{\"kind\": \"file\"}"}, 1, PTG_ERROR_DATA, "fewer than two classes"},
        {{"/columns/c/role", "weight"}, 0, PTG_ERROR_DATA, "Weight column 'c' is not numeric"},
        {{"/columns/a/role", "weight"}, 0, PTG_ERROR_DATA, "Weight column 'a' is negative in row"},
        {{"/columns/g/role", "group", "/validation", "{\"kind\": \"group\", \"folds\": 20}"}, 0, PTG_ERROR_DATA, "group"},
        {{"/positive_class", "maybe"}, 0, PTG_ERROR_USAGE, "maybe"},
        {{"/columns/zzz", "{\"type\": \"text\", \"role\": \"ignored\"}"},
         0,
         PTG_ERROR_USAGE,
         "/columns/zzz: the table has no such column"},
    };
    ptg_error err;
    for (int64_t i = 0; i < COUNT(cases); i++) {
        char *job = sample_job();
        plan *p = sample_plan(cases[i].edits);
        task *t;
        CHECK_FAILS(cases[i].status, cases[i].part, task_make(p, sample_frame(0), cases[i].validation_rows, job, &t, &err));
        assert_null(t);
        assert_true(err.message[0] < 'a' || err.message[0] > 'z' || strncmp(err.message, "plan.json", 9) == 0);
        plan_free(p);
        remove_scratch(job);
    }
}

static void check_equal(const task *a, const task *b)
{
    size_t rows = (size_t)a->n_rows;
    assert_int_equal(a->n_rows, b->n_rows);
    assert_memory_equal(a->target, b->target, rows * sizeof *a->target);
    assert_int_equal(a->weight != NULL, b->weight != NULL);
    if (a->weight) assert_memory_equal(a->weight, b->weight, rows * sizeof *a->weight);
    assert_int_equal(a->group != NULL, b->group != NULL);
    if (a->group) assert_memory_equal(a->group, b->group, rows * sizeof *a->group);
    assert_int_equal(a->split.n_folds, b->split.n_folds);
    assert_memory_equal(a->split.fold, b->split.fold, rows * sizeof *a->split.fold);
    assert_int_equal(a->n_scored, b->n_scored);
    assert_memory_equal(a->scored, b->scored, (size_t)a->n_scored * sizeof *a->scored);
    assert_int_equal(a->n_features, b->n_features);
    assert_memory_equal(a->features, b->features, (size_t)a->n_features * sizeof *a->features);
    assert_int_equal(a->n_classes, b->n_classes);
    assert_int_equal(a->positive, b->positive);
    for (int32_t k = 0; k < a->n_classes; k++)
        assert_true(text_equal(a->classes[k], b->classes[k]));
    assert_int_equal(a->time != NULL, b->time != NULL);
    if (a->time) assert_memory_equal(a->time, b->time, rows * sizeof *a->time);
    assert_string_equal(a->hash, b->hash);
}

static void what_was_made_is_opened(void **state)
{
    (void)state;
    static const char *const cases[][9] = {
        {NULL},
        {"/columns/w/role", "weight", "/columns/g/role", "group", "/validation/kind", "group", NULL},
        {"/validation", "{\"kind\": \"split\"}", NULL},
        {"/columns/y/role", "feature", "/columns/a/role", "target", "/problem_type", "regression", "/candidates",
         "{\"x\": {\"pipeline\": \"dpp0\", \"algorithm\": \"lightgbm\", \"static\": {}, \"ranges\": {}}}"},
    };
    ptg_error err;
    for (int64_t i = 0; i < COUNT(cases); i++) {
        char *job = sample_job();
        json_t *document = sample_document();
        for (int k = 0; k < 8 && cases[i][k]; k += 2)
            sample_edit(document, cases[i][k], cases[i][k + 1]);
        if (i == 3) {
            sample_edit(document, "/objective", "rmse");
            sample_edit(document, "/positive_class", "null");
        }
        plan *p;
        CHECK_OK(plan_read(document, &p, &err));
        json_decref(document);
        task *t = sample_task(p, job, 0), *opened;
        CHECK_OK(task_open(p, job, &opened, &err));
        check_equal(t, opened);
        task_free(opened);
        task_free(t);
        plan_free(p);
        remove_scratch(job);
    }
}

static void put(const char *job, const char *data, int64_t size)
{
    ptg_error err;
    char *path = file_join(job, "data/task.bin");
    CHECK_OK(file_replace(path, data, size, &err));
    mem_free(path);
}

/* A file of any length but its own, and one with any byte changed, is refused. */
static void a_damaged_file_is_refused(void **state)
{
    (void)state;
    made m = make((const char *const[]){"/columns/w/role", "weight", "/columns/g/role", "group", NULL}, 0);
    char *path = file_join(m.job, "data/task.bin"), *data;
    int64_t size;
    ptg_error err;
    task *t;
    CHECK_OK(file_read(path, &data, &size, &err));
    for (int64_t n = 0; n < size; n += n < 120 ? 1 : 97) {
        put(m.job, data, n);
        assert_int_equal(task_open(m.plan, m.job, &t, &err), PTG_ERROR_FORMAT);
        assert_non_null(strstr(err.message, "task.bin"));
    }
    char *longer = mem_array(size + 1, 1);
    memcpy(longer, data, (size_t)size);
    put(m.job, longer, size + 1);
    assert_int_equal(task_open(m.plan, m.job, &t, &err), PTG_ERROR_FORMAT);
    mem_free(longer);
    for (int64_t at = 0; at < size; at += at < 160 ? 1 : 61)
        for (int bit = 0; bit < 8; bit += 7) {
            data[at] = (char)(data[at] ^ 1 << bit);
            put(m.job, data, size);
            ptg_status status = task_open(m.plan, m.job, &t, &err);
            /* Labels are only shown: they are not part of what was hashed. */
            if (status == PTG_OK) assert_true(at > 40 && at < 80);
            task_free(t);
            data[at] = (char)(data[at] ^ 1 << bit);
        }
    put(m.job, data, size);
    CHECK_OK(task_open(m.plan, m.job, &t, &err));
    task_free(t);
    mem_free(data);
    mem_free(path);
    made_clear(&m);
}

/* A plan that was edited since does not fit the file. */
static void another_plan_is_refused(void **state)
{
    (void)state;
    static const char *const cases[][3] = {
        {"/columns/b/role", "ignored", NULL},
        {"/columns/emp.var.rate/role", "feature", NULL},
        {"/validation", "{\"kind\": \"split\"}", NULL},
    };
    made m = make(NULL, 0);
    ptg_error err;
    for (int64_t i = 0; i < COUNT(cases); i++) {
        plan *other = sample_plan(cases[i]);
        task *t;
        CHECK_FAILS(PTG_ERROR_USAGE, "is of another plan", task_open(other, m.job, &t, &err));
        plan_free(other);
    }
    made_clear(&m);
}

#ifdef PTG_FAULTS
static void want_of_memory_is_reported(void **state)
{
    (void)state;
    made m = make((const char *const[]){"/columns/w/role", "weight", "/columns/g/role", "group", NULL}, 0);
    ptg_error err;
    ptg_status status = PTG_ERROR_MEMORY;
    for (int n = 1; status != PTG_OK; n++) {
        task *t;
        mem_fail_at(n);
        status = task_open(m.plan, m.job, &t, &err);
        mem_fail_at(0);
        if (status != PTG_OK) assert_true(t == NULL && n < 1000);
        task_free(t);
    }
    status = PTG_ERROR_MEMORY;
    for (int n = 1; status != PTG_OK; n += n < 40 ? 1 : 5) {
        task *t;
        frame *f = sample_frame(0);
        mem_fail_at(n);
        status = task_make(m.plan, f, 0, m.job, &t, &err);
        mem_fail_at(0);
        if (status != PTG_OK) assert_true(t == NULL && n < 3000);
        if (t) assert_string_equal(t->hash, m.task->hash);
        task_free(t);
    }
    made_clear(&m);
}
#endif

/* "rows": what is left out has no target, duplicates keep their first row, labels are read as others; rows of --validation
 * stay.
 */
static void rows_of_the_plan_take_no_part(void **state)
{
    (void)state;
    made all = make(NULL, 0), some = make((const char *const[]){"rows", "{\"leave_out\": [7, 239, 3]}", "/validation/kind",
                                                                "file", "/validation/folds", "1", NULL},
                                          10);
    for (int64_t i = 0; i < SAMPLE_ROWS; i++)
        assert_int_equal(isnan(some.task->target[i]) != 0, i == 3 || i == 5 || i == 7);
    assert_true(text_equal_to(frame_column(some.task->frame, 7)->levels[1], "yes"));
    assert_int_equal(frame_column(some.task->frame, 7)->n_missing, 3);
    assert_string_not_equal(all.task->hash, some.task->hash);
    made_clear(&all);
    made_clear(&some);
}

static text cell_of(int64_t i, const char *const *words, int64_t n)
{
    return text_of(words[i % n]);
}

static frame *frame_with_spellings(void)
{
    static const char *const labels[] = {"no", "yes", "Yes", "no", "yes"}, *const levels[] = {"red", "blue", "green"};
    static double a[SAMPLE_ROWS];
    static text c[SAMPLE_ROWS], y[SAMPLE_ROWS];
    ptg_error err;
    frame *f;
    frame_builder *to = frame_builder_new(SAMPLE_ROWS);
    for (int64_t i = 0; i < SAMPLE_ROWS; i++) {
        a[i] = (double)(i / 2);
        c[i] = cell_of(i / 4, levels, 3);
        y[i] = cell_of(i / 2, labels, 5);
    }
    CHECK_OK(frame_builder_numbers(to, text_of("a"), COLUMN_NUMERIC, a, &err));
    CHECK_OK(frame_builder_texts(to, text_of("c"), c, COLUMN_CATEGORICAL, &err));
    CHECK_OK(frame_builder_texts(to, text_of("y"), y, COLUMN_CATEGORICAL, &err));
    CHECK_OK(frame_builder_end(to, &f, &err));
    return f;
}

static plan *plan_with_rows(const char *rows)
{
    static const char *const columns = "{\"a\": {\"type\": \"numeric\", \"role\": \"feature\"}, "
                                       "\"c\": {\"type\": \"categorical\", \"role\": \"feature\"}, "
                                       "\"y\": {\"type\": \"categorical\", \"role\": \"target\"}}";
    return sample_plan((const char *const[]){"columns", columns, "rows", rows, NULL});
}

static void duplicates_and_labels_follow_the_plan(void **state)
{
    (void)state;
    ptg_error err;
    char *job = sample_job();
    task *t;
    plan *p = plan_with_rows("{\"duplicates\": \"drop\", \"labels\": {\"Yes\": \"yes\"}}");
    CHECK_OK(task_make(p, frame_with_spellings(), 0, job, &t, &err));
    assert_int_equal(t->n_classes, 2);
    assert_true(text_equal_to(t->classes[0], "no") && text_equal_to(t->classes[1], "yes"));
    for (int64_t i = 0; i < SAMPLE_ROWS; i++)
        assert_int_equal(isnan(t->target[i]) != 0, i % 2);
    assert_true(t->target[4] == 1); /* it was "Yes" */
    task_free(t);
    plan_free(p);
    frame *f = frame_with_spellings();
    p = plan_with_rows("{\"labels\": {\"YES\": \"yes\"}}");
    CHECK_FAILS(PTG_ERROR_USAGE, "'YES' is no label of column 'y'", task_check(p, f, 0, &err));
    plan_free(p);
    p = plan_with_rows("{\"leave_out\": [240]}");
    CHECK_FAILS(PTG_ERROR_USAGE, "/rows/leave_out/0 is row 240", plan_check(p, f, &err));
    plan_free(p);
    frame_free(f);
    remove_scratch(job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folds_hold_out_every_labelled_row_once),
        cmocka_unit_test(targets_follow_the_plan),
        cmocka_unit_test(rows_without_weight_take_no_part),
        cmocka_unit_test(rows_of_the_plan_take_no_part),
        cmocka_unit_test(duplicates_and_labels_follow_the_plan),
        cmocka_unit_test(groups_stay_together),
        cmocka_unit_test(time_holds_out_the_latest),
        cmocka_unit_test(times_are_of_the_column_with_that_role),
        cmocka_unit_test(one_split_holds_out_its_share),
        cmocka_unit_test(rows_of_a_validation_file_never_train),
        cmocka_unit_test(splits_that_cannot_be_made),
        cmocka_unit_test(what_was_made_is_opened),
        cmocka_unit_test(a_damaged_file_is_refused),
        cmocka_unit_test(another_plan_is_refused),
#ifdef PTG_FAULTS
        cmocka_unit_test(want_of_memory_is_reported),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The task of a job: made from the plan and the frame, kept in one small file beside the frame. */
#include "tune/job_task.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/hash.h"
#include "profile/problem.h"
#include "tune/task_frame.h"

#define TASK_MAGIC 0x31544750
#define FRAME_NAME "data/train.frame"
#define TASK_NAME "data/task.bin"
#define MOST_FOLDS 100

void task_free(task *t)
{
    if (!t) return;
    frame_free(t->frame);
    split_clear(&t->split);
    arena_free(t->memory);
    mem_free(t);
}

static ptg_status task_new(const plan *p, frame *f, task **out, ptg_error *err)
{
    task *t = mem_array(1, sizeof *t);
    if (t)
        t->frame = f;
    else
        frame_free(f);
    if (!t || !(t->memory = arena_new())) {
        task_free(t);
        return fail_memory(err);
    }
    t->problem = p->problem;
    t->n_rows = frame_rows(f);
    *out = t;
    return PTG_OK;
}

/* Feature columns in the frame's order. */
static ptg_status find_features(const plan *p, task *t, ptg_error *err)
{
    int32_t n = frame_columns(t->frame);
    int32_t *features = arena_array(t->memory, n, sizeof *features);
    if (!features) return fail_memory(err);
    for (int32_t i = 0; i < n; i++) {
        for (int32_t c = 0; c < p->n_columns; c++)
            if (p->columns[c].role == ROLE_FEATURE && text_equal_to(frame_column(t->frame, i)->name, p->columns[c].name)) {
                features[t->n_features++] = i;
                break;
            }
    }
    t->features = features;
    return PTG_OK;
}

static int32_t column_of_role(const plan *p, const frame *f, column_role role)
{
    int32_t at = plan_role(p, role);
    return at < 0 ? -1 : frame_find(f, text_of(p->columns[at].name));
}

/* The targets, by the same rules as the profile's, but with what the plan says. */
static ptg_status make_target(const plan *p, task *t, ptg_error *err)
{
    profile_request request = profile_request_for(column_of_role(p, t->frame, ROLE_TARGET));
    request.problem = (int)p->problem;
    request.positive = p->positive_class;
    profile_facts facts = {
        .memory = t->memory, .n_rows = t->n_rows, .n_columns = frame_columns(t->frame), .target = request.target};
    facts.columns = arena_array(t->memory, facts.n_columns, sizeof *facts.columns);
    if (!facts.columns) return fail_memory(err);
    double *sorted;
    int64_t n_sorted;
    TRY(column_statistics_make(t->frame, request.target, &facts.columns[request.target].statistics, &sorted, &n_sorted, err));
    mem_free(sorted);
    ptg_status status = problem_make(t->frame, &request, &facts, err);
    if (status == PTG_ERROR_USAGE) return fail_within(err, status, "plan.json: /problem_type and /positive_class");
    TRY(status);
    t->n_classes = facts.n_classes;
    t->classes = facts.classes;
    t->positive = facts.positive_class;
    t->target = facts.target_values;
    return PTG_OK;
}

/* What the objective asks of targets. */
static ptg_status check_target(const plan *p, const task *t, ptg_error *err)
{
    if (strcmp(p->objective.metric->name, "rmsle") != 0) return PTG_OK;
    for (int64_t i = 0; i < t->n_rows; i++)
        if (t->target[i] < 0)
            return fail(err, PTG_ERROR_DATA, "Objective rmsle takes no negative target; row %lld has %g.", (long long)i + 1,
                        t->target[i]);
    return PTG_OK;
}

static ptg_status make_weights(const plan *p, task *t, ptg_error *err)
{
    int32_t at = column_of_role(p, t->frame, ROLE_WEIGHT);
    if (at < 0) return PTG_OK;
    const column *c = frame_column(t->frame, at);
    text_shown_buffer shown;
    if (!c->numbers) return fail(err, PTG_ERROR_DATA, "Weight column '%s' is not numeric.", text_shown(c->name, &shown));
    double *weight = arena_array(t->memory, t->n_rows, sizeof *weight), sum = 0;
    if (!weight) return fail_memory(err);
    for (int64_t i = 0; i < t->n_rows; i++) {
        weight[i] = isfinite(c->numbers[i]) ? c->numbers[i] : 0;
        if (weight[i] < 0)
            return fail(err, PTG_ERROR_DATA, "Weight column '%s' is negative in row %lld.", text_shown(c->name, &shown),
                        (long long)i + 1);
        sum += weight[i];
    }
    if (sum <= 0) return fail(err, PTG_ERROR_DATA, "Weight column '%s' is zero in all rows.", text_shown(c->name, &shown));
    t->weight = weight;
    return PTG_OK;
}

static int compare_words(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* Group codes: equal cells, whatever their type, are one group; a missing cell is -1. */
static ptg_status make_groups(const plan *p, task *t, ptg_error *err)
{
    int32_t at = column_of_role(p, t->frame, ROLE_GROUP);
    if (at < 0) return PTG_OK;
    int32_t *group = arena_array(t->memory, t->n_rows, sizeof *group);
    uint64_t *words = arena_array(t->memory, t->n_rows, sizeof *words),
             *sorted = arena_array(t->memory, t->n_rows, sizeof *sorted);
    if (!group || !words || !sorted) return fail_memory(err);
    int64_t n = 0, distinct = 0;
    for (int64_t i = 0; i < t->n_rows; i++) {
        char scratch[64];
        text cell = frame_cell(t->frame, at, i, scratch);
        group[i] = cell.data ? 0 : -1;
        if (cell.data) sorted[n++] = words[i] = text_hash(cell);
    }
    qsort(sorted, (size_t)n, sizeof *sorted, compare_words);
    for (int64_t i = 0; i < n; i++)
        if (i == 0 || sorted[i] != sorted[i - 1]) sorted[distinct++] = sorted[i];
    for (int64_t i = 0; i < t->n_rows; i++) {
        if (group[i] < 0) continue;
        const uint64_t *found = bsearch(&words[i], sorted, (size_t)distinct, sizeof *sorted, compare_words);
        group[i] = (int32_t)(found - sorted);
    }
    t->group = group;
    return PTG_OK;
}

/* Times stay in the frame. */
static void find_time(const plan *p, task *t)
{
    int32_t at = column_of_role(p, t->frame, ROLE_TIME);
    t->time = at < 0 ? NULL : frame_column(t->frame, at)->numbers;
}

/* The rows that take part: they have a target and a weight above zero. */
static int64_t usable_rows(const task *t, int64_t *rows)
{
    int64_t n = 0;
    for (int64_t i = 0; i < t->n_rows; i++)
        if (!isnan(t->target[i]) && (!t->weight || t->weight[i] > 0)) rows[n++] = i;
    return n;
}

/* Rows of --validation are held out, all others train. */
static void split_by_file(task *t, const int64_t *rows, int64_t n, int64_t first_validation)
{
    t->split.n_folds = 1;
    for (int64_t i = 0; i < n; i++)
        t->split.fold[rows[i]] = rows[i] >= first_validation ? 0 : SPLIT_ALWAYS_TRAIN;
}

static ptg_status split_by_plan(const plan *p, task *t, const int64_t *rows, int64_t n, ptg_error *err)
{
    arena *scratch = arena_new();
    if (!scratch) return fail_memory(err);
    const double *target, *time = NULL;
    const int32_t *group;
    split made = {0};
    ptg_status status = PTG_OK;
    int32_t time_column = p->validation.kind == VALIDATION_TIME ? column_of_role(p, t->frame, ROLE_TIME) : -1;
    if (p->validation.kind == VALIDATION_TIME && time_column < 0)
        GO(fail(err, PTG_ERROR_USAGE, "plan.json: /validation/kind is time, but no column has the role time."));
    if (p->validation.kind == VALIDATION_GROUP && !t->group)
        GO(fail(err, PTG_ERROR_USAGE, "plan.json: /validation/kind is group, but no column has the role group."));
    GO(task_gather(t->target, (row_list){rows, n}, scratch, &target, err));
    GO(task_gather_codes(t->group, (row_list){rows, n}, scratch, &group, err));
    if (time_column >= 0)
        GO(task_gather(frame_column(t->frame, time_column)->numbers, (row_list){rows, n}, scratch, &time, err));
    GO(split_make(&(split_request){.problem = t->problem,
                                   .n_classes = t->n_classes,
                                   .n_rows = n,
                                   .target = target,
                                   .group = group,
                                   .time = time,
                                   .n_folds = p->validation.folds,
                                   .fraction = p->validation.fraction,
                                   .seed = p->seed},
                  &made, err));
    t->split.n_folds = made.n_folds;
    for (int64_t i = 0; i < n; i++)
        t->split.fold[rows[i]] = made.fold[i];
done:
    split_clear(&made);
    arena_free(scratch);
    return status;
}

static ptg_status make_split(const plan *p, task *t, int64_t validation_rows, ptg_error *err)
{
    int64_t *rows = arena_array(t->memory, t->n_rows, sizeof *rows);
    t->split = (split){.n_rows = t->n_rows, .fold = mem_array(t->n_rows, sizeof *t->split.fold)};
    if (!rows || !t->split.fold) return fail_memory(err);
    for (int64_t i = 0; i < t->n_rows; i++)
        t->split.fold[i] = SPLIT_NEVER_USED;
    int64_t n = usable_rows(t, rows);
    if (p->validation.kind == VALIDATION_FILE)
        split_by_file(t, rows, n, t->n_rows - validation_rows);
    else
        TRY(split_by_plan(p, t, rows, n, err));
    return PTG_OK;
}

/* What is held out, and whether a score on it can mean anything. */
static ptg_status find_scored(task *t, ptg_error *err)
{
    int64_t *scored = arena_array(t->memory, t->n_rows, sizeof *scored), trained = 0;
    bool *seen = arena_array(t->memory, t->n_classes, sizeof *seen);
    if (!scored || !seen) return fail_memory(err);
    int32_t n_seen = 0;
    for (int64_t i = 0; i < t->n_rows; i++) {
        trained += t->split.fold[i] == SPLIT_ALWAYS_TRAIN || (t->split.n_folds > 1 && t->split.fold[i] >= 0);
        if (t->split.fold[i] < 0) continue;
        scored[t->n_scored++] = i;
        if (t->n_classes == 0 || seen[(int32_t)t->target[i]]) continue;
        seen[(int32_t)t->target[i]] = true;
        n_seen++;
    }
    t->scored = scored;
    if (t->n_scored == 0)
        return fail(err, PTG_ERROR_DATA, "The split holds out no row that has a target; choose another validation.");
    if (trained == 0) return fail(err, PTG_ERROR_DATA, "The split leaves no row to train on; choose another validation.");
    if (t->n_classes && n_seen < 2)
        return fail(err, PTG_ERROR_DATA, "The held-out rows have fewer than two classes; choose another validation.");
    return PTG_OK;
}

static ptg_status make_hash(const plan *p, task *t, ptg_error *err)
{
    hash_state *h = hash_new();
    if (!h) return fail_memory(err);
    char one[HASH_TEXT_SIZE];
    bool memory_short = false;
    for (int32_t i = 0; i < t->n_features; i++) {
        frame_column_hash(t->frame, t->features[i], one);
        if (strspn(one, "0") == HASH_TEXT_SIZE - 1) memory_short = true; /* how that function says it */
        hash_add(h, one, sizeof one);
    }
    int64_t about[] = {t->problem, t->n_classes, t->positive, t->split.n_folds, p->validation.kind};
    hash_add(h, about, sizeof about);
    hash_add(h, t->target, (size_t)t->n_rows * sizeof *t->target);
    hash_add(h, t->split.fold, (size_t)t->n_rows * sizeof *t->split.fold);
    if (t->weight) hash_add(h, t->weight, (size_t)t->n_rows * sizeof *t->weight);
    if (t->group) hash_add(h, t->group, (size_t)t->n_rows * sizeof *t->group);
    if (t->time) hash_add(h, t->time, (size_t)t->n_rows * sizeof *t->time);
    hash_end(h, t->hash);
    return memory_short ? fail_memory(err) : PTG_OK;
}

static ptg_status task_write(const task *t, const char *job, ptg_error *err)
{
    bytes_writer w = {0};
    bytes_put_i32(&w, TASK_MAGIC);
    bytes_put_text(&w, text_of(t->hash));
    bytes_put_i32(&w, t->n_classes);
    bytes_put_i32(&w, t->positive);
    for (int32_t k = 0; k < t->n_classes; k++)
        bytes_put_text(&w, t->classes[k]);
    bytes_put_f64s(&w, t->target, t->n_rows);
    bytes_put_f64s(&w, t->weight, t->weight ? t->n_rows : 0);
    bytes_put_i32s(&w, t->group, t->group ? t->n_rows : 0);
    bytes_put_i32(&w, t->split.n_folds);
    bytes_put_i32s(&w, t->split.fold, t->n_rows);
    char *path = file_join(job, TASK_NAME);
    ptg_status status = path ? text_buffer_check(&w, err) : fail_memory(err);
    if (status == PTG_OK) status = file_replace(path, w.data, w.size, err);
    mem_free(path);
    text_buffer_clear(&w);
    return status;
}

/* Writes the frame that workers map, and maps it here too. */
static ptg_status share_frame(task *t, const char *job, ptg_error *err)
{
    char *path = file_join(job, FRAME_NAME);
    if (!path) return fail_memory(err);
    frame *mapped = NULL;
    ptg_status status = frame_save(t->frame, path, err);
    if (status == PTG_OK) status = frame_open(path, &mapped, err);
    mem_free(path);
    if (status != PTG_OK) return status;
    frame_free(t->frame);
    t->frame = mapped;
    return PTG_OK;
}

/* Everything but the frame, in the order in which one part needs another. */
static ptg_status fill(const plan *p, task *t, int64_t validation_rows, ptg_error *err)
{
    TRY(find_features(p, t, err));
    TRY(make_target(p, t, err));
    TRY(check_target(p, t, err));
    TRY(make_weights(p, t, err));
    TRY(make_groups(p, t, err));
    find_time(p, t);
    TRY(make_split(p, t, validation_rows, err));
    return find_scored(t, err);
}

ptg_status task_check(const plan *p, const frame *f, int64_t validation_rows, ptg_error *err)
{
    frame *read = NULL;
    task t = {.memory = arena_new(), .problem = p->problem, .n_rows = frame_rows(f)};
    ptg_status status = PTG_OK;
    if (!t.memory) return fail_memory(err);
    GO(task_frame(p, f, validation_rows, &read, err));
    t.frame = read ? read : (frame *)f; /* only read */
    GO(fill(p, &t, validation_rows, err));
done:
    frame_free(read);
    split_clear(&t.split);
    arena_free(t.memory);
    return status;
}

ptg_status task_make(const plan *p, frame *f, int64_t validation_rows, const char *job, task **out, ptg_error *err)
{
    task *t;
    frame *read;
    *out = NULL;
    TRY(task_new(p, f, &t, err));
    ptg_status status = PTG_OK;
    GO(task_frame(p, t->frame, validation_rows, &read, err));
    if (read) {
        frame_free(t->frame);
        t->frame = read;
    }
    GO(share_frame(t, job, err));
    GO(fill(p, t, validation_rows, err));
    GO(make_hash(p, t, err));
    GO(task_write(t, job, err));
    *out = t;
    t = NULL;
done:
    task_free(t);
    return status;
}

static ptg_status refuse_task(ptg_error *err)
{
    return fail(err, PTG_ERROR_FORMAT, "%s does not belong to this table and plan; run `pilotage tune`, which makes it again.",
                TASK_NAME);
}

/* Everything from the file; the reader's failures are checked once at the end. */
static ptg_status read_fields(task *t, bytes_reader *r, ptg_error *err)
{
    int32_t magic = bytes_i32(r);
    text hash = bytes_text(r);
    if (r->failed || magic != TASK_MAGIC || hash.size != HASH_TEXT_SIZE - 1)
        return fail(err, PTG_ERROR_FORMAT, "%s is damaged; run `pilotage tune`, which makes it again.", TASK_NAME);
    memcpy(t->hash, hash.data, HASH_TEXT_SIZE - 1);
    t->n_classes = bytes_i32(r);
    t->positive = bytes_i32(r);
    if (r->failed || t->n_classes < 0 || t->n_classes > r->size)
        return fail(err, PTG_ERROR_FORMAT, "%s is damaged; run `pilotage tune`, which makes it again.", TASK_NAME);
    text *classes = arena_array(t->memory, t->n_classes, sizeof *classes);
    if (!classes) return fail_memory(err);
    for (int32_t k = 0; k < t->n_classes; k++) {
        text label = bytes_text(r);
        const char *copy = arena_text(t->memory, label.data ? label.data : "", (size_t)label.size);
        if (!copy) return fail_memory(err);
        classes[k] = (text){copy, label.size};
    }
    t->classes = classes;
    int64_t n_target, n_weight, n_group, n_fold;
    t->target = bytes_f64s(r, t->memory, &n_target);
    t->weight = bytes_f64s(r, t->memory, &n_weight);
    t->group = bytes_i32s(r, t->memory, &n_group);
    t->split.n_folds = bytes_i32(r);
    const int32_t *fold = bytes_i32s(r, t->memory, &n_fold);
    TRY(bytes_check(r, TASK_NAME, err));
    if (n_weight == 0) t->weight = NULL;
    if (n_group == 0) t->group = NULL;
    bool right = n_target == t->n_rows && n_fold == t->n_rows && (!t->weight || n_weight == t->n_rows) &&
                 (!t->group || n_group == t->n_rows);
    if (!right || r->at != r->size) return refuse_task(err);
    t->split.fold = mem_array(n_fold, sizeof *t->split.fold);
    if (!t->split.fold) return fail_memory(err);
    if (n_fold) memcpy(t->split.fold, fold, (size_t)n_fold * sizeof *fold);
    t->split.n_rows = n_fold;
    return PTG_OK;
}

/* One row of the file: what it says must be usable as an index. */
static bool row_is_sound(const task *t, int64_t i)
{
    double target = t->target[i];
    int32_t fold = t->split.fold[i];
    if (fold < SPLIT_NEVER_USED || fold >= t->split.n_folds) return false;
    if (t->group && t->group[i] < -1) return false;
    if (t->weight && !(t->weight[i] >= 0 && isfinite(t->weight[i]))) return false;
    if (isnan(target)) return fold == SPLIT_NEVER_USED;
    return t->n_classes == 0 ? isfinite(target) : target >= 0 && target < t->n_classes && target == floor(target);
}

/* The values of the file fit the plan and each other, and are those that were written. */
static ptg_status check_fields(const plan *p, task *t, ptg_error *err)
{
    char written[HASH_TEXT_SIZE];
    bool classes_fit = p->problem == PROBLEM_REGRESSION ? t->n_classes == 0
                       : p->problem == PROBLEM_BINARY   ? t->n_classes == 2
                                                        : t->n_classes > 1;
    bool positive_fits = p->problem == PROBLEM_BINARY ? t->positive == 0 || t->positive == 1 : true;
    if (!classes_fit || !positive_fits || t->split.n_folds < 1 || t->split.n_folds > MOST_FOLDS) return refuse_task(err);
    for (int64_t i = 0; i < t->n_rows; i++)
        if (!row_is_sound(t, i)) return refuse_task(err);
    memcpy(written, t->hash, sizeof written);
    TRY(make_hash(p, t, err));
    if (strcmp(written, t->hash) == 0) return PTG_OK;
    return fail(err, PTG_ERROR_USAGE, "%s is of another plan; run `pilotage tune` first, which makes it again.", TASK_NAME);
}

ptg_status task_open(const plan *p, const char *job, task **out, ptg_error *err)
{
    *out = NULL;
    char *frame_path = file_join(job, FRAME_NAME), *task_path = file_join(job, TASK_NAME), *data = NULL;
    frame *f = NULL;
    task *t = NULL;
    int64_t size;
    ptg_status status = PTG_OK;
    if (!frame_path || !task_path) GO(fail_memory(err));
    GO(file_read(task_path, &data, &size, err));
    GO(frame_open(frame_path, &f, err));
    GO(task_new(p, f, &t, err));
    GO(find_features(p, t, err));
    bytes_reader r = bytes_reader_of(data, size);
    GO(read_fields(t, &r, err));
    find_time(p, t);
    GO(check_fields(p, t, err));
    GO(find_scored(t, err));
    *out = t;
    t = NULL;
done:
    task_free(t);
    mem_free(data);
    mem_free(frame_path);
    mem_free(task_path);
    return status;
}

ptg_status task_rows(const task *t, int32_t fold, arena *a, row_list *train, row_list *held_out, ptg_error *err)
{
    int64_t n_train = 0, n_held = 0;
    int64_t *train_rows = arena_array(a, t->n_rows, sizeof *train_rows),
            *held_rows = arena_array(a, t->n_rows, sizeof *held_rows);
    if (!train_rows || !held_rows) return fail_memory(err);
    for (int64_t i = 0; i < t->n_rows; i++) {
        int32_t at = t->split.fold[i];
        if (at == SPLIT_NEVER_USED) continue;
        if (fold >= 0 && at == fold)
            held_rows[n_held++] = i;
        else
            train_rows[n_train++] = i;
    }
    *train = (row_list){train_rows, n_train};
    *held_out = (row_list){held_rows, n_held};
    return PTG_OK;
}

ptg_status task_gather(const double *values, row_list rows, arena *a, const double **out, ptg_error *err)
{
    *out = NULL;
    if (!values) return PTG_OK;
    double *to = arena_array(a, rows.n, sizeof *to);
    if (!to) return fail_memory(err);
    for (int64_t i = 0; i < rows.n; i++)
        to[i] = values[rows.rows[i]];
    *out = to;
    return PTG_OK;
}

ptg_status task_gather_codes(const int32_t *values, row_list rows, arena *a, const int32_t **out, ptg_error *err)
{
    *out = NULL;
    if (!values) return PTG_OK;
    int32_t *to = arena_array(a, rows.n, sizeof *to);
    if (!to) return fail_memory(err);
    for (int64_t i = 0; i < rows.n; i++)
        to[i] = values[rows.rows[i]];
    *out = to;
    return PTG_OK;
}

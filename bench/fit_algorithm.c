/* One algorithm fitted on a planned job, for benchmarks: fit_algorithm JOB ALGORITHM PARAMETERS HOW THREADS TABLE OUTPUT.csv
 *
 * JOB is the folder that `pilotage plan` wrote, PARAMETERS a JSON object, TABLE what is predicted then. HOW is a number of
 * rounds (one model on all rows), `stop` (rounds by the first fold's held-out rows, then one model on all rows), `bag` (the
 * folds of the plan with shared rounds, averaged) or `bag:0,2` (some of the folds, as one of several workers would have them;
 * nothing is predicted). Prints one line of JSON: rounds, seconds of fitting, on the clock and of the processor, and of
 * predicting, peak memory, and how much of it fitting took. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "process_usage.h"
#include "base/hash.h"
#include "job/assemble.h"
#include "learn/algorithm.h"
#include "model/predict.h"
#include "tune/fold_work.h"

typedef struct fitting {
    const char *job, *how;
    int32_t threads;
    plan *plan;
    task *task;
    fold_context *context;
    json_t *parameters, *steps;
    fold_item item;
    int64_t rounds;
    int32_t folds[64], n_folds;
    double seconds, processor_seconds, above_mb;
} fitting;

static ptg_status open_job(fitting *f, ptg_error *err)
{
    json_t *document = NULL;
    frame *table = NULL;
    char *path = file_join(f->job, "plan.json");
    ptg_status status = path ? json_read_file(path, &document, err) : fail_memory(err);
    mem_free(path);
    if (status == PTG_OK) f->steps = json_deep_copy(json_object_get(json_object_get(document, "pipelines"), "dpp0"));
    if (status == PTG_OK) status = plan_read(document, &f->plan, err);
    json_decref(document);
    path = file_join(f->job, "data/table.frame");
    if (status == PTG_OK) status = frame_open(path, &table, err);
    mem_free(path);
    if (status == PTG_OK) status = task_make(f->plan, table, 0, f->job, &f->task, err);
    if (status == PTG_OK) status = fold_context_new(f->plan, f->task, f->job, f->threads, INT64_C(4) << 30, &f->context, err);
    return status;
}

static double mean_at(json_t *const *curves, int32_t n, size_t round)
{
    double sum = 0;
    for (int32_t f = 0; f < n; f++) {
        size_t size = json_array_size(curves[f]);
        sum += json_number_value(json_array_get(curves[f], round < size ? round : size - 1));
    }
    return sum / n;
}

/* The round at which the mean of the curves is best. */
static int64_t best_round(const fitting *f, json_t *const *curves, int32_t n)
{
    size_t longest = 0, best = 0;
    for (int32_t c = 0; c < n; c++)
        longest = json_array_size(curves[c]) > longest ? json_array_size(curves[c]) : longest;
    for (size_t i = 1; i < longest; i++)
        if (metric_gain(f->plan->objective.stopping, mean_at(curves, n, i)) >
            metric_gain(f->plan->objective.stopping, mean_at(curves, n, best)))
            best = i;
    return (int64_t)best + 1;
}

/* First halves of the folds, and the rounds that they share. */
static ptg_status fit_folds(fitting *f, ptg_error *err)
{
    json_t *curves[64] = {0};
    ptg_status status = PTG_OK;
    for (int32_t i = 0; i < f->n_folds && status == PTG_OK; i++) {
        f->item.fold = f->folds[i];
        status = fold_fit(f->context, &f->item, 0, &curves[i], err);
    }
    if (status == PTG_OK) f->rounds = best_round(f, curves, f->n_folds);
    for (int32_t i = 0; i < f->n_folds; i++)
        json_decref(curves[i]);
    return status;
}

static ptg_status finish_fold(fitting *f, int32_t fold, ptg_error *err)
{
    fold_outcome outcome;
    json_t *curve = NULL;
    f->item.fold = fold;
    if (fold < 0) TRY(fold_fit(f->context, &f->item, f->rounds, &curve, err));
    json_decref(curve);
    return fold_finish(f->context, &f->item, f->rounds, &outcome, err);
}

/* Folds that HOW names: the first one, all, or those of a list. */
static ptg_status choose_folds(fitting *f, ptg_error *err)
{
    int32_t n = f->task->split.n_folds;
    const char *list = strchr(f->how, ':');
    for (int32_t fold = 0; fold < n && fold < 64; fold++) {
        char digits[16];
        snprintf(digits, sizeof digits, "%d", fold);
        if (strcmp(f->how, "stop") == 0 ? fold == 0 : !list || strstr(list, digits)) f->folds[f->n_folds++] = fold;
    }
    bool right = n <= 10 && f->n_folds > 0;
    return right ? PTG_OK : fail(err, PTG_ERROR_USAGE, "HOW names no fold, or there are more than ten.");
}

static ptg_status fit_models(fitting *f, bool all_rows, ptg_error *err)
{
    f->rounds = strtoll(f->how, NULL, 10);
    if (f->rounds == 0) TRY(fit_folds(f, err));
    if (all_rows) return finish_fold(f, -1, err);
    for (int32_t i = 0; i < f->n_folds; i++)
        TRY(finish_fold(f, f->folds[i], err));
    return PTG_OK;
}

static ptg_status fit_all(fitting *f, bool *all_rows, ptg_error *err)
{
    *all_rows = strncmp(f->how, "bag", 3) != 0;
    TRY(choose_folds(f, err));
    usage before = usage_start();
    double start = clock_seconds();
    TRY(fit_models(f, *all_rows, err));
    f->seconds = clock_seconds() - start;
    f->processor_seconds = usage_seconds(&before);
    f->above_mb = usage_above(&before);
    return PTG_OK;
}

static ptg_status predict(const fitting *f, bool all_rows, const char *table, const char *output, double *seconds,
                          ptg_error *err)
{
    assemble_part part = {.name = "bench", .key = f->item.key, .weight = 1};
    assemble_request request = {.plan = f->plan,
                                .task = f->task,
                                .job = f->job,
                                .parts = &part,
                                .n_parts = 1,
                                .all_rows = all_rows,
                                .threshold = 0.5,
                                .temperature = 1};
    model *m = NULL;
    TRY(assemble_model(&request, &m, err));
    predict_options options = {0};
    double start = clock_seconds();
    ptg_status status = model_predict_csv(m, table, output, &options, err);
    *seconds = clock_seconds() - start;
    model_free(m);
    return status;
}

static ptg_status make_folder(const fitting *f, ptg_error *err)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/trials", f->job);
    mkdir(path, 0700);
    snprintf(path, sizeof path, "%s/trials/%s", f->job, f->item.key);
    mkdir(path, 0700);
    return file_exists(path) ? PTG_OK : fail_errno(err, "make", path);
}

/* The same fit has the same seeds in every run. */
static void make_key(char **words, char key[HASH_TEXT_SIZE])
{
    char fit[4096];
    int n = snprintf(fit, sizeof fit, "%s %s %s", words[2], words[3], words[4]);
    hash_bytes(fit, n < (int)sizeof fit ? (size_t)n : sizeof fit - 1, key);
}

int main(int count, char **words)
{
    ptg_error err = {0};
    bool all_rows;
    double predict_seconds = 0;
    if (count != 8) {
        fprintf(stderr, "usage: fit_algorithm JOB ALGORITHM PARAMETERS HOW THREADS TABLE OUTPUT.csv\n");
        return 2;
    }
    fitting f = {.job = words[1], .how = words[4], .threads = atoi(words[5]), .parameters = json_loads(words[3], 0, NULL)};
    char key[HASH_TEXT_SIZE];
    make_key(words, key);
    ptg_status status = f.parameters ? open_job(&f, &err) : fail(&err, PTG_ERROR_USAGE, "PARAMETERS is no JSON.");
    f.item = (fold_item){.key = key, .steps = f.steps, .algorithm = words[2], .parameters = f.parameters};
    if (status == PTG_OK) status = make_folder(&f, &err);
    if (status == PTG_OK) status = fit_all(&f, &all_rows, &err);
    if (status == PTG_OK && !strchr(f.how, ':')) status = predict(&f, all_rows, words[6], words[7], &predict_seconds, &err);
    if (status == PTG_OK)
        printf("{\"rounds\": %lld, \"fit_seconds\": %.4f, \"processor_seconds\": %.4f, \"predict_seconds\": %.4f, \"peak_mb\": "
               "%.1f, \"above_mb\": %.1f}\n",
               (long long)f.rounds, f.seconds, f.processor_seconds, predict_seconds, usage_peak(), f.above_mb);
    else
        fprintf(stderr, "%s\n", err.message);
    fold_context_free(f.context);
    task_free(f.task);
    plan_free(f.plan);
    json_decref(f.parameters);
    json_decref(f.steps);
    return status == PTG_OK ? 0 : 1;
}

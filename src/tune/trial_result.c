/* Pooling, scoring and keeping the results of trials. */
#include "tune/trial_result.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "tune/fold_work.h"

const char *const trial_status_names[5] = {"planned", "running", "completed", "stopped", "failed"};

ptg_status scored_rows_make(const task *t, scored_rows *out, ptg_error *err)
{
    row_list rows = {t->scored, t->n_scored};
    *out = (scored_rows){.memory = arena_new(), .n = t->n_scored, .width = prediction_width(t->problem, t->n_classes)};
    if (!out->memory) return fail_memory(err);
    TRY(task_gather(t->target, rows, out->memory, &out->target, err));
    TRY(task_gather(t->weight, rows, out->memory, &out->weight, err));
    return task_gather_codes(t->group, rows, out->memory, &out->group, err);
}

void scored_rows_clear(scored_rows *r)
{
    arena_free(r->memory);
    r->memory = NULL;
}

metric_input scored_input(const task *t, const scored_rows *r, const double *predictions)
{
    return (metric_input){.problem = t->problem,
                          .n_classes = t->n_classes,
                          .n = r->n,
                          .target = r->target,
                          .weight = r->weight,
                          .prediction = predictions,
                          .threshold = 0.5};
}

/* Puts one fold's rows at their places among the scored rows. */
static void place_fold(const task *t, int32_t fold, int32_t width, const double *from, double *to)
{
    for (int64_t i = 0; i < t->n_scored; i++) {
        if (t->split.fold[t->scored[i]] != fold) continue;
        memcpy(to + i * width, from, (size_t)width * sizeof *to);
        from += width;
    }
}

ptg_status trial_read_predictions(const task *t, const scored_rows *r, const char *job, const char *key, double **out,
                                  ptg_error *err)
{
    *out = mem_array(r->n * r->width, sizeof **out);
    if (!*out) return fail_memory(err);
    ptg_status status = PTG_OK;
    for (int32_t fold = 0; status == PTG_OK && fold < t->split.n_folds; fold++) {
        int64_t n = 0;
        for (int64_t i = 0; i < t->n_scored; i++)
            n += t->split.fold[t->scored[i]] == fold;
        double *part;
        status = fold_read_predictions(job, key, fold, n, r->width, &part, err);
        if (status == PTG_OK) place_fold(t, fold, r->width, part, *out);
        mem_free(part);
    }
    if (status != PTG_OK) {
        mem_free(*out);
        *out = NULL;
    }
    return status;
}

ptg_status trial_score(const plan *p, const task *t, const scored_rows *r, const double *predictions, trial_result *out,
                       ptg_error *err)
{
    metric_input rows = scored_input(t, r, predictions);
    score_estimate estimate;
    TRY(score_estimate_make(&p->objective, &rows, r->group, p->seed, &estimate, err));
    if (isnan(estimate.score))
        return fail(err, PTG_ERROR_FAILED, "%s is not defined on these predictions.", p->objective.metric->name);
    out->score = estimate.score;
    out->se = estimate.se;
    out->threshold = estimate.threshold;
    return PTG_OK;
}

static ptg_status result_path(const char *job, const char *key, char out[4096], ptg_error *err)
{
    if (snprintf(out, 4096, "%s/trials/%s/result.json", job, key) >= 4096)
        return fail(err, PTG_ERROR_USAGE, "The path of the job folder is too long: '%s'.", job);
    return PTG_OK;
}

ptg_status trial_result_write(const char *job, const char *key, const trial_result *result, ptg_error *err)
{
    char path[4096];
    TRY(result_path(job, key, path, err)); /* what is shorter fits too */
    snprintf(path, sizeof path, "%s/trials/%s", job, key);
    TRY(file_make_folder(path, 0700, err));
    TRY(result_path(job, key, path, err));
    json_t *document =
        json_pack("{s:s,s:s,s:o,s:o,s:o,s:o,s:I,s:o,s:o,s:I}", "status", trial_status_names[result->status], "error",
                  result->error, "over_seconds", json_number(result->over_seconds), "score", json_number(result->score),
                  "score_se", json_number(result->se), "threshold", json_number(result->threshold), "rounds",
                  (json_int_t)result->rounds, "fit_seconds", json_number(result->fit_seconds), "predict_us_per_row",
                  json_number(result->predict_us_per_row), "bytes", (json_int_t)result->bytes);
    if (!document) return fail_memory(err);
    text_buffer b = {0};
    json_write(&b, document, 1, false);
    json_decref(document);
    ptg_status status = text_buffer_check(&b, err);
    if (status == PTG_OK) status = file_replace(path, b.data, b.size, err);
    text_buffer_clear(&b);
    return status;
}

ptg_status trial_result_read(const char *job, const char *key, trial_result *out, bool *found, ptg_error *err)
{
    char path[4096];
    json_t *document;
    *found = false;
    TRY(result_path(job, key, path, err));
    if (!file_exists(path) || json_read_file(path, &document, NULL) != PTG_OK) return PTG_OK;
    *out = (trial_result){.status = TRIAL_PLANNED};
    for (int i = 0; i < 5; i++)
        if (strcmp(json_text_or(document, "status", ""), trial_status_names[i]) == 0) out->status = (trial_status)i;
    snprintf(out->error, sizeof out->error, "%s", json_text_or(document, "error", ""));
    out->over_seconds = json_real_or(document, "over_seconds", 0);
    out->score = json_real_or(document, "score", NAN);
    out->se = json_real_or(document, "score_se", NAN);
    out->threshold = json_real_or(document, "threshold", 0.5);
    out->rounds = json_integer_or(document, "rounds", 0);
    out->fit_seconds = json_real_or(document, "fit_seconds", 0);
    out->predict_us_per_row = json_real_or(document, "predict_us_per_row", 0);
    out->bytes = json_integer_or(document, "bytes", 0);
    bool sound = out->rounds >= 0 && out->bytes >= 0 && out->fit_seconds >= 0 && out->predict_us_per_row >= 0;
    *found = sound && (out->status == TRIAL_FAILED || (out->status == TRIAL_COMPLETED && !isnan(out->score)));
    json_decref(document);
    return PTG_OK;
}

int64_t shared_rounds(const metric *stopping, int32_t n_folds, const double *const curves[], const int64_t sizes[],
                      const int64_t rows[])
{
    int64_t longest = 0, best = 0;
    for (int32_t f = 0; f < n_folds; f++)
        if (sizes[f] > longest) longest = sizes[f];
    double best_gain = -INFINITY;
    for (int64_t round = 0; round < longest; round++) {
        double sum = 0, weight = 0;
        for (int32_t f = 0; f < n_folds; f++) {
            if (sizes[f] == 0) continue;
            double value = curves[f][round < sizes[f] ? round : sizes[f] - 1];
            if (isnan(value)) continue;
            sum += (double)rows[f] * metric_gain(stopping, value);
            weight += (double)rows[f];
        }
        double gain = weight > 0 ? sum / weight : -INFINITY;
        if (gain > best_gain) {
            best_gain = gain;
            best = round + 1;
        }
    }
    return best > 0 ? best : longest > 0 ? 1 : 0;
}

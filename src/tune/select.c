/* Choosing on held-out evidence. The ensemble is taken unless its cross-fitted weights do worse in the mean than the best
 * single. */
#include "tune/select.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "evaluate/calibration.h"
#include "tune/ensemble.h"

#define MOST_MEMBERS 50
/* Numbers that an ensemble looks at in one round; more members than that are left out, worst first. */
#define MOST_NUMBERS 40000000

/* Completed trials, best first. */
typedef struct field {
    trial **trials;
    int32_t n;
} field;

static double gain_of(const plan *p, const trial *x)
{
    return metric_gain(p->objective.metric, x->result.score);
}

/* Insertion keeps equal scores in the order of their numbers. */
static ptg_status make_field(const tuner *t, const plan *p, field *out, ptg_error *err)
{
    int64_t n = tuner_count(t);
    *out = (field){.trials = mem_array(n + 1, sizeof *out->trials)};
    if (!out->trials) return fail_memory(err);
    for (int64_t i = 0; i < n; i++) {
        trial *x = tuner_trial(t, i);
        if (x->result.status != TRIAL_COMPLETED || !x->predictions) continue;
        int32_t at = out->n++;
        while (at > 0 && gain_of(p, out->trials[at - 1]) < gain_of(p, x)) {
            out->trials[at] = out->trials[at - 1];
            at--;
        }
        out->trials[at] = x;
    }
    return PTG_OK;
}

/* Few rows cannot tell many members apart: the more are tried, the more the choice fits their noise. 8 members at 500 rows, 15
 * at 2,500, 40 at 10,000, linear in the logarithm between them. */
static int64_t members_for(int64_t rows)
{
    static const double at[] = {100, 500, 2500, 10000}, most[] = {4, 8, 15, 40};
    double n = (double)rows;
    if (n <= at[0]) return (int64_t)most[0];
    for (int i = 1; i < 4; i++)
        if (n < at[i]) return (int64_t)(most[i - 1] + (most[i] - most[i - 1]) * log(n / at[i - 1]) / log(at[i] / at[i - 1]));
    return MOST_MEMBERS;
}

/* Each candidate's best first, then the best of the rest, as many as rows and memory allow. */
static int32_t choose_members(const scored_rows *rows, field *f)
{
    int64_t most = MOST_NUMBERS / (rows->n * rows->width + 1), by_rows = members_for(rows->n);
    if (most > by_rows) most = by_rows;
    if (most < 4) most = 4;
    int32_t kept = 0;
    for (int pass = 0; pass < 2; pass++)
        for (int32_t i = kept; i < f->n && kept < most; i++) {
            bool first = true;
            for (int32_t k = 0; k < kept; k++)
                first = first && f->trials[k]->candidate != f->trials[i]->candidate;
            if (pass == 0 && !first) continue;
            trial *moved = f->trials[i];
            for (int32_t k = i; k > kept; k--)
                f->trials[k] = f->trials[k - 1];
            f->trials[kept++] = moved;
        }
    return kept;
}

static ensemble_request request_of(const plan *p, const task *of, const scored_rows *r, const double *const *predictions,
                                   int32_t n, pool *threads)
{
    return (ensemble_request){.objective = &p->objective,
                              .problem = of->problem,
                              .n_classes = of->n_classes,
                              .n = r->n,
                              .target = r->target,
                              .weight = r->weight,
                              .group = r->group,
                              .n_members = n,
                              .predictions = predictions,
                              .seed = p->seed,
                              .threads = threads};
}

/* Rows outside of one part, gathered for every member. */
typedef struct others {
    arena *memory;
    int64_t n;
    int64_t *rows;
    double *target, *weight;
    int32_t *group;
    const double **predictions;
} others;

/* Parts of the cross-fit: more where rows are few, because every part left out makes the weights worse than they will be. */
static uint64_t parts_of(const scored_rows *r)
{
    return r->n <= 5000 ? 10 : r->n <= 20000 ? 5 : 2;
}

/* Whole groups go to one part. */
static uint64_t part_of(const plan *p, const scored_rows *r, int64_t i)
{
    int64_t unit = r->group && r->group[i] >= 0 ? r->group[i] : (r->group ? -1 - i : i);
    return hash_word(&unit, sizeof unit, p->seed ^ 0x70617274) % parts_of(r);
}

static ptg_status others_make(const plan *p, const scored_rows *r, const double *const *predictions, int32_t n_members,
                              uint64_t part, others *h, ptg_error *err)
{
    *h = (others){.memory = arena_new()};
    if (!h->memory) return fail_memory(err);
    h->rows = arena_array(h->memory, r->n, sizeof *h->rows);
    if (!h->rows) return fail_memory(err);
    for (int64_t i = 0; i < r->n; i++)
        if (part_of(p, r, i) != part) h->rows[h->n++] = i;
    row_list list = {h->rows, h->n};
    TRY(task_gather(r->target, list, h->memory, (const double **)&h->target, err));
    TRY(task_gather(r->weight, list, h->memory, (const double **)&h->weight, err));
    TRY(task_gather_codes(r->group, list, h->memory, (const int32_t **)&h->group, err));
    h->predictions = arena_array(h->memory, n_members, sizeof *h->predictions);
    if (!h->predictions) return fail_memory(err);
    for (int32_t m = 0; m < n_members; m++) {
        double *values = arena_array(h->memory, h->n * r->width, sizeof *values);
        if (!values) return fail_memory(err);
        for (int64_t i = 0; i < h->n; i++)
            memcpy(values + i * r->width, predictions[m] + h->rows[i] * r->width, (size_t)r->width * sizeof *values);
        h->predictions[m] = values;
    }
    return PTG_OK;
}

/* Weights chosen on the other parts, applied to this one's rows of `mix`. */
static ptg_status mix_part(const plan *p, const task *of, const scored_rows *r, const double *const *predictions, int32_t n,
                           uint64_t part, pool *threads, double *mix, ptg_error *err)
{
    others chosen_on;
    ensemble_choice choice;
    double *weights = mem_array(n, sizeof *weights);
    ptg_status status = weights ? others_make(p, r, predictions, n, part, &chosen_on, err) : fail_memory(err);
    if (!weights) return status;
    if (status == PTG_OK) {
        scored_rows other = {.n = chosen_on.n,
                             .width = r->width,
                             .target = chosen_on.target,
                             .weight = chosen_on.weight,
                             .group = chosen_on.group};
        ensemble_request request = request_of(p, of, &other, chosen_on.predictions, n, threads);
        status = ensemble_fit(&request, weights, &choice, err);
    }
    for (int64_t i = 0; status == PTG_OK && i < r->n; i++) {
        if (part_of(p, r, i) != part) continue;
        for (int32_t k = 0; k < r->width; k++) {
            double sum = 0;
            for (int32_t m = 0; m < n; m++)
                if (weights[m] > 0) sum += weights[m] * predictions[m][i * r->width + k];
            mix[i * r->width + k] = sum;
        }
    }
    arena_free(chosen_on.memory);
    mem_free(weights);
    return status;
}

/* The honest score of the ensemble: every row is scored with weights that never saw it. */
static ptg_status score_mix(const plan *p, const task *of, const scored_rows *r, const double *const *predictions, int32_t n,
                            pool *threads, trial_result *out, ptg_error *err)
{
    double *mix = mem_array(r->n * r->width, sizeof *mix);
    if (!mix) return fail_memory(err);
    ptg_status status = PTG_OK;
    for (uint64_t part = 0; status == PTG_OK && part < parts_of(r); part++)
        status = mix_part(p, of, r, predictions, n, part, threads, mix, err);
    if (status == PTG_OK) status = trial_score(p, of, r, mix, out, err);
    mem_free(mix);
    return status;
}

/* Members of weight above 0, and what they cost together. */
static ptg_status keep_used(const field *f, int32_t n, const double *weights, selection *out, ptg_error *err)
{
    out->mixed = mem_array(n, sizeof *out->mixed);
    if (!out->mixed) return fail_memory(err);
    for (int32_t m = 0; m < n; m++) {
        if (weights[m] <= 0) continue;
        const trial_result *x = &f->trials[m]->result;
        out->mixed[out->n_mixed++] = (selected_member){f->trials[m], weights[m]};
        out->mixed_result.fit_seconds += x->fit_seconds;
        out->mixed_result.predict_us_per_row += x->predict_us_per_row;
        out->mixed_result.bytes += x->bytes;
    }
    return PTG_OK;
}

/* Fits, scores and judges the ensemble of the first n trials of the field. *better: its mean gain over the best single. */
static ptg_status make_mix(const plan *p, const task *of, const scored_rows *r, const field *f, int32_t n, pool *threads,
                           selection *out, ensemble_judgement *judged, ptg_error *err)
{
    const double **predictions = mem_array(n, sizeof *predictions);
    double *weights = mem_array(n, sizeof *weights);
    ptg_status status = PTG_OK;
    if (!predictions || !weights) GO(fail_memory(err));
    for (int32_t m = 0; m < n; m++)
        predictions[m] = f->trials[m]->predictions;
    ensemble_request request = request_of(p, of, r, predictions, n, threads);
    ensemble_choice choice;
    GO(ensemble_fit(&request, weights, &choice, err));
    GO(keep_used(f, n, weights, out, err));
    GO(score_mix(p, of, r, predictions, n, threads, &out->mixed_result, err));
    out->mixed_result.status = TRIAL_COMPLETED;
    out->mixed_result.threshold = choice.threshold;
    GO(ensemble_judge(&request, judged, err));
done:
    mem_free(predictions);
    mem_free(weights);
    return status;
}

static ptg_status take_single(trial *x, selection *out, const char *name, ptg_error *err)
{
    out->members = mem_array(1, sizeof *out->members);
    if (!out->members) return fail_memory(err);
    out->members[0] = (selected_member){x, 1};
    out->n_members = 1;
    out->name = name;
    out->result = x->result;
    return PTG_OK;
}

static ptg_status take_mix(selection *out, ptg_error *err)
{
    out->members = mem_array(out->n_mixed, sizeof *out->members);
    if (!out->members) return fail_memory(err);
    memcpy(out->members, out->mixed, (size_t)out->n_mixed * sizeof *out->members);
    out->n_members = out->n_mixed;
    out->is_ensemble = true;
    out->name = "ensemble";
    out->result = out->mixed_result;
    return PTG_OK;
}

/* The smallest model within one standard error of the best. */
static trial *simplest(const plan *p, const field *f)
{
    trial *best = f->trials[0], *small = best;
    double least = gain_of(p, best) - (isnan(best->result.se) ? 0 : best->result.se);
    for (int32_t i = 1; i < f->n; i++)
        if (gain_of(p, f->trials[i]) >= least && f->trials[i]->result.bytes < small->result.bytes) small = f->trials[i];
    return small;
}

/* Temperature of what is handed over, fitted on its held-out predictions where the objective reads probabilities. */
static ptg_status calibrate(const plan *p, const task *of, const scored_rows *r, selection *out, ptg_error *err)
{
    out->temperature = 1;
    if (of->problem == PROBLEM_REGRESSION || !calibration_suits(&p->objective)) return PTG_OK;
    const double **predictions = mem_array(out->n_members, sizeof *predictions);
    double *weights = mem_array(out->n_members, sizeof *weights), *mix = mem_array(r->n * r->width, sizeof *mix);
    ptg_status status = PTG_OK;
    if (!predictions || !weights || !mix) GO(fail_memory(err));
    for (int32_t m = 0; m < out->n_members; m++) {
        predictions[m] = out->members[m].trial->predictions;
        weights[m] = out->members[m].weight;
    }
    ensemble_mix(predictions, weights, out->n_members, r->n * r->width, mix);
    metric_input rows = scored_input(of, r, mix);
    calibration fitted;
    GO(calibration_fit(&rows, r->group, p->seed, &fitted, err));
    out->temperature = fitted.temperature;
done:
    mem_free(predictions);
    mem_free(weights);
    mem_free(mix);
    return status;
}

static ptg_status decide(const plan *p, const field *f, bool simple, const ensemble_judgement *judged, selection *out,
                         ptg_error *err)
{
    trial *best = f->trials[0];
    if (simple) {
        trial *x = simplest(p, f);
        snprintf(out->reason, sizeof out->reason,
                 "--prefer simple: the smallest candidate within one standard error of the best.");
        return take_single(x, out, x->spec.candidate->name, err);
    }
    bool better = out->n_mixed > 1 && (isnan(judged->mean) || judged->mean >= 0);
    if (p->mode == MODE_TUNING || out->n_mixed == 0 || (p->mode == MODE_AUTO && !better)) {
        snprintf(out->reason, sizeof out->reason, "%s",
                 p->mode == MODE_TUNING ? "Mode tuning: the best single candidate."
                 : out->n_mixed > 1     ? "The ensemble did worse in the mean where its weights were cross-fitted."
                                        : "The ensemble is this one candidate.");
        return take_single(best, out, best->spec.candidate->name, err);
    }
    bool noise = fabs(judged->mean) <= judged->se;
    if (isnan(judged->mean) || isnan(judged->se))
        snprintf(out->reason, sizeof out->reason,
                 "The ensemble; the rows are too few to judge it against the best single candidate.");
    else
        snprintf(out->reason, sizeof out->reason,
                 "The ensemble beats the best single candidate by %.3g +- %.2g where its weights were cross-fitted%s.",
                 judged->mean, judged->se, noise ? " (within noise)" : "");
    return take_mix(out, err);
}

ptg_status select_best(const tuner *t, const plan *p, const task *task_of, bool simple, pool *threads, selection *out,
                       ptg_error *err)
{
    *out = (selection){.temperature = 1};
    field f = {0};
    ensemble_judgement judged = {.mean = NAN, .se = NAN};
    const scored_rows *rows = tuner_rows(t);
    ptg_status status = PTG_OK;
    GO(make_field(t, p, &f, err));
    if (f.n == 0) {
        snprintf(out->reason, sizeof out->reason, "No candidate was completed; this is the baseline.");
        GO(take_single(tuner_baseline(t), out, "baseline", err));
        goto done;
    }
    int32_t n = choose_members(rows, &f);
    if (p->mode != MODE_TUNING && n > 1) GO(make_mix(p, task_of, rows, &f, n, threads, out, &judged, err));
    GO(decide(p, &f, simple, &judged, out, err));
    GO(calibrate(p, task_of, rows, out, err));
done:
    mem_free(f.trials);
    if (status != PTG_OK) selection_clear(out);
    return status;
}

void selection_clear(selection *s)
{
    mem_free(s->members);
    mem_free(s->mixed);
    s->members = s->mixed = NULL;
}

/* Findings that a model of the whole table makes: drift between training and validation rows, and wrong labels. */
#include <math.h>

#include "profile/finding.h"
#include "profile/finding_score.h"
#include "profile/model_checks.h"

#define DRIFT_MEDIUM 0.6
#define DRIFT_HIGH 0.8
#define DRIFT_SURE 4
#define DRIFT_SURE_ONE 4.5 /* one of several columns */
#define DRIFT_COLUMN 0.55
#define NOISE_HIGH 0.15
#define DRIFT_WHY "Left out: its values differ between the table and the validation file."

/* The AUC of all features, or of one column where that tells more: in small tables the others only disturb. 0.5 where it could
 * be chance. */
static double clearest_auc(const drift_check *drift)
{
    double auc = drift->auc - 0.5 >= DRIFT_SURE * drift->se ? drift->auc : 0.5;
    for (int32_t k = 0; k < drift->n_columns; ++k) {
        const drift_column *c = &drift->columns[k];
        if (c->auc - 0.5 >= DRIFT_SURE_ONE * c->se) auc = fmax(auc, c->auc);
    }
    return auc;
}

static int32_t drifting_columns(const drift_check *drift, int32_t *out)
{
    int32_t n = 0;
    for (int32_t k = 0; k < drift->n_columns; ++k) {
        bool seen = false;
        for (int32_t j = 0; j < n; ++j)
            seen = seen || out[j] == drift->columns[k].at;
        if (!seen && drift->columns[k].auc >= DRIFT_COLUMN) out[n++] = drift->columns[k].at;
    }
    return n;
}

/* "A small model tells ... from ...", by where the rows on the other side come from. */
static const char *const apart_words[2] = {"rows of the table from rows of the validation file",
                                           "the last fifth of the rows in time, which is held out, from those before"};
static const char *const meaning_words[2] = {
    "Scores on the validation file say how the model does on such rows, not on rows like the table's.",
    "Scores on the rows held out say how the model does on rows that have changed since those that it was trained on."};

static ptg_status report_drift(const finding_context *c, const finding_kind *kind, const drift_check *drift, bool in_time,
                               ptg_error *err)
{
    const double auc = clearest_auc(drift);
    if (auc < kind->threshold) return PTG_OK;
    int32_t columns[DRIFT_COLUMNS];
    finding found = {.severity = finding_severity_of(auc, DRIFT_MEDIUM, DRIFT_HIGH),
                     .n_columns = drifting_columns(drift, columns),
                     .columns = columns,
                     .value = auc};
    finding_word shown;
    text_print(&found.text, "A small model tells %s (AUC %s; 0.5 would be no difference)", apart_words[in_time],
               finding_short(auc, &shown));
    if (found.n_columns > 0) {
        text_append(&found.text, ", mostly by ");
        finding_names(c, columns, found.n_columns, &found.text);
    }
    text_print(&found.text, ". %s", meaning_words[in_time]);
    for (int32_t k = 0; k < found.n_columns && found.severity == SEVERITY_HIGH && !in_time; ++k) {
        if (c->facts->columns[columns[k]].role == ROLE_FEATURE)
            finding_fix_role(&found, c, columns[k], ROLE_IGNORED, DRIFT_WHY);
    }
    return finding_report(c, kind, &found, err);
}

/* Between the two files, or between the two sides of a split by time that was asked for. */
static ptg_status check_drift(const finding_context *c, const finding_kind *kind, ptg_error *err)
{
    const model_checks *checks = c->facts->checks;
    if (checks == NULL) return PTG_OK;
    if (checks->drift.made) TRY(report_drift(c, kind, &checks->drift, false, err));
    const bool split = checks->drift_time.by >= 0 && c->facts->columns[checks->drift_time.by].role == ROLE_TIME;
    if (checks->drift.made || !checks->drift_time.made || !split) return PTG_OK;
    return report_drift(c, kind, &checks->drift_time, true, err);
}

static ptg_status check_noise(const finding_context *c, const finding_kind *kind, ptg_error *err)
{
    if (c->facts->checks == NULL || !c->facts->checks->noise.found) return PTG_OK;
    const label_noise *noise = &c->facts->checks->noise;
    finding found = {.severity = finding_severity_of(noise->rate, kind->threshold, NOISE_HIGH),
                     .n_columns = 1,
                     .columns = &c->facts->target,
                     .n_rows = noise->n_rows < FINDING_ROWS ? noise->n_rows : FINDING_ROWS,
                     .rows = noise->rows,
                     .value = noise->rate};
    finding_word target, rate;
    text_print(&found.text,
               "About %s %% of the values of %s look wrong: a small model that did not see them is sure of another "
               "one, as often in clear cases as in less clear ones.",
               finding_percent(noise->rate, &rate), finding_name(c, c->facts->target, &target));
    if (noise->n_suspects <= NOISE_ROWS) finding_fix_leave_out(&found, c, noise->rows, noise->n_rows);
    return finding_report(c, kind, &found, err);
}

const finding_kind findings_model[] = {
    {.id = "drift-validation",
     .text =
         "The rows on which a model is judged differ from those it is trained on: a validation file from the table, or, with "
         "--time, the last fifth in time from the rows before. A score on them is not what the model does on rows "
         "like those it was trained on, and the other way round.",
     .decided =
         "A small model is trained to tell the rows of the two files (or times) apart (adversarial validation), by the "
         "features only, in time without dates, "
         "and judged on rows that it has not seen; columns are tried alone as well. An AUC of 0.5 is no difference; reported "
         "from 0.55 on when that is "
         "four standard errors away. The columns named are those that alone reach 0.55.",
     .threshold = DRIFT_LEAST,
     .severity = "high: AUC of 0.8 and more; medium: 0.6 and more; low: below.",
     .advice =
         "Ask how the two files were made. If the validation file is what the model will meet, weight or choose training rows "
         "like it; leave out columns that only tell the files apart.",
     .fix =
         "Where the drift is high, the columns that alone tell the files apart are not used (role ignored). None in time: what "
         "changes over time may be what is to be learned.",
     .ignore = "When the validation file is meant to be different, to see how far the model carries.",
     .example = "The table is of winter, the validation file of summer.",
     .check = check_drift},
    {.id = "label-noise",
     .text = "Some labels look wrong. A model trained on them learns the mistakes, and a good one is blamed for being right.",
     .decided =
         "Each row (of at least 1,000) is predicted by a small model that did not see it. Rows are ordered by how sure the "
         "model is, inside each "
         "predicted class. Where classes merely overlap, errors vanish among the clearest rows; where labels are wrong, "
         "the clearest fifth has about as many errors (0.6 to 1.6 times) as the next two. Every main class must be told "
         "apart clearly, else nothing is said. Several classes: a class's label among the fifth of rows that exclude it most "
         "is "
         "counted against the next fifth, and against what overlap alone would leave there. Numbers: residuals beyond 6 robust "
         "deviations, on both sides, that have lost "
         "all connection with the prediction, while the rest is predicted with R2 of at least 0.7.",
     .threshold = NOISE_LEAST,
     .severity = "high: 15 % of the rows and more; medium: 2 % and more.",
     .advice = "Check the rows shown by hand. If they are wrong, correct them, or leave them out of training.",
     .fix = "The suspected rows are left out (when there are at most 500).",
     .ignore = "When the outcome is random by nature at a fixed rate, such as a test with a known share of false results.",
     .example = "One of three annotators mixed up two labels.",
     .check = check_noise},
};
const int32_t n_findings_model = (int32_t)(sizeof findings_model / sizeof findings_model[0]);

/* Findings on leaks: what a model would know in training and not when it is used. The proof is a score of the small model with
 * and without the columns. */
#include <math.h>

#include "profile/finding.h"
#include "profile/finding_score.h"
#include "profile/model_checks.h"

#define COPY_WHY "Left out: it is a copy of the target."
#define SUM_WHY "Left out: the target is a sum of this column and others."
#define NEAR_WHY "Left out: it tells the target better than all other columns together can."
#define MISSING_WHY "Left out: whether it is missing tells the target."

#define NEAR_HIGH 0.97
#define MISSING_HIGH 0.9
#define ORDER_ALONE 0.1
#define ORDER_GAIN 0.05
#define ORDER_SURE 3
#define ORDER_HIGH 0.5

static const model_checks *checks_of(const finding_context *c)
{
    return c->facts->checks != NULL && c->facts->checks->rows > 0 ? c->facts->checks : NULL;
}

/* "A model of all features reaches AUC 0.94, without ... AUC 0.79." */
static void say_scores(const finding_context *c, const leak_checks *leaks, const char *without, text_buffer *out)
{
    text_append(out, " A small model of all features reaches ");
    finding_score(c, leaks->with, out);
    text_print(out, "; without %s it reaches ", without);
    finding_score(c, leaks->without, out);
    text_append(out, ".");
}

static ptg_status check_copy(const finding_context *c, const finding_kind *kind, ptg_error *err)
{
    const model_checks *checks = checks_of(c);
    for (int32_t k = 0; checks != NULL && k < checks->leaks.n_suspects; ++k) {
        const leak_suspect *s = &checks->leaks.suspects[k];
        finding found = {.severity = SEVERITY_HIGH, .n_columns = 1, .columns = &s->at, .value = s->measure};
        finding_word name, target, measure;
        if (s->kind != LEAK_COPY) continue;
        finding_name(c, s->at, &name);
        finding_name(c, c->facts->target, &target);
        if (c->facts->problem == PROBLEM_REGRESSION) {
            text_print(&found.text,
                       "%s puts the rows in the same order as %s (rank correlation %s): it is the target in other "
                       "numbers.",
                       name.data, target.data, finding_short(s->measure, &measure));
        } else {
            text_print(&found.text,
                       "Each value of %s stands for one class of %s in %s %% of the rows: it is the target in "
                       "other words.",
                       name.data, target.data, finding_percent(s->measure, &measure));
        }
        say_scores(c, &checks->leaks, "it", &found.text);
        finding_fix_role(&found, c, s->at, ROLE_IGNORED, COPY_WHY);
        TRY(finding_report(c, kind, &found, err));
    }
    return PTG_OK;
}

static void describe_suspect(const finding_context *c, const leak_suspect *s, text_buffer *out)
{
    finding_word name, target, measure, expected;
    finding_name(c, s->at, &name);
    finding_name(c, c->facts->target, &target);
    if (s->kind == LEAK_CERTAIN && isnan(s->expected)) {
        text_print(out, "%s makes %s certain in %s %% of the rows, which no other column does.", name.data, target.data,
                   finding_percent(s->measure, &measure));
    } else if (s->kind == LEAK_CERTAIN) {
        text_print(out, "%s makes %s certain in %s %% of the rows; an ordinary predictor of the same strength would in %s %%.",
                   name.data, target.data, finding_percent(s->measure, &measure), finding_percent(s->expected, &expected));
    } else if (s->kind == LEAK_READING) {
        text_print(out, "%s looks like %s itself with an error: the same unit, a slope of 1, and %s %% of the variance.",
                   name.data, target.data, finding_percent(s->measure, &measure));
    } else {
        text_print(out, "%s alone nearly determines %s (%s of 1), and all other columns together come nowhere near.", name.data,
                   target.data, finding_short(s->measure, &measure));
    }
    text_append(out, " Alone it reaches ");
    finding_score(c, s->alone, out);
    text_append(out, ".");
}

static ptg_status check_target(const finding_context *c, const finding_kind *kind, ptg_error *err)
{
    const model_checks *checks = checks_of(c);
    for (int32_t k = 0; checks != NULL && k < checks->leaks.n_suspects; ++k) {
        const leak_suspect *s = &checks->leaks.suspects[k];
        finding found = {.severity = s->kind == LEAK_NEAR && s->measure >= NEAR_HIGH ? SEVERITY_HIGH : SEVERITY_MEDIUM,
                         .n_columns = 1,
                         .columns = &s->at,
                         .value = s->measure};
        if (s->kind == LEAK_COPY || !s->confirmed) continue;
        describe_suspect(c, s, &found.text);
        say_scores(c, &checks->leaks, "what is suspected", &found.text);
        text_append(&found.text, " Is it known when the prediction is made?");
        finding_fix_role(&found, c, s->at, ROLE_IGNORED, NEAR_WHY);
        TRY(finding_report(c, kind, &found, err));
    }
    return PTG_OK;
}

static void write_sum(const finding_context *c, const leak_sum *sum, text_buffer *out)
{
    finding_word name, number;
    text_append(out, finding_name(c, c->facts->target, &name));
    text_append(out, " =");
    for (int32_t k = 0; k < sum->n; ++k) {
        const double factor = sum->factor[k];
        text_append(out, factor < 0 ? " - " : k > 0 ? " + " : " ");
        if (fabs(fabs(factor) - 1) > 0.005) text_print(out, "%s x ", finding_short(fabs(factor), &number));
        text_append(out, finding_name(c, sum->at[k], &name));
    }
}

static ptg_status check_sum(const finding_context *c, const finding_kind *kind, ptg_error *err)
{
    const model_checks *checks = checks_of(c);
    if (checks == NULL || checks->leaks.sum.n == 0) return PTG_OK;
    const leak_sum *sum = &checks->leaks.sum;
    finding found = {.severity = sum->rest <= LEAK_SUM_EXACT ? SEVERITY_HIGH : SEVERITY_MEDIUM,
                     .n_columns = sum->n,
                     .columns = sum->at,
                     .value = sum->rest};
    finding_word rest;
    write_sum(c, sum, &found.text);
    if (sum->rest < 1e-6) {
        text_append(&found.text, " exactly.");
    } else {
        text_print(&found.text, ", but for %s %% of its deviation.", finding_percent(sum->rest, &rest));
    }
    say_scores(c, &checks->leaks, "these columns", &found.text);
    for (int32_t k = 0; k < sum->n; ++k)
        finding_fix_role(&found, c, sum->at[k], ROLE_IGNORED, SUM_WHY);
    return finding_report(c, kind, &found, err);
}

static ptg_status check_missing(const finding_context *c, const finding_kind *kind, ptg_error *err)
{
    const model_checks *checks = checks_of(c);
    for (int32_t k = 0; checks != NULL && k < checks->leaks.n_missing; ++k) {
        const leak_missing *m = &checks->leaks.missing[k];
        if (m->strength < kind->threshold) continue;
        finding found = {.severity = finding_severity_of(m->strength, kind->threshold, MISSING_HIGH),
                         .n_columns = 1,
                         .columns = &m->at,
                         .value = m->strength};
        finding_word name, target, strength, share;
        text_print(&found.text, "%s is missing in %s %% of the rows, and which rows these are tells %s (association %s of 1).",
                   finding_name(c, m->at, &name), finding_percent(m->share, &share), finding_name(c, c->facts->target, &target),
                   finding_short(m->strength, &strength));
        if (c->facts->columns[m->at].role == ROLE_FEATURE) finding_fix_role(&found, c, m->at, ROLE_IGNORED, MISSING_WHY);
        TRY(finding_report(c, kind, &found, err));
    }
    return PTG_OK;
}

static bool is_time_of_rows(const model_checks *checks)
{
    for (int32_t k = 0; k < checks->splits.n_times; ++k) {
        if (checks->splits.times[k].at < 0 && checks->splits.times[k].found) return true;
    }
    return false;
}

static finding_severity order_severity(const order_checks *order, const order_fact *o)
{
    const double gain = o->with.score - order->base.score;
    if (!(gain >= ORDER_GAIN) || small_gap_z(o->with, order->base) < ORDER_SURE) return SEVERITY_LOW;
    return o->alone.score >= ORDER_HIGH && gain >= 2 * ORDER_GAIN ? SEVERITY_HIGH : SEVERITY_MEDIUM;
}

static ptg_status report_order(const finding_context *c, const finding_kind *kind, const order_checks *order,
                               const order_fact *o, bool said, ptg_error *err)
{
    finding found = {.severity = said ? SEVERITY_LOW : order_severity(order, o),
                     .n_columns = o->at >= 0,
                     .columns = &o->at,
                     .value = o->alone.score};
    finding_word name, target;
    finding_name(c, c->facts->target, &target);
    if (o->at >= 0) {
        text_print(&found.text, "The numbers in %s tell %s: alone they reach ", finding_name(c, o->at, &name), target.data);
    } else {
        text_print(&found.text, "The place of a row in the file tells %s: alone it reaches ", target.data);
    }
    finding_score(c, o->alone, &found.text);
    text_append(&found.text, ", the features ");
    finding_score(c, order->base, &found.text);
    text_append(&found.text, ", both together ");
    finding_score(c, o->with, &found.text);
    text_append(&found.text, said                             ? ": another finding says which order that is."
                             : found.severity == SEVERITY_LOW ? ": the features know what the order knows."
                                                              : ": the order knows what no feature does.");
    return finding_report(c, kind, &found, err);
}

static ptg_status check_order(const finding_context *c, const finding_kind *kind, ptg_error *err)
{
    const model_checks *checks = checks_of(c);
    for (int32_t k = 0; checks != NULL && k < checks->order.n; ++k) {
        const order_fact *o = &checks->order.orders[k];
        if (isnan(o->with.score) || o->alone.score < kind->threshold) continue;
        const bool said = o->at < 0 && (checks->order.sorted || is_time_of_rows(checks));
        TRY(report_order(c, kind, &checks->order, o, said, err));
    }
    return PTG_OK;
}

const finding_kind findings_leaks[] = {
    {.id = "leak-target",
     .fixed = true,
     .text =
         "One column tells the target as nothing else does. That is how a column looks that was written after the outcome was "
         "known: the model is excellent in every test and useless when it is needed.",
     .decided =
         "Three signs raise a suspicion: alone the column explains 0.94 of the target or more (2 AUC - 1, R2; of the log "
         "loss of several classes 0.85); it makes the class certain in at least 5 % of the rows (levels: 20 %) and three times "
         "as many "
         "as a logistic curve of its strength would; or both are whole numbers with slope 1 and no shift, and it "
         "explains 0.7. Then the profile's small model must show that all other columns together come nowhere near: "
         "three times as much left unexplained (own unit: twice), or at least 0.05 lost; 0.975 alone, or one value for each "
         "class with few errors, needs no such proof. A strong honest predictor has helpers, or none of these shapes.",
     .threshold = 0.94,
     .severity =
         "high: it alone explains at least 0.97; medium otherwise, since data alone cannot tell when a value was written.",
     .advice = "Ask when the value becomes known. If it is after the moment of prediction, leave the column out.",
     .fix = "The column is not used (role ignored).",
     .ignore = "When the value is known before the prediction is made, as a measurement that all but settles the question.",
     .example =
         "Call centre data with the duration of the call: a call of ten seconds never sells, but nobody knows the duration "
         "before calling.",
     .check = check_target},
    {.id = "leak-copy",
     .fixed = true,
     .text = "The column is the target in other words: other labels for the same classes, or other numbers in the same order.",
     .decided =
         "Classes: each value of the column stands for one class and each class for one value, and the rows that disagree "
         "are at most a fiftieth of those outside the largest class. Numbers: a rank correlation of at least 0.999, "
         "and at most 2 % of the steps along the column go against it (from 0.99999 on whatever they do): values may be "
         "rounded, but have no error; with one it is leak-target. Honest columns stay far below.",
     .threshold = 0.999,
     .severity = "high: a model learns the copy and nothing else.",
     .advice = "Leave the column out.",
     .fix = "The column is not used (role ignored).",
     .ignore = "Never, unless the copy is really known when predictions are made; then no model is needed.",
     .example = "price and price_in_cents; churned and status with the values active and gone.",
     .check = check_copy},
    {.id = "leak-sum",
     .fixed = true,
     .text = "The target is a sum of other columns (or a difference, or with fixed factors). Its parts are known when it is.",
     .decided =
         "A greedy search takes numeric columns one by one, up to eight, and fits them by least squares. It is a sum when "
         "what is left has at most 1 % of the target's standard deviation, or 5 % where all factors are 1 or -1 within 2 %; "
         "columns that are not needed are dropped again.",
     .threshold = LEAK_SUM_EXACT,
     .severity = "high: within 1 %; medium: within 5 %.",
     .advice = "Leave out the parts, or all but those that are known when the prediction is made.",
     .fix = "None of the parts is used (role ignored).",
     .ignore = "When the parts are known beforehand and the sum is only to be checked.",
     .example = "count = casual + registered in counts of rented bicycles.",
     .check = check_sum},
    {.id = "leak-missing",
     .text = "Whether the column has a value tells the target. Fields that are filled in only after an outcome look like this.",
     .decided =
         "The association between the target and the missing cells: Cramer's V for classes (bias-corrected) and for the halves "
         "of a number, or Pearson's r. From 0.5 on it is reported: informative gaps of honest data rarely pass 0.3.",
     .threshold = LEAK_MISSING_LEAST,
     .severity = "high: 0.9 and more; medium: 0.5 and more.",
     .advice = "Ask who fills the field in, and when. If it is after the outcome, leave the column out.",
     .fix = "The column is not used (role ignored).",
     .ignore = "When the field is empty for a reason that is known before the outcome.",
     .example = "reason_for_leaving is empty for every customer who stayed.",
     .check = check_missing},
    {.id = "leak-order",
     .text = "The order of the rows, or the number in an id, tells the target. New rows have no such place.",
     .decided = "The small model predicts from the place alone, and from the features with and without it. It is reported when "
                "the place alone reaches a score of 0.1 (2 AUC - 1, R2, or the share of the log loss), four standard errors "
                "from nothing.",
     .threshold = ORDER_ALONE,
     .severity =
         "high: alone 0.5 or more, and 0.1 or more beyond the features; medium: 0.05 beyond the features, three standard "
         "errors; low: the features know it too, as a date does, or rows-sorted-by-target or rows-time-order says it.",
     .advice =
         "Ask how the rows were collected and sorted. Ids are not used as features, so that the order itself does no harm; "
         "but if blocks of rows come from different sources, the model may learn the source.",
     .fix = NULL,
     .ignore = "When ids were given in the order of time and time matters: then split by time.",
     .example = "All positive cases were exported first and the negative ones appended.",
     .check = check_order},
};
const int32_t n_findings_leaks = (int32_t)(sizeof findings_leaks / sizeof findings_leaks[0]);

/* Findings on rows: copies, contradictions, rows unlike all others, and rows that belong together by entity, time or order. */
#include <math.h>

#include "profile/finding.h"
#include "profile/finding_score.h"
#include "profile/model_checks.h"
#include "profile/repeated_features.h"

#define DUPLICATES_MEDIUM 0.02
#define DUPLICATES_HIGH 0.2
#define CONFLICTS_MEDIUM 0.01
#define CONFLICTS_HIGH 0.2
#define OUTSIDE_MOST 0.02
#define OUTSIDE_SURPLUS 5 /* times as many as expected */
#define STRANGE (-0.2)
#define GROUP_HIGH 0.2
#define TIME_HIGH 0.3
#define CHANGES_SHOWN 3
#define GROUP_WHY "Rows of one group stay together: a random split would put them on both sides."
#define TIME_WHY "Rows are split by time: a random split would train on the future."

static const model_checks *checks_with_target(const finding_context *c)
{
    return c->facts->checks != NULL && c->facts->checks->rows > 0 ? c->facts->checks : NULL;
}

/* All columns that could tell rows apart: not the target, for the chance of a repeat. */
static ptg_status explained_by_chance(const finding_context *c, int64_t repeats, bool *out, ptg_error *err)
{
    int32_t *columns = mem_array(c->facts->n_columns, sizeof *columns), n = 0;
    if (columns == NULL) return fail_memory(err);
    for (int32_t k = 0; k < c->facts->n_columns; ++k) {
        if (c->facts->columns[k].statistics.distinct > 1) columns[n++] = k;
    }
    *out = repeats_are_natural(c->facts, columns, n, repeats);
    mem_free(columns);
    return PTG_OK;
}

static ptg_status check_duplicate(const finding_context *c, const finding_kind *kind, ptg_error *err)
{
    const bool whole = c->facts->duplicate_rows > 0;
    const repeated_features *repeated = c->facts->conflicts;
    const int64_t n = whole ? c->facts->duplicate_rows : repeated != NULL ? repeated->copies : 0;
    const double share = (double)n / (double)c->facts->n_rows;
    bool natural = false;
    if (n == 0) return PTG_OK;
    if (whole) {
        TRY(explained_by_chance(c, n, &natural, err));
    } else {
        natural = repeated->natural;
    }
    finding found = {.severity = natural ? SEVERITY_LOW : finding_severity_of(share, kind->threshold, DUPLICATES_HIGH),
                     .value = share};
    finding_word percent;
    text_print(&found.text, "%lld of %lld rows (%s %%) repeat an earlier row in all columns%s.", (long long)n,
               (long long)c->facts->n_rows, finding_percent(share, &percent), whole ? "" : " but ids");
    if (natural) text_append(&found.text, " The columns have so few values that rows repeat by chance; that is no fault.");
    if (whole && !natural) finding_fix_drop_duplicates(&found);
    return finding_report(c, kind, &found, err);
}

/* Rows of one entity may well agree in all features and not in the outcome. */
static bool is_grouped(const finding_context *c)
{
    const model_checks *checks = checks_with_target(c);
    for (int32_t k = 0; checks != NULL && k < checks->splits.n_groups; ++k) {
        if (checks->splits.groups[k].found) return true;
    }
    return false;
}

static ptg_status check_conflicting(const finding_context *c, const finding_kind *kind, ptg_error *err)
{
    const repeated_features *r = c->facts->conflicts;
    if (r == NULL || r->conflicting == 0) return PTG_OK;
    const bool classes = c->facts->problem != PROBLEM_REGRESSION;
    const double share = (double)r->conflicting / (double)c->facts->n_labelled;
    const bool expected = r->natural || is_grouped(c);
    finding found = {.severity = expected ? SEVERITY_LOW : finding_severity_of(share, kind->threshold, CONFLICTS_HIGH),
                     .n_columns = 1,
                     .columns = &c->facts->target,
                     .n_rows = r->n_shown > 0 ? 2 : 0,
                     .rows = r->shown[0],
                     .value = share};
    finding_word target, percent;
    text_print(&found.text, "%lld of %lld labelled rows (%s %%) have the same features as another row, but a different %s",
               (long long)r->conflicting, (long long)c->facts->n_labelled, finding_percent(share, &percent),
               finding_name(c, c->facts->target, &target));
    if (classes) text_print(&found.text, "; no model can be right in more than all but %lld of them", (long long)r->minority);
    text_append(&found.text, r->natural ? ". The features have so few values that this happens by chance." : ".");
    return finding_report(c, kind, &found, err);
}

static ptg_status check_anomalous(const finding_context *c, const finding_kind *kind, ptg_error *err)
{
    const model_checks *checks = c->facts->checks;
    if (checks == NULL || checks->anomalies.n == 0) return PTG_OK;
    const anomalies *a = &checks->anomalies;
    const double seen = (double)a->n_outside;
    const bool broken = seen > 0 && seen <= OUTSIDE_MOST * (double)a->rows && seen > OUTSIDE_SURPLUS * a->expected_outside;
    if (!broken && a->top[0].score > kind->threshold) return PTG_OK;
    int64_t strangest[FINDING_ROWS];
    int32_t n = a->n < FINDING_ROWS ? a->n : FINDING_ROWS;
    for (int32_t k = 0; k < n; ++k)
        strangest[k] = a->top[k].row;
    finding found = {.severity = broken && a->n_outside > 1 ? SEVERITY_MEDIUM : SEVERITY_LOW,
                     .n_rows = broken && a->n_outside_rows < FINDING_ROWS ? a->n_outside_rows : n,
                     .rows = broken ? a->outside_rows : strangest,
                     .value = a->top[0].score};
    if (broken) {
        text_print(&found.text, "%lld of %lld rows are outliers in many of the %d numeric columns at the same time.",
                   (long long)a->n_outside, (long long)a->rows, (int)a->numeric);
        finding_fix_leave_out(&found, c, a->outside_rows, a->n_outside_rows < a->n_outside ? OUTSIDE_ROWS + 1 : a->n_outside);
    } else {
        text_print(&found.text, "Row %lld and others are unlike the rest (isolation forest over %lld rows).",
                   (long long)a->top[0].row, (long long)a->rows);
    }
    return finding_report(c, kind, &found, err);
}

static void say_group(const finding_context *c, const group_fact *g, text_buffer *out)
{
    finding_word name, size;
    text_print(out,
               "Rows share values of %s (%lld of them in the sample, %s rows each), and a random split puts such rows on "
               "both sides: a small model reaches ",
               finding_name(c, g->at, &name), (long long)g->groups, finding_short(g->size, &size));
    finding_score(c, g->random, out);
    text_append(out, " with a random split and ");
    finding_score(c, g->grouped, out);
    text_append(out, " where whole groups are held out. ");
    if (g->n_same > 0) {
        finding_names(c, g->same, g->n_same, out);
        text_append(out, g->n_same == 1 ? " parts the rows alike. " : " part the rows alike. ");
    }
    text_append(out, "The difference is what the model remembers of the groups that it has "
                     "seen; on new ones expect the second score.");
}

/* Other columns whose values part the rows in the same way: one split serves all of them. */
static void say_others(const finding_context *c, const split_checks *splits, text_buffer *out)
{
    for (int32_t k = 0; k < splits->n_groups; ++k) {
        finding_word name;
        if (splits->groups[k].also)
            text_print(out, " Rows that share a value of %s are alike in the same way.",
                       finding_name(c, splits->groups[k].at, &name));
    }
}

static ptg_status check_group(const finding_context *c, const finding_kind *kind, ptg_error *err)
{
    const model_checks *checks = checks_with_target(c);
    for (int32_t k = 0; checks != NULL && k < checks->splits.n_groups; ++k) {
        const group_fact *g = &checks->splits.groups[k];
        const double gap = fmax(g->random.score - g->grouped.score, g->random_others.score - g->grouped_others.score);
        if (!g->found || c->facts->columns[g->at].role == ROLE_GROUP) continue;
        int32_t columns[1 + SAME_GROUPS_MOST] = {g->at};
        for (int32_t i = 0; i < g->n_same; ++i)
            columns[1 + i] = g->same[i];
        finding found = {.severity = finding_severity_of(gap, kind->threshold, GROUP_HIGH),
                         .n_columns = 1 + g->n_same,
                         .columns = columns,
                         .value = gap};
        say_group(c, g, &found.text);
        say_others(c, &checks->splits, &found.text);
        finding_fix_split(&found, c, g->at, ROLE_GROUP, GROUP_WHY);
        TRY(finding_report(c, kind, &found, err));
    }
    return PTG_OK;
}

static void say_time(const finding_context *c, const time_fact *t, text_buffer *out)
{
    finding_word name;
    if (t->at >= 0) {
        text_print(out, "The rows are ordered in time by %s", finding_name(c, t->at, &name));
    } else {
        text_append(out, "The order of the rows acts like time");
    }
    text_append(out, ", and it matters: a small model that may look ahead (random split) reaches ");
    finding_score(c, t->random, out);
    text_append(out, ", one that is trained on the past only and judged on what follows reaches ");
    finding_score(c, t->forward, out);
    text_append(out, ". If predictions are to be made for the future, expect the second.");
}

/* What changes most between the first four fifths and the last, by the same order. */
static void say_changes(const finding_context *c, const time_fact *t, const drift_check *drift, text_buffer *out)
{
    int32_t columns[CHANGES_SHOWN], n = 0;
    for (int32_t k = 0; drift->made && drift->by == t->at && k < drift->n_columns && n < CHANGES_SHOWN; ++k) {
        if (drift->columns[k].auc >= DRIFT_LEAST) columns[n++] = drift->columns[k].at;
    }
    if (n == 0) return;
    text_append(out, " Most different in the last fifth: ");
    finding_names(c, columns, n, out);
    text_append(out, ".");
}

static ptg_status check_time(const finding_context *c, const finding_kind *kind, ptg_error *err)
{
    const model_checks *checks = checks_with_target(c);
    for (int32_t k = 0; checks != NULL && k < checks->splits.n_times; ++k) {
        const time_fact *t = &checks->splits.times[k];
        const double gap = t->random.score - t->forward.score;
        if (!t->found || (t->at >= 0 && c->facts->columns[t->at].role == ROLE_TIME)) continue;
        finding found = {.severity = finding_severity_of(gap, kind->threshold, TIME_HIGH),
                         .n_columns = t->at >= 0,
                         .columns = &t->at,
                         .value = gap};
        say_time(c, t, &found.text);
        say_changes(c, t, &checks->drift_time, &found.text);
        if (t->at >= 0) finding_fix_split(&found, c, t->at, ROLE_TIME, TIME_WHY);
        TRY(finding_report(c, kind, &found, err));
    }
    return PTG_OK;
}

static ptg_status check_sorted(const finding_context *c, const finding_kind *kind, ptg_error *err)
{
    const model_checks *checks = checks_with_target(c);
    if (checks == NULL || !checks->order.sorted) return PTG_OK;
    finding found = {
        .severity = SEVERITY_MEDIUM, .n_columns = 1, .columns = &c->facts->target, .value = checks->order.sorted_measure};
    finding_word target, measure;
    finding_name(c, c->facts->target, &target);
    finding_short(checks->order.sorted_measure, &measure);
    if (c->facts->problem == PROBLEM_REGRESSION) {
        text_print(&found.text, "The rows are sorted by %s (rank correlation with the place in the file: %s).", target.data,
                   measure.data);
    } else {
        text_print(&found.text, "The rows are sorted by %s: it changes from row to row %s times as often as in a random order.",
                   target.data, measure.data);
    }
    return finding_report(c, kind, &found, err);
}

const finding_kind findings_rows[] = {
    {.id = "rows-duplicate",
     .text = "Rows stand in the table more than once. Copies on both sides of a split make every score too good.",
     .decided =
         "Rows that equal an earlier one in all columns (with ids: in all others), over all rows. Where the columns have so "
         "few values that rows must repeat by chance (expected pairs if columns were independent: a fifth of those "
         "seen, or a hundredth where no column has more values than a tenth of the rows), they are no fault.",
     .threshold = DUPLICATES_MEDIUM,
     .severity = "high: a fifth of the rows or more; medium: 2 % or more; low: fewer, or explained by chance.",
     .advice = "Find out where the copies come from, and leave them out unless each stands for a case of its own.",
     .fix = "Rows that repeat an earlier one are left out.",
     .ignore = "When equal rows are different cases: counts of events, forms with few boxes.",
     .example = "A file that was appended to itself after a failed export.",
     .check = check_duplicate},
    {.id = "rows-conflicting",
     .text = "Rows that agree in all features have different targets. No model can tell them apart.",
     .decided =
         "Labelled rows with equal features (ids aside) whose classes differ, or whose numbers differ by more than half a "
         "standard deviation. Features with few values that repeat by chance are told apart as for rows-duplicate.",
     .threshold = CONFLICTS_MEDIUM,
     .severity = "high: a fifth of the rows or more; medium: 1 % or more; low: fewer, explained by chance, or rows of entities "
                 "(rows-group).",
     .advice = "Look at the rows shown. Often a case was labelled twice, or the column that would tell them apart is missing.",
     .fix = NULL,
     .ignore = "When the outcome really varies from case to case.",
     .example = "The same customer record once as churned and once as active, after a merge of two exports.",
     .check = check_conflicting},
    {.id = "rows-anomalous",
     .text = "Some rows are unlike all others.",
     .decided =
         "An isolation forest (100 trees of 256 rows) gives each row a score; below 0 a row is easier to set apart than most. "
         "Reported when the strangest is below -0.2, or when rows are outliers (median -+ 5 robust deviations) in at "
         "least a quarter of the numeric columns, and in 3 or more, at the same time, columns that go together counted once, "
         "and there are more such rows than independent columns would give.",
     .threshold = STRANGE,
     .severity = "medium: two rows or more, up to 2 % of them, that are outliers in many numbers at once; low otherwise.",
     .advice = "Look at them: a wrong unit, a shifted column, a test record? Leave out what is no real case.",
     .fix = "Rows that are outliers in many numbers at once are left out (up to 500).",
     .ignore = "When they are real and rare; trees are not disturbed by them.",
     .example = "A line in which all fields moved one column to the left.",
     .check = check_anomalous},
    {.id = "rows-group",
     .text =
         "Rows belong to entities (patients, customers, machines), and rows of one entity are alike. A random split puts them "
         "on both sides, and the score tells how well known entities are recognised, not how new ones are judged.",
     .decided =
         "Columns whose values repeat (2 to 200 rows each) and whose rows have like targets (intraclass correlation of at "
         "least 0.05). The small model is scored with random folds and with folds of whole groups: reported when the "
         "score falls by 0.05 or more for plain features alone (without the column itself and other codes of many levels), or "
         "for all where rows are very alike (0.6, at most 20 rows a group). A category with a meaning of its own, such as a "
         "postcode, passes.",
     .threshold = GROUP_GAP,
     .severity = "high: a fall of 0.2 or more (2 AUC - 1, R2, share of the log loss); medium: 0.05.",
     .advice = "If the model will meet new entities, split by the column: --group COLUMN.",
     .fix = "Splits keep the rows of one value together (validation by group).",
     .ignore = "When predictions will only ever be made for the entities in the table.",
     .example = "Ten visits a patient: a model learns the patients' ages and addresses by heart.",
     .check = check_group},
    {.id = "rows-time-order",
     .text = "The rows were made over time, and the future differs from the past. A random split lets the model look ahead.",
     .decided =
         "By each date column (or the order of rows, where that tells the target and there is no date) the rows are cut into "
         "five blocks; each but the first is predicted by a model of those before it. The same with the rows shuffled, and "
         "equal sizes, is the comparison: reported when the score falls by 0.05 or more, four standard errors, and what stays "
         "unexplained grows by 15 %.",
     .threshold = TIME_GAP,
     .severity = "high: a fall of 0.3 or more (2 AUC - 1, R2, share of the log loss); medium: 0.05.",
     .advice = "If predictions are for the future, split by time: --time COLUMN.",
     .fix = "The last fifth in time is held out (validation by time).",
     .ignore = "When gaps in the past are to be filled.",
     .example = "Hourly counts that grow from year to year.",
     .check = check_time},
    {.id = "rows-sorted-by-target",
     .fixed = true,
     .text = "The rows are sorted by the target. Whoever takes the first or last rows as a test sees one kind only.",
     .decided = "Classes: the class changes from row to row at most a twentieth as often as in a random order. Numbers: a rank "
                "correlation of at least 0.95 between the target and the place.",
     .threshold = SORTED_CHANGES,
     .severity = "medium: the splits made here are shuffled, others may not be.",
     .advice = "Shuffle the rows before giving them to other tools, and make sure that no column holds their place.",
     .fix = NULL,
     .ignore = "When only this program reads the file.",
     .example = "An export ordered by outcome.",
     .check = check_sorted},
};
const int32_t n_findings_rows = (int32_t)(sizeof findings_rows / sizeof findings_rows[0]);

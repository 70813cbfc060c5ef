/* Findings on what a column is good for: nothing in it, a name of rows, hardly any value, too many levels, or a meaning in the
 * missing cells themselves. */
#include "profile/finding.h"

#include <math.h>

#include "base/number.h"
#include "profile/finding_measures.h"
#include "profile/model_checks.h"
#include "table/missing.h"

#define CONSTANT_PART_LEAST_ROWS 50
#define ALMOST_ALL_MISSING 0.9
#define USELESS_MISSING 0.95 /* from here on the fix leaves the column out, where its cells say nothing */
#define CARDINALITY_ROWS_A_LEVEL 100
#define INFORMATIVE_MEDIUM 0.3

static const column_statistics *statistics_of(const finding_context *c, int32_t k)
{
    return &c->facts->columns[k].statistics;
}

static bool is_feature(const finding_context *c, int32_t k)
{
    return c->facts->columns[k].role == ROLE_FEATURE;
}

/* Whether leak-missing reports one of the columns: then it is the one to say what that means. */
static bool is_leak(const finding_context *c, const missing_relation *r)
{
    const model_checks *checks = c->facts->checks;
    const double least = json_real_or(c->facts->thresholds, "leak-missing", LEAK_MISSING_LEAST);
    for (int32_t k = 0; checks != NULL && k < checks->leaks.n_missing; ++k) {
        if (checks->leaks.missing[k].strength < least) continue;
        for (int32_t i = 0; i < r->n_columns; ++i)
            if (r->columns[i] == checks->leaks.missing[k].at) return true;
    }
    return false;
}

/* A column that is left out, and why. */
static ptg_status report_unused(const finding_context *c, const finding_kind *kind, int32_t at, double value, ptg_error *err)
{
    finding found = {.severity = SEVERITY_LOW, .n_columns = 1, .columns = &at, .value = value};
    finding_word name;
    text_print(&found.text, "Column '%s' is not used. %s", finding_name(c, at, &name), c->facts->columns[at].reason);
    return finding_report(c, kind, &found, err);
}

static ptg_status check_constant(const finding_context *c, const finding_kind *kind, ptg_error *err)
{
    for (int32_t k = 0; k < c->facts->n_columns; ++k) {
        if (c->facts->columns[k].role == ROLE_CONSTANT)
            TRY(report_unused(c, kind, k, (double)statistics_of(c, k)->distinct, err));
    }
    return PTG_OK;
}

/* Whether a cell has a value, and another one than the level (or, of numbers, than the value). */
static bool is_other(const column *cells, int64_t row, int32_t level, double value)
{
    if (finding_is_missing(cells, row)) return false;
    return cells->codes != NULL ? cells->codes[row] != level : cells->numbers != NULL && cells->numbers[row] != value;
}

/* The first rows whose value is another one than `common`. */
static int32_t other_rows(const column *cells, int64_t n_rows, text common, int64_t rows[FINDING_ROWS])
{
    int32_t n = 0, level = cells->n_levels;
    double value = NAN;
    while (--level >= 0 && !text_equal(cells->levels[level], common))
        ;
    const bool comparable = cells->codes != NULL || (cells->type == COLUMN_NUMERIC && number_read(common, &value));
    for (int64_t i = 0; comparable && i < n_rows && n < FINDING_ROWS; ++i) {
        if (is_other(cells, i, level, value)) rows[n++] = i;
    }
    return n;
}

static ptg_status check_constant_part(const finding_context *c, const finding_kind *kind, ptg_error *err)
{
    for (int32_t k = 0; k < c->facts->n_columns; ++k) {
        const column_statistics *s = statistics_of(c, k);
        if (!is_feature(c, k) || s->valid < CONSTANT_PART_LEAST_ROWS || s->n_top == 0) continue;
        const double share = (double)s->top[0].count / (double)s->valid;
        if (share < kind->threshold || s->distinct < 2) continue;
        int64_t rows[FINDING_ROWS];
        finding found = {.severity = SEVERITY_LOW, .n_columns = 1, .columns = &k, .value = share, .rows = rows};
        found.n_rows = other_rows(frame_column(c->f, k), c->facts->n_rows, s->top[0].value, rows);
        finding_word name, value, percent;
        text_print(&found.text, "'%s' is %s in %s %% of the rows that have a value; only %lld are anything else.",
                   finding_name(c, k, &name), finding_value(s->top[0].value, &value), finding_percent(share, &percent),
                   (long long)(s->valid - s->top[0].count));
        TRY(finding_report(c, kind, &found, err));
    }
    return PTG_OK;
}

static ptg_status check_id(const finding_context *c, const finding_kind *kind, ptg_error *err)
{
    for (int32_t k = 0; k < c->facts->n_columns; ++k) {
        const column_statistics *s = statistics_of(c, k);
        if (c->facts->columns[k].role == ROLE_ID) TRY(report_unused(c, kind, k, (double)s->distinct / (double)s->valid, err));
    }
    return PTG_OK;
}

static bool says_nothing(const prediction_power *p)
{
    return !isnan(p->raw) && p->raw <= 2 * p->se;
}

/* A mark of missing cells that is read as a level because it stands in most of them; NULL: none. */
static const column_token *mostly_marked(const finding_context *c, int32_t k, double least)
{
    const column *cells = frame_column(c->f, k);
    for (int32_t t = 0; t < cells->n_tokens; ++t) {
        const column_token *token = &cells->tokens[t];
        const missing_kind what = missing_kind_of(token->value);
        const bool mark = what == MISSING_MARK || what == MISSING_NA;
        if (mark && !token->missing && (double)token->count >= least * (double)c->facts->n_rows) return token;
    }
    return NULL;
}

static ptg_status report_marked(const finding_context *c, const finding_kind *kind, int32_t k, const column_token *token,
                                ptg_error *err)
{
    const double share = (double)token->count / (double)c->facts->n_rows;
    finding found = {.severity = SEVERITY_LOW, .n_columns = 1, .columns = &k, .value = share};
    finding_word name, value, percent;
    text_print(&found.text,
               "%s %% of '%s' is '%s': it is read as a level, since that there is none may be what the column says.",
               finding_percent(share, &percent), finding_name(c, k, &name), finding_value(token->value, &value));
    return finding_report(c, kind, &found, err);
}

static ptg_status check_mostly_missing(const finding_context *c, const finding_kind *kind, ptg_error *err)
{
    for (int32_t k = 0; k < c->facts->n_columns; ++k) {
        const column_facts *facts = &c->facts->columns[k];
        const int64_t missing = facts->statistics.missing + facts->statistics.invalid;
        const double share = (double)missing / (double)c->facts->n_rows;
        if (!finding_is_read(c, k)) continue;
        const column_token *token = mostly_marked(c, k, kind->threshold);
        if (token != NULL && share < kind->threshold) TRY(report_marked(c, kind, k, token, err));
        if (share < kind->threshold) continue;
        finding found = {
            .severity = finding_severity_of(share, ALMOST_ALL_MISSING, 2), .n_columns = 1, .columns = &k, .value = share};
        finding_word name, percent;
        text_print(&found.text, "%s %% of '%s' is missing: %lld rows have a value.", finding_percent(share, &percent),
                   finding_name(c, k, &name), (long long)facts->statistics.valid);
        if (share >= USELESS_MISSING && is_feature(c, k) && says_nothing(&facts->power))
            finding_fix_role(&found, c, k, ROLE_IGNORED, "It is left out: almost all of its cells are missing.");
        TRY(finding_report(c, kind, &found, err));
    }
    return PTG_OK;
}

static ptg_status report_informative(const finding_context *c, const finding_kind *kind, const missing_relation *r,
                                     ptg_error *err)
{
    const bool leak = is_leak(c, r);
    finding found = {.severity = leak ? SEVERITY_LOW : finding_severity_of(r->strength, INFORMATIVE_MEDIUM, 2),
                     .n_columns = r->n_columns,
                     .columns = r->columns,
                     .value = r->strength};
    finding_word target, with, without;
    text_append(&found.text, "Whether ");
    finding_names(c, r->columns, r->n_columns, &found.text);
    text_print(&found.text, " %s missing goes with '%s' (association %.2f): ", r->n_columns > 1 ? "are" : "is",
               finding_name(c, c->facts->target, &target), r->strength);
    if (c->facts->n_classes > 0) {
        finding_word label;
        text_print(&found.text, "'%s' in %s %% of the rows without a value, in %s %% of the others.",
                   finding_value(c->facts->classes[r->label], &label), finding_percent(r->missing, &with),
                   finding_percent(r->present, &without));
    } else {
        text_print(&found.text, "its mean is %s in the rows without a value, %s in the others.",
                   finding_number(r->missing, &with), finding_number(r->present, &without));
    }
    if (leak) text_append(&found.text, " So strong a relation is judged by leak-missing.");
    return finding_report(c, kind, &found, err);
}

static ptg_status check_informative(const finding_context *c, const finding_kind *kind, ptg_error *err)
{
    if (c->facts->target < 0) return PTG_OK;
    arena *a = arena_new();
    missing_relation *relations;
    int32_t n;
    ptg_status status = a == NULL ? fail_memory(err) : missing_relations_find(c, kind->threshold, a, &relations, &n, err);
    for (int32_t i = 0; status == PTG_OK && i < n; ++i)
        status = report_informative(c, kind, &relations[i], err);
    arena_free(a);
    return status;
}

/* Categories, and texts of one word that repeat too seldom to be taken as categories. */
static bool has_levels(const finding_context *c, int32_t k)
{
    const column_type type = frame_column(c->f, k)->type;
    return type == COLUMN_CATEGORICAL || (type == COLUMN_TEXT && statistics_of(c, k)->texts.single_token_share >= 0.95);
}

static ptg_status check_cardinality(const finding_context *c, const finding_kind *kind, ptg_error *err)
{
    for (int32_t k = 0; k < c->facts->n_columns; ++k) {
        const column_statistics *s = statistics_of(c, k);
        if (!is_feature(c, k) || !has_levels(c, k) || (double)s->distinct <= kind->threshold) continue;
        const double rows = (double)s->valid / (double)s->distinct;
        if (rows >= CARDINALITY_ROWS_A_LEVEL) continue;
        finding found = {.severity = SEVERITY_LOW, .n_columns = 1, .columns = &k, .value = (double)s->distinct};
        finding_word name, mean, value;
        text_print(&found.text, "'%s' has %lld levels, with %s rows each on average", finding_name(c, k, &name),
                   (long long)s->distinct, finding_number(rows, &mean));
        if (s->n_top > 0)
            text_print(&found.text, "; the most frequent is '%s' with %lld", finding_value(s->top[0].value, &value),
                       (long long)s->top[0].count);
        text_append(&found.text, ".");
        TRY(finding_report(c, kind, &found, err));
    }
    return PTG_OK;
}

const finding_kind findings_columns[] = {
    {.id = "column-constant",
     .fixed = true,
     .text = "The column has the same value in every row that has one, or no value at all. Nothing can be learned from it.",
     .decided = "At most 1 distinct value, missing ones apart. A single other value is enough to keep a column.",
     .threshold = 1,
     .severity = "low: the column has the role constant and no candidate reads it.",
     .advice = "Nothing needs to be done; if it should vary, check where the table was written.",
     .ignore = "Always safe to ignore. If it is the missing cells that tell something, set the role of the column to feature.",
     .example = "A column 'country' that is 'DE' in every row of the table.",
     .check = check_constant},
    {.id = "column-constant-part",
     .text = "The column has one value in almost all rows. What the few others say can be learned from few rows only.",
     .decided =
         "One value in at least 98 % of the cells that have one, of at least 50: then a fold of a small table may hold no "
         "other value.",
     .threshold = 0.98,
     .severity = "low: such a column does no harm, and the few rows may be what matters.",
     .advice = "Look at the rows with another value: they may be errors, or an old way of recording.",
     .ignore = "When the column marks rare cases, such as a complaint or a defect.",
     .example = "A column 'currency' that is 'EUR' in 9,990 of 10,000 rows.",
     .check = check_constant_part},
    {.id = "column-id",
     .fixed = true,
     .text =
         "The column numbers or names the rows. A model that reads it learns the rows by heart, and new rows have new values.",
     .decided = "Distinct values in at least 95 % of the valid cells (a few rows may stand twice), of which 95 % are single "
                "tokens; or whole numbers that are all distinct and fill at least half of their range, which is how rows are "
                "numbered; or other whole numbers, 95 % distinct, whose prediction power is within 2 standard errors of "
                "nothing. Fewer than 20 values are never an id.",
     .threshold = 0.95,
     .severity = "low: the column has the role id and no candidate reads it.",
     .advice = "Nothing needs to be done; set the role of the column to feature if its values carry a meaning.",
     .ignore = "When the column really is a name or a number of rows. If row numbers predict the target, the rows are in an "
               "order that tells it: then ask how they were sorted.",
     .example = "A column 'order_no' with the numbers 1 to 5,000, or one of texts such as 'A-19837'.",
     .check = check_id},
    {.id = "column-mostly-missing",
     .text = "Most cells of the column are missing. What it says holds for the few rows that have a value.",
     .decided =
         "At least half of the cells missing or invalid, or one mark of missing cells (NA, NULL) that is read as a level "
         "because "
         "it stands in most of them. Tree models read missing cells as they are, linear ones get a mark for them, so fewer "
         "are no reason to worry.",
     .threshold = 0.5,
     .severity = "low, and medium from 90 %, where effort and trust are worth more than what can be learned.",
     .advice = "Find out why it is missing and fill it where it is known; leave the column out if a new row will hardly ever "
               "have it.",
     .fix = "The column is left out, where 95 % are missing and the column alone predicts nothing.",
     .ignore = "When a value exists for some rows only by its nature, such as the date of a second visit.",
     .example = "A column 'fax_number' with a value in 300 of 20,000 rows.",
     .check = check_mostly_missing},
    {.id = "column-informative-missing",
     .text = "Whether the column has a value tells something about the target.",
     .decided =
         "Association of missing or not with the target (Cramér's V with classes, correlation with the ranks of a number) "
         "of at least 0.08, beyond chance by 4 standard errors, where at least 10 rows have a value and 10 have none.",
     .threshold = 0.08,
     .severity = "low, and medium from 0.3, where the model leans on how the table was recorded; low again where leak-missing "
                 "speaks of the column.",
     .advice =
         "Ask why cells are missing, and whether they will be missing in the same way when the model is used; if they are "
         "filled in after the target is known, leave the column out.",
     .ignore = "When the cell is missing for a reason that is known before the target, such as a question that was not asked.",
     .example = "An income that is missing for 40 % of the rows that defaulted and for 10 % of the others.",
     .check = check_informative},
    {.id = "column-high-cardinality",
     .text = "The column has many different levels, each in few rows. What a rare level means cannot be learned from it alone.",
     .decided = "More than 30 levels with fewer than 100 rows each on average: below that, one level's share of the target is "
                "uncertain by 5 points or more.",
     .threshold = 30,
     .severity = "low: encoders by frequency and by target, out of fold, are made for such columns.",
     .advice = "Check for several spellings of one thing; a coarser column beside it (the region beside the town) may help.",
     .ignore = "When the levels really are that many.",
     .example = "A column 'town' with 3,000 names in 20,000 rows.",
     .check = check_cardinality},
};
const int32_t n_findings_columns = (int32_t)(sizeof findings_columns / sizeof findings_columns[0]);

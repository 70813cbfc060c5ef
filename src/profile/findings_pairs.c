/* Findings on pairs of columns: the same values, or nearly so. */
#include "profile/finding_measures.h"

#include <string.h>

static ptg_status report_pair(const finding_context *c, const finding_kind *kind, const column_pair *pair, ptg_error *err)
{
    const int32_t columns[2] = {pair->first, pair->second};
    finding found = {.severity = SEVERITY_LOW, .n_columns = 2, .columns = columns, .value = pair->agreement};
    finding_word first, second, share;
    finding_name(c, pair->first, &first);
    finding_name(c, pair->second, &second);
    if (pair->equal) {
        text_print(&found.text, "'%s' has the same value as '%s' in every row.", second.data, first.data);
        finding_fix_role(&found, c, pair->second, ROLE_IGNORED, "It is left out: another column has the same values.");
    } else if (strcmp(pair->how, "rank") == 0) {
        text_print(&found.text, "'%s' puts the rows in nearly the same order as '%s' (correlation of ranks %.4f).", second.data,
                   first.data, pair->agreement);
    } else if (strcmp(pair->how, "levels") == 0) {
        text_print(&found.text, "The levels of '%s' are those of '%s' under other names, in all but a few rows.", second.data,
                   first.data);
    } else {
        text_print(&found.text, "'%s' has the same value as '%s' in %s %% of the rows where they could differ.", second.data,
                   first.data, finding_percent(pair->agreement, &share));
    }
    return finding_report(c, kind, &found, err);
}

static ptg_status report_pairs(const finding_context *c, const finding_kind *kind, bool equal, ptg_error *err)
{
    arena *a = arena_new();
    column_pair *pairs;
    int32_t n;
    ptg_status status = a == NULL ? fail_memory(err) : column_pairs_find(c, kind->threshold, a, &pairs, &n, err);
    for (int32_t i = 0; status == PTG_OK && i < n; ++i) {
        if (pairs[i].equal == equal) status = report_pair(c, kind, &pairs[i], err);
    }
    arena_free(a);
    return status;
}

static ptg_status check_duplicate(const finding_context *c, const finding_kind *kind, ptg_error *err)
{
    return report_pairs(c, kind, true, err);
}

static ptg_status check_near_duplicate(const finding_context *c, const finding_kind *kind, ptg_error *err)
{
    return report_pairs(c, kind, false, err);
}

const finding_kind findings_pairs[] = {
    {.id = "column-duplicate",
     .text = "Two columns have the same value in every row. The second one adds nothing but time.",
     .decided = "All cells equal, missing ones too, among the columns that are used as features, and among those that name "
                "rows (ids).",
     .threshold = 1,
     .severity = "low: it costs time, and importances are shared between the two.",
     .advice = "Leave one of them out, by hand or by the fix.",
     .fix = "The second column gets the role ignored.",
     .ignore = "When the two may differ in future rows.",
     .example = "Columns 'amount' and 'amount_eur' in a table where all currencies are EUR.",
     .check = check_duplicate},
    {.id = "column-near-duplicate",
     .text =
         "Two columns say nearly the same: equal cells in almost all rows, one computed from the other, or levels under other "
         "names.",
     .decided = "On at most 20,000 rows, drawn uniformly: at least 90 % equal cells, rows apart where both hold the commonest "
                "value; or a correlation of ranks of at least 0.975, as of a copy with noise of a fifth of its spread; or "
                "levels of each known from the other in 90 % of the rows beyond the commonest. Both must have a value in 90 % "
                "of the rows where one has.",
     .threshold = 0.9,
     .severity = "low: trees take either, and penalised linear models share the weight between them.",
     .advice = "Ask whether both will be known for new rows; if one is computed from the other, one is enough.",
     .ignore = "When the small differences are what matters.",
     .example = "A temperature in degrees Celsius and the same in Fahrenheit.",
     .check = check_near_duplicate},
};
const int32_t n_findings_pairs = (int32_t)(sizeof findings_pairs / sizeof findings_pairs[0]);

/* Findings on single columns: those that are not used as features. */
#include "profile/finding.h"

static ptg_status report_unused(const finding_context *c, const finding_kind *kind, int32_t column_at, double value,
                                ptg_error *err)
{
    finding found = {.severity = SEVERITY_LOW, .n_columns = 1, .columns = &column_at, .value = value};
    finding_word name;
    text_print(&found.text, "Column '%s' is not used. %s", finding_name(c, column_at, &name),
               c->facts->columns[column_at].reason);
    return finding_report(c, kind, &found, err);
}

static ptg_status check_constant(const finding_context *c, const finding_kind *kind, ptg_error *err)
{
    for (int32_t k = 0; k < c->facts->n_columns; ++k) {
        const column_facts *found = &c->facts->columns[k];
        if (found->role != ROLE_CONSTANT) continue;
        TRY(report_unused(c, kind, k, (double)found->statistics.distinct, err));
    }
    return PTG_OK;
}

static ptg_status check_id(const finding_context *c, const finding_kind *kind, ptg_error *err)
{
    for (int32_t k = 0; k < c->facts->n_columns; ++k) {
        const column_facts *found = &c->facts->columns[k];
        if (found->role != ROLE_ID) continue;
        TRY(report_unused(c, kind, k, (double)found->statistics.distinct / (double)found->statistics.valid, err));
    }
    return PTG_OK;
}

const finding_kind findings_columns[] = {
    {.id = "column-constant",
     .text = "The column has the same value in every row that has one, or no value at all. Nothing can be learned from it.",
     .decided = "At most 1 distinct value, missing ones apart. A single other value is enough to keep a column.",
     .threshold = 1,
     .severity = "low: the column has the role constant and no candidate reads it.",
     .advice = "Nothing needs to be done; if it should vary, check where the table was written.",
     .ignore = "Always safe to ignore. If it is the missing cells that tell something, set the role of the column to feature.",
     .example = "A column 'country' that is 'DE' in every row of the table.",
     .check = check_constant},
    {.id = "column-id",
     .text =
         "The column numbers or names the rows. A model that reads it learns the rows by heart, and new rows have new values.",
     .decided =
         "Distinct values in at least 95 % of the valid cells (a few rows may stand twice), of which 95 % are single tokens; "
         "or whole "
         "numbers that are all distinct and fill at least half of their range, which is how rows are numbered; or other whole "
         "numbers, "
         "95 % distinct, whose prediction power is within 2 standard errors of nothing. Fewer than 20 values are never an id.",
     .threshold = 0.95,
     .severity = "low: the column has the role id and no candidate reads it.",
     .advice = "Nothing needs to be done; set the role of the column to feature if its values carry a meaning.",
     .ignore = "When the column really is a name or a number of rows. If row numbers predict the target, the rows are in an "
               "order that tells it: "
               "then ask how they were sorted.",
     .example = "A column 'order_no' with the numbers 1 to 5,000, or one of texts such as 'A-19837'.",
     .check = check_id},
};
const int32_t n_findings_columns = (int32_t)(sizeof findings_columns / sizeof findings_columns[0]);

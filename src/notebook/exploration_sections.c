/* The sections of the data exploration notebook that are words and tables: cardinality, statistics, definitions. Long
 * tables are cut at MAX_ROWS rows and say so. */
#include <math.h>
#include <string.h>

#include "notebook/exploration.h"

enum { MAX_ROWS = 500 };

#define COUNT_OF(array) ((int32_t)(sizeof(array) / sizeof((array)[0])))

static text text_or(text t, const char *otherwise)
{
    return t.data ? t : text_of(otherwise);
}

static void say_cut(exhibit *e, size_t shown, size_t all, const char *what)
{
    if (all > shown) exhibit_say(e, "%zu of %zu %s are shown; profile.json holds all of them.", shown, all, what);
}

/* ---- a table with a row a column ---- */

static bool have_words(const json_t *table)
{
    size_t i;
    json_t *row;
    json_array_foreach(table, i, row) if (json_is_integer(json_object_get(row, "distinct_words"))) return true;
    return false;
}

void exploration_show_cardinality(const exploration *x, exhibit *e)
{
    static const char *const HEADS[] = {"Column", "Type", ">Distinct values", ">Distinct words"};
    const json_t *table = json_object_get(x->profile, "cardinality");
    bool words = have_words(table);
    exhibit_table *t = exhibit_table_new(HEADS, COUNT_OF(HEADS) - (words ? 0 : 1));
    size_t i;
    json_t *row;
    json_array_foreach(table, i, row)
    {
        if (i >= MAX_ROWS) break;
        exhibit_table_text(t, text_or(exhibit_text(row, "column"), "?"));
        exhibit_table_text(t, text_or(exhibit_text(row, "type"), "?"));
        exhibit_table_count(t, json_integer_or(row, "distinct", 0));
        if (!words) continue;
        if (json_is_integer(json_object_get(row, "distinct_words"))) {
            exhibit_table_count(t, json_integer_or(row, "distinct_words", 0));
        } else {
            exhibit_table_text(t, text_of("\xe2\x80\x93"));
        }
    }
    exhibit_add_table(e, t);
    say_cut(e, i, json_array_size(table), "columns");
}

static void add_statistics(exhibit_table *t, const json_t *column)
{
    const json_t *numbers = json_object_get(column, "numeric");
    exhibit_table_text(t, text_or(exhibit_text(column, "name"), "?"));
    exhibit_table_share(t, json_real_or(column, "numerical_share", NAN));
    exhibit_table_number(t, json_real_or(numbers, "mean", NAN), 5);
    exhibit_table_number(t, json_real_or(numbers, "median", NAN), 5);
    exhibit_table_number(t, json_real_or(numbers, "min", NAN), 5);
    exhibit_table_number(t, json_real_or(numbers, "max", NAN), 5);
    exhibit_table_number(t, json_real_or(numbers, "sd", NAN), 4);
    exhibit_table_number(t, json_real_or(numbers, "skew", NAN), 3);
    exhibit_table_count(t, json_integer_or(numbers, "zeros", 0));
    exhibit_table_share(t, json_real_or(numbers, "outlier_share", NAN));
    exhibit_table_share(t, json_real_or(column, "invalid_share", NAN));
}

void exploration_show_statistics(const exploration *x, exhibit *e)
{
    static const char *const HEADS[] = {"Column", ">Numerical", ">Mean",  ">Median",   ">Min",    ">Max",
                                        ">Sd",    ">Skew",      ">Zeros", ">Outliers", ">Invalid"};
    const json_t *columns = json_object_get(x->profile, "columns");
    size_t i, all = 0;
    json_t *column;
    exhibit_table *t = exhibit_table_new(HEADS, COUNT_OF(HEADS));
    json_array_foreach(columns, i, column)
    {
        if (!json_is_object(json_object_get(column, "numeric")) || ++all > MAX_ROWS) continue;
        add_statistics(t, column);
    }
    if (all == 0) exhibit_say(e, "There are no numeric columns.");
    exhibit_add_table(e, t);
    say_cut(e, all > MAX_ROWS ? MAX_ROWS : all, all, "columns");
}

/* ---- definitions ---- */

void exploration_show_definitions(const exploration *x, exhibit *e)
{
    static const char *const WORDS[][2] = {
        {"Numeric", "a column of numbers, with order and distance."},
        {"Categorical", "a column with far fewer distinct values than rows; numbers may be categories too."},
        {"Text", "a column of many distinct texts of several words."},
        {"Datetime", "a column of dates, times, or both."},
        {"Sequence", "a column whose cells are lists of values."},
        {"Missing", "an empty cell, one of white space only, or one of the column's tokens for missing (such as NA)."},
        {"Invalid", "a cell that is there but is not of the column's type. It counts neither as valid nor as missing."},
        {"Prediction power", "a small model is trained on this one column and judged on rows that it has not seen (5 folds); "
                             "the score is put on a scale from "
                             "0 (no better than guessing) to 1 (perfect). Binary: 2 AUC - 1. Several classes: 1 - log loss / "
                             "log loss of the class shares. "
                             "Numbers: R2. A low value does not mean that a column is useless together with others. It is not "
                             "a feature importance."},
        {"Standard error", "how much a number would move if other rows of the same kind had been drawn."},
        {"Robust standard deviation (rstd)",
         "the standard deviation after the values are clipped to their 5th and 95th percentile."},
        {"Mean, median, sd", "of finite values; sd divides by n - 1."},
        {"Distinct", "different values among the valid cells, counted exactly."},
        {"Role",
         "what a column is for: feature, target, id (names or numbers rows), constant, weight, group, time, or ignored."},
        {"Outlier", "a value further than 5 robust standard deviations from the median."},
        {"Skew",
         "the third central moment over the cubed standard deviation; beyond 3 in absolute value a column is called skewed."},
        {"Kurtosis", "the fourth central moment over the squared variance; a normal distribution has 3."},
        {"Pearson's correlation", "over the rows where both columns have a number: 1 or -1 where one follows from the other by "
                                  "a straight line, 0 where it "
                                  "does not."},
        {"Spearman's correlation",
         "Pearson's, of the ranks: 1 or -1 where one column rises or falls with the other, however curved."},
        {"Cram\xc3\xa9r's V",
         "of two categories, corrected for chance: 0 where they are independent, 1 where each decides the other."},
        {"Correlation ratio",
         "of a category and a number: the root of the share of the number's variance that the category explains."},
        {"Mutual information",
         "how much one column tells of the other, over the root of the product of their entropies: 0 to 1."},
        {"Strength of association", "the largest of those that apply to the two types, without its sign: Pearson, Spearman, "
                                    "Cram\xc3\xa9r's V, correlation ratio."},
        {"Phi", "the correlation of 'is missing here' and 'is missing there' over all rows."},
        {"Anomaly score", "of an isolation forest: how many random cuts set a row apart from a sample of rows. Negative: fewer "
                          "than for most rows."},
        {"Small model", "gradient-boosted trees with fixed parameters on the raw columns and a sample of the rows, judged on "
                        "rows that it has not "
                        "seen. Its score is on the scale of the prediction power."},
        {"Severity",
         "high: scores or the model are wrong or useless if nothing is done. Medium: it costs quality or trust. Low: ordinary "
         "messiness that the pipelines handle."},
        {"Threshold", "the value beyond which a check reports a finding; the cell of settings holds all of them."},
        {"Fix", "a change of the plan that mends a finding; the table itself is never changed."},
        {"Language", "of a cell: the one of which it has most function words (at least two), or the only one written in its "
                     "script. Of a column: the one of 60 % of the cells where that is clear."},
        {"Period", "of a date column: at least half of the steps from one moment to the next are exactly so long."},
        {"Duplicate row", "a row that repeats an earlier one in all columns, the target included."},
        {"Row number", "counted from 0, without the header line."},
    };
    (void)x;
    for (int32_t i = 0; i < COUNT_OF(WORDS); i++)
        exhibit_item(e, WORDS[i][0], text_of(WORDS[i][1]));
}

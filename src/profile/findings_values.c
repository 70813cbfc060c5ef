/* Findings on the cells of a column: values far from all others, values that are none, texts among numbers, codes that look
 * like quantities. */
#include "profile/finding.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "profile/column_codes.h"
#include "profile/finding_measures.h"

#define WORDS_SHOWN 5
#define ISOLATED_LEAST 3    /* values beyond a gap */
#define ISOLATED_GAP 3      /* so many times as far from the median as the next one */
#define ISOLATED_SHARE 0.05 /* at most so many of the values */
#define FEW_DISTINCT 10     /* a flag or a grade is skewed by being one */
#define NON_FINITE_MEDIUM 0.05
#define INVALID_MEDIUM 0.2
#define SPOILED_LEAST 0.8 /* of the cells are numbers or dates, though the column is not */
#define MIXED_MEDIUM_DISTINCT 20
#define MIXED_MOSTLY_NUMBERS 0.8
#define NUMBERS_ALL 0.999
#define ALMOST_OF_TYPE "Nearly all of its cells are of this type; the others count as missing."

static const column_statistics *statistics_of(const finding_context *c, int32_t k)
{
    return &c->facts->columns[k].statistics;
}

static bool is_numeric_feature(const finding_context *c, int32_t k)
{
    return c->facts->columns[k].role == ROLE_FEATURE && frame_column(c->f, k)->type == COLUMN_NUMERIC;
}

/* ---- outliers ---- */

/* Distances of the outliers from the median in robust standard deviations, ascending, after the largest of all others; n + 1
 * numbers. */
static ptg_status outlier_distances(const column *cells, const number_summary *s, int64_t n_rows, double *out, ptg_error *err)
{
    const double median = s->quantiles[QUANTILE_P50];
    int64_t n = 1;
    out[0] = 0;
    for (int64_t i = 0; i < n_rows; ++i) {
        const double v = cells->numbers[i], distance = fabs(v - median) / s->rstd;
        if (!isfinite(v)) continue;
        if (v < s->outlier_low || v > s->outlier_high) {
            out[n++] = distance;
        } else {
            out[0] = fmax(out[0], distance);
        }
    }
    return sort_numbers(out + 1, n - 1, err);
}

/* How many times as far as the next value the nearest of at least ISOLATED_LEAST isolated outliers is. */
static ptg_status isolation(const column *cells, const number_summary *s, int64_t n_rows, double *gap, ptg_error *err)
{
    *gap = 1;
    if (s->outliers < ISOLATED_LEAST || (double)s->outliers > ISOLATED_SHARE * (double)s->count) return PTG_OK;
    double *distances = mem_array(s->outliers + 1, sizeof *distances);
    if (distances == NULL) return fail_memory(err);
    const ptg_status status = outlier_distances(cells, s, n_rows, distances, err);
    for (int64_t i = 1; status == PTG_OK && i + ISOLATED_LEAST <= s->outliers + 1; ++i)
        *gap = fmax(*gap, distances[i] / fmax(distances[i - 1], 1));
    mem_free(distances);
    return status;
}

static int32_t outlier_rows(const column *cells, const number_summary *s, int64_t n_rows, int64_t rows[FINDING_ROWS])
{
    int32_t n = 0;
    for (int64_t i = 0; i < n_rows && n < FINDING_ROWS; ++i) {
        if (cells->numbers[i] < s->outlier_low || cells->numbers[i] > s->outlier_high) rows[n++] = i;
    }
    return n;
}

static ptg_status report_outliers(const finding_context *c, const finding_kind *kind, int32_t k, ptg_error *err)
{
    const number_summary *s = &statistics_of(c, k)->numbers;
    const column *cells = frame_column(c->f, k);
    int64_t rows[FINDING_ROWS];
    double gap;
    TRY(isolation(cells, s, c->facts->n_rows, &gap, err));
    if (statistics_of(c, k)->distinct < FEW_DISTINCT && gap < ISOLATED_GAP) return PTG_OK;
    finding found = {.severity = gap >= ISOLATED_GAP ? SEVERITY_MEDIUM : SEVERITY_LOW,
                     .n_columns = 1,
                     .columns = &k,
                     .rows = rows,
                     .n_rows = outlier_rows(cells, s, c->facts->n_rows, rows),
                     .value = (double)s->outliers / (double)s->count};
    finding_word name, low, high, share;
    text_print(&found.text, "%lld values of '%s' (%s %%) lie outside %s to %s", (long long)s->outliers,
               finding_name(c, k, &name), finding_percent(found.value, &share), finding_number(s->outlier_low, &low),
               finding_number(s->outlier_high, &high));
    if (found.severity == SEVERITY_MEDIUM)
        text_print(&found.text, ", with nothing between them and the others for %.0f times the distance", gap);
    text_print(&found.text, "; the column goes from %s to %s.", finding_number(s->min, &low), finding_number(s->max, &high));
    return finding_report(c, kind, &found, err);
}

static ptg_status check_outliers(const finding_context *c, const finding_kind *kind, ptg_error *err)
{
    for (int32_t k = 0; k < c->facts->n_columns; ++k) {
        if (is_numeric_feature(c, k) && statistics_of(c, k)->numbers.outliers > 0) TRY(report_outliers(c, kind, k, err));
    }
    return PTG_OK;
}

static ptg_status check_skewed(const finding_context *c, const finding_kind *kind, ptg_error *err)
{
    for (int32_t k = 0; k < c->facts->n_columns; ++k) {
        const number_summary *s = &statistics_of(c, k)->numbers;
        if (!is_numeric_feature(c, k) || !(fabs(s->skew) > kind->threshold) || statistics_of(c, k)->distinct < FEW_DISTINCT)
            continue;
        finding found = {.severity = SEVERITY_LOW, .n_columns = 1, .columns = &k, .value = s->skew};
        finding_word name, skew, median, end;
        text_print(&found.text, "'%s' is skewed (%s): half of its values are %s %s, the %s is %s.", finding_name(c, k, &name),
                   finding_number(s->skew, &skew), s->skew > 0 ? "below" : "above",
                   finding_number(s->quantiles[QUANTILE_P50], &median), s->skew > 0 ? "largest" : "smallest",
                   finding_number(s->skew > 0 ? s->max : s->min, &end));
        TRY(finding_report(c, kind, &found, err));
    }
    return PTG_OK;
}

/* ---- cells that are no values ---- */

static ptg_status check_non_finite(const finding_context *c, const finding_kind *kind, ptg_error *err)
{
    for (int32_t k = 0; k < c->facts->n_columns; ++k) {
        const column *cells = frame_column(c->f, k);
        const int64_t infinite = statistics_of(c, k)->infinite,
                      n = cells->n_non_finite > infinite ? cells->n_non_finite : infinite;
        if (!finding_is_read(c, k) || cells->type != COLUMN_NUMERIC || n == 0) continue;
        const double share = (double)n / (double)c->facts->n_rows;
        int64_t rows[FINDING_ROWS];
        finding found = {.severity = finding_severity_of(share, NON_FINITE_MEDIUM, 2),
                         .n_columns = 1,
                         .columns = &k,
                         .rows = rows,
                         .value = share};
        for (int64_t i = 0; i < c->facts->n_rows && found.n_rows < FINDING_ROWS; ++i) {
            if (isinf(cells->numbers[i])) rows[found.n_rows++] = i;
        }
        finding_word name, percent;
        text_print(&found.text, "%lld cells of '%s' (%s %%) are infinite or too large for a number.", (long long)n,
                   finding_name(c, k, &name), finding_percent(share, &percent));
        TRY(finding_report(c, kind, &found, err));
    }
    return PTG_OK;
}

/* "'a' (12), 'b' (3)". */
static void append_words(const text_count *words, int32_t n, text_buffer *out)
{
    for (int32_t i = 0; i < n && i < WORDS_SHOWN; ++i) {
        text_append(out, i == 0 ? "'" : ", '");
        text_append_shown(out, words[i].value, 40);
        text_print(out, "' (%lld)", (long long)words[i].count);
    }
}

/* Levels that read as different numbers, up to `most`. */
static int32_t distinct_numbers(const column *cells, int32_t most)
{
    int32_t n = 0;
    double value;
    for (int32_t k = 0; k < cells->n_levels && n < most; ++k)
        n += number_read(text_trim(cells->levels[k]), &value);
    return n;
}

/* Cells that keep a column of categories or text from being numbers or dates; 0 where it is not nearly one of them. */
static int64_t spoiling_cells(const column *cells, const column_statistics *s, const char **would_be)
{
    if (cells->type != COLUMN_CATEGORICAL && cells->type != COLUMN_TEXT) return 0;
    const bool numbers = cells->n_like_numbers >= cells->n_like_dates;
    const int64_t like = numbers ? cells->n_like_numbers : cells->n_like_dates;
    *would_be = numbers ? "numbers" : "dates";
    return like < s->valid && (double)like >= SPOILED_LEAST * (double)s->valid ? s->valid - like : 0;
}

static ptg_status report_spoiled(const finding_context *c, const finding_kind *kind, int32_t k, int64_t n, const char *would_be,
                                 ptg_error *err)
{
    const double share = (double)n / (double)c->facts->n_rows;
    finding found = {.severity = SEVERITY_MEDIUM, .n_columns = 1, .columns = &k, .value = share};
    finding_word name, percent;
    text_print(&found.text, "%lld cells of '%s' (%s %%) are no %s; because of them the column is read as %s.", (long long)n,
               finding_name(c, k, &name), finding_percent(share, &percent), would_be,
               column_type_names[frame_column(c->f, k)->type]);
    const bool numbers = strcmp(would_be, "numbers") == 0;
    if (distinct_numbers(frame_column(c->f, k), MIXED_MEDIUM_DISTINCT) < MIXED_MEDIUM_DISTINCT &&
        frame_column(c->f, k)->type == COLUMN_CATEGORICAL && numbers) {
        found.severity = SEVERITY_LOW;
    } else {
        finding_fix_type(&found, c, k, numbers ? COLUMN_NUMERIC : COLUMN_DATETIME, ALMOST_OF_TYPE);
    }
    return finding_report(c, kind, &found, err);
}

static ptg_status check_invalid(const finding_context *c, const finding_kind *kind, ptg_error *err)
{
    for (int32_t k = 0; k < c->facts->n_columns; ++k) {
        const column *cells = frame_column(c->f, k);
        const char *would_be;
        const int64_t spoiling = spoiling_cells(cells, statistics_of(c, k), &would_be);
        if (!finding_is_read(c, k)) continue;
        if (spoiling > 0 && c->facts->columns[k].role == ROLE_FEATURE) TRY(report_spoiled(c, kind, k, spoiling, would_be, err));
        if (cells->n_invalid == 0) continue;
        const double share = (double)cells->n_invalid / (double)c->facts->n_rows;
        finding found = {
            .severity = finding_severity_of(share, INVALID_MEDIUM, 2), .n_columns = 1, .columns = &k, .value = share};
        finding_word name, percent;
        text_print(&found.text, "%lld cells of '%s' (%s %%) cannot be read as %s and count as missing",
                   (long long)cells->n_invalid, finding_name(c, k, &name), finding_percent(share, &percent),
                   column_type_names[cells->type]);
        if (cells->n_top_invalid > 0) {
            text_append(&found.text, ": ");
            append_words(cells->top_invalid, cells->n_top_invalid, &found.text);
        }
        text_append(&found.text, ".");
        TRY(finding_report(c, kind, &found, err));
    }
    return PTG_OK;
}

/* ---- numbers and words in one column ---- */

/* Numbers over all cells that are not missing. */
static double share_of_numbers(const column *cells, const column_statistics *s)
{
    const int64_t all = s->valid + s->invalid;
    if (all == 0) return 0;
    return (double)(cells->type == COLUMN_NUMERIC ? s->valid : cells->n_like_numbers) / (double)all;
}

/* Many different numbers that are read as levels lose their order and distance. */
static finding_severity mixed_severity(const column *cells, double numbers)
{
    const bool many = cells->type == COLUMN_TEXT || distinct_numbers(cells, MIXED_MEDIUM_DISTINCT) == MIXED_MEDIUM_DISTINCT;
    return cells->type != COLUMN_NUMERIC && many && numbers >= 0.5 ? SEVERITY_MEDIUM : SEVERITY_LOW;
}

static ptg_status report_mixed(const finding_context *c, const finding_kind *kind, int32_t k, double numbers, ptg_error *err)
{
    const column *cells = frame_column(c->f, k);
    const double words = 1 - numbers;
    finding found = {.severity = mixed_severity(cells, numbers), .n_columns = 1, .columns = &k, .value = fmin(numbers, words)};
    finding_word name, one, other;
    text_print(&found.text, "%s %% of the cells of '%s' are numbers, %s %% are not; the column is read as %s.",
               finding_percent(numbers, &one), finding_name(c, k, &name), finding_percent(words, &other),
               column_type_names[cells->type]);
    if (cells->type != COLUMN_NUMERIC && numbers >= MIXED_MOSTLY_NUMBERS && found.severity == SEVERITY_MEDIUM)
        finding_fix_type(&found, c, k, COLUMN_NUMERIC, ALMOST_OF_TYPE);
    return finding_report(c, kind, &found, err);
}

static ptg_status check_mixed(const finding_context *c, const finding_kind *kind, ptg_error *err)
{
    for (int32_t k = 0; k < c->facts->n_columns; ++k) {
        const column *cells = frame_column(c->f, k);
        if (!finding_is_read(c, k) || cells->type == COLUMN_DATETIME || cells->type == COLUMN_SEQUENCE) continue;
        const double numbers = share_of_numbers(cells, statistics_of(c, k));
        if (fmin(numbers, 1 - numbers) >= kind->threshold) TRY(report_mixed(c, kind, k, numbers, err));
    }
    return PTG_OK;
}

/* Spellings that mean missing to everybody. */
static bool is_plain_missing(text value)
{
    static const char *const words[] = {"na", "n/a", "nan", "null", "none", "<na>", "nat"};
    const text bare = text_trim(value);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; ++i) {
        if (text_equal_folded(bare, words[i])) return true;
    }
    return bare.size == 0;
}

static ptg_status check_disguised(const finding_context *c, const finding_kind *kind, ptg_error *err)
{
    for (int32_t k = 0; k < c->facts->n_columns; ++k) {
        const column *cells = frame_column(c->f, k);
        int64_t n = 0;
        finding found = {.severity = SEVERITY_LOW, .n_columns = 1, .columns = &k};
        finding_word name, percent;
        if (!finding_is_read(c, k)) continue;
        for (int32_t t = 0; t < cells->n_tokens; ++t) {
            const column_token *token = &cells->tokens[t];
            if (!token->missing || token->count == 0 || is_plain_missing(token->value)) continue;
            text_append(&found.text, n == 0 ? "'" : ", '");
            text_append_shown(&found.text, token->value, 40);
            text_print(&found.text, "' (%lld cells)", (long long)token->count);
            n += token->count;
        }
        found.value = (double)n / (double)c->facts->n_rows;
        text_print(&found.text, " in '%s', %s %% of the rows, counts as missing.", finding_name(c, k, &name),
                   finding_percent(found.value, &percent));
        if (n > 0) {
            TRY(finding_report(c, kind, &found, err));
        } else {
            finding_clear(&found);
        }
    }
    return PTG_OK;
}

static bool leads_with_zero(const column *cells)
{
    for (int32_t k = 0; k < cells->n_levels; ++k) {
        const text level = text_trim(cells->levels[k]);
        if (level.size > 1 && level.data[0] == '0' && level.data[1] >= '0' && level.data[1] <= '9') return true;
    }
    return false;
}

static ptg_status report_number_text(const finding_context *c, const finding_kind *kind, int32_t k, double share,
                                     ptg_error *err)
{
    const column *cells = frame_column(c->f, k);
    const bool read = cells->type == COLUMN_NUMERIC;
    finding found = {.severity = read ? SEVERITY_LOW : SEVERITY_MEDIUM, .n_columns = 1, .columns = &k, .value = share};
    finding_word name, percent;
    text_print(&found.text, "%s %% of the cells of '%s' are numbers ", finding_percent(share, &percent),
               finding_name(c, k, &name));
    if (read) {
        text_append(&found.text, "written with something around them, which is taken off");
        const char *before = ": ";
        for (int a = 0; a < NUMBER_AFFIXES; ++a) {
            if (cells->affixes[a] == 0) continue;
            text_print(&found.text, "%s%s (%lld)", before, number_affix_names[a], (long long)cells->affixes[a]);
            before = ", ";
        }
    } else {
        text_print(&found.text, "that are read as %s", column_type_names[cells->type]);
        finding_fix_type(&found, c, k, COLUMN_NUMERIC, "It is read as numbers.");
    }
    text_append(&found.text, ".");
    return finding_report(c, kind, &found, err);
}

static ptg_status check_number_text(const finding_context *c, const finding_kind *kind, ptg_error *err)
{
    for (int32_t k = 0; k < c->facts->n_columns; ++k) {
        const column *cells = frame_column(c->f, k);
        const column_statistics *s = statistics_of(c, k);
        if (!finding_is_read(c, k) || s->valid == 0) continue;
        const double affixed = (double)cells->n_affixed / (double)s->valid, plain = share_of_numbers(cells, s);
        const bool words = cells->type == COLUMN_CATEGORICAL || cells->type == COLUMN_TEXT;
        if (cells->type == COLUMN_NUMERIC && affixed >= kind->threshold) TRY(report_number_text(c, kind, k, affixed, err));
        if (words && c->facts->columns[k].role == ROLE_FEATURE && plain >= NUMBERS_ALL && !leads_with_zero(cells) &&
            mixed_severity(cells, plain) == SEVERITY_MEDIUM)
            TRY(report_number_text(c, kind, k, plain, err));
    }
    return PTG_OK;
}

/* ---- codes ---- */

static ptg_status check_codes(const finding_context *c, const finding_kind *kind, ptg_error *err)
{
    for (int32_t k = 0; k < c->facts->n_columns; ++k) {
        code_evidence e;
        if (!is_numeric_feature(c, k)) continue;
        TRY(column_codes_look(c, k, kind->threshold, &e, err));
        if (e.why == NULL) continue;
        finding found = {.severity = SEVERITY_LOW, .n_columns = 1, .columns = &k, .value = e.strength};
        finding_word name;
        text_print(&found.text, "The %lld whole numbers of '%s' look like codes: %s.", (long long)statistics_of(c, k)->distinct,
                   finding_name(c, k, &name), e.why);
        if (e.is_clear)
            finding_fix_type(&found, c, k, COLUMN_CATEGORICAL, "Its numbers are codes, so it is read as categories.");
        TRY(finding_report(c, kind, &found, err));
    }
    return PTG_OK;
}

const finding_kind findings_values[] = {
    {.id = "column-outliers",
     .text = "Some values of the column lie far from all others: rare but true, or errors of unit or collection.",
     .decided = "Outside median ± 5 robust standard deviations (of the values clipped to the 5th and 95th percentile), which "
                "leaves out fewer than one in a million rows of a normal distribution. With fewer than 10 "
                "different values only isolated ones.",
     .threshold = 5,
     .severity =
         "low: trees look at the order only, and a pipeline of normal scores bounds what a value can do. Medium where at "
         "least 3 values, at most 5 %, lie three times as far from the median as the next one: a long tail thins out, "
         "errors of unit leave a gap.",
     .advice = "Look at the rows that are shown; correct what is an error of unit or entry.",
     .ignore = "When the column has a long tail by its nature, such as an income.",
     .example = "Heights around 170 cm, and 40 rows around 1.70.",
     .check = check_outliers},
    {.id = "column-skewed",
     .text = "Most values of the column are close together and a few are far larger (or smaller).",
     .decided = "Third moment over the cubed standard deviation beyond 3 in size; an exponential distribution has 2. At "
                "least 10 different values: flags are skewed by being flags.",
     .threshold = 3,
     .severity = "low: trees look at the order only, and one of the linear pipelines uses normal scores.",
     .advice = "Nothing needs to be done; if the far values are errors, column-outliers says more.",
     .ignore = "Always safe to ignore where the values are right.",
     .example = "A number of followers of which half are below 120 and one is 2,000,000.",
     .check = check_skewed},
    {.id = "column-non-finite",
     .text = "Some cells are infinite, or too large for a number. No mean or scale can be made with them.",
     .decided = "Any cell that reads as inf, or beyond about 1.8e308.",
     .threshold = 0,
     .severity = "low under 5 % of the rows, where imputation takes care of them; medium from 5 %.",
     .advice = "Find the division by zero or the overflow that made them; write an empty cell where there is no value.",
     .ignore = "When infinite really means 'more than all others', and trees are used.",
     .example = "A ratio 'price_per_m2' that is inf where the area is 0.",
     .check = check_non_finite},
    {.id = "column-invalid-values",
     .text = "Some cells cannot be read as the type of the column and count as missing; or a few such cells keep a column from "
             "being read as numbers or dates.",
     .decided =
         "Any cell that is neither missing nor of the column's type; and a column of categories or text of which at least "
         "80 % are numbers or dates.",
     .threshold = 0,
     .severity =
         "low under 20 % of the rows, as for missing cells; medium from 20 %, where the type itself is in doubt, and where "
         "20 different numbers or more, or dates, are read as words: their order and distance are lost.",
     .advice = "Correct the cells named here, name them as missing tokens, or give the column another type.",
     .fix = "A column that is nearly all numbers or dates becomes numeric or datetime; the other cells count as missing.",
     .ignore = "When they are marks for 'no value'.",
     .example = "A date column in which 31.02.2023 stands.",
     .check = check_invalid},
    {.id = "column-mixed-types",
     .text = "The column holds numbers and words. Read as one type, the cells of the other lose what they say.",
     .decided = "Numbers in at least 3 % and at most 97 % of the cells that are not missing.",
     .threshold = 0.03,
     .severity = "low; medium where at least half of the cells are numbers, with 20 different ones or more, that are read as "
                 "levels or words: their order and distance are lost.",
     .advice =
         "Write the words into a column of their own, or correct them; if they mean missing, name them as missing tokens.",
     .fix = "The column becomes numeric, where at least 80 % are numbers; the others count as missing.",
     .ignore = "When the column is a code in which digits mean no quantity, such as house numbers or sizes.",
     .example = "An age column with 'adult' in every tenth cell.",
     .check = check_mixed},
    {.id = "column-disguised-missing",
     .text = "A word or a number in the column stands for a missing value.",
     .decided =
         "Words such as 'unknown' or '?' and numbers such as -999 that count as missing here, because the other values of "
         "the column say so; why stands in the plan. Plain spellings of missing (NA, null, nan) are not reported.",
     .threshold = 0,
     .severity = "low: such cells are read as missing.",
     .advice =
         "Check that it really means missing; if it is a value of its own, take it out of the column's missing_tokens in the "
         "plan.",
     .ignore = "When it means missing.",
     .example = "A column 'days_since_contact' with 999 where there was no contact.",
     .check = check_disguised},
    {.id = "column-number-as-text",
     .text = "Numbers are written as text: with currency, unit, percent sign or thousands separators, or in a column of text.",
     .decided = "At least 5 % of the values are numbers only without what stands around them; or all cells of a column of "
                "categories or text are different numbers without leading zeros.",
     .threshold = 0.05,
     .severity = "low where they are read as numbers all the same; medium where they are not: order and distance are lost.",
     .advice = "Nothing needs to be done where they are read; else make the column numeric, by the fix or with --features.",
     .fix = "The column becomes numeric.",
     .ignore = "When the number is a name, such as a telephone number.",
     .example = "A price column with cells such as '$1,299.00'.",
     .check = check_number_text},
    {.id = "column-category-as-number",
     .text = "Whole numbers that are likely codes. Read as a quantity, code 20 lies between 10 and 30, which may mean nothing.",
     .decided =
         "Whole numbers, 3 to 200 different ones that repeat 5 times each on average, and one of: a name that says code, "
         "type, class or the like; values with gaps and one number of digits, such as 110, 250, 340; or levels that "
         "predict the target better than any trend in their order, by 0.02 of its variation and beyond chance.",
     .threshold = 0.02,
     .severity = "low: trees cut codes apart, and one pipeline encodes repeating numbers as levels too.",
     .advice = "If the numbers are codes, make the column categorical.",
     .fix = "The column becomes categorical, where two of the three signs agree.",
     .ignore = "When the numbers are counts, grades or years.",
     .example = "A column 'building_type' with the codes 20, 30, 60 and 120.",
     .check = check_codes},
};
const int32_t n_findings_values = (int32_t)(sizeof findings_values / sizeof findings_values[0]);

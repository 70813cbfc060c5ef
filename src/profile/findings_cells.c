/* Findings on cells that are not what their column is: cells of another type, words for missing, numbers written as text. */
#include "profile/finding.h"

#include <math.h>
#include <string.h>

#include "base/number.h"
#include "profile/finding_measures.h"
#include "profile/suspected_missing.h"

#define WORDS_SHOWN 5
#define LEVEL_LEAST_SHARE 0.01
#define INVALID_MEDIUM 0.2
#define SPOILED_LEAST 0.8 /* of the cells are numbers or dates, though the column is not */
#define MANY_NUMBERS 20
#define MIXED_MOSTLY_NUMBERS 0.8
#define NUMBERS_ALL 0.999
#define ALMOST_OF_TYPE "Nearly all of its cells are of this type; the others count as missing."

static const column_statistics *statistics_of(const finding_context *c, int32_t k)
{
    return &c->facts->columns[k].statistics;
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

/* "A12", "PC 17599". */
static bool is_mixed_code(text t)
{
    bool digit = false, letter = false;
    for (int64_t i = 0; i < t.size; ++i) {
        digit = digit || (t.data[i] >= '0' && t.data[i] <= '9');
        letter = letter || ((t.data[i] | 32) >= 'a' && (t.data[i] | 32) <= 'z');
    }
    return digit && letter;
}

/* Whether numbers among words are quantities: many different ones, and the other cells are not mostly codes of digits and
 * letters, as house numbers are. */
static bool are_quantities(const finding_context *c, int32_t k)
{
    const column *cells = frame_column(c->f, k);
    int64_t others = 0, codes = 0;
    double value;
    if (cells->type == COLUMN_CATEGORICAL && distinct_numbers(cells, MANY_NUMBERS) < MANY_NUMBERS) return false;
    for (int64_t i = 0; i < c->facts->n_rows; ++i) {
        if (finding_is_missing(cells, i)) continue;
        const text t = text_trim(cells->codes != NULL ? cells->levels[cells->codes[i]] : cells->cells[i]);
        if (number_read(t, &value)) continue;
        ++others;
        codes += is_mixed_code(t);
    }
    return 2 * codes <= others;
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
    if (numbers && !are_quantities(c, k)) {
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
        if (spoiling > 0) TRY(report_spoiled(c, kind, k, spoiling, would_be, err));
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
static finding_severity mixed_severity(const finding_context *c, int32_t k, double numbers)
{
    const bool read = frame_column(c->f, k)->type == COLUMN_NUMERIC;
    return !read && numbers >= 0.5 && are_quantities(c, k) ? SEVERITY_MEDIUM : SEVERITY_LOW;
}

static ptg_status report_mixed(const finding_context *c, const finding_kind *kind, int32_t k, double numbers, ptg_error *err)
{
    const column *cells = frame_column(c->f, k);
    const double words = 1 - numbers;
    finding found = {.severity = mixed_severity(c, k, numbers), .n_columns = 1, .columns = &k, .value = fmin(numbers, words)};
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

/* Spellings that mean missing to every tool; NULL or none are levels to some. */
static bool is_plain_missing(text value)
{
    static const char *const words[] = {"na", "nan", "<na>", "nat"};
    const text bare = text_trim(value);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; ++i) {
        if (text_equal_folded(bare, words[i])) return true;
    }
    return bare.size == 0;
}

/* A word that could stand for missing, but is read as a level in more than a few rows. */
static bool may_be_missing(const finding_context *c, const column *cells, const column_token *token)
{
    const bool words = cells->type == COLUMN_CATEGORICAL || cells->type == COLUMN_TEXT;
    return words && !token->missing && (double)token->count >= LEVEL_LEAST_SHARE * (double)c->facts->n_rows;
}

/* It is said, and left to the reader. */
static ptg_status report_level(const finding_context *c, const finding_kind *kind, int32_t k, const column_token *token,
                               ptg_error *err)
{
    finding found = {.severity = SEVERITY_LOW, .n_columns = 1, .columns = &k};
    finding_word name, percent;
    found.value = (double)token->count / (double)c->facts->n_rows;
    text_append(&found.text, "'");
    text_append_shown(&found.text, token->value, 40);
    text_print(&found.text, "' (%lld cells) in '%s', %s %% of the rows, is read as a level, not as missing. ",
               (long long)token->count, finding_name(c, k, &name), finding_percent(found.value, &percent));
    text_append_shown(&found.text, token->reason, 200);
    return finding_report(c, kind, &found, err);
}

/* A number that may stand for missing: it is said, and the fix makes it so. */
static ptg_status report_suspected(const finding_context *c, const finding_kind *kind, int32_t k, ptg_error *err)
{
    const suspected_missing s = suspected_missing_of(c, k);
    if (s.count == 0) return PTG_OK;
    finding found = {
        .severity = SEVERITY_LOW, .n_columns = 1, .columns = &k, .value = (double)s.count / (double)c->facts->n_rows};
    char digits[NUMBER_TEXT_SIZE];
    finding_word name, percent;
    const text token = {digits, number_write(s.value, digits)};
    text_print(&found.text, "'%.*s' (%lld cells) in '%s', %s %% of the rows, is read as a value, and may stand for missing. %s",
               (int)token.size, token.data, (long long)s.count, finding_name(c, k, &name),
               finding_percent(found.value, &percent), s.why);
    finding_fix_missing(&found, c, k, &token, 1, "It stands for a missing value.");
    return finding_report(c, kind, &found, err);
}

static ptg_status check_disguised(const finding_context *c, const finding_kind *kind, ptg_error *err)
{
    for (int32_t k = 0; k < c->facts->n_columns; ++k) {
        const column *cells = frame_column(c->f, k);
        int64_t n = 0;
        finding found = {.severity = SEVERITY_LOW, .n_columns = 1, .columns = &k};
        finding_word name, percent;
        if (!finding_is_read(c, k)) continue;
        TRY(report_suspected(c, kind, k, err));
        for (int32_t t = 0; t < cells->n_tokens; ++t) {
            const column_token *token = &cells->tokens[t];
            if (may_be_missing(c, cells, token)) TRY(report_level(c, kind, k, token, err));
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
            mixed_severity(c, k, plain) == SEVERITY_MEDIUM)
            TRY(report_number_text(c, kind, k, plain, err));
    }
    return PTG_OK;
}

const finding_kind findings_cells[] = {
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
     .decided = "Numbers in at least 1 % and at most 99 % of the cells that are not missing.",
     .threshold = 0.01,
     .severity = "low; medium where at least half of the cells are numbers, with 20 different ones or more, that are read as "
                 "levels or words (order and distance are lost), unless the other cells are codes such as A12.",
     .advice =
         "Write the words into a column of their own, or correct them; if they mean missing, name them as missing tokens.",
     .fix = "The column becomes numeric, where at least 80 % are numbers; the others count as missing.",
     .ignore = "When the column is a code in which digits mean no quantity, such as house numbers or sizes.",
     .example = "An age column with 'adult' in every tenth cell.",
     .check = check_mixed},
    {.id = "column-disguised-missing",
     .text = "A word or a number in the column stands for a missing value.",
     .decided = "Words such as 'unknown' or '?' and numbers such as -999 that count as missing here, because the other values "
                "of the column say so; why stands in the plan. Plain spellings of missing (NA, NaN) are not reported. A "
                "word that could stand for missing but is read as a level is reported from 1 % of the rows; so are zeros where "
                "all other values lie far above, 9 or 99 behind a scale that ends well below, and numbers such as 999 that "
                "repeat where values hardly do: they are read as values.",
     .threshold = 0,
     .severity = "low: such cells are read as missing, or as a value that a model can tell from the others.",
     .advice = "Check that it really means missing, or really is a level; if not, take it out of the column's missing_tokens "
               "in the plan, or put it in.",
     .fix = "A number that is read as a value becomes a missing token of its column.",
     .ignore = "When it is read as what it means.",
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
};
const int32_t n_findings_cells = (int32_t)(sizeof findings_cells / sizeof findings_cells[0]);

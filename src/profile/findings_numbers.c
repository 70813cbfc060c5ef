/* Findings on the numbers of a column: values far from all others, infinite ones, codes that look like quantities. */
#include "profile/finding.h"

#include <math.h>

#include "base/memory.h"
#include "profile/column_codes.h"
#include "profile/finding_measures.h"

#define ISOLATED_LEAST 3    /* different values beyond a gap */
#define ISOLATED_GAP 3      /* so many times as far from the median as the next one */
#define ISOLATED_SHARE 0.05 /* at most so many of the values */
#define CROWD_SHARE 0.02    /* beyond so many they may well be a population of their own, */
#define CROWD_GAP 8         /* unless they are as far off as another unit would be */
#define FEW_DISTINCT 10     /* a flag or a grade is skewed by being one */
#define NON_FINITE_MEDIUM 0.05

static const column_statistics *statistics_of(const finding_context *c, int32_t k)
{
    return &c->facts->columns[k].statistics;
}

static bool is_numeric_feature(const finding_context *c, int32_t k)
{
    return c->facts->columns[k].role == ROLE_FEATURE && frame_column(c->f, k)->type == COLUMN_NUMERIC;
}

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
    int64_t different = 0; /* from the far end on */
    for (int64_t i = s->outliers; status == PTG_OK && i > 0; --i) {
        different += i == s->outliers || distances[i] < distances[i + 1];
        if (different >= ISOLATED_LEAST) *gap = fmax(*gap, distances[i] / fmax(distances[i - 1], 1));
    }
    mem_free(distances);
    if ((double)s->outliers > CROWD_SHARE * (double)s->count && *gap < CROWD_GAP) *gap = 1;
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
    const bool few = statistics_of(c, k)->distinct < FEW_DISTINCT;
    if ((few || column_codes_scattered(c, k)) && gap < ISOLATED_GAP) return PTG_OK;
    finding found = {.severity = gap >= ISOLATED_GAP && !few ? SEVERITY_MEDIUM : SEVERITY_LOW,
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
        if (!is_numeric_feature(c, k) || !(fabs(s->skew) > kind->threshold) || statistics_of(c, k)->distinct < FEW_DISTINCT ||
            column_codes_scattered(c, k))
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

const finding_kind findings_numbers[] = {
    {.id = "column-outliers",
     .fixed = true,
     .text = "Some values of the column lie far from all others: rare but true, or errors of unit or collection.",
     .decided = "Outside median ± 5 robust standard deviations (of the values clipped to the 5th and 95th percentile), which "
                "leaves out fewer than one in a million rows of a normal distribution. With fewer than 10 "
                "different values, and in columns that look like scattered codes (column-category-as-number), only "
                "isolated ones.",
     .threshold = 5,
     .severity = "low: trees look at the order only, and a pipeline of normal scores bounds what a value can do. Medium where "
                 "at least 3 different values, in at most 5 % of the rows, lie three times as far from the median as the next "
                 "one (beyond 2 % of the rows: eight times, since so many may be a kind of their own): a long tail thins "
                 "out, errors of unit leave a gap.",
     .advice = "Look at the rows that are shown; correct what is an error of unit or entry.",
     .ignore = "When the column has a long tail by its nature, such as an income.",
     .example = "Heights around 170 cm, and 40 rows around 1.70.",
     .check = check_outliers},
    {.id = "column-skewed",
     .text = "Most values of the column are close together and a few are far larger (or smaller).",
     .decided =
         "Third moment over the cubed standard deviation beyond 3 in size; an exponential distribution has 2. At "
         "least 10 different values: flags are skewed by being flags, and scattered codes (column-category-as-number) by "
         "how they were given out.",
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
    {.id = "column-category-as-number",
     .text = "Whole numbers that are likely codes. Read as a quantity, code 20 lies between 10 and 30, which may mean nothing.",
     .decided =
         "Whole numbers, 3 to 200 different ones that repeat 5 times each on average, and one of: a name that says "
         "code, type, class or the like (then up to 5,000 different ones that repeat twice); values with gaps and one "
         "number of digits, such as 110, 250, 340; or levels that predict the target better than any trend in their "
         "order, by 0.005 of its variation and beyond chance, while neighbours are as unlike as any two levels, which ages "
         "and hours are not. More than 200 different ones: scattered over a range of ten times as many numbers, and "
         "the target is predicted better by level than by size.",
     .threshold = 0.005,
     .severity = "low: trees cut codes apart, and one pipeline encodes repeating numbers as levels too.",
     .advice = "If the numbers are codes, make the column categorical.",
     .fix = "The column becomes categorical, where two of the three signs agree.",
     .ignore = "When the numbers are counts, grades or years.",
     .example = "A column 'building_type' with the codes 20, 30, 60 and 120.",
     .check = check_codes},
};
const int32_t n_findings_numbers = (int32_t)(sizeof findings_numbers / sizeof findings_numbers[0]);

/* Three signs of codes: the name; gaps between values of one number of digits; and levels that predict the target better than a
 * cubic trend over their order does (an F test of the lack of fit, Wilson-Hilferty for its deviate), with neighbours that are
 * no more alike than others: a quantity may bend and jump (ages, hours), but most of its steps are small (von Neumann's ratio).
 */
#include "profile/column_codes.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"

#define LEAST_LEVELS 3
#define MOST_LEVELS 200
#define LEAST_ROWS_A_LEVEL 5
#define MOST_NAMED 5000 /* levels, where the name says code */
#define LEAST_ROWS_A_NAMED 2
#define MOST_WITH_GAPS 100
#define SMALLEST_CODE 10 /* codes with gaps have at least two digits */
#define GAPS 3           /* span over distinct values */
#define LEAST_Z 4
#define MOST_DEGREE 3
#define STRANGERS 0.4 /* spread of neighbours over that of all levels: about 1 for codes */
#define SCATTERED 10  /* span over distinct values */

/* The levels of the column with their rows and the target's mean, over labelled rows. */
typedef struct level_means {
    int32_t n;
    double *values; /* ascending */
    double *count, *mean;
    double rows, total; /* of all; sum of squares around the common mean */
} level_means;

static bool may_be_codes(const column_statistics *s)
{
    const number_summary *n = &s->numbers;
    return n->integers && s->infinite == 0 && n->negatives == 0 && s->distinct >= LEAST_LEVELS;
}

static bool is_few(const column_statistics *s)
{
    return s->distinct <= MOST_LEVELS && s->valid >= LEAST_ROWS_A_LEVEL * s->distinct;
}

static bool is_some(const column_statistics *s)
{
    return s->distinct <= MOST_NAMED && s->valid >= LEAST_ROWS_A_NAMED * s->distinct;
}

bool column_codes_scattered(const finding_context *c, int32_t at)
{
    const column_facts *facts = &c->facts->columns[at];
    const column_statistics *s = &facts->statistics;
    return may_be_codes(s) && facts->power.model == POWER_LEVELS && facts->power.raw >= LEAST_Z * facts->power.se &&
           s->valid >= LEAST_ROWS_A_NAMED * s->distinct && s->numbers.max - s->numbers.min >= SCATTERED * (double)s->distinct;
}

static bool is_letter(char ch)
{
    return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z');
}

/* The name has the word, apart from other letters but for a change of case ("MSSubClass", "store_type"). */
static bool has_word(text name, const char *word)
{
    const int64_t size = (int64_t)strlen(word);
    for (int64_t i = 0; i + size <= name.size; ++i) {
        const text part = {name.data + i, size};
        if (!text_equal_folded(part, word)) continue;
        const bool starts =
            i == 0 || !is_letter(name.data[i - 1]) ||
            (name.data[i] >= 'A' && name.data[i] <= 'Z' && !(name.data[i - 1] >= 'A' && name.data[i - 1] <= 'Z'));
        const char after = i + size < name.size ? name.data[i + size] : ' ';
        if (starts && (!is_letter(after) || (after >= 'A' && after <= 'Z'))) return true;
    }
    return false;
}

static bool is_named_code(text name)
{
    static const char *const words[] = {"code",    "codes",  "cd",       "type", "class",  "category", "kind",    "zip",
                                        "zipcode", "postal", "postcode", "plz",  "sector", "region",   "district"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; ++i) {
        if (has_word(name, words[i])) return true;
    }
    return false;
}

static bool has_gaps(const column_statistics *s)
{
    const number_summary *n = &s->numbers;
    return s->distinct <= MOST_WITH_GAPS && n->min >= SMALLEST_CODE && floor(log10(n->min)) == floor(log10(n->max)) &&
           n->max - n->min >= GAPS * (double)s->distinct;
}

/* What is to be predicted as one number: the value, or whether the row is of the positive or the most frequent class. */
static double target_of(const profile_facts *facts, int32_t common, int64_t row)
{
    const double y = facts->target_values[row];
    if (isnan(y) || facts->problem != PROBLEM_MULTICLASS) return y;
    return (int32_t)y == common ? 1 : 0;
}

static int32_t most_frequent(const profile_facts *facts)
{
    int32_t best = 0;
    for (int32_t k = 1; k < facts->n_classes; ++k) {
        if (facts->class_counts[k] > facts->class_counts[best]) best = k;
    }
    return best;
}

/* The place of a value among the levels; where it is none yet, it is put in. -1 when there would be more than MOST_LEVELS. */
static int64_t place_of(level_means *m, double value)
{
    const int64_t at = sorted_below(m->values, m->n, value);
    if (at < m->n && m->values[at] == value) return at;
    if (m->n == MOST_LEVELS) return -1;
    memmove(m->values + at + 1, m->values + at, (size_t)(m->n - at) * sizeof *m->values);
    m->values[at] = value;
    ++m->n;
    return at;
}

static ptg_status find_levels(const column *c, const profile_facts *facts, arena *a, level_means *m, ptg_error *err)
{
    m->values = arena_array(a, MOST_LEVELS, sizeof *m->values);
    m->count = arena_array(a, MOST_LEVELS, sizeof *m->count);
    m->mean = arena_array(a, MOST_LEVELS, sizeof *m->mean);
    if (m->values == NULL || m->count == NULL || m->mean == NULL) return fail_memory(err);
    for (int64_t i = 0; i < facts->n_rows; ++i) {
        if (!isnan(c->numbers[i]) && !isnan(facts->target_values[i])) place_of(m, c->numbers[i]);
    }
    return PTG_OK;
}

static void fill_means(const column *c, const profile_facts *facts, level_means *m)
{
    const int32_t common = facts->problem == PROBLEM_MULTICLASS ? most_frequent(facts) : 0;
    double sum = 0, squares = 0;
    for (int64_t i = 0; i < facts->n_rows; ++i) {
        const double y = target_of(facts, common, i);
        if (isnan(y) || isnan(c->numbers[i])) continue;
        const int64_t level = sorted_below(m->values, m->n, c->numbers[i]);
        ++m->count[level];
        m->mean[level] += y;
        sum += y;
        squares += y * y;
        ++m->rows;
    }
    for (int32_t k = 0; k < m->n; ++k)
        m->mean[k] /= fmax(m->count[k], 1);
    m->total = m->rows > 0 ? squares - sum * sum / m->rows : 0;
}

static double product(const level_means *m, const double *a, const double *b)
{
    double sum = 0;
    for (int32_t k = 0; k < m->n; ++k)
        sum += m->count[k] * a[k] * b[k];
    return sum;
}

/* The next power of the levels' order, made orthogonal to those before (Gram-Schmidt, weighted by rows), of length 1. */
static void next_power(const level_means *m, double basis[][MOST_LEVELS], int degree)
{
    double *made = basis[degree];
    for (int32_t k = 0; k < m->n; ++k)
        made[k] = degree == 0 ? 1 : basis[degree - 1][k] * (2.0 * k / m->n - 1);
    for (int e = 0; e < degree; ++e) {
        const double along = product(m, made, basis[e]);
        for (int32_t k = 0; k < m->n; ++k)
            made[k] -= along * basis[e][k];
    }
    const double length = sqrt(fmax(product(m, made, made), 1e-300));
    for (int32_t k = 0; k < m->n; ++k)
        made[k] /= length;
}

/* The variation of the means that the levels make, and the part of it that a polynomial over their order explains. */
static void explained(const level_means *m, int degree, double *by_levels, double *by_trend)
{
    double basis[MOST_DEGREE + 1][MOST_LEVELS];
    *by_levels = product(m, m->mean, m->mean);
    *by_trend = 0;
    for (int d = 0; d <= degree; ++d) {
        next_power(m, basis, d);
        const double along = product(m, basis[d], m->mean);
        *by_levels -= d == 0 ? along * along : 0;
        *by_trend += d == 0 ? 0 : along * along;
    }
}

/* The spread of the effects as neighbours show it, over that of all levels; both without the noise of means (variance `noise`
 * over rows). Each step counts as the smaller of its two levels does. */
static double neighbour_ratio(const level_means *m, double between, double noise)
{
    double steps = 0, weight = 0;
    for (int32_t k = 1; k < m->n; ++k) {
        const double step = m->mean[k] - m->mean[k - 1], w = fmin(m->count[k], m->count[k - 1]);
        if (w == 0) continue;
        steps += w * (step * step - noise * (1 / m->count[k] + 1 / m->count[k - 1])) / 2;
        weight += w;
    }
    const double all = (between - noise * (m->n - 1)) / m->rows;
    return weight > 0 && all > 0 ? steps / weight / all : 0;
}

/* Share of the variation that levels explain beyond the trend; 0 within chance. */
static double lack_of_fit(const level_means *m)
{
    double levels, trend;
    const int degree = m->n > MOST_DEGREE + 2 ? MOST_DEGREE : 1;
    if (m->n < LEAST_LEVELS || m->n > MOST_LEVELS || m->rows <= 2 * m->n || !(m->total > 0)) return 0;
    explained(m, degree, &levels, &trend);
    const double rest = m->total - levels, df = m->n - 1 - degree, df_rest = m->rows - m->n;
    const double f = rest > 0 ? fmax(0, levels - trend) / df / (rest / df_rest) : INFINITY;
    const double spread = 2 / (9 * df);
    const double z = (cbrt(f) - (1 - spread)) / sqrt(spread);
    if (z < LEAST_Z || neighbour_ratio(m, levels, rest / df_rest) < STRANGERS) return 0;
    return fmax(0, levels - trend) / m->total;
}

static ptg_status measure(const finding_context *c, int32_t at, double *strength, ptg_error *err)
{
    *strength = NAN;
    if (c->facts->target < 0) return PTG_OK;
    arena *a = arena_new();
    level_means m = {0};
    const column *cells = frame_column(c->f, at);
    ptg_status status = a == NULL ? fail_memory(err) : find_levels(cells, c->facts, a, &m, err);
    if (status == PTG_OK) {
        fill_means(cells, c->facts, &m);
        *strength = lack_of_fit(&m);
    }
    arena_free(a);
    return status;
}

ptg_status column_codes_look(const finding_context *c, int32_t at, double least, code_evidence *out, ptg_error *err)
{
    static const char *const words[8] = {NULL,
                                         "the name says so",
                                         "they have gaps and one number of digits",
                                         "the name says so, and they have gaps and one number of digits",
                                         "their levels predict the target better than a trend over their order",
                                         "the name says so, and their levels predict the target better than a trend",
                                         "they have gaps, and their levels predict the target better than a trend",
                                         "the name says so, they have gaps, and their levels predict better than a trend"};
    const column_statistics *s = &c->facts->columns[at].statistics;
    *out = (code_evidence){.strength = NAN};
    if (!may_be_codes(s)) return PTG_OK;
    if (is_few(s)) TRY(measure(c, at, &out->strength, err));
    const int named = is_some(s) && is_named_code(frame_column(c->f, at)->name), gaps = is_few(s) && has_gaps(s),
              levels = out->strength >= least || (!is_few(s) && column_codes_scattered(c, at));
    out->why = words[named + 2 * gaps + 4 * levels];
    out->is_clear = named + gaps + levels >= 2;
    return PTG_OK;
}

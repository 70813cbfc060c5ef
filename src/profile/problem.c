/* The problem type by the rules of the command line (--problem-type auto): text with 2 labels is binary, more multiclass;
 * numbers with 2 values binary, up to 20 distinct whole numbers multiclass, else regression. Labels become class numbers in
 * sort order. */
#include "profile/problem.h"

#include <math.h>
#include <stdlib.h>

#include "base/number.h"
#include "profile/text_table.h"

#define LEAST_LABELLED 20
#define LEAST_OF_A_CLASS 5
#define MOST_INTEGER_CLASSES 20

/* The target on its way: its labels and one code a row. Regression has neither. */
typedef struct target_work {
    const frame *f;
    const profile_request *request;
    profile_facts *facts;
    const column *column;
    const column_statistics *statistics;
    text_shown_buffer name;
    int64_t distinct; /* finite, valid */
    int32_t *codes;   /* n_rows, -1 = none; in the arena */
    double *numbers;  /* numeric labels, ascending */
} target_work;

static ptg_status count_labelled(target_work *w, ptg_error *err)
{
    const column_statistics *s = w->statistics;
    w->facts->n_labelled = s->valid - s->infinite;
    w->facts->target_missing = s->missing + s->infinite;
    if (w->facts->n_labelled == 0) {
        return fail(err, PTG_ERROR_DATA,
                    "Target column '%s' has no usable value in any of the %lld rows; choose another --target.", w->name.data,
                    (long long)s->rows);
    }
    if (w->facts->n_labelled < LEAST_LABELLED) {
        return fail(err, PTG_ERROR_DATA, "Only %lld rows have a value in target column '%s'; at least %d are needed.",
                    (long long)w->facts->n_labelled, w->name.data, LEAST_LABELLED);
    }
    return PTG_OK;
}

static ptg_status refuse_type(const target_work *w, ptg_error *err)
{
    return fail(err, PTG_ERROR_DATA, "Target column '%s' holds %s; a target is a number or a label, so turn it into one first.",
                w->name.data, w->column->type == COLUMN_DATETIME ? "dates" : "sequences");
}

/* Distinct texts: over half of the labelled rows different is no label. */
static ptg_status check_labels(const target_work *w, ptg_error *err)
{
    if (w->distinct * 2 <= w->facts->n_labelled) return PTG_OK;
    return fail(
        err, w->request->problem == PROBLEM_AUTO || w->column->type != COLUMN_NUMERIC ? PTG_ERROR_DATA : PTG_ERROR_USAGE,
        "Target column '%s' has %lld distinct values in %lld labelled rows, too many for labels; choose another --target%s.",
        w->name.data, (long long)w->distinct, (long long)w->facts->n_labelled,
        w->column->type == COLUMN_NUMERIC ? " or --problem-type regression" : "");
}

static ptg_status code_numbers(target_work *w, ptg_error *err)
{
    const int64_t n_rows = w->facts->n_rows;
    w->codes = arena_array(w->facts->memory, n_rows, sizeof *w->codes);
    w->numbers = arena_array(w->facts->memory, n_rows, sizeof *w->numbers);
    if (w->codes == NULL || w->numbers == NULL) return fail_memory(err);
    int64_t n = 0, n_labels = 0;
    for (int64_t i = 0; i < n_rows; ++i) {
        if (isfinite(w->column->numbers[i])) w->numbers[n++] = w->column->numbers[i];
    }
    TRY(sort_numbers(w->numbers, n, err));
    for (int64_t i = 0; i < n; ++i) {
        if (i == 0 || w->numbers[i] != w->numbers[i - 1]) w->numbers[n_labels++] = w->numbers[i];
    }
    for (int64_t i = 0; i < n_rows; ++i) {
        const double v = w->column->numbers[i];
        w->codes[i] = isfinite(v) ? (int32_t)sorted_below(w->numbers, n_labels, v) : -1;
    }
    return PTG_OK;
}

static ptg_status name_numbers(target_work *w, ptg_error *err)
{
    text *classes = arena_array(w->facts->memory, w->distinct, sizeof *classes);
    if (classes == NULL) return fail_memory(err);
    for (int64_t k = 0; k < w->distinct; ++k) {
        char digits[NUMBER_TEXT_SIZE];
        const int size = number_write(w->numbers[k], digits);
        const char *copy = arena_text(w->facts->memory, digits, (size_t)size);
        if (copy == NULL) return fail_memory(err);
        classes[k] = (text){.data = copy, .size = size};
    }
    w->facts->classes = classes;
    return PTG_OK;
}

/* Levels are sorted already; those that no row has are left out. */
static ptg_status code_levels(target_work *w, ptg_error *err)
{
    const column *c = w->column;
    arena *a = w->facts->memory;
    int32_t *place = arena_array(a, c->n_levels, sizeof *place);
    text *classes = arena_array(a, w->distinct, sizeof *classes);
    w->codes = arena_array(a, w->facts->n_rows, sizeof *w->codes);
    if (place == NULL || classes == NULL || w->codes == NULL) return fail_memory(err);
    for (int64_t i = 0; i < w->facts->n_rows; ++i) {
        if (c->codes[i] >= 0) place[c->codes[i]] = 1;
    }
    int32_t n = 0;
    for (int32_t level = 0; level < c->n_levels; ++level) {
        if (place[level] == 0) continue;
        classes[n] = c->levels[level];
        place[level] = n++;
    }
    for (int64_t i = 0; i < w->facts->n_rows; ++i)
        w->codes[i] = c->codes[i] >= 0 ? place[c->codes[i]] : -1;
    w->facts->classes = classes;
    return PTG_OK;
}

static ptg_status code_cells(const target_work *w, text_table *table, ptg_error *err)
{
    for (int64_t i = 0; i < w->facts->n_rows; ++i) {
        w->codes[i] = -1;
        if (w->column->cells[i].data != NULL) TRY(text_table_add(table, w->column->cells[i], &w->codes[i], err));
    }
    return PTG_OK;
}

static int compare_labels(const void *a, const void *b)
{
    return text_compare(*(const text *)a, *(const text *)b);
}

/* The place of a label among the sorted ones. */
static int32_t place_of(const text *classes, int64_t n, text label)
{
    int64_t low = 0, high = n;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (text_compare(classes[middle], label) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return (int32_t)low;
}

static ptg_status code_texts(target_work *w, ptg_error *err)
{
    ptg_status status = PTG_OK;
    arena *a = w->facts->memory;
    text_table table = {0};
    text *classes = arena_array(a, w->distinct, sizeof *classes);
    int32_t *place = arena_array(a, w->distinct, sizeof *place);
    w->codes = arena_array(a, w->facts->n_rows, sizeof *w->codes);
    if (classes == NULL || place == NULL || w->codes == NULL) return fail_memory(err);
    GO(code_cells(w, &table, err));
    for (int64_t k = 0; k < table.n; ++k)
        classes[k] = table.values[k];
    qsort(classes, (size_t)table.n, sizeof *classes, compare_labels);
    for (int64_t k = 0; k < table.n; ++k)
        place[k] = place_of(classes, table.n, table.values[k]);
    for (int64_t i = 0; i < w->facts->n_rows; ++i) {
        if (w->codes[i] >= 0) w->codes[i] = place[w->codes[i]];
    }
    w->facts->classes = classes;
done:
    text_table_clear(&table);
    return status;
}

static ptg_status code_target(target_work *w, ptg_error *err)
{
    if (w->column->type == COLUMN_NUMERIC) {
        TRY(code_numbers(w, err));
        return name_numbers(w, err);
    }
    return w->column->type == COLUMN_CATEGORICAL ? code_levels(w, err) : code_texts(w, err);
}

static const char *article_type(const target_work *w)
{
    return w->column->type == COLUMN_NUMERIC ? "numbers" : "labels";
}

static ptg_status choose_type(target_work *w, ptg_error *err)
{
    const bool numeric = w->column->type == COLUMN_NUMERIC, whole = numeric && w->statistics->numbers.integers;
    profile_facts *facts = w->facts;
    const char *why = "";
    if (w->distinct == 2) {
        facts->problem = PROBLEM_BINARY;
        why = numeric ? "two values are classes" : "two labels are classes";
    } else if (!numeric) {
        facts->problem = PROBLEM_MULTICLASS;
        why = "labels are classes";
    } else if (whole && w->distinct <= MOST_INTEGER_CLASSES) {
        facts->problem = PROBLEM_MULTICLASS;
        why = "up to 20 whole numbers are taken as classes; --problem-type regression takes them as quantities";
    } else {
        facts->problem = PROBLEM_REGRESSION;
        why = whole ? "more than 20 whole numbers are quantities" : "numbers with fractions are quantities";
    }
    facts->problem_reason =
        arena_print(facts->memory, "The target holds %lld distinct %s: %s.", (long long)w->distinct, article_type(w), why);
    return facts->problem_reason == NULL ? fail_memory(err) : PTG_OK;
}

static ptg_status obey_type(target_work *w, ptg_error *err)
{
    profile_facts *facts = w->facts;
    facts->problem = (problem_type)w->request->problem;
    if (facts->problem == PROBLEM_REGRESSION && w->column->type != COLUMN_NUMERIC) {
        return fail(err, PTG_ERROR_USAGE,
                    "--problem-type regression needs numbers, but target column '%s' is %s; leave the option out or "
                    "make the column numeric with --features.",
                    w->name.data, column_type_names[w->column->type]);
    }
    if (facts->problem == PROBLEM_BINARY && w->distinct != 2) {
        return fail(err, PTG_ERROR_USAGE,
                    "--problem-type binary needs 2 distinct values, but target column '%s' has %lld; leave the option "
                    "out or choose another.",
                    w->name.data, (long long)w->distinct);
    }
    facts->problem_reason =
        arena_print(facts->memory, "Asked for; the target holds %lld distinct %s.", (long long)w->distinct, article_type(w));
    return facts->problem_reason == NULL ? fail_memory(err) : PTG_OK;
}

static ptg_status count_classes(target_work *w, ptg_error *err)
{
    profile_facts *facts = w->facts;
    facts->n_classes = (int32_t)w->distinct;
    int64_t *counts = arena_array(facts->memory, w->distinct, sizeof *counts);
    if (counts == NULL) return fail_memory(err);
    for (int64_t i = 0; i < facts->n_rows; ++i) {
        if (w->codes[i] >= 0) ++counts[w->codes[i]];
    }
    facts->class_counts = counts;
    if (facts->problem != PROBLEM_BINARY) return PTG_OK;
    const int32_t rarer = counts[1] < counts[0] ? 1 : 0;
    if (counts[rarer] >= LEAST_OF_A_CLASS) return PTG_OK;
    text_shown_buffer label;
    return fail(err, PTG_ERROR_DATA,
                "Label '%s' of target column '%s' stands in only %lld rows; at least %d of each class are needed.",
                text_shown(facts->classes[rarer], &label), w->name.data, (long long)counts[rarer], LEAST_OF_A_CLASS);
}

static const char *const known_opposites[][2] = {{"yes", "no"}, {"true", "false"},        {"y", "n"},
                                                 {"t", "f"},    {"positive", "negative"}, {"pos", "neg"}};

/* Whether `a` is the positive one of a known pair of labels, with `b` its opposite. */
static bool is_opposite(text a, text b)
{
    for (size_t i = 0; i < sizeof known_opposites / sizeof known_opposites[0]; ++i) {
        if (text_equal_folded(a, known_opposites[i][0]) && text_equal_folded(b, known_opposites[i][1])) return true;
    }
    return text_equal_to(a, "1") && (text_equal_to(b, "0") || text_equal_to(b, "-1"));
}

/* A label of the command line names a numeric class by its value ("1.0" is 1). */
static bool names_class(const target_work *w, const char *label, int32_t k)
{
    double value;
    if (text_equal_to(w->facts->classes[k], label)) return true;
    return w->numbers != NULL && number_read(text_of(label), &value) && value == w->numbers[k];
}

static ptg_status refuse_positive(const target_work *w, ptg_error *err)
{
    text_shown_buffer asked, first, second;
    return fail(err, PTG_ERROR_USAGE, "--positive '%s' is no label of target column '%s'; its labels are '%s' and '%s'.",
                text_shown(text_of(w->request->positive), &asked), w->name.data, text_shown(w->facts->classes[0], &first),
                text_shown(w->facts->classes[1], &second));
}

int32_t problem_positive(const text labels[2], const int64_t counts[2])
{
    for (int32_t k = 0; k < 2; ++k) {
        if (is_opposite(labels[k], labels[1 - k])) return k;
    }
    return counts[0] < counts[1] ? 0 : 1;
}

static ptg_status choose_positive(target_work *w, ptg_error *err)
{
    profile_facts *facts = w->facts;
    const text *labels = facts->classes;
    text_shown_buffer shown[2];
    const char *name[2] = {text_shown(labels[0], &shown[0]), text_shown(labels[1], &shown[1])};
    if (w->request->positive != NULL) {
        facts->positive_class = names_class(w, w->request->positive, 0) ? 0 : names_class(w, w->request->positive, 1) ? 1 : -1;
        if (facts->positive_class < 0) return refuse_positive(w, err);
        facts->positive_reason = "It was asked for.";
        return PTG_OK;
    }
    const int64_t *counts = facts->class_counts;
    const int32_t k = problem_positive(labels, counts);
    facts->positive_class = k;
    facts->positive_reason =
        is_opposite(labels[k], labels[1 - k]) ? arena_print(facts->memory, "'%s' stands against '%s'.", name[k], name[1 - k])
        : counts[0] == counts[1] ? arena_print(facts->memory, "'%s' is the later of two equally frequent labels.", name[1])
                                 : arena_print(facts->memory, "'%s' is the rarer label.", name[facts->positive_class]);
    return facts->positive_reason == NULL ? fail_memory(err) : PTG_OK;
}

static double target_of_row(const target_work *w, int64_t row)
{
    const profile_facts *facts = w->facts;
    if (facts->problem == PROBLEM_REGRESSION) return isfinite(w->column->numbers[row]) ? w->column->numbers[row] : NAN;
    const int32_t code = w->codes[row];
    if (code < 0) return NAN;
    return facts->problem == PROBLEM_BINARY ? (code == facts->positive_class ? 1 : 0) : code;
}

static ptg_status fill_target(target_work *w, ptg_error *err)
{
    profile_facts *facts = w->facts;
    facts->target_values = arena_array(facts->memory, facts->n_rows, sizeof *facts->target_values);
    if (facts->target_values == NULL) return fail_memory(err);
    for (int64_t i = 0; i < facts->n_rows; ++i)
        facts->target_values[i] = target_of_row(w, i);
    return PTG_OK;
}

/* Distinct values that are no infinities. */
static int64_t count_distinct(const target_work *w)
{
    if (w->statistics->infinite == 0) return w->statistics->distinct;
    bool up = false, down = false;
    for (int64_t i = 0; i < w->facts->n_rows; ++i) {
        up = up || w->column->numbers[i] == (double)INFINITY;
        down = down || w->column->numbers[i] == (double)-INFINITY;
    }
    return w->statistics->distinct - up - down;
}

static ptg_status refuse_constant(const target_work *w, ptg_error *err)
{
    text_shown_buffer shown;
    char digits[NUMBER_TEXT_SIZE];
    text value = w->statistics->top[0].value;
    if (w->column->type == COLUMN_NUMERIC)
        value = (text){.data = digits, .size = number_write(w->statistics->numbers.min, digits)};
    return fail(err, PTG_ERROR_DATA,
                "Target column '%s' has one distinct value, '%s'; there is nothing to predict, choose another --target.",
                w->name.data, text_shown(value, &shown));
}

static ptg_status make_classes(target_work *w, ptg_error *err)
{
    TRY(check_labels(w, err));
    TRY(code_target(w, err));
    return count_classes(w, err);
}

ptg_status problem_make(const frame *f, const profile_request *request, profile_facts *facts, ptg_error *err)
{
    target_work w = {.f = f,
                     .request = request,
                     .facts = facts,
                     .column = frame_column(f, facts->target),
                     .statistics = &facts->columns[facts->target].statistics};
    text_shown(w.column->name, &w.name);
    facts->positive_class = -1;
    TRY(count_labelled(&w, err));
    if (w.column->type == COLUMN_DATETIME || w.column->type == COLUMN_SEQUENCE) return refuse_type(&w, err);
    w.distinct = count_distinct(&w);
    if (w.distinct == 1) return refuse_constant(&w, err);
    TRY(request->problem == PROBLEM_AUTO ? choose_type(&w, err) : obey_type(&w, err));
    if (facts->problem != PROBLEM_REGRESSION) TRY(make_classes(&w, err));
    if (facts->problem == PROBLEM_BINARY) {
        TRY(choose_positive(&w, err));
    } else if (request->positive != NULL) {
        return fail(err, PTG_ERROR_USAGE, "--positive is for binary problems, but this one is %s; leave it out.",
                    facts->problem == PROBLEM_REGRESSION ? "regression" : "multiclass");
    }
    return fill_target(&w, err);
}

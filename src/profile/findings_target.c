/* Findings on the target: what is missing or invalid in it, how it is distributed, and labels that are hardly there or nearly
 * equal. */
#include "profile/finding.h"

#include <math.h>

#include "base/memory.h"
#include "base/number.h"
#include "profile/problem.h"
#include "profile/text_table.h"

#define LABELS_NAMED 5

static const char *target_name(const finding_context *c, finding_word *out)
{
    return finding_name(c, c->facts->target, out);
}

static const column_statistics *target_statistics(const finding_context *c)
{
    return &c->facts->columns[c->facts->target].statistics;
}

/* A finding on the target column. */
static finding about_target(const finding_context *c, finding_severity severity, double value)
{
    return (finding){.severity = severity, .n_columns = 1, .columns = &c->facts->target, .value = value};
}

static ptg_status check_missing(const finding_context *c, const finding_kind *kind, ptg_error *err)
{
    if (c->facts->target < 0) return PTG_OK;
    const int64_t missing = c->facts->target_missing;
    const double share = (double)missing / (double)c->facts->n_rows;
    if (missing == 0) return PTG_OK;
    finding found = about_target(c, finding_severity_of(share, 0.2, 0.5), share);
    finding_word name, p;
    text_print(&found.text, "%lld of %lld rows (%s %%) have no value in '%s' and are left out.", (long long)missing,
               (long long)c->facts->n_rows, finding_percent(share, &p), target_name(c, &name));
    return finding_report(c, kind, &found, err);
}

static ptg_status check_invalid(const finding_context *c, const finding_kind *kind, ptg_error *err)
{
    if (c->facts->target < 0) return PTG_OK;
    const int64_t invalid = target_statistics(c)->invalid;
    const double share = (double)invalid / (double)c->facts->n_rows;
    if (invalid == 0) return PTG_OK;
    const column *cells = frame_column(c->f, c->facts->target);
    finding found = about_target(c, finding_severity_of(share, 0.05, 0.3), share);
    finding_word name, p;
    text_print(&found.text, "%lld of %lld rows (%s %%) have a value in '%s' that is not of type %s, and are left out",
               (long long)invalid, (long long)c->facts->n_rows, finding_percent(share, &p), target_name(c, &name),
               column_type_names[cells->type]);
    for (int32_t k = 0; k < cells->n_top_invalid && k < LABELS_NAMED; ++k) {
        text_append(&found.text, k == 0 ? "; most often '" : ", '");
        text_append_shown(&found.text, cells->top_invalid[k].value, 40);
        text_append(&found.text, "'");
    }
    text_append(&found.text, ".");
    return finding_report(c, kind, &found, err);
}

static bool is_regression(const finding_context *c)
{
    return c->facts->target >= 0 && c->facts->problem == PROBLEM_REGRESSION;
}

static ptg_status check_constant(const finding_context *c, const finding_kind *kind, ptg_error *err)
{
    if (!is_regression(c)) return PTG_OK;
    const shown_value *top = &target_statistics(c)->top[0];
    const double share = (double)top->count / (double)c->facts->n_labelled;
    if (share < kind->threshold) return PTG_OK;
    finding found = about_target(c, finding_severity_of(share, 0.9, 0.99), share);
    finding_word name, value, p;
    text_print(&found.text, "%s %% of the labelled rows have the same value in '%s', %s.", finding_percent(share, &p),
               target_name(c, &name), finding_value(top->value, &value));
    return finding_report(c, kind, &found, err);
}

static ptg_status check_skewed(const finding_context *c, const finding_kind *kind, ptg_error *err)
{
    if (!is_regression(c)) return PTG_OK;
    const number_summary *s = &target_statistics(c)->numbers;
    if (!(fabs(s->skew) > kind->threshold)) return PTG_OK;
    finding found = about_target(c, finding_severity_of(fabs(s->skew), kind->threshold, 20), s->skew);
    finding_word name, skew, median, most;
    text_print(&found.text, "'%s' is skewed (%s): half of its values are below %s, the largest is %s.", target_name(c, &name),
               finding_number(s->skew, &skew), finding_number(s->quantiles[QUANTILE_P50], &median),
               finding_number(s->max, &most));
    if (!(s->min < 0) && s->skew > 0) finding_fix_objective(&found, c, "rmsle");
    return finding_report(c, kind, &found, err);
}

/* Share of the squared deviations from the mean that the outliers make, scaled so that nothing overflows. */
static double outlier_weight(const finding_context *c, const number_summary *s)
{
    const double scale = fmax(s->max - s->mean, s->mean - s->min);
    double all = 0, outside = 0;
    for (int64_t i = 0; i < c->facts->n_rows; ++i) {
        const double v = c->facts->target_values[i], z = (v - s->mean) / scale;
        if (isnan(v)) continue;
        all += z * z;
        if (v < s->outlier_low || v > s->outlier_high) outside += z * z;
    }
    return all > 0 ? outside / all : 0;
}

static ptg_status check_outliers(const finding_context *c, const finding_kind *kind, ptg_error *err)
{
    if (!is_regression(c) || target_statistics(c)->numbers.outliers == 0) return PTG_OK;
    const number_summary *s = &target_statistics(c)->numbers;
    const double weight = outlier_weight(c, s);
    finding found = about_target(c, finding_severity_of(weight, 0.25, 0.75), (double)s->outliers / (double)s->count);
    finding_word name, low, high, share, squares;
    text_print(&found.text, "%lld values of '%s' (%s %%) lie outside %s to %s; they make %s %% of its squared deviations.",
               (long long)s->outliers, target_name(c, &name), finding_percent((double)s->outliers / (double)s->count, &share),
               finding_number(s->outlier_low, &low), finding_number(s->outlier_high, &high), finding_percent(weight, &squares));
    if (found.severity != SEVERITY_LOW) finding_fix_objective(&found, c, "mae");
    return finding_report(c, kind, &found, err);
}

static int32_t extreme_class(const profile_facts *facts, bool largest)
{
    int32_t best = 0;
    for (int32_t k = 1; k < facts->n_classes; ++k) {
        const int64_t count = facts->class_counts[k], other = facts->class_counts[best];
        if (largest ? count > other : count < other) best = k;
    }
    return best;
}

static ptg_status check_imbalance(const finding_context *c, const finding_kind *kind, ptg_error *err)
{
    if (c->facts->target < 0 || c->facts->n_classes == 0) return PTG_OK;
    const int32_t largest = extreme_class(c->facts, true);
    const double rest = 1 - (double)c->facts->class_counts[largest] / (double)c->facts->n_labelled;
    if (rest >= kind->threshold) return PTG_OK;
    finding found = about_target(c, rest < 0.005 ? SEVERITY_HIGH : rest < 0.02 ? SEVERITY_MEDIUM : SEVERITY_LOW, rest);
    finding_word name, label, p;
    text_print(&found.text, "Only %s %% of the labelled rows of '%s' are anything but '%s'.", finding_percent(rest, &p),
               target_name(c, &name), finding_value(c->facts->classes[largest], &label));
    return finding_report(c, kind, &found, err);
}

static void list_rare(const finding_context *c, double least, text_buffer *b)
{
    int32_t n = 0;
    for (int32_t k = 0; k < c->facts->n_classes; ++k) {
        if ((double)c->facts->class_counts[k] >= least) continue;
        if (n++ == LABELS_NAMED) {
            text_append(b, ", …");
            return;
        }
        text_append(b, n == 1 ? "'" : ", '");
        text_append_shown(b, c->facts->classes[k], 40);
        text_print(b, "' (%lld)", (long long)c->facts->class_counts[k]);
    }
}

/* Rows of the rare classes lose their target, as if their labels meant missing. */
static ptg_status fix_rare(const finding_context *c, const finding_kind *kind, int64_t n_rare, finding *found, ptg_error *err)
{
    const profile_facts *facts = c->facts;
    if (facts->n_classes - n_rare < 3 || frame_column(c->f, facts->target)->type == COLUMN_NUMERIC) return PTG_OK;
    text *rare = mem_array(n_rare, sizeof *rare);
    if (rare == NULL) return fail_memory(err);
    int32_t n = 0;
    for (int32_t k = 0; k < facts->n_classes; ++k) {
        if ((double)facts->class_counts[k] < kind->threshold) rare[n++] = facts->classes[k];
    }
    finding_fix_missing(found, c, facts->target, rare, n, "It is what is to be predicted; rows of rare labels are left out.");
    mem_free(rare);
    return PTG_OK;
}

static ptg_status check_rare_class(const finding_context *c, const finding_kind *kind, ptg_error *err)
{
    if (c->facts->target < 0 || c->facts->n_classes == 0) return PTG_OK;
    int64_t n_rare = 0, rows = 0;
    for (int32_t k = 0; k < c->facts->n_classes; ++k) {
        if ((double)c->facts->class_counts[k] >= kind->threshold) continue;
        ++n_rare;
        rows += c->facts->class_counts[k];
    }
    if (n_rare == 0) return PTG_OK;
    const int64_t fewest = c->facts->class_counts[extreme_class(c->facts, false)];
    const double lost = (double)rows / (double)c->facts->n_labelled;
    finding found = about_target(c, lost >= 0.05 ? SEVERITY_HIGH : SEVERITY_MEDIUM, (double)fewest);
    finding_word name;
    text_print(&found.text, "%lld of %d classes of '%s' have fewer than %.0f rows: ", (long long)n_rare,
               (int)c->facts->n_classes, target_name(c, &name), kind->threshold);
    list_rare(c, kind->threshold, &found.text);
    text_append(&found.text, ".");
    const ptg_status status = fix_rare(c, kind, n_rare, &found, err);
    if (status == PTG_OK) return finding_report(c, kind, &found, err);
    finding_clear(&found);
    return status;
}

static ptg_status check_many_classes(const finding_context *c, const finding_kind *kind, ptg_error *err)
{
    if (c->facts->target < 0 || (double)c->facts->n_classes <= kind->threshold) return PTG_OK;
    const double rows = (double)c->facts->n_labelled / c->facts->n_classes;
    finding_word name, p;
    const finding_severity severity = rows < 10                                ? SEVERITY_HIGH
                                      : c->facts->n_classes > 100 || rows < 50 ? SEVERITY_MEDIUM
                                                                               : SEVERITY_LOW;
    finding found = about_target(c, severity, c->facts->n_classes);
    text_print(&found.text, "'%s' has %d classes, with %s rows each on average.", target_name(c, &name),
               (int)c->facts->n_classes, finding_number(rows, &p));
    return finding_report(c, kind, &found, err);
}

/* What is left of a label without case, blanks and punctuation (ASCII); numbers stay as they are but for zeros in front of or
 * behind the fraction. */
static void plain_label(text label, text_buffer *out)
{
    double value;
    if (number_read(text_trim(label), &value)) {
        text_append_number(out, value);
        return;
    }
    for (int64_t i = 0; i < label.size; ++i) {
        const char ch = label.data[i];
        const bool upper = ch >= 'A' && ch <= 'Z';
        const bool kept =
            upper || (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || (unsigned char)ch >= 128 || ch == '+' || ch == '-';
        if (kept) text_append_bytes(out, upper ? &"abcdefghijklmnopqrstuvwxyz"[ch - 'A'] : &ch, 1);
    }
}

typedef struct variants {
    text_table table;
    int32_t *plain;   /* code of each class without case, blanks, punctuation */
    int32_t n_merged; /* classes that are variants of an earlier one */
} variants;

static ptg_status find_variants(const profile_facts *facts, arena *a, variants *v, ptg_error *err)
{
    v->plain = arena_array(a, facts->n_classes, sizeof *v->plain);
    if (v->plain == NULL) return fail_memory(err);
    for (int32_t k = 0; k < facts->n_classes; ++k) {
        text_buffer b = {0};
        plain_label(facts->classes[k], &b);
        const bool empty = b.size == 0; /* only punctuation: compared as it stands */
        const text plain = empty ? facts->classes[k] : (text){.data = b.data, .size = b.size};
        const char *copy = arena_text(a, plain.data, (size_t)plain.size);
        const bool failed = b.failed || copy == NULL;
        text_buffer_clear(&b);
        if (failed) return fail_memory(err);
        TRY(text_table_add(&v->table, (text){.data = copy, .size = plain.size}, &v->plain[k], err));
    }
    v->n_merged = (int32_t)(facts->n_classes - v->table.n);
    return PTG_OK;
}

static void list_variants(const profile_facts *facts, const variants *v, text_buffer *b)
{
    int32_t groups = 0;
    for (int64_t code = 0; code < v->table.n; ++code) {
        if (v->table.counts[code] < 2) continue;
        if (groups++ == LABELS_NAMED) {
            text_append(b, "; …");
            return;
        }
        int32_t n = 0;
        for (int32_t k = 0; k < facts->n_classes && n < LABELS_NAMED; ++k) {
            if (v->plain[k] != code) continue;
            text_append(b, n++ > 0 ? " = '" : groups > 1 ? "; '" : "'");
            text_append_shown(b, facts->classes[k], 40);
            text_append(b, "'");
        }
    }
}

/* The most frequent spelling of each plain label; -1 never stays. */
static void choose_spellings(const profile_facts *facts, const variants *v, int32_t *chosen)
{
    for (int64_t code = 0; code < v->table.n; ++code)
        chosen[code] = -1;
    for (int32_t k = 0; k < facts->n_classes; ++k) {
        const int32_t code = v->plain[k];
        if (chosen[code] < 0 || facts->class_counts[k] > facts->class_counts[chosen[code]]) chosen[code] = k;
    }
}

/* With two labels left of more the problem is a binary one. */
static void fix_problem(const finding_context *c, const variants *v, const int32_t *chosen, finding *found)
{
    if (v->table.n != 2 || c->facts->problem != PROBLEM_MULTICLASS) return;
    const bool swapped = text_compare(c->facts->classes[chosen[0]], c->facts->classes[chosen[1]]) > 0;
    const text labels[2] = {c->facts->classes[chosen[swapped]], c->facts->classes[chosen[!swapped]]};
    int64_t counts[2] = {0};
    for (int32_t k = 0; k < c->facts->n_classes; ++k)
        counts[(v->plain[k] == 1) != swapped] += c->facts->class_counts[k];
    finding_fix_set(found, "/problem_type", json_string("multiclass"), json_string("binary"));
    finding_fix_set(found, "/positive_class", NULL, json_text(labels[problem_positive(labels, counts)]));
    finding_fix_set(found, "/objective", NULL, json_string("auc"));
}

static void fix_variants(const finding_context *c, const variants *v, int32_t *chosen, finding *found)
{
    if (v->table.n < 2) return;
    choose_spellings(c->facts, v, chosen);
    fix_problem(c, v, chosen, found);
    for (int32_t k = 0; k < c->facts->n_classes; ++k) {
        const int32_t spelling = chosen[v->plain[k]];
        if (spelling != k) finding_fix_label(found, c, c->facts->classes[k], c->facts->classes[spelling]);
    }
}

static ptg_status check_label_variants(const finding_context *c, const finding_kind *kind, ptg_error *err)
{
    if (c->facts->target < 0 || c->facts->n_classes == 0 || frame_column(c->f, c->facts->target)->type == COLUMN_NUMERIC)
        return PTG_OK;
    ptg_status status = PTG_OK;
    variants v = {0};
    arena *a = arena_new();
    if (a == NULL) return fail_memory(err);
    GO(find_variants(c->facts, a, &v, err));
    if (v.n_merged == 0) goto done;
    finding found = about_target(c, v.table.n <= 2 ? SEVERITY_HIGH : SEVERITY_MEDIUM, v.n_merged);
    finding_word name;
    text_print(&found.text, "Labels of '%s' differ only in case, blanks or punctuation: ", target_name(c, &name));
    list_variants(c->facts, &v, &found.text);
    text_append(&found.text, ".");
    int32_t *chosen = arena_array(a, v.table.n, sizeof *chosen);
    found.failed = chosen == NULL;
    if (chosen != NULL) fix_variants(c, &v, chosen, &found);
    GO(finding_report(c, kind, &found, err));
done:
    text_table_clear(&v.table);
    arena_free(a);
    return status;
}

const finding_kind findings_target[] = {
    {.id = "target-missing",
     .text = "Some rows have no target. Nothing can be learned from them, so they are left out of training and of every score.",
     .decided = "Any row whose target is empty, a missing token, or infinite.",
     .threshold = 0,
     .severity =
         "low under 20 % of the rows; medium from 20 %, high from 50 %, where what is left may no longer look like the whole.",
     .advice = "Find out why they are missing: if rows of one kind lack a target, scores say nothing about that kind.",
     .ignore = "When the target is simply not known yet for those rows, for instance the newest ones.",
     .example = "A table of 10,000 orders in which 1,200 have no delivery time yet: 12 % are left out.",
     .check = check_missing},
    {.id = "target-invalid",
     .text = "Some targets are not of the column's type, such as words among numbers. These rows are left out.",
     .decided = "Any cell of the target that is not missing and cannot be read as the type of the column.",
     .threshold = 0,
     .severity = "low under 5 % of the rows, medium from 5 %, high from 30 %, where the type itself is in doubt.",
     .advice = "Correct the cells named here, or state them as missing; if most are meant as labels, give the column the type "
               "categorical.",
     .ignore = "When the cells are marks for 'no value' in another spelling.",
     .example = "A price column that holds 'on request' in 80 of 2,000 rows.",
     .check = check_invalid},
    {.id = "target-constant",
     .text = "Almost all rows have one and the same number as target. A model that always says this number looks good by most "
             "metrics.",
     .decided =
         "One value in at least 90 % of the labelled rows of a regression: then fewer than one row in ten can tell anything.",
     .threshold = 0.9,
     .severity = "medium, and high from 99 %.",
     .advice = "Consider two steps: whether the value differs (binary), and how much it is where it differs.",
     .ignore = "When the rare other values are what matters and the objective weighs them.",
     .example = "The amount of a claim, which is 0 for 97 % of the contracts.",
     .check = check_constant},
    {.id = "target-skewed",
     .text = "A few rows have far larger (or smaller) targets than all others. Squared errors are then about those rows.",
     .decided = "Third moment over the cubed standard deviation beyond 3 in size; an exponential distribution has 2.",
     .threshold = 3,
     .severity = "medium, and high from 20, where single rows decide the fit.",
     .advice = "If the extremes matter, do nothing; otherwise choose the objective mae or rmsle, or a pipeline with a "
               "TargetTransformer.",
     .fix = "The objective becomes rmsle, where no target is negative.",
     .ignore = "When large values are real and must be predicted well in absolute terms.",
     .example = "House prices of which half are below 200,000 and one is 90,000,000.",
     .check = check_skewed},
    {.id = "target-outliers",
     .text =
         "Some targets lie far from all others. They may be errors of collection, and they pull squared errors to themselves.",
     .decided = "Outside median ± 5 robust standard deviations (of the values clipped to the 5th and 95th percentile), which "
                "leaves out fewer than one "
                "in a million rows of a normal distribution.",
     .threshold = 0,
     .severity = "by the share of the squared deviations from the mean that these rows make: low under 25 %, medium from 25 %, "
                 "high from 75 %.",
     .advice = "Look at the outlier rows in the exploration notebook; correct or remove errors, or choose the objective mae.",
     .fix = "The objective becomes mae.",
     .ignore = "When the values are right and rare cases are part of the task.",
     .example = "Ages between 18 and 90, and five rows with 999.",
     .check = check_outliers},
    {.id = "target-imbalance",
     .text = "Nearly all rows have one label. Accuracy looks high for a model that says nothing else.",
     .decided = "All other labels together in fewer than 10 % of the labelled rows.",
     .threshold = 0.1,
     .severity =
         "low from 2 %, which models handle; medium below 2 %, high below 0.5 %, where folds hold few of the rare rows.",
     .advice = "Judge by auc, average_precision or balanced_accuracy, not by accuracy; collect more of the rare rows.",
     .ignore = "When the objective does not depend on the shares of the classes.",
     .example = "Fraud in 0.3 % of 50,000 payments.",
     .check = check_imbalance},
    {.id = "target-rare-class",
     .text = "Some classes have hardly any rows. With fewer rows than folds they are always trained on and never held out, so "
             "no score tells how "
             "well they are predicted.",
     .decided = "Fewer than 10 rows, a little more than the 8 folds that small tables get.",
     .threshold = 10,
     .severity = "medium; high where the rare classes together make 5 % of the labelled rows.",
     .advice = "Join the rare classes with others, leave them out, or collect more rows of them.",
     .fix = "Rows of the rare classes are left out, where at least three classes remain.",
     .ignore = "When mistakes on these classes cost nothing.",
     .example = "A code of 12 diagnoses, three of which stand in fewer than 10 rows.",
     .check = check_rare_class},
    {.id = "target-many-classes",
     .text = "There are many classes. Training takes as many times longer, and each class has fewer rows to learn from.",
     .decided = "More than 30 classes.",
     .threshold = 30,
     .severity = "low; medium above 100 classes or below 50 rows a class; high below 10 rows a class.",
     .advice = "Check that the target is not a code or a number in disguise; join classes, or choose --problem-type regression "
               "for numbers.",
     .ignore = "When every class is needed and has rows enough.",
     .example = "A target of 400 product codes in 8,000 rows, 20 rows each on average.",
     .check = check_many_classes},
    {.id = "target-label-variants",
     .text = "Some labels look like spellings of one another. Each is a class of its own now, so that its rows are split.",
     .decided = "Labels that are equal without case, blanks and punctuation, or equal as numbers.",
     .threshold = 0,
     .severity = "medium; high where two labels or fewer would be left, so that the problem is of another type than it seems.",
     .advice = "Write one spelling in the table, or apply the fix.",
     .fix = "Each spelling is read as the most frequent one of its kind; with two labels left the problem becomes binary.",
     .ignore = "When the spellings really mean different things.",
     .example = "A target with the labels 'Yes', 'yes' and 'No '.",
     .check = check_label_variants},
};
const int32_t n_findings_target = (int32_t)(sizeof findings_target / sizeof findings_target[0]);

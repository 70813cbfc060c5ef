/* MultiColumnTfidfVectorizer: one tf-idf a text column, side by side, with the meaning of scikit-learn's TfidfVectorizer: terms
 * between min_df and max_df, the max_features most frequent of them (ties by the term), in the order of their bytes; tf (or 1 +
 * ln tf) times idf = ln((1 + rows) / (1 + df)) + 1, each row scaled to norm 1. Missing texts are all zeros. */
#include <math.h>
#include <stdlib.h>

#include "transform/fitted.h"
#include "transform/sparse_columns.h"
#include "transform/term_counts.h"

enum {
    ANALYZER,
    LOWERCASE,
    NGRAM_RANGE,
    MIN_DF,
    MAX_DF,
    MAX_FEATURES,
    SUBLINEAR_TF,
    USE_IDF,
    SMOOTH_IDF,
    NORM,
    BINARY,
    VOCABULARY_SIZES,
    IGNORE_EMPTY
};
#define MAX_PADDING 1000000 /* columns of zeros of one step, and so the largest of vocabulary_sizes */

enum { NORM_L2, NORM_L1, NORM_NONE };

static const char *const analyzers[] = {"word", "char", "char_wb", NULL};
static const char *const norms[] = {"l2", "l1", "none", NULL};

static const parameter parameters[] = {
    {.name = "analyzer",
     .type = PARAMETER_CHOICE,
     .standard = "\"word\"",
     .choices = analyzers,
     .searched = true,
     .search_values = "[\"word\", \"char_wb\"]",
     .text = "Terms are words of two and more characters, characters, or characters inside words."},
    {.name = "lowercase", .type = PARAMETER_BOOLEAN, .standard = "true", .min = 0, .max = 1, .text = "Ignore case."},
    {.name = "ngram_range",
     .type = PARAMETER_NUMBERS,
     .standard = "[1, 1]",
     .min = 1,
     .max = 20,
     .text = "Shortest and longest n-gram, two integers."},
    {.name = "min_df",
     .type = PARAMETER_REAL,
     .standard = "1",
     .min = 0,
     .max = 1e15,
     .text = "Least number of rows with the term (below 1: share of the rows)."},
    {.name = "max_df",
     .type = PARAMETER_REAL,
     .standard = "1",
     .min = 0,
     .max = 1e15,
     .text = "Most rows with the term (up to 1: share of the rows, above: number)."},
    {.name = "max_features",
     .type = PARAMETER_INTEGER,
     .standard = "1000",
     .min = 1,
     .max = 1e7,
     .searched = true,
     .search_min = 100,
     .search_max = 10000,
     .log_scale = true,
     .text = "Most terms of a column; those that stand most often are kept."},
    {.name = "sublinear_tf",
     .type = PARAMETER_BOOLEAN,
     .standard = "false",
     .min = 0,
     .max = 1,
     .searched = true,
     .search_values = "[false, true]",
     .text = "Count 1 + ln(tf) instead of tf."},
    {.name = "use_idf",
     .type = PARAMETER_BOOLEAN,
     .standard = "true",
     .min = 0,
     .max = 1,
     .text = "Weigh terms by their inverse document frequency."},
    {.name = "smooth_idf",
     .type = PARAMETER_BOOLEAN,
     .standard = "true",
     .min = 0,
     .max = 1,
     .text = "Count one more row that has every term."},
    {.name = "norm",
     .type = PARAMETER_CHOICE,
     .standard = "\"l2\"",
     .choices = norms,
     .text = "What each row is scaled to norm 1 by."},
    {.name = "binary",
     .type = PARAMETER_BOOLEAN,
     .standard = "false",
     .min = 0,
     .max = 1,
     .text = "Count a term once a row, however often it stands there."},
    {.name = "vocabulary_sizes",
     .type = PARAMETER_NUMBERS,
     .standard = "null",
     .min = 1,
     .max = MAX_PADDING,
     .text = "Exact number of results of each column: the most frequent terms, filled up with columns of zeros; null: as many "
             "as found."},
    {.name = "ignore_columns_with_zero_vocabulary_size",
     .type = PARAMETER_BOOLEAN,
     .standard = "true",
     .min = 0,
     .max = 1,
     .text = "Pass over a column without any term instead of refusing it."},
};

typedef struct vocabulary {
    text_index terms;   /* in the order of the results */
    const double *idf;  /* one a term; 1 without use_idf */
    int32_t n_padding;  /* columns of zeros after the terms */
    const char **names; /* terms.n + n_padding */
} vocabulary;

typedef struct tfidf {
    fitted base;
    term_options options;
    int norm;
    bool sublinear, binary;
    vocabulary *columns;
} tfidf;

static ptg_status name_terms(vocabulary *v, const char *base, arena *a, ptg_error *err)
{
    v->names = arena_array(a, (int64_t)v->terms.n + v->n_padding, sizeof *v->names);
    if (v->names == NULL) return fail_memory(err);
    for (int32_t t = 0; t < v->terms.n; t++) {
        v->names[t] = arena_print(a, "%s:%s", base, v->terms.texts[t].data);
        if (v->names[t] == NULL) return fail_memory(err);
    }
    for (int32_t t = 0; t < v->n_padding; t++) {
        v->names[v->terms.n + t] = arena_print(a, "%s:(none %d)", base, t + 1);
        if (v->names[v->terms.n + t] == NULL) return fail_memory(err);
    }
    return PTG_OK;
}

/* Counts become weights of norm 1, row by row, in the order of first occurrence. */
static void weigh(const tfidf *s, const vocabulary *v, term_counts *t)
{
    for (int64_t i = 0; i < t->n_rows; i++) {
        double sum = 0;
        for (int64_t e = t->starts[i]; e < t->starts[i + 1]; e++) {
            double tf = s->binary ? 1 : s->sublinear ? 1 + log(t->values[e]) : t->values[e];
            double weight = tf * v->idf[t->terms[e]];
            t->values[e] = weight;
            sum += s->norm == NORM_L2 ? weight * weight : fabs(weight);
        }
        double norm = s->norm == NORM_L2 ? sqrt(sum) : sum;
        if (s->norm == NORM_NONE || norm == 0) continue;
        for (int64_t e = t->starts[i]; e < t->starts[i + 1]; e++)
            t->values[e] /= norm;
    }
}

static ptg_status put_columns(const vocabulary *v, const term_counts *t, matrix *out, ptg_error *err)
{
    ptg_status status = PTG_OK;
    sparse_columns results;
    GO(sparse_columns_init(&results, v->terms.n + v->n_padding, err));
    for (int64_t e = 0; e < t->n; e++)
        results.counts[t->terms[e]]++;
    GO(sparse_columns_add(&results, v->names, out, err));
    for (int64_t i = 0; i < t->n_rows; i++)
        for (int64_t e = t->starts[i]; e < t->starts[i + 1]; e++)
            sparse_columns_put(&results, t->terms[e], i, t->values[e]);
done:
    sparse_columns_clear(&results);
    return status;
}

static ptg_status apply(const void *state, const matrix *columns, matrix *out, ptg_error *err)
{
    const tfidf *s = state;
    TRY(fitted_check(&s->base, columns, FEATURE_TEXT | FEATURE_CODED, err));
    TRY(terms_check(columns, err));
    for (int32_t c = 0; c < columns->n_features; c++) {
        vocabulary *v = &s->columns[c];
        term_counts t;
        TRY(term_counts_of(&columns->features[c], columns->n_rows, &s->options, &v->terms, false, &t, err));
        weigh(s, v, &t);
        ptg_status status = put_columns(v, &t, out, err);
        term_counts_clear(&t);
        TRY(status);
    }
    return PTG_OK;
}

typedef struct candidate_term {
    text term;
    int32_t number;
    int64_t n_rows; /* rows that have it */
    double total;
} candidate_term;

static int by_total(const void *a, const void *b)
{
    const candidate_term *x = a, *y = b;
    if (x->total != y->total) return x->total < y->total ? 1 : -1;
    return text_compare(x->term, y->term);
}

static int by_term(const void *a, const void *b)
{
    return text_compare(((const candidate_term *)a)->term, ((const candidate_term *)b)->term);
}

/* The terms of the vocabulary in their order, at the head of `candidates`; returns how many. */
static int32_t choose_terms(const parameter_value *given, int64_t n_rows, int64_t most, candidate_term *candidates, int32_t n)
{
    double low = given[MIN_DF].number, high = given[MAX_DF].number;
    low = low < 1 ? low * (double)n_rows : low;
    high = high <= 1 ? high * (double)n_rows : high;
    int32_t kept = 0;
    for (int32_t t = 0; t < n; t++)
        if ((double)candidates[t].n_rows >= low && (double)candidates[t].n_rows <= high) candidates[kept++] = candidates[t];
    if (kept > most) {
        qsort(candidates, (size_t)kept, sizeof *candidates, by_total);
        kept = (int32_t)most;
    }
    qsort(candidates, (size_t)kept, sizeof *candidates, by_term);
    return kept;
}

static double idf_of(const parameter_value *given, double n_rows, double df)
{
    if (given[USE_IDF].number == 0) return 1;
    return given[SMOOTH_IDF].number != 0 ? log((1 + n_rows) / (1 + df)) + 1 : log(n_rows / df) + 1;
}

/* Entries of terms that were not kept leave; the others get their number in the vocabulary (`numbers`, -1 = not kept). */
static void renumber(term_counts *t, const int32_t *numbers)
{
    int64_t n = 0;
    for (int64_t i = 0; i < t->n_rows; i++) {
        int64_t start = n;
        for (int64_t e = t->starts[i]; e < t->starts[i + 1]; e++) {
            if (numbers[t->terms[e]] < 0) continue;
            t->terms[n] = numbers[t->terms[e]];
            t->values[n++] = t->values[e];
        }
        t->starts[i] = start;
    }
    t->starts[t->n_rows] = t->n = n;
}

static void total_terms(const term_counts *t, bool binary, const text_index *found, candidate_term *candidates)
{
    for (int32_t k = 0; k < found->n; k++)
        candidates[k] = (candidate_term){.term = found->texts[k], .number = k};
    for (int64_t e = 0; e < t->n; e++) {
        candidates[t->terms[e]].n_rows++;
        candidates[t->terms[e]].total += binary ? 1 : t->values[e];
    }
}

/* Chooses the vocabulary from the counts of all terms, and cuts the counts to it. */
static ptg_status fit_vocabulary(tfidf *s, int32_t c, const transform_fit_input *in, const text_index *found, term_counts *t,
                                 arena *scratch, ptg_error *err)
{
    const parameter_value *given = in->parameters, *sizes = &given[VOCABULARY_SIZES];
    vocabulary *v = &s->columns[c];
    candidate_term *candidates = arena_array(scratch, found->n, sizeof *candidates);
    int32_t *numbers = arena_array(scratch, found->n, sizeof *numbers);
    if (candidates == NULL || numbers == NULL) return fail_memory(err);
    total_terms(t, s->binary, found, candidates);
    int64_t exact = sizes->is_null ? 0 : (int64_t)sizes->numbers[sizes->count == 1 ? 0 : c];
    int64_t most = sizes->is_null ? (int64_t)given[MAX_FEATURES].number : exact;
    int32_t kept = choose_terms(given, in->columns->n_rows, most, candidates, found->n);
    v->n_padding = exact > kept ? (int32_t)exact - kept : 0;
    double *idf = arena_array(s->base.memory, kept, sizeof *idf);
    if (idf == NULL) return fail_memory(err);
    text_index_init(&v->terms, s->base.memory);
    for (int32_t k = 0; k < found->n; k++)
        numbers[k] = -1;
    for (int32_t k = 0; k < kept; k++) {
        if (text_index_add(&v->terms, candidates[k].term) < 0) return fail_memory(err);
        numbers[candidates[k].number] = k;
        idf[k] = idf_of(given, (double)in->columns->n_rows, (double)candidates[k].n_rows);
    }
    v->idf = idf;
    renumber(t, numbers);
    return name_terms(v, s->base.names[c], s->base.memory, err);
}

static ptg_status refuse_empty(const char *name, ptg_error *err)
{
    text_shown_buffer shown;
    return fail(err, PTG_ERROR_DATA,
                "column '%s' has no term between min_df and max_df; loosen them, or set "
                "ignore_columns_with_zero_vocabulary_size to true.",
                text_shown(text_of(name), &shown));
}

static ptg_status fit_column(void *state, const fitted_column *at, ptg_error *err)
{
    tfidf *s = state;
    const transform_fit_input *in = at->in;
    vocabulary *own = &s->columns[at->number];
    text_index found;
    text_index_init(&found, at->scratch);
    term_counts t;
    TRY(term_counts_of(at->source, in->columns->n_rows, &s->options, &found, true, &t, err));
    ptg_status status = fit_vocabulary(s, at->number, in, &found, &t, at->scratch, err);
    if (status == PTG_OK && own->terms.n == 0 && in->parameters[IGNORE_EMPTY].number == 0)
        status = refuse_empty(s->base.names[at->number], err);
    if (status == PTG_OK) {
        weigh(s, own, &t);
        status = put_columns(own, &t, at->out, err);
    }
    term_counts_clear(&t);
    return status;
}

static ptg_status check(const parameter_value *given, ptg_error *err)
{
    const parameter_value *range = &given[NGRAM_RANGE];
    bool good =
        range->count == 2 && range->numbers[0] >= 1 && range->numbers[0] <= range->numbers[1] && range->numbers[1] <= 20;
    for (int64_t i = 0; i < range->count; i++)
        good = good && range->numbers[i] == floor(range->numbers[i]);
    if (!good) return fail(err, PTG_ERROR_USAGE, "ngram_range must be two integers, the shorter first, such as [1, 2].");
    const parameter_value *sizes = &given[VOCABULARY_SIZES];
    for (int64_t i = 0; i < sizes->count && !sizes->is_null; i++)
        if (!(sizes->numbers[i] >= 1 && sizes->numbers[i] <= MAX_PADDING))
            return fail(err, PTG_ERROR_USAGE, "vocabulary_sizes must be integers from 1 to 1000000.");
    return PTG_OK;
}

static ptg_status check_total(const parameter_value *sizes, int32_t n_columns, ptg_error *err)
{
    double total = 0;
    for (int32_t c = 0; c < n_columns && !sizes->is_null; c++)
        total += sizes->numbers[sizes->count == 1 ? 0 : c];
    if (total <= MAX_PADDING) return PTG_OK;
    return fail(err, PTG_ERROR_USAGE, "vocabulary_sizes ask for more than %d columns; ask for fewer.", MAX_PADDING);
}

static ptg_status read_options(tfidf *s, const parameter_value *given, ptg_error *err)
{
    TRY(check(given, err));
    s->options = (term_options){(term_analyzer)given[ANALYZER].number, given[LOWERCASE].number != 0,
                                (int32_t)given[NGRAM_RANGE].numbers[0], (int32_t)given[NGRAM_RANGE].numbers[1]};
    s->norm = (int)given[NORM].number;
    s->sublinear = given[SUBLINEAR_TF].number != 0;
    s->binary = given[BINARY].number != 0;
    const parameter_value *sizes = &given[VOCABULARY_SIZES];
    if (sizes->is_null || sizes->count == 1 || sizes->count == s->base.n_columns)
        return check_total(sizes, s->base.n_columns, err);
    return fail(err, PTG_ERROR_USAGE, "vocabulary_sizes has %lld numbers for %d columns; give one for each column.",
                (long long)sizes->count, s->base.n_columns);
}

static ptg_status fit_state(void *state, const transform_fit_input *in, matrix *out, ptg_error *err)
{
    tfidf *s = state;
    TRY(terms_check(in->columns, err));
    TRY(read_options(s, in->parameters, err));
    s->columns = arena_array(s->base.memory, s->base.n_columns, sizeof *s->columns);
    if (s->columns == NULL) return fail_memory(err);
    return fitted_each_column(s, fit_column, in, out, err);
}

static void save(const void *state, bytes_writer *w)
{
    const tfidf *s = state;
    fitted_save(&s->base, w);
    bytes_put_u8(w, (uint8_t)s->options.analyzer);
    bytes_put_u8(w, s->options.lowercase);
    bytes_put_u8(w, (uint8_t)s->options.min_n);
    bytes_put_u8(w, (uint8_t)s->options.max_n);
    bytes_put_u8(w, (uint8_t)s->norm);
    bytes_put_u8(w, s->sublinear);
    bytes_put_u8(w, s->binary);
    for (int32_t c = 0; c < s->base.n_columns; c++) {
        text_index_save(&s->columns[c].terms, w);
        bytes_put_f64s(w, s->columns[c].idf, s->columns[c].terms.n);
        bytes_put_i32(w, s->columns[c].n_padding);
    }
}

/* `padding` adds up the columns of zeros: a few damaged bytes must not ask for millions of them. */
static ptg_status load_vocabulary(vocabulary *v, const char *name, arena *a, int64_t *padding, bytes_reader *r, ptg_error *err)
{
    text_index_init(&v->terms, a);
    TRY(text_index_load(&v->terms, r, err));
    int64_t n = 0;
    v->idf = bytes_f64s(r, a, &n);
    v->n_padding = bytes_i32(r);
    *padding += v->n_padding;
    if (n != v->terms.n || v->n_padding < 0 || *padding > MAX_PADDING) r->failed = true;
    fitted_check_finite(v->idf, n, r);
    return r->failed ? PTG_OK : name_terms(v, name, a, err);
}

static ptg_status load_state(void *state, bytes_reader *r, ptg_error *err)
{
    tfidf *s = state;
    uint8_t analyzer = bytes_u8(r);
    bool lowercase = bytes_u8(r) != 0;
    uint8_t min_n = bytes_u8(r), max_n = bytes_u8(r), norm = bytes_u8(r);
    s->sublinear = bytes_u8(r) != 0;
    s->binary = bytes_u8(r) != 0;
    if (analyzer > TERMS_CHAR_WB || min_n < 1 || min_n > max_n || max_n > 20 || norm > NORM_NONE) r->failed = true;
    s->options = (term_options){(term_analyzer)analyzer, lowercase, min_n, max_n};
    s->norm = norm;
    s->columns = arena_array(s->base.memory, s->base.n_columns, sizeof *s->columns);
    if (s->columns == NULL) return fail_memory(err);
    int64_t padding = 0;
    for (int32_t c = 0; c < s->base.n_columns && !r->failed; c++)
        TRY(load_vocabulary(&s->columns[c], s->base.names[c], s->base.memory, &padding, r, err));
    return PTG_OK;
}

static const fitted_step step = {"MultiColumnTfidfVectorizer", sizeof(tfidf), fit_state, load_state};

static ptg_status fit(const transform_fit_input *in, void **state, matrix *out, ptg_error *err)
{
    return fitted_fit(&step, in, state, out, err);
}

static ptg_status load(bytes_reader *r, void **state, ptg_error *err)
{
    return fitted_load(&step, r, state, err);
}

const transformer multi_column_tfidf_vectorizer = {
    .name = "MultiColumnTfidfVectorizer",
    .text = "Turns texts into weighted counts of their words or n-grams, one tf-idf a column.",
    .parameters = parameters,
    .n_parameters = sizeof parameters / sizeof parameters[0],
    .accepts = FEATURE_TEXT | FEATURE_CODED,
    .fit = fit,
    .apply = apply,
    .save = save,
    .load = load,
    .free = fitted_free,
    .check = check,
};

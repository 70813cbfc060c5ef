/* The preprocessors one by one: golden numbers of scikit-learn and datetime, and the rules of our own. */
#include "transform/inner_folds.h"
#include "transform/terms.h"

#include "transform_check.h"
#include "transform_golden.h"

static matrix *golden_matrix(void)
{
    static const char *const names[4] = {"a", "b", "c", "d"};
    matrix *m = matrix_new(GOLDEN_ROWS);
    for (int c = 0; c < 4; c++)
        add_numbers(m, names[c], golden_numbers[c], COLUMN_NUMERIC);
    return m;
}

static void imputer_fills_as_sklearn(void **unused)
{
    (void)unused;
    static const struct {
        const char *parameters;
        const double *fill;
    } cases[] = {{"{}", golden_fill_median},
                 {"{\"strategy\": \"mean\"}", golden_fill_mean},
                 {"{\"strategy\": \"most_frequent\"}", golden_fill_most_frequent}};
    matrix *m = golden_matrix();
    for (size_t k = 0; k < 3; k++) {
        fit_case f = fit_step("RobustImputer", cases[k].parameters, m);
        assert_int_equal(f.out->n_features, 4);
        for (int32_t c = 0; c < 4; c++) {
            assert_string_equal(f.out->features[c].name, m->features[c].name);
            for (int64_t i = 0; i < m->n_rows; i++) {
                double x = golden_numbers[c][i];
                assert_near(value_at(f.out, c, i), isnan(x) ? cases[k].fill[c] : x, 1e-14, "imputed");
            }
        }
        fit_clear(&f);
    }
    matrix_free(m);
}

static void imputer_edges(void **unused)
{
    (void)unused;
    const double none[3] = {NAN, INFINITY, -INFINITY}, big[3] = {1.7e308, 1.7e308, NAN}, whole[3] = {1, 2, 3};
    matrix *m = matrix_new(3);
    add_numbers(m, "none", none, COLUMN_NUMERIC);
    add_numbers(m, "big", big, COLUMN_NUMERIC);
    add_numbers(m, "whole", whole, COLUMN_DATETIME);
    fit_case f = fit_step("RobustImputer", "{}", m);
    assert_true(value_at(f.out, 0, 0) == 0 && value_at(f.out, 0, 1) == 0);
    assert_true(value_at(f.out, 1, 2) == 1.7e308);
    assert_true(value_at(f.out, 2, 2) == 3);
    assert_int_equal(f.out->features[2].type, COLUMN_DATETIME);
    fit_clear(&f);
    f = fit_step("RobustImputer", "{\"strategy\": \"mean\"}", m);
    assert_near(value_at(f.out, 1, 2), 1.7e308, 1e-15, "mean without overflow");
    fit_clear(&f);
    f = fit_step("RobustImputer", "{\"strategy\": \"constant\"}", m);
    assert_true(isnan(value_at(f.out, 0, 0)) && isnan(value_at(f.out, 0, 1)) && isnan(value_at(f.out, 1, 2)));
    fit_clear(&f);
    f = fit_step("RobustImputer", "{\"strategy\": \"constant\", \"fill_values\": [5, 6, 7]}", m);
    assert_true(value_at(f.out, 0, 0) == 5 && value_at(f.out, 1, 2) == 6);
    fit_clear(&f);
    f = fit_of("RobustImputer", "{\"strategy\": \"constant\", \"fill_values\": [5, 6]}", m, PROBLEM_REGRESSION, 0, NULL);
    ptg_error error;
    assert_int_equal(f.t->fit(&f.in, &f.state, f.out, &error), PTG_ERROR_USAGE);
    assert_non_null(strstr(error.message, "fill_values has 2 numbers for 3 columns"));
    assert_null(f.state);
    fit_clear(&f);
    matrix_free(m);
}

static void indicator_marks_every_kind(void **unused)
{
    (void)unused;
    const double x[3] = {1, NAN, INFINITY};
    const char *const words[3] = {"a", NULL, "b"}, *const texts[3] = {NULL, "x y", ""};
    matrix *m = matrix_new(3);
    add_numbers(m, "x", x, COLUMN_NUMERIC);
    add_categories(m, "w", words);
    add_texts(m, "t", texts);
    fit_case f = fit_step("RobustMissingIndicator", "{}", m);
    static const double wanted[3][3] = {{0, 1, 1}, {0, 1, 0}, {1, 0, 0}};
    static const char *const names[3] = {"x_missing", "w_missing", "t_missing"};
    assert_int_equal(f.out->n_features, 3);
    for (int32_t c = 0; c < 3; c++) {
        assert_string_equal(f.out->features[c].name, names[c]);
        for (int64_t i = 0; i < 3; i++)
            assert_true(value_at(f.out, c, i) == wanted[c][i]);
    }
    fit_clear(&f);
    matrix_free(m);
}

static void indicator_missing_only(void **unused)
{
    (void)unused;
    const double full[2] = {1, 2}, holes[2] = {NAN, 2};
    matrix *m = matrix_new(2), *other = matrix_new(2);
    add_numbers(m, "full", full, COLUMN_NUMERIC);
    add_numbers(m, "holes", holes, COLUMN_NUMERIC);
    add_numbers(other, "full", holes, COLUMN_NUMERIC);
    add_numbers(other, "holes", full, COLUMN_NUMERIC);
    fit_case f = fit_step("RobustMissingIndicator", "{\"features\": \"missing-only\"}", m);
    assert_int_equal(f.out->n_features, 1);
    assert_string_equal(f.out->features[0].name, "holes_missing");
    matrix *out = matrix_new(2);
    ptg_error error;
    assert_int_equal(f.t->apply(f.state, other, out, &error), PTG_ERROR_DATA);
    assert_non_null(strstr(error.message, "column 'full' has 1 missing"));
    matrix_free(out);
    fit_clear(&f);
    f = fit_step("RobustMissingIndicator", "{\"features\": \"missing-only\", \"error_on_new\": false}", m);
    out = apply_step(&f, other);
    assert_int_equal(out->n_features, 1);
    matrix_free(out);
    fit_clear(&f);
    matrix_free(m);
    matrix_free(other);
}

static void scaler_scales_as_sklearn(void **unused)
{
    (void)unused;
    matrix *m = golden_matrix();
    fit_case f = fit_step("RobustStandardScaler", "{}", m);
    for (int32_t c = 0; c < 4; c++)
        for (int64_t i = 0; i < m->n_rows; i++) {
            double mean = c == 1 ? 0 : golden_scaler_mean[c]; /* b has 1 non-zero of 7: not centred */
            assert_near(value_at(f.out, c, i), (golden_numbers[c][i] - mean) / golden_scaler_scale[c], 1e-9, "scaled");
        }
    fit_clear(&f);
    matrix_free(m);
}

/* sklearn.preprocessing.QuantileTransformer(n_quantiles, output_distribution='normal'), scikit-learn 1.9. */
static void normalizer_scores_as_sklearn(void **unused)
{
    (void)unused;
    const double few[12] = {3, 1, 4, 1.5, 5, 9, 2, 6, 5, 3.5, 5, 8}, asked[9] = {1.2, 1.5, 2.5, 3.25, 5, 5.5, 7, 8.5, 4};
    const double scores[9] = {-1.7945384156293687, -1.335177736118937, -0.7478585947633022,
                              -0.4727891209922674, 0.3487556955170447, 0.7478585947633022,
                              1.0968035620935135,  1.6906216295848986, -0.11418529432142824};
    double many[41];
    const double asked_of_many[6] = {0.2, 0.5, 1, 3, 7, 15};
    const double scores_of_many[6] = {-1.4673608674335645, -0.6608716866839731, -0.2736003495712884,
                                      0.28402258537217284, 0.7940092247910803,  1.5049225405706796};
    for (int i = 0; i < 41; i++)
        many[i] = exp(-2 + 5.0 * i / 40);
    const struct {
        const double *train, *asked, *scores;
        int64_t n_train, n_asked;
        const char *parameters;
    } cases[] = {{few, asked, scores, 12, 9, "{\"n_quantiles\": 12}"},
                 {many, asked_of_many, scores_of_many, 41, 6, "{\"n_quantiles\": 10}"}};
    for (size_t k = 0; k < 2; k++) {
        matrix *train = matrix_new(cases[k].n_train), *other = matrix_new(cases[k].n_asked),
               *out = matrix_new(cases[k].n_asked);
        add_numbers(train, "x", cases[k].train, COLUMN_NUMERIC);
        add_numbers(other, "x", cases[k].asked, COLUMN_NUMERIC);
        fit_case f = fit_step("QuantileNormalizer", cases[k].parameters, train);
        CHECK_OK(f.t->apply(f.state, other, out, err));
        for (int64_t i = 0; i < cases[k].n_asked; i++)
            assert_near(value_at(out, 0, i), cases[k].scores[i], 1e-9, "normal score");
        fit_clear(&f);
        matrix_free(train);
        matrix_free(other);
        matrix_free(out);
    }
}

static void scaler_edges(void **unused)
{
    (void)unused;
    const double constant[4] = {0.1, 0.1, 0.1, 0.1}, none[4] = {NAN, NAN, NAN, NAN}, huge[4] = {-1e308, 1e308, 1e308, -1e308};
    matrix *m = matrix_new(4);
    add_numbers(m, "constant", constant, COLUMN_NUMERIC);
    add_numbers(m, "none", none, COLUMN_NUMERIC);
    add_numbers(m, "huge", huge, COLUMN_NUMERIC);
    add_sparse(m, "sparse", 2, (const int64_t[]){1, 3}, (const double[]){2, 2});
    fit_case f = fit_step("RobustStandardScaler", "{}", m);
    assert_near(value_at(f.out, 0, 0), 0, 1e-12, "constant");
    assert_true(isnan(value_at(f.out, 1, 0)));
    assert_near(value_at(f.out, 2, 0), -1, 1e-12, "huge");
    assert_int_equal(f.out->features[3].kind, FEATURE_SPARSE);
    assert_near(value_at(f.out, 3, 1), 2, 1e-12, "sparse: sd of 0 2 0 2 is 1, not centred");
    assert_true(value_at(f.out, 3, 0) == 0);
    fit_clear(&f);
    matrix_free(m);
}

static void one_hot_keeps_frequent_levels(void **unused)
{
    (void)unused;
    const char *const words[8] = {"b", "a", "b", "a", "c", NULL, NULL, "b"}, *const fresh[8] = {"z", "a", NULL, "b",
                                                                                                "c", "a", "",   "b"};
    matrix *m = matrix_new(8), *other = matrix_new(8);
    add_categories(m, "w", words);
    add_categories(other, "w", fresh);
    fit_case f = fit_step("ThresholdOneHotEncoder", "{\"threshold\": 2}", m);
    assert_int_equal(f.out->n_features, 3);
    assert_string_equal(f.out->features[0].name, "w=a");
    assert_string_equal(f.out->features[1].name, "w=b");
    assert_string_equal(f.out->features[2].name, "w=(missing)");
    assert_int_equal(f.out->features[0].kind, FEATURE_REAL);
    matrix *out = apply_step(&f, other);
    static const double wanted[3][8] = {{0, 1, 0, 0, 0, 1, 0, 0}, {0, 0, 0, 1, 0, 0, 0, 1}, {0, 0, 1, 0, 0, 0, 0, 0}};
    for (int32_t c = 0; c < 3; c++)
        for (int64_t i = 0; i < 8; i++)
            assert_true(value_at(out, c, i) == wanted[c][i]);
    matrix_free(out);
    fit_clear(&f);
    f = fit_step("ThresholdOneHotEncoder", "{\"threshold\": 1, \"max_categories\": 2}", m); /* missing takes one */
    assert_int_equal(f.out->n_features, 2);
    assert_string_equal(f.out->features[0].name, "w=b");
    fit_clear(&f);
    f = fit_step("ThresholdOneHotEncoder", "{}", m); /* max(10, rows / 1000): none */
    assert_int_equal(f.out->n_features, 1);
    assert_string_equal(f.out->features[0].name, "w=(rare)");
    for (int64_t i = 0; i < 8; i++)
        assert_true(value_at(f.out, 0, i) == 0);
    fit_clear(&f);
    matrix_free(m);
    matrix_free(other);
}

static void one_hot_of_many_levels_is_sparse(void **unused)
{
    (void)unused;
    double x[40];
    for (int i = 0; i < 40; i++)
        x[i] = 19 - i % 20;
    matrix *m = matrix_new(40);
    add_numbers(m, "n", x, COLUMN_NUMERIC);
    fit_case sparse = fit_step("ThresholdOneHotEncoder", "{\"threshold\": 1}", m);
    fit_case dense = fit_step("ThresholdOneHotEncoder", "{\"threshold\": 1, \"sparse\": false}", m);
    assert_int_equal(sparse.out->n_features, 20);
    assert_int_equal(sparse.out->features[0].kind, FEATURE_SPARSE);
    assert_int_equal(dense.out->features[0].kind, FEATURE_REAL);
    assert_string_equal(sparse.out->features[0].name, "n=0"); /* numbers in their own order */
    assert_string_equal(sparse.out->features[10].name, "n=10");
    for (int32_t c = 0; c < 20; c++)
        for (int64_t i = 0; i < 40; i++)
            assert_true(value_at(sparse.out, c, i) == value_at(dense.out, c, i));
    fit_clear(&sparse);
    fit_clear(&dense);
    matrix_free(m);
}

static void ordinal_codes(void **unused)
{
    (void)unused;
    const char *const words[6] = {"b", "a", "b", "c", NULL, "a"}, *const fresh[6] = {"c", "zz", "b", NULL, "a", "b"};
    const double numbers[6] = {10, 9, 10, -1, NAN, 9}, others[6] = {9, 10, 11, -1, NAN, -0.0};
    matrix *m = matrix_new(6), *other = matrix_new(6);
    add_categories(m, "w", words);
    add_numbers(m, "n", numbers, COLUMN_NUMERIC);
    add_categories(other, "w", fresh);
    add_numbers(other, "n", others, COLUMN_NUMERIC);
    static const struct {
        const char *parameters;
        int32_t n_levels;
        double w[6], n[6];
    } cases[] = {
        {"{}", 4, {2, 3, 1, -1, 0, 1}, {1, 2, 3, 0, -1, 3}},
        {"{\"unknown_as_nan\": true}", 3, {2, -1, 1, -1, 0, 1}, {1, 2, -1, 0, -1, -1}},
        {"{\"threshold\": 2}", 3, {2, 2, 1, -1, 0, 1}, {0, 1, 2, 2, -1, 2}},
        {"{\"max_categories\": 2}", 3, {2, 2, 1, -1, 0, 1}, {0, 1, 2, 2, -1, 2}},
        {"{\"max_categories\": 1}", 2, {1, 1, 1, -1, 0, 1}, {0, 1, 1, 1, -1, 1}},
    };
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        fit_case f = fit_step("RobustOrdinalEncoder", cases[k].parameters, m);
        matrix *out = apply_step(&f, other);
        for (int32_t c = 0; c < 2; c++) {
            assert_int_equal(out->features[c].kind, FEATURE_CODED);
            assert_int_equal(out->features[c].type, COLUMN_CATEGORICAL);
            assert_int_equal(out->features[c].n_levels, cases[k].n_levels);
            for (int64_t i = 0; i < 6; i++)
                assert_true(value_at(out, c, i) == (c == 0 ? cases[k].w[i] : cases[k].n[i]));
        }
        matrix_free(out);
        fit_clear(&f);
    }
    matrix_free(m);
    matrix_free(other);
}

static void moments_as_datetime(void **unused)
{
    (void)unused;
    enum { N = sizeof golden_moments / sizeof golden_moments[0] };
    double seconds[N + 2];
    for (int i = 0; i < N; i++)
        seconds[i] = golden_moments[i][0];
    seconds[N] = NAN;
    seconds[N + 1] = 1e300;
    matrix *m = matrix_new(N + 2);
    add_numbers(m, "t", seconds, COLUMN_DATETIME);
    fit_case f = fit_step(
        "DateTimeVectorizer",
        "{\"mode\": \"ordinal\", \"extract\": [\"epoch_days\", \"weekday\", \"year\", \"hour\", \"minute\", \"second\","
        " \"month\", \"week_of_year\", \"day_of_month\", \"day_of_year\", \"quarter\"]}",
        m);
    assert_int_equal(f.out->n_features, 11);
    for (int32_t c = 0; c < 11; c++) {
        for (int64_t i = 0; i < N; i++)
            assert_near(value_at(f.out, c, i), golden_moments[i][c + 1], 1e-15, f.out->features[c].name);
        assert_true(isnan(value_at(f.out, c, N)) && isnan(value_at(f.out, c, N + 1)));
    }
    fit_clear(&f);
    f = fit_step("DateTimeVectorizer", "{}", m);
    assert_int_equal(f.out->n_features, 13); /* year has no cycle */
    int32_t at = matrix_find(f.out, "t_month_sin");
    assert_true(at >= 0 && matrix_find(f.out, "t_year") >= 0);
    for (int64_t i = 0; i < N; i++) {
        double angle = 2 * acos(-1) * (golden_moments[i][6] - 1) / 12;
        assert_near(value_at(f.out, at, i), sin(angle), 1e-14, "sine");
        assert_near(value_at(f.out, at + 1, i), cos(angle), 1e-14, "cosine");
    }
    fit_clear(&f);
    matrix_free(m);
}

static void constant_fields_leave(void **unused)
{
    (void)unused;
    const double days[4] = {0, 86400, NAN, 86400 * 3};
    matrix *m = matrix_new(4);
    add_numbers(m, "t", days, COLUMN_DATETIME);
    fit_case f = fit_step("DateTimeVectorizer", "{\"mode\": \"ordinal\"}", m);
    assert_int_equal(f.out->n_features, 1);
    assert_string_equal(f.out->features[0].name, "t_weekday");
    fit_clear(&f);
    f = fit_step("DateTimeVectorizer", "{\"mode\": \"ordinal\", \"ignore_constant_columns\": false}", m);
    assert_int_equal(f.out->n_features, 7);
    fit_clear(&f);
    f = fit_of("DateTimeVectorizer", "{\"extract\": [\"fortnight\"]}", m, PROBLEM_REGRESSION, 0, NULL);
    ptg_error error;
    assert_int_equal(f.t->fit(&f.in, &f.state, f.out, &error), PTG_ERROR_USAGE);
    assert_non_null(strstr(error.message, "fortnight"));
    fit_clear(&f);
    matrix_free(m);
}

static void tfidf_as_sklearn(void **unused)
{
    (void)unused;
    enum { N = sizeof golden_documents / sizeof golden_documents[0] };
    matrix *m = matrix_new(N);
    add_texts(m, "t", golden_documents);
    for (size_t k = 0; k < sizeof golden_tfidf / sizeof golden_tfidf[0]; k++) {
        fit_case f = fit_step("MultiColumnTfidfVectorizer", golden_tfidf[k].parameters, m);
        assert_int_equal(f.out->n_features, golden_tfidf[k].n_terms);
        for (int32_t c = 0; c < f.out->n_features; c++) {
            assert_int_equal(f.out->features[c].kind, FEATURE_SPARSE);
            assert_string_equal(f.out->features[c].name + 2, golden_tfidf[k].terms[c]);
            for (int64_t i = 0; i < N; i++)
                assert_near(value_at(f.out, c, i), golden_tfidf[k].weights[c * N + i], 1e-12, golden_tfidf[k].terms[c]);
        }
        fit_clear(&f);
    }
    matrix_free(m);
}

static void tfidf_takes_categories_and_sizes(void **unused)
{
    (void)unused;
    const char *const words[3] = {"red car", NULL, "blue car"}, *const empty[3] = {"", NULL, "!"};
    matrix *m = matrix_new(3);
    add_categories(m, "w", words);
    add_texts(m, "e", empty);
    fit_case f = fit_step("MultiColumnTfidfVectorizer", "{}", m);
    assert_int_equal(f.out->n_features, 3);
    assert_string_equal(f.out->features[1].name, "w:car");
    fit_clear(&f);
    f = fit_step("MultiColumnTfidfVectorizer", "{\"max_features\": 2}", m); /* blue and red are as frequent: the first stays */
    assert_int_equal(f.out->n_features, 2);
    assert_string_equal(f.out->features[0].name, "w:blue");
    fit_clear(&f);
    f = fit_step("MultiColumnTfidfVectorizer", "{\"vocabulary_sizes\": [1, 2]}", m);
    assert_int_equal(f.out->n_features, 3);
    assert_string_equal(f.out->features[0].name, "w:car");
    assert_int_equal(f.out->features[2].n_values, 0);
    fit_clear(&f);
    f = fit_of("MultiColumnTfidfVectorizer", "{\"ignore_columns_with_zero_vocabulary_size\": false}", m, PROBLEM_REGRESSION, 0,
               NULL);
    ptg_error error;
    assert_int_equal(f.t->fit(&f.in, &f.state, f.out, &error), PTG_ERROR_DATA);
    assert_non_null(strstr(error.message, "column 'e' has no term"));
    fit_clear(&f);
    f = fit_of("MultiColumnTfidfVectorizer", "{\"ngram_range\": [2, 1]}", m, PROBLEM_REGRESSION, 0, NULL);
    assert_int_equal(f.t->fit(&f.in, &f.state, f.out, &error), PTG_ERROR_USAGE);
    fit_clear(&f);
    matrix_free(m);
}

static void target_encoder_as_sklearn(void **unused)
{
    (void)unused;
    static const struct {
        problem_type problem;
        int32_t n_classes, width;
        const double *target, *wanted;
    } cases[] = {{PROBLEM_BINARY, 2, 1, golden_binary, golden_encoded_binary},
                 {PROBLEM_MULTICLASS, 3, 3, golden_multi, golden_encoded_multi},
                 {PROBLEM_REGRESSION, 0, 1, golden_real, golden_encoded_real}};
    matrix *m = matrix_new(GOLDEN_TARGET_ROWS), *levels = matrix_new(6);
    add_numbers(m, "n", golden_level, COLUMN_NUMERIC);
    add_numbers(levels, "n", (const double[]){0, 1, 2, 3, 4, 5}, COLUMN_NUMERIC);
    for (size_t k = 0; k < 3; k++) {
        fit_case f = fit_target("TargetEncoder", "{}", m, cases[k].problem, cases[k].n_classes, cases[k].target);
        assert_int_equal(f.out->n_features, cases[k].width);
        matrix *out = apply_step(&f, levels);
        for (int32_t c = 0; c < cases[k].width; c++)
            for (int64_t i = 0; i < 6; i++)
                assert_near(value_at(out, c, i), cases[k].wanted[i * cases[k].width + c], 1e-12, "encoded");
        assert_string_equal(out->features[0].name, k == 1 ? "n_target_0" : "n_target");
        matrix_free(out);
        fit_clear(&f);
    }
    matrix_free(m);
    matrix_free(levels);
}

/* The training rows' values do not move when a row's own target does. */
static void target_encoder_does_not_see_its_row(void **unused)
{
    (void)unused;
    double target[GOLDEN_TARGET_ROWS];
    memcpy(target, golden_real, sizeof target);
    matrix *m = matrix_new(GOLDEN_TARGET_ROWS);
    add_numbers(m, "n", golden_level, COLUMN_NUMERIC);
    fit_case before = fit_target("TargetEncoder", "{}", m, PROBLEM_REGRESSION, 0, target);
    for (int64_t i = 0; i < GOLDEN_TARGET_ROWS; i++) {
        double kept = target[i];
        target[i] += 1000;
        fit_case after = fit_target("TargetEncoder", "{}", m, PROBLEM_REGRESSION, 0, target);
        assert_true(value_at(after.out, 0, i) == value_at(before.out, 0, i));
        target[i] = kept;
        fit_clear(&after);
    }
    fit_clear(&before);
    matrix_free(m);
}

static void weights_count(void **unused)
{
    (void)unused;
    const char *const words[4] = {"a", "a", "b", NULL};
    const double target[4] = {1, 0, 1, 0}, weight[4] = {3, 1, 0, 2};
    matrix *m = matrix_new(4);
    add_categories(m, "w", words);
    fit_case f = fit_of("TargetEncoder", "{\"smoothing\": 0}", m, PROBLEM_BINARY, 2, target);
    f.in.weight = weight;
    CHECK_OK(f.t->fit(&f.in, &f.state, f.out, err));
    matrix *out = apply_step(&f, m);
    const double wanted[4] = {0.75, 0.75, 0.5, 0}; /* b has no weight: the prior, 3 of 6 */
    for (int64_t i = 0; i < 4; i++)
        assert_near(value_at(out, 0, i), wanted[i], 1e-15, "weighted mean");
    matrix_free(out);
    fit_clear(&f);
    f = fit_of("FrequencyEncoder", "{}", m, PROBLEM_BINARY, 2, target);
    f.in.weight = weight;
    CHECK_OK(f.t->fit(&f.in, &f.state, f.out, err));
    const double share[4] = {4.0 / 6, 4.0 / 6, 0, 2.0 / 6};
    for (int64_t i = 0; i < 4; i++)
        assert_near(value_at(f.out, 0, i), share[i], 1e-15, "share");
    assert_string_equal(f.out->features[0].name, "w_frequency");
    fit_clear(&f);
    matrix_free(m);
}

static void inner_folds_keep_groups(void **unused)
{
    (void)unused;
    enum { N = 300 };
    double target[N];
    int32_t group[N], fold[N], of_group[40];
    for (int i = 0; i < N; i++) {
        target[i] = i % 7 == 0;
        group[i] = i % 13 == 0 ? -1 : i * 7 % 40;
    }
    matrix *m = matrix_new(N);
    transform_fit_input in = {.columns = m, .problem = PROBLEM_BINARY, .n_classes = 2, .target = target, .seed = 1};
    CHECK_OK(inner_folds(&in, 5, fold, err));
    int counts[5][2] = {{0}};
    for (int i = 0; i < N; i++)
        counts[fold[i]][(int)target[i]]++;
    for (int k = 0; k < 5; k++) {
        assert_in_range(counts[k][0], 51, 52);
        assert_in_range(counts[k][1], 8, 9);
    }
    in.group = group;
    CHECK_OK(inner_folds(&in, 5, fold, err));
    memset(of_group, -1, sizeof of_group);
    for (int i = 0; i < N; i++) {
        assert_in_range(fold[i], 0, 4);
        if (group[i] < 0) continue;
        if (of_group[group[i]] < 0) of_group[group[i]] = fold[i];
        assert_int_equal(of_group[group[i]], fold[i]);
    }
    matrix_free(m);
}

static void text_statistics_of_texts(void **unused)
{
    (void)unused;
    const char *const texts[5] = {"Hello, World! 42?", "", NULL, "  ÄÖü  ", "\xff\xfe?"};
    static const double wanted[5][8] = {{17, 3, 5, 2.0 / 17, 2.0 / 17, 3, 1, 1},
                                        {0, 0, 0, 0, 0, 0, 0, 0},
                                        {NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN},
                                        {7, 1, 3, 0, 2.0 / 7, 0, 0, 0},
                                        {3, 1, 3, 0, 0, 1, 0, 1}};
    matrix *m = matrix_new(5);
    add_texts(m, "t", texts);
    fit_case f = fit_step("TextStatistics", "{}", m);
    assert_int_equal(f.out->n_features, 8);
    assert_string_equal(f.out->features[0].name, "t_length");
    for (int64_t i = 0; i < 5; i++)
        for (int32_t c = 0; c < 8; c++)
            assert_near(value_at(f.out, c, i), wanted[i][c], 1e-15, f.out->features[c].name);
    fit_clear(&f);
    matrix_free(m);
}

static void sequence_statistics_of_lists(void **unused)
{
    (void)unused;
    const char *const texts[6] = {"[1, 2, 6]", "[]", NULL, "[[4 null] [4]]", "(-1.5; inf)", "no list"};
    static const double wanted[6][8] = {{3, 3, 1, 6, 1, 6, 2.160246899469287, 2.5}, {0, NAN, NAN, NAN, NAN, NAN, NAN, NAN},
                                        {NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN},   {3, 4, 4, 4, 4, 4, 0, 0},
                                        {2, -1.5, -1.5, -1.5, -1.5, -1.5, 0, NAN},  {2, NAN, NAN, NAN, NAN, NAN, NAN, NAN}};
    matrix *m = matrix_new(6);
    add_texts(m, "s", texts);
    fit_case f = fit_step("SequenceStatistics", "{}", m);
    assert_int_equal(f.out->n_features, 8);
    assert_string_equal(f.out->features[5].name, "s_last");
    for (int64_t i = 0; i < 6; i++)
        for (int32_t c = 0; c < 8; c++)
            assert_near(value_at(f.out, c, i), wanted[i][c], 1e-15, f.out->features[c].name);
    fit_clear(&f);
    matrix_free(m);
}

/* Texts that tell the class get scores that do, out of fold and for new rows; a random target gets none. */
static void text_score_learns_and_does_not_leak(void **unused)
{
    (void)unused;
    enum { N = 200 };
    static char storage[N][64];
    const char *texts[N];
    double target[N], noise[N];
    uint32_t state = 1;
    for (int i = 0; i < N; i++) {
        state = state * 1664525u + 1013904223u;
        target[i] = i % 3 == 0;
        noise[i] = state >> 31;
        snprintf(storage[i], sizeof storage[i], "%s message number%d", i % 3 == 0 ? "win prize" : "see you", i * 7919 % 1000);
        texts[i] = i == 17 ? NULL : storage[i];
    }
    matrix *m = matrix_new(N);
    add_texts(m, "t", texts);
    fit_case f = fit_target("TextModelScore", "{}", m, PROBLEM_BINARY, 2, target);
    assert_int_equal(f.out->n_features, 1);
    assert_string_equal(f.out->features[0].name, "t_score");
    matrix *out = apply_step(&f, m);
    for (int64_t i = 0; i < N; i++) {
        if (texts[i] == NULL) {
            assert_true(isnan(value_at(f.out, 0, i)) && isnan(value_at(out, 0, i)));
            continue;
        }
        assert_true((value_at(f.out, 0, i) > 0.5) == (target[i] > 0));
        assert_true((value_at(out, 0, i) > 0.5) == (target[i] > 0));
    }
    matrix_free(out);
    fit_clear(&f);
    f = fit_target("TextModelScore", "{}", m, PROBLEM_BINARY, 2, noise);
    int right = 0;
    for (int64_t i = 0; i < N; i++)
        right += (value_at(f.out, 0, i) > 0.5) == (noise[i] > 0);
    assert_in_range(right, 70, 130);
    fit_clear(&f);
    matrix_free(m);
}

static void text_score_multiclass_and_regression(void **unused)
{
    (void)unused;
    enum { N = 90 };
    static const char *const words[3] = {"apple tree", "river boat", "stone wall"};
    const char *texts[N];
    double target[N];
    for (int i = 0; i < N; i++) {
        target[i] = i % 3;
        texts[i] = words[i % 3];
    }
    matrix *m = matrix_new(N);
    add_texts(m, "t", texts);
    fit_case f = fit_target("TextModelScore", "{}", m, PROBLEM_MULTICLASS, 3, target);
    assert_int_equal(f.out->n_features, 3);
    assert_string_equal(f.out->features[2].name, "t_score_2");
    for (int64_t i = 0; i < N; i++)
        for (int32_t c = 0; c < 3; c++)
            assert_true((value_at(f.out, c, i) > 0.5) == (i % 3 == c));
    fit_clear(&f);
    f = fit_target("TextModelScore", "{\"alpha\": 0.01}", m, PROBLEM_REGRESSION, 0, target);
    for (int64_t i = 0; i < N; i++)
        assert_near(value_at(f.out, 0, i), (double)(i % 3), 0.05, "regression");
    fit_clear(&f);
    matrix_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(imputer_fills_as_sklearn),
        cmocka_unit_test(imputer_edges),
        cmocka_unit_test(indicator_marks_every_kind),
        cmocka_unit_test(indicator_missing_only),
        cmocka_unit_test(scaler_scales_as_sklearn),
        cmocka_unit_test(scaler_edges),
        cmocka_unit_test(normalizer_scores_as_sklearn),
        cmocka_unit_test(one_hot_keeps_frequent_levels),
        cmocka_unit_test(one_hot_of_many_levels_is_sparse),
        cmocka_unit_test(ordinal_codes),
        cmocka_unit_test(moments_as_datetime),
        cmocka_unit_test(constant_fields_leave),
        cmocka_unit_test(tfidf_as_sklearn),
        cmocka_unit_test(tfidf_takes_categories_and_sizes),
        cmocka_unit_test(target_encoder_as_sklearn),
        cmocka_unit_test(target_encoder_does_not_see_its_row),
        cmocka_unit_test(weights_count),
        cmocka_unit_test(inner_folds_keep_groups),
        cmocka_unit_test(text_statistics_of_texts),
        cmocka_unit_test(sequence_statistics_of_lists),
        cmocka_unit_test(text_score_learns_and_does_not_leak),
        cmocka_unit_test(text_score_multiclass_and_regression),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

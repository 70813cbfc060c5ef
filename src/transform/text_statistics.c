/* TextStatistics: what a text looks like, as numbers: length, words, letters in upper case, digits, punctuation. Missing texts
 * are missing. Nothing is fitted but the columns' names. */
#include <math.h>

#include "transform/cell_statistics.h"
#include "transform/terms.h"
#include "transform/unicode.h"

enum { KEEP_INPUT };

static const parameter parameters[] = {
    FITTED_KEEP_INPUT("Keep the text itself beside its statistics, for a later step."),
};

enum { LENGTH, WORDS, WORD_LENGTH, DIGITS, UPPER, PUNCTUATION, EXCLAMATIONS, QUESTIONS, N_STATISTICS };

static const char *const statistic_names[N_STATISTICS] = {
    "length",      /* code points */
    "words",       /* runs of anything but blanks */
    "word_length", /* code points a word */
    "digit_share", /* of the code points */
    "upper_share", /* of the code points */
    "punctuation", /* marks, counted */
    "exclamations", "questions",
};

static bool is_punctuation(int32_t c)
{
    return (c >= 33 && c <= 47) || (c >= 58 && c <= 64) || (c >= 91 && c <= 96) || (c >= 123 && c <= 126) ||
           (c >= 0x2010 && c <= 0x205E) || (c >= 0x3001 && c <= 0x3003) || c == 0xA1 || c == 0xBF;
}

static void measure(text t, double values[N_STATISTICS])
{
    int64_t n = 0, words = 0, blanks = 0, digits = 0, upper = 0, marks = 0, exclamations = 0, questions = 0;
    bool in_word = false;
    for (int64_t at = 0; at < t.size; n++) {
        int32_t c = unicode_next(t, &at);
        bool blank = unicode_is_space(c);
        words += !blank && !in_word;
        in_word = !blank;
        blanks += blank;
        digits += c >= '0' && c <= '9';
        upper += unicode_lower(c) != c;
        marks += is_punctuation(c);
        exclamations += c == '!';
        questions += c == '?';
    }
    values[LENGTH] = (double)n;
    values[WORDS] = (double)words;
    values[WORD_LENGTH] = words == 0 ? 0 : (double)(n - blanks) / (double)words;
    values[DIGITS] = n == 0 ? 0 : (double)digits / (double)n;
    values[UPPER] = n == 0 ? 0 : (double)upper / (double)n;
    values[PUNCTUATION] = (double)marks;
    values[EXCLAMATIONS] = (double)exclamations;
    values[QUESTIONS] = (double)questions;
}

static const cell_statistics statistics = {statistic_names, N_STATISTICS, FEATURE_TEXT | FEATURE_CODED, measure};

static ptg_status apply(const void *state, const matrix *columns, matrix *out, ptg_error *err)
{
    return cell_statistics_apply(&statistics, state, columns, out, err);
}

static ptg_status fit_state(void *state, const transform_fit_input *in, matrix *out, ptg_error *err)
{
    return apply(state, in->columns, out, err);
}

static void save(const void *state, bytes_writer *w)
{
    fitted_save(state, w);
}

static const fitted_step step = {"TextStatistics", sizeof(fitted), fit_state, NULL};

static ptg_status fit(const transform_fit_input *in, void **state, matrix *out, ptg_error *err)
{
    return fitted_fit(&step, in, state, out, err);
}

static ptg_status load(bytes_reader *r, void **state, ptg_error *err)
{
    return fitted_load(&step, r, state, err);
}

const transformer text_statistics = {
    .name = "TextStatistics",
    .text = "Describes a text by its length, its words and its shares of digits, upper case and punctuation.",
    .parameters = parameters,
    .n_parameters = sizeof parameters / sizeof parameters[0],
    .accepts = FEATURE_TEXT | FEATURE_CODED,
    .fit = fit,
    .apply = apply,
    .save = save,
    .load = load,
    .free = fitted_free,
};

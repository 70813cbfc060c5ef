/* Single cells: numbers, dates, missing tokens. Seconds were made with Python:
 *   datetime.strptime(text, format).replace(tzinfo=timezone.utc).timestamp() */
#include "table_fixture.h"

#include <math.h>

#include "base/number.h"
#include "base/random.h"
#include "table/cell.h"
#include "table/datetime.h"

static void reads_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        char mark;
        bool fine;
        double value;
    } cases[] = {
        {"1", '.', true, 1},
        {"-1.5", '.', true, -1.5},
        {"+7", '.', true, 7},
        {"  3 ", '.', true, 3},
        {".5", '.', true, 0.5},
        {"5.", '.', true, 5},
        {"1e-7", '.', true, 1e-7},
        {"1E5", '.', true, 1e5},
        {"0.1", '.', true, 0.1},
        {"1,5", ',', true, 1.5},
        {"123456789012345678", '.', true, 123456789012345678.0},
        {"0.30000000000000004", '.', true, 0.30000000000000004},
        {"inf", '.', true, INFINITY},
        {"-Infinity", '.', true, -INFINITY},
        {"1e999", '.', true, INFINITY},
        {"", '.', false, 0},
        {"-", '.', false, 0},
        {".", '.', false, 0},
        {"1,5", '.', false, 0},
        {"1.5", ',', false, 0},
        {"1 2", '.', false, 0},
        {"0x10", '.', false, 0},
        {"nan", '.', false, 0},
        {"1e", '.', false, 0},
        {"--1", '.', false, 0},
        {"12a", '.', false, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double value = 0;
        cell_traits traits;
        bool fine = cell_number(text_of(cases[i].text), cases[i].mark, &value, &traits);
        if (fine != cases[i].fine || (fine && value != cases[i].value)) fail_msg("'%s': %d %.17g", cases[i].text, fine, value);
    }
}

static void rounds_like_strtod(void **state)
{
    (void)state;
    random_stream r = random_of(3, "cells");
    char bytes[64];
    for (int i = 0; i < 20000; i++) {
        int digits = 1 + (int)random_below(&r, 18);
        snprintf(bytes, sizeof bytes, "%.*f", digits, (random_unit(&r) - 0.5) * pow(10, (double)random_below(&r, 12)));
        double value;
        cell_traits traits;
        assert_true(cell_number(text_of(bytes), '.', &value, &traits));
        assert_true(value == strtod(bytes, NULL));
    }
}

static void knows_traits(void **state)
{
    (void)state;
    double value;
    cell_traits t;
    assert_true(cell_number(text_of("007"), '.', &value, &t) && t.whole && t.zero_led && !t.over_2_53);
    assert_true(cell_number(text_of("0"), '.', &value, &t) && t.whole && !t.zero_led);
    assert_true(cell_number(text_of("-07"), '.', &value, &t) && t.whole && !t.zero_led);
    assert_true(cell_number(text_of("0.5"), '.', &value, &t) && !t.whole && !t.zero_led && t.fraction);
    assert_true(cell_number(text_of("9007199254740992"), '.', &value, &t) && !t.over_2_53);
    assert_true(cell_number(text_of("9007199254740993"), '.', &value, &t) && t.over_2_53);
    assert_true(cell_number(text_of("99999999999999999999999"), '.', &value, &t) && t.over_2_53);
}

static void reads_dates(void **state)
{
    (void)state;
    static const struct {
        const char *text, *format;
        double seconds; /* NaN: no date of this format */
    } cases[] = {
        {"2012-01-10", "%Y-%m-%d", 1326153600.0},
        {"2015-01-14 17:41:00", "%Y-%m-%d", 1421257260.0},
        {"2015-01-14T17:41", "%Y-%m-%d", 1421257260.0},
        {"1969-12-31T23:59:59.5Z", "%Y-%m-%d", -0.5},
        {"2020-06-01T14:00:00+02:00", "%Y-%m-%d", 1591012800.0},
        {"2020-06-01T07:30:00-0430", "%Y-%m-%d", 1591012800.0},
        {"2000-02-29", "%Y-%m-%d", 951782400.0},
        {"1900-03-01", "%Y-%m-%d", -2203891200.0},
        {"0001-01-01", "%Y-%m-%d", -62135596800.0},
        {"9999-12-31", "%Y-%m-%d", 253402214400.0},
        {"2012/1/10", "%Y/%m/%d", 1326153600.0},
        {"10/1/2012", "%d/%m/%Y", 1326153600.0},
        {"1/10/2012", "%m/%d/%Y", 1326153600.0},
        {"01/14/2015 05:41:00 PM", "%m/%d/%Y", 1421257260.0},
        {"10.01.2012", "%d.%m.%Y", 1326153600.0},
        {"2012-1-10 00:00", "%Y-%m-%d", 1326153600.0},
        {"1900-02-29", "%Y-%m-%d", NAN},
        {"2012-13-01", "%Y-%m-%d", NAN},
        {"2012-00-01", "%Y-%m-%d", NAN},
        {"2012-01-32", "%Y-%m-%d", NAN},
        {"2012-01-10 24:00", "%Y-%m-%d", NAN},
        {"2012-01-10 13:00 PM", "%Y-%m-%d", NAN},
        {"2012-01-10x", "%Y-%m-%d", NAN},
        {"2012-01-10 ", "%Y-%m-%d", 1326153600.0},
        {"12-01-10", "%Y-%m-%d", NAN},
        {"2012/01/10", "%Y-%m-%d", NAN},
        {"20120110", "%Y-%m-%d", NAN},
        {"2012-01-10T", "%Y-%m-%d", NAN},
        {"2012-01-10 1:2", "%Y-%m-%d", NAN},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double seconds = NAN;
        int family = datetime_family_of(text_of(cases[i].format));
        assert_true(family >= 0);
        bool fine = datetime_read(text_of(cases[i].text), family, &seconds, NULL);
        if (fine == isnan(cases[i].seconds) || (fine && seconds != cases[i].seconds))
            fail_msg("'%s': %d %.3f", cases[i].text, fine, seconds);
    }
}

static void dates_go_round(void **state)
{
    (void)state;
    random_stream r = random_of(4, "dates");
    for (int i = 0; i < 20000; i++) {
        double seconds = (double)(random_below(&r, INT64_C(315537897600)) - INT64_C(62135596800)), back;
        char bytes[40];
        int n = datetime_write(seconds, true, bytes);
        assert_true(n > 0 && datetime_read((text){bytes, n}, 0, &back, NULL));
        assert_true(back == seconds);
    }
    char bytes[40];
    assert_int_equal(datetime_write(1e300, true, bytes), 0);
    assert_int_equal(datetime_write(NAN, true, bytes), 0);
    assert_int_equal(datetime_write(INFINITY, true, bytes), 0);
    assert_int_equal(datetime_write(253402300800.0, true, bytes), 0);
}

static void knows_missing_tokens(void **state)
{
    (void)state;
    static const char *const tokens[] = {"NA",         "na",   "N/A",  "null", "NULL", "nan",     "NaN",     "None",
                                         "none",       "?",    " ? ",  "-",    "n.a.", "unknown", "Unknown", "not available",
                                         "0000-00-00", "#N/A", "<NA>", "\\N",  "."};
    static const char *const levels[] = {"Nancy",    "",  "nonexistent", "other", "0",
                                         "unknowns", "+", "A",           "no",    "not applicable"};
    for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++)
        if (!missing_is_wide_token(text_of(tokens[i]))) fail_msg("'%s' is no token", tokens[i]);
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        assert_false(missing_is_wide_token(text_of(levels[i])));
}

/* A million texts of 1 to 25 digits with and without a mark, against the C library. */
static void digits_round_like_strtod(void **state)
{
    (void)state;
    random_stream r = random_of(8, "digits");
    for (int i = 0; i < 1000000; i++) {
        char digits[40];
        int n = 1 + (int)random_below(&r, i % 3 ? 19 : 25), mark = (int)random_below(&r, n + 2), size = 0;
        for (int k = 0; k < n; k++) {
            if (k == mark) digits[size++] = '.';
            digits[size++] = (char)('0' + random_below(&r, i % 5 ? 10 : 2));
        }
        digits[size] = '\0';
        double value;
        cell_traits traits;
        if (!cell_number((text){digits, size}, '.', &value, &traits) || value != strtod(digits, NULL)) fail_msg("%s", digits);
    }
}

/* Short cells against the general way: any bytes, with others behind them that do not belong to the cell. */
static void short_numbers(void **state)
{
    (void)state;
    random_stream r = random_of(9, "short cells");
    int64_t n_read = 0;
    for (int64_t i = 0; i < 400000; i++) {
        char bytes[20] = {0};
        const char *letters = i % 2 ? "0123456789.0123456789,-+e ~\xB9\x00/:" : "0123456789.";
        int64_t n_letters = i % 2 ? 31 : 11, size = 1 + random_below(&r, 9);
        for (int k = 0; k < 18; k++)
            bytes[k] = letters[random_below(&r, n_letters)];
        if (i % 3 == 0) bytes[0] = '-';
        char mark = i % 5 ? '.' : ',';
        double fast = -7, slow = -8;
        cell_traits fast_traits = {0}, slow_traits = {0};
        if (!cell_number_short((text){bytes, size}, mark, &fast, &fast_traits)) {
            assert_true(fast == -7);
            continue;
        }
        n_read++;
        bool fine = cell_number((text){bytes, size}, mark, &slow, &slow_traits);
        if (!fine || memcmp(&fast, &slow, sizeof fast) || memcmp(&fast_traits, &slow_traits, sizeof fast_traits))
            fail_msg("'%.*s' gives %.17g", (int)size, bytes, fast);
    }
    assert_true(n_read > 50000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(short_numbers),  cmocka_unit_test(digits_round_like_strtod),
        cmocka_unit_test(reads_numbers),  cmocka_unit_test(rounds_like_strtod),
        cmocka_unit_test(knows_traits),   cmocka_unit_test(reads_dates),
        cmocka_unit_test(dates_go_round), cmocka_unit_test(knows_missing_tokens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

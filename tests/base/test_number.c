/* Numbers: golden texts of Python's repr(), random round trips against the C library, refusals, and rounding at its edges. */
#include "check.h"

#include <inttypes.h>

#include <locale.h>
#include <math.h>

#include "base/number.h"
#include "base/random.h"
#include "number_golden.h"

static double from_bits(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, 8);
    return value;
}

static uint64_t bits_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, 8);
    return bits;
}

static void golden_texts(void **state)
{
    (void)state;
    for (int64_t i = 0; i < COUNT(number_golden); i++) {
        char out[NUMBER_TEXT_SIZE];
        double back;
        int n = number_write(from_bits(number_golden[i].bits), out);
        assert_string_equal(out, number_golden[i].text);
        assert_int_equal(n, strlen(out));
        assert_true(number_read(text_of(out), &back));
        assert_true(bits_of(back) == number_golden[i].bits);
    }
}

/* No text with one digit less reads back. */
static void expect_shortest(double value, const char *written)
{
    char printed[64], shorter[64];
    snprintf(printed, sizeof printed, "%s", written);
    printed[strcspn(printed, "e")] = '\0';
    int n = 0;
    for (const char *c = printed; *c; c++)
        if ((*c >= '1' && *c <= '9') || (*c == '0' && n)) n++;
    if (n < 2 || n > 17 || printed[strlen(printed) - 1] == '0') return;
    snprintf(shorter, sizeof shorter, "%.*e", n - 2, value);
    if (strtod(shorter, NULL) == value) fail_msg("%s is longer than %s", written, shorter);
}

/* Against strtod and printf of the C library, in its C locale. */
static void random_round_trips(void **state)
{
    (void)state;
    random_stream r = random_of(1, "numbers");
    for (int i = 0; i < 200000; i++) {
        double value = from_bits(random_long(&r));
        if (i % 3 == 1) value = ldexp((double)random_long(&r), (int)random_below(&r, 140) - 100);
        if (i % 3 == 2) value = random_unit(&r) * (double)random_below(&r, 1000000);
        if (!isfinite(value)) continue;
        char out[NUMBER_TEXT_SIZE], printed[64];
        double back = 0;
        number_write(value, out);
        assert_true(strtod(out, NULL) == value);
        if (i % 4 == 0) expect_shortest(value, out);
        assert_true(number_read(text_of(out), &back) && back == value);
        snprintf(printed, sizeof printed, "%.*e", (int)random_below(&r, 25), value);
        assert_true(number_read(text_of(printed), &back));
        if (back != strtod(printed, NULL)) fail_msg("%s", printed);
    }
}

static void expect_divided(uint64_t mantissa, int k)
{
    char written[48];
    snprintf(written, sizeof written, "%" PRIu64 "e-%d", mantissa, k);
    double found = number_divided(mantissa, k);
    if (found != strtod(written, NULL)) fail_msg("%s gives %.17g", written, found);
}

/* Any mantissas, and those whose quotient lies next to the middle of two doubles: odd multiples of half a unit times 10^k. */
static void divides_like_strtod(void **state)
{
    (void)state;
    random_stream r = random_of(2, "quotients");
    for (int k = 0; k <= 19; k++)
        for (int i = 0; i < 20000; i++) {
            uint64_t any = (uint64_t)random_long(&r), middle = (any >> 11) | (UINT64_C(1) << 53) | 1;
            expect_divided(any >> random_below(&r, 12), k);
            __extension__ unsigned __int128 exact = middle;
            for (int j = 0; j < k && exact >> 122 == 0; j++)
                exact *= 10;
            while (exact >> 64)
                exact >>= 1;
            for (int step = -1; step <= 1; step++)
                expect_divided((uint64_t)exact + (uint64_t)step, k);
        }
}

static void reads_like_strtod(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "0",
        "-0",
        "+1",
        "1.",
        ".5",
        "00012.500",
        "1e5",
        "1E+05",
        "1e-5",
        "9007199254740993",
        "9007199254740992.5",
        "18446744073709551615",
        "18446744073709551616",
        "9999999999999999999",
        "99999999999999999999",
        "1e22",
        "1e23",
        "8.5e-19",
        "123456789012345678e-19",
        "9223372036854775807e19",
        "9223372036854775809e19",
        "1e308",
        "1.8e308",
        "1e400",
        "1e-400",
        "4.9e-324",
        "2.4703282292062327e-324",
        "2.4703282292062328e-324",
        "2.2250738585072011e-308",
        "1e-999999999999999999999",
        "1e999999999999999999999",
        "0e999999999999999999999",
        "0.000000000000000000000000000000000000000000000000000001",
        "6929495644600919.5",
        "3.14159265358979323846264338327950288419716939937510582097494459",
        "1000000000000000000000000000000000000000000000000000000000000",
        "5708990770823838890407843763683279797179383808",
        "1.00000000000000011102230246251565404236316680908203125",
        "1.00000000000000011102230246251565404236316680908203124",
        "1.00000000000000011102230246251565404236316680908203126",
    };
    for (int64_t i = 0; i < COUNT(cases); i++) {
        double value = -1;
        assert_true(number_read(text_of(cases[i]), &value));
        if (bits_of(value) != bits_of(strtod(cases[i], NULL))) fail_msg("%s gives %.17g", cases[i], value);
    }
}

/* Half way between two doubles until the last of very many digits. */
static void reads_long_texts(void **state)
{
    (void)state;
    text_buffer b = {0};
    text_append(&b, "9007199254740993");
    for (int i = 0; i < 3000; i++)
        text_append(&b, i == 0 ? ".0" : "0");
    double value;
    assert_true(number_read((text){b.data, b.size}, &value) && value == 9007199254740992.0);
    text_append(&b, "1");
    assert_true(number_read((text){b.data, b.size}, &value) && value == 9007199254740994.0);
    text_append(&b, "e-3");
    assert_true(number_read((text){b.data, b.size}, &value) && value == strtod(b.data, NULL));
    text_buffer_clear(&b);
}

static void refuses_other_texts(void **state)
{
    (void)state;
    static const char *const cases[] = {"",      " 1",   "1 ",       "+",   "-",     ".",    "e5",      "1e",
                                        "1e+",   "0x10", "inf",      "nan", "1,5",   "1_0",  "1.2.3",   "--1",
                                        "1e5.0", "1f",   "Infinity", "NA",  "1e5e5", "+.e1", "\xd9\xa1"};
    for (int64_t i = 0; i < COUNT(cases); i++) {
        double value = 7;
        if (number_read(text_of(cases[i]), &value)) fail_msg("'%s' was read", cases[i]);
    }
    double value = 7;
    assert_false(number_read((text){0}, &value));
    assert_false(number_read((text){"1\0002", 3}, &value));
    assert_true(number_read_marked(text_of("-1,25e1"), ',', &value) && value == -12.5);
    assert_false(number_read_marked(text_of("1.25"), ',', &value));
    assert_true(number_read((text){"12345", 3}, &value) && value == 123);
}

/* Of texts made of these characters exactly those are numbers that strtod takes whole. */
static void random_texts(void **state)
{
    (void)state;
    static const char letters[] = "0123456789000+-..eE";
    random_stream r = random_of(2, "texts");
    int64_t n_read = 0;
    for (int i = 0; i < 300000; i++) {
        char source[64], *end;
        int64_t n = random_below(&r, i % 2 ? 8 : 40);
        for (int64_t j = 0; j < n; j++)
            source[j] = letters[random_below(&r, i % 2 ? COUNT(letters) - 1 : 13)];
        if (i % 2 == 0 && n > 3) source[random_below(&r, n)] = '.';
        source[n] = '\0';
        double expected = strtod(source, &end), value = 0;
        bool good = number_read((text){source, n}, &value);
        if (good != (n > 0 && *end == '\0')) fail_msg("'%s'", source);
        if (good && bits_of(value) != bits_of(expected)) fail_msg("'%s' gives %.17g", source, value);
        n_read += good;
    }
    assert_true(n_read > 100000);
}

static void integers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool good;
        int64_t value;
    } cases[] = {{"0", true, 0},
                 {"-0", true, 0},
                 {"+17", true, 17},
                 {"9223372036854775807", true, INT64_MAX},
                 {"-9223372036854775808", true, INT64_MIN},
                 {"9223372036854775808", false, 0},
                 {"-9223372036854775809", false, 0},
                 {"99999999999999999999999", false, 0},
                 {"", false, 0},
                 {"-", false, 0},
                 {"1.0", false, 0},
                 {" 1", false, 0}};
    for (int64_t i = 0; i < COUNT(cases); i++) {
        int64_t value = -77;
        assert_int_equal(number_read_integer(text_of(cases[i].text), &value), cases[i].good);
        if (cases[i].good) assert_true(value == cases[i].value);
    }
}

static void special_and_short(void **state)
{
    (void)state;
    static const struct {
        double value;
        int digits;
        const char *text;
    } cases[] = {{NAN, 3, "nan"},          {-INFINITY, 3, "-inf"},       {0, 3, "0"},        {-0.0, 3, "0"},
                 {1234567, 3, "1230000"},  {0.000123456, 3, "0.000123"}, {1e-9, 2, "1e-09"}, {99.96, 3, "100"},
                 {-2.0 / 3, 4, "-0.6667"}, {1e22, 5, "1e+22"},           {12, 1, "10"},      {0.5, 99, "0.5"}};
    char out[NUMBER_TEXT_SIZE];
    for (int64_t i = 0; i < COUNT(cases); i++) {
        int n = number_write_short(cases[i].value, cases[i].digits, out);
        assert_string_equal(out, cases[i].text);
        assert_int_equal(n, strlen(out));
    }
    number_write(INFINITY, out);
    assert_string_equal(out, "inf");
    number_write(-1.2345678901234567e-300, out);
    assert_string_equal(out, "-1.2345678901234568e-300");
}

/* A decimal comma of the program's locale changes nothing. The locale is made here; without localedef the test is skipped, and
 * under sanitizers, because the C library leaks the path that it is told to look in. */
static void any_locale(void **state)
{
    (void)state;
#ifdef PTG_SANITIZED
    skip();
#endif
    char *folder = make_scratch(), line[200], out[NUMBER_TEXT_SIZE], comma[32] = "";
    snprintf(line, sizeof line, "localedef -i de_DE -f UTF-8 --no-archive %s/de 2>/dev/null", folder);
    bool made = system(line) == 0;
    setenv("LOCPATH", folder, 1);
    locale_t german = made ? newlocale(LC_ALL_MASK, "de", (locale_t)0) : (locale_t)0;
    unsetenv("LOCPATH");
    remove_scratch(folder);
    if (!german) skip();
    locale_t before = uselocale(german);
    double back = 0;
    snprintf(comma, sizeof comma, "%.1f", 0.5);
    number_write(1.0 / 3e-20, out);
    bool read = number_read(text_of("1.23456789012345678901e-40"), &back);
    uselocale(before);
    freelocale(german);
    assert_string_equal(comma, "0,5");
    assert_string_equal(out, "3.333333333333333e+19");
    assert_true(read && back == 1.23456789012345678901e-40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_texts),      cmocka_unit_test(random_round_trips),
        cmocka_unit_test(reads_like_strtod), cmocka_unit_test(divides_like_strtod),
        cmocka_unit_test(reads_long_texts),  cmocka_unit_test(refuses_other_texts),
        cmocka_unit_test(integers),          cmocka_unit_test(random_texts),
        cmocka_unit_test(special_and_short), cmocka_unit_test(any_locale),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Periods, gaps and seasons of moments that were made up. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "profile/date_rhythm.h"
#include "table/datetime.h"

#include <cmocka.h> /* last: it makes a macro of fail() */

#define MOST 4000
#define DAY 86400.0
#define MONDAY 1577664000.0 /* 2019-12-30 */

typedef double (*moment_of)(int i); /* NaN: left out */

static double hourly(int i)
{
    return i >= 300 && i < 320 ? (double)NAN : MONDAY + 3600.0 * i;
}
static double half_hourly(int i)
{
    return MONDAY + 1800.0 * i;
}
static double daily(int i)
{
    return MONDAY + DAY * i;
}
static double working_days(int i)
{
    return i % 7 > 4 || i == 9 ? (double)NAN : MONDAY + DAY * i;
}
static double weekly(int i)
{
    return MONDAY + 7 * DAY * i;
}
static double fortnightly(int i)
{
    return MONDAY + 14 * DAY * i;
}
static double on(int month, int day_of_month)
{
    char iso[40];
    double seconds;
    snprintf(iso, sizeof iso, "%04d-%02d-%02d", 2010 + month / 12, 1 + month % 12, day_of_month);
    for (int family = 0; family < DATETIME_FAMILIES; ++family) {
        if (strcmp(datetime_pattern(family), "%Y-%m-%d") == 0 && datetime_read(text_of(iso), family, &seconds, NULL))
            return seconds;
    }
    fail_msg("%s is no date", iso);
    return 0;
}
static double monthly(int i)
{
    return i == 5 ? (double)NAN : on(i, 15);
}
static double month_ends(int i)
{
    return on(i + 1, 1) - DAY;
}
static double quarterly(int i)
{
    return on(3 * i, 1);
}
static double yearly(int i)
{
    return on(12 * i, 1);
}
static double halves(int i) /* steps of 1 and 1.5 days */
{
    return MONDAY + DAY * (i + 0.5 * (i % 2));
}
static double squares(int i)
{
    return MONDAY + 13.0 * i * i + 7 * i;
}

typedef struct rhythm_case {
    moment_of moment;
    int n;
    const char *unit; /* NULL: none */
    int every;
    int64_t absent, gaps;
    double largest; /* steps */
} rhythm_case;

static const rhythm_case cases[] = {
    {hourly, 1000, "hour", 1, 20, 1, 21},   {half_hourly, 1000, "minute", 30, 0, 0, 0},
    {daily, 800, "day", 1, 0, 0, 0},        {working_days, 800, "weekday", 1, 1, 1, 2},
    {weekly, 60, "week", 1, 0, 0, 0},       {fortnightly, 60, "week", 2, 0, 0, 0},
    {monthly, 60, "month", 1, 1, 1, 2},     {month_ends, 60, "month", 1, 0, 0, 0},
    {quarterly, 30, "quarter", 1, 0, 0, 0}, {yearly, 30, "year", 1, 0, 0, 0},
    {squares, 300, NULL, 0, 0, 0, 0},       {daily, 7, NULL, 0, 0, 0, 0},
    {daily, 1, NULL, 0, 0, 0, 0},           {daily, 0, NULL, 0, 0, 0, 0},
};

static int64_t moments_of(const rhythm_case *c, double out[MOST])
{
    int64_t n = 0;
    for (int i = 0; i < c->n; ++i) {
        const double at = c->moment(i);
        if (!isnan(at)) out[n++] = at;
    }
    return n;
}

static void periods(void **state)
{
    (void)state;
    static double moments[MOST];
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; ++k) {
        date_rhythm r;
        const int64_t n = moments_of(&cases[k], moments);
        assert_int_equal(date_rhythm_make(moments, n, &r, NULL), PTG_OK);
        const char *unit = r.unit < 0 ? "none" : rhythm_units[r.unit].name, *wanted = cases[k].unit ? cases[k].unit : "none";
        if (strcmp(unit, wanted) != 0) fail_msg("case %d: %s, not %s", (int)k, unit, wanted);
        assert_int_equal(r.every, cases[k].every);
        assert_int_equal(r.absent, cases[k].absent);
        assert_int_equal(r.n_gaps, cases[k].gaps);
        assert_int_equal(r.moments, n);
        if (cases[k].gaps > 0) assert_true(fabs(r.gaps[0].steps - (cases[k].largest)) <= 1e-9);
    }
}

static void mixed_steps_take_the_more_frequent_one(void **state)
{
    (void)state;
    static double moments[MOST];
    date_rhythm r;
    const rhythm_case c = {halves, 101, NULL, 0, 0, 0, 0};
    assert_int_equal(date_rhythm_make(moments, moments_of(&c, moments), &r, NULL), PTG_OK);
    assert_true(fabs(r.regularity - (0.5)) <= 1e-9);
    assert_true(fabs(r.usual_step - (0.5 * DAY)) <= 1e-9);
}

/* A hole of 1,000 minutes in steps of 1 to 5 minutes. */
static void holes_of_irregular_moments(void **state)
{
    (void)state;
    static double moments[MOST];
    double at = MONDAY;
    date_rhythm r;
    for (int i = 0; i < 2000; ++i) {
        at += 60 + (i * 37 % 240) + (i == 1500 ? 60000 : 0);
        moments[i] = at;
    }
    assert_int_equal(date_rhythm_make(moments, 2000, &r, NULL), PTG_OK);
    assert_int_equal(r.unit, -1);
    assert_int_equal(r.n_gaps, 1);
    assert_true(fabs(r.gaps[0].from - (moments[1499])) <= 0);
    assert_true(fabs(r.gaps[0].to - (moments[1500])) <= 0);
}

static void seasons_count_cells(void **state)
{
    (void)state;
    static double moments[MOST];
    date_rhythm r;
    for (int i = 0; i < 800; ++i)
        moments[i] = daily(i / 2) + (i % 2) * 9 * 3600;
    assert_int_equal(date_rhythm_make(moments, 800, &r, NULL), PTG_OK);
    assert_true(r.has_weekdays && r.has_months && r.has_hours);
    assert_int_equal(r.weekdays[0], 2 * 58);
    assert_int_equal(r.weekdays[6], 2 * 57);
    assert_int_equal(r.hours[0], 400);
    assert_int_equal(r.hours[9], 400);
    assert_int_equal(r.months[1], 2 * (29 + 1)); /* February 2020, and the first of February 2021 */
    assert_int_equal(date_rhythm_make(moments, 20, &r, NULL), PTG_OK);
    assert_false(r.has_weekdays || r.has_months);
}

static void equal_moments_are_one(void **state)
{
    (void)state;
    const double moments[3] = {MONDAY, MONDAY, MONDAY};
    date_rhythm r;
    assert_int_equal(date_rhythm_make(moments, 3, &r, NULL), PTG_OK);
    assert_int_equal(r.moments, 1);
    assert_int_equal(r.weekdays[0], 3);
    assert_true(isnan(r.usual_step));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(periods),
        cmocka_unit_test(mixed_steps_take_the_more_frequent_one),
        cmocka_unit_test(holes_of_irregular_moments),
        cmocka_unit_test(seasons_count_cells),
        cmocka_unit_test(equal_moments_are_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

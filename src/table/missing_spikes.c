/* Numbers and days that stand for a missing value: of a shape that people choose for it (all nines, the limit of an integer,
 * the first day of an era), and apart from the other values in a way that no value of the column is. Most columns are done with
 * after one pass for their ends and a look at a sample of at most SAMPLE values. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "table/datetime.h"
#include "table/missing.h"

enum { SAMPLE = 4096 };
#define DAY 86400.0

/* Days since 1970-01-01 of the days that programs write where there is none. */
static const double empty_days[] = {
    -25567,  /* 1900-01-01 */
    -25568,  /* 1899-12-31 */
    -25569,  /* 1899-12-30 */
    0,       /* 1970-01-01 */
    -719162, /* 0001-01-01 */
    -79259,  /* 1753-01-01 */
    -134774, /* 1601-01-01 */
    -62091,  /* 1800-01-01 */
    2932896, /* 9999-12-31 */
    2932532, /* 9999-01-01 */
    47481,   /* 2099-12-31 */
    84005,   /* 2199-12-31 */
    376199,  /* 2999-12-31 */
    376200,  /* 3000-01-01 */
    -313433, /* 1111-11-11 */
};

/* None of them lies between 1970-01-01 and 2099-12-31, where nearly all dates do. */
bool missing_is_empty_day(double seconds)
{
    if (seconds >= DAY && seconds < 47481 * DAY) return false;
    double day = floor(seconds / DAY);
    for (size_t i = 0; i < sizeof empty_days / sizeof *empty_days; i++)
        if (day == empty_days[i]) return true;
    return false;
}

static bool is_limit(double v)
{
    return v == 2147483647.0 || v == -2147483648.0 || v == 32767 || v == -32768 || fabs(v) >= 9.2e18;
}

/* One digit, at least twice, 7, 8 or 9; also with .9 or .99 behind it. */
static bool is_repeated_digit(double v)
{
    char digits[NUMBER_TEXT_SIZE];
    int n = number_write(fabs(v), digits);
    if (n < 2 || n > 12 || digits[0] < '7' || digits[0] > '9') return false;
    int same = 0;
    for (int i = 0; i < n; i++) {
        if (digits[i] == '.' && i >= 2) continue;
        if (digits[i] != digits[0]) return false;
        same++;
    }
    return same >= 2;
}

static bool has_shape(double v, bool dates)
{
    if (dates) return missing_is_empty_day(v);
    return v == -1 || v == -9 || is_limit(v) || is_repeated_digit(v);
}

/* The values that are not set apart. */
typedef struct rest {
    double min, max;
    int64_t n;
} rest;

static int64_t times_of(const value_counts *v, int64_t i)
{
    return v->counts ? v->counts[i] : 1;
}

/* The value that spikes are told by: of dates their day. */
static double told_by(double value, bool dates)
{
    return dates ? floor(value / DAY) * DAY : value;
}

static bool is_apart(const missing_spike *apart, int n, double value)
{
    for (int k = 0; k < n; k++)
        if (apart[k].value == value) return true;
    return false;
}

static rest rest_of(const value_counts *v, bool dates, const missing_spike *apart, int n_apart)
{
    rest r = {.min = INFINITY, .max = -INFINITY};
    if (!n_apart && !v->counts) { /* the one pass that every column of numbers pays */
        for (int64_t i = 0; i < v->n; i++) {
            double value = v->values[i];
            bool finite = isfinite(value) != 0;
            r.min = finite && value < r.min ? value : r.min;
            r.max = finite && value > r.max ? value : r.max;
            r.n += finite;
        }
        return r;
    }
    for (int64_t i = 0; i < v->n; i++) {
        double value = v->values[i];
        if (!isfinite(value) || !times_of(v, i)) continue;
        if (n_apart && is_apart(apart, n_apart, told_by(value, dates))) continue;
        if (value < r.min) r.min = value;
        if (value > r.max) r.max = value;
        r.n += times_of(v, i);
    }
    return r;
}

static int64_t count_value(const value_counts *v, bool dates, double spike)
{
    int64_t n = 0;
    for (int64_t i = 0; i < v->n; i++)
        if (!isnan(v->values[i]) && told_by(v->values[i], dates) == spike) n += times_of(v, i);
    return n;
}

/* Cells of the rest in the tenth of its range next to the spike. */
static int64_t count_near(const value_counts *v, bool dates, const missing_spike *apart, int n_apart, const rest *r, bool above)
{
    double tenth = (r->max - r->min) / 10;
    int64_t n = 0;
    for (int64_t i = 0; i < v->n; i++) {
        double value = v->values[i];
        if (!isfinite(value) || is_apart(apart, n_apart, told_by(value, dates))) continue;
        if (above ? value >= r->max - tenth : value <= r->min + tenth) n += times_of(v, i);
    }
    return n;
}

typedef struct sampled {
    double value;
    int64_t times;
} sampled;

static int compare_sampled(const void *a, const void *b)
{
    double x = ((const sampled *)a)->value, y = ((const sampled *)b)->value;
    return (x > y) - (x < y);
}

/* The longest and second longest run of equal values in a sample, and how many different ones there are. */
typedef struct runs {
    double longest;
    int64_t first, second, all, distinct;
} runs;

static void take_run(runs *r, double value, int64_t times)
{
    r->distinct++;
    if (times > r->first) {
        r->second = r->first;
        r->first = times;
        r->longest = value;
    } else if (times > r->second) {
        r->second = times;
    }
}

static runs runs_of(const value_counts *v, bool dates)
{
    static const int64_t most = SAMPLE;
    sampled s[SAMPLE];
    int64_t n = 0, step = v->n / most + 1;
    for (int64_t i = 0; i < v->n && n < most; i += step)
        if (isfinite(v->values[i]) && times_of(v, i)) s[n++] = (sampled){told_by(v->values[i], dates), times_of(v, i)};
    qsort(s, (size_t)n, sizeof *s, compare_sampled);
    runs r = {0};
    for (int64_t i = 0; i < n;) {
        int64_t times = 0;
        double value = s[i].value;
        for (; i < n && s[i].value == value; i++)
            times += s[i].times;
        take_run(&r, value, times);
        r.all += times;
    }
    return r;
}

/* Moves what has the shape from the ends of the values to `apart`, and what stands out inside. */
static int set_apart(const value_counts *v, bool dates, const runs *sample, missing_spike *apart, rest *r)
{
    int n = 0;
    *r = rest_of(v, dates, apart, n);
    bool spike = sample->first * 100 >= sample->all && sample->first >= 20 * sample->second && sample->distinct >= 100;
    bool inside = spike && sample->longest > r->min && told_by(sample->longest, dates) < told_by(r->max, dates);
    if (inside && has_shape(sample->longest, dates)) apart[n++].value = sample->longest;
    while (n < MISSING_SPIKES && r->n) {
        double low = told_by(r->min, dates), high = told_by(r->max, dates);
        if (has_shape(high, dates) && high > low)
            apart[n++].value = high;
        else if (has_shape(low, dates) && high > low)
            apart[n++].value = low;
        else
            break;
        *r = rest_of(v, dates, apart, n);
    }
    for (int k = 0; k < n; k++)
        apart[k].count = count_value(v, dates, apart[k].value);
    return n;
}

/* What a decision sees. */
typedef struct scene {
    const value_counts *v;
    bool dates;
    const missing_spike *apart;
    int n_apart;
    rest rest;
    runs sample;
} scene;

static double gap_of(const scene *c, double value)
{
    return value > c->rest.max ? value - c->rest.max : c->rest.min - value;
}

/* At least 1 % of the cells, and five times what the next tenth of the range holds. */
static bool is_frequent(const scene *c, const missing_spike *s)
{
    if (s->count * 100 < c->rest.n) return false;
    return s->count >= 5 * count_near(c->v, c->dates, c->apart, c->n_apart, &c->rest, s->value > c->rest.max);
}

/* Ten times as frequent as any other value, where values hardly repeat. */
static bool is_lone(const scene *c, const missing_spike *s)
{
    return c->sample.longest == s->value && c->sample.distinct >= 50 && c->sample.first >= 10 * c->sample.second;
}

/* A rule's answer with its reason. */
static bool say(missing_spike *s, bool missing, const char *why)
{
    s->missing = missing;
    snprintf(s->reason, sizeof s->reason, "%s", why);
    return missing;
}

static bool are_whole(const value_counts *v)
{
    for (int64_t i = 0; i < v->n; i++)
        if (isfinite(v->values[i]) && v->values[i] != floor(v->values[i])) return false;
    return true;
}

/* -1 and -9 are near to many values: the only negative number, away from them or far more frequent than its neighbours. */
static bool decide_small(const scene *c, missing_spike *s)
{
    const rest *r = &c->rest;
    double range = r->max - r->min;
    if (r->min < 0 || (range < 2 && are_whole(c->v))) return say(s, false, "Other values are as small: it is one of them.");
    int64_t near = count_near(c->v, false, c->apart, c->n_apart, r, false);
    bool away = r->min >= 5 && r->min - s->value >= range / 20;
    bool spike = s->count * 100 >= r->n && (s->count >= 5 * near || !are_whole(c->v));
    if (s->count >= 2 && (away || spike))
        return say(s, true, "It is the only negative number, it repeats, and no other value is near.");
    return say(s, false, "It is next to the other values, and no more frequent than they are.");
}

static bool decide_number(const scene *c, missing_spike *s)
{
    double range = c->rest.max - c->rest.min, gap = gap_of(c, s->value);
    if (s->count < 2) return say(s, false, "It stands there once: one value does not make a mark.");
    if (range <= 0) return say(s, false, "There is one other value only, so that both may be values.");
    if (fabs(s->value) >= 1e15 || (is_limit(s->value) && gap > 99 * range))
        return say(s, true, "It is the limit of a number type, far outside of all other values.");
    if (s->value == -1 || s->value == -9) return decide_small(c, s);
    if (gap < 0) return say(s, true, "It repeats far more often than any other value of a column whose values hardly repeat.");
    if (gap >= 2 * range) return say(s, true, "It repeats, far outside of the range of all other values.");
    if (s->value < 0 && c->rest.min >= 0) return say(s, true, "It repeats, and is the only negative number.");
    if (gap >= range / 4 && is_frequent(c, s))
        return say(s, true, "It is a spike that stands apart from the range of all other values.");
    if (gap >= range / 10 && is_lone(c, s))
        return say(s, true, "It repeats far more often than any other value, apart from them.");
    return say(s, false, "It is not far enough from the other values to be told from one.");
}

static bool decide_day(const scene *c, missing_spike *s)
{
    double range = c->rest.max - c->rest.min, gap = gap_of(c, s->value);
    if (s->count < 2) return say(s, false, "It stands there once: one day does not make a mark.");
    if (range <= 0) return say(s, false, "There is one other day only, so that both may be dates.");
    if (gap < 0) return say(s, true, "It repeats far more often than any other day.");
    if (gap >= range && gap >= 365 * DAY) return say(s, true, "It repeats, far away from all other dates.");
    if (gap >= range / 50 && (is_frequent(c, s) || is_lone(c, s)))
        return say(s, true, "It is a spike at the end of the range of all other dates.");
    return say(s, false, "It is not far enough from the other dates to be told from one.");
}

/* A zero that stands apart below positive numbers is told of, but may be a quantity. */
static int note_zero(const value_counts *v, const rest *r, const runs *sample, missing_spike *apart, int n)
{
    if (n == MISSING_SPIKES || r->min != 0 || r->max <= 0 || sample->distinct < 20) return n;
    missing_spike with_zero[MISSING_SPIKES];
    memcpy(with_zero, apart, sizeof with_zero);
    with_zero[n].value = 0;
    rest positive = rest_of(v, false, with_zero, n + 1);
    int64_t count = count_value(v, false, 0);
    if (count < 2 || positive.max <= positive.min || positive.min < (positive.max - positive.min) / 20) return n;
    apart[n].value = 0;
    apart[n].count = count;
    say(&apart[n], false, "It stands apart below all other values, which are positive; it may be a quantity, or none at all.");
    return n + 1;
}

/* What is near to the rest, and does not count as missing, is a value like any other: nothing is told of it. */
static int drop_values(missing_spike *apart, int n, const rest *r)
{
    int kept = 0;
    double least = (r->max - r->min) / 4;
    for (int k = 0; k < n; k++) {
        double value = apart[k].value;
        bool near = value > r->min - least && value < r->max + least;
        if (apart[k].missing || (!near && apart[k].count > 1)) apart[kept++] = apart[k];
    }
    return kept;
}

int missing_find_spikes(const value_counts *v, bool dates, missing_spike out[MISSING_SPIKES])
{
    scene c = {.v = v, .dates = dates, .apart = out, .sample = runs_of(v, dates)};
    memset(out, 0, MISSING_SPIKES * sizeof *out);
    if (c.sample.distinct < 2) return 0;
    int n = c.n_apart = set_apart(v, dates, &c.sample, out, &c.rest);
    const rest inside = c.rest;
    for (int k = n - 1; k >= 0; k--) { /* from the inside: what is a value belongs to the rest of the outer ones */
        if (dates ? decide_day(&c, &out[k]) : decide_number(&c, &out[k])) continue;
        if (out[k].value < c.rest.min) c.rest.min = out[k].value;
        if (out[k].value > c.rest.max) c.rest.max = out[k].value;
    }
    n = drop_values(out, n, &inside);
    return dates ? n : note_zero(v, &c.rest, &c.sample, out, n);
}

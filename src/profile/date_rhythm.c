/* Distinct moments are looked at as numbers of seconds, and as numbers of months where all lie on one day of the month: months
 * are no fixed number of seconds. A step is regular when half of the steps are exactly that long; several steps that are
 * whole multiples of it are gaps, not other rhythms. */
#include "profile/date_rhythm.h"

#include <math.h>

#include "base/memory.h"
#include "profile/number_summary.h"
#include "table/datetime.h"

#define DAY 86400.0
#define LEAST_MOMENTS 8   /* fewer show no rhythm */
#define LEAST_REGULAR 0.5 /* of the steps */
#define GAP_STEPS 2       /* regular steps that make a gap: one moment is absent */
#define GAP_OVER_TAIL 3   /* irregular: over the 99th percentile of the steps; random arrivals hardly reach it */
#define GAPS_TAIL 0.99
#define LEAST_OF_TAIL 100  /* steps, for that percentile to be one */
#define LEAST_DAYS_WEEK 14 /* days of range for counts of weekdays */
#define LEAST_DAYS_YEAR 360

enum { SECOND, MINUTE, HOUR, OF_DAY, WEEKDAY, WEEK, MONTH, QUARTER, YEAR, N_UNITS };
const rhythm_unit rhythm_units[N_UNITS] = {
    [SECOND] = {"second", "every second"},
    [MINUTE] = {"minute", "every minute"},
    [HOUR] = {"hour", "hourly"},
    [OF_DAY] = {"day", "daily"},
    [WEEKDAY] = {"weekday", "daily, Monday to Friday"},
    [WEEK] = {"week", "weekly"},
    [MONTH] = {"month", "monthly"},
    [QUARTER] = {"quarter", "quarterly"},
    [YEAR] = {"year", "yearly"},
};

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static int64_t day_of(double seconds)
{
    return (int64_t)floor(seconds / DAY);
}

/* 0 = Monday; 1970-01-01 was a Thursday. */
static int weekday_of(int64_t day)
{
    return (int)(day + 3 - 7 * floor_div(day + 3, 7));
}

/* Month counted from year 0, and day of the month; false outside of years 0 ... 9999. */
static bool month_of(double seconds, int64_t *month, int *day)
{
    char iso[40];
    if (datetime_write(seconds, false, iso) < 10) return false;
    *month = ((iso[0] - '0') * 1000 + (iso[1] - '0') * 100 + (iso[2] - '0') * 10 + (iso[3] - '0')) * 12 + (iso[5] - '0') * 10 +
             (iso[6] - '0') - 1;
    *day = (iso[8] - '0') * 10 + iso[9] - '0';
    return true;
}

/* ---- what the cells are spread over */

static void count_seasons(const double *sorted, int64_t n, date_rhythm *out)
{
    const double days = (sorted[n - 1] - sorted[0]) / DAY;
    out->has_weekdays = days >= LEAST_DAYS_WEEK;
    out->has_months = days >= LEAST_DAYS_YEAR;
    for (int64_t i = 0, from = 0; i < n; ++i) {
        if (i + 1 < n && sorted[i + 1] == sorted[from]) continue;
        const int64_t day = day_of(sorted[from]), cells = i + 1 - from;
        int64_t month;
        int of_month;
        const double rest = sorted[from] - (double)day * DAY;
        out->weekdays[weekday_of(day)] += cells;
        if (month_of(sorted[from], &month, &of_month)) out->months[month % 12] += cells;
        out->hours[(int)(rest / 3600)] += cells;
        out->has_hours = out->has_hours || rest != 0;
        from = i + 1;
    }
}

/* ---- steps */

typedef struct step_work {
    const double *moments;
    int64_t n;      /* moments; n - 1 steps */
    double *places; /* of each moment on the scale that is looked at: seconds, weekdays, or months */
    double *sorted; /* steps on that scale, ascending */
} step_work;

static ptg_status sort_steps(step_work *w, ptg_error *err)
{
    for (int64_t i = 0; i + 1 < w->n; ++i)
        w->sorted[i] = w->places[i + 1] - w->places[i];
    return sort_numbers(w->sorted, w->n - 1, err);
}

/* The most frequent step, the smallest of several, and the share of the steps that are so. */
static double common_step(const step_work *w, double *share)
{
    double best = NAN;
    int64_t most = 0;
    for (int64_t i = 0, from = 0; i + 1 < w->n; ++i) {
        if (i + 2 < w->n && w->sorted[i + 1] == w->sorted[from]) continue;
        if (i + 1 - from > most) {
            most = i + 1 - from;
            best = w->sorted[from];
        }
        from = i + 1;
    }
    *share = (double)most / (double)(w->n - 1);
    return best;
}

/* The largest unit of a fixed length that fits into a step as a whole number of times. */
static bool name_step(double step, date_rhythm *out)
{
    static const struct {
        int32_t unit;
        double seconds;
    } fixed[] = {{WEEK, 7 * DAY}, {OF_DAY, DAY}, {HOUR, 3600}, {MINUTE, 60}, {SECOND, 1}};
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; ++i) {
        if (fmod(step, fixed[i].seconds) != 0) continue;
        out->unit = fixed[i].unit;
        out->every = (int64_t)(step / fixed[i].seconds);
        return true;
    }
    return false;
}

static void keep_gap(const step_work *w, int64_t i, double steps, date_rhythm *out)
{
    int32_t at = out->n_shown;
    ++out->n_gaps;
    while (at > 0 && steps > out->gaps[at - 1].steps)
        --at;
    if (at == RHYTHM_GAPS) return;
    if (out->n_shown < RHYTHM_GAPS) ++out->n_shown;
    for (int32_t k = out->n_shown - 1; k > at; --k)
        out->gaps[k] = out->gaps[k - 1];
    out->gaps[at] = (rhythm_gap){.from = w->moments[i], .to = w->moments[i + 1], .steps = steps};
}

/* Gaps on the scale of `places`, from `least` usual steps on; `regular`: what is absent in them is counted. */
static void find_gaps(const step_work *w, double step, double least, bool regular, date_rhythm *out)
{
    for (int64_t i = 0; i + 1 < w->n; ++i) {
        const double steps = (w->places[i + 1] - w->places[i]) / step;
        if (steps < least) continue;
        keep_gap(w, i, steps, out);
        if (regular) out->absent += (int64_t)ceil(steps) - 1;
    }
}

static ptg_status find_by_seconds(step_work *w, date_rhythm *out, bool *found, ptg_error *err)
{
    double share;
    for (int64_t i = 0; i < w->n; ++i)
        w->places[i] = w->moments[i];
    TRY(sort_steps(w, err));
    const double step = common_step(w, &share);
    *found = share >= LEAST_REGULAR && name_step(step, out);
    if (!*found) return PTG_OK;
    out->usual_step = step;
    out->regularity = share;
    find_gaps(w, step, GAP_STEPS, true, out);
    return PTG_OK;
}

/* Days without a Saturday and a Sunday among them, one a moment: Friday and Monday are neighbours. */
static ptg_status find_by_weekdays(step_work *w, date_rhythm *out, bool *found, ptg_error *err)
{
    double share;
    *found = false;
    for (int64_t i = 0; i < w->n; ++i) {
        const int64_t day = day_of(w->moments[i]), week = floor_div(day + 3, 7);
        if (w->moments[i] != (double)day * DAY || weekday_of(day) > 4) return PTG_OK;
        w->places[i] = (double)(5 * week + weekday_of(day));
    }
    TRY(sort_steps(w, err));
    if (common_step(w, &share) != 1 || share < LEAST_REGULAR) return PTG_OK;
    *found = true;
    out->unit = WEEKDAY;
    out->every = 1;
    out->usual_step = DAY;
    out->regularity = share;
    find_gaps(w, 1, GAP_STEPS, true, out);
    return PTG_OK;
}

/* One day of the month, or the last one, in every moment. */
static ptg_status find_by_months(step_work *w, date_rhythm *out, bool *found, ptg_error *err)
{
    static const struct {
        int32_t unit;
        double months;
    } named[] = {{YEAR, 12}, {QUARTER, 3}, {MONTH, 1}};
    double share;
    int first = 0;
    bool same = true, last = true;
    *found = false;
    for (int64_t i = 0; i < w->n; ++i) {
        int64_t month, next;
        int day, day_after;
        if (!month_of(w->moments[i], &month, &day) || !month_of(w->moments[i] + DAY, &next, &day_after)) return PTG_OK;
        if (i == 0) first = day;
        same = same && day == first;
        last = last && day_after == 1;
        w->places[i] = (double)month;
        if (!same && !last) return PTG_OK;
    }
    TRY(sort_steps(w, err));
    const double step = common_step(w, &share);
    if (share < LEAST_REGULAR || !(step >= 1)) return PTG_OK;
    *found = true;
    for (size_t k = 0; k < sizeof named / sizeof named[0] && out->every == 0; ++k) {
        if (fmod(step, named[k].months) != 0) continue;
        out->unit = named[k].unit;
        out->every = (int64_t)(step / named[k].months);
    }
    out->usual_step = step * 365.2425 / 12 * DAY;
    out->regularity = share;
    find_gaps(w, step, GAP_STEPS, true, out);
    return PTG_OK;
}

/* Irregular moments: a gap is far beyond the longest steps that are usual. */
static ptg_status find_holes(step_work *w, date_rhythm *out, ptg_error *err)
{
    for (int64_t i = 0; i < w->n; ++i)
        w->places[i] = w->moments[i];
    TRY(sort_steps(w, err));
    const int64_t steps = w->n - 1;
    out->usual_step = w->sorted[(steps - 1) / 2];
    if (steps < LEAST_OF_TAIL || !(out->usual_step > 0)) return PTG_OK;
    const double tail = w->sorted[(int64_t)(GAPS_TAIL * (double)(steps - 1))];
    find_gaps(w, out->usual_step, GAP_OVER_TAIL * tail / out->usual_step, false, out);
    return PTG_OK;
}

static ptg_status find_rhythm(step_work *w, date_rhythm *out, ptg_error *err)
{
    bool found = false;
    if (w->n >= LEAST_MOMENTS) TRY(find_by_months(w, out, &found, err));
    if (!found && w->n >= LEAST_MOMENTS) TRY(find_by_weekdays(w, out, &found, err));
    if (!found && w->n >= LEAST_MOMENTS) TRY(find_by_seconds(w, out, &found, err));
    return found ? PTG_OK : find_holes(w, out, err);
}

ptg_status date_rhythm_make(const double *sorted, int64_t n, date_rhythm *out, ptg_error *err)
{
    *out = (date_rhythm){.unit = -1, .usual_step = NAN, .regularity = NAN};
    if (n == 0) return PTG_OK;
    count_seasons(sorted, n, out);
    double *memory = mem_array(n, 3 * sizeof *memory);
    if (memory == NULL) return fail_memory(err);
    step_work w = {.moments = memory, .places = memory + n, .sorted = memory + 2 * n};
    for (int64_t i = 0; i < n; ++i) {
        if (i == 0 || sorted[i] != sorted[i - 1]) memory[w.n++] = sorted[i];
    }
    out->moments = w.n;
    const ptg_status status = w.n < 2 ? PTG_OK : find_rhythm(&w, out, err);
    mem_free(memory);
    return status;
}

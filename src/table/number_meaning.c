/* Evidence that whole numbers are dates or clock times. A sample of at most SAMPLE values proposes, all values decide.
 *   %Y%m%d     all are days of the calendar in 1900 ... 2100: by chance one in a few thousand numbers of eight digits is
 *   epoch      years 1990 ... 2040, and the column's name speaks of time, or (milliseconds) all are full seconds, or (seconds)
 * all are full minutes hhmm       0 ... 2400 with minutes below 60, in most of the sixty minutes and half of the hours; fewer
 * with a name that speaks of time */
#include "table/number_meaning.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "table/datetime.h"

enum { SAMPLE = 1024 };

/* The i-th number of a column, NaN where it is none; `times` takes how often it stands there. */
static double number_at(const raw_column *raw, int64_t i, char mark, int64_t *times)
{
    *times = 1;
    if (raw->kind == RAW_NUMBERS) return raw->numbers[i];
    double value;
    cell_traits traits;
    *times = raw->words.counts[i];
    return cell_number(raw->words.texts[i], mark, &value, &traits) ? value : NAN;
}

static int64_t count_of(const raw_column *raw)
{
    return raw->kind == RAW_NUMBERS ? raw->n_rows : raw->words.n;
}

static int64_t take_sample(const raw_column *raw, char mark, double out[SAMPLE])
{
    int64_t n = 0, all = count_of(raw), step = all / SAMPLE + 1, times;
    for (int64_t i = 0; i < all && n < SAMPLE; i += step) {
        double value = number_at(raw, i, mark, &times);
        if (isfinite(value)) out[n++] = value;
    }
    return n;
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int64_t number_sample_distinct(const raw_column *raw, char mark)
{
    double sample[SAMPLE];
    int64_t n = take_sample(raw, mark, sample), distinct = 0;
    qsort(sample, (size_t)n, sizeof *sample, compare_doubles);
    for (int64_t i = 0; i < n; i++)
        distinct += !i || sample[i] != sample[i - 1];
    return distinct;
}

static bool is_letter(char c)
{
    return (c | 32) >= 'a' && (c | 32) <= 'z';
}

/* The word stands in the name, not inside of a longer one where it is short ("ts" in "tsunami"). */
static bool names(text name, const char *word)
{
    int64_t size = (int64_t)strlen(word);
    for (int64_t at = 0; at + size <= name.size; at++) {
        if (!text_equal_folded((text){name.data + at, size}, word)) continue;
        bool starts = !at || !is_letter(name.data[at - 1]);
        bool ends = at + size == name.size || !is_letter(name.data[at + size]);
        if (size > 3 || (starts && ends)) return true;
    }
    return false;
}

static bool names_time(text name)
{
    static const char *const words[] = {"time", "date", "epoch", "unix", "created", "updated", "modified", "ts", "at", NULL};
    for (int i = 0; words[i]; i++)
        if (names(name, words[i])) return true;
    return false;
}

/* What all numbers, or a sample of them, are like as seconds or as HHMM. */
typedef struct evidence {
    int64_t n, compact, in_seconds, in_millis, full_minutes, full_seconds, clock;
    uint64_t minutes;
    uint32_t hours;
    double first;
    bool several;
} evidence;

static void weigh(evidence *e, double value, int64_t times)
{
    double seconds, minutes;
    e->n += times;
    e->several |= e->n > times && value != e->first;
    if (e->n == times) e->first = value;
    e->compact += (datetime_of_number(value, DATETIME_COMPACT, &seconds) && value >= 19000101 && value < 21010101) * times;
    e->in_seconds += (value >= 631152000 && value < 2208988800.0) * times;
    e->in_millis += (value >= 631152000e3 && value < 2208988800e3) * times;
    e->full_minutes += (fmod(value, 60) == 0) * times;
    e->full_seconds += (fmod(value, 1000) == 0) * times;
    if (!number_style_clock_digits(value, &minutes)) return;
    e->clock += times;
    e->minutes |= UINT64_C(1) << (int)fmod(value, 100);
    e->hours |= 1u << (int)(value / 100);
}

static bool nearly_all(int64_t part, int64_t whole)
{
    return whole && part * 100 >= whole * 99;
}

static number_meaning judge(const evidence *e, text name, int *family, const char **why)
{
    bool named = names_time(name);
    *family = -1;
    if (nearly_all(e->compact, e->n)) {
        *family = DATETIME_COMPACT;
        *why = "all are days of the calendar written as eight digits";
    } else if (nearly_all(e->in_millis, e->n) && (named || (e->several && nearly_all(e->full_seconds, e->n)))) {
        *family = DATETIME_MILLIS;
        *why = named ? "they lie in the years 1990 to 2040 as milliseconds since 1970, and the name speaks of time"
                     : "they are full seconds in the years 1990 to 2040 as milliseconds since 1970";
    } else if (nearly_all(e->in_seconds, e->n) && (named || (e->several && nearly_all(e->full_minutes, e->n)))) {
        *family = DATETIME_SECONDS;
        *why = named ? "they lie in the years 1990 to 2040 as seconds since 1970, and the name speaks of time"
                     : "they are full minutes in the years 1990 to 2040 as seconds since 1970";
    }
    if (*family >= 0) return NUMBERS_DATES;
    int minutes = __builtin_popcountll(e->minutes), hours = __builtin_popcount(e->hours);
    bool wide = minutes >= 40 && hours >= 12;
    if (e->clock * 1000 < e->n * 999 || !(wide || (names(name, "time") && minutes >= 10 && hours >= 5))) return NUMBERS_PLAIN;
    *why = "they are times of day written HHMM: no two last digits are over 59";
    return NUMBERS_CLOCK;
}

/* Cells that are no number do not count; sentinels such as 9999 among clock times may be one in a thousand. */
number_meaning number_meaning_find(const raw_column *raw, text name, char mark, int *family, const char **why)
{
    double sample[SAMPLE];
    int64_t n = take_sample(raw, mark, sample), times;
    evidence e = {0};
    for (int64_t i = 0; i < n; i++)
        weigh(&e, sample[i], 1);
    e.clock += e.n / 100; /* the sample only proposes */
    if (!n || judge(&e, name, family, why) == NUMBERS_PLAIN) return NUMBERS_PLAIN;
    e = (evidence){0};
    for (int64_t i = 0, all = count_of(raw); i < all; i++) {
        double value = number_at(raw, i, mark, &times);
        if (isfinite(value)) weigh(&e, value, times);
    }
    return judge(&e, name, family, why);
}

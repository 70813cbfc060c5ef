/* The date format of a column of texts. A sample of the different texts proposes formats, all texts decide. Where day and month
 * can be taken either way, the order of the rows may tell (dates that rise in one reading only), or a day that is always the
 * first; else the family that comes first is taken, and said to be ambiguous. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "table/datetime.h"
#include "table/raw.h"

enum { SAMPLE = 256, MOST_PROPOSED = 8 };

typedef struct date_count {
    int family;
    int64_t dates, others;
    int64_t falls; /* dates before the one in front of them, in the order of first appearance */
    double mixed;  /* differs where two readings of a column differ */
    datetime_details seen;
} date_count;

/* Digits, or a letter that begins an English month or weekday. */
static bool starts_like_date(text word)
{
    int64_t i = 0;
    while (i < word.size && word.data[i] == ' ')
        i++;
    if (i == word.size) return false;
    char c = word.data[i];
    return (c >= '0' && c <= '9') || strchr("JFMASONDTWjfmasondtw", c) != NULL;
}

static date_count count_dates(const dictionary *words, int family, int64_t step)
{
    date_count n = {.family = family};
    double last = -1e300, seconds;
    for (int64_t i = 0; i < words->n; i += step) {
        text word = words->texts[i];
        if (starts_like_date(word) && datetime_read(word, family, &seconds, &n.seen)) {
            n.dates += words->counts[i];
            n.falls += seconds < last;
            last = seconds;
            n.mixed += seconds * (double)(i % 1009 + 1);
        } else if (!missing_is_wide_token(word)) {
            n.others += words->counts[i];
        }
    }
    return n;
}

/* Families that read some of the sample, the best first. */
static int propose(const dictionary *words, date_count out[MOST_PROPOSED])
{
    int n = 0;
    int64_t step = words->n / SAMPLE + 1;
    for (int family = 0; family <= DATETIME_COMPACT; family++) {
        date_count found = count_dates(words, family, step);
        if (!found.dates || (n == MOST_PROPOSED && found.dates <= out[n - 1].dates)) continue;
        int at = n < MOST_PROPOSED ? n++ : n - 1;
        for (; at > 0 && out[at - 1].dates < found.dates; at--)
            out[at] = out[at - 1];
        out[at] = found;
    }
    return n;
}

static bool nearly_all(int64_t part, int64_t whole)
{
    return part * 100 >= whole * 99;
}

/* Cells that any of the formats reads. */
static int64_t count_like_dates(const dictionary *words, const date_count *proposed, int n)
{
    int64_t found = 0;
    for (int32_t i = 0; i < words->n && n; i++) {
        double seconds;
        bool read = false;
        for (int k = 0; k < n && !read && starts_like_date(words->texts[i]); k++)
            read = datetime_read(words->texts[i], proposed[k].family, &seconds, NULL);
        found += read * words->counts[i];
    }
    return found;
}

static int count_bits(uint32_t bits)
{
    return __builtin_popcount(bits);
}

/* The day is always the first, and months differ. */
static bool is_monthly(const date_count *n)
{
    return n->seen.days == 2 && count_bits(n->seen.months) >= 3;
}

/* Of two readings the one that something speaks for; `why` stays NULL where nothing does. */
static const date_count *choose_order(const date_count *first, const date_count *second, const char **why)
{
    *why = NULL;
    if (is_monthly(first) != is_monthly(second)) {
        *why = "the day is taken from the part that is always 1";
        return is_monthly(first) ? first : second;
    }
    if (!first->falls != !second->falls && first->dates + second->dates >= 6) {
        *why = "the dates rise from row to row in this order only";
        return first->falls ? second : first;
    }
    return first;
}

static void say_dates(const date_count *best, const char *twin, const char *why, type_verdict *out)
{
    out->type = COLUMN_DATETIME;
    out->family = best->family;
    datetime_format(best->family, best->seen, out->format);
    const char *zone = best->seen.zone ? "; times are taken to UTC" : "";
    int n = snprintf(out->reason, sizeof out->reason, "%" PRId64 " of %" PRId64 " values are dates of the format %s%s",
                     best->dates, best->dates + best->others, out->format, zone);
    size_t room = sizeof out->reason - (size_t)n;
    if (!twin)
        snprintf(out->reason + n, room, ".");
    else if (why)
        snprintf(out->reason + n, room, "; every one also reads as %s, but %s.", twin, why);
    else
        snprintf(out->reason + n, room, "; every one also reads as %s: if that is meant, give that format in the plan.", twin);
    if (twin && !why) snprintf(out->other_format, sizeof out->other_format, "%s", twin);
}

/* So few marks of missing values leave dates in the sample of texts that proposes formats. */
enum { MOST_MARKS = 100 };

bool types_say_dates(const raw_column *raw, type_verdict *out)
{
    if (raw->spoilt || !raw->n_dates || raw->words.n > MOST_MARKS) return false;
    const date_count all = {.family = DATETIME_ISO, .dates = raw->n_dates, .seen = raw->seen};
    say_dates(&all, NULL, NULL, out);
    out->n_like_dates = raw->n_dates;
    return true;
}

bool types_decide_dates(const dictionary *words, type_verdict *out)
{
    date_count proposed[MOST_PROPOSED];
    int n = propose(words, proposed);
    const date_count *best = NULL;
    date_count whole[MOST_PROPOSED];
    for (int k = 0; k < n; k++) {
        if (proposed[k].others * 10 > proposed[k].dates) continue;
        whole[k] = count_dates(words, proposed[k].family, 1);
        if (!nearly_all(whole[k].dates, whole[k].dates + whole[k].others)) continue;
        bool better =
            !best || whole[k].dates > best->dates || (whole[k].dates == best->dates && whole[k].family < best->family);
        if (better) best = &whole[k];
    }
    out->n_like_dates = best ? best->dates : count_like_dates(words, proposed, n);
    if (!best) return false;
    int twin = datetime_twin(best->family);
    date_count other = twin >= 0 ? count_dates(words, twin, 1) : (date_count){0};
    const char *why = NULL;
    bool either = twin >= 0 && other.dates == best->dates && best->mixed != other.mixed;
    const date_count *chosen = either ? choose_order(best, &other, &why) : best;
    const char *second = datetime_pattern(chosen == best ? (twin >= 0 ? twin : best->family) : best->family);
    say_dates(chosen, either ? second : NULL, why, out);
    return true;
}

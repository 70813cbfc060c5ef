/* The style of a column's numbers, from its distinct texts: how each is written apart from its digits is counted, then the
 * separators and the unit that read most of them are taken. */
#include <stdio.h>
#include <string.h>

#include "table/cell.h"
#include "table/datetime.h"
#include "table/measures.h"
#include "table/missing.h"
#include "table/number_affixes.h"
#include "table/number_style.h"

enum { MOST_UNITS = 12, MOST_MEASURES = 8, SURVEYED = 8192, SAMPLED = 512, N_SEPARATORS = 6 };

/* A text that follows the digits. */
typedef struct unit_count {
    text name;
    int64_t cells, words;
    bool apart;
} unit_count;

typedef struct survey {
    int64_t cells, shaped; /* but missing tokens; with the shape of a number */
    int64_t clocks, long_clocks, with_seconds;
    int64_t reads[N_SEPARATORS];
    int64_t followed; /* by anything but a currency, a percent sign or a plus */
    int64_t factors, sure_factors;
    bool priced; /* a currency stands somewhere */
    unit_count units[MOST_UNITS];
    int n_units;
    int64_t in_measure[MOST_MEASURES];
    double least[MOST_MEASURES];
    const char *least_unit[MOST_MEASURES];
    int least_digits, most_digits; /* of texts with separators */
    int64_t fractions;
} survey;

/* Mark and separator of a choice; the file's mark comes first. */
static void separators_of(int choice, char file_mark, char *mark, char *group)
{
    char other = file_mark == '.' ? ',' : '.';
    *mark = choice < 3 ? file_mark : other;
    *group = choice % 3 == 0 ? (choice < 3 ? other : file_mark) : choice % 3 == 1 ? ' ' : '\'';
}

static void count_unit(survey *s, text name, bool apart, int64_t times)
{
    int at = 0;
    while (at < s->n_units && !unit_is_same(s->units[at].name, name))
        at++;
    if (at == MOST_UNITS) return;
    if (at == s->n_units) s->units[s->n_units++].name = name;
    s->units[at].cells += times;
    s->units[at].words++;
    s->units[at].apart |= apart;
}

static void survey_after(survey *s, const number_parts *parts, int64_t times)
{
    text after = parts->after;
    bool lone = false;
    if (number_take_currency_after(&after)) s->priced = true;
    if (after.size && *after.data == '+') after = number_skip_blanks((text){after.data + 1, after.size - 1});
    if (!after.size || (after.size == 1 && *after.data == '%')) return;
    s->followed += times;
    text rest = after;
    bool factor = number_take_factor(&rest, &lone) > 0 && (!rest.size || text_equal_to(rest, "+"));
    s->factors += factor * times;
    s->sure_factors += (factor && (!lone || *after.data == 'M')) * times;
    count_unit(s, after, parts->apart, times);
    double value = 1, sum;
    for (int m = 0; m < measure_count(); m++)
        if (measure_sum(value, after, m, &sum, &s->least[m], &s->least_unit[m])) s->in_measure[m] += times;
}

static void survey_digits(survey *s, text digits, char file_mark, int64_t times)
{
    int n = 0;
    double value;
    for (int64_t i = 0; i < digits.size; i++)
        n += digits.data[i] >= '0' && digits.data[i] <= '9';
    if (n < digits.size) {
        if (!s->least_digits || n < s->least_digits) s->least_digits = n;
        if (n > s->most_digits) s->most_digits = n;
    }
    for (int k = 0; k < N_SEPARATORS; k++) {
        char mark, group;
        separators_of(k, file_mark, &mark, &group);
        if (number_digits(digits, mark, group, &value)) s->reads[k] += times;
    }
}

static void survey_word(survey *s, text word, int64_t times, char file_mark)
{
    int clock_parts;
    double seconds;
    number_parts parts;
    if (missing_is_wide_token(word)) return;
    s->cells += times;
    if (clock_read(word, true, &seconds, &clock_parts)) {
        s->long_clocks += times;
        s->clocks += clock_read(word, false, &seconds, &clock_parts) * times;
        s->with_seconds += (clock_parts == 3) * times;
    }
    if (!number_parts_of(word, &parts)) return;
    s->shaped += times;
    s->priced |= (parts.before & 1u << AFFIX_CURRENCY) != 0;
    survey_digits(s, parts.digits, file_mark, times);
    survey_after(s, &parts, times);
}

static bool nearly_all(int64_t part, int64_t whole)
{
    return part * 100 >= whole * 99;
}

static bool is_clock(const survey *s, number_style *out)
{
    if (!s->cells || !nearly_all(s->long_clocks, s->cells)) return false;
    if (!nearly_all(s->clocks, s->cells) && !s->with_seconds) return false; /* "75:30" alone may be a score */
    out->clock = CLOCK_TEXT;
    out->seconds = s->with_seconds > 0;
    strcpy(out->unit, out->seconds ? "seconds" : "minutes");
    return true;
}

/* The file's own mark wins where it reads nearly all; numbers of as many digits each in groups are phone numbers and the like.
 */
static bool choose_separators(const survey *s, char file_mark, number_style *out)
{
    int best = 0;
    for (int k = 1; k < N_SEPARATORS && !nearly_all(s->reads[best], s->shaped); k++)
        if (s->reads[k] > s->reads[best]) best = k;
    separators_of(best, file_mark, &out->mark, &out->group);
    bool even = s->least_digits == s->most_digits && s->most_digits >= (out->group == ' ' ? 7 : 10);
    return s->reads[best] > 0 && !(even && out->group != ',');
}

/* Letters that stand behind the digits of all: factors, units of one measure, or one unit. */
static bool choose_unit(const survey *s, number_style *out)
{
    const unit_count *main_unit = &s->units[0];
    for (int i = 1; i < s->n_units; i++)
        if (s->units[i].cells > main_unit->cells) main_unit = &s->units[i];
    bool single = s->n_units == 1 && main_unit->name.size == 1;
    bool factors = nearly_all(s->factors, s->followed) && (s->sure_factors || s->priced);
    if (factors) return out->factors = true;
    for (int m = measure_count() - 1; m >= 0 && !single; m--) {
        if (!nearly_all(s->in_measure[m], s->followed)) continue;
        out->measure = m;
        snprintf(out->unit, sizeof out->unit, "%s", s->least_unit[m]);
        return true;
    }
    if (!nearly_all(main_unit->cells, s->followed) || main_unit->name.size >= (int64_t)sizeof out->unit) return false;
    if (!measure_is_common_unit(main_unit->name) && !main_unit->apart && main_unit->words < 10) return false;
    for (int64_t i = 0; i < main_unit->name.size; i++)
        if (main_unit->name.data[i] >= '0' && main_unit->name.data[i] <= '9' && i < main_unit->name.size - 1) return false;
    snprintf(out->unit, sizeof out->unit, "%.*s", (int)main_unit->name.size, main_unit->name.data);
    return true;
}

static bool choose(const survey *s, char file_mark, number_style *out)
{
    *out = number_style_plain(file_mark);
    if (is_clock(s, out)) return true;
    if (!s->shaped || !choose_separators(s, file_mark, out)) return false;
    out->affixed = true;
    return !s->followed || choose_unit(s, out);
}

/* The first texts alone must show a style already, though not the same one: columns of other texts are left early. */
bool number_style_find(const dictionary *words, char file_mark, number_style *out)
{
    survey s = {0};
    int32_t step = words->n / SURVEYED + 1; /* of many words an even sample: the style is tried on all of them anyway */
    for (int32_t i = 0; i < words->n; i += step) {
        survey_word(&s, words->texts[i], words->counts[i], file_mark);
        if (i / step == SAMPLED && ((s.shaped * 2 < s.cells && s.long_clocks * 2 < s.cells) || !choose(&s, file_mark, out)))
            return false;
    }
    return choose(&s, file_mark, out);
}

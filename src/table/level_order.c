/* Levels with an order of their own: months, weekdays, sizes, degrees. A closed list of orders; a column has one where every
 * level stands in it. Names of several lengths and spellings share a place ("Sep", "Sept", "September"). ASCII case is ignored.
 */
#include <string.h>

#include "table/raw.h"

/* A place's names, separated by '|'. */
typedef struct order_row {
    const char *name;
    int32_t n_places;
    const char *places[12];
} order_row;

static const order_row orders[] = {
    {"months",
     12,
     {"jan|january", "feb|february", "mar|march", "apr|april", "may", "jun|june", "jul|july", "aug|august",
      "sep|sept|september", "oct|october", "nov|november", "dec|december"}},
    {"weekdays",
     7,
     {"mon|monday", "tue|tues|tuesday", "wed|weds|wednesday", "thu|thur|thurs|thursday", "fri|friday", "sat|saturday",
      "sun|sunday"}},
    {"sizes", 8, {"xxs", "xs|extra small", "s|small", "m|medium", "l|large", "xl|extra large", "xxl|2xl", "xxxl|3xl"}},
    {"degrees", 7, {"none", "very low", "low", "medium|moderate|middle|mid", "high", "very high", "extreme"}},
    {"agreement", 5, {"strongly disagree", "disagree", "neutral|neither agree nor disagree", "agree", "strongly agree"}},
    {"frequency", 5, {"never", "rarely|seldom", "sometimes|occasionally", "often|frequently", "always"}},
    {"grades", 5, {"very poor", "poor|bad", "fair|average", "good", "excellent|very good"}},
};
enum { N_ORDERS = sizeof orders / sizeof *orders };

static bool is_one_of(text level, const char *names)
{
    while (*names) {
        const char *end = strchr(names, '|');
        int64_t size = end ? end - names : (int64_t)strlen(names);
        char name[32];
        memcpy(name, names, (size_t)size);
        name[size] = '\0';
        if (text_equal_folded(level, name)) return true;
        names += size + (end != NULL);
    }
    return false;
}

static int32_t place_of(const order_row *order, text level)
{
    text bare = text_trim(level);
    if (bare.size > 31) return -1;
    for (int32_t i = 0; i < order->n_places; i++)
        if (is_one_of(bare, order->places[i])) return i;
    return -1;
}

/* All levels have a place, no place has two levels, and at least three places are taken: two words may be anything. */
static bool orders_all(const order_row *order, const text *levels, int32_t n)
{
    bool taken[12] = {false};
    if (n < 3 || n > order->n_places) return false;
    for (int32_t i = 0; i < n; i++) {
        int32_t place = place_of(order, levels[i]);
        if (place < 0 || taken[place]) return false;
        taken[place] = true;
    }
    return true;
}

const char *level_order_find(const text *levels, int32_t n)
{
    for (int i = 0; i < N_ORDERS; i++)
        if (orders_all(&orders[i], levels, n)) return orders[i].name;
    return "";
}

bool level_order_is_known(text name)
{
    for (int i = 0; i < N_ORDERS; i++)
        if (text_equal_to(name, orders[i].name)) return true;
    return !name.size;
}

int32_t column_level_rank(const column *c, int32_t level)
{
    if (level < 0 || level >= c->n_levels) return -1;
    for (int i = 0; i < N_ORDERS; i++)
        if (text_equal_to(c->order, orders[i].name)) return place_of(&orders[i], c->levels[level]);
    return -1;
}

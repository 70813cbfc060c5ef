/* Units that are converted into one another. A closed list, English names and symbols, ASCII case ignored unless the symbol
 * needs it. A year is 365.25 days, a month a twelfth of it, so that 12 months are a year exactly. */
#include "table/measures.h"

#include <string.h>

typedef struct unit_row {
    int measure;
    double size;
    const char *shown; /* as the unit of a column */
    const char *names; /* separated by '|' */
} unit_row;

enum { DURATION, MASS, LENGTH, DATA };
static const char *const measure_names[] = {"duration", "mass", "length", "data"};

/* Each measure from the smallest unit to the largest. */
static const unit_row units[] = {
    {DURATION, 1e-3, "milliseconds", "ms|msec|millisecond|milliseconds"},
    {DURATION, 1, "seconds", "s|sec|secs|second|seconds"},
    {DURATION, 60, "minutes", "m|min|mins|minute|minutes"},
    {DURATION, 3600, "hours", "h|hr|hrs|hour|hours"},
    {DURATION, 86400, "days", "d|day|days"},
    {DURATION, 604800, "weeks", "w|wk|wks|week|weeks"},
    {DURATION, 2629800, "months", "mo|mos|mth|mths|month|months"},
    {DURATION, 31557600, "years", "y|yr|yrs|year|years"},
    {MASS, 1e-6, "mg", "mg|milligram|milligrams"},
    {MASS, 1e-3, "g", "g|gr|gram|grams"},
    {MASS, 0.028349523125, "oz", "oz|ounce|ounces"},
    {MASS, 0.45359237, "lb", "lb|lbs|pound|pounds"},
    {MASS, 1, "kg", "kg|kgs|kilogram|kilograms|kilo|kilos"},
    {LENGTH, 1e-3, "mm", "mm|millimeter|millimeters|millimetre|millimetres"},
    {LENGTH, 1e-2, "cm", "cm|centimeter|centimeters|centimetre|centimetres"},
    {LENGTH, 0.0254, "inches", "in|inch|inches"},
    {LENGTH, 0.3048, "feet", "ft|foot|feet"},
    {LENGTH, 1, "m", "m|meter|meters|metre|metres"},
    {LENGTH, 1e3, "km", "km|kms|kilometer|kilometers|kilometre|kilometres"},
    {LENGTH, 1609.344, "miles", "mi|mile|miles"},
    {DATA, 1, "bytes", "byte|bytes"},
    {DATA, 1e3, "KB", "kb"},
    {DATA, 1e6, "MB", "mb"},
    {DATA, 1e9, "GB", "gb"},
    {DATA, 1e12, "TB", "tb"},
};
enum { N_UNITS = sizeof units / sizeof *units, N_MEASURES = sizeof measure_names / sizeof *measure_names };

/* Units that are a unit of their own beside those above: what makes even a few different numbers quantities. */
static const char common[] =
    "%|cc|bhp|hp|kw|kwh|mw|w|v|mah|hz|khz|mhz|ghz|l|ml|cl|kmpl|km/kg|kmph|km/h|kmh|mph|mpg|rpm|nm|sqft|"
    "sq ft|sq. ft|sqm|m2|ha|acre|acres|px|mp|kcal|cal|ppm|db|bps|mbps|pts|\xC2\xB0"
    "c|\xC2\xB0|m\xC2\xB2|usd|eur|gbp|chf|inr|years old|year old|bar|psi|lumen|watt|watts";

static bool is_in_list(text name, const char *names)
{
    while (*names) {
        const char *end = strchr(names, '|');
        size_t size = end ? (size_t)(end - names) : strlen(names);
        char one[32];
        memcpy(one, names, size);
        one[size] = '\0';
        if (text_equal_folded(name, one)) return true;
        names += size + (end != NULL);
    }
    return false;
}

bool measure_unit(text name, int measure, double *size, const char **shown)
{
    for (int i = 0; i < N_UNITS; i++) {
        if (units[i].measure != measure || !is_in_list(name, units[i].names)) continue;
        *size = units[i].size;
        *shown = units[i].shown;
        return true;
    }
    return false;
}

int measure_count(void)
{
    return N_MEASURES;
}

const char *measure_name(int measure)
{
    return measure_names[measure];
}

bool measure_is_common_unit(text name)
{
    double size;
    const char *shown;
    for (int m = 0; m < N_MEASURES; m++)
        if (measure_unit(name, m, &size, &shown)) return true;
    return is_in_list(name, common);
}

/* DateTimeVectorizer: fields of the calendar (UTC, proleptic Gregorian, ISO weeks) as numbers, or as sine and cosine of their
 * place in the cycle, 2 pi (x - low) / (1 + high - low); the year is always a number. As the class of that name in
 * sagemaker-scikit-learn-extension; epoch_days (days since 1970 with their fraction, a trend) is ours.
 * Days to dates by Howard Hinnant's civil_from_days. */
#include <math.h>
#include <string.h>

#include "transform/fitted.h"

enum { EXTRACT, MODE, IGNORE_CONSTANT };
enum { CYCLIC, ORDINAL };

typedef struct moment {
    int64_t year;
    int month, day, hour, minute, second; /* from 1, 1, 0, 0, 0 */
    int weekday, day_of_year;             /* Monday 1; from 1 */
    double epoch_days;
} moment;

typedef struct calendar_field {
    const char *name;
    int low, high; /* of the cycle; equal = no cycle */
    double (*of)(const moment *m);
} calendar_field;

static bool is_leap(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static double year_of(const moment *m)
{
    return (double)m->year;
}
static double month_of(const moment *m)
{
    return m->month;
}
static double day_of(const moment *m)
{
    return m->day;
}
static double hour_of(const moment *m)
{
    return m->hour;
}
static double minute_of(const moment *m)
{
    return m->minute;
}
static double second_of(const moment *m)
{
    return m->second;
}
static double weekday_of(const moment *m)
{
    return m->weekday;
}
static double day_of_year_of(const moment *m)
{
    return m->day_of_year;
}
static double quarter_of(const moment *m)
{
    return (m->month - 1) / 3 + 1;
}
static double epoch_days_of(const moment *m)
{
    return m->epoch_days;
}

/* Weekday of 31 December, Sunday 0 (Zeller's rule): a year has 53 weeks when it ends on a Thursday or the one before on a
 * Wednesday. */
static int64_t last_weekday(int64_t year)
{
    int64_t y = ((year % 400) + 400) % 400 + 400;
    return (y + y / 4 - y / 100 + y / 400) % 7;
}

static int weeks_in(int64_t year)
{
    return last_weekday(year) == 4 || last_weekday(year - 1) == 3 ? 53 : 52;
}

static double week_of_year_of(const moment *m)
{
    int week = (m->day_of_year - m->weekday + 10) / 7;
    if (week < 1) return weeks_in(m->year - 1);
    return week > weeks_in(m->year) ? 1 : week;
}

static const calendar_field fields[] = {
    {"weekday", 1, 7, weekday_of},
    {"year", 0, 0, year_of},
    {"hour", 0, 23, hour_of},
    {"minute", 0, 59, minute_of},
    {"second", 0, 59, second_of},
    {"month", 1, 12, month_of},
    {"week_of_year", 1, 53, week_of_year_of},
    {"day_of_month", 1, 31, day_of},
    {"day_of_year", 1, 366, day_of_year_of},
    {"quarter", 1, 4, quarter_of},
    {"epoch_days", 0, 0, epoch_days_of},
};
#define N_FIELDS ((int32_t)(sizeof fields / sizeof fields[0]))
#define N_DEFAULT_FIELDS 7

static const char *const modes[] = {"cyclic", "ordinal", NULL};

static const parameter parameters[] = {
    {.name = "extract",
     .type = PARAMETER_TEXTS,
     .standard = "null",
     .text = "Fields to take: weekday, year, hour, minute, second, month, week_of_year (these when null), day_of_month, "
             "day_of_year, "
             "quarter, epoch_days."},
    {.name = "mode",
     .type = PARAMETER_CHOICE,
     .standard = "\"cyclic\"",
     .choices = modes,
     .searched = true,
     .search_values = "[\"cyclic\", \"ordinal\"]",
     .text = "cyclic gives sine and cosine of each field, ordinal its number."},
    {.name = "ignore_constant_columns",
     .type = PARAMETER_BOOLEAN,
     .standard = "true",
     .min = 0,
     .max = 1,
     .text = "Leave out fields that have one value in training."},
};

typedef struct vectorizer {
    fitted base;
    bool cyclic;
    const int32_t *taken; /* n_columns x N_FIELDS, in the order of `fields`; 1 = goes out */
} vectorizer;

static int64_t floor_divide(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static void set_date(int64_t days, moment *m)
{
    int64_t z = days + 719468; /* from 0000-03-01 */
    int64_t era = floor_divide(z, 146097), day_of_era = z - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100); /* from 1 March */
    int64_t shifted = (5 * day + 2) / 153;
    m->day = (int)(day - (153 * shifted + 2) / 5 + 1);
    m->month = (int)(shifted < 10 ? shifted + 3 : shifted - 9);
    m->year = year_of_era + era * 400 + (m->month <= 2);
    m->day_of_year = (int)(shifted < 10 ? day + 60 + is_leap(m->year) : day - 305);
    m->weekday = (int)(days + 3 - floor_divide(days + 3, 7) * 7) + 1;
}

/* False for what is no moment: missing, or farther than a million years. */
static bool moment_of(double seconds, moment *m)
{
    if (!(fabs(seconds) <= 3.2e13)) return false;
    int64_t whole = (int64_t)floor(seconds);
    int64_t days = floor_divide(whole, 86400);
    int rest = (int)(whole - days * 86400);
    set_date(days, m);
    m->hour = rest / 3600;
    m->minute = rest / 60 % 60;
    m->second = rest % 60;
    m->epoch_days = seconds / 86400;
    return true;
}

static bool is_cycle(const vectorizer *s, const calendar_field *field)
{
    return s->cyclic && field->high > field->low;
}

/* Where the columns of one source column are written: `sine` holds the number itself where there is no cycle. */
typedef struct field_output {
    const calendar_field *field;
    double *sine, *cosine;
} field_output;

static ptg_status add_field(const vectorizer *s, const char *base, const calendar_field *field, matrix *out, field_output *to,
                            ptg_error *err)
{
    *to = (field_output){.field = field};
    if (!is_cycle(s, field)) return fitted_add_real(out, base, field->name, COLUMN_NUMERIC, &to->sine, err);
    char suffix[32];
    size_t size = strlen(field->name);
    memcpy(suffix, field->name, size);
    memcpy(suffix + size, "_sin", 5);
    TRY(fitted_add_real(out, base, suffix, COLUMN_NUMERIC, &to->sine, err));
    memcpy(suffix + size, "_cos", 5);
    return fitted_add_real(out, base, suffix, COLUMN_NUMERIC, &to->cosine, err);
}

static void put_field(const field_output *to, int64_t row, const moment *m)
{
    double value = m == NULL ? NAN : to->field->of(m);
    if (to->cosine == NULL) {
        to->sine[row] = value;
        return;
    }
    double angle = 2 * 3.14159265358979323846 * (value - to->field->low) / (1 + to->field->high - to->field->low);
    to->sine[row] = sin(angle);
    to->cosine[row] = cos(angle);
}

static ptg_status apply_column(const vectorizer *s, int32_t c, const double *seconds, int64_t n_rows, matrix *out,
                               ptg_error *err)
{
    field_output outputs[N_FIELDS];
    int32_t n = 0;
    for (int32_t f = 0; f < N_FIELDS; f++)
        if (s->taken[c * N_FIELDS + f]) TRY(add_field(s, s->base.names[c], &fields[f], out, &outputs[n++], err));
    for (int64_t i = 0; i < n_rows; i++) {
        moment m;
        bool known = moment_of(seconds[i], &m);
        for (int32_t k = 0; k < n; k++)
            put_field(&outputs[k], i, known ? &m : NULL);
    }
    return PTG_OK;
}

static ptg_status apply(const void *state, const matrix *columns, matrix *out, ptg_error *err)
{
    const vectorizer *s = state;
    TRY(fitted_check(&s->base, columns, FEATURE_REAL, err));
    for (int32_t c = 0; c < columns->n_features; c++)
        TRY(apply_column(s, c, columns->features[c].real, columns->n_rows, out, err));
    return PTG_OK;
}

static int32_t field_find(const char *name)
{
    for (int32_t f = 0; f < N_FIELDS; f++)
        if (strcmp(fields[f].name, name) == 0) return f;
    return -1;
}

static void choose_fields(const parameter_value *extract, int32_t chosen[N_FIELDS])
{
    for (int32_t f = 0; f < N_FIELDS; f++)
        chosen[f] = extract->is_null && f < N_DEFAULT_FIELDS;
    for (int64_t i = 0; i < extract->count && !extract->is_null; i++)
        chosen[field_find(extract->texts[i])] = 1;
}

/* Clears the fields that have no two values. */
static void drop_constant(const double *seconds, int64_t n_rows, int32_t *taken)
{
    double first[N_FIELDS];
    bool any = false, varies[N_FIELDS] = {false};
    for (int64_t i = 0; i < n_rows; i++) {
        moment m;
        if (!moment_of(seconds[i], &m)) continue;
        for (int32_t f = 0; f < N_FIELDS; f++) {
            if (!taken[f] || varies[f]) continue;
            double value = fields[f].of(&m);
            if (!any)
                first[f] = value;
            else
                varies[f] = value != first[f];
        }
        any = true;
    }
    for (int32_t f = 0; f < N_FIELDS; f++)
        taken[f] = taken[f] && varies[f];
}

static ptg_status check(const parameter_value *given, ptg_error *err)
{
    const parameter_value *extract = &given[EXTRACT];
    for (int64_t i = 0; i < extract->count && !extract->is_null; i++) {
        if (field_find(extract->texts[i]) >= 0) continue;
        text_shown_buffer shown;
        return fail(err, PTG_ERROR_USAGE,
                    "extract has no field '%s'; take weekday, year, hour, minute, second, month, week_of_year, "
                    "day_of_month, day_of_year, quarter or epoch_days.",
                    text_shown(text_of(extract->texts[i]), &shown));
    }
    return PTG_OK;
}

static ptg_status fit_state(void *state, const transform_fit_input *in, matrix *out, ptg_error *err)
{
    vectorizer *s = state;
    TRY(check(in->parameters, err));
    int32_t *taken = arena_array(s->base.memory, (int64_t)s->base.n_columns * N_FIELDS, sizeof *taken);
    if (taken == NULL) return fail_memory(err);
    s->cyclic = (int)in->parameters[MODE].number == CYCLIC;
    s->taken = taken;
    for (int32_t c = 0; c < s->base.n_columns; c++) {
        choose_fields(&in->parameters[EXTRACT], &taken[c * N_FIELDS]);
        if (in->parameters[IGNORE_CONSTANT].number != 0)
            drop_constant(in->columns->features[c].real, in->columns->n_rows, &taken[c * N_FIELDS]);
    }
    return apply(s, in->columns, out, err);
}

static void save(const void *state, bytes_writer *w)
{
    const vectorizer *s = state;
    fitted_save(&s->base, w);
    bytes_put_u8(w, s->cyclic);
    bytes_put_i32s(w, s->taken, (int64_t)s->base.n_columns * N_FIELDS);
}

static ptg_status load_state(void *state, bytes_reader *r, ptg_error *err)
{
    (void)err;
    vectorizer *s = state;
    s->cyclic = bytes_u8(r) != 0;
    int64_t n = 0;
    s->taken = bytes_i32s(r, s->base.memory, &n);
    if (n != (int64_t)s->base.n_columns * N_FIELDS) r->failed = true;
    return PTG_OK;
}

static const fitted_step step = {"DateTimeVectorizer", sizeof(vectorizer), fit_state, load_state};

static ptg_status fit(const transform_fit_input *in, void **state, matrix *out, ptg_error *err)
{
    return fitted_fit(&step, in, state, out, err);
}

static ptg_status load(bytes_reader *r, void **state, ptg_error *err)
{
    return fitted_load(&step, r, state, err);
}

const transformer date_time_vectorizer = {
    .name = "DateTimeVectorizer",
    .text = "Turns moments into fields of the calendar: weekday, hour, month and others, as cycles or as numbers.",
    .parameters = parameters,
    .n_parameters = sizeof parameters / sizeof parameters[0],
    .accepts = FEATURE_REAL,
    .accepts_types = 1u << COLUMN_DATETIME,
    .fit = fit,
    .apply = apply,
    .save = save,
    .load = load,
    .free = fitted_free,
    .check = check,
};

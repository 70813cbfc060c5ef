/* Parameters: a JSON object checked against a table of rows. What is absent takes the row's default, which is read by the same
 * code, so that a wrong default is found by the first test that reads it. */
#include "base/parameter.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"

/* Where a value stands, for messages. */
typedef struct place {
    const parameter *row;
    const char *path;
    arena *a;
    ptg_error *err;
} place;

static ptg_status refuse(const place *p, const char *must)
{
    return fail(p->err, PTG_ERROR_USAGE, "%s: '%s' must be %s.", p->path, p->row->name, must);
}

static bool is_bounded(const parameter *row)
{
    return row->min != 0 || row->max != 0;
}

static ptg_status check_bounds(const place *p, double value)
{
    const parameter *row = p->row;
    if (!is_bounded(row) || (value >= row->min && value <= row->max)) return PTG_OK;
    char low[NUMBER_TEXT_SIZE], high[NUMBER_TEXT_SIZE], got[NUMBER_TEXT_SIZE];
    number_write(row->min, low);
    number_write(row->max, high);
    number_write(value, got);
    if (row->max == INFINITY)
        return fail(p->err, PTG_ERROR_USAGE, "%s: '%s' must be at least %s, not %s.", p->path, row->name, low, got);
    if (row->min == -INFINITY)
        return fail(p->err, PTG_ERROR_USAGE, "%s: '%s' must be at most %s, not %s.", p->path, row->name, high, got);
    return fail(p->err, PTG_ERROR_USAGE, "%s: '%s' must lie between %s and %s, not be %s.", p->path, row->name, low, high, got);
}

static bool is_whole(double value)
{
    return value == floor(value) && fabs(value) <= 0x1p53;
}

static ptg_status read_number(const place *p, const json_t *value, double *out)
{
    bool whole = p->row->type == PARAMETER_INTEGER;
    if (!json_is_number(value)) return refuse(p, whole ? "a whole number" : "a number");
    *out = json_number_value(value);
    if (whole && !is_whole(*out)) return refuse(p, "a whole number");
    return check_bounds(p, *out);
}

static ptg_status copy_text(const place *p, const json_t *value, const char **out)
{
    *out = arena_text(p->a, json_string_value(value), json_string_length(value));
    return *out ? PTG_OK : fail_memory(p->err);
}

static ptg_status refuse_choice(const place *p, const char *got)
{
    char list[240] = "";
    size_t at = 0;
    text_nearness near = text_nearness_of(text_of(got));
    for (int i = 0; p->row->choices[i]; i++) {
        const char *choice = p->row->choices[i];
        text_nearness_try(&near, choice);
        if (at + strlen(choice) + 3 > sizeof list) continue;
        at += (size_t)snprintf(list + at, sizeof list - at, "%s%s", at ? ", " : "", choice);
    }
    text_shown_buffer shown;
    text_shown(text_of(got), &shown);
    if (near.best)
        return fail(p->err, PTG_ERROR_USAGE, "%s: '%s' must be one of %s, not '%s'; did you mean '%s'?", p->path, p->row->name,
                    list, shown.data, near.best);
    return fail(p->err, PTG_ERROR_USAGE, "%s: '%s' must be one of %s, not '%s'.", p->path, p->row->name, list, shown.data);
}

static ptg_status read_choice(const place *p, const json_t *value, parameter_value *out)
{
    if (!json_is_string(value)) return refuse(p, "a text");
    for (int i = 0; p->row->choices[i]; i++) {
        if (strcmp(p->row->choices[i], json_string_value(value)) != 0) continue;
        out->number = i;
        out->text = p->row->choices[i];
        return PTG_OK;
    }
    return refuse_choice(p, json_string_value(value));
}

static ptg_status read_texts(const place *p, const json_t *value, parameter_value *out)
{
    if (!json_is_array(value)) return refuse(p, "a list of texts");
    out->count = (int64_t)json_array_size(value);
    const char **texts = arena_array(p->a, out->count, sizeof *texts);
    if (!texts) return fail_memory(p->err);
    for (int64_t i = 0; i < out->count; i++) {
        const json_t *item = json_array_get(value, (size_t)i);
        if (!json_is_string(item)) return refuse(p, "a list of texts");
        TRY(copy_text(p, item, &texts[i]));
    }
    out->texts = texts;
    return PTG_OK;
}

static ptg_status read_numbers(const place *p, const json_t *value, parameter_value *out)
{
    if (!json_is_array(value) && !json_is_number(value)) return refuse(p, "a number or a list of numbers");
    out->count = json_is_array(value) ? (int64_t)json_array_size(value) : 1;
    double *numbers = arena_array(p->a, out->count, sizeof *numbers);
    if (!numbers) return fail_memory(p->err);
    for (int64_t i = 0; i < out->count; i++) {
        const json_t *item = json_is_array(value) ? json_array_get(value, (size_t)i) : value;
        if (!json_is_number(item)) return refuse(p, "a number or a list of numbers");
        numbers[i] = json_number_value(item);
        TRY(check_bounds(p, numbers[i]));
    }
    out->numbers = numbers;
    if (out->count == 1) out->number = numbers[0];
    return PTG_OK;
}

static ptg_status read_named(const place *p, const json_t *value, parameter_value *out)
{
    static const char must[] = "an object of whole numbers by name";
    if (!json_is_object(value)) return refuse(p, must);
    json_t *changeable = (json_t *)(uintptr_t)value;
    double *numbers = arena_array(p->a, (int64_t)json_object_size(value), sizeof *numbers);
    const char **names = arena_array(p->a, (int64_t)json_object_size(value), sizeof *names);
    if (!numbers || !names) return fail_memory(p->err);
    for (void *at = json_object_iter(changeable); at; at = json_object_iter_next(changeable, at), out->count++) {
        const char *name = json_object_iter_key(at);
        double number = json_number_value(json_object_iter_value(at));
        if (!json_is_number(json_object_iter_value(at)) || !is_whole(number)) return refuse(p, must);
        TRY(check_bounds(p, number));
        numbers[out->count] = number;
        names[out->count] = arena_text(p->a, name, json_object_iter_key_len(at));
        if (!names[out->count]) return fail_memory(p->err);
    }
    out->numbers = numbers;
    out->texts = names;
    return PTG_OK;
}

static ptg_status read_null(const place *p, parameter_value *out)
{
    if (strcmp(p->row->standard, "null") != 0)
        return fail(p->err, PTG_ERROR_USAGE, "%s: '%s' cannot be null; leave it out for its default, %s.", p->path,
                    p->row->name, p->row->standard);
    out->is_null = true;
    return PTG_OK;
}

static ptg_status read_value(const place *p, const json_t *value, parameter_value *out)
{
    if (json_is_null(value)) return read_null(p, out);
    switch (p->row->type) {
    case PARAMETER_INTEGER:
    case PARAMETER_REAL:
        return read_number(p, value, &out->number);
    case PARAMETER_BOOLEAN:
        if (!json_is_boolean(value)) return refuse(p, "true or false");
        out->number = json_is_true(value);
        return PTG_OK;
    case PARAMETER_CHOICE:
        return read_choice(p, value, out);
    case PARAMETER_TEXT:
        return json_is_string(value) ? copy_text(p, value, &out->text) : refuse(p, "a text");
    case PARAMETER_TEXTS:
        return read_texts(p, value, out);
    case PARAMETER_NUMBERS:
        return read_numbers(p, value, out);
    case PARAMETER_NAMED:
        return read_named(p, value, out);
    }
    return refuse(p, "of a known type");
}

static ptg_status read_standard(const place *p, parameter_value *out)
{
    json_t *value;
    TRY(json_read(text_of(p->row->standard), p->row->name, &value, p->err));
    ptg_status status = read_value(p, value, out);
    json_decref(value);
    return status;
}

static ptg_status refuse_unknown(const parameter *table, int32_t n, const char *name, const char *path, ptg_error *err)
{
    text_nearness near = text_nearness_of(text_of(name));
    for (int32_t i = 0; i < n; i++)
        text_nearness_try(&near, table[i].name);
    text_shown_buffer shown;
    text_shown(text_of(name), &shown);
    if (near.best)
        return fail(err, PTG_ERROR_USAGE, "%s: unknown parameter '%s'; did you mean '%s'?", path, shown.data, near.best);
    return fail(err, PTG_ERROR_USAGE, "%s: unknown parameter '%s'%s.", path, shown.data, n ? "" : "; there are none here");
}

static ptg_status check_names(const parameter *table, int32_t n, const json_t *object, const char *path, ptg_error *err)
{
    json_t *changeable = (json_t *)(uintptr_t)object;
    for (void *at = json_object_iter(changeable); at; at = json_object_iter_next(changeable, at))
        if (parameter_find(table, n, json_object_iter_key(at)) < 0)
            return refuse_unknown(table, n, json_object_iter_key(at), path, err);
    return PTG_OK;
}

ptg_status parameter_read(const parameter *table, int32_t n, const json_t *object, const char *path, arena *a,
                          parameter_value **out, ptg_error *err)
{
    *out = NULL;
    if (object && !json_is_object(object)) return fail(err, PTG_ERROR_USAGE, "%s must be an object of parameters.", path);
    TRY(check_names(table, n, object, path, err));
    parameter_value *values = arena_array(a, n, sizeof *values);
    if (!values) return fail_memory(err);
    for (int32_t i = 0; i < n; i++) {
        place p = {&table[i], path, a, err};
        const json_t *given = json_object_get(object, table[i].name);
        TRY(given ? read_value(&p, given, &values[i]) : read_standard(&p, &values[i]));
    }
    *out = values;
    return PTG_OK;
}

int32_t parameter_find(const parameter *table, int32_t n, const char *name)
{
    for (int32_t i = 0; i < n; i++)
        if (strcmp(table[i].name, name) == 0) return i;
    return -1;
}

static const char *const type_names[] = {
    [PARAMETER_INTEGER] = "integer", [PARAMETER_REAL] = "real",   [PARAMETER_BOOLEAN] = "boolean",
    [PARAMETER_CHOICE] = "choice",   [PARAMETER_TEXT] = "text",   [PARAMETER_TEXTS] = "texts",
    [PARAMETER_NUMBERS] = "numbers", [PARAMETER_NAMED] = "named",
};

/* Text of the table as a value; NULL when it is not JSON. */
static json_t *parse(const char *source)
{
    json_t *value;
    return json_read(text_of(source), "a row of a parameter table", &value, NULL) == PTG_OK ? value : NULL;
}

static json_t *choices_json(const parameter *row)
{
    json_t *list = json_array();
    for (int i = 0; row->choices[i]; i++)
        json_array_append_new(list, json_string(row->choices[i]));
    return list;
}

static json_t *whole_or_real(const parameter *row, double value)
{
    return (row->type == PARAMETER_INTEGER || row->type == PARAMETER_NAMED) && fabs(value) <= 0x1p53
               ? json_integer((json_int_t)value)
               : json_number(value);
}

static json_t *search_json(const parameter *row)
{
    if (!row->searched) return json_null();
    if (row->search_values) return json_pack("{s:o}", "values", parse(row->search_values));
    return json_pack("{s:o, s:o, s:s}", "min", whole_or_real(row, row->search_min), "max", whole_or_real(row, row->search_max),
                     "scale", row->log_scale ? "log" : "linear");
}

json_t *parameter_json(const parameter *row)
{
    bool numeric = row->type == PARAMETER_INTEGER || row->type == PARAMETER_REAL || row->type == PARAMETER_NUMBERS ||
                   row->type == PARAMETER_NAMED;
    bool bounded = numeric && is_bounded(row);
    return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:s, s:o}", "name", row->name, "type", type_names[row->type], "default",
                     parse(row->standard), "min", bounded ? whole_or_real(row, row->min) : json_null(), "max",
                     bounded ? whole_or_real(row, row->max) : json_null(), "choices",
                     row->type == PARAMETER_CHOICE ? choices_json(row) : json_null(), "text", row->text, "search",
                     search_json(row));
}

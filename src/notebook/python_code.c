/* Python literals from JSON. A value is first written on one line; when the line would be too long, containers are opened:
 * objects get a line a member, lists of scalars are filled, other lists get a line an item. */
#include "notebook/python_code.h"

#include <string.h>

enum { WIDTH = 100, STEP = 4 };

static void append_blanks(text_buffer *b, int n)
{
    for (int i = 0; i < n; i++)
        text_append(b, " ");
}

static void append_text(text_buffer *b, const char *data, size_t size)
{
    text_append_python(b, (text){data, (int64_t)size});
}

static void append_scalar(text_buffer *b, const json_t *value)
{
    if (json_is_string(value)) {
        append_text(b, json_string_value(value), json_string_length(value));
    } else if (json_is_integer(value)) {
        text_print(b, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    } else if (json_is_real(value)) {
        text_append_number(b, json_real_value(value));
    } else {
        text_append(b, json_is_true(value) ? "True" : json_is_false(value) ? "False" : "None");
    }
}

static void append_line(text_buffer *b, const json_t *value)
{
    size_t i;
    const char *key;
    json_t *item;
    if (json_is_array(value)) {
        text_append(b, "[");
        json_array_foreach(value, i, item)
        {
            if (i) text_append(b, ", ");
            append_line(b, item);
        }
        text_append(b, "]");
    } else if (json_is_object(value)) {
        bool first = true;
        text_append(b, "{");
        json_object_foreach((json_t *)value, key, item)
        {
            if (!first) text_append(b, ", ");
            first = false;
            append_text(b, key, strlen(key));
            text_append(b, ": ");
            append_line(b, item);
        }
        text_append(b, "}");
    } else {
        append_scalar(b, value);
    }
}

static bool only_scalars(const json_t *list)
{
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item)
    {
        if (json_is_array(item) || json_is_object(item)) return false;
    }
    return true;
}

static void append_new_line(text_buffer *b, int indent)
{
    text_append(b, "\n");
    append_blanks(b, indent);
}

/* As many scalars on a line as fit. */
static void append_filled(text_buffer *b, const json_t *list, int indent)
{
    size_t i;
    json_t *item;
    int64_t line = WIDTH;
    json_array_foreach(list, i, item)
    {
        text_buffer one = {0};
        append_scalar(&one, item);
        if (line + 2 + one.size > WIDTH) {
            append_new_line(b, indent + STEP);
            line = indent + STEP;
        } else {
            text_append(b, " ");
            line++;
        }
        text_append_span(b, (text){one.data, one.size});
        text_append(b, ",");
        line += one.size + 1;
        if (one.failed) b->failed = true;
        text_buffer_clear(&one);
    }
}

static void append_items(text_buffer *b, const json_t *list, int indent)
{
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item)
    {
        append_new_line(b, indent + STEP);
        python_append_value(b, item, indent + STEP, indent + STEP);
        text_append(b, ",");
    }
}

static void append_members(text_buffer *b, const json_t *object, int indent)
{
    const char *key;
    json_t *item;
    json_object_foreach((json_t *)object, key, item)
    {
        append_new_line(b, indent + STEP);
        int64_t before = b->size;
        append_text(b, key, strlen(key));
        text_append(b, ": ");
        python_append_value(b, item, indent + STEP, indent + STEP + (int)(b->size - before));
        text_append(b, ",");
    }
}

void python_append_value(text_buffer *b, const json_t *value, int indent, int column)
{
    text_buffer line = {0};
    append_line(&line, value);
    bool container = json_array_size(value) > 0 || json_object_size(value) > 0;
    if (line.failed) b->failed = true;
    if (!container || column + line.size + 1 <= WIDTH) {
        text_append_span(b, (text){line.size ? line.data : "", line.size});
    } else if (json_is_object(value)) {
        text_append(b, "{");
        append_members(b, value, indent);
        append_new_line(b, indent);
        text_append(b, "}");
    } else {
        text_append(b, "[");
        if (only_scalars(value)) {
            append_filled(b, value, indent);
        } else {
            append_items(b, value, indent);
        }
        append_new_line(b, indent);
        text_append(b, "]");
    }
    text_buffer_clear(&line);
}

/* "Linear" for "linear", "Logarithmic" for "log", "Auto" for "auto"; NULL for anything else. */
static const char *scaling_of(const char *scale)
{
    if (strcmp(scale, "linear") == 0) return "Linear";
    if (strcmp(scale, "log") == 0) return "Logarithmic";
    return strcmp(scale, "auto") == 0 ? "Auto" : NULL;
}

void python_append_range(text_buffer *b, const json_t *range, int indent, int column)
{
    const char *type = json_text_or(range, "type", ""), *scaling = scaling_of(json_text_or(range, "scale", ""));
    const json_t *low = json_object_get(range, "min"), *high = json_object_get(range, "max"),
                 *values = json_object_get(range, "values");
    bool integer = strcmp(type, "integer") == 0, continuous = strcmp(type, "continuous") == 0;
    if ((integer || continuous) && scaling && json_is_number(low) && json_is_number(high) && json_object_size(range) == 4) {
        text_append(b, integer ? "IntegerParameter(" : "ContinuousParameter(");
        append_scalar(b, low);
        text_append(b, ", ");
        append_scalar(b, high);
        text_print(b, ", scaling_type='%s')", scaling);
    } else if (strcmp(type, "categorical") == 0 && json_is_array(values) && json_object_size(range) == 2) {
        text_append(b, "CategoricalParameter(");
        python_append_value(b, values, indent, column + 21);
        text_append(b, ")");
    } else {
        python_append_value(b, range, indent, column);
    }
}

bool python_is_name(const char *name)
{
    if (!name[0] || (name[0] >= '0' && name[0] <= '9')) return false;
    for (const char *c = name; *c; c++) {
        bool letter = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || *c == '_';
        if (!letter && !(*c >= '0' && *c <= '9')) return false;
    }
    return true;
}

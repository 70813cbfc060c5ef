/* JSON on jansson: a strict reader, a writer of our own (shortest numbers, keys in order), and helpers for reading documents.
 */
#include "base/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"

ptg_status json_read(text t, const char *name, json_t **out, ptg_error *err)
{
    json_error_t error;
    *out = json_loadb(t.data ? t.data : "", (size_t)t.size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (*out) return PTG_OK;
    if (json_error_code(&error) == json_error_out_of_memory) return fail_memory(err);
    text_shown_buffer shown;
    return fail(err, PTG_ERROR_FORMAT, "%s is not valid JSON: line %d, column %d: %s.", name, error.line, error.column,
                text_shown(text_of(error.text), &shown));
}

ptg_status json_read_file(const char *path, json_t **out, ptg_error *err)
{
    char *data;
    int64_t size;
    *out = NULL;
    TRY(file_read(path, &data, &size, err));
    ptg_status status = json_read((text){data, size}, path, out, err);
    mem_free(data);
    return status;
}

/* What does not change while a value is written. */
typedef struct writer {
    text_buffer *b;
    int indent;
    bool sorted;
} writer;

static void write_value(const writer *w, const json_t *value, int depth);

static void write_string(text_buffer *b, const char *data, size_t size)
{
    text_append(b, "\"");
    size_t from = 0;
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)data[i];
        if (c >= 0x20 && c != '"' && c != '\\') continue;
        text_append_bytes(b, data + from, (int64_t)(i - from));
        from = i + 1;
        static const char plain[] = "\"\\\n\r\t\b\f", letters[] = "\"\\nrtbf";
        const char *found = c ? strchr(plain, c) : NULL;
        if (found)
            text_print(b, "\\%c", letters[found - plain]);
        else
            text_print(b, "\\u%04x", c);
    }
    text_append_bytes(b, data + from, (int64_t)(size - from));
    text_append(b, "\"");
}

static void break_line(const writer *w, int depth)
{
    static const char blanks[] = "                                ";
    if (w->indent <= 0) return;
    text_append(w->b, "\n");
    for (int64_t left = (int64_t)depth * w->indent, n; left > 0; left -= n) {
        n = left < 32 ? left : 32;
        text_append_bytes(w->b, blanks, n);
    }
}

static void write_array(const writer *w, const json_t *array, int depth)
{
    size_t n = json_array_size(array);
    text_append(w->b, "[");
    for (size_t i = 0; i < n; i++) {
        if (i) text_append(w->b, ",");
        break_line(w, depth + 1);
        write_value(w, json_array_get(array, i), depth + 1);
    }
    if (n) break_line(w, depth);
    text_append(w->b, "]");
}

typedef struct member {
    const char *key;
    const json_t *value;
} member;

static int compare_members(const void *a, const void *b)
{
    return strcmp(((const member *)a)->key, ((const member *)b)->key);
}

static void write_member(const writer *w, const member *m, bool first, int depth)
{
    if (!first) text_append(w->b, ",");
    break_line(w, depth);
    write_string(w->b, m->key, strlen(m->key));
    text_append(w->b, w->indent > 0 ? ": " : ":");
    write_value(w, m->value, depth);
}

static void write_object(const writer *w, const json_t *object, int depth)
{
    size_t n = json_object_size(object), i = 0;
    member *members = mem_array((int64_t)n, sizeof *members);
    if (!members) {
        w->b->failed = true;
        return;
    }
    json_t *changeable = (json_t *)(uintptr_t)object; /* jansson's iterators want it so; nothing is changed */
    for (void *at = json_object_iter(changeable); at; at = json_object_iter_next(changeable, at))
        members[i++] = (member){json_object_iter_key(at), json_object_iter_value(at)};
    if (w->sorted) qsort(members, n, sizeof *members, compare_members);
    text_append(w->b, "{");
    for (i = 0; i < n; i++)
        write_member(w, &members[i], i == 0, depth + 1);
    if (n) break_line(w, depth);
    text_append(w->b, "}");
    mem_free(members);
}

static void write_real(text_buffer *b, double value)
{
    if (isfinite(value))
        text_append_number(b, value);
    else
        text_append(b, "null");
}

static void write_value(const writer *w, const json_t *value, int depth)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        write_object(w, value, depth);
        break;
    case JSON_ARRAY:
        write_array(w, value, depth);
        break;
    case JSON_STRING:
        write_string(w->b, json_string_value(value), json_string_length(value));
        break;
    case JSON_INTEGER:
        text_print(w->b, "%lld", (long long)json_integer_value(value));
        break;
    case JSON_REAL:
        write_real(w->b, json_real_value(value));
        break;
    case JSON_TRUE:
        text_append(w->b, "true");
        break;
    case JSON_FALSE:
        text_append(w->b, "false");
        break;
    case JSON_NULL:
        text_append(w->b, "null");
        break;
    }
}

void json_write(text_buffer *b, const json_t *value, int indent, bool sorted)
{
    writer w = {b, indent, sorted};
    if (value)
        write_value(&w, value, 0);
    else
        b->failed = true; /* a value that could not be made for want of memory */
}

char *json_canonical(const json_t *value)
{
    text_buffer b = {0};
    json_write(&b, value, 0, true);
    return text_buffer_take(&b);
}

json_t *json_number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

json_t *json_text(text t)
{
    if (!t.data) return json_null();
    bool clean = text_is_utf8(t) && (t.size == 0 || !memchr(t.data, '\0', (size_t)t.size));
    if (clean) return json_stringn(t.data, (size_t)t.size);
    text_buffer b = {0};
    for (int64_t i = 0; i < t.size;) {
        uint32_t code;
        int size = text_decode(t, i, &code);
        if (size && code)
            text_append_bytes(&b, t.data + i, size);
        else
            text_append(&b, "\xef\xbf\xbd");
        i += size ? size : 1;
    }
    json_t *value = b.failed ? NULL : json_stringn_nocheck(b.data, (size_t)b.size);
    text_buffer_clear(&b);
    return value;
}

double json_number_value_or(const json_t *value, double otherwise)
{
    return json_is_number(value) ? json_number_value(value) : otherwise;
}

const char *json_text_or(const json_t *object, const char *key, const char *otherwise)
{
    const json_t *value = json_object_get(object, key);
    return json_is_string(value) ? json_string_value(value) : otherwise;
}

int64_t json_integer_or(const json_t *object, const char *key, int64_t otherwise)
{
    const json_t *value = json_object_get(object, key);
    return json_is_integer(value) ? json_integer_value(value) : otherwise;
}

double json_real_or(const json_t *object, const char *key, double otherwise)
{
    return json_number_value_or(json_object_get(object, key), otherwise);
}

bool json_bool_or(const json_t *object, const char *key, bool otherwise)
{
    const json_t *value = json_object_get(object, key);
    return json_is_boolean(value) ? json_is_true(value) : otherwise;
}

static const char *kind_name(json_type type)
{
    switch (type) {
    case JSON_OBJECT:
        return "an object";
    case JSON_ARRAY:
        return "an array";
    case JSON_STRING:
        return "a text";
    case JSON_INTEGER:
        return "an integer";
    case JSON_REAL:
        return "a number";
    case JSON_TRUE:
    case JSON_FALSE:
        return "true or false";
    default:
        return "null";
    }
}

static bool is_kind(const json_t *value, json_type type)
{
    if (type == JSON_REAL) return json_is_number(value);
    if (type == JSON_TRUE || type == JSON_FALSE) return json_is_boolean(value);
    return json_typeof(value) == type;
}

static ptg_status check_object(const json_t *object, const char *path, ptg_error *err)
{
    return json_is_object(object) ? PTG_OK : fail(err, PTG_ERROR_FORMAT, "%s must be an object.", path);
}

ptg_status json_only_keys(const json_t *object, const char *path, const char *const keys[], ptg_error *err)
{
    TRY(check_object(object, path, err));
    json_t *changeable = (json_t *)(uintptr_t)object;
    for (void *at = json_object_iter(changeable); at; at = json_object_iter_next(changeable, at)) {
        const char *key = json_object_iter_key(at);
        text_nearness near = text_nearness_of(text_of(key));
        int i = 0;
        for (; keys[i] && strcmp(keys[i], key) != 0; i++)
            text_nearness_try(&near, keys[i]);
        if (keys[i]) continue;
        text_shown_buffer shown;
        text_shown(text_of(key), &shown);
        if (near.best)
            return fail(err, PTG_ERROR_FORMAT, "%s: unknown key '%s'; did you mean '%s'?", path, shown.data, near.best);
        return fail(err, PTG_ERROR_FORMAT, "%s: unknown key '%s'.", path, shown.data);
    }
    return PTG_OK;
}

ptg_status json_member(const json_t *object, const char *path, const char *key, json_type type, json_t **out, ptg_error *err)
{
    *out = NULL;
    TRY(check_object(object, path, err));
    json_t *value = json_object_get(object, key);
    if (!value) return fail(err, PTG_ERROR_FORMAT, "%s/%s is missing; it must be %s.", path, key, kind_name(type));
    if (!is_kind(value, type)) return fail(err, PTG_ERROR_FORMAT, "%s/%s must be %s.", path, key, kind_name(type));
    *out = value;
    return PTG_OK;
}

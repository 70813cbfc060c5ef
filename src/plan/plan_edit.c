/* Setting one value of a plan: a dotted path (columns."emp.var.rate".type) or an RFC 6901 pointer (/columns/emp.var.rate/type).
 */
#include "plan/plan.h"

#include <string.h>

#include "base/json_patch.h"

static ptg_status bad_path(const char *path, const char *why, ptg_error *err)
{
    text_shown_buffer shown;
    return fail(err, PTG_ERROR_USAGE, "--set %s: %s.", text_shown(text_of(path), &shown), why);
}

/* a."b.c".d: a part in double quotes may hold dots. */
static ptg_status split_dotted(const char *path, arena *a, json_pointer *out, ptg_error *err)
{
    const char *at = path;
    for (;;) {
        if (out->n == JSON_POINTER_PARTS) return bad_path(path, "the path has too many parts", err);
        bool quoted = *at == '"';
        if (quoted) at++;
        size_t size = strcspn(at, quoted ? "\"" : ".");
        if (quoted && at[size] != '"') return bad_path(path, "a quote is not closed", err);
        if (!quoted && size == 0) return bad_path(path, "a part of the path is empty", err);
        if (!(out->part[out->n++] = arena_text(a, at, size))) return fail_memory(err);
        at += size + (quoted ? 1 : 0);
        if (*at == '\0') return PTG_OK;
        if (*at != '.') return bad_path(path, "a dot must follow a quoted part", err);
        at++;
    }
}

/* A value as typed on a command line: JSON where it reads as JSON, else the word itself. */
static json_t *read_value(const char *value)
{
    json_t *out = json_loads(value, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
    return out ? out : json_string(value);
}

static ptg_status put(json_t *parent, const char *part, const char *path, const char *value, ptg_error *err)
{
    json_t *item = read_value(value);
    if (!item) return bad_path(path, "the value is neither JSON nor UTF-8 text", err);
    if (json_is_object(parent)) {
        if (json_object_set_new(parent, part, item) != 0) return fail_memory(err);
        return PTG_OK;
    }
    int64_t place = json_array_place(parent, part);
    if (place < 0) {
        json_decref(item);
        return bad_path(path, "there is no such place in the plan", err);
    }
    if (json_array_set_new(parent, (size_t)place, item) != 0) return fail_memory(err);
    return PTG_OK;
}

static ptg_status set_parts(json_t *document, const json_pointer *parts, const char *path, const char *value, ptg_error *err)
{
    json_t *at = document;
    for (int i = 0; i + 1 < parts->n; i++) {
        json_t *next = NULL;
        if (json_is_object(at))
            next = json_object_get(at, parts->part[i]);
        else if (json_is_array(at) && json_array_place(at, parts->part[i]) >= 0)
            next = json_array_get(at, (size_t)json_array_place(at, parts->part[i]));
        if (!next) {
            text_shown_buffer shown;
            return fail(err, PTG_ERROR_USAGE, "--set: the plan has no '%s' on the path %s; look into plan.json for the names.",
                        text_shown(text_of(parts->part[i]), &shown), path);
        }
        at = next;
    }
    if (!json_is_object(at) && !json_is_array(at)) return bad_path(path, "there is no such place in the plan", err);
    return put(at, parts->part[parts->n - 1], path, value, err);
}

ptg_status plan_set(json_t *document, const char *path, const char *value, ptg_error *err)
{
    if (!*path) return bad_path(path, "the path is empty", err);
    arena *a = arena_new();
    if (!a) return fail_memory(err);
    json_pointer parts = {.n = 0};
    ptg_status status = *path == '/' ? json_pointer_read(path, a, &parts, err) : split_dotted(path, a, &parts, err);
    if (status != PTG_OK && *path == '/') fail_within(err, status, "--set");
    if (status == PTG_OK) status = set_parts(document, &parts, path, value, err);
    arena_free(a);
    return status;
}

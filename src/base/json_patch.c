/* JSON Patch: each operation finds its place by its pointer and changes the parent; the copy is given out only when all went
 * well. Operations: add, remove, replace, move, copy, test. */
#include "base/json_patch.h"

#include <string.h>

#include "base/number.h"

static ptg_status refuse(const char *pointer, const char *why, ptg_error *err)
{
    text_shown_buffer shown;
    return fail(err, PTG_ERROR_USAGE, "%s: %s.", text_shown(text_of(pointer), &shown), why);
}

static void unescape(char *part)
{
    char *to = part;
    for (const char *from = part; *from; from++) {
        if (*from == '~' && (from[1] == '0' || from[1] == '1'))
            *to++ = *++from == '0' ? '~' : '/';
        else
            *to++ = *from;
    }
    *to = '\0';
}

ptg_status json_pointer_read(const char *pointer, arena *a, json_pointer *out, ptg_error *err)
{
    out->n = 0;
    if (*pointer == '\0') return PTG_OK;
    if (*pointer != '/') return refuse(pointer, "a pointer begins with a slash", err);
    for (const char *at = pointer + 1;; at++) {
        size_t size = strcspn(at, "/");
        if (out->n == JSON_POINTER_PARTS) return refuse(pointer, "the path has too many parts", err);
        char *part = arena_text(a, at, size);
        if (!part) return fail_memory(err);
        unescape(part);
        out->part[out->n++] = part;
        at += size;
        if (*at == '\0') return PTG_OK;
    }
}

/* The number that a part is, or -1: digits without a leading zero, below `limit`. */
static int64_t place_below(const char *part, size_t limit)
{
    int64_t place;
    if (part[0] < '0' || part[0] > '9' || (part[0] == '0' && part[1] != '\0')) return -1;
    if (!number_read_integer(text_of(part), &place) || place >= (int64_t)limit) return -1;
    return place;
}

int64_t json_array_place(const json_t *array, const char *part)
{
    return place_below(part, json_array_size(array));
}

/* The value one step further, borrowed; NULL when there is none. */
static json_t *step_into(json_t *at, const char *part)
{
    if (json_is_object(at)) return json_object_get(at, part);
    int64_t place = json_is_array(at) ? json_array_place(at, part) : -1;
    return place < 0 ? NULL : json_array_get(at, (size_t)place);
}

/* One operation on the document, with its pointers read. */
typedef struct operation {
    json_t **document; /* a replaced root is put here */
    const char *path;
    json_pointer to;
    const char *from_path; /* move and copy */
    json_pointer from;
    json_t *value; /* borrowed; add, replace, test */
} operation;

static json_t *find(json_t *document, const json_pointer *pointer, int n_parts)
{
    json_t *at = document;
    for (int i = 0; at && i < n_parts; i++)
        at = step_into(at, pointer->part[i]);
    return at;
}

static ptg_status put_root(operation *o, json_t *value)
{
    json_t *old = *o->document;
    *o->document = json_incref(value);
    json_decref(old);
    return PTG_OK;
}

/* Puts `value` (borrowed) at the path: a new member, in place of an old one, or before an element ("-": at the end). */
static ptg_status put(operation *o, json_t *value, ptg_error *err)
{
    if (o->to.n == 0) return put_root(o, value);
    json_t *parent = find(*o->document, &o->to, o->to.n - 1);
    const char *last = o->to.part[o->to.n - 1];
    if (json_is_object(parent)) return json_object_set(parent, last, value) == 0 ? PTG_OK : fail_memory(err);
    if (!json_is_array(parent)) return refuse(o->path, "there is no such place", err);
    size_t size = json_array_size(parent);
    int64_t place = strcmp(last, "-") == 0 ? (int64_t)size : place_below(last, size + 1);
    if (place < 0) return refuse(o->path, "there is no such place", err);
    return json_array_insert(parent, (size_t)place, value) == 0 ? PTG_OK : fail_memory(err);
}

static ptg_status take_out(json_t *document, const json_pointer *pointer, const char *path, ptg_error *err)
{
    if (pointer->n == 0) return refuse(path, "the whole document cannot be removed", err);
    json_t *parent = find(document, pointer, pointer->n - 1);
    const char *last = pointer->part[pointer->n - 1];
    if (!parent || !step_into(parent, last)) return refuse(path, "there is no such place", err);
    if (json_is_object(parent))
        json_object_del(parent, last);
    else
        json_array_remove(parent, (size_t)json_array_place(parent, last));
    return PTG_OK;
}

static ptg_status op_add(operation *o, ptg_error *err)
{
    return put(o, o->value, err);
}

static ptg_status op_remove(operation *o, ptg_error *err)
{
    return take_out(*o->document, &o->to, o->path, err);
}

static ptg_status op_replace(operation *o, ptg_error *err)
{
    if (o->to.n == 0) return put_root(o, o->value);
    json_t *parent = find(*o->document, &o->to, o->to.n - 1);
    const char *last = o->to.part[o->to.n - 1];
    if (!parent || !step_into(parent, last)) return refuse(o->path, "there is no such place", err);
    int failed = json_is_object(parent) ? json_object_set(parent, last, o->value)
                                        : json_array_set(parent, (size_t)json_array_place(parent, last), o->value);
    return failed ? fail_memory(err) : PTG_OK;
}

static ptg_status op_test(operation *o, ptg_error *err)
{
    const json_t *found = find(*o->document, &o->to, o->to.n);
    if (!found) return refuse(o->path, "there is no such place", err);
    bool equal = json_is_number(found) && json_is_number(o->value) ? json_number_value(found) == json_number_value(o->value)
                                                                   : json_equal(found, o->value);
    if (equal) return PTG_OK;
    char *shown = json_canonical(found);
    if (!shown) return fail_memory(err);
    text_shown_buffer path, value;
    ptg_status status =
        fail(err, PTG_ERROR_USAGE, "%s is %s by now.", text_shown(text_of(o->path), &path), text_shown(text_of(shown), &value));
    mem_free(shown);
    return status;
}

static ptg_status op_copy(operation *o, ptg_error *err)
{
    json_t *found = find(*o->document, &o->from, o->from.n);
    if (!found) return refuse(o->from_path, "there is no such place", err);
    json_t *copy = json_deep_copy(found);
    if (!copy) return fail_memory(err);
    ptg_status status = put(o, copy, err);
    json_decref(copy);
    return status;
}

static bool is_within(const json_pointer *inner, const json_pointer *outer)
{
    if (inner->n <= outer->n) return false;
    for (int i = 0; i < outer->n; i++)
        if (strcmp(inner->part[i], outer->part[i]) != 0) return false;
    return true;
}

static ptg_status op_move(operation *o, ptg_error *err)
{
    json_t *found = find(*o->document, &o->from, o->from.n);
    if (!found) return refuse(o->from_path, "there is no such place", err);
    if (is_within(&o->to, &o->from)) return refuse(o->path, "a value cannot be moved into itself", err);
    json_incref(found);
    ptg_status status = take_out(*o->document, &o->from, o->from_path, err);
    if (status == PTG_OK) status = put(o, found, err);
    json_decref(found);
    return status;
}

static const struct operation_row {
    const char *name;
    bool takes_value, takes_from;
    ptg_status (*run)(operation *o, ptg_error *err);
} operation_rows[] = {
    {"add", true, false, op_add},   {"remove", false, false, op_remove}, {"replace", true, false, op_replace},
    {"test", true, false, op_test}, {"move", false, true, op_move},      {"copy", false, true, op_copy},
};

static const struct operation_row *find_row(const char *name)
{
    for (size_t i = 0; i < sizeof operation_rows / sizeof *operation_rows; i++)
        if (strcmp(operation_rows[i].name, name) == 0) return &operation_rows[i];
    return NULL;
}

static ptg_status run_operation(json_t **document, const json_t *written, arena *a, ptg_error *err)
{
    const struct operation_row *row = find_row(json_text_or(written, "op", ""));
    operation o = {.document = document,
                   .path = json_text_or(written, "path", NULL),
                   .from_path = json_text_or(written, "from", NULL),
                   .value = json_object_get(written, "value")};
    if (!row || !o.path || (row->takes_value && !o.value) || (row->takes_from && !o.from_path))
        return fail(err, PTG_ERROR_USAGE,
                    "An operation of the patch is none of RFC 6902: it needs op (add, remove, replace, move, copy or test), "
                    "path, and value or from.");
    TRY(json_pointer_read(o.path, a, &o.to, err));
    if (row->takes_from) TRY(json_pointer_read(o.from_path, a, &o.from, err));
    if (!row->takes_value) return row->run(&o, err);
    json_t *own = json_deep_copy(o.value); /* later operations may change what this one puts in */
    if (!own) return fail_memory(err);
    o.value = own;
    ptg_status status = row->run(&o, err);
    json_decref(own);
    return status;
}

ptg_status json_patch_apply(const json_t *document, const json_t *patch, json_t **out, ptg_error *err)
{
    *out = NULL;
    if (!json_is_array(patch)) return fail(err, PTG_ERROR_USAGE, "A patch is an array of operations (RFC 6902).");
    arena *a = arena_new();
    json_t *copy = json_deep_copy(document), *written;
    ptg_status status = a && copy ? PTG_OK : fail_memory(err);
    size_t i;
    json_array_foreach(patch, i, written)
    {
        if (status != PTG_OK) break;
        status = run_operation(&copy, written, a, err);
    }
    arena_free(a);
    if (status == PTG_OK)
        *out = copy;
    else
        json_decref(copy);
    return status;
}

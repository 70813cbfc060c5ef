/* Settings of the analysis. Each of the three lists is checked by one function a member; what equals the engine's own choice is
 * taken out again. */
#include "job/analysis_knobs.h"

#include <math.h>
#include <string.h>

#include "profile/finding.h"
#include "profile/profile.h"

enum { MOST_SAMPLE_ROWS = 100 };

json_t *knobs_new(void)
{
    return json_pack("{s:i, s:{}, s:{}, s:{}, s:{}}", "sample_rows", PROFILE_SAMPLE_ROWS, "thresholds", "types",
                     "missing_tokens", "formats");
}

static json_t *tokens_of(const column *c)
{
    json_t *out = json_array();
    for (int32_t i = 0; out && i < c->n_missing_tokens; i++) {
        if (json_array_append_new(out, json_text(c->missing_tokens[i])) != 0) {
            json_decref(out);
            return NULL;
        }
    }
    return out;
}

/* The engine's own value for a member of a list: new reference, NULL with *err set where the name or the value is wrong. */
typedef json_t *(*own_value)(const char *name, const json_t *value, const frame *found, ptg_error *err);

static json_t *own_threshold(const char *name, const json_t *value, const frame *found, ptg_error *err)
{
    (void)found;
    const finding_kind *kind = finding_find(name);
    text_shown_buffer shown;
    double number = json_number_value(value);
    if (!kind) {
        fail(err, PTG_ERROR_USAGE, "thresholds: there is no finding '%s'; `pilotage help` lists them.",
             text_shown(text_of(name), &shown));
        return NULL;
    }
    if (kind->fixed) {
        fail(err, PTG_ERROR_USAGE,
             "thresholds: what %s looks for has no threshold to set; `pilotage help %s` says how it is decided.", kind->id,
             kind->id);
        return NULL;
    }
    if (json_is_null(value) || (json_is_number(value) && isfinite(number))) return json_real(kind->threshold);
    fail(err, PTG_ERROR_USAGE, "thresholds: the threshold of %s must be a number.", kind->id);
    return NULL;
}

static const column *column_named(const char *name, const char *knob, const frame *found, ptg_error *err)
{
    int32_t at = frame_find(found, text_of(name));
    text_shown_buffer shown;
    if (at >= 0) return frame_column(found, at);
    fail(err, PTG_ERROR_USAGE, "%s: the table has no column '%s'; look at the spelling.", knob,
         text_shown(text_of(name), &shown));
    return NULL;
}

static json_t *own_type(const char *name, const json_t *value, const frame *found, ptg_error *err)
{
    column_type type;
    text_shown_buffer shown;
    const column *c = column_named(name, "types", found, err);
    if (!c) return NULL;
    if (json_is_null(value) || (json_is_string(value) && column_type_read(json_string_value(value), &type)))
        return json_string(column_type_names[c->type]);
    fail(err, PTG_ERROR_USAGE, "types: the type of '%s' must be numeric, categorical, text, datetime or sequence.",
         text_shown(text_of(name), &shown));
    return NULL;
}

static json_t *own_tokens(const char *name, const json_t *value, const frame *found, ptg_error *err)
{
    size_t i;
    json_t *token;
    text_shown_buffer shown;
    const column *c = column_named(name, "missing_tokens", found, err);
    bool right = json_is_null(value) || json_is_array(value);
    if (!c) return NULL;
    json_array_foreach(value, i, token) right = right && json_is_string(token);
    if (right) return tokens_of(c);
    fail(err, PTG_ERROR_USAGE, "missing_tokens: those of '%s' must be a list of texts.", text_shown(text_of(name), &shown));
    return NULL;
}

/* The format that was found; `value` itself where it says the same in other letters. */
static json_t *own_format(const char *name, const json_t *value, const frame *found, ptg_error *err)
{
    text_shown_buffer shown;
    bool turned = false;
    const column *c = column_named(name, "formats", found, err);
    if (!c) return NULL;
    if (!json_is_null(value) && !json_is_string(value)) {
        fail(err, PTG_ERROR_USAGE, "formats: the format of '%s' must be a text, such as \"%%d/%%m/%%Y\".",
             text_shown(text_of(name), &shown));
        return NULL;
    }
    if (c->type != COLUMN_DATETIME) {
        fail(err, PTG_ERROR_USAGE, "formats: column '%s' holds no dates; its type can be set in types.",
             text_shown(text_of(name), &shown));
        return NULL;
    }
    if (json_is_string(value) && column_order_read(c, text_of(json_string_value(value)), &turned, err) != PTG_OK) return NULL;
    return turned || json_is_null(value) ? json_text(c->format) : json_incref((json_t *)(uintptr_t)value);
}

static bool same_value(const json_t *a, const json_t *b)
{
    return json_is_number(a) && json_is_number(b) ? json_number_value(a) == json_number_value(b) : json_equal(a, b);
}

/* The lists, in the order of the documents. */
static const struct knob_list {
    const char *name;
    own_value own;
} LISTS[] = {{"thresholds", own_threshold}, {"types", own_type}, {"missing_tokens", own_tokens}, {"formats", own_format}};
enum { N_LISTS = sizeof LISTS / sizeof LISTS[0] };

static ptg_status merge_list(const struct knob_list *list, const json_t *changes, const frame *found, json_t *into,
                             ptg_error *err)
{
    const char *name;
    json_t *value;
    if (changes && !json_is_object(changes))
        return fail(err, PTG_ERROR_USAGE, "%s: give a dict of names and values.", list->name);
    json_object_foreach((json_t *)(uintptr_t)changes, name, value)
    {
        ptg_error wrong = {0};
        json_t *own = list->own(name, value, found, &wrong);
        if (!own) return wrong.status ? fail(err, wrong.status, "%s", wrong.message) : fail_memory(err);
        int failed = 0;
        if (json_is_null(value) || same_value(value, own)) {
            json_object_del(into, name);
        } else {
            failed = json_object_set(into, name, value);
        }
        json_decref(own);
        if (failed) return fail_memory(err);
    }
    return PTG_OK;
}

static ptg_status merge_sample(const json_t *value, json_t *into, ptg_error *err)
{
    if (!value) return PTG_OK;
    int64_t rows = json_is_null(value) ? PROFILE_SAMPLE_ROWS : json_is_integer(value) ? json_integer_value(value) : -1;
    if (rows < 0 || rows > MOST_SAMPLE_ROWS)
        return fail(err, PTG_ERROR_USAGE, "sample_rows must be a whole number from 0 to %d.", MOST_SAMPLE_ROWS);
    return json_object_set_new(into, "sample_rows", json_integer(rows)) == 0 ? PTG_OK : fail_memory(err);
}

ptg_status knobs_merge(const json_t *recorded, const json_t *changes, const frame *found, json_t **out, ptg_error *err)
{
    static const char *const keys[] = {"sample_rows", "thresholds", "types", "missing_tokens", "formats", NULL};
    ptg_status status = PTG_OK;
    json_t *merged = recorded ? json_deep_copy(recorded) : knobs_new();
    if (!merged) return fail_memory(err);
    if (!json_is_object(changes)) GO(fail(err, PTG_ERROR_USAGE, "The settings of the analysis are a JSON object."));
    if (json_only_keys(changes, "The settings of the analysis", keys, err) != PTG_OK) {
        if (err) err->status = PTG_ERROR_USAGE; /* the caller's own document */
        GO(PTG_ERROR_USAGE);
    }
    if (!json_object_get(merged, "formats")) json_object_set_new(merged, "formats", json_object()); /* of an older version */
    GO(merge_sample(json_object_get(changes, "sample_rows"), merged, err));
    for (int i = 0; i < N_LISTS; i++)
        GO(merge_list(&LISTS[i], json_object_get(changes, LISTS[i].name), found, json_object_get(merged, LISTS[i].name), err));
    *out = merged;
    return PTG_OK;
done:
    json_decref(merged);
    return status;
}

bool knobs_retype(const json_t *knobs)
{
    return json_object_size(json_object_get(knobs, "types")) > 0 ||
           json_object_size(json_object_get(knobs, "missing_tokens")) > 0 ||
           json_object_size(json_object_get(knobs, "formats")) > 0;
}

/* Puts the members of one list into {COLUMN: {key: value}}. */
static bool put_wishes(json_t *wishes, const json_t *list, const char *key)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)list, name, value)
    {
        if (!json_object_get(wishes, name) && json_object_set_new(wishes, name, json_object()) != 0) return false;
        if (json_object_set(json_object_get(wishes, name), key, value) != 0) return false;
    }
    return true;
}

/* A column of another type keeps its missing tokens, unless these are set too. */
static bool put_found_tokens(json_t *wishes, const frame *found)
{
    const char *name;
    json_t *wish;
    json_object_foreach(wishes, name, wish)
    {
        int32_t at = frame_find(found, text_of(name));
        if (at < 0 || json_object_get(wish, "missing_tokens")) continue;
        if (json_object_set_new(wish, "missing_tokens", tokens_of(frame_column(found, at))) != 0) return false;
    }
    return true;
}

ptg_status knobs_frame(const json_t *knobs, const frame *found, frame **out, ptg_error *err)
{
    json_t *wishes = json_object();
    bool made = wishes && put_wishes(wishes, json_object_get(knobs, "types"), "type") &&
                put_wishes(wishes, json_object_get(knobs, "missing_tokens"), "missing_tokens") &&
                put_wishes(wishes, json_object_get(knobs, "formats"), "format") && put_found_tokens(wishes, found);
    ptg_status status = made ? frame_retype(found, wishes, out, err) : fail_memory(err);
    json_decref(wishes);
    return status;
}

static json_t *thresholds_in_force(const json_t *knobs)
{
    json_t *out = json_object();
    for (int32_t i = 0; out && i < finding_count(); i++) {
        const finding_kind *kind = finding_at(i);
        if (kind->fixed) continue;
        json_t *set = json_object_get(json_object_get(knobs, "thresholds"), kind->id);
        json_object_set_new(out, kind->id, set ? json_incref(set) : json_number(kind->threshold));
    }
    return out;
}

static void describe_list(const struct knob_list *list, const json_t *knobs, const frame *found, json_t *changed)
{
    const char *name;
    json_t *value;
    json_object_foreach(json_object_get(knobs, list->name), name, value)
        json_array_append_new(changed, json_pack("{s:s, s:s, s:o, s:O}", "knob", list->name, "name", name, "found",
                                                 list->own(name, value, found, NULL), "now", value));
}

json_t *knobs_describe(const json_t *knobs, const frame *found)
{
    json_t *changed = json_array();
    int64_t rows = json_integer_or(knobs, "sample_rows", PROFILE_SAMPLE_ROWS);
    if (rows != PROFILE_SAMPLE_ROWS)
        json_array_append_new(changed, json_pack("{s:s, s:n, s:i, s:I}", "knob", "sample_rows", "name", "found",
                                                 PROFILE_SAMPLE_ROWS, "now", (json_int_t)rows));
    for (int i = 0; i < N_LISTS; i++)
        describe_list(&LISTS[i], knobs, found, changed);
    return json_pack("{s:I, s:o, s:o}", "sample_rows", (json_int_t)rows, "thresholds", thresholds_in_force(knobs), "changed",
                     changed);
}

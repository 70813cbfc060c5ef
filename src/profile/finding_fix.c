/* Fixes of findings: patches of plan.json by RFC 6902. What a `test` expects is what plan_make writes for the same facts. */
#include "profile/finding.h"

#include <string.h>

#include "evaluate/metrics.h"
#include "profile/profile_document.h"

#define FIX_FOLDS 5
#define FIX_FRACTION 0.2 /* of the rows, the last ones in time */

void finding_clear(finding *found)
{
    text_buffer_clear(&found->text);
    json_decref(found->fix);
    found->fix = NULL;
}

/* One operation; takes `value`. */
static void add(finding *found, const char *op, const char *pointer, json_t *value)
{
    if (found->fix == NULL) found->fix = json_array();
    json_t *row = json_object();
    profile_put(row, "op", json_string(op), &found->failed);
    profile_put(row, "path", json_text(text_of(pointer)), &found->failed);
    profile_put(row, "value", value, &found->failed);
    profile_append(found->fix, row, &found->failed);
}

void finding_fix_set(finding *found, const char *pointer, json_t *now, json_t *then)
{
    if (now != NULL) add(found, "test", pointer, now);
    add(found, "replace", pointer, then);
}

static void append_part(text_buffer *out, text part)
{
    text_append(out, "/");
    for (int64_t i = 0; i < part.size; ++i) {
        const char ch = part.data[i];
        if (ch == '~') {
            text_append(out, "~0");
        } else if (ch == '/') {
            text_append(out, "~1");
        } else {
            text_append_bytes(out, &ch, 1);
        }
    }
}

void finding_pointer(text_buffer *out, const char *first, text second, const char *third)
{
    append_part(out, text_of(first));
    append_part(out, second);
    if (third != NULL) append_part(out, text_of(third));
}

/* Like finding_fix_set, for a member of a column's object. */
static void set_of_column(finding *found, const finding_context *context, int32_t at, const char *member, json_t *now,
                          json_t *then)
{
    text_buffer pointer = {0};
    finding_pointer(&pointer, "columns", frame_column(context->f, at)->name, member);
    if (pointer.failed) {
        json_decref(now);
        json_decref(then);
        found->failed = true;
    } else {
        finding_fix_set(found, pointer.data, now, then);
    }
    text_buffer_clear(&pointer);
}

static void set_reason(finding *found, const finding_context *context, int32_t at, const char *why)
{
    set_of_column(found, context, at, "reason", NULL, json_text(text_of(why)));
}

static void set_role(finding *found, const finding_context *context, int32_t at, column_role role)
{
    const column_role now = context->facts->columns[at].role;
    set_of_column(found, context, at, "role", json_string(column_role_names[now]), json_string(column_role_names[role]));
}

void finding_fix_role(finding *found, const finding_context *context, int32_t at, column_role role, const char *why)
{
    set_role(found, context, at, role);
    set_reason(found, context, at, why);
}

void finding_fix_type(finding *found, const finding_context *context, int32_t at, column_type type, const char *why)
{
    const column_type now = frame_column(context->f, at)->type;
    set_of_column(found, context, at, "type", json_string(column_type_names[now]), json_string(column_type_names[type]));
    set_reason(found, context, at, why);
}

static json_t *token_list(const column *c, bool *failed)
{
    json_t *out = json_array();
    for (int32_t t = 0; t < c->n_missing_tokens; ++t)
        profile_append(out, json_text(c->missing_tokens[t]), failed);
    return out;
}

void finding_fix_missing(finding *found, const finding_context *context, int32_t at, const text *tokens, int32_t n,
                         const char *why)
{
    const column *c = frame_column(context->f, at);
    json_t *now = token_list(c, &found->failed), *then = token_list(c, &found->failed);
    for (int32_t t = 0; t < n; ++t)
        profile_append(then, json_text(tokens[t]), &found->failed);
    if (now == NULL) found->failed = true;
    set_of_column(found, context, at, "missing_tokens", now, then);
    set_reason(found, context, at, why);
}

static json_t *split_of(const column_facts *facts, column_role role, const char *why)
{
    json_t *out = json_object();
    bool failed = false;
    const int64_t groups = facts->statistics.distinct;
    profile_put(out, "kind", json_string(column_role_names[role]), &failed);
    if (role == ROLE_GROUP) {
        profile_put(out, "folds", json_integer(groups < FIX_FOLDS ? (json_int_t)groups : FIX_FOLDS), &failed);
    } else {
        profile_put(out, "folds", json_integer(1), &failed);
        profile_put(out, "fraction", json_real(FIX_FRACTION), &failed);
    }
    profile_put(out, "reason", json_text(text_of(why)), &failed);
    if (!failed) return out;
    json_decref(out);
    return NULL;
}

void finding_fix_split(finding *found, const finding_context *context, int32_t at, column_role role, const char *why)
{
    set_role(found, context, at, role);
    set_reason(found, context, at, why);
    finding_fix_set(found, "/validation", NULL, split_of(&context->facts->columns[at], role, why));
}

void finding_fix_objective(finding *found, const finding_context *context, const char *name)
{
    objective usual;
    if (context->facts->target < 0 || objective_read(NULL, context->facts->problem, &usual, NULL) != PTG_OK) return;
    finding_fix_set(found, "/objective", json_string(usual.metric->name), json_string(name));
}

void finding_fix_drop_duplicates(finding *found)
{
    finding_fix_set(found, "/rows/duplicates", json_string("keep"), json_string("drop"));
}

/* Begins a patch that changes nothing which it could test: the target must still be this one. */
static void test_target(finding *found, const finding_context *context)
{
    text_buffer pointer = {0};
    finding_pointer(&pointer, "columns", frame_column(context->f, context->facts->target)->name, "role");
    if (pointer.failed) {
        found->failed = true;
    } else {
        add(found, "test", pointer.data, json_string(column_role_names[ROLE_TARGET]));
    }
    text_buffer_clear(&pointer);
}

void finding_fix_leave_out(finding *found, const finding_context *context, const int64_t *rows, int64_t n)
{
    if (n > FINDING_FIX_ROWS || context->facts->target < 0) return;
    if (found->fix == NULL) test_target(found, context);
    for (int64_t i = 0; i < n; ++i)
        add(found, "add", "/rows/leave_out/-", json_integer(rows[i]));
}

void finding_fix_label(finding *found, const finding_context *context, text label, text read_as)
{
    if (context->facts->target < 0) return;
    if (found->fix == NULL) test_target(found, context);
    text_buffer pointer = {0};
    append_part(&pointer, text_of("rows"));
    append_part(&pointer, text_of("labels"));
    append_part(&pointer, label);
    if (pointer.failed) {
        found->failed = true;
    } else {
        add(found, "add", pointer.data, json_text(read_as));
    }
    text_buffer_clear(&pointer);
}

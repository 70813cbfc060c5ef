/* What a caller tells of columns, read from JSON: a model's schema, a plan's columns, or types by name. */
#include "table/raw.h"

ptg_status wish_of_type(const json_t *type, text name, column_wish *out, ptg_error *err)
{
    text_shown_buffer shown, shown_type;
    const char *told = json_string_value(type);
    if (!told) return fail(err, PTG_ERROR_USAGE, "The type of column '%s' must be a text.", text_shown(name, &shown));
    if (!column_type_read(told, &out->type))
        return fail(err, PTG_ERROR_USAGE, "Column '%s': '%s' is no type; use numeric, categorical, text, datetime or sequence.",
                    text_shown(name, &shown), text_shown(text_of(told), &shown_type));
    out->typed = true;
    return PTG_OK;
}

static ptg_status read_tokens(const json_t *tokens, text name, arena *a, column_wish *out, ptg_error *err)
{
    text_shown_buffer shown;
    size_t n = json_array_size(tokens);
    text *list = arena_array(a, (int64_t)n, sizeof *list);
    if (!list) return fail_memory(err);
    for (size_t i = 0; i < n; i++) {
        const json_t *token = json_array_get(tokens, i);
        if (!json_is_string(token))
            return fail(err, PTG_ERROR_USAGE, "Column '%s': missing_tokens must be a list of texts.", text_shown(name, &shown));
        list[i] = (text){json_string_value(token), (int64_t)json_string_length(token)};
    }
    out->with_tokens = true;
    out->tokens = list;
    out->n_tokens = (int32_t)n;
    return PTG_OK;
}

ptg_status wish_of_schema(const json_t *told, text name, arena *a, column_wish *out, ptg_error *err)
{
    text_shown_buffer shown;
    *out = (column_wish){0};
    if (!json_is_object(told))
        return fail(err, PTG_ERROR_USAGE, "Column '%s' must be an object with a type.", text_shown(name, &shown));
    const json_t *type = json_object_get(told, "type"), *tokens = json_object_get(told, "missing_tokens");
    const json_t *format = json_object_get(told, "format"), *origin = json_object_get(told, "levels_from");
    if (type) TRY(wish_of_type(type, name, out, err));
    if (tokens && !json_is_array(tokens))
        return fail(err, PTG_ERROR_USAGE, "Column '%s': missing_tokens must be a list of texts.", text_shown(name, &shown));
    if (tokens) TRY(read_tokens(tokens, name, a, out, err));
    if (json_is_string(format)) /* an empty one tells of plain numbers */
        out->format = (text){json_string_value(format), (int64_t)json_string_length(format)};
    if (json_is_string(origin)) {
        column_wish from = {0};
        TRY(wish_of_type(origin, name, &from, err));
        out->with_origin = true;
        out->origin = from.type;
    }
    return PTG_OK;
}

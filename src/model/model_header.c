/* The header of best.ptg: a JSON object with everything of a model but pipelines and predictors, and the description for
 * people. */
#include <math.h>
#include <string.h>

#include "model/model_file.h"

#define MOST_CLASSES 100000
#define MOST_MEMBERS 10000
#define MOST_FOLDS 10000

static const char *const header_keys[] = {"classes",           "engine",        "members", "objective", "positive_class",
                                          "probability_floor", "problem_type",  "schema",  "target",    "temperature",
                                          "threshold",         "training_rows", NULL};
static const char *const member_keys[] = {"folds", "name", "weight", NULL};

static json_t *write_classes(const model *m)
{
    json_t *out = json_array();
    for (int32_t i = 0; i < m->n_classes; i++)
        if (json_array_append_new(out, json_text(m->classes[i])) != 0) {
            json_decref(out);
            return NULL;
        }
    return out;
}

static json_t *write_members(const model *m)
{
    json_t *out = json_array();
    for (int32_t i = 0; i < m->n_members; i++) {
        const model_member *member = &m->members[i];
        json_t *one = json_pack("{s:o, s:o, s:i}", "name", json_text(text_of(member->name)), "weight",
                                json_number(member->weight), "folds", (int)member->n_folds);
        if (json_array_append_new(out, one) != 0) {
            json_decref(out);
            return NULL;
        }
    }
    return out;
}

json_t *model_header_write(const model *m)
{
    json_t *positive = m->positive >= 0 ? json_text(m->classes[m->positive]) : json_null();
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:o, s:o, s:O}", "problem_type", problem_names[m->problem],
                     "classes", write_classes(m), "positive_class", positive, "target", json_text(text_of(m->target)),
                     "objective", json_text(text_of(m->objective)), "threshold", json_number(m->threshold), "temperature",
                     json_number(m->temperature), "probability_floor", json_number(m->floor), "training_rows",
                     (json_int_t)m->n_training_rows, "engine", json_text(text_of(m->engine)), "members", write_members(m),
                     "schema", m->schema);
}

static ptg_status read_problem(const json_t *header, model *m, ptg_error *err)
{
    json_t *name = NULL;
    TRY(json_member(header, "the model's header: ", "problem_type", JSON_STRING, &name, err));
    for (int i = 0; i < 3; i++)
        if (strcmp(json_string_value(name), problem_names[i]) == 0) {
            m->problem = (problem_type)i;
            return PTG_OK;
        }
    return fail(err, PTG_ERROR_FORMAT, "the model's header: there is no such problem_type.");
}

/* A copy of a JSON text in the model's memory. */
static ptg_status take_text(model *m, const json_t *value, text *out, ptg_error *err)
{
    size_t size = json_string_length(value);
    const char *copy = arena_text(m->memory, json_string_value(value), size);
    if (!copy) return fail_memory(err);
    *out = (text){copy, (int64_t)size};
    return PTG_OK;
}

static ptg_status take_member_text(model *m, const json_t *object, const char *key, const char **out, ptg_error *err)
{
    json_t *value = NULL;
    text copy = {0};
    TRY(json_member(object, "the model's header: ", key, JSON_STRING, &value, err));
    TRY(take_text(m, value, &copy, err));
    if (strlen(copy.data) != (size_t)copy.size) return fail(err, PTG_ERROR_FORMAT, "the model's header: %s holds a NUL.", key);
    *out = copy.data;
    return PTG_OK;
}

static ptg_status read_classes(const json_t *header, model *m, ptg_error *err)
{
    json_t *list = NULL;
    TRY(json_member(header, "the model's header: ", "classes", JSON_ARRAY, &list, err));
    size_t n = json_array_size(list);
    if (n > MOST_CLASSES)
        return fail(err, PTG_ERROR_FORMAT, "the model's header: there are more than %d classes.", MOST_CLASSES);
    m->classes = arena_array(m->memory, (int64_t)n, sizeof *m->classes);
    if (!m->classes) return fail_memory(err);
    const json_t *positive = json_object_get(header, "positive_class");
    for (size_t i = 0; i < n; i++) {
        const json_t *label = json_array_get(list, i);
        if (!json_is_string(label)) return fail(err, PTG_ERROR_FORMAT, "the model's header: a class is no text.");
        TRY(take_text(m, label, &m->classes[i], err));
        if (positive && json_equal(label, positive)) m->positive = (int32_t)i;
    }
    m->n_classes = (int32_t)n;
    return PTG_OK;
}

static ptg_status read_member(const json_t *list, int32_t i, model *m, ptg_error *err)
{
    const json_t *one = json_array_get(list, (size_t)i);
    const char *name = NULL;
    if (!json_is_object(one)) return fail(err, PTG_ERROR_FORMAT, "the model's header: a member is no object.");
    TRY(json_only_keys(one, "the model's header: members", member_keys, err));
    TRY(take_member_text(m, one, "name", &name, err));
    int64_t folds = json_integer_or(one, "folds", 0);
    if (folds < 1 || folds > MOST_FOLDS)
        return fail(err, PTG_ERROR_FORMAT, "the model's header: a member has no usable number of folds.");
    return model_make_folds(m, i, name, json_real_or(one, "weight", -1), (int32_t)folds, err);
}

static ptg_status read_members(const json_t *header, model *m, ptg_error *err)
{
    json_t *list = NULL;
    TRY(json_member(header, "the model's header: ", "members", JSON_ARRAY, &list, err));
    size_t n = json_array_size(list);
    if (n < 1 || n > MOST_MEMBERS)
        return fail(err, PTG_ERROR_FORMAT, "the model's header: it needs 1 to %d members.", MOST_MEMBERS);
    TRY(model_make_members(m, (int32_t)n, err));
    for (int32_t i = 0; i < m->n_members; i++)
        TRY(read_member(list, i, m, err));
    return PTG_OK;
}

ptg_status model_header_read(const json_t *header, model *m, ptg_error *err)
{
    if (!json_is_object(header)) return fail(err, PTG_ERROR_FORMAT, "the model's header is no JSON object.");
    TRY(json_only_keys(header, "the model's header", header_keys, err));
    TRY(read_problem(header, m, err));
    TRY(read_classes(header, m, err));
    TRY(take_member_text(m, header, "target", &m->target, err));
    TRY(take_member_text(m, header, "objective", &m->objective, err));
    TRY(take_member_text(m, header, "engine", &m->engine, err));
    m->threshold = json_real_or(header, "threshold", NAN);
    m->temperature = json_real_or(header, "temperature", NAN);
    m->floor = json_real_or(header, "probability_floor", NAN);
    m->n_training_rows = json_integer_or(header, "training_rows", -1);
    json_t *schema = NULL;
    TRY(json_member(header, "the model's header: ", "schema", JSON_OBJECT, &schema, err));
    m->schema = json_incref(schema);
    return read_members(header, m, err);
}

static json_t *describe_columns(const model *m)
{
    json_t *out = json_array();
    for (int32_t i = 0; i < m->n_inputs; i++)
        json_array_append_new(out, json_pack("{s:o, s:s}", "name", json_text(text_of(m->inputs[i].name)), "type",
                                             column_type_names[m->inputs[i].type]));
    return out;
}

json_t *model_describe(const model *m)
{
    json_t *out = model_header_write(m), *columns = describe_columns(m);
    bool fine = out && columns && json_object_set(out, "columns", columns) == 0 && json_object_del(out, "schema") == 0;
    json_decref(columns);
    if (fine) return out;
    json_decref(out);
    return NULL;
}

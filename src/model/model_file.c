/* The model and its file: section 0 of the container is the header (canonical JSON), then one section a fold model, in order:
 * its pipeline and its predictor. */
#include "model/model_file.h"

#include <math.h>
#include <string.h>

#include "base/file.h"
#include "model/container.h"

model *model_new(void)
{
    arena *memory = arena_new();
    model *m = memory ? arena_array(memory, 1, sizeof *m) : NULL;
    if (!m) {
        arena_free(memory);
        return NULL;
    }
    *m = (model){.memory = memory,
                 .positive = -1,
                 .threshold = 0.5,
                 .temperature = 1,
                 .target = "",
                 .objective = "",
                 .engine = PTG_VERSION};
    return m;
}

void model_free(model *m)
{
    if (!m) return;
    for (int32_t i = 0; i < m->n_members; i++)
        for (int32_t j = 0; j < m->members[i].n_folds; j++) {
            pipeline_free(m->members[i].folds[j].steps);
            predictor_free(m->members[i].folds[j].learner);
        }
    json_decref(m->schema);
    arena_free(m->memory);
}

ptg_status model_make_members(model *m, int32_t n, ptg_error *err)
{
    m->members = arena_array(m->memory, n, sizeof *m->members);
    m->n_members = m->members ? n : 0;
    return m->members ? PTG_OK : fail_memory(err);
}

ptg_status model_make_folds(model *m, int32_t member, const char *name, double weight, int32_t n_folds, ptg_error *err)
{
    model_fold *folds = arena_array(m->memory, n_folds, sizeof *folds);
    const char *copy = arena_text(m->memory, name, strlen(name));
    if (!folds || !copy) return fail_memory(err);
    m->members[member] = (model_member){copy, weight, n_folds, folds};
    return PTG_OK;
}

double model_floor(int64_t n_training_rows, int32_t n_classes)
{
    double floor = 0.1 / (double)(n_training_rows > 0 ? n_training_rows : 1);
    return n_classes > 0 && floor * n_classes > 1 ? 1.0 / n_classes : floor;
}

static const json_t *schema_column(const model *m, const char *name)
{
    return json_object_get(json_object_get(m->schema, "columns"), name);
}

/* Adds a column that a pipeline reads to the model's, or checks that it is the same as before. */
static ptg_status add_input(model *m, const pipeline_column *c, ptg_error *err)
{
    text_shown_buffer shown;
    for (int32_t i = 0; i < m->n_inputs; i++)
        if (strcmp(m->inputs[i].name, c->name) == 0) {
            if (m->inputs[i].kind == c->kind && m->inputs[i].type == c->type) return PTG_OK;
            return fail(err, PTG_ERROR_FORMAT,
                        "The model does not hold together: its members read column '%s' as different types.",
                        text_shown(text_of(c->name), &shown));
        }
    const char *type = json_text_or(schema_column(m, c->name), "type", "");
    if ((int)c->type < 0 || c->type > COLUMN_SEQUENCE || strcmp(type, column_type_names[c->type]) != 0)
        return fail(err, PTG_ERROR_FORMAT,
                    "The model does not hold together: its schema lacks column '%s', or gives it another type.",
                    text_shown(text_of(c->name), &shown));
    m->inputs[m->n_inputs++] = *c;
    return PTG_OK;
}

static ptg_status check_fold(model *m, const model_member *member, const model_fold *fold, ptg_error *err)
{
    int32_t n_inputs = 0, n_features = 0, width = prediction_width(m->problem, m->n_classes);
    text_shown_buffer shown;
    if (fold->steps && fold->learner) {
        const pipeline_column *inputs = pipeline_inputs(fold->steps, &n_inputs);
        pipeline_features(fold->steps, &n_features);
        for (int32_t i = 0; i < n_inputs; i++)
            TRY(add_input(m, &inputs[i], err));
        if (predictor_n_features(fold->learner) == n_features && predictor_width(fold->learner) == width) return PTG_OK;
    }
    return fail(err, PTG_ERROR_FORMAT,
                "The model does not hold together: a predictor of '%s' does not fit its pipeline or the problem.",
                text_shown(text_of(member->name), &shown));
}

static int64_t count_inputs(const model *m)
{
    int64_t total = 0;
    for (int32_t i = 0; i < m->n_members; i++)
        for (int32_t j = 0; j < m->members[i].n_folds; j++) {
            int32_t n = 0;
            if (m->members[i].folds[j].steps) pipeline_inputs(m->members[i].folds[j].steps, &n);
            total += n;
        }
    return total;
}

static bool fits_problem(const model *m)
{
    bool binary = m->problem == PROBLEM_BINARY, classes = m->problem != PROBLEM_REGRESSION;
    if (binary ? m->n_classes != 2 : classes ? m->n_classes < 2 : m->n_classes != 0) return false;
    if (binary ? m->positive < 0 || m->positive > 1 : m->positive != -1) return false;
    return m->threshold >= 0 && m->threshold <= 1 && m->temperature > 0 && isfinite(m->temperature) && m->floor >= 0 &&
           m->floor * m->n_classes <= 1 + 1e-9 && m->n_training_rows >= 0;
}

static bool fits_members(const model *m)
{
    double sum = 0;
    for (int32_t i = 0; i < m->n_members; i++) {
        if (!(m->members[i].weight >= 0) || m->members[i].n_folds < 1 || !m->members[i].name) return false;
        sum += m->members[i].weight;
    }
    return sum > 0 && isfinite(sum);
}

ptg_status model_complete(model *m, ptg_error *err)
{
    if (!fits_problem(m))
        return fail(err, PTG_ERROR_FORMAT,
                    "The model does not hold together: classes, threshold, temperature or floor do not fit the problem.");
    if (!fits_members(m))
        return fail(err, PTG_ERROR_FORMAT,
                    "The model does not hold together: it needs members with folds and with weights above 0.");
    if (!json_is_object(json_object_get(m->schema, "columns")))
        return fail(err, PTG_ERROR_FORMAT, "The model does not hold together: it has no schema of its columns.");
    m->n_inputs = 0;
    m->inputs = arena_array(m->memory, count_inputs(m), sizeof *m->inputs);
    if (!m->inputs) return fail_memory(err);
    for (int32_t i = 0; i < m->n_members; i++)
        for (int32_t j = 0; j < m->members[i].n_folds; j++)
            TRY(check_fold(m, &m->members[i], &m->members[i].folds[j], err));
    return PTG_OK;
}

static int32_t count_folds(const model *m)
{
    int32_t n = 0;
    for (int32_t i = 0; i < m->n_members; i++)
        n += m->members[i].n_folds;
    return n;
}

/* One section a fold model, after the header. */
static ptg_status write_sections(const model *m, text_buffer *parts, text *sections, ptg_error *err)
{
    json_t *header = model_header_write(m);
    if (!header) return fail_memory(err);
    json_write(&parts[0], header, 0, true);
    json_decref(header);
    int32_t at = 1;
    for (int32_t i = 0; i < m->n_members; i++)
        for (int32_t j = 0; j < m->members[i].n_folds; j++, at++) {
            pipeline_save(m->members[i].folds[j].steps, &parts[at]);
            predictor_save(m->members[i].folds[j].learner, &parts[at]);
        }
    for (int32_t i = 0; i < at; i++) {
        TRY(text_buffer_check(&parts[i], err));
        sections[i] = (text){parts[i].data, parts[i].size};
    }
    return PTG_OK;
}

ptg_status model_save_bytes(const model *m, bytes_writer *out, ptg_error *err)
{
    int32_t n = 1 + count_folds(m);
    text_buffer *parts = mem_array(n, sizeof *parts);
    text *sections = mem_array(n, sizeof *sections);
    ptg_status status = parts && sections ? write_sections(m, parts, sections, err) : fail_memory(err);
    if (status == PTG_OK) status = container_write(sections, n, out, err);
    for (int32_t i = 0; parts && i < n; i++)
        text_buffer_clear(&parts[i]);
    mem_free(parts);
    mem_free(sections);
    return status;
}

ptg_status model_save(const model *m, const char *path, ptg_error *err)
{
    bytes_writer out = {0};
    ptg_status status = model_save_bytes(m, &out, err);
    if (status == PTG_OK) status = file_replace(path, out.data, out.size, err);
    text_buffer_clear(&out);
    return status;
}

static ptg_status read_fold(text section, model_fold *fold, ptg_error *err)
{
    bytes_reader r = bytes_reader_of(section.data, section.size);
    TRY(pipeline_load(&r, &fold->steps, err));
    TRY(predictor_load(&r, &fold->learner, err));
    TRY(bytes_check(&r, "fold model", err));
    if (r.at != r.size) return fail(err, PTG_ERROR_FORMAT, "The model is damaged: a fold model is longer than what it holds.");
    return PTG_OK;
}

static ptg_status read_model(const container *c, model *m, ptg_error *err)
{
    json_t *header = NULL;
    if (c->n < 1) return fail(err, PTG_ERROR_FORMAT, "The model is damaged: it has no header.");
    TRY(json_read(c->sections[0], "the model's header", &header, err));
    ptg_status status = model_header_read(header, m, err);
    json_decref(header);
    TRY(status);
    if (count_folds(m) != c->n - 1)
        return fail(err, PTG_ERROR_FORMAT, "The model is damaged: it has %d fold models where its header tells of %d.",
                    c->n - 1, count_folds(m));
    int32_t at = 1;
    for (int32_t i = 0; i < m->n_members; i++)
        for (int32_t j = 0; j < m->members[i].n_folds; j++)
            TRY(read_fold(c->sections[at++], &m->members[i].folds[j], err));
    return model_complete(m, err);
}

ptg_status model_open_bytes(const void *data, int64_t size, const char *name, model **out, ptg_error *err)
{
    *out = NULL;
    container c = {0};
    TRY(container_read(data, size, name, &c, err));
    model *m = model_new();
    text_shown_buffer shown;
    ptg_status status = m ? read_model(&c, m, err) : fail_memory(err);
    container_clear(&c);
    if (status == PTG_OK) {
        *out = m;
        return PTG_OK;
    }
    model_free(m);
    return status == PTG_ERROR_MEMORY ? status : fail_within(err, status, "'%s'", text_shown(text_of(name), &shown));
}

ptg_status model_load(const char *path, model **out, ptg_error *err)
{
    *out = NULL;
    file_map map;
    TRY(file_map_open(path, &map, err));
    ptg_status status = model_open_bytes(map.data, map.size, path, out, err);
    file_map_close(&map);
    return status;
}

/* A pipeline as bytes. Version, inputs with their levels, steps with places and state, features, dropped names. Reading checks
 * that every place exists when it is used. */
#include <string.h>

#include "model/pipeline_parts.h"

#define PIPELINE_VERSION 1

static void save_column(const pipeline_column *c, bytes_writer *w)
{
    bytes_put_text(w, text_of(c->name));
    bytes_put_u8(w, (uint8_t)c->kind);
    bytes_put_u8(w, (uint8_t)c->type);
    bytes_put_i32(w, c->n_levels);
}

static void save_step(const pipeline_step *step, bytes_writer *w)
{
    bytes_put_text(w, text_of(step->t->name));
    bytes_put_i32s(w, step->columns, step->n_columns);
    bytes_put_i32(w, step->n_results);
    bytes_writer state = {0};
    step->t->save(step->state, &state);
    bytes_put_block(w, state.data == NULL ? "" : state.data, state.size);
    if (state.failed) w->failed = true;
    text_buffer_clear(&state);
}

void pipeline_save(const pipeline *p, bytes_writer *w)
{
    bytes_put_i32(w, PIPELINE_VERSION);
    bytes_put_i64(w, p->n_inputs);
    for (int32_t i = 0; i < p->n_inputs; i++) {
        save_column(&p->inputs[i], w);
        text_index_save(&p->levels[i], w);
    }
    bytes_put_i64(w, p->n_steps);
    for (int32_t k = 0; k < p->n_steps; k++)
        save_step(&p->steps[k], w);
    bytes_put_i64(w, p->n_features);
    for (int32_t i = 0; i < p->n_features; i++) {
        save_column(&p->features[i], w);
        bytes_put_i32(w, p->places[i]);
    }
    bytes_put_i64(w, p->n_dropped);
    for (int32_t i = 0; i < p->n_dropped; i++)
        bytes_put_text(w, text_of(p->dropped[i]));
}

static ptg_status load_name(arena *a, bytes_reader *r, const char **out, ptg_error *err)
{
    text name = bytes_text(r);
    if (name.data == NULL) r->failed = true;
    *out = arena_text(a, name.data == NULL ? "" : name.data, name.data == NULL ? 0 : (size_t)name.size);
    return *out == NULL ? fail_memory(err) : PTG_OK;
}

static ptg_status load_column(arena *a, bytes_reader *r, pipeline_column *out, ptg_error *err)
{
    TRY(load_name(a, r, &out->name, err));
    uint8_t kind = bytes_u8(r), type = bytes_u8(r);
    out->n_levels = bytes_i32(r);
    bool known = kind == FEATURE_REAL || kind == FEATURE_CODED || kind == FEATURE_SPARSE || kind == FEATURE_TEXT;
    if (!known || type > COLUMN_SEQUENCE || out->n_levels < 0) r->failed = true;
    out->kind = (feature_kind)kind;
    out->type = r->failed ? COLUMN_NUMERIC : (column_type)type;
    return PTG_OK;
}

/* A count that fits 32 bits, of items of at least `least` bytes. */
static int32_t load_count(bytes_reader *r, int64_t least)
{
    int64_t n = bytes_count(r, least);
    if (n > INT32_MAX / 2) r->failed = true;
    return r->failed ? 0 : (int32_t)n;
}

static ptg_status load_inputs(pipeline *p, bytes_reader *r, ptg_error *err)
{
    p->n_inputs = load_count(r, 8);
    p->inputs = arena_array(p->memory, p->n_inputs, sizeof *p->inputs);
    p->levels = arena_array(p->memory, p->n_inputs, sizeof *p->levels);
    if (p->inputs == NULL || p->levels == NULL) return fail_memory(err);
    for (int32_t i = 0; i < p->n_inputs && !r->failed; i++) {
        TRY(load_column(p->memory, r, &p->inputs[i], err));
        text_index_init(&p->levels[i], p->memory);
        TRY(text_index_load(&p->levels[i], r, err));
    }
    return PTG_OK;
}

static ptg_status load_step(pipeline *p, int64_t *n_places, bytes_reader *r, ptg_error *err)
{
    pipeline_step step = {0};
    const char *name;
    TRY(load_name(p->memory, r, &name, err));
    int64_t n = 0;
    step.columns = bytes_i32s(r, p->memory, &n);
    step.n_results = bytes_i32(r);
    text block = bytes_block(r);
    step.t = transformer_find(name);
    if (step.t == NULL || n < 1 || n > INT32_MAX || step.n_results < 0 || step.n_results > INT32_MAX / 2) r->failed = true;
    for (int64_t c = 0; c < n && !r->failed; c++)
        if (step.columns[c] < 0 || step.columns[c] >= *n_places) r->failed = true;
    *n_places += step.n_results;
    if (*n_places > INT32_MAX / 2) r->failed = true;
    if (r->failed) return PTG_OK;
    step.n_columns = (int32_t)n;
    bytes_reader inner = bytes_reader_of(block.data, block.size);
    TRY(step.t->load(&inner, &step.state, err));
    p->steps[p->n_steps++] = step;
    if (inner.at != inner.size) r->failed = true;
    return PTG_OK;
}

static ptg_status load_features(pipeline *p, int64_t n_places, bytes_reader *r, ptg_error *err)
{
    p->n_features = load_count(r, 8);
    p->features = arena_array(p->memory, p->n_features, sizeof *p->features);
    int32_t *places = arena_array(p->memory, p->n_features, sizeof *places);
    if (p->features == NULL || places == NULL) return fail_memory(err);
    p->places = places;
    for (int32_t i = 0; i < p->n_features && !r->failed; i++) {
        TRY(load_column(p->memory, r, &p->features[i], err));
        places[i] = bytes_i32(r);
        if (places[i] < 0 || places[i] >= n_places || p->features[i].kind == FEATURE_TEXT) r->failed = true;
    }
    return PTG_OK;
}

static ptg_status load_dropped(pipeline *p, bytes_reader *r, ptg_error *err)
{
    p->n_dropped = load_count(r, 1);
    p->dropped = arena_array(p->memory, p->n_dropped, sizeof *p->dropped);
    if (p->dropped == NULL) return fail_memory(err);
    for (int32_t i = 0; i < p->n_dropped && !r->failed; i++)
        TRY(load_name(p->memory, r, &p->dropped[i], err));
    return PTG_OK;
}

static ptg_status load_parts(pipeline *p, bytes_reader *r, ptg_error *err)
{
    if (bytes_i32(r) != PIPELINE_VERSION && !r->failed)
        return fail(err, PTG_ERROR_FORMAT, "the pipeline is of a version that is not known; use the program that wrote it.");
    TRY(load_inputs(p, r, err));
    int32_t n = load_count(r, 8);
    int64_t n_places = p->n_inputs;
    p->steps = arena_array(p->memory, n, sizeof *p->steps);
    if (p->steps == NULL) return fail_memory(err);
    for (int32_t k = 0; k < n && !r->failed; k++)
        TRY(load_step(p, &n_places, r, err));
    TRY(load_features(p, n_places, r, err));
    TRY(load_dropped(p, r, err));
    return bytes_check(r, "the pipeline", err);
}

ptg_status pipeline_load(bytes_reader *r, pipeline **out, ptg_error *err)
{
    *out = NULL;
    arena *memory = arena_new();
    pipeline *p = memory == NULL ? NULL : arena_array(memory, 1, sizeof *p);
    if (p == NULL) {
        arena_free(memory);
        return fail_memory(err);
    }
    p->memory = memory;
    ptg_status status = load_parts(p, r, err);
    if (status == PTG_OK)
        *out = p;
    else
        pipeline_free(p);
    return status;
}

/* Proposals and keys of trials. */
#include "tune/trial.h"

#include <math.h>
#include <string.h>

#include "base/number.h"
#include "base/random.h"

/* Raised whenever the engine computes something differently: results under older keys are not read again. */
#define COMPUTATION_VERSION 2

static const plan_candidate baseline_candidate = {.name = "baseline", .pipeline = NULL, .enabled = true};

/* A number drawn from a range; whole numbers have equal shares on a linear scale. */
static json_t *draw(const plan_range *range, random_stream *r)
{
    if (range->values)
        return json_incref(json_array_get(range->values, (size_t)random_below(r, (int64_t)json_array_size(range->values))));
    double u = random_unit(r), low = range->min, high = range->max;
    if (range->integer && !range->log_scale)
        return json_integer((json_int_t)low + (json_int_t)random_below(r, (int64_t)(high - low) + 1));
    double value = range->log_scale ? exp(log(low) + u * (log(high) - log(low))) : low + u * (high - low);
    if (!range->integer) {
        /* Three digits are all that a search needs, and what a person can read. */
        double unit = value == 0 ? 1 : pow(10, floor(log10(fabs(value))) - 2);
        value = fmin(fmax(round(value / unit) * unit, low), high);
        char shown[NUMBER_TEXT_SIZE];
        double read;
        int size = number_write_short(value, 3, shown);
        if (number_read((text){shown, size}, &read) && read >= low && read <= high) value = read;
        return json_real(value);
    }
    return json_integer((json_int_t)fmin(fmax(round(value), low), high));
}

/* The value of one parameter as JSON, from its table's default. */
static json_t *standard_of(const parameter *row)
{
    return json_loads(row->standard, JSON_DECODE_ANY, NULL);
}

/* A default inside the range, which an edit may have moved away from it: the nearest bound, or the first value. A default of 0
 * below a log scale means "off" and stays. */
static json_t *inside(const plan_range *range, json_t *value)
{
    size_t i;
    json_t *other;
    if (range->values) {
        json_array_foreach(range->values, i, other) if (json_equal(other, value)) return json_incref(value);
        return json_incref(json_array_get(range->values, 0));
    }
    if (!json_is_number(value)) return range->integer ? json_integer((json_int_t)range->min) : json_real(range->min);
    double number = json_number_value(value), bound = fmin(fmax(number, range->min), range->max);
    if (number == bound || (number == 0 && range->log_scale)) return json_incref(value);
    return range->integer ? json_integer((json_int_t)bound) : json_real(bound);
}

static ptg_status fill_defaults(const plan_candidate *c, json_t *out, ptg_error *err)
{
    for (int32_t i = 0; i < c->n_ranges; i++) {
        const plan_range *range = &c->ranges[i];
        if (json_object_set_new(out, range->name, inside(range, json_object_get(out, range->name))) != 0)
            return fail_memory(err);
    }
    return PTG_OK;
}

static ptg_status fill_parameters(const plan *p, const plan_candidate *c, const algorithm *a, int64_t index, json_t *out,
                                  ptg_error *err)
{
    for (int32_t i = 0; i < a->n_parameters; i++)
        if (json_object_set_new(out, a->parameters[i].name, standard_of(&a->parameters[i])) != 0) return fail_memory(err);
    if (c->fixed && json_object_update(out, (json_t *)c->fixed) != 0) return fail_memory(err);
    if (index == 0) return fill_defaults(c, out, err);
    text_buffer b = {0};
    text_print(&b, "proposal/%s/%lld", c->name, (long long)index);
    char *purpose = text_buffer_take(&b);
    if (!purpose) return fail_memory(err);
    random_stream r = random_of(p->seed, purpose);
    mem_free(purpose);
    for (int32_t i = 0; i < c->n_ranges; i++)
        if (json_object_set_new(out, c->ranges[i].name, draw(&c->ranges[i], &r)) != 0) return fail_memory(err);
    return PTG_OK;
}

static ptg_status make_key(const plan *p, const task *t, const plan_candidate *c, const algorithm *a, trial_spec *out,
                           ptg_error *err)
{
    json_t *steps = c->steps ? json_incref((json_t *)c->steps) : json_array();
    json_t *document =
        json_pack("{s:i,s:s,s:s,s:s,s:o,s:s,s:O,s:s,s:I}", "computation", COMPUTATION_VERSION, "task", t->hash, "objective",
                  p->objective_name, "stopping", p->objective.stopping->name, "steps", steps, "algorithm", a->name,
                  "parameters", out->parameters, "library", a->version(), "seed", (json_int_t)p->seed);
    char *canonical = document ? json_canonical(document) : NULL;
    json_decref(document);
    if (!canonical) return fail_memory(err);
    hash_bytes(canonical, strlen(canonical), out->key);
    mem_free(canonical);
    return PTG_OK;
}

static ptg_status propose(const plan *p, const task *t, const plan_candidate *c, const algorithm *a, int64_t index,
                          trial_spec *out, ptg_error *err)
{
    *out = (trial_spec){.candidate = c, .index = index, .parameters = json_object()};
    if (!out->parameters) return fail_memory(err);
    ptg_status status = fill_parameters(p, c, a, index, out->parameters, err);
    if (status == PTG_OK) status = make_key(p, t, c, a, out, err);
    if (status != PTG_OK) trial_spec_clear(out);
    return status;
}

ptg_status trial_propose(const plan *p, const task *t, const plan_candidate *c, int64_t index, trial_spec *out, ptg_error *err)
{
    return propose(p, t, c, c->algorithm, index, out, err);
}

ptg_status trial_baseline(const plan *p, const task *t, trial_spec *out, ptg_error *err)
{
    return propose(p, t, &baseline_candidate, algorithm_find("baseline"), 0, out, err);
}

void trial_spec_clear(trial_spec *s)
{
    json_decref(s->parameters);
    s->parameters = NULL;
}

uint64_t trial_seed(const char *key, int32_t fold)
{
    return hash_word(key, strlen(key), (uint64_t)(int64_t)fold);
}

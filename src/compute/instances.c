/* Local instance types: parsing, checking against the machine, and a list of those that fit. */
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "compute/machine.h"

static const int64_t gib = INT64_C(1) << 30;

/* "CxM" as two whole numbers of at least 1. */
static bool parse_size(const char *size, int64_t *cores, int64_t *memory)
{
    const char *mark = strchr(size, 'x');
    if (!mark || size[0] == '+' || mark[1] == '+') return false;
    return number_read_integer((text){size, mark - size}, cores) && number_read_integer(text_of(mark + 1), memory) &&
           *cores >= 1 && *memory >= 1 && *memory <= INT64_MAX / gib;
}

static void write_gib(int64_t bytes, char out[NUMBER_TEXT_SIZE])
{
    number_write_short((double)bytes / (double)gib, 3, out);
}

static ptg_status check_fit(const char *name, int64_t cores, int64_t memory, const machine *m, ptg_error *err)
{
    if (cores > m->cores)
        return fail(err, PTG_ERROR_USAGE, "%s asks for %lld cores; this machine has %d.", name, (long long)cores,
                    (int)m->cores);
    if (memory * gib <= m->memory) return PTG_OK;
    char has[NUMBER_TEXT_SIZE];
    write_gib(m->memory, has);
    return fail(err, PTG_ERROR_USAGE, "%s asks for %lld GiB of memory; this machine has %s.", name, (long long)memory, has);
}

ptg_status instance_find(const char *name, const machine *m, instance_type *out, ptg_error *err)
{
    int64_t cores, memory;
    if (!name || strcmp(name, "local") == 0) {
        *out = (instance_type){.name = "local", .cores = m->cores, .memory_limit = m->memory_limit};
        return PTG_OK;
    }
    if (strncmp(name, "local.", 6) != 0 || strlen(name) >= sizeof out->name || !parse_size(name + 6, &cores, &memory)) {
        text_shown_buffer shown;
        return fail(err, PTG_ERROR_USAGE,
                    "Unknown instance type '%s'; local ones are 'local' and 'local.CxM' with C cores and M GiB of memory.",
                    text_shown(text_of(name), &shown));
    }
    TRY(check_fit(name, cores, memory, m, err));
    *out = (instance_type){.cores = (int32_t)cores, .memory_limit = memory * gib};
    memcpy(out->name, name, strlen(name) + 1);
    return PTG_OK;
}

static json_t *instance_json(const instance_type *t)
{
    return json_pack("{s:s, s:s, s:i, s:I, s:o}", "name", t->name, "target", "local", "cores", (int)t->cores, "memory",
                     (json_int_t)t->memory_limit, "price_per_hour", json_number(t->price_per_hour));
}

/* Appends local.CxM when it fits. */
static void append_type(json_t *list, int32_t cores, int64_t memory, const machine *m)
{
    char name[32];
    instance_type t;
    snprintf(name, sizeof name, "local.%dx%lld", (int)cores, (long long)memory);
    if (instance_find(name, m, &t, NULL) == PTG_OK) json_array_append_new(list, instance_json(&t));
}

/* Powers of two of cores, each with 2, 4 and 8 GiB a core, as clouds offer them; and the smallest. */
static json_t *instances_json(const machine *m)
{
    json_t *list = json_array();
    instance_type whole;
    if (!list || instance_find(NULL, m, &whole, NULL) != PTG_OK) return list;
    json_array_append_new(list, instance_json(&whole));
    append_type(list, 1, 1, m);
    for (int32_t cores = 1; cores <= m->cores && cores <= 1 << 20; cores *= 2)
        for (int64_t ratio = 2; ratio <= 8; ratio *= 2)
            append_type(list, cores, cores * ratio, m);
    return list;
}

json_t *compute_json(const machine *m)
{
    return json_pack("{s:[{s:s, s:s}], s:{s:i, s:I, s:I}, s:o}", "targets", "name", "local", "text",
                     "Worker processes on this machine.", "machine", "cores", (int)m->cores, "memory", (json_int_t)m->memory,
                     "memory_limit", (json_int_t)m->memory_limit, "instances", instances_json(m));
}

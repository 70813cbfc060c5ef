/* Options in words. Those of jobs come from the library's own table, so that command line, Python and checks agree. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"

/* "time-limit" as the registry calls it. */
static void underscored(const char *option, size_t size, char out[64])
{
    size_t i = 0;
    for (; i < size && i < 63; i++)
        out[i] = option[i] == '-' ? '_' : option[i];
    out[i] = '\0';
}

/* 1: takes a value, 0: a flag, 2: a list, -1: not known. */
static int kind_of(const char *name, const char *const extra[], const json_t *options, const char *command_name)
{
    size_t i;
    json_t *row;
    for (int e = 0; extra[e]; e++) {
        size_t size = strlen(extra[e]);
        int takes = extra[e][size - 1] == '=' || extra[e][size - 1] == ',';
        if (strlen(name) == size - (size_t)takes && strncmp(name, extra[e], size - (size_t)takes) == 0)
            return takes ? (extra[e][size - 1] == ',' ? 2 : 1) : 0;
    }
    json_array_foreach(options, i, row)
    {
        if (strcmp(json_string_value(json_object_get(row, "name")), name) != 0) continue;
        size_t c;
        json_t *one;
        json_array_foreach(json_object_get(row, "commands"), c, one) if (strcmp(json_string_value(one), command_name) == 0)
        {
            if (json_is_true(json_object_get(row, "list"))) return 2;
            return json_is_string(json_object_get(row, "argument"));
        }
    }
    return -1;
}

static json_t *list_of(const char *written)
{
    json_t *out = json_array();
    const char *at = written;
    for (;;) {
        size_t size = strcspn(at, ",");
        if (size) json_array_append_new(out, json_stringn(at, size));
        if (!at[size]) return out;
        at += size + 1;
    }
}

static json_t *registry_options(void)
{
    char *text;
    if (ptg_registry(&text, NULL) != PTG_OK) return NULL;
    json_t *all = json_loads(text, 0, NULL), *options = json_incref(json_object_get(all, "options"));
    ptg_text_free(text);
    json_decref(all);
    return options;
}

static int read_option(const char *command_name, int count, char **arguments, int *at, const char *const extra[],
                       const json_t *options, words *out)
{
    const char *option = arguments[*at] + 2, *equals = strchr(option, '=');
    char name[64];
    size_t size = equals ? (size_t)(equals - option) : strlen(option);
    int shown = size < 60 ? (int)size : 60;
    underscored(option, size, name);
    int kind = kind_of(name, extra, options, command_name);
    if (kind < 0) return say_usage(command_name, "`pilotage %s` has no option --%.*s.", command_name, shown, option);
    if (kind == 0) {
        if (equals) return say_usage(command_name, "--%.*s takes no value.", shown, option);
        json_object_set_new(out->values, name, json_true());
        return 0;
    }
    const char *value = equals ? equals + 1 : *at + 1 < count ? arguments[++*at] : NULL;
    if (!value) return say_usage(command_name, "--%.*s needs a value.", shown, option);
    if (json_object_get(out->values, name))
        return say_usage(command_name, "--%.*s is given twice; give it once.", shown, option);
    json_t *json = kind == 2 ? list_of(value) : json_string(value);
    if (!json) return say_usage(command_name, "The value of --%.*s is not UTF-8 text.", shown, option);
    json_object_set_new(out->values, name, json);
    return 0;
}

int words_read(const char *command_name, int count, char **arguments, const char *const extra[], int job_options, words *out)
{
    *out = (words){.values = json_object()};
    json_t *options = job_options ? registry_options() : NULL;
    int status = 0;
    for (int i = 1; status == 0 && i < count; i++) {
        if (strncmp(arguments[i], "--", 2) == 0 && arguments[i][2])
            status = read_option(command_name, count, arguments, &i, extra, options, out);
        else if (out->n_places < 8)
            out->place[out->n_places++] = arguments[i];
        else
            status = say_usage(command_name, "'%.60s' is one word too many.", arguments[i]);
    }
    json_decref(options);
    if (status != 0) words_clear(out);
    return status;
}

void words_clear(words *w)
{
    json_decref(w->values);
    w->values = NULL;
}

int words_flag(const words *w, const char *name)
{
    return json_is_true(json_object_get(w->values, name));
}

const char *words_text(const words *w, const char *name)
{
    return json_string_value(json_object_get(w->values, name));
}

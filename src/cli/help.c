/* help, version and compute. */
#include <stdio.h>
#include <string.h>

#include "command.h"

int command_version(int count, char **arguments)
{
    (void)count;
    (void)arguments;
    printf("pilotage %s\n", ptg_version());
    return 0;
}

static json_t *registry(ptg_error *error)
{
    char *text;
    if (ptg_registry(&text, error) != PTG_OK) return NULL;
    json_t *all = json_loads(text, 0, NULL);
    ptg_text_free(text);
    return all;
}

static void print_names(const json_t *all, const char *kind)
{
    size_t i;
    json_t *row;
    printf("\n%s:\n", kind);
    json_array_foreach(json_object_get(all, kind), i, row) printf(
        "  %-28s %s\n", json_string_value(json_object_get(row, "name")), json_string_value(json_object_get(row, "text")));
}

static int print_all(void)
{
    puts("Pilotage: an autopilot for tables that you can see through.\n\nCommands:");
    for (int i = 0; i < n_commands; i++)
        printf("  pilotage %-10s %s\n", commands[i].name, commands[i].text);
    ptg_error error = {0};
    json_t *all = registry(&error);
    if (!all) return say_error(&error);
    print_names(all, "algorithms");
    print_names(all, "transformers");
    print_names(all, "metrics");
    print_names(all, "findings");
    puts("\n`pilotage help NAME` says more about each of them.");
    json_decref(all);
    return 0;
}

static void print_option(const json_t *row)
{
    char name[80], spelled[80];
    const char *argument = json_string_value(json_object_get(row, "argument"));
    snprintf(name, sizeof name, "%s", json_string_value(json_object_get(row, "name")));
    for (char *c = name; *c; c++)
        if (*c == '_') *c = '-';
    snprintf(spelled, sizeof spelled, "--%.40s %.30s", name, argument ? argument : "");
    printf("  %-32s %s\n", spelled, json_string_value(json_object_get(row, "text")));
}

static int takes(const json_t *row, const char *command_name)
{
    size_t i;
    json_t *one;
    json_array_foreach(json_object_get(row, "commands"), i,
                       one) if (strcmp(json_string_value(one), command_name) == 0) return 1;
    return 0;
}

static int print_command(const command *c)
{
    printf("pilotage %s %s\n\n%s\n", c->name, c->usage, c->text);
    ptg_error error = {0};
    json_t *all = registry(&error), *row;
    if (!all) return say_error(&error);
    size_t i, n = 0;
    json_array_foreach(json_object_get(all, "options"), i, row)
    {
        if (!takes(row, c->name)) continue;
        if (n++ == 0) puts("\nOptions (default):");
        print_option(row);
    }
    if (n) printf("  %-32s no progress\n  %-32s events as JSON lines on standard output\n", "--quiet", "--json");
    json_decref(all);
    return 0;
}

int command_help(int count, char **arguments)
{
    if (count < 2) return print_all();
    const command *c = command_find(arguments[1]);
    if (c) return print_command(c);
    char *text;
    ptg_error error = {0};
    if (ptg_help(arguments[1], &text, &error) != PTG_OK) return say_error(&error);
    fputs(text, stdout);
    ptg_text_free(text);
    return 0;
}

static void print_compute(const json_t *compute)
{
    const json_t *machine = json_object_get(compute, "machine");
    size_t i;
    json_t *row;
    printf("This machine: %lld cores, %.1f GiB of memory; a job takes at most %.1f GiB.\n\nTargets:\n",
           (long long)json_integer_value(json_object_get(machine, "cores")),
           json_number_value(json_object_get(machine, "memory")) / 1073741824,
           json_number_value(json_object_get(machine, "memory_limit")) / 1073741824);
    json_array_foreach(json_object_get(compute, "targets"), i, row) printf(
        "  %-14s %s\n", json_string_value(json_object_get(row, "name")), json_string_value(json_object_get(row, "text")));
    printf("\nInstance types:\n  %-14s %-8s %6s %10s %12s\n", "name", "target", "cores", "GiB", "price/hour");
    json_array_foreach(json_object_get(compute, "instances"), i, row)
        printf("  %-14s %-8s %6lld %10.1f %12.2f\n", json_string_value(json_object_get(row, "name")),
               json_string_value(json_object_get(row, "target")), (long long)json_integer_value(json_object_get(row, "cores")),
               json_number_value(json_object_get(row, "memory")) / 1073741824,
               json_number_value(json_object_get(row, "price_per_hour")));
}

int command_compute(int count, char **arguments)
{
    static const char *const extra[] = {"json", NULL};
    words w;
    int status = words_read("compute", count, arguments, extra, 0, &w);
    if (status != 0) return status;
    ptg_error error = {0};
    json_t *all = registry(&error), *compute = json_object_get(all, "compute");
    if (!all)
        status = say_error(&error);
    else if (words_flag(&w, "json")) {
        json_dumpf(compute, stdout, JSON_INDENT(1));
        putchar('\n');
    } else {
        print_compute(compute);
    }
    json_decref(all);
    words_clear(&w);
    return status;
}

/* run, plan, tune and profile: options become a request. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "command.h"

/* The text of a file, in memory of malloc; NULL with a sentence said. */
static char *read_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    size_t size = 0, room = 1 << 16;
    char *data = f ? malloc(room) : NULL;
    while (data) {
        size += fread(data + size, 1, room - size - 1, f);
        if (size < room - 1) break;
        char *more = realloc(data, room *= 2);
        if (!more) free(data);
        data = more;
    }
    if (f && data && ferror(f)) {
        free(data);
        data = NULL;
    }
    if (f) fclose(f);
    if (data)
        data[size] = '\0';
    else
        say_usage("plan", "Cannot read '%.200s'.", path);
    return data;
}

/* What every job prints at its end: the leaderboard and where the notebooks are. */
static void print_outcome(const char *job)
{
    char *text;
    if (ptg_job_leaderboard(job, 0, &text, NULL) != PTG_OK) return;
    json_t *rows = json_loads(text, 0, NULL);
    ptg_text_free(text);
    print_leaderboard(rows);
    json_decref(rows);
    char *document = NULL;
    if (ptg_job_document(job, "job", &document, NULL) == PTG_OK) {
        json_t *about = json_loads(document, 0, NULL);
        const char *best = json_string_value(json_object_get(about, "best")),
                   *reason = json_string_value(json_object_get(about, "reason"));
        if (best) printf("\nBest: %s. %s\nModel: %s/model/best.ptg\n", best, reason ? reason : "", job);
        json_decref(about);
    }
    ptg_text_free(document);
    printf("\nData exploration:     %s/notebooks/PilotageDataExploration.ipynb\n", job);
    printf("Candidate definition: %s/notebooks/PilotageCandidateDefinition.ipynb\n", job);
}

static const char *const job_extra[] = {"quiet", "json", NULL};

/* Runs a command whose first place is `place_key` of the request. */
static int run_job(const char *name, const char *place_key, int count, char **arguments, int outcome)
{
    words w;
    int status = words_read(name, count, arguments, job_extra, 1, &w);
    if (status != 0) return status;
    if (w.n_places != 1) {
        words_clear(&w);
        return say_usage(name, "`pilotage %s` takes one %s.", name, strcmp(place_key, "job") == 0 ? "job folder" : "table");
    }
    int quiet = words_flag(&w, "quiet"), json = words_flag(&w, "json");
    json_object_del(w.values, "quiet");
    json_object_del(w.values, "json");
    json_object_set_new(w.values, "command", json_string(name));
    json_t *place = json_string(w.place[0]);
    char *job = NULL;
    if (place && json_object_set_new(w.values, place_key, place) == 0)
        status = run_request(w.values, quiet, json, &job);
    else
        status = say_usage(name, "The path is not UTF-8 text.");
    if (job && !json && (status == 0 || status == 4) && outcome)
        print_outcome(job);
    else if (job && !json && status == 0)
        printf("Data exploration: %s/notebooks/PilotageDataExploration.ipynb\n", job);
    if (job && !json && status == 0 && words_text(&w, "html")) printf("Page:             %s\n", words_text(&w, "html"));
    free(job);
    words_clear(&w);
    return status;
}

int command_run(int count, char **arguments)
{
    return run_job("run", "table", count, arguments, 1);
}

int command_tune(int count, char **arguments)
{
    return run_job("tune", "job", count, arguments, 1);
}

int command_profile(int count, char **arguments)
{
    return run_job("profile", "table", count, arguments, 0);
}

/* --set PATH=VALUE: the first '=' outside quotes ends the path. */
static int set_value(const char *job, const char *assignment)
{
    const char *at = assignment;
    int quoted = 0;
    for (; *at && (quoted || *at != '='); at++)
        if (*at == '"') quoted = !quoted;
    if (!*at) return say_usage("plan", "--set takes PATH=VALUE.");
    char *path = strndup(assignment, (size_t)(at - assignment));
    ptg_error error = {0};
    ptg_status status = path ? ptg_plan_set(job, path, at + 1, &error) : PTG_ERROR_MEMORY;
    free(path);
    return status == PTG_OK ? 0 : say_error(&error);
}

static int edit_plan(const char *job, const char *file)
{
    char *text = read_file(file);
    if (!text) return 2;
    ptg_error error = {0};
    ptg_status status = ptg_plan_edit(job, text, &error);
    free(text);
    return status == PTG_OK ? 0 : say_error(&error);
}

static void print_fix(const json_t *row)
{
    size_t i;
    json_t *name;
    printf("%s: %s", json_string_value(json_object_get(row, "state")), json_string_value(json_object_get(row, "id")));
    json_array_foreach(json_object_get(row, "columns"), i, name)
    {
        printf(i ? ", '" : " on '");
        put_plain(stdout, json_string_value(name));
        putchar('\'');
    }
    printf(". ");
    put_plain(stdout, json_string_value(json_object_get(row, "text")));
    putchar('\n');
}

/* 0 unless all that was asked for was refused. */
static int print_fixes(const json_t *rows)
{
    size_t i, refused = 0;
    json_t *row;
    json_array_foreach(rows, i, row)
    {
        print_fix(row);
        refused += strcmp(json_string_value(json_object_get(row, "state")), "refused") == 0;
    }
    if (json_array_size(rows) == 0) puts("No finding that was asked for has a fix.");
    return refused > 0 && refused == json_array_size(rows);
}

static int apply_fixes(const char *job, const char *which, int as_json)
{
    char *text = NULL;
    ptg_error error = {0};
    if (ptg_plan_apply_fixes(job, which, &text, &error) != PTG_OK) return say_error(&error);
    json_t *rows = json_loads(text, 0, NULL);
    int status = 0;
    if (as_json)
        puts(text);
    else
        status = print_fixes(rows);
    json_decref(rows);
    ptg_text_free(text);
    return status;
}

static int changes_plan(int count, char **arguments)
{
    for (int i = 1; i < count; i++)
        if (strncmp(arguments[i], "--edit", 6) == 0 || strncmp(arguments[i], "--set", 5) == 0 ||
            strncmp(arguments[i], "--apply-fixes", 13) == 0)
            return 1;
    return 0;
}

int command_plan(int count, char **arguments)
{
    static const char *const extra[] = {"edit=", "set=", "apply_fixes=", "quiet", "json", NULL};
    if (!changes_plan(count, arguments)) return run_job("plan", "table", count, arguments, 1);
    words w;
    int status = words_read("plan", count, arguments, extra, 0, &w);
    if (status != 0) return status;
    const char *file = words_text(&w, "edit"), *assignment = words_text(&w, "set"), *fixes = words_text(&w, "apply_fixes");
    if (w.n_places != 1)
        status = say_usage("plan", "`pilotage plan JOB --edit FILE`, `--set PATH=VALUE` or `--apply-fixes all` takes one job "
                                   "folder.");
    else if ((file != NULL) + (assignment != NULL) + (fixes != NULL) > 1)
        status = say_usage("plan", "--edit, --set and --apply-fixes exclude each other; give one of them.");
    else if (fixes)
        status = apply_fixes(w.place[0], fixes, words_flag(&w, "json"));
    else
        status = file ? edit_plan(w.place[0], file) : set_value(w.place[0], assignment);
    ptg_error error = {0};
    if (status == 0 && ptg_notebook_write(w.place[0], NULL, &error) != PTG_OK) status = say_error(&error);
    words_clear(&w);
    return status;
}

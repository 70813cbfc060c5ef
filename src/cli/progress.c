/* Running a request: events become a bar on a terminal, plain lines elsewhere, JSON lines with --json. Ctrl-C asks the job to
 * stop; it keeps the best model so far. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"

static volatile sig_atomic_t caught;

static void on_signal(int number)
{
    caught = number;
}

typedef struct progress {
    int bar, quiet, json, color;
    char stage[40];
    double limit;           /* seconds; 0 = none */
    long long trials, most; /* done, and the bound (0 = none) */
    double best, seconds;
    int has_best, greater;
    char objective[40];
    char *job;
} progress;

static const struct {
    const char *status, *words;
} stages[] = {
    {"Starting", "reading"},
    {"AnalyzingData", "analysing"},
    {"CandidateDefinitionsGenerated", "planned"},
    {"FeatureEngineering", "preparing"},
    {"ModelTuning", "tuning"},
    {"Ensembling", "ensembling"},
    {"GeneratingReport", "writing"},
    {"Completed", "done"},
};

static void draw_bar(const progress *p)
{
    char fraction[24] = "";
    double part = p->most ? (double)p->trials / (double)p->most : 0;
    if (p->limit > 0 && p->seconds / p->limit > part) part = p->seconds / p->limit;
    int filled = (int)((part > 1 ? 1 : part) * 24);
    for (int i = 0; i < 24; i++)
        fraction[i < 23 ? i : 23] = i < filled ? '#' : '.';
    fprintf(stderr, "\r\033[K[%.23s] %-10s %lld trials", fraction, p->stage, p->trials);
    if (p->has_best) fprintf(stderr, "  best %s %.5g", p->objective, p->best);
    if (p->limit > 0) fprintf(stderr, "  %.0f s left", p->limit > p->seconds ? p->limit - p->seconds : 0);
    fflush(stderr);
}

static void line(const progress *p, const char *text)
{
    if (p->bar) fputs("\r\033[K", stderr);
    fprintf(stderr, "%6.1f s  %s\n", p->seconds, text);
}

static void take_status(progress *p, const json_t *event)
{
    const char *status = json_string_value(json_object_get(event, "status"));
    for (size_t i = 0; status && i < sizeof stages / sizeof *stages; i++)
        if (strcmp(stages[i].status, status) == 0) snprintf(p->stage, sizeof p->stage, "%s", stages[i].words);
    if (!p->bar && status) line(p, p->stage);
}

static void take_plan(progress *p, const json_t *event)
{
    p->limit = json_number_value(json_object_get(event, "time_limit"));
    p->most = json_integer_value(json_object_get(event, "max_trials"));
    p->greater = json_is_true(json_object_get(event, "greater_is_better"));
    const char *objective = json_string_value(json_object_get(event, "objective"));
    snprintf(p->objective, sizeof p->objective, "%s", objective ? objective : "");
}

static void take_trial(progress *p, const json_t *event)
{
    char text[600];
    const char *name = json_string_value(json_object_get(event, "name")),
               *status = json_string_value(json_object_get(event, "status"));
    const json_t *score = json_object_get(event, "score");
    if (json_integer_value(json_object_get(event, "number")) >= 0) p->trials++;
    if (json_is_number(score)) {
        double value = json_number_value(score);
        if (!p->has_best || (value > p->best) == p->greater) p->best = value;
        p->has_best = 1;
        snprintf(text, sizeof text, "%-32s %s %.6g", name, p->objective, value);
    } else {
        const char *error = json_string_value(json_object_get(event, "error"));
        snprintf(text, sizeof text, "%-32s %s%s%s", name, status, error ? ": " : "", error ? error : "");
    }
    if (!p->bar || !json_is_number(score)) line(p, text);
}

static void take_event(progress *p, const json_t *event)
{
    const char *kind = json_string_value(json_object_get(event, "event"));
    p->seconds = json_number_value(json_object_get(event, "seconds"));
    if (!kind) return;
    if (strcmp(kind, "end") == 0) {
        const char *job = json_string_value(json_object_get(event, "job"));
        free(p->job);
        p->job = job ? strdup(job) : NULL;
    }
    if (p->quiet) return;
    if (strcmp(kind, "status") == 0) take_status(p, event);
    if (strcmp(kind, "plan") == 0) take_plan(p, event);
    if (strcmp(kind, "trial") == 0) take_trial(p, event);
    if (strcmp(kind, "note") == 0) line(p, json_string_value(json_object_get(event, "text")));
    if (p->bar && strcmp(kind, "end") != 0) draw_bar(p);
}

/* Our own command, which starts the workers. */
static void add_command_path(json_t *request)
{
    char path[4096];
    ssize_t size = readlink("/proc/self/exe", path, sizeof path - 1);
    if (size <= 0) return;
    path[size] = '\0';
    json_object_set_new(request, "command_path", json_string(path));
}

static ptg_status follow(ptg_job *job, progress *p)
{
    int finished = 0, asked = 0;
    while (!finished) {
        char *text;
        ptg_job_wait(job, 100, &text, &finished, NULL);
        if (caught && !asked) {
            ptg_job_stop(job);
            asked = 1;
        }
        if (!text) {
            if (p->bar && !p->quiet && p->limit > 0) {
                p->seconds += 0.1;
                draw_bar(p);
            }
            continue;
        }
        if (p->json) {
            puts(text);
            fflush(stdout);
        }
        json_t *event = json_loads(text, 0, NULL);
        if (event) take_event(p, event);
        json_decref(event);
        ptg_text_free(text);
    }
    return PTG_OK;
}

int run_request(json_t *request, int quiet, int json, char **job_folder)
{
    ptg_error error = {0};
    ptg_job *job;
    progress p = {.quiet = quiet || json, .json = json, .bar = isatty(2) && !json && !quiet && !getenv("NO_COLOR")};
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    add_command_path(request);
    char *text = json_dumps(request, JSON_COMPACT);
    ptg_status status = text ? ptg_job_start(text, &job, &error) : PTG_ERROR_MEMORY;
    free(text);
    if (status != PTG_OK) {
        if (json)
            printf(
                "{\"event\": \"end\", \"exit_status\": %d, \"job\": null, \"best\": null, \"score\": null, \"seconds\": 0}\n",
                status == PTG_ERROR_USAGE ? 2 : 1);
        return say_error(&error);
    }
    follow(job, &p);
    int exit_status;
    status = ptg_job_end(job, &exit_status, &error);
    if (p.bar) fputs("\r\033[K", stderr);
    if (job_folder)
        *job_folder = p.job;
    else
        free(p.job);
    if (status != PTG_OK && status != PTG_ERROR_STOPPED) say_error(&error);
    if (caught == SIGINT || caught == SIGTERM) return 128 + caught;
    return exit_status;
}

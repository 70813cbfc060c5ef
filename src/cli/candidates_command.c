/* candidates, notebook and worker. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command.h"

/* A number with so many digits; "-" where there is none. */
static const char *number_text(const json_t *value, char out[40], int digits)
{
    if (!json_is_number(value)) return "-";
    snprintf(out, 40, "%.*g", digits, json_number_value(value));
    return out;
}

/* Names come from plan.json; control characters would drive the terminal. */
static void print_plain(const char *text, int width)
{
    int shown = 0;
    for (; *text && shown < 60; text++, shown++)
        putchar((unsigned char)*text < 0x20 || *text == 0x7f ? '?' : *text);
    for (; shown < width; shown++)
        putchar(' ');
}

void print_leaderboard(const json_t *rows)
{
    size_t i;
    json_t *row;
    const char *objective = json_string_value(json_object_get(json_array_get(rows, 0), "objective"));
    printf("%-28s %-12s %12s %10s %8s %10s %10s\n", "candidate", "status", objective ? objective : "score", "+-", "fit s",
           "us/row", "KB");
    json_array_foreach(rows, i, row)
    {
        char score[40], se[40], fit[40], predict[40];
        const json_t *bytes = json_object_get(row, "bytes"), *error = json_object_get(row, "error");
        print_plain(json_string_value(json_object_get(row, "name")), 28);
        printf(" %-12s %12s %10s %8s %10s", json_string_value(json_object_get(row, "status")),
               number_text(json_object_get(row, "score"), score, 6), number_text(json_object_get(row, "score_se"), se, 2),
               number_text(json_object_get(row, "fit_seconds"), fit, 3),
               number_text(json_object_get(row, "predict_us_per_row"), predict, 3));
        if (json_is_integer(bytes))
            printf(" %10lld", (long long)(json_integer_value(bytes) / 1024));
        else
            printf(" %10s", "-");
        if (json_is_string(error)) printf("  %s", json_string_value(error));
        putchar('\n');
    }
}

int command_candidates(int count, char **arguments)
{
    static const char *const extra[] = {"all", "json", NULL};
    words w;
    int status = words_read("candidates", count, arguments, extra, 0, &w);
    if (status != 0) return status;
    if (w.n_places != 1) {
        words_clear(&w);
        return say_usage("candidates", "`pilotage candidates` takes one job folder.");
    }
    ptg_error error = {0};
    char *text;
    if (ptg_job_leaderboard(w.place[0], words_flag(&w, "all"), &text, &error) != PTG_OK)
        status = say_error(&error);
    else {
        json_t *rows = json_loads(text, 0, NULL);
        if (words_flag(&w, "json"))
            fputs(text, stdout), putchar('\n');
        else
            print_leaderboard(rows);
        json_decref(rows);
        ptg_text_free(text);
    }
    words_clear(&w);
    return status;
}

/* The python3 of the folder that this command was installed into. */
static int python_beside(char *out, size_t size)
{
    ssize_t n = readlink("/proc/self/exe", out, size - sizeof "python3");
    if (n <= 0) return 0;
    out[n] = '\0';
    char *slash = strrchr(out, '/');
    if (!slash) return 0;
    strcpy(slash + 1, "python3");
    return access(out, X_OK) == 0;
}

/* Runs a notebook in place with jupyter's own command; its sentences go to stderr. */
static int execute(const char *job, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/notebooks/%s", job, name);
    char beside[4096];
    const char *python = getenv("PILOTAGE_PYTHON");
    if (!python && python_beside(beside, sizeof beside)) python = beside;
    char *words_of[] = {(char *)(python ? python : "python3"),
                        "-m",
                        "jupyter",
                        "nbconvert",
                        "--to",
                        "notebook",
                        "--execute",
                        "--inplace",
                        "--log-level=WARN",
                        path,
                        NULL};
    pid_t child = fork();
    if (child == 0) {
        execvp(words_of[0], words_of);
        _exit(127);
    }
    int status;
    if (child < 0 || waitpid(child, &status, 0) < 0) return say_usage(NULL, "Cannot start %s.", words_of[0]);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return 0;
    fprintf(stderr,
            "pilotage: running '%s' with %s failed; it needs the Python packages pilotage and jupyterlab (PILOTAGE_PYTHON "
            "names another Python).\n",
            path, words_of[0]);
    return 1;
}

int command_notebook(int count, char **arguments)
{
    static const char *const extra[] = {"execute", "candidate=", NULL};
    words w;
    int status = words_read("notebook", count, arguments, extra, 0, &w);
    if (status != 0) return status;
    if (w.n_places != 1) {
        words_clear(&w);
        return say_usage("notebook", "`pilotage notebook` takes one job folder.");
    }
    ptg_error error = {0};
    const char *job = w.place[0];
    char *profile = NULL;
    if (ptg_job_document(job, "profile", &profile, &error) != PTG_OK) status = say_error(&error);
    ptg_text_free(profile);
    if (status == 0 && ptg_notebook_write(job, words_text(&w, "candidate"), &error) != PTG_OK) status = say_error(&error);
    if (status == 0 && words_flag(&w, "execute")) status = execute(job, "PilotageDataExploration.ipynb");
    if (status == 0 && words_flag(&w, "execute")) status = execute(job, "PilotageCandidateDefinition.ipynb");
    if (status == 0)
        printf("%s/notebooks/PilotageDataExploration.ipynb\n%s/notebooks/PilotageCandidateDefinition.ipynb\n", job, job);
    words_clear(&w);
    return status;
}

/* A worker ends with the process that started it, also when that was killed. */
int command_worker(int count, char **arguments)
{
    if (count != 2) return say_usage("worker", "`pilotage worker` takes one job folder.");
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    ptg_error error = {0};
    ptg_status status = ptg_worker_run(arguments[1], 0, 1, &error);
    return status == PTG_OK ? 0 : say_error(&error);
}

/* What the files of the command share: its table of commands, and reading options. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <jansson.h>
#include <stdio.h>

#include "pilotage/pilotage.h"

typedef struct command {
    const char *name;
    const char *usage;                   /* after `pilotage NAME` */
    const char *text;                    /* one sentence */
    int (*run)(int count, char **words); /* exit status; words[0] is the command's name */
} command;

extern const command commands[];
extern const int n_commands;
const command *command_find(const char *name);

int command_run(int count, char **words); /* run and plan TRAIN */
int command_plan(int count, char **words);
int command_tune(int count, char **words);
int command_profile(int count, char **words);
int command_candidates(int count, char **words);
int command_predict(int count, char **words);
int command_notebook(int count, char **words);
int command_worker(int count, char **words);
int command_compute(int count, char **words);
int command_help(int count, char **words);
int command_version(int count, char **words);

/* One sentence to stderr, "pilotage: ..."; returns the exit status that goes with the error. */
int say_error(const ptg_error *error);
int say_usage(const char *command_name, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Text of the data or of the user: what may drive a terminal is written as escapes. */
void put_plain(FILE *to, const char *text);

/* Runs a request to its end: progress to stderr, with `json` events to stdout. Returns the exit status. `job` (may be NULL)
 * takes the job's folder, in memory of strdup. */
int run_request(json_t *request, int quiet, int json, char **job);

/* Options of a command in words; unknown ones are said. `options` is the registry's list. */
typedef struct words {
    json_t *values;       /* NAME (underscores): value; flags true */
    const char *place[8]; /* what is no option, in order */
    int n_places;
} words;
/* `extra`: option names of this command alone, NULL-terminated, with '=' at the end where they take a value ("edit=", "all").
 * 0, or the exit status after saying what is wrong. */
int words_read(const char *command_name, int count, char **arguments, const char *const extra[], int job_options, words *out);
void words_clear(words *w);
int words_flag(const words *w, const char *name);
const char *words_text(const words *w, const char *name);

/* Prints a leaderboard (JSON array) as a table to stdout. */
void print_leaderboard(const json_t *rows);

#endif

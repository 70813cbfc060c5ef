/* What a user asked for: a JSON object whose keys are the long options. One table of options is the source of checks and help.
 */
#ifndef JOB_REQUEST_H
#define JOB_REQUEST_H

#include "base/json.h"
#include "base/memory.h"

typedef enum option_kind { OPTION_TEXT, OPTION_NUMBER, OPTION_INTEGER, OPTION_FLAG, OPTION_LIST, OPTION_SIZE } option_kind;

enum { COMMAND_RUN = 1, COMMAND_PLAN = 2, COMMAND_TUNE = 4, COMMAND_PROFILE = 8 };

typedef struct option_row {
    const char *name; /* with underscores; the command line writes dashes */
    option_kind kind;
    const char *argument; /* how help calls it; NULL for flags */
    unsigned commands;    /* mask of the commands that take it */
    bool repeats_freely;  /* marked * in the manual: may differ when a job is resumed */
    double min, max;      /* of numbers */
    const char *text;
} option_row;
extern const option_row option_rows[];
extern const int32_t n_option_rows;
json_t *option_json(const option_row *row);

typedef struct request {
    arena *memory;
    json_t *document; /* owned: as given, checked */
    unsigned command;
    const char *table, *job;
    const char *output, *target, *problem_type, *positive, *objective, *mode, *validation, *group, *time, *weight, *features,
        *html;
    const char *compute, *instance, *prefer, *command_path;
    double validation_fraction, time_limit, trial_time_limit;
    int64_t folds, max_trials, parallel, threads, memory_limit, seed;
    const json_t *algorithms;
    bool refit, quick,
        leave_notebooks; /* leave_notebooks: the caller is a notebook of this job, which is not rewritten under its reader */
} request;

/* Checks a request: unknown keys, kinds, bounds, options that the command does not take, options that exclude each other.
 * PTG_ERROR_USAGE names the option. */
ptg_status request_read(const char *text_of_request, request *out, ptg_error *err);
void request_clear(request *r);

/* The options that make a job what it is (those not marked *), for telling whether a request is the same. New reference. */
json_t *request_identity(const request *r);

#endif

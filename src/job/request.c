/* Reading requests against the table of options. */
#include "job/request.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "base/number.h"

#define RUN_PLAN (COMMAND_RUN | COMMAND_PLAN)
#define ALL_JOBS (COMMAND_RUN | COMMAND_PLAN | COMMAND_TUNE)

const option_row option_rows[] = {
    {"output", OPTION_TEXT, "DIR", RUN_PLAN | COMMAND_PROFILE, false, 0, 0, "job folder (the table's name plus -job)"},
    {"target", OPTION_TEXT, "COLUMN", RUN_PLAN | COMMAND_PROFILE, false, 0, 0, "the column to predict"},
    {"problem_type", OPTION_TEXT, "TYPE", RUN_PLAN, false, 0, 0, "auto, binary, multiclass or regression (auto)"},
    {"positive", OPTION_TEXT, "LABEL", RUN_PLAN, false, 0, 0, "binary: the label whose probability is predicted"},
    {"objective", OPTION_TEXT, "NAME", RUN_PLAN, false, 0, 0, "the metric to optimise (auc, log_loss, rmse)"},
    {"mode", OPTION_TEXT, "MODE", RUN_PLAN, false, 0, 0,
     "auto, tuning (single candidates) or ensembling (weighted bags of them)"},
    {"time_limit", OPTION_NUMBER, "SECONDS", ALL_JOBS, true, 0.1, 1e8,
     "for the whole job, kept (300; lifted when --max-trials is given)"},
    {"max_trials", OPTION_INTEGER, "N", ALL_JOBS, true, 1, 1e9, "most trials (250; lifted when --time-limit is given)"},
    {"trial_time_limit", OPTION_NUMBER, "SECONDS", ALL_JOBS, true, 0.01, 1e8,
     "for one fold of one trial; a trial over it fails"},
    {"memory_limit", OPTION_SIZE, "SIZE", ALL_JOBS | COMMAND_PROFILE, true, 1 << 20, 1e15,
     "for everything together, as 4G or 800M (70 % of the machine)"},
    {"parallel", OPTION_INTEGER, "N", ALL_JOBS, true, 1, 1024, "work items at a time (as many as fit the cores)"},
    {"threads", OPTION_INTEGER, "N", ALL_JOBS, true, 1, 1024, "threads an item (1 where items fill the cores)"},
    {"validation", OPTION_TEXT, "FILE", RUN_PLAN | COMMAND_PROFILE, false, 0, 0,
     "a table whose rows are held out and never trained on"},
    {"validation_fraction", OPTION_NUMBER, "F", RUN_PLAN, false, 0.001, 0.999,
     "one split that holds out this share of the rows"},
    {"folds", OPTION_INTEGER, "K", RUN_PLAN, false, 2, 100, "cross-validation with so many folds"},
    {"group", OPTION_TEXT, "COLUMN", RUN_PLAN, false, 0, 0, "rows with equal values here are never on both sides of a split"},
    {"time", OPTION_TEXT, "COLUMN", RUN_PLAN, false, 0, 0, "the latest rows by this column are held out"},
    {"weight", OPTION_TEXT, "COLUMN", RUN_PLAN, false, 0, 0, "row weights, in training and in metrics"},
    {"html", OPTION_TEXT, "FILE", COMMAND_PROFILE, true, 0, 0, "the analysis as one page that needs nothing else"},
    {"quick", OPTION_FLAG, NULL, COMMAND_PROFILE, false, 0, 0,
     "no checks by a model: no leaks, groups, time, drift, wrong labels, anomalous rows"},
    {"features", OPTION_TEXT, "FILE", RUN_PLAN, false, 0, 0, "JSON with FeatureAttributeNames and FeatureDataTypes"},
    {"algorithms", OPTION_LIST, "A,B", RUN_PLAN, false, 0, 0, "only these algorithms (all that are available)"},
    {"compute", OPTION_TEXT, "TARGET", ALL_JOBS, true, 0, 0, "where work items run: local"},
    {"instance", OPTION_TEXT, "TYPE", ALL_JOBS, true, 0, 0, "an instance type that caps cores and memory (local, local.CxM)"},
    {"refit", OPTION_FLAG, NULL, ALL_JOBS, true, 0, 0, "hand over one model on all rows instead of the bag of fold models"},
    {"prefer", OPTION_TEXT, "simple", ALL_JOBS, true, 0, 0,
     "hand over the smallest candidate within one standard error of the best"},
    {"seed", OPTION_INTEGER, "N", RUN_PLAN, false, 0, 9007199254740991.0, "the seed of everything that is drawn (0)"},
};
const int32_t n_option_rows = sizeof option_rows / sizeof *option_rows;

json_t *option_json(const option_row *row)
{
    static const char *const commands[] = {"run", "plan", "tune", "profile"};
    json_t *names = json_array();
    for (int i = 0; names && i < 4; i++)
        if (row->commands & (1u << i)) json_array_append_new(names, json_string(commands[i]));
    return json_pack("{s:s,s:s?,s:b,s:b,s:s,s:o}", "name", row->name, "argument", row->argument, "list",
                     row->kind == OPTION_LIST, "number", row->kind == OPTION_NUMBER || row->kind == OPTION_INTEGER, "text",
                     row->text, "commands", names);
}

/* --time-limit for time_limit. */
static const char *spelled(const char *name, char out[64])
{
    size_t i = 0;
    out[0] = out[1] = '-';
    for (; name[i] && i < 60; i++)
        out[i + 2] = name[i] == '_' ? '-' : name[i];
    out[i + 2] = '\0';
    return out;
}

static const option_row *find_row(const char *name)
{
    for (int32_t i = 0; i < n_option_rows; i++)
        if (strcmp(option_rows[i].name, name) == 0) return &option_rows[i];
    return NULL;
}

/* "4G", "800M", "1.5g", "1000000". */
static bool read_size(const char *written, double *out)
{
    size_t n = strlen(written);
    double unit = 1;
    if (n && (written[n - 1] == 'B' || written[n - 1] == 'b')) n--;
    if (n && (written[n - 1] == 'i')) n--;
    if (n) {
        const char *units = "KMGT", *at = strchr(units, toupper((unsigned char)written[n - 1]));
        if (at && *at) {
            n--;
            for (const char *u = units; u <= at; u++)
                unit *= 1024;
        }
    }
    if (!number_read((text){written, (int64_t)n}, out)) return false;
    *out *= unit;
    return true;
}

static ptg_status read_number(const option_row *row, const json_t *value, double *out, ptg_error *err)
{
    char name[64];
    text_shown_buffer shown;
    bool right = json_is_number(value);
    *out = json_number_value(value);
    if (json_is_string(value)) {
        right = row->kind == OPTION_SIZE ? read_size(json_string_value(value), out)
                                         : number_read(text_of(json_string_value(value)), out);
        if (!right)
            return fail(err, PTG_ERROR_USAGE, "%s %s is not a %s.", spelled(row->name, name),
                        text_shown(text_of(json_string_value(value)), &shown),
                        row->kind == OPTION_SIZE ? "size; write it as 4G or 800M" : "number");
    }
    if (!right) return fail(err, PTG_ERROR_USAGE, "%s takes a number.", spelled(row->name, name));
    if (row->kind == OPTION_INTEGER && *out != floor(*out))
        return fail(err, PTG_ERROR_USAGE, "%s takes a whole number.", spelled(row->name, name));
    if (*out >= row->min && *out <= row->max) return PTG_OK;
    if (row->kind == OPTION_SIZE)
        return fail(err, PTG_ERROR_USAGE, "%s must be from %gM to %gT.", spelled(row->name, name), row->min / 0x1p20,
                    floor(row->max / 0x1p40));
    return fail(err, PTG_ERROR_USAGE, "%s must be from %g to %g.", spelled(row->name, name), row->min, row->max);
}

/* Checks one value and puts it into the document in its own kind. */
static ptg_status read_value(const option_row *row, json_t *document, const json_t *value, ptg_error *err)
{
    char name[64];
    double number;
    switch (row->kind) {
    case OPTION_TEXT:
        if (json_is_string(value) && json_string_length(value) > 0) return PTG_OK;
        return fail(err, PTG_ERROR_USAGE, "%s takes a %s.", spelled(row->name, name), row->argument);
    case OPTION_FLAG:
        return json_is_boolean(value) ? PTG_OK
                                      : fail(err, PTG_ERROR_USAGE, "%s takes true or false.", spelled(row->name, name));
    case OPTION_LIST:
        for (size_t i = 0; i < json_array_size(value); i++)
            if (!json_is_string(json_array_get(value, i)))
                return fail(err, PTG_ERROR_USAGE, "%s takes a list of names.", spelled(row->name, name));
        return json_array_size(value) ? PTG_OK
                                      : fail(err, PTG_ERROR_USAGE, "%s takes a list of names.", spelled(row->name, name));
    default:
        TRY(read_number(row, value, &number, err));
        return json_object_set_new(document, row->name,
                                   row->kind == OPTION_NUMBER ? json_real(number) : json_integer((json_int_t)number)) == 0
                   ? PTG_OK
                   : fail_memory(err);
    }
}

static const char *const command_names[] = {"run", "plan", "tune", "profile"};

static ptg_status read_options(request *r, ptg_error *err)
{
    const char *key;
    json_t *value;
    void *next;
    char name[64];
    text_shown_buffer shown;
    json_object_foreach_safe(r->document, next, key, value)
    {
        if (strcmp(key, "command") == 0 || strcmp(key, "table") == 0 || strcmp(key, "job") == 0 ||
            strcmp(key, "command_path") == 0 || strcmp(key, "notebooks") == 0)
            continue;
        const option_row *row = find_row(key);
        if (!row || !(row->commands & r->command)) {
            const char *command = "this";
            for (int i = 0; i < 4; i++)
                if (r->command == 1u << i) command = command_names[i];
            return fail(err, PTG_ERROR_USAGE, "`pilotage %s` has no option %s; `pilotage help %s` lists them.", command,
                        spelled(text_shown(text_of(key), &shown), name), command);
        }
        if (json_is_null(value)) {
            json_object_del(r->document, key);
            continue;
        }
        TRY(read_value(row, r->document, value, err));
    }
    return PTG_OK;
}

static const char *text_member(const request *r, const char *name)
{
    return json_string_value(json_object_get(r->document, name));
}

static void fill(request *r)
{
    r->table = text_member(r, "table");
    r->job = text_member(r, "job");
    r->output = text_member(r, "output");
    r->target = text_member(r, "target");
    r->problem_type = text_member(r, "problem_type");
    r->positive = text_member(r, "positive");
    r->objective = text_member(r, "objective");
    r->mode = text_member(r, "mode");
    r->validation = text_member(r, "validation");
    r->group = text_member(r, "group");
    r->time = text_member(r, "time");
    r->weight = text_member(r, "weight");
    r->features = text_member(r, "features");
    r->html = text_member(r, "html");
    r->compute = text_member(r, "compute");
    r->instance = text_member(r, "instance");
    r->prefer = text_member(r, "prefer");
    r->command_path = text_member(r, "command_path");
    r->algorithms = json_object_get(r->document, "algorithms");
    r->validation_fraction = json_real_or(r->document, "validation_fraction", 0);
    r->time_limit = json_real_or(r->document, "time_limit", 0);
    r->trial_time_limit = json_real_or(r->document, "trial_time_limit", 0);
    r->folds = json_integer_or(r->document, "folds", 0);
    r->max_trials = json_integer_or(r->document, "max_trials", 0);
    r->parallel = json_integer_or(r->document, "parallel", 0);
    r->threads = json_integer_or(r->document, "threads", 0);
    r->memory_limit = json_integer_or(r->document, "memory_limit", 0);
    r->seed = json_integer_or(r->document, "seed", 0);
    r->leave_notebooks = !json_bool_or(r->document, "notebooks", true);
    r->refit = json_bool_or(r->document, "refit", false);
    r->quick = json_bool_or(r->document, "quick", false);
}

/* One of a closed list of words; NULL is fine. */
static ptg_status check_word(const char *option, const char *value, const char *const words[], ptg_error *err)
{
    if (!value) return PTG_OK;
    text_buffer list = {0};
    for (int i = 0; words[i]; i++) {
        if (strcmp(value, words[i]) == 0) {
            text_buffer_clear(&list);
            return PTG_OK;
        }
        text_print(&list, "%s%s", i ? ", " : "", words[i]);
    }
    text_shown_buffer shown;
    ptg_status status = fail(err, PTG_ERROR_USAGE, "%s '%s' is not one of: %s.", option, text_shown(text_of(value), &shown),
                             list.data ? list.data : "");
    text_buffer_clear(&list);
    return status;
}

static ptg_status check_command(request *r, ptg_error *err)
{
    const char *name = json_text_or(r->document, "command", "");
    for (int i = 0; i < 4; i++)
        if (strcmp(name, command_names[i]) == 0) r->command = 1u << i;
    return r->command ? PTG_OK : fail(err, PTG_ERROR_USAGE, "A request's command is run, plan, tune or profile.");
}

static ptg_status check_exclusions(const request *r, ptg_error *err)
{
    int ways = (r->folds != 0) + (r->validation_fraction > 0) + (r->validation != NULL);
    if (ways > 1)
        return fail(err, PTG_ERROR_USAGE,
                    "--folds, --validation-fraction and --validation exclude each other; give one of them.");
    if (r->group && r->time) return fail(err, PTG_ERROR_USAGE, "--group and --time exclude each other; give one of them.");
    if (r->time && (r->folds || r->validation))
        return fail(err, PTG_ERROR_USAGE, "--time holds out the last rows and excludes --folds and --validation.");
    return PTG_OK;
}

static ptg_status check_whole(const request *r, ptg_error *err)
{
    static const char *const types[] = {"auto", "binary", "multiclass", "regression", NULL}, *const modes[] = {"auto", "tuning",
                                                                                                               "ensembling",
                                                                                                               NULL};
    static const char *const targets[] = {"local", NULL}, *const preferences[] = {"simple", NULL};
    TRY(check_word("--problem-type", r->problem_type, types, err));
    TRY(check_word("--mode", r->mode, modes, err));
    TRY(check_word("--compute", r->compute, targets, err));
    TRY(check_word("--prefer", r->prefer, preferences, err));
    TRY(check_exclusions(r, err));
    if (r->command == COMMAND_TUNE)
        return r->job ? PTG_OK : fail(err, PTG_ERROR_USAGE, "Give the job folder: pilotage tune JOB.");
    if (!r->table) return fail(err, PTG_ERROR_USAGE, "Give the table to read: pilotage run TRAIN --target COLUMN.");
    if (!r->target && r->command != COMMAND_PROFILE)
        return fail(err, PTG_ERROR_USAGE, "Give the column to predict with --target COLUMN.");
    return PTG_OK;
}

ptg_status request_read(const char *text_of_request, request *out, ptg_error *err)
{
    *out = (request){.memory = arena_new()};
    if (!out->memory) return fail_memory(err);
    ptg_status status = PTG_OK;
    GO(json_read(text_of(text_of_request), "The request", &out->document, err));
    if (!json_is_object(out->document)) GO(fail(err, PTG_ERROR_USAGE, "A request is a JSON object."));
    GO(check_command(out, err));
    GO(read_options(out, err));
    fill(out);
    GO(check_whole(out, err));
    return PTG_OK;
done:
    request_clear(out);
    if (status != PTG_ERROR_FORMAT) return status;
    if (err) err->status = PTG_ERROR_USAGE; /* the caller's own text */
    return PTG_ERROR_USAGE;
}

void request_clear(request *r)
{
    json_decref(r->document);
    arena_free(r->memory);
    *r = (request){0};
}

json_t *request_identity(const request *r)
{
    json_t *out = json_object();
    for (int32_t i = 0; out && i < n_option_rows; i++) {
        json_t *value = json_object_get(r->document, option_rows[i].name);
        if (!value || option_rows[i].repeats_freely || strcmp(option_rows[i].name, "output") == 0) continue;
        json_object_set(out, option_rows[i].name, value);
    }
    return out;
}

/* The first stages: read the table, profile it, plan. */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/hash.h"
#include "compute/machine.h"
#include "job/analysis_knobs.h"
#include "job/folder.h"
#include "job/frame_parts.h"
#include "job/job.h"
#include "plan/plan_make.h"

/* A target that is no number because of a few cells: at least so many are, with more different values than labels would have.
 */
#define SPOILED_LEAST 0.8
#define SPOILED_LEAST_LEVELS 50

/* The type overrides of --features, and which columns it names; both NULL without the option. */
typedef struct feature_list {
    json_t *document;
    const json_t *names, *types;
} feature_list;

static ptg_status read_features(const request *r, feature_list *out, ptg_error *err)
{
    *out = (feature_list){0};
    if (!r->features) return PTG_OK;
    static const char *const keys[] = {"FeatureAttributeNames", "FeatureDataTypes", NULL};
    TRY(json_read_file(r->features, &out->document, err));
    ptg_status status = PTG_OK;
    if (!json_is_object(out->document))
        status = fail(err, PTG_ERROR_USAGE, "--features %s must hold a JSON object.", r->features);
    if (status == PTG_OK) status = json_only_keys(out->document, r->features, keys, err);
    out->names = json_object_get(out->document, "FeatureAttributeNames");
    out->types = json_object_get(out->document, "FeatureDataTypes");
    if (status == PTG_OK && ((out->names && !json_is_array(out->names)) || (out->types && !json_is_object(out->types))))
        status = fail(err, PTG_ERROR_USAGE,
                      "--features %s: FeatureAttributeNames is a list of names, FeatureDataTypes an object.", r->features);
    if (status != PTG_OK) json_decref(out->document);
    return status;
}

static void hash_frame(hash_state *h, const frame *f)
{
    char one[HASH_TEXT_SIZE];
    for (int32_t i = 0; f && i < frame_columns(f); i++) {
        frame_column_hash(f, i, one);
        hash_add(h, one, sizeof one);
    }
}

static ptg_status hash_input(ptg_job *j, ptg_error *err)
{
    hash_state *h = hash_new();
    if (!h) return fail_memory(err);
    hash_frame(h, j->frame);
    hash_frame(h, j->held_out);
    hash_end(h, j->input_hash);
    return PTG_OK;
}

/* Bytes that a frame may take: a quarter of the job's limit, as matrices and workers need the rest. */
static ptg_status frame_memory(const request *r, int64_t *out, ptg_error *err)
{
    machine m;
    instance_type instance;
    TRY(machine_read(&m, err));
    TRY(instance_find(r->instance ? r->instance : "local", &m, &instance, err));
    *out = (r->memory_limit ? r->memory_limit : instance.memory_limit) / 4;
    return PTG_OK;
}

/* The rows of --validation, read as the table was. */
static ptg_status read_validation(ptg_job *j, ptg_error *err)
{
    if (!j->request.validation) return PTG_OK;
    json_t *schema = frame_schema(j->frame);
    if (!schema) return fail_memory(err);
    frame_read_options options = {.schema = schema, .threads = j->pool, .target = j->request.target};
    options.seed = (uint64_t)j->request.seed;
    ptg_status status = frame_memory(&j->request, &options.memory_limit, err);
    if (status == PTG_OK) status = frame_read(j->request.validation, &options, &j->held_out, err);
    json_decref(schema);
    if (status == PTG_OK) status = frame_check_same_columns(j->frame, j->held_out, j->request.validation, err);
    if (status == PTG_OK && frame_rows(j->held_out) == 0)
        status = fail(err, PTG_ERROR_DATA, "%s: the validation file has no rows.", j->request.validation);
    return status;
}

/* Puts them behind the table's own rows. Labels that the table does not have cannot be scored: such rows have no target. */
static ptg_status add_validation(ptg_job *j, ptg_error *err)
{
    if (!j->held_out) return PTG_OK;
    int64_t known = 0;
    frame *both;
    frame_join_request join = {
        .a = j->frame, .b = j->held_out, .target = j->facts.target, .labels = j->facts.classes, .n_labels = j->facts.n_classes};
    TRY(frame_join(&join, &both, &known, err));
    j->validation_rows = frame_rows(j->held_out);
    j->analysed = j->frame;
    j->frame = both;
    if (known > 0) return PTG_OK;
    return fail(err, PTG_ERROR_DATA, "%s: no row of the validation file has a target that the table knows.",
                j->request.validation);
}

/* Whether nearly all cells are numbers and too many of them are different to be labels. */
static bool is_spoiled_number(const column *c, int64_t n_rows)
{
    const int64_t filled = n_rows - c->n_missing;
    const bool labels = c->type == COLUMN_CATEGORICAL && c->n_levels <= SPOILED_LEAST_LEVELS;
    return (c->type == COLUMN_CATEGORICAL || c->type == COLUMN_TEXT) && !labels && c->n_like_numbers < filled &&
           (double)c->n_like_numbers >= SPOILED_LEAST * (double)filled;
}

/* A few words among the numbers of a target make no labels of them: it is read as numbers, and those rows are left out (finding
 * target-invalid). What the user said about it counts more. */
static ptg_status read_spoiled_target(ptg_job *j, const json_t *types, ptg_error *err)
{
    const request *r = &j->request;
    const int32_t at = r->target ? frame_find(j->frame, text_of(r->target)) : -1;
    if (at < 0 || json_object_get(types, r->target) || !is_spoiled_number(frame_column(j->frame, at), frame_rows(j->frame)))
        return PTG_OK;
    if (r->problem_type && strcmp(r->problem_type, "auto") != 0 && strcmp(r->problem_type, "regression") != 0) return PTG_OK;
    json_t *changes = json_pack("{s:{s:s}}", r->target, "type", "numeric");
    frame *typed = NULL;
    ptg_status status = changes ? frame_retype(j->frame, changes, &typed, err) : fail_memory(err);
    json_decref(changes);
    TRY(status);
    frame_free(j->frame);
    j->frame = typed;
    job_report(j, json_pack("{s:s,s:s}", "event", "note", "text",
                            "The target is read as numbers, as nearly all of its cells are; the others are left out."));
    return PTG_OK;
}

ptg_status stage_read(ptg_job *j, ptg_error *err)
{
    feature_list features;
    TRY(read_features(&j->request, &features, err));
    j->pool = pool_new(pool_processors());
    frame_read_options options = {.types = features.types, .threads = j->pool, .target = j->request.target};
    options.seed = (uint64_t)j->request.seed;
    ptg_status status = frame_memory(&j->request, &options.memory_limit, err);
    if (status == PTG_OK) status = j->pool ? frame_read(j->request.table, &options, &j->frame, err) : fail_memory(err);
    if (status == PTG_OK) status = read_spoiled_target(j, features.types, err);
    json_decref(features.document);
    TRY(status);
    TRY(read_validation(j, err));
    return hash_input(j, err);
}

static ptg_status find_column(const frame *f, const char *option, const char *name, int32_t *out, ptg_error *err)
{
    *out = -1;
    if (!name) return PTG_OK;
    *out = frame_find(f, text_of(name));
    if (*out >= 0) return PTG_OK;
    text_buffer list = {0};
    text_shown_buffer shown;
    for (int32_t i = 0; i < frame_columns(f) && list.size < 160; i++)
        text_print(&list, "%s%s", i ? ", " : "", text_shown(frame_column(f, i)->name, &shown));
    ptg_status status =
        fail(err, PTG_ERROR_USAGE, "%s: the table has no column '%s'; it has %s%s.", option, text_shown(text_of(name), &shown),
             list.data ? list.data : "none", list.size >= 160 ? ", ..." : "");
    text_buffer_clear(&list);
    return status;
}

/* Those of the first analysis: its --features file may be gone. */
static void find_ignored_before(const ptg_job *j, int32_t *ignored, int32_t *n)
{
    size_t i;
    json_t *before;
    json_array_foreach(json_object_get(j->former, "columns"), i, before)
    {
        int32_t at = frame_find(j->frame, text_of(json_text_or(before, "name", "")));
        bool was = strcmp(json_text_or(before, "role", ""), column_role_names[ROLE_IGNORED]) == 0;
        if (was && at >= 0 && *n < frame_columns(j->frame)) ignored[(*n)++] = at;
    }
}

/* Columns that --features does not name are not used. */
static ptg_status find_ignored(ptg_job *j, int32_t *ignored, int32_t *n, ptg_error *err)
{
    feature_list features;
    *n = 0;
    if (j->former) {
        find_ignored_before(j, ignored, n);
        return PTG_OK;
    }
    TRY(read_features(&j->request, &features, err));
    ptg_status status = PTG_OK;
    for (size_t i = 0; status == PTG_OK && i < json_array_size(features.names); i++) {
        int32_t at;
        const char *name = json_string_value(json_array_get(features.names, i));
        status = name ? find_column(j->frame, "--features", name, &at, err)
                      : fail(err, PTG_ERROR_USAGE, "--features: a name is no text.");
    }
    for (int32_t c = 0; status == PTG_OK && features.names && c < frame_columns(j->frame); c++) {
        bool named = false;
        for (size_t i = 0; i < json_array_size(features.names); i++)
            named =
                named || text_equal_to(frame_column(j->frame, c)->name, json_string_value(json_array_get(features.names, i)));
        if (!named) ignored[(*n)++] = c;
    }
    json_decref(features.document);
    return status;
}

static int problem_of(const char *name)
{
    for (int i = 0; name && i < 3; i++)
        if (strcmp(problem_names[i], name) == 0) return i;
    return PROBLEM_AUTO;
}

/* Options that name one column twice cannot both be kept. */
static ptg_status check_distinct(const profile_request *p, ptg_error *err)
{
    const int32_t columns[] = {p->target, p->weight, p->group, p->time};
    static const char *const options[] = {"--target", "--weight", "--group", "--time"};
    for (int a = 0; a < 4; a++)
        for (int b = a + 1; b < 4; b++)
            if (columns[a] >= 0 && columns[a] == columns[b])
                return fail(err, PTG_ERROR_USAGE, "%s and %s name the same column; give two.", options[a], options[b]);
    return PTG_OK;
}

/* The settings in force, for the notebook. */
static ptg_status describe_knobs(ptg_job *j, ptg_error *err)
{
    json_t *described = j->knobs ? json_incref(j->knobs) : knobs_new();
    json_t *shown = described ? knobs_describe(described, j->found ? j->found : j->frame) : NULL;
    json_decref(described);
    return json_object_set_new(j->profile, "analysis", shown) == 0 ? PTG_OK : fail_memory(err);
}

ptg_status stage_analyse(ptg_job *j, ptg_error *err)
{
    const request *r = &j->request;
    profile_request p = profile_request_for(-1);
    TRY(find_column(j->frame, "--target", r->target, &p.target, err));
    TRY(find_column(j->frame, "--weight", r->weight, &p.weight, err));
    TRY(find_column(j->frame, "--group", r->group, &p.group, err));
    TRY(find_column(j->frame, "--time", r->time, &p.time, err));
    TRY(check_distinct(&p, err));
    int32_t *ignored = mem_array(frame_columns(j->frame), sizeof *ignored);
    if (!ignored) return fail_memory(err);
    ptg_status status = find_ignored(j, ignored, &p.n_ignored, err);
    p.ignored = ignored;
    p.problem = problem_of(r->problem_type);
    p.positive = r->positive;
    p.seed = (uint64_t)r->seed;
    p.threads = j->pool;
    p.validation = j->held_out;
    p.quick = r->quick;
    p.sample_rows = (int32_t)json_integer_or(j->knobs, "sample_rows", PROFILE_SAMPLE_ROWS);
    p.thresholds = json_object_get(j->knobs, "thresholds");
    if (status == PTG_OK) status = profile_make(j->frame, &p, &j->profile, &j->facts, err);
    mem_free(ignored);
    TRY(status);
    TRY(findings_make(j->frame, &j->facts, j->pool, &j->findings, err));
    return describe_knobs(j, err);
}

plan_wishes job_wishes(const ptg_job *j)
{
    const request *r = &j->request;
    return (plan_wishes){.objective = r->objective,
                         .mode = r->mode,
                         .max_trials = r->max_trials,
                         .time_limit = r->time_limit,
                         .parallel = (int32_t)r->parallel,
                         .folds = (int32_t)r->folds,
                         .validation_fraction = r->validation_fraction,
                         .validation_file = r->validation != NULL,
                         .validation_rows = j->validation_rows,
                         .group = r->group,
                         .time = r->time,
                         .algorithms = r->algorithms,
                         .instance = r->instance,
                         .seed = (uint64_t)r->seed};
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* null where all rows were read. */
static json_t *sample_document(const ptg_job *j)
{
    const frame_sample *s = frame_sample_of(j->analysed ? j->analysed : j->frame);
    if (!s->reason.size) return json_null();
    return json_pack("{s:I,s:I,s:o}", "file_rows", (json_int_t)s->file_rows, "kept_rows", (json_int_t)s->kept_rows, "reason",
                     json_text(s->reason));
}

json_t *job_labels(const text *labels, int32_t n)
{
    json_t *out = json_array();
    bool failed = !out;
    for (int32_t k = 0; k < n && !failed; k++)
        failed = json_array_append_new(out, json_text(labels[k])) != 0;
    if (!failed) return out;
    json_decref(out);
    return NULL;
}

/* job.json, as far as planning knows it. */
static ptg_status make_document(ptg_job *j, ptg_error *err)
{
    const request *r = &j->request;
    json_t *classes = job_labels(j->facts.classes, j->facts.n_classes);
    json_t *asked = json_deep_copy(r->document), *identity = request_identity(r), *knobs = knobs_new();
    json_object_del(asked, "command_path");
    j->document = json_pack("{s:i,s:s,s:s,s:o,s:O,s:O,s:O,s:o,s:O,s:I,s:s,s:n,s:{s:s},s:o,s:s,s:o,s:I,s:o,s:o,s:o}", "version",
                            1, "table", base_name(r->table), "target", r->target, "request", asked, "problem_type",
                            json_object_get(j->plan_document, "problem_type"), "objective",
                            json_object_get(j->plan_document, "objective"), "positive_class",
                            json_object_get(j->plan_document, "positive_class"), "classes", classes, "validation",
                            json_object_get(j->plan_document, "validation"), "seed", (json_int_t)r->seed, "status", "Starting",
                            "secondary_status", "versions", "pilotage", PTG_VERSION, "identity", identity, "input_hash",
                            j->input_hash, "missing", json_array(), "validation_rows", (json_int_t)j->validation_rows, "rows",
                            json_integer(frame_rows(j->frame)), "sample", sample_document(j), "analysis", knobs);
    return j->document ? PTG_OK : fail_memory(err);
}

ptg_status job_profile_document(ptg_job *j, ptg_error *err)
{
    const request *r = &j->request;
    json_t *asked = json_deep_copy(r->document), *identity = request_identity(r), *knobs = knobs_new();
    json_object_del(asked, "command_path");
    j->document =
        json_pack("{s:i,s:s,s:s?,s:o,s:I,s:s,s:n,s:{s:s},s:o,s:s,s:I,s:I,s:o,s:o}", "version", 1, "table", base_name(r->table),
                  "target", r->target, "request", asked, "seed", (json_int_t)r->seed, "status", "Completed", "secondary_status",
                  "versions", "pilotage", PTG_VERSION, "identity", identity, "input_hash", j->input_hash, "validation_rows",
                  (json_int_t)(j->held_out ? frame_rows(j->held_out) : 0), "rows", (json_int_t)frame_rows(j->frame), "sample",
                  sample_document(j), "analysis", knobs);
    return j->document ? PTG_OK : fail_memory(err);
}

static ptg_status save_frame(const ptg_job *j, const frame *f, const char *name, ptg_error *err)
{
    char *path = file_join(j->hidden, name);
    if (!path) return fail_memory(err);
    ptg_status status = frame_save(f, path, err);
    mem_free(path);
    return status;
}

ptg_status job_save_frames(const ptg_job *j, ptg_error *err)
{
    if (j->held_out) {
        TRY(save_frame(j, j->analysed ? j->analysed : j->frame, "data/analysed.frame", err));
        TRY(save_frame(j, j->held_out, "data/validation.frame", err));
    }
    return save_frame(j, j->frame, "data/table.frame", err);
}

static ptg_status write_documents(ptg_job *j, ptg_error *err)
{
    TRY(job_save_frames(j, err));
    TRY(folder_write_json(j->hidden, "profile.json", j->profile, err));
    TRY(folder_write_json(j->hidden, "findings.json", j->findings, err));
    TRY(folder_write_json(j->hidden, "plan.json", j->plan_document, err));
    TRY(folder_write_json(j->hidden, "data/planned.json", j->plan_document, err));
    return folder_write_json(j->hidden, "job.json", j->document, err);
}

static void note_missing(ptg_job *j, const json_t *missing)
{
    for (size_t i = 0; i < json_array_size(missing); i++) {
        json_array_append(json_object_get(j->document, "missing"), json_array_get(missing, i));
        job_report(j, json_pack("{s:s,s:O}", "event", "note", "text", json_array_get(missing, i)));
    }
}

ptg_status stage_plan(ptg_job *j, ptg_error *err)
{
    plan_wishes wishes = job_wishes(j);
    json_t *missing = NULL;
    TRY(plan_make(j->frame, &j->facts, &wishes, &j->plan_document, &missing, err));
    ptg_status status = make_document(j, err);
    if (status == PTG_OK) note_missing(j, missing);
    json_decref(missing);
    TRY(status);
    TRY(plan_read(j->plan_document, &j->plan, err));
    TRY(plan_check(j->plan, j->frame, err));
    TRY(add_validation(j, err));
    TRY(task_check(j->plan, j->frame, j->validation_rows, err));
    json_object_set_new(j->document, "validation_rows", json_integer(j->validation_rows));
    TRY(folder_begin(j->folder, &j->hidden, err));
    TRY(write_documents(j, err));
    TRY(folder_accept(j->hidden, j->folder, err));
    mem_free(j->hidden);
    j->hidden = NULL;
    j->accepted = true;
    j->original = json_incref(j->plan_document);
    return PTG_OK;
}

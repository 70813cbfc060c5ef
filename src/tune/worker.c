/* Messages to a worker, one JSON object a line:
 *   {"do": "setup", "threads", "cache_bytes"}                              first, no answer
 *   {"do": "fit" | "finish", "id", "key", "fold", "steps", "algorithm", "parameters", "rounds", "seconds"}
 *   {"do": "drop", "key"}                                                  no answer
 * Answers: {"id", "status", "error"} and for status 0 {"curve", "seconds"} or {"seconds", "predict_us"}. */
#include "tune/worker.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "tune/fold_work.h"

typedef struct worker {
    const char *job;
    int output;
    plan *plan;
    task *task;
    fold_context *context;
} worker;

static ptg_status worker_open(worker *w, const char *job, ptg_error *err)
{
    char *path = file_join(job, "plan.json");
    json_t *document = NULL;
    if (!path) return fail_memory(err);
    ptg_status status = json_read_file(path, &document, err);
    mem_free(path);
    if (status == PTG_OK) status = plan_read(document, &w->plan, err);
    json_decref(document);
    if (status == PTG_OK) status = task_open(w->plan, job, &w->task, err);
    return status;
}

static void worker_clear(worker *w)
{
    fold_context_free(w->context);
    task_free(w->task);
    plan_free(w->plan);
}

static ptg_status write_all(int to, const char *data, int64_t size, ptg_error *err)
{
    while (size > 0) {
        ssize_t written = write(to, data, (size_t)size);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return fail_errno(err, "answer on", "the worker's output");
        data += written;
        size -= written;
    }
    return PTG_OK;
}

/* Sends one line; takes the reference. */
static ptg_status answer(const worker *w, json_t *message, ptg_error *err)
{
    if (!message) return fail_memory(err);
    text_buffer line = {0};
    json_write(&line, message, 0, false);
    text_append(&line, "\n");
    json_decref(message);
    ptg_status status = text_buffer_check(&line, err);
    if (status == PTG_OK) status = write_all(w->output, line.data, line.size, err);
    text_buffer_clear(&line);
    return status;
}

static fold_item item_of(const json_t *message)
{
    const json_t *steps = json_object_get(message, "steps");
    return (fold_item){
        .key = json_text_or(message, "key", ""),
        .fold = (int32_t)json_integer_or(message, "fold", 0),
        .steps = json_is_array(steps) ? steps : NULL,
        .algorithm = json_text_or(message, "algorithm", ""),
        .parameters = json_object_get(message, "parameters"),
        .seconds = json_real_or(message, "seconds", 0),
    };
}

static json_t *do_fit(worker *w, const json_t *message, ptg_error *err, ptg_status *status)
{
    fold_item item = item_of(message);
    json_t *curve = NULL;
    double start = clock_seconds();
    *status = fold_fit(w->context, &item, json_integer_or(message, "rounds", 0), &curve, err);
    return *status ? NULL : json_pack("{s:o,s:o}", "curve", curve, "seconds", json_number(clock_seconds() - start));
}

static json_t *do_finish(worker *w, const json_t *message, ptg_error *err, ptg_status *status)
{
    fold_item item = item_of(message);
    fold_outcome outcome;
    double start = clock_seconds();
    *status = fold_finish(w->context, &item, json_integer_or(message, "rounds", 0), &outcome, err);
    if (*status != PTG_OK) return NULL;
    return json_pack("{s:o,s:o}", "seconds", json_number(clock_seconds() - start), "predict_us",
                     json_number(outcome.predict_us_per_row));
}

static ptg_status handle(worker *w, const json_t *message, ptg_error *err)
{
    const char *what = json_text_or(message, "do", "");
    if (strcmp(what, "setup") == 0)
        return fold_context_new(w->plan, w->task, w->job, (int32_t)json_integer_or(message, "threads", 1),
                                json_integer_or(message, "cache_bytes", 0), &w->context, err);
    if (!w->context) return fail(err, PTG_ERROR_USAGE, "A worker takes 'setup' before anything else.");
    if (strcmp(what, "drop") == 0) {
        fold_drop(w->context, json_text_or(message, "key", ""));
        return PTG_OK;
    }
    ptg_error item_error = {0};
    ptg_status status = PTG_ERROR_USAGE;
    json_t *body = NULL;
    if (strcmp(what, "fit") == 0)
        body = do_fit(w, message, &item_error, &status);
    else if (strcmp(what, "finish") == 0)
        body = do_finish(w, message, &item_error, &status);
    else
        return fail(err, PTG_ERROR_USAGE, "A worker does not know how to '%s'.", what);
    if (!body) body = json_object();
    if (!body) return fail_memory(err);
    json_object_set_new(body, "id", json_integer(json_integer_or(message, "id", -1)));
    json_object_set_new(body, "status", json_integer(status));
    if (status != PTG_OK) json_object_set_new(body, "error", json_text(text_of(item_error.message)));
    return answer(w, body, err);
}

/* Handles every whole line in the buffer and keeps the rest. */
static ptg_status handle_lines(worker *w, text_buffer *pending, ptg_error *err)
{
    char *start = pending->data, *end;
    int64_t left = pending->size;
    while ((end = memchr(start, '\n', (size_t)left)) != NULL) {
        json_t *message;
        TRY(json_read((text){start, end - start}, "message to a worker", &message, err));
        ptg_status status = handle(w, message, err);
        json_decref(message);
        TRY(status);
        left -= end + 1 - start;
        start = end + 1;
    }
    memmove(pending->data, start, (size_t)left);
    pending->size = left;
    return PTG_OK;
}

static ptg_status serve(worker *w, int input, ptg_error *err)
{
    text_buffer pending = {0};
    ptg_status status = PTG_OK;
    char chunk[65536];
    while (status == PTG_OK) {
        ssize_t size = read(input, chunk, sizeof chunk);
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) status = fail_errno(err, "read", "the worker's input");
        if (size <= 0) break;
        text_append_bytes(&pending, chunk, size);
        status = text_buffer_check(&pending, err);
        if (status == PTG_OK) status = handle_lines(w, &pending, err);
    }
    text_buffer_clear(&pending);
    return status;
}

ptg_status worker_run(const char *job, int input, int output, ptg_error *err)
{
    worker w = {.job = job, .output = output};
    ptg_status status = worker_open(&w, job, err);
    if (status == PTG_OK) status = serve(&w, input, err);
    worker_clear(&w);
    return status;
}

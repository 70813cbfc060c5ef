/* Public functions of jobs: a thread that walks the stages, and a queue of events that the caller pulls. */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "job/folder.h"
#include "job/job.h"
#include "pilotage/pilotage.h"

static int exit_status_of(const ptg_job *j)
{
    switch (j->status) {
    case PTG_OK:
        return j->tuner && j->end == TUNER_BROKEN ? 4 : 0;
    case PTG_ERROR_STOPPED:
        return 130; /* the command says 143 where it was told to by SIGTERM */
    case PTG_ERROR_USAGE:
        return 2;
    case PTG_ERROR_DATA:
        return 3;
    default:
        return 1;
    }
}

static json_t *end_event(const ptg_job *j)
{
    const char *best = json_text_or(j->document, "best", NULL);
    json_t *event = json_pack("{s:s,s:i,s:s?,s:s?}", "event", "end", "exit_status", j->exit_status, "job",
                              j->accepted ? j->folder : NULL, "best", best);
    if (!event) return NULL;
    const json_t *score = json_object_get(j->document, "score");
    json_object_set_new(event, "score", score ? json_incref((json_t *)score) : json_null());
    if (j->status != PTG_OK) json_object_set_new(event, "error", json_string(j->error.message));
    return event;
}

static void *walk(void *context)
{
    ptg_job *j = context;
    j->status = job_walk(j, &j->error);
    j->exit_status = exit_status_of(j);
    job_report(j, end_event(j));
    pthread_mutex_lock(&j->lock);
    j->finished = true;
    pthread_cond_broadcast(&j->changed);
    pthread_mutex_unlock(&j->lock);
    return NULL;
}

void job_free(ptg_job *j)
{
    if (!j) return;
    tuner_close(j->tuner);
    state_close(j->state);
    task_free(j->task);
    plan_free(j->plan);
    profile_facts_clear(&j->facts);
    frame_free(j->frame);
    frame_free(j->held_out);
    frame_free(j->analysed);
    frame_free(j->found);
    pool_free(j->pool);
    json_decref(j->knobs);
    json_decref(j->former);
    json_decref(j->profile);
    json_decref(j->findings);
    json_decref(j->plan_document);
    json_decref(j->original);
    json_decref(j->document);
    if (j->locked) folder_unlock(j->folder);
    folder_discard(j->hidden);
    mem_free(j->folder);
    mem_free(j->command);
    for (int64_t i = j->first_event; i < j->n_events; i++)
        mem_free(j->events[i]);
    mem_free(j->events);
    request_clear(&j->request);
    pthread_cond_destroy(&j->changed);
    pthread_mutex_destroy(&j->lock);
    mem_free(j);
}

ptg_status job_new(const char *request_text, ptg_job **out, ptg_error *err)
{
    *out = NULL;
    ptg_job *j = mem_array(1, sizeof *j);
    if (!j) return fail_memory(err);
    j->start = clock_seconds();
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&j->lock, NULL);
    pthread_cond_init(&j->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    ptg_status status = request_read(request_text, &j->request, err);
    if (status == PTG_OK) {
        *out = j;
    } else {
        job_free(j);
    }
    return status;
}

ptg_status ptg_job_start(const char *request_text, ptg_job **out, ptg_error *err)
{
    ptg_job *j;
    *out = NULL;
    TRY(job_new(request_text, &j, err));
    if (pthread_create(&j->thread, NULL, walk, j) != 0) {
        job_free(j);
        return fail(err, PTG_ERROR_FAILED, "Cannot start a thread for the job.");
    }
    *out = j;
    return PTG_OK;
}

void job_report(ptg_job *j, json_t *event)
{
    if (!event) return;
    json_object_set_new(event, "seconds", json_number((double)(int64_t)((clock_seconds() - j->start) * 1000) / 1000));
    text_buffer b = {0};
    json_write(&b, event, 0, false);
    json_decref(event);
    char *line = text_buffer_take(&b);
    pthread_mutex_lock(&j->lock);
    if (line && j->n_events == j->capacity) {
        int64_t wanted = j->capacity ? 2 * j->capacity : 64;
        char **grown = mem_resize(j->events, j->capacity, wanted, sizeof *grown);
        if (grown) {
            j->events = grown;
            j->capacity = wanted;
        }
    }
    if (line && j->n_events < j->capacity)
        j->events[j->n_events++] = line;
    else
        mem_free(line);
    pthread_cond_broadcast(&j->changed);
    pthread_mutex_unlock(&j->lock);
}

static struct timespec after(int milliseconds)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_sec += milliseconds / 1000;
    t.tv_nsec += (milliseconds % 1000) * 1000000;
    if (t.tv_nsec >= 1000000000) {
        t.tv_nsec -= 1000000000;
        t.tv_sec++;
    }
    return t;
}

ptg_status ptg_job_wait(ptg_job *job, int timeout_ms, char **event, int *finished, ptg_error *err)
{
    (void)err;
    struct timespec limit = after(timeout_ms > 0 ? timeout_ms : 0);
    pthread_mutex_lock(&job->lock);
    while (job->first_event == job->n_events && !job->finished)
        if (pthread_cond_timedwait(&job->changed, &job->lock, &limit) == ETIMEDOUT) break;
    *event = job->first_event < job->n_events ? job->events[job->first_event++] : NULL;
    *finished = job->finished && job->first_event == job->n_events;
    pthread_mutex_unlock(&job->lock);
    return PTG_OK;
}

void ptg_job_stop(ptg_job *job)
{
    atomic_store(&job->stop, true);
}

ptg_status ptg_job_end(ptg_job *job, int *exit_status, ptg_error *err)
{
    pthread_join(job->thread, NULL);
    ptg_status status = job->status;
    if (exit_status) *exit_status = job->exit_status;
    if (err) *err = job->error;
    job_free(job);
    return status;
}

void ptg_text_free(char *handed_over)
{
    mem_free(handed_over);
}

const char *ptg_version(void)
{
    return PTG_VERSION;
}

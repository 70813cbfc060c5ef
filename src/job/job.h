/* A job in this process: its request, its events, and the walk through the stages. */
#ifndef JOB_JOB_H
#define JOB_JOB_H

#include <pthread.h>
#include <stdatomic.h>

#include "job/request.h"
#include "pilotage/job.h"
#include "plan/plan.h"
#include "plan/plan_make.h"
#include "profile/profile.h"
#include "table/frame.h"
#include "tune/tuner.h"

struct ptg_job {
    request request;
    double start; /* clock_seconds when the job was asked for */
    atomic_bool stop;
    pthread_t thread;
    bool started;

    pthread_mutex_t lock; /* guards the queue and `finished` */
    pthread_cond_t changed;
    char **events; /* JSON texts, first in first out */
    int64_t n_events, first_event, capacity;
    bool finished;

    ptg_status status; /* how it ended */
    ptg_error error;
    int exit_status;

    /* What the stages hand on. */
    char *folder; /* JOB; while it is not accepted, its hidden sibling */
    char *hidden;
    bool locked, accepted;
    frame *frame;    /* as read; from planning on with the rows of --validation at the end */
    frame *held_out; /* of --validation; NULL without */
    frame *analysed; /* the table without them, which the facts point into; NULL when it is `frame` */
    frame *found;    /* as read, where `frame` has other types or missing tokens by `knobs` */
    json_t *knobs;   /* analysis_knobs.h; NULL: nobody turned any */
    json_t *former;  /* profile.json of the first analysis, when it is done again */
    int64_t validation_rows;
    char input_hash[33];
    pool *pool;
    profile_facts facts;
    json_t *profile, *findings, *plan_document, *original, *document; /* document: job.json */
    plan *plan;
    struct task *task;
    state *state;
    tuner *tuner;
    tuner_end end;
    ptg_status broken;          /* what gave out, where end is TUNER_BROKEN */
    char *command;              /* path of the pilotage command, for workers */
    double leaderboard_written; /* clock_seconds */
    double deadline;            /* of the whole job; 0 = none */
    double used;                /* seconds that earlier runs of the same plan took */
};

/* Stages, in order; each reads what an earlier one left in the job. */
ptg_status stage_read(ptg_job *j, ptg_error *err);
ptg_status stage_analyse(ptg_job *j, ptg_error *err);
ptg_status stage_plan(ptg_job *j, ptg_error *err);
ptg_status stage_open(ptg_job *j, ptg_error *err); /* in place of the three above for a job that exists */
ptg_status stage_tune(ptg_job *j, ptg_error *err);
ptg_status stage_select(ptg_job *j, ptg_error *err);

/* A job of that request, and its end. */
ptg_status job_new(const char *request_text, ptg_job **out, ptg_error *err);
void job_free(ptg_job *j);

/* The table, and apart from it what is needed to analyse it again, into the hidden folder. */
ptg_status job_save_frames(const ptg_job *j, ptg_error *err);
/* What planning is asked for. Borrows from the job. */
plan_wishes job_wishes(const ptg_job *j);
/* Whether a document is a plan that this job's table can be trained with on this machine; `about` is job.json. */
ptg_status job_check_on_table(json_t *document, const frame *f, const json_t *about, ptg_error *err);
/* The same in a job folder. */
ptg_status job_check_plan(const char *folder, json_t *document, ptg_error *err);
/* What job.json repeats of j->plan_document follows it; "classes", which the data decide on too, do not. */
ptg_status job_follow_plan(ptg_job *j, ptg_error *err);
/* A list of labels; NULL when out of memory. */
json_t *job_labels(const text *labels, int32_t n);

/* Walks them all; what `run`, `plan`, `tune` and `profile` do. */
ptg_status job_walk(ptg_job *j, ptg_error *err);

/* job.json of a job without a plan. */
ptg_status job_profile_document(ptg_job *j, ptg_error *err);
/* Adds an event (takes the reference; NULL is fine); "seconds" since the start is added. */
void job_report(ptg_job *j, json_t *event);
/* Writes job.json, with the seconds used so far. */
ptg_status job_write_document(ptg_job *j, ptg_error *err);
/* Writes job.json with this status, and says so as an event. */
ptg_status job_set_status(ptg_job *j, const char *status, const char *secondary, ptg_error *err);

#endif

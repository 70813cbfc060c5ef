/* Puts a model together from the files of trials. */
#ifndef JOB_ASSEMBLE_H
#define JOB_ASSEMBLE_H

#include "model/model_file.h"
#include "tune/job_task.h"

typedef struct assemble_part {
    const char *name; /* of the candidate */
    const char *key;  /* of the trial */
    double weight;
} assemble_part;

typedef struct assemble_request {
    const plan *plan;
    const task *task;
    const char *job;
    const assemble_part *parts;
    int32_t n_parts;
    bool all_rows; /* the refitted models; else those of the folds */
    double threshold, temperature;
} assemble_request;

ptg_status assemble_model(const assemble_request *request, model **out, ptg_error *err);

#endif

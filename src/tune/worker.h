/* The worker process: reads work items as lines of JSON, answers each with one line, ends when its input ends. */
#ifndef TUNE_WORKER_H
#define TUNE_WORKER_H

#include "base/fail.h"

ptg_status worker_run(const char *job, int input, int output, ptg_error *err);

#endif

/* shapes.json: the functions of the additive candidates of a job, for people and charts. */
#ifndef JOB_SHAPES_H
#define JOB_SHAPES_H

#include "tune/tuner.h"

/* Writes JOB/shapes.json from the models of each additive candidate's best trial (docs/formats/shapes.md). A job without one
 * has no such file: an older one is removed. */
ptg_status shapes_write(const char *job, const plan *p, const task *t, const tuner *tuned, ptg_error *err);

#endif

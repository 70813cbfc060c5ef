/* The files of one fold of a trial: JOB/trials/KEY/fold-F.oof and fold-F.model ("fold-all" for a refit). */
#ifndef TUNE_FOLD_FILE_H
#define TUNE_FOLD_FILE_H

#include "tune/fold_work.h"

/* Writes both (no .oof where `predictions` is NULL). An existing .oof of the same key must be equal: a difference is an error.
 */
ptg_status fold_file_write(const char *job, const char *key, int32_t fold, const pipeline *p, const predictor *learned,
                           const double *predictions, int64_t n, int32_t width, int64_t *bytes, ptg_error *err);
/* Removes the models of a trial; its predictions stay. */
void fold_file_prune(const char *job, const char *key, int32_t n_folds);

#endif

/* One thread pool with ordered results. Chunk borders depend on the data only, never on the number of threads, so that sums in
 * chunk order are the same bytes at any number of threads. */
#ifndef BASE_POOL_H
#define BASE_POOL_H

#include <stdint.h>

#include "base/fail.h"

typedef struct pool pool;
/* `threads` >= 1; 1 starts no thread. NULL when out of memory or threads. */
pool *pool_new(int32_t threads);
void pool_free(pool *p);
int32_t pool_threads(const pool *p); /* 1 for NULL */

/* Calls work(context, chunk) for every chunk 0 ... n-1, in any order, on all threads; returns when all are done. The status of
 * the lowest failing chunk is returned with its error. `p` may be NULL: then everything runs here. */
typedef ptg_status (*pool_work)(void *context, int64_t chunk, ptg_error *err);
ptg_status pool_run(pool *p, int64_t n_chunks, pool_work work, void *context, ptg_error *err);

/* Processors of this process: the smaller of affinity and cgroup quota (rounded up), at least 1. */
int32_t pool_processors(void);

#endif

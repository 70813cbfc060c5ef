/* The thread pool. Threads wait for a round of work; within a round each takes the next chunk from an atomic counter. Chunks
 * are taken in ascending order, so when one fails all lower ones were taken already: no further ones are taken, those under way
 * end, and the error of the lowest failing one is the same at any number of threads.
 *
 * A call from inside a chunk, or from a second thread while a round runs, is done by the calling thread alone. */
#include "base/pool.h"

#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/cgroup.h"
#include "base/memory.h"

/* One call of pool_run. */
typedef struct round {
    pool_work work;
    void *context;
    int64_t n_chunks;
    _Atomic int64_t next;
    pthread_mutex_t lock; /* of what follows */
    int64_t failed_chunk; /* -1: none */
    ptg_status status;
    ptg_error error;
} round_state;

struct pool {
    int32_t n_started;
    pthread_t *threads;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t begin, end;
    round_state *round; /* NULL between rounds */
    uint64_t number;    /* of rounds so far */
    int32_t n_busy;     /* threads that have not ended this round */
    bool closing;
};

static void note_failure(round_state *r, int64_t chunk, ptg_status status, const ptg_error *error)
{
    atomic_store(&r->next, r->n_chunks);
    pthread_mutex_lock(&r->lock);
    if (r->failed_chunk < 0 || chunk < r->failed_chunk) {
        r->failed_chunk = chunk;
        r->status = status;
        r->error = *error;
    }
    pthread_mutex_unlock(&r->lock);
}

static void take_chunks(round_state *r)
{
    ptg_error error;
    for (;;) {
        int64_t chunk = atomic_load(&r->next);
        do
            if (chunk >= r->n_chunks) return;
        while (!atomic_compare_exchange_weak(&r->next, &chunk, chunk + 1));
        error.status = PTG_OK;
        error.message[0] = '\0';
        ptg_status status = r->work(r->context, chunk, &error);
        if (status != PTG_OK) note_failure(r, chunk, status, &error);
    }
}

static void *run_thread(void *argument)
{
    pool *p = argument;
    uint64_t seen = 0;
    pthread_mutex_lock(&p->lock);
    for (;;) {
        while (!p->closing && p->number == seen)
            pthread_cond_wait(&p->begin, &p->lock);
        if (p->closing) break;
        seen = p->number;
        round_state *r = p->round;
        pthread_mutex_unlock(&p->lock);
        take_chunks(r);
        pthread_mutex_lock(&p->lock);
        if (--p->n_busy == 0) pthread_cond_signal(&p->end);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

/* Signals stay with the threads of the program that uses the library. */
static int start_thread(pool *p)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&p->threads[p->n_started], NULL, run_thread, p);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!failed) p->n_started++;
    return failed;
}

pool *pool_new(int32_t threads)
{
    pool *p = mem_array(1, sizeof *p);
    if (!p) return NULL;
    int32_t extra = threads > 1 ? threads - 1 : 0;
    p->threads = mem_array(extra, sizeof *p->threads);
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->begin, NULL);
    pthread_cond_init(&p->end, NULL);
    bool failed = !p->threads;
    while (!failed && p->n_started < extra)
        failed = start_thread(p);
    if (!failed) return p;
    pool_free(p);
    return NULL;
}

void pool_free(pool *p)
{
    if (!p) return;
    pthread_mutex_lock(&p->lock);
    p->closing = true;
    pthread_cond_broadcast(&p->begin);
    pthread_mutex_unlock(&p->lock);
    for (int32_t i = 0; i < p->n_started; i++)
        pthread_join(p->threads[i], NULL);
    pthread_cond_destroy(&p->end);
    pthread_cond_destroy(&p->begin);
    pthread_mutex_destroy(&p->lock);
    mem_free(p->threads);
    mem_free(p);
}

int32_t pool_threads(const pool *p)
{
    return p ? p->n_started + 1 : 1;
}

static ptg_status run_here(int64_t n_chunks, pool_work work, void *context, ptg_error *err)
{
    for (int64_t chunk = 0; chunk < n_chunks; chunk++)
        TRY(work(context, chunk, err));
    return PTG_OK;
}

/* Makes `r` the round of all threads; false when another one runs. */
static bool begin_round(pool *p, round_state *r)
{
    pthread_mutex_lock(&p->lock);
    bool free_now = p->round == NULL;
    if (free_now) {
        p->round = r;
        p->number++;
        p->n_busy = p->n_started;
        pthread_cond_broadcast(&p->begin);
    }
    pthread_mutex_unlock(&p->lock);
    return free_now;
}

static void end_round(pool *p)
{
    pthread_mutex_lock(&p->lock);
    while (p->n_busy > 0)
        pthread_cond_wait(&p->end, &p->lock);
    p->round = NULL;
    pthread_mutex_unlock(&p->lock);
}

ptg_status pool_run(pool *p, int64_t n_chunks, pool_work work, void *context, ptg_error *err)
{
    if (!p || p->n_started == 0 || n_chunks <= 1) return run_here(n_chunks, work, context, err);
    round_state r = {.work = work, .context = context, .n_chunks = n_chunks, .failed_chunk = -1};
    pthread_mutex_init(&r.lock, NULL);
    bool mine = begin_round(p, &r);
    if (mine) {
        take_chunks(&r);
        end_round(p);
    }
    pthread_mutex_destroy(&r.lock);
    if (!mine) return run_here(n_chunks, work, context, err);
    if (r.status != PTG_OK && err) *err = r.error;
    return r.status;
}

int32_t pool_processors(void)
{
    cpu_set_t set;
    int count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : (int)sysconf(_SC_NPROCESSORS_ONLN);
    double quota = cgroup_processors("");
    if (quota > 0 && quota < count) count = (int)ceil(quota);
    return count < 1 ? 1 : count;
}

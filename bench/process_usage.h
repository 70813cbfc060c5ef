/* What a benchmark's process used: time of the processor, and memory beside mapped files. Linux. */
#ifndef BENCH_PROCESS_USAGE_H
#define BENCH_PROCESS_USAGE_H

typedef struct usage {
    double seconds, own_mb;
} usage;

/* Starts a measurement: the peak counts from here. */
usage usage_start(void);
/* Seconds of the processor since then, of all threads. */
double usage_seconds(const usage *since);
/* Most memory since then, in MB, beside mapped files, above what there was then. */
double usage_above(const usage *since);
/* Peak since the last start, with mapped files. Of this process alone: ru_maxrss would count what the caller held when it
 * forked. */
double usage_peak(void);

#endif

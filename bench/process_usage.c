/* See process_usage.h. */
#include "process_usage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static double status_mb(const char *name)
{
    char line[256];
    long long kilobytes = 0;
    FILE *status = fopen("/proc/self/status", "r");
    while (status && fgets(line, sizeof line, status))
        if (strncmp(line, name, strlen(name)) == 0) kilobytes = strtoll(line + strlen(name), NULL, 10);
    if (status) fclose(status);
    return (double)kilobytes / 1024;
}

static double processor_seconds(void)
{
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
           1e-6 * (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

usage usage_start(void)
{
    FILE *peak = fopen("/proc/self/clear_refs", "w");
    if (peak) {
        fputs("5", peak); /* VmHWM counts anew */
        fclose(peak);
    }
    return (usage){.seconds = processor_seconds(), .own_mb = status_mb("RssAnon:")};
}

double usage_seconds(const usage *since)
{
    return processor_seconds() - since->seconds;
}

double usage_peak(void)
{
    return status_mb("VmHWM:");
}

double usage_above(const usage *since)
{
    return usage_peak() - status_mb("RssFile:") - since->own_mb;
}

/* Several files of a folder that change together: all of them or none, whatever is killed when. New versions are written beside
 * the old ones (NAME.new) and synced; then a marker, change.json, makes them the ones that count, in one rename; then each
 * takes its place, and the marker goes. Readers look through file_change_path and see all old or all new versions, also in a
 * folder that they may not write; whoever writes the folder next, under its lock, completes or undoes what was left. */
#ifndef BASE_FILE_CHANGE_H
#define BASE_FILE_CHANGE_H

#include <stdint.h>

#include "base/text.h"

typedef struct file_change_part {
    const char *name; /* relative to the folder; the folder of it is there */
    text content;
} file_change_part;

/* The caller holds the folder's lock and has settled earlier changes. On failure before the marker nothing has changed. */
ptg_status file_change(const char *folder, const file_change_part *parts, int32_t n, ptg_error *err);
/* Completes a change that has its marker, and removes what is left of one that has none. `names`: all that ever change. */
ptg_status file_change_settle(const char *folder, const char *const *names, int32_t n, ptg_error *err);
/* The file to read for FOLDER/NAME, in memory of mem_array; NULL when out of memory. */
char *file_change_path(const char *folder, const char *name);

/* For tests: the process is killed (SIGKILL) at the n-th step from now (n >= 1). 0 switches it off; compiled in only with
 * PTG_FAULTS. */
void file_change_kill_at(int32_t n);

#endif

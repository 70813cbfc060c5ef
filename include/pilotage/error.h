/* Status codes and the error that a caller owns.
 *
 * Every function that can fail returns a ptg_status and takes a `ptg_error *` last. NULL is always allowed there. The message
 * is one sentence that names the file, line, column, option or candidate concerned, and says what to do; it is set once, where
 * the cause is known. There is no global and no thread-local error. */
#ifndef PILOTAGE_ERROR_H
#define PILOTAGE_ERROR_H

#ifdef __cplusplus
extern "C" {
#endif

/* Marks what the shared library exports. */
#if defined(__GNUC__)
#define PTG_API __attribute__((visibility("default")))
#else
#define PTG_API
#endif

/* Numbers are kept forever: a code that goes out of use leaves a gap. Since 0.1. */
typedef enum ptg_status {
    PTG_OK = 0,
    PTG_ERROR_FAILED = 1,  /* anything without a code of its own; the command ends with status 1 */
    PTG_ERROR_USAGE = 2,   /* a wrong option, name or value; the command ends with status 2 */
    PTG_ERROR_DATA = 3,    /* the data was refused; the command ends with status 3 */
    PTG_ERROR_MEMORY = 4,  /* out of memory, or over a memory limit */
    PTG_ERROR_IO = 5,      /* a file could not be read or written */
    PTG_ERROR_FORMAT = 6,  /* a file of a job or a model is damaged, or of a version that is not known */
    PTG_ERROR_LIBRARY = 7, /* a library loaded at run time is missing, too old, or reported an error */
    PTG_ERROR_LIMIT = 8,   /* a limit of time or cost was reached */
    PTG_ERROR_STOPPED = 9  /* the caller asked to stop */
} ptg_status;

/* Longest message, with its final NUL. */
#define PTG_ERROR_SIZE 400

/* Owned by the caller; needs no clearing. `message` is UTF-8, NUL-terminated, without line breaks. Since 0.1. */
typedef struct ptg_error {
    ptg_status status;
    char message[PTG_ERROR_SIZE];
} ptg_error;

#ifdef __cplusplus
}
#endif
#endif

/* Setting and passing on errors. The sentence is written once, where the cause is known; everybody else passes it on with TRY
 * or GO. */
#ifndef BASE_FAIL_H
#define BASE_FAIL_H

#include "pilotage/error.h"

/* Writes one sentence into `err` (NULL allowed) and returns `status`, so that a failing branch is `return fail(err, ...)`.
 * Control and bidirectional characters are escaped and the text is cut to fit. Strings from outside go through %s after
 * text_shown() where they may be long. Format is that of printf. */
ptg_status fail(ptg_error *err, ptg_status status, const char *format, ...) __attribute__((format(printf, 3, 4), cold));

/* Puts "CONTEXT: " before the message of an error that is passed on, e.g. the candidate that it concerns. Returns err's status
 * (or `status` when err is NULL). */
ptg_status fail_within(ptg_error *err, ptg_status status, const char *context_format, ...)
    __attribute__((format(printf, 3, 4), cold));

/* Out of memory, said the same way everywhere. */
ptg_status fail_memory(ptg_error *err) __attribute__((cold));

/* errno as a sentence: "cannot VERB 'PATH': No such file or directory". Status PTG_ERROR_IO. */
ptg_status fail_errno(ptg_error *err, const char *verb, const char *path) __attribute__((cold));

/* Returns from this function when a call failed. */
#define TRY(call)                                                                                                              \
    do {                                                                                                                       \
        ptg_status try_status_ = (call);                                                                                       \
        if (try_status_ != PTG_OK) return try_status_;                                                                         \
    } while (0)

/* Jumps to the label `done` when a call failed; the function has a local `ptg_status status = PTG_OK;`. */
#define GO(call)                                                                                                               \
    do {                                                                                                                       \
        status = (call);                                                                                                       \
        if (status != PTG_OK) goto done;                                                                                       \
    } while (0)

#endif

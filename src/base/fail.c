/* Setting and passing on errors. */
#include "base/fail.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Line breaks and other control characters would break the promise of one sentence. */
static void flatten(char *message)
{
    for (char *c = message; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f) *c = ' ';
}

ptg_status fail(ptg_error *err, ptg_status status, const char *format, ...)
{
    if (!err) return status;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(err->message, sizeof err->message, format, arguments);
    va_end(arguments);
    err->status = status;
    flatten(err->message);
    return status;
}

ptg_status fail_within(ptg_error *err, ptg_status status, const char *context_format, ...)
{
    if (!err) return status;
    char context[PTG_ERROR_SIZE], whole[2 * PTG_ERROR_SIZE];
    va_list arguments;
    va_start(arguments, context_format);
    vsnprintf(context, sizeof context, context_format, arguments);
    va_end(arguments);
    snprintf(whole, sizeof whole, "%s: %s", context, err->message);
    whole[PTG_ERROR_SIZE - 1] = '\0';
    memcpy(err->message, whole, sizeof err->message);
    flatten(err->message);
    return err->status;
}

ptg_status fail_memory(ptg_error *err)
{
    return fail(err, PTG_ERROR_MEMORY, "Out of memory.");
}

ptg_status fail_errno(ptg_error *err, const char *verb, const char *path)
{
    int code = errno;
    char reason[128];
    return fail(err, PTG_ERROR_IO, "Cannot %s '%s': %s.", verb, path, strerror_r(code, reason, sizeof reason));
}

/* Setting and passing on errors. A message is formatted into a buffer that is larger than the error's own, made fit to be shown
 * (control and bidirectional characters and broken UTF-8 become escapes) and cut at the border of a code point. */
#include "base/fail.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* Longer than any message, so that the cut is made by text_show() and not in the middle of a character. */
enum { DRAFT_SIZE = 4 * PTG_ERROR_SIZE };

static void settle(ptg_error *err, const char *draft)
{
    text_show(text_of(draft), PTG_ERROR_SIZE, err->message, sizeof err->message);
}

ptg_status fail(ptg_error *err, ptg_status status, const char *format, ...)
{
    if (!err) return status;
    char draft[DRAFT_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(draft, sizeof draft, format, arguments);
    va_end(arguments);
    err->status = status;
    settle(err, draft);
    return status;
}

ptg_status fail_within(ptg_error *err, ptg_status status, const char *context_format, ...)
{
    if (!err) return status;
    char draft[DRAFT_SIZE];
    va_list arguments;
    va_start(arguments, context_format);
    int length = vsnprintf(draft, DRAFT_SIZE / 2, context_format, arguments);
    va_end(arguments);
    if (length < 0) length = 0;
    size_t at = length < DRAFT_SIZE / 2 ? (size_t)length : DRAFT_SIZE / 2 - 1;
    size_t message_size = strlen(err->message);
    memcpy(draft + at, ": ", 2);
    memcpy(draft + at + 2, err->message, message_size + 1);
    settle(err, draft);
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

/* Code points of UTF-8: decoding that survives invalid bytes, word characters, blanks, lower case. As Python's str has them,
 * free of the locale. Two differences of lower case: a final sigma is not told apart, and the dotted capital I becomes a plain
 * i. */
#ifndef TRANSFORM_UNICODE_H
#define TRANSFORM_UNICODE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

#define UNICODE_INVALID 0xFFFD

/* The code point at t.data[*at], which moves past it; UNICODE_INVALID for one invalid byte. *at < t.size. */
int32_t unicode_next(text t, int64_t *at);
/* Writes the UTF-8 of a code point; returns its length, 1 ... 4. */
int unicode_put(int32_t c, char out[4]);
/* Letters, digits and the underscore: \w of Python's re. */
bool unicode_is_word(int32_t c);
bool unicode_is_space(int32_t c);
int32_t unicode_lower(int32_t c);

#endif

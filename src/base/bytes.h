/* Binary documents, little-endian: what models, trees and fitted steps are saved as. The reader trusts nothing: every length is
 * checked against the bytes that are left, and a failure is sticky, so that a loader checks once at its end (and before it
 * loops over a count). */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/memory.h"
#include "base/text.h"

typedef text_buffer bytes_writer;
void bytes_put_u8(bytes_writer *w, uint8_t v);
void bytes_put_i32(bytes_writer *w, int32_t v);
void bytes_put_i64(bytes_writer *w, int64_t v);
void bytes_put_f64(bytes_writer *w, double v);
void bytes_put_text(bytes_writer *w, text t);                     /* length, bytes; missing is kept apart from empty */
void bytes_put_f64s(bytes_writer *w, const double *v, int64_t n); /* count, values */
void bytes_put_i32s(bytes_writer *w, const int32_t *v, int64_t n);
void bytes_put_block(bytes_writer *w, const void *data, int64_t size); /* length, bytes */

typedef struct bytes_reader {
    const char *data;
    int64_t size, at;
    bool failed;
} bytes_reader;
bytes_reader bytes_reader_of(const void *data, int64_t size);
uint8_t bytes_u8(bytes_reader *r);
int32_t bytes_i32(bytes_reader *r);
int64_t bytes_i64(bytes_reader *r);
double bytes_f64(bytes_reader *r);
text bytes_text(bytes_reader *r); /* points into the reader's data */
/* A count that is followed by at least count * least_size bytes; 0 and failed otherwise. */
int64_t bytes_count(bytes_reader *r, int64_t least_size);
const double *bytes_f64s(bytes_reader *r, arena *a, int64_t *n); /* copied into the arena */
const int32_t *bytes_i32s(bytes_reader *r, arena *a, int64_t *n);
text bytes_block(bytes_reader *r);
/* PTG_OK, or PTG_ERROR_FORMAT naming `what`. */
ptg_status bytes_check(const bytes_reader *r, const char *what, ptg_error *err);

#endif

/* The frame file: a header of 64 bytes, a directory, then a region a column, each array of it aligned to 64 bytes, so that
 * numbers and codes are used where they are mapped. Layout of a region: numbers f64[n_rows], or ids i32[n_rows]; word offsets
 * i64[n_words + 1]; the words' bytes; aside rows i64[n_aside]; aside ids i32[n_aside]; aside word offsets i64[n_aside_words +
 * 1]; their bytes. Header, directory and every region carry a checksum. */
#ifndef TABLE_FRAME_FILE_LAYOUT_H
#define TABLE_FRAME_FILE_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#define FRAME_FILE_MAGIC "PTGFRAME"
enum { VERSION = 2, ENDIAN_MARK = 0x01020304, HEADER_SIZE = 64, ALIGN = 64, PARTS = 7 };

typedef struct file_header {
    char magic[8];
    uint32_t version, endian;
    int64_t length, n_rows;
    int64_t directory_size, data_at;
    uint64_t directory_sum;
    uint64_t header_sum; /* of the bytes before it */
} file_header;
_Static_assert(sizeof(file_header) == HEADER_SIZE, "the header is 64 bytes");

/* The counts that a column's region follows from. */
typedef struct region {
    int64_t n_rows, n_words, word_bytes, n_aside, n_aside_words, aside_bytes;
    bool numbers;
} region;

static inline int64_t frame_file_aligned(int64_t n)
{
    return (n + ALIGN - 1) & ~(int64_t)(ALIGN - 1);
}

/* Offsets of the parts; the last is the size. Counts are at most 2^40 each, so that nothing overflows. */
void frame_file_lay_out(const region *g, int64_t at[PARTS + 1]);

#endif

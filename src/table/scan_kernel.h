/* The inner loops of the scanner, once in plain C and once for AVX2, with equal results. Private to table/. */
#ifndef TABLE_SCAN_KERNEL_H
#define TABLE_SCAN_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

/* Two bit sets over 64 bytes: where a delimiter or line feed stands, and where a quote. */
typedef struct scan_marks {
    uint64_t ends, quotes;
} scan_marks;

/* What bytes hold that begin at the start of a record. */
typedef struct scan_census {
    int64_t newlines;
    int64_t rows;   /* lines with a byte, by parity of the quotes: right where `clear` */
    bool open;      /* the bytes end inside quotes; right where `clear` */
    bool clear;     /* each quote opens a field, closes one or is doubled; no line begins with a blank or a carriage return */
    bool nul, high; /* NUL bytes, bytes over 127 */
    bool quotes;
} scan_census;

typedef struct scan_kernel {
    const char *name;
    scan_marks (*marks)(const char *block, char delimiter, char quote);
    /* quote '\0': none opens a field. The bytes end with a line feed, or `rows` leaves the last line out. */
    scan_census (*census)(const char *data, int64_t size, char delimiter, char quote);
} scan_kernel;

extern const scan_kernel scan_kernel_plain;
/* The fastest of this processor. */
const scan_kernel *scan_kernel_best(void);

#endif

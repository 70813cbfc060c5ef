/* Which vector instructions this processor has, for kernels that exist in several widths. */
#ifndef BASE_PROCESSOR_H
#define BASE_PROCESSOR_H

typedef enum processor_vectors {
    VECTORS_PLAIN,
    VECTORS_AVX2,  /* with popcnt */
    VECTORS_AVX512 /* f, bw, dq and vl, beside AVX2 */
} processor_vectors;

processor_vectors processor_widest(void);

#endif

/* Memory: one file calls malloc. Arenas hold what dies together (job > trial > fold > scratch); single blocks are for big
 * buffers. Out of memory is an ordinary status: allocation returns NULL, and the caller returns fail_memory(err). */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stddef.h>
#include <stdint.h>

#include "base/fail.h"

/* A block of `count * size` bytes, zeroed, aligned to 64 bytes; NULL when out of memory or when the product overflows.
 * A count of 0 gives a valid pointer to nothing. */
void *mem_array(int64_t count, size_t size) __attribute__((malloc, warn_unused_result));

/* Grows or shrinks a block of mem_array to `new_count` items; the new part is zeroed. On failure the old block stays valid
 * and NULL is returned. `block` NULL with old_count 0 is a first allocation. */
void *mem_resize(void *block, int64_t old_count, int64_t new_count, size_t size) __attribute__((warn_unused_result));

/* Frees a block of mem_array, mem_resize or mem_text; NULL is fine. */
void mem_free(void *block);

/* A NUL-terminated copy of `size` bytes of `data`. */
char *mem_text(const char *data, size_t size) __attribute__((malloc, warn_unused_result));

/* `*out = a * b`; false on overflow. */
int mem_product(size_t a, size_t b, size_t *out) __attribute__((warn_unused_result));

/* For tests of failing allocations: the n-th allocation from now fails (n >= 1), once. 0 switches it off. Process-wide, and
 * compiled in only with PTG_FAULTS. */
void mem_fail_at(int64_t n);

typedef struct arena arena;

/* An empty arena; NULL when out of memory. */
arena *arena_new(void) __attribute__((warn_unused_result));
/* Frees the arena with all that was taken from it; NULL is fine. */
void arena_free(arena *a);
/* A zeroed block of `count * size` bytes, aligned to 64 bytes, that lives as long as the arena; NULL when out of memory. */
void *arena_array(arena *a, int64_t count, size_t size) __attribute__((warn_unused_result));
/* A NUL-terminated copy in the arena. */
char *arena_text(arena *a, const char *data, size_t size) __attribute__((warn_unused_result));
/* printf into the arena. */
char *arena_print(arena *a, const char *format, ...) __attribute__((format(printf, 2, 3), warn_unused_result));
/* Forgets everything taken from the arena; its blocks are kept for reuse. */
void arena_reset(arena *a);
/* Bytes held from the system. */
size_t arena_bytes(const arena *a);

#endif

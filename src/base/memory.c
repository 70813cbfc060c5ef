/* The one file that calls the system's allocator: single blocks, arenas, and the switch that makes the n-th allocation fail.
 *
 * An arena is a list of chunks that double in size up to a megabyte; a request that is larger gets a chunk of its own. Under
 * sanitizers every request gets its own chunk, so that an overflow between two neighbours is seen. */
#include "base/memory.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 64 };

#ifdef PTG_FAULTS
static _Atomic int64_t allocations_left; /* set by tests only; 0 = never fail */

void mem_fail_at(int64_t n)
{
    atomic_store(&allocations_left, n);
}

static int must_fail(void)
{
    int64_t left = atomic_load_explicit(&allocations_left, memory_order_relaxed);
    while (left > 0)
        if (atomic_compare_exchange_weak(&allocations_left, &left, left - 1)) return left == 1;
    return 0;
}
#else
static int must_fail(void)
{
    return 0;
}
#endif

int mem_product(size_t a, size_t b, size_t *out)
{
    return !__builtin_mul_overflow(a, b, out);
}

/* A block begins at the first multiple of 64 behind a word that holds where the system's block begins. So calloc and realloc
 * serve it, which know which pages are zero already and move large blocks without copying them. */
enum { ROOM = ALIGNMENT + sizeof(char *) };

static char *place_in(char *whole)
{
    char *block = whole + sizeof whole;
    return block + (-(uintptr_t)block & (ALIGNMENT - 1));
}

static void *begin_block(char *whole)
{
    char *block = place_in(whole);
    memcpy(block - sizeof whole, &whole, sizeof whole);
    return block;
}

static char *whole_of(const void *block)
{
    char *whole;
    memcpy(&whole, (const char *)block - sizeof whole, sizeof whole);
    return whole;
}

static bool is_refused(size_t bytes)
{
    return must_fail() || bytes > PTRDIFF_MAX - ROOM;
}

void *mem_array(int64_t count, size_t size)
{
    size_t bytes;
    if (count < 0 || !mem_product((size_t)count, size, &bytes) || is_refused(bytes)) return NULL;
    char *whole = calloc(bytes + ROOM, 1);
    return whole ? begin_block(whole) : NULL;
}

void *mem_resize(void *block, int64_t old_count, int64_t new_count, size_t size)
{
    size_t old_bytes, new_bytes;
    if (!block) return mem_array(new_count, size);
    if (old_count < 0 || new_count < 0) return NULL;
    if (!mem_product((size_t)old_count, size, &old_bytes) || !mem_product((size_t)new_count, size, &new_bytes)) return NULL;
    if (is_refused(new_bytes)) return NULL;
    size_t kept = old_bytes < new_bytes ? old_bytes : new_bytes;
    const ptrdiff_t before = (char *)block - whole_of(block);
    char *whole = realloc(whole_of(block), new_bytes + ROOM);
    if (!whole) return NULL;
    char *fresh = place_in(whole);
    if (fresh != whole + before) memmove(fresh, whole + before, kept); /* where the bytes lie now */
    begin_block(whole);
    memset(fresh + kept, 0, new_bytes - kept);
    return fresh;
}

void mem_free(void *block)
{
    if (block) free(whole_of(block));
}

char *mem_text(const char *data, size_t size)
{
    if (size >= PTRDIFF_MAX) return NULL;
    if (is_refused(size + 1)) return NULL;
    char *whole = malloc(size + 1 + ROOM);
    if (!whole) return NULL;
    char *copy = begin_block(whole);
    if (size) memcpy(copy, data, size);
    copy[size] = '\0';
    return copy;
}

/* A chunk of an arena; its bytes follow the head. All bytes from `used` on that were never given out are zero, the others are
 * zeroed when they are given out again (`dirty` is how far they reach). */
typedef struct chunk {
    struct chunk *next;
    size_t size, used, dirty;
    _Alignas(ALIGNMENT) char bytes[];
} chunk;

struct arena {
    chunk *first, *current;
    size_t next_size, held;
};

#ifdef PTG_SANITIZED
enum { FIRST_CHUNK = 1, LARGEST_CHUNK = 1 };
#else
enum { FIRST_CHUNK = 16 << 10, LARGEST_CHUNK = 1 << 20 };
#endif

arena *arena_new(void)
{
    arena *a = mem_array(1, sizeof *a);
    if (a) a->next_size = FIRST_CHUNK;
    return a;
}

static void free_chunks(arena *a)
{
    for (chunk *c = a->first, *next; c; c = next) {
        next = c->next;
        mem_free(c);
    }
    a->first = a->current = NULL;
    a->held = 0;
}

void arena_free(arena *a)
{
    if (!a) return;
    free_chunks(a);
    mem_free(a);
}

/* Puts a new chunk for at least `bytes` behind the current one. */
static chunk *add_chunk(arena *a, size_t bytes)
{
    size_t size = bytes > a->next_size ? bytes : a->next_size;
    if (size > PTRDIFF_MAX - sizeof(chunk)) return NULL;
    chunk *c = mem_array((int64_t)(sizeof(chunk) + size), 1);
    if (!c) return NULL;
    c->size = size;
    if (a->next_size < LARGEST_CHUNK) a->next_size *= 2;
    chunk **link = a->current ? &a->current->next : &a->first;
    c->next = *link;
    *link = c;
    a->current = c;
    a->held += sizeof(chunk) + size;
    return c;
}

/* The current chunk, the next kept one, or a new one: whichever has room first. */
static chunk *find_chunk(arena *a, size_t bytes)
{
    chunk *c = a->current ? a->current : a->first;
    if (c && c->size - c->used >= bytes) return a->current = c;
    if (c && c->next && c->next->size - c->next->used >= bytes) return a->current = c->next;
    return add_chunk(a, bytes);
}

void *arena_array(arena *a, int64_t count, size_t size)
{
    size_t bytes;
    if (count < 0 || !mem_product((size_t)count, size, &bytes) || bytes > PTRDIFF_MAX - ALIGNMENT) return NULL;
    if (bytes == 0) bytes = 1;
#ifndef PTG_SANITIZED
    bytes = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
#endif
    if (must_fail()) return NULL;
    chunk *c = find_chunk(a, bytes);
    if (!c) return NULL;
    char *block = c->bytes + c->used;
    if (c->used < c->dirty) memset(block, 0, bytes);
    c->used += bytes;
    if (c->used > c->dirty) c->dirty = c->used;
    return block;
}

char *arena_text(arena *a, const char *data, size_t size)
{
    if (size >= PTRDIFF_MAX) return NULL;
    char *copy = arena_array(a, (int64_t)size + 1, 1);
    if (copy && size) memcpy(copy, data, size);
    return copy;
}

char *arena_print(arena *a, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *out = length < 0 ? NULL : arena_array(a, (int64_t)length + 1, 1);
    if (out) vsnprintf(out, (size_t)length + 1, format, again);
    va_end(again);
    return out;
}

void arena_reset(arena *a)
{
#ifdef PTG_SANITIZED
    free_chunks(a);
#else
    for (chunk *c = a->first; c; c = c->next)
        c->used = 0;
    a->current = a->first;
#endif
}

size_t arena_bytes(const arena *a)
{
    return a->held;
}

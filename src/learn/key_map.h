/* Numbers of keys in the order of first sight: open addressing. */
#ifndef LEARN_KEY_MAP_H
#define LEARN_KEY_MAP_H

#include <stdint.h>

#include "base/memory.h"

typedef struct key_map {
    uint64_t *keys;  /* by id */
    uint32_t *slots; /* id + 1; 0 = empty */
    uint64_t mask;
    int64_t n;
} key_map;

/* Room for n keys. Cleared also after a failure. */
ptg_status key_map_make(int64_t n, key_map *m, ptg_error *err);
void key_map_clear(key_map *m);

/* The slot that the key is in, or where it would be put. */
static inline uint64_t key_map_slot(const key_map *m, uint64_t key)
{
    uint64_t at = (key ^ key >> 29) * UINT64_C(0x9E3779B97F4A7C15) >> 20 & m->mask;
    while (m->slots[at] != 0 && m->keys[m->slots[at] - 1] != key)
        at = (at + 1) & m->mask;
    return at;
}

/* The number of a key, a new one where it was not seen yet. */
static inline uint32_t key_map_number(key_map *m, uint64_t key)
{
    uint64_t at = key_map_slot(m, key);
    if (m->slots[at] == 0) {
        m->keys[m->n] = key;
        m->slots[at] = (uint32_t)++m->n;
    }
    return m->slots[at] - 1;
}

#endif

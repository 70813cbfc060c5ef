/* See key_map.h. Slots are at most half full. */
#include "learn/key_map.h"

ptg_status key_map_make(int64_t n, key_map *m, ptg_error *err)
{
    int64_t slots = 16;
    while (slots < 2 * n)
        slots *= 2;
    *m = (key_map){
        .keys = mem_array(n, sizeof *m->keys), .slots = mem_array(slots, sizeof *m->slots), .mask = (uint64_t)slots - 1};
    return m->keys && m->slots ? PTG_OK : fail_memory(err);
}

void key_map_clear(key_map *m)
{
    mem_free(m->keys);
    mem_free(m->slots);
}

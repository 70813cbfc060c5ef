/* Blocks that double in size, so that few are needed: see the header. */
#include "table/text_store.h"

#include <string.h>

#include "base/memory.h"

enum { FIRST_BLOCK = 4096 };

static bool add_block(text_store *s, int64_t least)
{
    int64_t size = s->n ? 2 * s->size : FIRST_BLOCK;
    if (size < least) size = least;
    char *block = s->n < TEXT_STORE_BLOCKS ? mem_array(size, 1) : NULL;
    if (!block) return false;
    s->blocks[s->n++] = block;
    s->size = size;
    s->used = 0;
    return true;
}

const char *text_store_add(text_store *s, text t)
{
    if (s->size - s->used < t.size && !add_block(s, t.size)) return NULL;
    char *to = s->blocks[s->n - 1] + s->used;
    memcpy(to, t.data, (size_t)t.size);
    s->used += t.size;
    return to;
}

void text_store_clear(text_store *s)
{
    for (int32_t i = 0; i < s->n; i++)
        mem_free(s->blocks[i]);
    *s = (text_store){0};
}

#include "base/arena.h"

#include <stdalign.h>
#include <stdlib.h>

enum {
    BLOCK_BYTES_MIN = 4096,
    /* A turn that binds a fleet's assets needs more once; what is kept would be held for ever. */
    KEPT_BYTES_MAX = 256 * 1024,
};

struct otr_arena_block {
    otr_arena_block *older;
    size_t capacity;
    size_t used;
    alignas(max_align_t) uint8_t data[];
};

static otr_arena_block *add_block(otr_arena *arena, size_t need)
{
    size_t capacity = arena->blocks != NULL ? arena->blocks->capacity * 2 : BLOCK_BYTES_MIN;
    if (capacity > (size_t)1 << 20)
        capacity = (size_t)1 << 20;
    if (capacity < need)
        capacity = need;
    otr_arena_block *block = malloc(sizeof *block + capacity);
    if (block == NULL)
        return NULL;
    block->older = arena->blocks;
    block->capacity = capacity;
    block->used = 0;
    arena->blocks = block;
    return block;
}

static void *refuse(otr_arena *arena)
{
    arena->failed = true;
    return NULL;
}

void *otr_arena_alloc(otr_arena *arena, size_t size)
{
    if (size > SIZE_MAX / 2)
        return refuse(arena);
    size_t need = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    otr_arena_block *block = arena->blocks;
    if (block == NULL || block->capacity - block->used < need) {
        block = add_block(arena, need);
        if (block == NULL)
            return refuse(arena);
    }
    void *memory = block->data + block->used;
    block->used += need;
    arena->used_bytes += need;
    memset(memory, 0, size);
    return memory;
}

void *otr_arena_array(otr_arena *arena, size_t count, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(count, size, &total))
        return refuse(arena);
    return otr_arena_alloc(arena, total);
}

otr_str otr_arena_copy(otr_arena *arena, otr_str text)
{
    char *copy = otr_arena_alloc(arena, text.size + 1);
    if (copy == NULL)
        return (otr_str){NULL, 0};
    if (text.size > 0)
        memcpy(copy, text.data, text.size);
    return (otr_str){copy, text.size};
}

otr_arena_mark otr_arena_marked(const otr_arena *arena)
{
    return (otr_arena_mark){arena->blocks, arena->blocks != NULL ? arena->blocks->used : 0,
                            arena->used_bytes};
}

void otr_arena_rewind(otr_arena *arena, otr_arena_mark mark)
{
    while (arena->blocks != mark.block) {
        otr_arena_block *block = arena->blocks;
        arena->blocks = block->older;
        free(block);
    }
    if (arena->blocks != NULL)
        arena->blocks->used = mark.used;
    arena->used_bytes = mark.used_bytes;
}

void otr_arena_reset(otr_arena *arena)
{
    otr_arena_block *keep = NULL;
    otr_arena_block *block = arena->blocks;
    while (block != NULL) {
        otr_arena_block *older = block->older;
        if (block->capacity <= KEPT_BYTES_MAX && (keep == NULL || block->capacity > keep->capacity)) {
            free(keep);
            keep = block;
        } else {
            free(block);
        }
        block = older;
    }
    if (keep != NULL) {
        keep->older = NULL;
        keep->used = 0;
    }
    arena->blocks = keep;
    arena->used_bytes = 0;
    arena->failed = false;
}

void otr_arena_done(otr_arena *arena)
{
    otr_arena_reset(arena);
    free(arena->blocks);
    *arena = (otr_arena){0};
}

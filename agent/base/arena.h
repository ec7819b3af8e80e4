/*
 * Memory that is given back all at once: one turn, one pack, one message. It remembers that it could not give
 * some, so that who fills many fields asks once at the end. Not thread-safe.
 */
#ifndef OTR_BASE_ARENA_H
#define OTR_BASE_ARENA_H

#include "base/str.h"

typedef struct otr_arena_block otr_arena_block;

/* Zero-initialise to use; the first allocation makes the first block. */
typedef struct otr_arena {
    otr_arena_block *blocks; /* newest first */
    size_t used_bytes;       /* over all blocks, for limits */
    bool failed;             /* memory was out since the last reset */
} otr_arena;

/* size bytes, zeroed, aligned for any type. NULL when memory is out. */
void *otr_arena_alloc(otr_arena *arena, size_t size);
/* count * size with overflow checked; NULL when out of memory. */
void *otr_arena_array(otr_arena *arena, size_t count, size_t size);
/* A NUL-terminated copy that the arena owns; data is NULL when memory is out. */
otr_str otr_arena_copy(otr_arena *arena, otr_str text);
/* How far the arena is filled; and back to there: what came since is gone. No reset in between. */
typedef struct otr_arena_mark {
    otr_arena_block *block;
    size_t used;
    size_t used_bytes;
} otr_arena_mark;
otr_arena_mark otr_arena_marked(const otr_arena *arena);
void otr_arena_rewind(otr_arena *arena, otr_arena_mark mark);
/* Empties the arena; keeps its largest block of 256 KiB at the most for the next use. */
void otr_arena_reset(otr_arena *arena);
void otr_arena_done(otr_arena *arena);

#endif

#include "failing_memory.h"

#include <stddef.h>
#include <stdlib.h>

/* A thread of the store allocates when it likes: counted, the n-th would be another each run. */
static _Thread_local long left;
static _Thread_local int hit;

void failing_memory_after(long nth)
{
    left = nth;
    hit = 0;
}

int failing_memory_hit(void)
{
    return hit;
}

static int fails(void)
{
    if (hit)
        return 1;
    if (left > 0 && --left == 0)
        hit = 1;
    return hit;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *yaml_malloc(size_t size);
void *yaml_realloc(void *old, size_t size);

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return fails() ? NULL : __real_realloc(old, size);
}

/* The program's definitions stand before the library's own of the same name. */
void *yaml_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size > 0 ? size : 1);
}

void *yaml_realloc(void *old, size_t size)
{
    if (fails())
        return NULL;
    return old != NULL ? __real_realloc(old, size > 0 ? size : 1) : __real_malloc(size > 0 ? size : 1);
}

#include "core/effects.h"

/* A burst fills megabytes once; what is kept would be held for ever. */
#define KEPT_BATCH_BYTES (256 * 1024)

void otr_effects_clear(otr_effects *effects)
{
    otr_arena memory = effects->memory;
    otr_buffer batch = effects->batch;
    bool discard = effects->discard;
    otr_arena_reset(&memory);
    if (batch.capacity > KEPT_BATCH_BYTES)
        otr_buffer_done(&batch);
    otr_buffer_clear(&batch);
    *effects = (otr_effects){.memory = memory, .batch = batch, .discard = discard};
}

void otr_effects_done(otr_effects *effects)
{
    otr_arena_done(&effects->memory);
    otr_buffer_done(&effects->batch);
    *effects = (otr_effects){0};
}

void *otr_effects_grow(otr_effects *effects, void **list, size_t *count, size_t *capacity, size_t size)
{
    if (*count == *capacity) {
        size_t wanted = *capacity == 0 ? 8 : *capacity * 2;
        void *larger = otr_arena_array(&effects->memory, wanted, size);
        if (larger == NULL) {
            effects->failed = true;
            return NULL;
        }
        if (*count > 0)
            memcpy(larger, *list, *count * size);
        *list = larger;
        *capacity = wanted;
    }
    return (char *)*list + (*count)++ * size;
}

otr_str otr_effects_copy(otr_effects *effects, otr_str text)
{
    otr_str copy = otr_arena_copy(&effects->memory, text);
    effects->failed |= copy.data == NULL;
    return copy;
}

#include "choices.h"

choices choices_of_seed(uint64_t seed)
{
    return (choices){.state = seed};
}

choices choices_of_bytes(const uint8_t *bytes, size_t size)
{
    static const uint8_t none[1];
    return (choices){.bytes = bytes != NULL ? bytes : none, .size = size};
}

/* splitmix64: any seed will do, also consecutive ones. */
static uint64_t next(uint64_t *state)
{
    uint64_t z = *state += 0x9E3779B97F4A7C15;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
}

uint32_t choose(choices *from, uint32_t count)
{
    if (from->bytes == NULL)
        return (uint32_t)(next(&from->state) >> 32) % count;
    if (from->at >= from->size)
        return 0;
    return from->bytes[from->at++] % count;
}

bool chance(choices *from, uint32_t once_in)
{
    return choose(from, once_in) == once_in - 1;
}

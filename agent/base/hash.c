#include "base/hash.h"

static uint64_t rotate(uint64_t x, int bits)
{
    return (x << bits) | (x >> (64 - bits));
}

static uint64_t load64(const uint8_t *p)
{
    uint64_t value = 0;
    for (int i = 7; i >= 0; i--)
        value = (value << 8) | p[i];
    return value;
}

static void rounds(uint64_t v[4], int count)
{
    for (int i = 0; i < count; i++) {
        v[0] += v[1];
        v[1] = rotate(v[1], 13) ^ v[0];
        v[0] = rotate(v[0], 32);
        v[2] += v[3];
        v[3] = rotate(v[3], 16) ^ v[2];
        v[0] += v[3];
        v[3] = rotate(v[3], 21) ^ v[0];
        v[2] += v[1];
        v[1] = rotate(v[1], 17) ^ v[2];
        v[2] = rotate(v[2], 32);
    }
}

static void absorb(uint64_t v[4], const uint8_t *data, size_t size)
{
    size_t at = 0;
    for (; size - at >= 8; at += 8) {
        uint64_t word = load64(data + at);
        v[3] ^= word;
        rounds(v, 2);
        v[0] ^= word;
    }
    uint64_t last = (uint64_t)size << 56;
    for (size_t i = 0; at + i < size; i++)
        last |= (uint64_t)data[at + i] << (8 * i);
    v[3] ^= last;
    rounds(v, 2);
    v[0] ^= last;
}

static void start(uint64_t v[4], uint64_t key0, uint64_t key1)
{
    v[0] = key0 ^ 0x736f6d6570736575ULL;
    v[1] = key1 ^ 0x646f72616e646f6dULL;
    v[2] = key0 ^ 0x6c7967656e657261ULL;
    v[3] = key1 ^ 0x7465646279746573ULL;
}

uint64_t otr_hash64(uint64_t key0, uint64_t key1, const void *data, size_t size)
{
    uint64_t v[4];
    start(v, key0, key1);
    absorb(v, data, size);
    v[2] ^= 0xff;
    rounds(v, 4);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

otr_id otr_hash128(uint64_t key0, uint64_t key1, const void *data, size_t size)
{
    uint64_t v[4];
    otr_id id;
    start(v, key0, key1);
    v[1] ^= 0xee;
    absorb(v, data, size);
    v[2] ^= 0xee;
    rounds(v, 4);
    uint64_t low = v[0] ^ v[1] ^ v[2] ^ v[3];
    v[1] ^= 0xdd;
    rounds(v, 4);
    uint64_t high = v[0] ^ v[1] ^ v[2] ^ v[3];
    for (int i = 0; i < 8; i++) {
        id.bytes[i] = (uint8_t)(low >> (8 * i));
        id.bytes[8 + i] = (uint8_t)(high >> (8 * i));
    }
    return id;
}

bool otr_id_is_zero(otr_id id)
{
    return otr_id_equal(id, (otr_id){{0}});
}

void otr_id_format(otr_id id, char out[OTR_ID_TEXT_BYTES])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < 16; i++) {
        out[2 * i] = digits[id.bytes[i] >> 4];
        out[2 * i + 1] = digits[id.bytes[i] & 15];
    }
    out[32] = '\0';
}

static int nibble(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool otr_id_parse(otr_str text, otr_id *out)
{
    if (text.size != 32)
        return false;
    for (size_t i = 0; i < 16; i++) {
        int high = nibble(text.data[2 * i]);
        int low = nibble(text.data[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        out->bytes[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

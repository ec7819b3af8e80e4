/*
 * CoAP (RFC 7252) and SenML (RFC 8428) written by hand. A pack names device and metric once, in its base
 * name, so that a reading costs 8 bytes of CBOR and some 130 of them fit one datagram.
 */
#include "load.h"

#include <stdio.h>

enum { TOKEN_BYTES = 4, CON_POST = 0x02, PATH_OPTION = 11, FORMAT_STEP = 1 };

void load_device_name(unsigned number, char out[32])
{
    (void)snprintf(out, 32, "load-%04u", number);
}

/* Bytes written into a bounded packet; full stays set once something did not fit. */
typedef struct writer {
    uint8_t *at;
    const uint8_t *end;
    bool full;
} writer;

static void put(writer *out, const void *bytes, size_t size)
{
    if ((size_t)(out->end - out->at) < size) {
        out->full = true;
        return;
    }
    memcpy(out->at, bytes, size);
    out->at += size;
}

static void put_u8(writer *out, unsigned value)
{
    uint8_t byte = (uint8_t)value;
    put(out, &byte, 1);
}

/* A CBOR head: major type and argument. */
static void put_head(writer *out, unsigned major, uint32_t value)
{
    if (value < 24) {
        put_u8(out, major << 5 | value);
    } else if (value < 256) {
        put_u8(out, major << 5 | 24);
        put_u8(out, value);
    } else {
        put_u8(out, major << 5 | 25);
        put_u8(out, value >> 8);
        put_u8(out, value & 255);
    }
}

static void put_text(writer *out, const char *text)
{
    put_head(out, 3, (uint32_t)strlen(text));
    put(out, text, strlen(text));
}

static void put_double(writer *out, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    put_u8(out, 0xfb);
    for (int shift = 56; shift >= 0; shift -= 8)
        put_u8(out, (unsigned)(bits >> shift) & 255);
}

/* 16 to 32 in steps of 1/64 as a half float: exponent 4, ten bits of fraction. */
static void put_half(writer *out, double value)
{
    unsigned fraction = (unsigned)((value - 16.0) * 64.0) & 1023;
    unsigned bits = (4 + 15) << 10 | fraction;
    put_u8(out, 0xf9);
    put_u8(out, bits >> 8);
    put_u8(out, bits & 255);
}

/* A random walk between 18 and 30 Cel, the same for a device in every run. */
static double walk(load_device *device)
{
    unsigned mix =
        (device->number * 2654435761U) ^ ((unsigned)device->message_id * 40503U) ^ (unsigned)device->event_us;
    device->value += (double)((int)(mix >> 7 & 15) - 7) / 64.0;
    if (device->value < 18.0 || device->value > 30.0)
        device->value = 24.0;
    return device->value;
}

static void put_cbor(writer *out, load_device *device, const char *name, double base_s, unsigned count)
{
    put_head(out, 4, count);
    for (unsigned i = 0; i < count; i++) {
        if (i == 0) {
            put_head(out, 5, 4);
            put_u8(out, 0x21); /* bn */
            put_text(out, name);
            put_u8(out, 0x22); /* bt */
            put_double(out, base_s);
            put_u8(out, 0x23); /* bu */
            put_text(out, "Cel");
        } else {
            put_head(out, 5, 2);
            put_u8(out, 6); /* t */
            put_head(out, 0, i);
        }
        put_u8(out, 2); /* v */
        put_half(out, walk(device));
    }
}

static void put_json(writer *out, load_device *device, const char *name, double base_s, unsigned count)
{
    char text[160];
    for (unsigned i = 0; i < count; i++) {
        int size = i == 0
                       ? snprintf(text, sizeof text, "[{\"bn\":\"%s\",\"bt\":%.3f,\"bu\":\"Cel\",\"v\":%.6g}",
                                  name, base_s, walk(device))
                       : snprintf(text, sizeof text, ",{\"t\":%u,\"v\":%.6g}", i, walk(device));
        put(out, text, (size_t)size);
    }
    put_u8(out, ']');
}

/*
 * One reading is dated now. Packs hold a reading for each second and follow on without a gap, as of a device
 * that catches up with the last week.
 */
static double next_base(const load *run, load_device *device)
{
    int64_t now_us = run->now_us + run->utc_offset_us;
    if (run->options.readings == 1) {
        device->event_us = now_us > device->event_us ? now_us : device->event_us + 1000;
        int64_t event_ms = device->event_us / 1000;
        return (double)event_ms / 1000.0;
    }
    if (device->event_us == 0)
        device->event_us = now_us / 1000000 * 1000000 - 7LL * 24 * 3600 * 1000000;
    int64_t base = device->event_us + 1000000;
    device->event_us += (int64_t)run->options.readings * 1000000;
    return (double)base / 1e6;
}

bool load_message_next(load *run, load_device *device)
{
    char name[32];
    char full[64];
    writer out = {device->packet, device->packet + sizeof device->packet, false};
    unsigned format = run->options.json ? 110 : 112;
    device->message_id++;
    put_u8(&out, 1U << 6 | TOKEN_BYTES); /* version 1, CON */
    put_u8(&out, CON_POST);
    put_u8(&out, device->message_id >> 8);
    put_u8(&out, device->message_id & 255);
    for (int shift = 24; shift >= 0; shift -= 8)
        put_u8(&out, device->number >> shift & 255);
    put_u8(&out, PATH_OPTION << 4 | 1);
    put_u8(&out, 'r');
    put_u8(&out, FORMAT_STEP << 4 | 1); /* Content-Format is option 12 */
    put_u8(&out, format);
    put_u8(&out, 0xff);
    load_device_name(device->number, name);
    (void)snprintf(full, sizeof full, "%s/temperature", name);
    double base_s = next_base(run, device);
    if (run->options.json)
        put_json(&out, device, full, base_s, run->options.readings);
    else
        put_cbor(&out, device, full, base_s, run->options.readings);
    device->size = (size_t)(out.at - device->packet);
    return !out.full;
}

bool load_message_read(const uint8_t *bytes, size_t size, load_reply *out)
{
    unsigned token_size = size >= 4 ? bytes[0] & 15 : 0;
    if (size < 4 || bytes[0] >> 6 != 1 || size < 4 + token_size)
        return false;
    *out = (load_reply){
        .type = bytes[0] >> 4 & 3,
        .code = bytes[1],
        .message_id = (uint16_t)(bytes[2] << 8 | bytes[3]),
        .has_token = token_size == TOKEN_BYTES,
    };
    if (out->has_token)
        out->device =
            (uint32_t)bytes[4] << 24 | (uint32_t)bytes[5] << 16 | (uint32_t)bytes[6] << 8 | bytes[7];
    return true;
}

#include "telemetry_line.h"

#include "codec/sparkplug.h"
#include "platform/linux/mqtt/deflate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

#include <cmocka.h>

telemetry_line line;

/* We write more metrics than we read from hosts: each is read as a payload of its own. */
static void take_metric(otr_bytes one, told *out)
{
    otr_arena memory = {0};
    otr_sparkplug_payload read;
    otr_error error;
    assert_int_equal(otr_sparkplug_decode(&memory, one, &read, &error), OTR_OK);
    assert_int_equal(read.count, 1);
    if (otr_str_is(read.metrics[0].name, "bdSeq"))
        out->bdseq = read.metrics[0].integer;
    out->historical += read.metrics[0].is_historical;
    if (read.metrics[0].type == OTR_SPARKPLUG_DOUBLE)
        out->last = read.metrics[0].number;
    out->dated = read.metrics[0].at;
    out->values++;
    otr_arena_done(&memory);
}

/* The payload within, as any host with zlib reads it. */
static void unwrap(otr_bytes body, otr_buffer *out)
{
    z_stream stream = {.next_in = (Bytef *)body.data, .avail_in = (uInt)body.size};
    assert_true(otr_buffer_reserve(out, 1 << 16));
    stream.next_out = out->data;
    stream.avail_out = 1 << 16;
    assert_int_equal(inflateInit2(&stream, 15 + 32), Z_OK); /* either form */
    assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
    out->size = stream.total_out;
    (void)inflateEnd(&stream);
}

static void take_payload(otr_bytes payload, told *out)
{
    otr_reader reader = otr_reader_of(payload);
    otr_buffer plain = {0};
    out->bdseq = -1;
    while (otr_reader_left(&reader) > 0) {
        size_t begin = payload.size - otr_reader_left(&reader);
        uint64_t tag = otr_reader_varint(&reader);
        if (tag == 0x12) {
            (void)otr_reader_str(&reader);
            take_metric((otr_bytes){payload.data + begin, payload.size - otr_reader_left(&reader) - begin},
                        out);
            continue;
        }
        if (tag == 0x22) {
            assert_true(otr_str_is(otr_reader_str(&reader), "SPBV1.0_COMPRESSED"));
            continue;
        }
        if (tag == 0x2a) {
            otr_str body = otr_reader_str(&reader);
            unwrap((otr_bytes){(const uint8_t *)body.data, body.size}, &plain);
            out->form = (uint8_t)body.data[0];
            continue;
        }
        uint64_t value = otr_reader_varint(&reader);
        out->has_seq |= tag == 0x18;
        out->seq = tag == 0x18 ? value : out->seq;
    }
    assert_false(reader.failed);
    if (plain.size > 0) {
        uint64_t outer = out->seq;
        out->values = 0; /* the algorithm alone */
        take_payload(otr_buffer_bytes(&plain), out);
        assert_int_equal(out->seq, outer);
    }
    otr_buffer_done(&plain);
}

static otr_status do_connect(void *self, unsigned server, const otr_publication *will, const otr_str *filters,
                             size_t count, otr_error *error)
{
    told ignored = {.values = 0};
    (void)self, (void)error;
    assert_false(line.connected);
    assert_true(otr_str_is(filters[0], "spBv1.0/g/NCMD/w"));
    assert_true(otr_str_is(filters[1], "spBv1.0/g/DCMD/w/+"));
    assert_int_equal(count, line.host != NULL ? 3 : 2);
    assert_int_equal(will->qos, 1);
    take_payload(will->payload, &ignored);
    line.will_bdseq = ignored.bdseq;
    assert_false(ignored.has_seq);
    line.connects++;
    line.server = server;
    line.connected = true;
    line.left = false;
    return OTR_OK;
}

static void do_leave(void *self)
{
    (void)self;
    line.left = true;
}

static otr_status do_publish(void *self, const otr_publication *publication)
{
    otr_str rest = publication->topic;
    (void)self;
    if (!line.connected)
        return OTR_IO;
    if (line.room == 0)
        return OTR_FULL;
    if (line.refused != NULL && strstr(rest.data, line.refused) != NULL)
        return OTR_LIMIT;
    line.room -= line.room > 0;
    line.bytes += publication->payload.size;
    line.sent += publication->topic.size + publication->payload.size + 8;
    if (publication->qos == 1) {
        assert_true(line.token_count < 64);
        line.token_at[line.token_count] = line.sent;
        line.tokens[line.token_count++] = publication->token;
    }
    if (!otr_str_starts(rest, OTR_STR("spBv1.0/g/")))
        return OTR_OK;
    rest = (otr_str){rest.data + 10, rest.size - 10};
    told *one = &line.list[line.count++];
    assert_true(line.count < TOLD);
    *one = (told){.values = 0};
    (void)snprintf(one->kind, sizeof one->kind, "%.*s", (int)strcspn(rest.data, "/"), rest.data);
    const char *device = strrchr(rest.data, '/');
    if (one->kind[0] == 'D')
        (void)snprintf(one->device, sizeof one->device, "%s", device + 1);
    take_payload(publication->payload, one);
    static const uint8_t stale[] = {0x08, 3, 0x18, 0xf4, 0x03}; /* Int32 500 */
    one->stale = memmem(publication->payload.data, publication->payload.size, stale, sizeof stale) != NULL;
    return OTR_OK;
}

static otr_status do_read(void *self, uint64_t first, uint64_t last, void *context,
                          otr_status (*each)(void *context, uint64_t first_seq, otr_time core_time,
                                             otr_bytes batch),
                          otr_error *error)
{
    (void)self;
    if (line.reader == NULL)
        assert_int_equal(otr_store_reader_open(otr_str_of(line.gateway->folder), &line.reader, error),
                         OTR_OK);
    return otr_store_reader_batches_at(line.reader, first, last, 1 << 16, context, each, error);
}

static void do_set(void *self, otr_id id, otr_str device, otr_str metric, otr_str value)
{
    (void)self, (void)id;
    (void)snprintf(line.set, sizeof line.set, "%.*s %.*s %.*s", OTR_STR_ARG(device), OTR_STR_ARG(metric),
                   OTR_STR_ARG(value));
    line.sets++;
}

static otr_status do_seek(void *self, otr_time core_time, uint64_t *seq, otr_error *error)
{
    (void)self;
    if (line.reader == NULL)
        assert_int_equal(otr_store_reader_open(otr_str_of(line.gateway->folder), &line.reader, error),
                         OTR_OK);
    return otr_store_reader_seq_at(line.reader, core_time, seq, error);
}

static otr_status do_compress(void *self, otr_sparkplug_compression how, otr_bytes data, otr_buffer *out)
{
    (void)self;
    return line.incompressible ? OTR_MEMORY : otr_deflate(data, how == OTR_SPARKPLUG_GZIP, out);
}

static void read_clock(void *self, otr_clock_sample *out)
{
    (void)self;
    bool unset = line.gateway->unsynced;
    *out = (otr_clock_sample){line.gateway->mono, unset ? OTR_DAY : GATEWAY_UTC + line.gateway->mono,
                              unset ? OTR_CLOCK_UNSYNCED : OTR_CLOCK_SYNCED};
}

static otr_telemetry *make(gateway *g)
{
    otr_error error;
    otr_deadband deadband = {OTR_STR("shock"), line.deadband};
    otr_telemetry_config config = {.group = OTR_STR("g"),
                                   .gateway = OTR_STR("w"),
                                   .primary_host = otr_str_of(line.host),
                                   .servers = line.servers,
                                   .reconnect_min = OTR_SECOND,
                                   .reconnect_max = 8 * OTR_SECOND,
                                   .device_timeout = line.device_timeout,
                                   .compressions = line.compressions,
                                   .deadbands = &deadband,
                                   .deadband_count = 1};
    otr_telemetry_port port = {
        {NULL, read_clock}, NULL, do_connect, do_leave, do_publish, do_read, do_set, do_seek, do_compress};
    line.gateway = g;
    otr_telemetry_free(line.telemetry);
    assert_int_equal(otr_telemetry_create(&config, &port, &line.telemetry, &error), OTR_OK);
    line.connected = false;
    return line.telemetry;
}

void line_begin(gateway *g)
{
    memset(&line, 0, sizeof line);
    line.servers = 1;
    line.room = -1;
    gateway_telemetry = make;
    gateway_open(g);
}

void line_finish(gateway *g)
{
    otr_store_reader_close(line.reader);
    gateway_close(g);
    otr_telemetry_free(line.telemetry);
    gateway_telemetry = NULL;
}

void line_connect(gateway *g)
{
    for (int i = 0; i < 100 && !line.connected; i++) {
        gateway_turn(g, OTR_SECOND);
        gateway_rest(g);
    }
    assert_true(line.connected);
    line.token_count = 0;
    otr_telemetry_up(line.telemetry);
    gateway_turn(g, OTR_MS);
}

void line_lose(void)
{
    line.connected = false;
    line.token_count = 0;
    otr_telemetry_down(line.telemetry, false);
}

void line_prove(gateway *g)
{
    gateway_turn(g, 6 * OTR_SECOND); /* a barrier is due at the latest */
    for (size_t i = 0; i < line.token_count; i++)
        otr_telemetry_published(line.telemetry, line.tokens[i], OTR_OK);
    line.token_count = 0;
}

void line_report(gateway *g, int number, double shock)
{
    assert_int_equal(gateway_send(g, "d1", number, shock, (uint64_t)number), OTR_OK);
    gateway_turn(g, OTR_SECOND);
    gateway_rest(g);
}

size_t line_values_since(size_t from, size_t *historical)
{
    size_t values = 0;
    *historical = 0;
    for (size_t i = from; i < line.count; i++)
        if (strcmp(line.list[i].kind, "DDATA") == 0) {
            values += line.list[i].values;
            *historical += line.list[i].historical;
        }
    return values;
}

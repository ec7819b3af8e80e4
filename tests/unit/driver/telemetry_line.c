#include "telemetry_line.h"

#include "codec/sparkplug.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

telemetry_line line;

static int64_t bdseq_of(otr_bytes payload, told *out)
{
    otr_arena memory = {0};
    otr_sparkplug_payload read;
    otr_error error;
    int64_t found = -1;
    otr_status status = otr_sparkplug_decode(&memory, payload, &read, &error);
    if (status == OTR_LIMIT) /* we write more than we read from hosts */
        read.count = 0;
    else
        assert_int_equal(status, OTR_OK);
    for (size_t i = 0; i < read.count; i++) {
        if (otr_str_is(read.metrics[i].name, "bdSeq"))
            found = read.metrics[i].integer;
        out->historical += read.metrics[i].is_historical;
        if (read.metrics[i].type == OTR_SPARKPLUG_DOUBLE)
            out->last = read.metrics[i].number;
    }
    out->values = read.count;
    out->has_seq = read.has_seq;
    out->seq = read.seq;
    otr_arena_done(&memory);
    return found;
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
    line.will_bdseq = bdseq_of(will->payload, &ignored);
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
    if (publication->qos == 1) {
        assert_true(line.token_count < 64);
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
    one->bdseq = bdseq_of(publication->payload, one);
    return OTR_OK;
}

static otr_status do_read(void *self, uint64_t after, uint64_t up_to, void *context,
                          otr_status (*each)(void *context, uint64_t first_seq, otr_time core_time,
                                             otr_bytes batch),
                          otr_error *error)
{
    (void)self;
    if (line.reader == NULL)
        assert_int_equal(otr_store_reader_open(otr_str_of(line.gateway->folder), &line.reader, error),
                         OTR_OK);
    return otr_store_reader_batches(line.reader, &after, up_to, context, each, error);
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

static void read_clock(void *self, otr_clock_sample *out)
{
    (void)self;
    *out = (otr_clock_sample){line.gateway->mono, GATEWAY_UTC + line.gateway->mono, OTR_CLOCK_SYNCED};
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
                                   .deadbands = &deadband,
                                   .deadband_count = 1};
    otr_telemetry_port port = {{NULL, read_clock}, NULL,    do_connect, do_leave,
                               do_publish,         do_read, do_set,     do_seek};
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
    otr_telemetry_down(line.telemetry);
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

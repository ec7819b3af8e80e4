/*
 * driver/telemetry with the real driver and store, and a link in the test's hands: what is told after which
 * commit, what a proof moves, and what is told again when it does not come.
 */
#include "base/limits.h"
#include "codec/sparkplug.h"
#include "driver/telemetry.h"
#include "gateway.h"
#include "platform/linux/store_reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { TOLD = 4096 };

typedef struct told {
    char kind[8];
    char device[16];
    bool has_seq;
    uint64_t seq;
    size_t values;
    size_t historical;
    double last; /* number of its last metric */
    int64_t bdseq;
} told;

static struct {
    gateway *gateway;
    otr_telemetry *telemetry;
    otr_store_reader *reader;
    double deadband;
    unsigned servers;
    const char *host;
    unsigned connects;
    unsigned server;
    bool connected;
    bool left;
    int room; /* messages that the link takes; -1: all */
    told list[TOLD];
    size_t count;
    uint64_t tokens[64]; /* barriers and deaths, not answered */
    size_t token_count;
    size_t bytes;
    int64_t will_bdseq;
    char set[64];
    int sets;
} line;

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

static void begin(gateway *g)
{
    memset(&line, 0, sizeof line);
    line.servers = 1;
    line.room = -1;
    gateway_telemetry = make;
    gateway_open(g);
}

static void finish(gateway *g)
{
    otr_store_reader_close(line.reader);
    gateway_close(g);
    otr_telemetry_free(line.telemetry);
    gateway_telemetry = NULL;
}

/* Until it calls, and then up. */
static void connect(gateway *g)
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

static void lose(void)
{
    line.connected = false;
    line.token_count = 0;
    otr_telemetry_down(line.telemetry);
}

static void prove(gateway *g)
{
    gateway_turn(g, 6 * OTR_SECOND); /* a barrier is due at the latest */
    for (size_t i = 0; i < line.token_count; i++)
        otr_telemetry_published(line.telemetry, line.tokens[i], OTR_OK);
    line.token_count = 0;
}

static void report(gateway *g, int number, double shock)
{
    assert_int_equal(gateway_send(g, "d1", number, shock, (uint64_t)number), OTR_OK);
    gateway_turn(g, OTR_SECOND);
    gateway_rest(g);
}

static size_t values_since(size_t from, size_t *historical)
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

/* ---- */

static void births_come_first_and_seq_counts(void **state)
{
    gateway g;
    (void)state;
    begin(&g);
    connect(&g);
    assert_int_equal(line.count, 1);
    assert_string_equal(line.list[0].kind, "NBIRTH");
    assert_true(line.list[0].has_seq && line.list[0].seq == 0);
    assert_int_equal(line.list[0].bdseq, line.will_bdseq);
    for (int i = 1; i < 300; i++) {
        report(&g, i, i % 20 / 10.0);
        if (i % 20 == 0)
            prove(&g); /* or the window would be full */
    }
    assert_string_equal(line.list[1].kind, "DBIRTH");
    assert_string_equal(line.list[1].device, "d1");
    assert_string_equal(line.list[2].kind, "DDATA");
    assert_int_equal(line.count, 300);
    for (size_t i = 0; i < line.count; i++)
        assert_int_equal(line.list[i].seq, i % 256);
    finish(&g);
}

static void a_bdseq_is_durable_before_it_is_used(void **state)
{
    gateway g;
    (void)state;
    begin(&g);
    connect(&g);
    int64_t first = line.will_bdseq;
    lose();
    for (int i = 0; i < 20 && g.commit == NULL; i++)
        gateway_turn(&g, OTR_SECOND);
    assert_non_null(g.commit);
    assert_true(g.commit->uplink.size > 0);
    gateway_turn(&g, OTR_SECOND);
    assert_false(line.connected);
    assert_true(gateway_commit(&g, GATEWAY_FAILED_BUT_THERE));
    connect(&g);
    assert_int_equal(line.will_bdseq, first + 1);
    gateway_restart(&g); /* as after a power cut */
    connect(&g);
    assert_int_equal(line.will_bdseq, first + 2);
    finish(&g);
}

static void what_is_proven_is_not_told_again_and_the_rest_is(void **state)
{
    gateway g;
    size_t historical;
    (void)state;
    begin(&g);
    connect(&g);
    for (int i = 1; i <= 10; i++)
        report(&g, i, i / 10.0);
    prove(&g);
    for (int i = 11; i <= 15; i++)
        report(&g, i, i / 10.0);
    lose();
    size_t from = line.count;
    for (int i = 16; i <= 20; i++)
        report(&g, i, i / 10.0);
    if (!line.connected)
        gateway_rest(&g);
    connect(&g);
    gateway_rest(&g);
    assert_int_equal(values_since(from, &historical), 10); /* 11 to 20 */
    assert_int_equal(historical, 10);
    from = line.count;
    gateway_turn(&g, 20 * OTR_SECOND);
    gateway_rest(&g);
    gateway_restart(&g); /* nothing was proven since 10 */
    connect(&g);
    gateway_rest(&g);
    assert_int_equal(values_since(from, &historical), 10);
    prove(&g);
    gateway_turn(&g, 20 * OTR_SECOND);
    gateway_rest(&g);
    from = line.count;
    gateway_restart(&g);
    connect(&g);
    gateway_rest(&g);
    assert_int_equal(values_since(from, &historical), 0);
    finish(&g);
}

static void a_value_told_to_a_lost_connection_alone_is_told_again(void **state)
{
    gateway g;
    size_t historical;
    (void)state;
    begin(&g);
    line.deadband = 0.5;
    gateway_restart(&g);
    connect(&g);
    report(&g, 1, 1.0); /* its birth */
    report(&g, 2, 2.0);
    size_t from = line.count;
    report(&g, 3, 2.3); /* within the deadband */
    report(&g, 4, 1.8);
    assert_int_equal(line.count, from);
    lose();
    from = line.count;
    connect(&g);
    gateway_rest(&g);
    /* of 1.0, 2.0, 2.3, 1.8 those that differ: two, though none differed from what the lost one had heard */
    assert_int_equal(values_since(from, &historical), 2);
    assert_int_equal(historical, 2);
    finish(&g);
}

static void what_is_not_proven_stays_below_the_window(void **state)
{
    gateway g;
    (void)state;
    begin(&g);
    connect(&g);
    prove(&g);
    lose();
    for (int i = 1; i <= 3000; i++) {
        assert_int_equal(gateway_send(&g, "d1", i, i % 20 / 10.0, (uint64_t)i), OTR_OK);
        if (i % 500 == 0) {
            gateway_turn(&g, OTR_SECOND);
            while (gateway_commit(&g, GATEWAY_DONE))
                gateway_turn(&g, 0);
        }
        if (line.connected)
            lose();
    }
    connect(&g);
    for (int i = 0; i < 50; i++)
        gateway_turn(&g, OTR_MS);
    otr_telemetry_view view = otr_telemetry_look(line.telemetry);
    assert_true(view.unproven < (4 << 10) + 2 * OTR_LIMIT_TELEMETRY_BYTES);
    assert_true(view.backlog > 2000);
    for (int i = 0; i < 200 && view.backlog > 0; i++) {
        for (size_t t = 0; t < line.token_count; t++)
            otr_telemetry_published(line.telemetry, line.tokens[t], OTR_OK);
        line.token_count = 0;
        gateway_turn(&g, OTR_SECOND);
        (void)gateway_commit(&g, GATEWAY_DONE);
        view = otr_telemetry_look(line.telemetry);
    }
    assert_int_equal(view.backlog, 0);
    finish(&g);
}

static void a_full_link_delays_and_loses_nothing(void **state)
{
    gateway g;
    size_t historical;
    (void)state;
    begin(&g);
    connect(&g);
    report(&g, 1, 0.1);
    line.room = 0;
    size_t from = line.count;
    for (int i = 2; i <= 9; i++)
        report(&g, i, i / 10.0);
    assert_int_equal(line.count, from);
    line.room = 3;
    gateway_turn(&g, OTR_SECOND);
    assert_int_equal(line.count, from + 3);
    line.room = -1;
    gateway_turn(&g, OTR_SECOND);
    assert_int_equal(values_since(from, &historical), 8);
    assert_int_equal(historical, 0);
    for (size_t i = 1; i < line.count; i++)
        assert_int_equal(line.list[i].seq, (line.list[i - 1].seq + 1) % 256);
    finish(&g);
}

static const uint8_t rebirth[] = {0x12, 0x18, 0x0a, 20,  'N', 'o', 'd', 'e', ' ', 'C', 'o', 'n',  't',
                                  'r',  'o',  'l',  '/', 'R', 'e', 'b', 'i', 'r', 't', 'h', 0x70, 1};

static void hosts_may_ask_for_births_now_and_then(void **state)
{
    gateway g;
    (void)state;
    begin(&g);
    connect(&g);
    report(&g, 1, 0.1);
    size_t from = line.count;
    for (int i = 0; i < 20; i++)
        otr_telemetry_received(line.telemetry, OTR_STR("spBv1.0/g/NCMD/w"),
                               (otr_bytes){rebirth, sizeof rebirth});
    gateway_turn(&g, OTR_MS);
    assert_int_equal(line.count, from + 2);
    assert_string_equal(line.list[from].kind, "NBIRTH");
    assert_int_equal(line.list[from].seq, 0);
    assert_int_equal(line.list[from].bdseq, line.will_bdseq);
    assert_string_equal(line.list[from + 1].kind, "DBIRTH");
    for (int i = 0; i < 20; i++)
        otr_telemetry_received(line.telemetry, OTR_STR("spBv1.0/g/NCMD/w"),
                               (otr_bytes){rebirth, sizeof rebirth});
    gateway_turn(&g, OTR_SECOND);
    assert_int_equal(line.count, from + 2);
    gateway_turn(&g, 10 * OTR_SECOND);
    assert_int_equal(line.count, from + 4);
    gateway_turn(&g, 30 * OTR_SECOND);
    assert_int_equal(line.count, from + 4);
    finish(&g);
}

static void say_state(const char *text)
{
    otr_telemetry_received(line.telemetry, OTR_STR("spBv1.0/STATE/scada"),
                           (otr_bytes){(const uint8_t *)text, strlen(text)});
}

static void without_its_host_it_goes_from_server_to_server(void **state)
{
    gateway g;
    (void)state;
    begin(&g);
    line.host = "scada";
    line.servers = 2;
    gateway_restart(&g);
    connect(&g);
    assert_int_equal(line.server, 0);
    assert_int_equal(line.count, 0);
    say_state("{\"online\":false,\"timestamp\":50}");
    assert_true(line.left);
    lose();
    connect(&g);
    assert_int_equal(line.server, 1);
    say_state("{\"online\":true,\"timestamp\":40}"); /* another server: the first word counts */
    gateway_turn(&g, OTR_MS);
    assert_int_equal(line.count, 1);
    assert_string_equal(line.list[0].kind, "NBIRTH");
    say_state("{\"online\":false,\"timestamp\":39}");
    assert_false(line.left);
    assert_int_equal(line.count, 1); /* nor is its death told */
    say_state("{\"online\":false,\"timestamp\":40}");
    assert_string_equal(line.list[1].kind, "NDEATH");
    assert_false(line.left); /* until the death is with the broker */
    otr_telemetry_published(line.telemetry, UINT64_MAX, OTR_OK);
    assert_true(line.left);
    lose();
    connect(&g);
    assert_int_equal(line.server, 0);
    finish(&g);
}

static void a_host_sets_a_value_by_name_or_by_alias(void **state)
{
    gateway g;
    otr_buffer out = {0};
    otr_sparkplug_metric metric = {.name = OTR_STR("set_point"),
                                   .at = OTR_TIME_NONE,
                                   .type = OTR_SPARKPLUG_DOUBLE,
                                   .quality = OTR_SPARKPLUG_GOOD,
                                   .number = 3.5};
    (void)state;
    begin(&g);
    connect(&g);
    report(&g, 1, 0.1);
    otr_sparkplug_begin(&out, OTR_SECOND);
    otr_sparkplug_add(&out, &metric);
    otr_telemetry_received(line.telemetry, OTR_STR("spBv1.0/g/DCMD/w/d1"), otr_buffer_bytes(&out));
    assert_string_equal(line.set, "d1 set_point 3.5");
    otr_buffer_clear(&out);
    metric = (otr_sparkplug_metric){.has_alias = true,
                                    .alias = 1,
                                    .at = OTR_TIME_NONE,
                                    .type = OTR_SPARKPLUG_BOOLEAN,
                                    .quality = OTR_SPARKPLUG_GOOD,
                                    .flag = true};
    otr_sparkplug_add(&out, &metric);
    otr_telemetry_received(line.telemetry, OTR_STR("spBv1.0/g/DCMD/w/d1"), otr_buffer_bytes(&out));
    assert_string_equal(line.set, "d1 shock true");
    for (int i = 0; i < 100; i++)
        otr_telemetry_received(line.telemetry, OTR_STR("spBv1.0/g/DCMD/w/d1"), otr_buffer_bytes(&out));
    assert_int_equal(line.sets, OTR_LIMIT_TELEMETRY_SETS_PER_S);
    otr_telemetry_received(line.telemetry, OTR_STR("spBv1.0/g/DCMD/w/unknown"), otr_buffer_bytes(&out));
    assert_int_equal(line.sets, OTR_LIMIT_TELEMETRY_SETS_PER_S); /* nobody was born with that alias */
    otr_buffer_done(&out);
    finish(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(births_come_first_and_seq_counts),
        cmocka_unit_test(a_bdseq_is_durable_before_it_is_used),
        cmocka_unit_test(what_is_proven_is_not_told_again_and_the_rest_is),
        cmocka_unit_test(a_value_told_to_a_lost_connection_alone_is_told_again),
        cmocka_unit_test(what_is_not_proven_stays_below_the_window),
        cmocka_unit_test(a_full_link_delays_and_loses_nothing),
        cmocka_unit_test(hosts_may_ask_for_births_now_and_then),
        cmocka_unit_test(a_host_sets_a_value_by_name_or_by_alias),
        cmocka_unit_test(without_its_host_it_goes_from_server_to_server),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

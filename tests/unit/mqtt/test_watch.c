/* `outrider watch`: what it prints for each kind of event, what it never prints, and the program at a real
 * broker. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "client.h"
#include "tools/outrider/fleet/watch.h"

static otr_watch_options everything(void)
{
    return (otr_watch_options){.kinds = {true, true, true, true}};
}

static otr_service_event sample(otr_service_kind kind)
{
    static const otr_evidence evidence[] = {
        {OTR_STR("temperature"), OTR_STR("Cel"), OTR_STR("9.1"), 1772352003000000}};
    static const otr_fact facts[] = {{OTR_STR("phone"), OTR_STR("in the relay")}};
    otr_service_event event = {
        .kind = kind,
        .what = OTR_STR("raised"),
        .event = {{1}},
        .entity = {{2}},
        .revision = 1,
        .decided = 1772352005123456, /* 2026-03-01T08:00:05.123456Z */
        .onset = OTR_TIME_NONE,
        .raised = OTR_TIME_NONE,
        .ended = OTR_TIME_NONE,
        .expires = OTR_TIME_NONE,
        .next_by = OTR_TIME_NONE,
        .priority = OTR_STR("high"),
        .asset = OTR_STR("box-7"),
        .asset_name = OTR_STR("Vaccine box 7"),
        .cause = OTR_STR("above 8 °C since 07:50, now 9.1 °C"),
        .coverage_percent = -1,
    };
    if (kind == OTR_SERVICE_NOTIFICATION) {
        event.to = OTR_STR("cust-12");
        event.locale = OTR_STR("en");
        event.text = OTR_STR("Your vaccines are too warm.\nWe are on our way.");
    }
    if (kind == OTR_SERVICE_VIEW) {
        event.facts = facts;
        event.fact_count = 1;
    }
    if (kind == OTR_SERVICE_TICKET) {
        event.what = OTR_STR("opened");
        event.queue = OTR_STR("cold-chain");
        event.title = OTR_STR("too warm");
        event.alarm_count = 2;
        event.evidence = evidence;
        event.evidence_count = 1;
        event.facts = facts;
        event.fact_count = 1;
    }
    return event;
}

static const char *rendered(const otr_service_event *event, bool colour, bool lengths)
{
    static otr_buffer out;
    otr_watch_item item = {
        .topic = {OTR_STR("g"), OTR_STR("gw-1"), otr_str_of(otr_service_kind_text(event->kind))},
        .has_event = true,
        .event = *event,
    };
    otr_buffer_clear(&out);
    otr_watch_text(&out, &item, colour, lengths);
    otr_buffer_add_u8(&out, 0);
    assert_false(out.failed);
    return (const char *)out.data;
}

static const char *text_of(const otr_service_event *event, bool colour)
{
    return rendered(event, colour, false);
}

static void a_message_at_all_lengths_says_how_to_answer_it(void **state)
{
    (void)state;
    static const otr_action actions[] = {{{"help", 4}, {"q83vASNFZ4mrze8BI0VniQ", 22}}};
    otr_service_event event = sample(OTR_SERVICE_NOTIFICATION);
    event.entity = (otr_id){{0xab}};
    event.line = OTR_STR("Too warm");
    event.brief = OTR_STR("Your vaccines are too warm");
    event.why = OTR_STR("you\033 receive them");
    event.next_by = event.decided + 3600 * OTR_SECOND;
    event.actions = actions;
    event.action_count = 1;
    assert_string_equal(rendered(&event, false, true),
                        "2026-03-01 08:00:05Z  gw-1  MESSAGE  raised   to cust-12 (en)\n"
                        "    Your vaccines are too warm.\n    We are on our way.\n"
                        "    line: Too warm\n    brief: Your vaccines are too warm\n"
                        "    why: you\\x1b receive them\n"
                        "    act help ab000000000000000000000000000000 q83vASNFZ4mrze8BI0VniQ\n"
                        "    more by 2026-03-01 09:00:05Z\n");
    assert_null(strstr(text_of(&event, false), "Too warm"));
}

static void a_view_lists_what_is_known(void **state)
{
    (void)state;
    otr_service_event event = sample(OTR_SERVICE_VIEW);
    event.what = OTR_STR("updated");
    event.evidence_count = 0;
    event.next_by = event.decided;
    assert_string_equal(text_of(&event, false),
                        "2026-03-01 08:00:05Z  gw-1  VIEW     updated  Vaccine box 7\n"
                        "    phone: in the relay\n    more by 2026-03-01 08:00:05Z\n");
}

static void each_kind_reads_well(void **state)
{
    (void)state;
    otr_service_event event = sample(OTR_SERVICE_ALARM);
    assert_string_equal(text_of(&event, false),
                        "2026-03-01 08:00:05Z  gw-1  ALARM    raised   high      Vaccine box 7: "
                        "above 8 °C since 07:50, now 9.1 °C\n");
    event = sample(OTR_SERVICE_NOTIFICATION);
    assert_string_equal(text_of(&event, false),
                        "2026-03-01 08:00:05Z  gw-1  MESSAGE  raised   to cust-12 (en)\n"
                        "    Your vaccines are too warm.\n    We are on our way.\n");
    event = sample(OTR_SERVICE_TICKET);
    assert_string_equal(
        text_of(&event, false),
        "2026-03-01 08:00:05Z  gw-1  TICKET   opened   cold-chain  Vaccine box 7: too warm (2 alarms)\n"
        "    phone: in the relay\n    temperature 9.1 Cel at 2026-03-01 08:00:03Z\n");
    event = sample(OTR_SERVICE_STATUS);
    event.asset = event.asset_name = OTR_STR("");
    event.what = OTR_STR("online");
    event.cause = OTR_STR("");
    assert_string_equal(text_of(&event, false), "2026-03-01 08:00:05Z  gw-1  STATUS   online   \n");
}

static void colour_is_only_there_when_asked_for(void **state)
{
    (void)state;
    for (int kind = 0; kind < OTR_SERVICE_KINDS; kind++) {
        otr_service_event event = sample((otr_service_kind)kind);
        assert_null(strchr(text_of(&event, false), '\033'));
        assert_non_null(strstr(text_of(&event, true), "\033[0m"));
    }
}

static void nothing_from_the_wire_reaches_the_terminal_raw(void **state)
{
    (void)state;
    static const struct {
        otr_str text;
        const char *safe;
        const char *json;
    } rows[] = {
        {OTR_STR("plain ü €"), "plain ü €", "\"plain ü €\""},
        {OTR_STR("\033[2Jgone"), "\\x1b[2Jgone", "\"\\u001b[2Jgone\""},
        {OTR_STR("a\nb\tc\x7f"), "a\\x0ab\\x09c\\x7f", "\"a\\u000ab\\u0009c\\u007f\""},
        {OTR_STR("csi \xc2\x9b"
                 "2J"),
         "csi \\x9b2J", "\"csi \\u009b2J\""},
        {OTR_STR("bidi \xe2\x80\xae!"), "bidi \\u202e!", "\"bidi \\u202e!\""},
        {OTR_STR("bad \xff\xfe \033"), "bad \\xff\\xfe \\x1b", "\"bad \\ufffd\\ufffd \\u001b\""},
        {OTR_STR("quote \" \\"), "quote \" \\", "\"quote \\\" \\\\\""},
        {OTR_STR("nul \0 end"), "nul \\x00 end", "\"nul \\u0000 end\""},
        {OTR_STR("\xf0\x9f\xa7\x8a ice"), "\xf0\x9f\xa7\x8a ice", "\"\xf0\x9f\xa7\x8a ice\""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        otr_buffer out = {0};
        otr_watch_add_safe(&out, rows[i].text);
        otr_buffer_add_u8(&out, 0);
        assert_string_equal((const char *)out.data, rows[i].safe);
        otr_buffer_clear(&out);
        otr_watch_add_string(&out, rows[i].text);
        otr_buffer_add_u8(&out, 0);
        assert_string_equal((const char *)out.data, rows[i].json);
        otr_buffer_done(&out);
    }
    /* Every field of every kind. */
    static const otr_fact facts[] = {{OTR_STR("\033]0;a"), OTR_STR("\033]0;b")}};
    static const otr_evidence evidence[] = {
        {OTR_STR("\033m"), OTR_STR("\033u"), OTR_STR("\033v"), OTR_TIME_NONE}};
    for (int kind = 0; kind < OTR_SERVICE_KINDS; kind++) {
        otr_str evil = OTR_STR("\033[31mevil\r");
        otr_service_event event = {.kind = (otr_service_kind)kind,
                                   .what = evil,
                                   .priority = evil,
                                   .asset = evil,
                                   .cause = evil,
                                   .to = evil,
                                   .locale = evil,
                                   .text = evil,
                                   .queue = evil,
                                   .title = evil,
                                   .facts = facts,
                                   .fact_count = 1,
                                   .evidence = evidence,
                                   .evidence_count = 1,
                                   .alarm_count = 9};
        const char *text = text_of(&event, false);
        for (const char *at = text; *at != '\0'; at++)
            assert_true(*at == '\n' || (unsigned char)*at >= ' ');
    }
}

static const json_t *only(const json_t *object, const char *name, const char *value)
{
    const char *found = json_string_value(json_object_get(object, name));
    if (found == NULL || strcmp(found, value) != 0)
        fail_msg("%s is %s instead of %s", name, found != NULL ? found : "absent", value);
    return object;
}

static otr_mqtt_message message_of(otr_arena *arena, otr_payload payload, const otr_service_event *event)
{
    static otr_buffer bytes;
    static otr_property properties[OTR_ATTRIBUTES_MAX];
    static otr_attribute attributes[OTR_ATTRIBUTES_MAX];
    otr_error error = {0};
    otr_buffer_clear(&bytes);
    assert_int_equal(otr_service_encode(&bytes, payload, event, &error), OTR_OK);
    size_t count = otr_service_attributes(arena, event, OTR_STR("g"), OTR_STR("gw-1"), attributes);
    for (size_t i = 0; i < count; i++)
        properties[i] = (otr_property){attributes[i].name, attributes[i].value};
    return (otr_mqtt_message){
        .topic = otr_topic_build(arena, OTR_STR("g"), OTR_STR("gw-1"),
                                 otr_str_of(otr_service_kind_text(event->kind))),
        .content_type = otr_str_of(otr_service_content_type(payload)),
        .payload = otr_buffer_bytes(&bytes),
        .properties = properties,
        .property_count = count,
    };
}

static void json_holds_the_whole_payload(void **state)
{
    (void)state;
    otr_watch_options options = everything();
    for (int payload = OTR_PAYLOAD_PROTOBUF; payload <= OTR_PAYLOAD_JSON; payload++) {
        otr_arena arena = {0};
        otr_buffer out = {0};
        otr_watch_item item;
        otr_service_event event = sample(OTR_SERVICE_TICKET);
        event.cause = OTR_STR("csi \xc2\x9b and \x7f");
        otr_mqtt_message message = message_of(&arena, (otr_payload)payload, &event);
        assert_true(otr_watch_read(&arena, &options, &message, &item));
        otr_watch_json(&out, &item);
        assert_ptr_equal(memchr(out.data, '\n', out.size), out.data + out.size - 1);
        assert_null(memmem(out.data, out.size, "\xc2\x9b", 2));
        json_t *line = json_loadb((const char *)out.data, out.size, 0, NULL);
        assert_non_null(line);
        only(line, "topic", "outrider/v1/g/gw-1/ticket");
        only(line, "gateway", "gw-1");
        only(line, "group", "g");
        only(line, "kind", "ticket");
        only(line, "id", "01000000000000000000000000000000");
        only(line, "source", "/outrider/g/gw-1");
        const json_t *data = json_object_get(line, "data");
        only(data, "queue", "cold-chain");
        only(data, "title", "too warm");
        only(data, "cause", "csi \xc2\x9b and \x7f");
        only(json_array_get(json_object_get(data, "evidence"), 0), "value", "9.1");
        json_decref(line);
        otr_buffer_done(&out);
        otr_arena_done(&arena);
    }
}

static void what_does_not_decode_is_shown_as_that(void **state)
{
    (void)state;
    otr_watch_options options = everything();
    otr_arena arena = {0};
    otr_buffer out = {0};
    otr_watch_item item;
    otr_mqtt_message message = {
        .topic = OTR_STR("outrider/v1/g/gw-1/alarm"),
        .content_type = OTR_STR("application/json"),
        .payload = {(const uint8_t *)"{\033", 2},
    };
    assert_true(otr_watch_read(&arena, &options, &message, &item));
    otr_watch_json(&out, &item);
    json_t *line = json_loadb((const char *)out.data, out.size, 0, NULL);
    assert_non_null(line);
    assert_true(json_is_null(json_object_get(line, "data")));
    assert_true(json_is_string(json_object_get(line, "error")));
    json_decref(line);
    otr_buffer_clear(&out);
    otr_watch_text(&out, &item, false, false);
    assert_non_null(memmem(out.data, out.size, "gw-1  ?        alarm", 20));
    assert_null(memchr(out.data, '\033', out.size));
    otr_buffer_done(&out);
    otr_arena_done(&arena);
}

static void what_the_broker_had_kept_is_marked_whatever_it_is(void **state)
{
    (void)state;
    otr_buffer out = {0};
    for (int kind = 0; kind < OTR_SERVICE_KINDS; kind++)
        for (int kept = 0; kept < 2; kept++) {
            otr_service_event event = sample((otr_service_kind)kind);
            otr_watch_item item = {.topic = {OTR_STR("plant-7"), OTR_STR("gw-1"), OTR_STR("x")},
                                   .has_event = true,
                                   .retained = kept != 0,
                                   .event = event};
            otr_buffer_clear(&out);
            otr_watch_text(&out, &item, false, false);
            size_t first = otr_buffer_text(&out).size;
            const void *end = memchr(out.data, '\n', out.size);
            first = end != NULL ? (size_t)((const char *)end - (const char *)out.data) : first;
            if ((memmem(out.data, first, " (kept)", 7) != NULL) != (kept != 0))
                fail_msg("kind %d, kept %d: %.*s", kind, kept, (int)out.size, (const char *)out.data);
        }
    otr_buffer_done(&out);
}

static void other_topics_and_kinds_are_left_out(void **state)
{
    (void)state;
    static const struct {
        const char *topic;
        bool shown;
    } rows[] = {
        {"outrider/v1/g/gw-1/alarm", true},
        {"outrider/v1/g/gw-1/alarm/0123", true},
        {"outrider/v1/g/gw-1/ticket", false},
        {"outrider/v1/g/gw-1/command", false},
        {"outrider/v2/g/gw-1/alarm", false},
        {"outrider/v1/g/gw-1", false},
        {"", false},
    };
    otr_watch_options options = {.kinds = {[OTR_SERVICE_ALARM] = true}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        otr_watch_item item;
        otr_arena arena = {0};
        otr_mqtt_message message = {.topic = otr_str_of(rows[i].topic)};
        assert_int_equal(otr_watch_read(&arena, &options, &message, &item), rows[i].shown);
        otr_arena_done(&arena);
    }
}

/* ---- the program ---- */

static test_broker broker;
static test_client client;

typedef struct run {
    pid_t pid;
    FILE *out;
} run;

static run start(const char *const *arguments)
{
    const char *argv[24] = {WATCH_PROGRAM};
    size_t count = 1;
    while (*arguments != NULL && count < 23)
        argv[count++] = *arguments++;
    int fd = -1;
    run started = {.pid = test_spawn(&fd, argv)};
    started.out = fdopen(fd, "r");
    return started;
}

/* Reads what is left first: a program whose reader has gone is ended by SIGPIPE. */
static int finish(run *started)
{
    int status = -1;
    char rest[512];
    while (fgets(rest, sizeof rest, started->out) != NULL) {
    }
    fclose(started->out);
    waitpid(started->pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int run_to_the_end(const char *const *arguments)
{
    run started = start(arguments);
    return finish(&started);
}

static int make_broker(void **state)
{
    (void)state;
    test_broker_make(&broker);
    char url[64];
    snprintf(url, sizeof url, "mqtts://127.0.0.1:%u", broker.port);
    setenv("OUTRIDER_BROKER", url, 1);
    setenv("OUTRIDER_CA", test_broker_file(&broker, "ca.pem"), 1);
    setenv("OUTRIDER_CERT", test_broker_file(&broker, "watcher.pem"), 1);
    setenv("OUTRIDER_KEY", test_broker_file(&broker, "watcher.key"), 1);
    otr_mqtt_config config = test_client_config(&broker);
    test_client_open(&client, &config);
    return test_client_run(&client, &client.ups, 1) ? 0 : -1;
}

static int free_broker(void **state)
{
    (void)state;
    test_client_close(&client);
    test_broker_free(&broker);
    return 0;
}

static void publish_event(const otr_service_event *event, unsigned token, bool retain)
{
    otr_arena arena = {0};
    otr_mqtt_message message = message_of(&arena, OTR_PAYLOAD_PROTOBUF, event);
    otr_publication publication = {
        .token = token,
        .topic = message.topic,
        .content_type = message.content_type,
        .payload = message.payload,
        .properties = message.properties,
        .property_count = message.property_count,
        .qos = 1,
        .retain = retain,
    };
    otr_link_port port = otr_mqtt_port(client.mqtt);
    client.in_flight++;
    assert_int_equal(port.publish(port.self, &publication), OTR_OK);
    assert_true(test_client_run(&client, &client.accepted, client.accepted + 1));
    otr_arena_done(&arena);
}

/* The event is retained, so that a watcher that starts later sees it. */
static void read_line(run *started, char *line, int capacity)
{
    assert_non_null(fgets(line, capacity, started->out));
}

static void the_program_follows_a_gateway_through_a_restart_of_the_broker(void **state)
{
    (void)state;
    otr_service_event event = sample(OTR_SERVICE_ALARM);
    publish_event(&event, 0, true);
    const char *const arguments[] = {"--json", "--count", "3", "--timeout", "300", "--gateway", "gw-1", NULL};
    run started = start(arguments);
    char line[4096];
    read_line(&started, line, sizeof line);
    json_t *json = json_loads(line, 0, NULL);
    only(json, "kind", "alarm");
    only(json_object_get(json, "data"), "asset_name", "Vaccine box 7");
    json_decref(json);

    event.event.bytes[0] = 7;
    publish_event(&event, 1, false);
    publish_event(&event, 2, false); /* sent again under its id: shown once */
    read_line(&started, line, sizeof line);
    assert_non_null(strstr(line, "\"id\":\"07000000"));

    unsigned ups = client.ups;
    test_broker_kill(&broker);
    assert_true(test_client_run(&client, &client.downs, 1));
    test_broker_start(&broker);
    assert_true(test_client_run(&client, &client.ups, ups + 1));
    event.event.bytes[0] = 9;
    publish_event(&event, 3,
                  true); /* seen whenever the watcher is back; the retained one is not shown again */
    read_line(&started, line, sizeof line);
    assert_non_null(strstr(line, "\"id\":\"09000000"));
    assert_int_equal(finish(&started), 0);
}

static void a_filter_leaves_out_other_kinds(void **state)
{
    (void)state;
    otr_service_event event = sample(OTR_SERVICE_TICKET);
    publish_event(&event, 0, true);
    event = sample(OTR_SERVICE_ALARM);
    publish_event(&event, 1, true);
    const char *const arguments[] = {"--kind", "ticket", "--count", "1", "--timeout", "60", NULL};
    run started = start(arguments);
    char line[1024];
    read_line(&started, line, sizeof line);
    assert_non_null(strstr(line, "TICKET   opened   cold-chain  Vaccine box 7: too warm"));
    assert_int_equal(finish(&started), 0);
}

static void it_ends_with_1_when_time_is_over(void **state)
{
    (void)state;
    const char *const arguments[] = {"--gateway", "nobody", "--timeout", "0.3", NULL};
    assert_int_equal(run_to_the_end(arguments), 1);
}

static void it_ends_with_1_without_a_connection(void **state)
{
    (void)state;
    char url[64];
    snprintf(url, sizeof url, "mqtts://127.0.0.1:%u", test_free_port());
    const char *const absent[] = {"--broker", url, NULL};
    assert_int_equal(run_to_the_end(absent), 1);
    snprintf(url, sizeof url, "mqtts://127.0.0.2:%u", broker.port);
    const char *const misnamed[] = {"--broker", url, NULL};
    assert_int_equal(run_to_the_end(misnamed), 1);
    const char *const unreadable[] = {"--ca", "/nonexistent.pem", NULL};
    assert_int_equal(run_to_the_end(unreadable), 1);
}

static void it_ends_with_0_on_interrupt(void **state)
{
    (void)state;
    const char *const arguments[] = {"--all", "--timeout", "60", NULL};
    run started = start(arguments);
    char line[1024];
    read_line(&started, line, sizeof line); /* a retained one: it is connected */
    kill(started.pid, SIGINT);
    assert_int_equal(finish(&started), 0);
}

static void wrong_usage_ends_with_2(void **state)
{
    (void)state;
    static const char *const rows[][3] = {
        {"--nonsense", NULL},
        {"argument", NULL},
        {"--count", "0", NULL},
        {"--count", "x", NULL},
        {"--timeout", "-1", NULL},
        {"--kind", "alarms", NULL},
        {"--kind", "", NULL},
        {"--group", "a/b", NULL},
        {"--gateway", "#", NULL},
        {"--broker", "http://x", NULL},
        {"--broker", "mqtt://10.0.0.1", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(run_to_the_end(rows[i]), 2);
    const char *const helped[] = {"--help", NULL};
    assert_int_equal(run_to_the_end(helped), 0);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_reads_well),
        cmocka_unit_test(a_message_at_all_lengths_says_how_to_answer_it),
        cmocka_unit_test(a_view_lists_what_is_known),
        cmocka_unit_test(colour_is_only_there_when_asked_for),
        cmocka_unit_test(nothing_from_the_wire_reaches_the_terminal_raw),
        cmocka_unit_test(json_holds_the_whole_payload),
        cmocka_unit_test(what_does_not_decode_is_shown_as_that),
        cmocka_unit_test(what_the_broker_had_kept_is_marked_whatever_it_is),
        cmocka_unit_test(other_topics_and_kinds_are_left_out),
        cmocka_unit_test(the_program_follows_a_gateway_through_a_restart_of_the_broker),
        cmocka_unit_test(a_filter_leaves_out_other_kinds),
        cmocka_unit_test(it_ends_with_1_when_time_is_over),
        cmocka_unit_test(it_ends_with_1_without_a_connection),
        cmocka_unit_test(it_ends_with_0_on_interrupt),
        cmocka_unit_test(wrong_usage_ends_with_2),
    };
    return cmocka_run_group_tests(tests, make_broker, free_broker);
}

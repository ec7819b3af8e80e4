/*
 * The configuration: what a file may say, exactly where and why it is refused, and that the reference file
 * holds every key there is. Each refused row differs from an accepted one in one place.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/limits.h"
#include "base/log.h"
#include "daemon/config/config.h"
#include "daemon/file.h"
#include "folder.h"

#define GATEWAY "gateway:\n  group: depot\n  name: g1\n"
#define MQTT "mqtt:\n  url: mqtt://127.0.0.1:1883\n"

static otr_config *load_text(const char *text, otr_error *error)
{
    otr_config *config = NULL;
    (void)otr_config_load(folder_write("outrider.yaml", text, 0600), &config, error);
    return config;
}

static void the_smallest_file_gives_the_defaults(void **state)
{
    (void)state;
    otr_error error;
    otr_config *config = load_text(GATEWAY MQTT, &error);
    assert_non_null(config);
    assert_string_equal(config->gateway.group.data, "depot");
    assert_string_equal(config->state.folder.data, "/var/lib/outrider");
    assert_int_equal(config->state.quota, 256 << 20);
    assert_int_equal(config->coap.sessions_max, 2000);
    assert_int_equal(config->coap.udp.size, 0);
    assert_int_equal(config->mqtt.keepalive, 30 * OTR_SECOND);
    assert_string_equal(config->mqtt.client_id.data, "depot-g1");
    assert_int_equal(config->mqtt.payload, 0);
    assert_int_equal(config->rules.packs.count, 0);
    assert_int_equal(config->log.level, OTR_LOG_NOTICE);
    assert_int_equal(config->turn.linger, 500 * OTR_MS);
    assert_int_equal(config->watchdog.limit, OTR_MINUTE);
    assert_true(config->clock.scale == 1.0);
    assert_string_equal(config->clock.zones.data, "/usr/share/zoneinfo");
    otr_config_free(config);
}

static void every_kind_of_value_is_read(void **state)
{
    (void)state;
    otr_error error;
    otr_config *config =
        load_text(GATEWAY MQTT "  payload: json\n  client_id: 'me'\n"
                               "state: {folder: data, quota: 1GiB, ballast: 0B, snapshot: 131072}\n"
                               "coap:\n  udp: \"[::1]:5683\"\n  udp_allow: [10.0.0.0/8, 'fd00::/8']\n"
                               "rules:\n  packs: [packs, /etc/x.yaml]\n  assignments: a.yaml\n"
                               "clock: {trust: always, scale: 60.5, zones: zoneinfo}\n"
                               "log: {level: debug}\n"
                               "test: {fsync_delay: 20ms}\n",
                  &error);
    assert_non_null(config);
    assert_int_equal(config->mqtt.payload, 1);
    assert_string_equal(config->mqtt.client_id.data, "me");
    assert_string_equal(config->state.folder.data, folder_path("data"));
    assert_int_equal(config->state.quota, 1LL << 30);
    assert_int_equal(config->state.ballast, 0);
    assert_int_equal(config->state.snapshot, 131072);
    assert_int_equal(config->coap.udp_allow.count, 2);
    assert_string_equal(config->coap.udp_allow.items[1].text.data, "fd00::/8");
    assert_int_equal(config->rules.packs.count, 2);
    assert_string_equal(config->rules.packs.items[0].text.data, folder_path("packs"));
    assert_string_equal(config->rules.packs.items[1].text.data, "/etc/x.yaml");
    assert_string_equal(config->rules.assignments.data, folder_path("a.yaml"));
    assert_int_equal(config->clock.trust, OTR_TRUST_ALWAYS);
    assert_true(config->clock.scale == 60.5);
    assert_string_equal(config->clock.zones.data, folder_path("zoneinfo"));
    assert_int_equal(config->log.level, OTR_LOG_DEBUG);
    assert_int_equal(config->test.fsync_delay, 20 * OTR_MS);
    otr_config_free(config);
}

static void a_section_of_comments_alone_is_an_empty_one(void **state)
{
    (void)state;
    otr_error error;
    otr_config *config = load_text(GATEWAY MQTT "coap:\n  # udp: x\nlog:\n", &error);
    assert_non_null(config);
    otr_config_free(config);
}

static void a_refused_file_names_line_column_and_reason(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int line;
        int column;
        const char *reason; /* part of it */
    } rows[] = {
        /* unknown and missing keys */
        {GATEWAY MQTT "cap:\n  udp: ''\n", 6, 1, "did you mean coap"},
        {GATEWAY MQTT "  cilent_id: a\n", 6, 3, "did you mean client_id"},
        {MQTT, 1, 1, "gateway.group is missing"},
        {"# first\n\ngateway:\n  group: a\n" MQTT, 3, 1, "gateway.name is missing"},
        {GATEWAY "mqtt:\n  keepalive: 30s\n", 4, 1, "mqtt.url is missing"},
        {GATEWAY MQTT "coap: 3\n", 6, 7, "expected a map"},
        {GATEWAY MQTT "state: {quota: 1GiB}\nstate: {quota: 2GiB}\n", 7, 1, ""},
        {GATEWAY MQTT "coap: [\n", 0, 0, ""},
        /* kinds and ranges */
        {"gateway:\n  group: a/b\n  name: g1\n" MQTT, 2, 10, "part of a topic"},
        {"gateway:\n  group: depot\n  name: ''\n" MQTT, 3, 9, "must not be empty"},
        {GATEWAY MQTT "state:\n  quota: 256MB\n", 7, 10, "expected a size such as 256MiB"},
        {GATEWAY MQTT "state:\n  quota: -1MiB\n", 7, 10, "expected a size such as 256MiB"},
        {GATEWAY MQTT "state:\n  quota: 99999999999GiB\n", 7, 10, "expected a size such as 256MiB"},
        {GATEWAY MQTT "state:\n  quota: 1MiB\n", 7, 10, "between 16MiB and 1024GiB"},
        {GATEWAY MQTT "state:\n  quota: 16MiB\n", 7, 10, "at least twice"},
        {GATEWAY MQTT "coap:\n  sessions_max: many\n", 7, 17, "expected a whole number"},
        {GATEWAY MQTT "coap:\n  device_rate: 59\n", 7, 16, "is 0 or 60 and more"},
        {GATEWAY MQTT "coap:\n  device_rate: -1\n", 7, 16, "out of range"},
        {GATEWAY MQTT "coap:\n  sessions_max: 0\n", 7, 17, "out of range"},
        {GATEWAY MQTT "  keepalive: 3s\n", 6, 14, "between 5s and"},
        {GATEWAY MQTT "  keepalive: soon\n", 6, 14, "expected a duration"},
        {GATEWAY MQTT "  payload: xml\n", 6, 12, "one of protobuf, json"},
        {GATEWAY MQTT "  version: \"4\"\n", 6, 12, "one of auto, 5, 3.1.1"},
        {GATEWAY MQTT "  psk_identity: gw\n", 6, 17, "go together"},
        {GATEWAY MQTT "clock: {scale: 0}\n", 6, 16, "between 1 and 100000"},
        {GATEWAY MQTT "clock: {scale: fast}\n", 6, 16, "expected a number"},
        {GATEWAY MQTT "turn: {linger: 2s}\n", 6, 16, "between 0s and 500ms"},
        {GATEWAY MQTT "log:\n  level: loud\n", 7, 10, "one of error, warning, notice, info, debug"},
        {GATEWAY MQTT "watchdog: {limit: 1s}\n", 6, 19, "between 10s and 1h"},
        {GATEWAY MQTT "rules:\n  packs:\n    - a.yaml\n    - [b]\n", 9, 7, "expected text"},
        {GATEWAY MQTT "rules:\n  packs: {a: b}\n", 7, 10, "expected a list"},
        /* what values mean, alone and together */
        {GATEWAY MQTT "coap:\n  udp: 5683\n", 7, 8, "expected ADDRESS:PORT"},
        {GATEWAY MQTT "coap:\n  udp: localhost:5683\n", 7, 8, "expected ADDRESS:PORT"},
        {GATEWAY MQTT "coap:\n  udp: 127.0.0.1:70000\n", 7, 8, "expected ADDRESS:PORT"},
        {GATEWAY MQTT "coap:\n  dtls: 0.0.0.0:5684\n", 7, 9, "needs coap.keys"},
        {GATEWAY MQTT "coap:\n  udp: 0.0.0.0:5683\n  udp_allow: [10.0.0.0/8, 10.1.0.0/33]\n", 8, 27,
         "expected a network"},
        {GATEWAY MQTT "coap:\n  udp_allow: [10.0.0.0/8]\n", 7, 14, "of no use without coap.udp"},
        {GATEWAY "mqtt:\n  url: tcp://127.0.0.1:1883\n", 5, 8, "must begin with mqtts://"},
        {GATEWAY "mqtt:\n  url: mqtt://broker.example:1883\n", 5, 8, "for this machine only"},
        {GATEWAY "mqtt:\n  url: mqtts://broker.example:8883\n", 5, 8, "needs mqtt.ca"},
        {GATEWAY "mqtt:\n  url: mqtts://broker.example\n  ca: ca.pem\n", 5, 8, "expected HOST:PORT"},
        {GATEWAY "mqtt:\n  url: mqtt://me:secret@127.0.0.1:1883\n", 5, 8, "holds credentials"},
        {GATEWAY MQTT "  other_urls: [mqtt://127.0.0.1:1884, mqtt://far.example:1]\n", 6, 39,
         "mqtt.other_urls: plain mqtt:// is for this machine only"},
        {GATEWAY MQTT "  other_urls: mqtts://127.0.0.1:8883\n  ca: ca.pem\n", 6, 15, "mqtts:// for both"},
        {GATEWAY MQTT "  other_urls: [u, u, u, u, u, u, u, u, u]\n", 6, 15, "has 9 entries, the limit is 8"},
        {GATEWAY MQTT "telemetry:\n  urls: [mqtt://127.0.0.1:1884, mqtt://far.example:1]\n", 7, 33,
         "telemetry.urls: plain mqtt:// is for this machine only"},
        {GATEWAY MQTT "telemetry: {deadband: [temperature=0.1, humidity]}\n", 6, 41, "expected METRIC=WIDTH"},
        {GATEWAY MQTT "telemetry: {deadband: [temperature=-1]}\n", 6, 24, "expected METRIC=WIDTH"},
        {GATEWAY MQTT "telemetry: {urls: [\"mqtt://127.0.0.1:1883\"], compress: [zip]}\n", 6, 57,
         "expected none, deflate or gzip"},
        {GATEWAY MQTT "telemetry: {compress: [none]}\n", 6, 23, "has 1 entries, telemetry.urls has 0"},
        {GATEWAY MQTT "telemetry: {primary_host: a/b}\n", 6, 27, "must not have"},
        {GATEWAY MQTT "  cert: c.pem\n", 6, 9, "go together"},
        {GATEWAY MQTT "  key: c.pem\n", 6, 8, "go together"},
        {GATEWAY MQTT "  password_file: p\n", 6, 18, "needs mqtt.username"},
        {GATEWAY MQTT "  reconnect_min: 3m\n", 6, 18, "longer than mqtt.reconnect_max"},
        {GATEWAY MQTT
         "control:\n  socket: /aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n",
         7, 11, "a socket's path"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        otr_error error = {.line = -1};
        otr_config *config = load_text(rows[i].text, &error);
        bool right = config == NULL &&
                     (rows[i].line == 0 || (error.line == rows[i].line && error.column == rows[i].column)) &&
                     error.line > 0 && strstr(error.text, rows[i].reason) != NULL;
        if (!right)
            fail_msg("row %zu: %d:%d: %s", i, error.line, error.column,
                     config == NULL ? error.text : "accepted");
    }
}

static void a_file_that_is_not_there_is_told_without_a_line(void **state)
{
    (void)state;
    otr_error error;
    otr_config *config = NULL;
    char text[OTR_REFUSAL_BYTES];
    assert_int_equal(otr_config_load(folder_path("absent.yaml"), &config, &error), OTR_IO);
    assert_null(config);
    assert_int_equal(error.line, 0);
    otr_refusal_format("absent.yaml", &error, text);
    assert_string_equal(text, "absent.yaml: cannot be opened: No such file or directory");
    error = (otr_error){.line = 3, .column = 7, .text = "odd"};
    assert_string_equal(otr_refusal_format("a.yaml", &error, text), "a.yaml:3:7: odd");
}

static void a_file_of_four_gigabytes_is_too_large_on_any_processor(void **state)
{
    (void)state;
    otr_error error;
    otr_config *config = NULL;
    const char *path = folder_write("outrider.yaml", GATEWAY MQTT, 0600);
    off_t size = (off_t)(((int64_t)1 << 32) + (int64_t)strlen(GATEWAY MQTT));
    if (truncate(path, size) != 0)
        skip(); /* such a file cannot be made here */
    assert_int_equal(otr_config_load(path, &config, &error), OTR_LIMIT);
    assert_null(config);
    assert_non_null(strstr(error.text, "has 42949673"));
}

static char *reference_text(void)
{
    static char text[16384];
    char path[512];
    const char *source = getenv("OUTRIDER_SOURCE");
    assert_non_null(source);
    snprintf(path, sizeof path, "%s/agent/daemon/outrider.yaml", source);
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    size_t size = fread(text, 1, sizeof text - 1, file);
    text[size] = '\0';
    assert_int_equal(fclose(file), 0);
    return text;
}

static void a_list_has_as_many_entries_as_its_limit_says(void **state)
{
    static const struct {
        const char *before;
        const char *item;
        int most;
        const char *reason;
    } lists[] = {
        {"rules:\n  packs: [", "p.yaml", OTR_LIMIT_PACKS, "the limit is 32"},
        {"rules:\n  knowledge: [", "k.yaml", OTR_LIMIT_KNOWLEDGE_FILES, "the limit is 32"},
        {"telemetry:\n  deadband: [", "t=1", OTR_LIMIT_TELEMETRY_DEADBANDS, "the limit is 64"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        for (int more = 0; more < 2; more++) {
            otr_error error;
            otr_buffer text = {0};
            otr_buffer_add_format(&text, "%s%s", GATEWAY MQTT, lists[i].before);
            for (int n = 0; n < lists[i].most + more; n++)
                otr_buffer_add_format(&text, "%s,", lists[i].item);
            otr_buffer_add_format(&text, "]\n%c", '\0');
            otr_config *config = load_text((const char *)text.data, &error);
            assert_true((config != NULL) == (more == 0));
            if (more == 1 && (error.line == 0 || strstr(error.text, lists[i].reason) == NULL))
                fail_msg("row %zu: %d:%d: %s", i, error.line, error.column, error.text);
            otr_config_free(config);
            otr_buffer_done(&text);
        }
    _Static_assert(OTR_LIMIT_LINGER_MS == 500, "as the rows above say");
}

static void the_reference_file_loads_and_holds_every_key(void **state)
{
    (void)state;
    otr_error error = {.line = 0};
    otr_config *config = load_text(reference_text(), &error);
    if (config == NULL) {
        fail_msg("%d:%d: %s", error.line, error.column, error.text);
        return;
    }
    const otr_option *options = otr_config_options();
    for (size_t i = 0; i < OTR_CONFIG_OPTIONS; i++)
        if (config->places[i].line == 0)
            fail_msg("outrider.yaml lacks %s.%s", options[i].section, options[i].key);
    otr_config_free(config);
}

static void what_is_printed_reads_back_and_holds_no_credentials(void **state)
{
    (void)state;
    otr_error error;
    otr_buffer out = {0};
    otr_config *config = load_text(reference_text(), &error);
    assert_non_null(config);
    config->mqtt.url = OTR_STR("mqtts://me:hunter2@broker.example:8883");
    for (size_t i = 0; i < OTR_CONFIG_OPTIONS; i++) {
        char name[OTR_CONFIG_NAME_BYTES];
        otr_config_name(&otr_config_options()[i], name);
        otr_buffer_add_format(&out, "%s: ", name);
        otr_config_print_option(config, &otr_config_options()[i], &out);
        otr_buffer_add_u8(&out, '\n');
    }
    otr_buffer_add_u8(&out, 0);
    const char *text = (const char *)out.data;
    assert_non_null(strstr(text, "state.quota: 256MiB\n"));
    assert_non_null(strstr(text, "turn.linger: 500ms\n"));
    assert_non_null(strstr(text, "mqtt.session_expiry: 7d\n"));
    assert_non_null(strstr(text, "mqtt.url: mqtts://broker.example:8883\n"));
    assert_non_null(strstr(text, "log.level: notice\n"));
    assert_null(strstr(text, "hunter2"));
    otr_buffer_done(&out);
    otr_config_free(config);
}

static void two_files_are_compared_option_by_option(void **state)
{
    (void)state;
    otr_error error;
    char differs[256] = "";
    otr_config *a = load_text(GATEWAY MQTT "rules: {packs: [x, y]}\n", &error);
    otr_config *b =
        load_text(GATEWAY MQTT "  keepalive: 31s\nrules: {packs: [x]}\nclock: {scale: 2}\n", &error);
    assert_non_null(a);
    assert_non_null(b);
    const otr_option *options = otr_config_options();
    for (size_t i = 0; i < OTR_CONFIG_OPTIONS; i++)
        if (!otr_config_same(a, b, &options[i])) {
            size_t used = strlen(differs);
            (void)snprintf(differs + used, sizeof differs - used, "%s%s", options[i].key,
                           options[i].reloads ? "* " : " ");
        }
    assert_string_equal(differs, "keepalive packs* scale ");
    otr_config_free(a);
    otr_config_free(b);
}

static void secrets_open_to_others_are_refused_at_their_option(void **state)
{
    (void)state;
    otr_error error;
    folder_write("ca.pem", "x", 0644);
    folder_write("c.pem", "x", 0644);
    folder_write("c.key", "x", 0640);
    assert_int_equal(mkdir(folder_path("keys"), 0700), 0);
    folder_write("keys/t1.psk", "00112233445566778899aabbccddeeff\n", 0600);
    otr_config *config =
        load_text(GATEWAY "mqtt:\n  url: mqtts://b.example:8883\n  ca: ca.pem\n  cert: c.pem\n"
                          "  key: c.key\ncoap:\n  dtls: 0.0.0.0:5684\n  keys: keys\n",
                  &error);
    assert_non_null(config);
    assert_int_equal(otr_config_check_files(config, &error), OTR_INVALID);
    assert_int_equal(error.line, 8);
    assert_int_equal(error.column, 8);
    assert_non_null(strstr(error.text, "mode 0640"));
    assert_int_equal(chmod(folder_path("c.key"), 0600), 0);
    assert_int_equal(otr_config_check_files(config, &error), OTR_OK);

    assert_int_equal(chmod(folder_path("keys/t1.psk"), 0604), 0);
    assert_int_equal(otr_config_check_files(config, &error), OTR_INVALID);
    assert_int_equal(error.line, 11);
    assert_non_null(strstr(error.text, "t1.psk is open to other users"));
    assert_int_equal(chmod(folder_path("keys/t1.psk"), 0600), 0);
    assert_int_equal(chmod(folder_path("keys"), 0777), 0);
    assert_int_equal(otr_config_check_files(config, &error), OTR_INVALID);
    assert_non_null(strstr(error.text, "can be written by other users"));
    assert_int_equal(chmod(folder_path("keys"), 0700), 0);

    assert_int_equal(unlink(folder_path("ca.pem")), 0);
    assert_int_equal(otr_config_check_files(config, &error), OTR_INVALID);
    assert_int_equal(error.line, 6);
    assert_non_null(strstr(error.text, "No such file"));
    otr_config_free(config);
}

static void paths_start_at_the_folder_of_the_file(void **state)
{
    (void)state;
    otr_arena arena = {0};
    static const struct {
        const char *path;
        const char *folder;
    } rows[] = {{"a.yaml", "."}, {"/a.yaml", "/"}, {"/etc/outrider/a.yaml", "/etc/outrider"}, {"x/a", "x"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_true(otr_str_is(otr_path_folder(otr_str_of(rows[i].path)), rows[i].folder));
    assert_string_equal(otr_path_join(&arena, OTR_STR("etc"), OTR_STR("k")).data, "etc/k");
    assert_string_equal(otr_path_join(&arena, OTR_STR("etc"), OTR_STR("/k")).data, "/k");
    otr_arena_done(&arena);
}

static int setup(void **state)
{
    (void)state;
    folder_make();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    folder_remove();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_smallest_file_gives_the_defaults),
        cmocka_unit_test(every_kind_of_value_is_read),
        cmocka_unit_test(a_section_of_comments_alone_is_an_empty_one),
        cmocka_unit_test(a_refused_file_names_line_column_and_reason),
        cmocka_unit_test(a_file_that_is_not_there_is_told_without_a_line),
        cmocka_unit_test(a_file_of_four_gigabytes_is_too_large_on_any_processor),
        cmocka_unit_test(a_list_has_as_many_entries_as_its_limit_says),
        cmocka_unit_test(the_reference_file_loads_and_holds_every_key),
        cmocka_unit_test(what_is_printed_reads_back_and_holds_no_credentials),
        cmocka_unit_test(two_files_are_compared_option_by_option),
        cmocka_unit_test(secrets_open_to_others_are_refused_at_their_option),
        cmocka_unit_test(paths_start_at_the_folder_of_the_file),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

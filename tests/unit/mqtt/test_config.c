/* Addresses, files, back-off and reasons of the broker session: everything that needs no broker. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "broker.h"
#include "platform/linux/mqtt/mqtt.h"
#include "platform/linux/mqtt/mqtt_address.h"
#include "platform/linux/mqtt/mqtt_alias.h"
#include "platform/linux/mqtt/mqtt_backoff.h"
#include "platform/linux/mqtt/mqtt_files.h"
#include "platform/linux/mqtt/mqtt_reason.h"
#include "platform/linux/mqtt/mqtt_version.h"

static void an_address_is_a_host_with_a_port(void **state)
{
    (void)state;
    static const struct {
        const char *url;
        const char *host;
        unsigned port;
        const char *uri;
    } rows[] = {
        {"mqtts://broker.example", "broker.example", 8883, "ssl://broker.example:8883"},
        {"mqtts://10.0.0.7:1234/", "10.0.0.7", 1234, "ssl://10.0.0.7:1234"},
        {"mqtt://localhost", "localhost", 1883, "tcp://localhost:1883"},
        {"mqtt://127.3.2.1:99", "127.3.2.1", 99, "tcp://127.3.2.1:99"},
        {"mqtt://[::1]:99", "::1", 99, "tcp://[::1]:99"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        otr_mqtt_address address;
        otr_error error = {0};
        assert_int_equal(otr_mqtt_address_parse(otr_str_of(rows[i].url), &address, &error), OTR_OK);
        assert_string_equal(address.host, rows[i].host);
        assert_int_equal(address.port, rows[i].port);
        assert_string_equal(address.uri, rows[i].uri);
    }
}

static void an_address_that_would_not_be_safe_or_sound_is_refused(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "",
        "mqtts://",
        "broker.example",
        "http://broker.example",
        "mqtt://broker.example",
        "mqtt://10.0.0.7",
        "mqtts://host:0",
        "mqtts://host:65536",
        "mqtts://host:12x",
        "mqtts://host:",
        "mqtts://[::1]:8883",
        "mqtts://[::1",
        "mqtts://a b",
        "mqtts://user@host",
        "mqtts://host/path",
        "mqtt://127.0.0.1.evil.example",
        "mqtt://[fe80::1]",
        "mqtts://-h:1:2",
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        otr_mqtt_address address;
        otr_error error = {0};
        if (otr_mqtt_address_parse(otr_str_of(rows[i]), &address, &error) != OTR_INVALID)
            fail_msg("accepted: %s", rows[i]);
        assert_int_not_equal(error.text[0], 0);
    }
}

static void waits_double_up_to_the_most_and_differ(void **state)
{
    (void)state;
    otr_backoff backoff = {100, 3000, 0};
    static const unsigned ceilings[] = {100, 200, 400, 800, 1600, 3000, 3000, 3000};
    for (size_t i = 0; i < sizeof ceilings / sizeof ceilings[0]; i++) {
        unsigned wait = otr_backoff_next_ms(&backoff);
        assert_in_range(wait, ceilings[i] / 2, ceilings[i]);
    }
    bool differ = false;
    unsigned first = otr_backoff_next_ms(&backoff);
    for (int i = 0; i < 50; i++)
        differ |= otr_backoff_next_ms(&backoff) != first;
    assert_true(differ);
    otr_backoff_reset(&backoff);
    assert_in_range(otr_backoff_next_ms(&backoff), 50, 100);
}

static void reasons_are_told_in_the_operators_words(void **state)
{
    (void)state;
    static const struct {
        otr_mqtt_failure failure;
        const char *word;
    } rows[] = {
        {{OTR_MQTT_STAGE_RESOLVE, -2, "", ""}, "dns"},
        {{OTR_MQTT_STAGE_CONNECT, -1, "TCP connect timeout", ""}, "timeout"},
        {{OTR_MQTT_STAGE_CONNECT, -1, "TCP/TLS connect failure",
          "X509_check_host for hostname h failed, rc 0"},
         "hostname"},
        {{OTR_MQTT_STAGE_CONNECT, -1, "", "certificate verify failed"}, "certificate"},
        {{OTR_MQTT_STAGE_CONNECT, -1, "", "Socket error Connection refused(111) in connect for socket 9"},
         "refused"},
        {{OTR_MQTT_STAGE_CONNECT, 1, "CONNACK return code", ""}, "version"},
        {{OTR_MQTT_STAGE_CONNECT, 0x84, "CONNACK return code", ""}, "version"},
        {{OTR_MQTT_STAGE_CONNECT, 0x87, "CONNACK return code", ""}, "not_authorized"},
        {{OTR_MQTT_STAGE_DISCONNECT, 0x8e, "", ""}, "taken_over"},
        {{OTR_MQTT_STAGE_DISCONNECT, 0xee, "", ""}, "refused_by_broker"},
        {{OTR_MQTT_STAGE_LOST, 0, "", ""}, "lost"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        otr_mqtt_reason reason;
        otr_mqtt_reason_of(&rows[i].failure, "broker.example", &reason);
        assert_string_equal(reason.word, rows[i].word);
        assert_int_not_equal(reason.text[0], 0);
    }
}

/* ---- files ---- */

static char folder[64];

static const char *path(const char *name)
{
    static char buffers[4][128];
    static unsigned turn;
    char *buffer = buffers[turn++ % 4];
    snprintf(buffer, sizeof buffers[0], "%s/%s", folder, name);
    return buffer;
}

static int make_files(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/otr-files-XXXXXX");
    if (mkdtemp(folder) == NULL)
        return -1;
    char command[1024];
    snprintf(
        command, sizeof command,
        "set -e; %s/tools/certificates %s a b; cd %s; echo nonsense >text; cp a.key open.key; chmod 0640 "
        "open.key;"
        "openssl pkey -in a.key -aes128 -passout pass:x -out locked.key 2>/dev/null; chmod 0600 locked.key;"
        "umask 077; printf 'secret\\r\\n' >password; cp password shared; chmod 0604 shared; : >empty;"
        "head -c 300 /dev/zero | tr '\\0' x >long",
        getenv("OUTRIDER_SOURCE"), folder, folder);
    const char *argv[] = {"sh", "-c", command, NULL};
    int status = -1;
    waitpid(test_spawn(NULL, argv), &status, 0);
    return status;
}

static int remove_files(void **state)
{
    (void)state;
    const char *argv[] = {"rm", "-rf", "--", folder, NULL};
    waitpid(test_spawn(NULL, argv), NULL, 0);
    return 0;
}

static void files_that_fit_together_pass(void **state)
{
    (void)state;
    otr_error error = {0};
    assert_int_equal(otr_mqtt_files_check(path("ca.pem"), NULL, NULL, &error), OTR_OK);
    assert_int_equal(otr_mqtt_files_check(path("ca.pem"), path("a.pem"), path("a.key"), &error), OTR_OK);
}

static void a_bad_file_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *ca;
        const char *cert;
        const char *key;
        otr_status status;
        const char *text;
    } rows[] = {
        {"none.pem", NULL, NULL, OTR_NOT_FOUND, "none.pem"},
        {"text", NULL, NULL, OTR_INVALID, "text"},
        {"ca.pem", "none.pem", "a.key", OTR_NOT_FOUND, "none.pem"},
        {"ca.pem", "text", "a.key", OTR_INVALID, "text"},
        {"ca.pem", "a.pem", NULL, OTR_INVALID, "key is missing"},
        {"ca.pem", NULL, "a.key", OTR_INVALID, "certificate is missing"},
        {"ca.pem", "a.pem", "none.key", OTR_NOT_FOUND, "none.key"},
        {"ca.pem", "a.pem", "a.pem", OTR_INVALID, "private key"},
        {"ca.pem", "a.pem", "open.key", OTR_DENIED, "0640"},
        {"ca.pem", "a.pem", "locked.key", OTR_INVALID, "encrypted"},
        {"ca.pem", "a.pem", "b.key", OTR_INVALID, "does not belong"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        otr_error error = {0};
        otr_status status =
            otr_mqtt_files_check(path(rows[i].ca), rows[i].cert != NULL ? path(rows[i].cert) : NULL,
                                 rows[i].key != NULL ? path(rows[i].key) : NULL, &error);
        if (status != rows[i].status || strstr(error.text, rows[i].text) == NULL)
            fail_msg("row %zu: %s: %s", i, otr_status_text(status), error.text);
    }
    otr_error error = {0};
    assert_int_equal(otr_mqtt_files_check(NULL, NULL, NULL, &error), OTR_INVALID);
}

static void an_older_version_is_for_brokers_that_know_no_newer(void **state)
{
    enum { DAY_US = 86400 * 1000000LL };
    (void)state;
    otr_mqtt_chooser chooser;
    otr_mqtt_chooser_init(&chooser, OTR_MQTT_SPEAKS_BEST);
    assert_int_equal(otr_mqtt_chooser_ended(&chooser, "closed", false, 1), OTR_MQTT_THEN_AGAIN);
    assert_int_equal(otr_mqtt_chooser_ended(&chooser, "refused", false, 2), OTR_MQTT_THEN_NEXT);
    assert_int_equal(otr_mqtt_chooser_ended(&chooser, "closed", false, 3), OTR_MQTT_THEN_AGAIN);
    assert_int_equal(chooser.version, OTR_MQTT_5);
    assert_int_equal(otr_mqtt_chooser_ended(&chooser, "closed", false, 4),
                     OTR_MQTT_THEN_AGAIN); /* twice in a row */
    assert_int_equal(chooser.version, OTR_MQTT_3_1_1);
    assert_int_equal(otr_mqtt_chooser_ended(&chooser, "lost", true, 5),
                     OTR_MQTT_THEN_NEXT); /* it may have been something else */
    assert_int_equal(chooser.version, OTR_MQTT_5);
    assert_int_equal(otr_mqtt_chooser_ended(&chooser, "version", false, 6), OTR_MQTT_THEN_NOW);
    assert_int_equal(chooser.version, OTR_MQTT_3_1_1);
    assert_int_equal(otr_mqtt_chooser_ended(&chooser, "lost", true, DAY_US), OTR_MQTT_THEN_NEXT);
    assert_int_equal(chooser.version, OTR_MQTT_3_1_1);
    assert_int_equal(otr_mqtt_chooser_ended(&chooser, "lost", true, DAY_US + 6), OTR_MQTT_THEN_NEXT);
    assert_int_equal(chooser.version, OTR_MQTT_5);
    assert_int_equal(otr_mqtt_chooser_ended(&chooser, "version", false, DAY_US + 7), OTR_MQTT_THEN_NOW);
    assert_int_equal(otr_mqtt_chooser_ended(&chooser, "refused", false, DAY_US + 8), OTR_MQTT_THEN_NEXT);
    assert_int_equal(chooser.version, OTR_MQTT_5);
    otr_mqtt_chooser_init(&chooser, OTR_MQTT_SPEAKS_BEST);
    assert_false(otr_mqtt_chooser_first_ended(&chooser, "tls", 1));
    assert_int_equal(chooser.version, OTR_MQTT_5);
    assert_true(otr_mqtt_chooser_first_ended(&chooser, "version", 2));
    assert_int_equal(chooser.version, OTR_MQTT_3_1_1);
    assert_false(otr_mqtt_chooser_first_ended(&chooser, "version", 3)); /* with 3.1.1: nothing is left */
    assert_int_equal(otr_mqtt_chooser_ended(&chooser, "lost", true, DAY_US + 1), OTR_MQTT_THEN_NEXT);
    assert_int_equal(chooser.version, OTR_MQTT_3_1_1);
    assert_int_equal(otr_mqtt_chooser_ended(&chooser, "lost", true, DAY_US + 2), OTR_MQTT_THEN_NEXT);
    assert_int_equal(chooser.version, OTR_MQTT_5);
    otr_mqtt_chooser_init(&chooser, OTR_MQTT_SPEAKS_5);
    assert_int_equal(otr_mqtt_chooser_ended(&chooser, "version", false, 1), OTR_MQTT_THEN_NEXT);
    assert_int_equal(chooser.version, OTR_MQTT_5);
    otr_mqtt_chooser_init(&chooser, OTR_MQTT_SPEAKS_3_1_1);
    assert_int_equal(otr_mqtt_chooser_ended(&chooser, "lost", true, 1), OTR_MQTT_THEN_NEXT);
    assert_int_equal(chooser.version, OTR_MQTT_3_1_1);
}

static void expect_alias(otr_mqtt_aliases *aliases, const char *topic, unsigned number, bool known)
{
    otr_mqtt_alias alias = otr_mqtt_alias_of(aliases, otr_str_of(topic));
    assert_int_equal(alias.number, number);
    assert_int_equal(alias.known, known);
}

static void the_topic_unused_for_longest_gives_up_its_alias(void **state)
{
    (void)state;
    otr_mqtt_aliases aliases = {.limit = 0};
    expect_alias(&aliases, "a", 0, false);
    aliases.limit = 2;
    expect_alias(&aliases, "a", 1, false);
    expect_alias(&aliases, "b", 2, false);
    expect_alias(&aliases, "a", 1, true);
    expect_alias(&aliases, "c", 2, false);
    expect_alias(&aliases, "b", 1, false);
    expect_alias(&aliases, "c", 2, true);
    otr_mqtt_alias_unsent(&aliases, (otr_mqtt_alias){1, false});
    expect_alias(&aliases, "b", 1, false);
    otr_mqtt_alias_unsent(&aliases, (otr_mqtt_alias){1, true});
    expect_alias(&aliases, "b", 1, true);
    char longer[OTR_MQTT_ALIAS_TOPIC_MAX + 2];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    expect_alias(&aliases, longer, 0, false);
}

static void a_password_is_the_first_line_of_a_private_file(void **state)
{
    (void)state;
    char password[OTR_MQTT_PASSWORD_BYTES];
    otr_error error = {0};
    assert_int_equal(otr_mqtt_password_read(path("password"), password, &error), OTR_OK);
    assert_string_equal(password, "secret");
    assert_int_equal(otr_mqtt_password_read(path("shared"), password, &error), OTR_DENIED);
    assert_int_equal(otr_mqtt_password_read(path("empty"), password, &error), OTR_INVALID);
    assert_int_equal(otr_mqtt_password_read(path("long"), password, &error), OTR_LIMIT);
    assert_int_equal(otr_mqtt_password_read(path("absent"), password, &error), OTR_NOT_FOUND);
}

static void certificates_that_exist_are_kept(void **state)
{
    (void)state;
    struct stat before;
    struct stat after;
    assert_int_equal(stat(path("a.pem"), &before), 0);
    char command[512];
    snprintf(command, sizeof command, "%s/tools/certificates %s a c", getenv("OUTRIDER_SOURCE"), folder);
    const char *argv[] = {"sh", "-c", command, NULL};
    int status = -1;
    waitpid(test_spawn(NULL, argv), &status, 0);
    assert_int_equal(status, 0);
    assert_int_equal(stat(path("a.pem"), &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
    assert_int_equal(stat(path("c.key"), &after), 0);
    assert_int_equal(after.st_mode & 07777, 0600);
    snprintf(command, sizeof command, "%s/tools/certificates %s ../evil", getenv("OUTRIDER_SOURCE"), folder);
    waitpid(test_spawn(NULL, argv), &status, 0);
    assert_int_equal(WEXITSTATUS(status), 2);
}

static void a_session_needs_a_sound_configuration(void **state)
{
    (void)state;
    otr_mqtt_owner owner = {0};
    otr_mqtt *mqtt = NULL;
    otr_error error = {0};
    otr_mqtt_config config = {.url = OTR_STR("mqtts://localhost:1"), .client_id = OTR_STR("gw")};
    assert_int_equal(otr_mqtt_open(&config, &owner, &mqtt, &error), OTR_INVALID); /* no CA */
    config.ca_file = otr_str_of(path("ca.pem"));
    config.cert_file = otr_str_of(path("a.pem"));
    config.key_file = otr_str_of(path("open.key"));
    assert_int_equal(otr_mqtt_open(&config, &owner, &mqtt, &error), OTR_DENIED);
    config.key_file = otr_str_of(path("a.key"));
    config.client_id = OTR_STR("");
    assert_int_equal(otr_mqtt_open(&config, &owner, &mqtt, &error), OTR_INVALID);
    config.client_id = OTR_STR("gw");
    config.url = OTR_STR("mqtt://192.0.2.1");
    assert_int_equal(otr_mqtt_open(&config, &owner, &mqtt, &error), OTR_INVALID);
    config.url = OTR_STR("mqtt://127.0.0.1:1");
    config.password_file = otr_str_of(path("shared"));
    assert_int_equal(otr_mqtt_open(&config, &owner, &mqtt, &error), OTR_DENIED);
    assert_null(mqtt);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_is_a_host_with_a_port),
        cmocka_unit_test(an_address_that_would_not_be_safe_or_sound_is_refused),
        cmocka_unit_test(waits_double_up_to_the_most_and_differ),
        cmocka_unit_test(reasons_are_told_in_the_operators_words),
        cmocka_unit_test(files_that_fit_together_pass),
        cmocka_unit_test(a_bad_file_is_named),
        cmocka_unit_test(an_older_version_is_for_brokers_that_know_no_newer),
        cmocka_unit_test(the_topic_unused_for_longest_gives_up_its_alias),
        cmocka_unit_test(a_password_is_the_first_line_of_a_private_file),
        cmocka_unit_test(certificates_that_exist_are_kept),
        cmocka_unit_test(a_session_needs_a_sound_configuration),
    };
    return cmocka_run_group_tests(tests, make_files, remove_files);
}

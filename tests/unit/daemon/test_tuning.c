/* What a tuning may set, each refusal with its place, and that a pack of its name is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "daemon/config/tuning.h"

static otr_config *own(void)
{
    static const char text[] =
        "gateway: {group: g, name: n}\nmqtt: {url: \"mqtt://localhost:1883\"}\nturn: {linger: 10ms}\n"
        "telemetry: {deadband: [shock=1]}\n";
    otr_config *config = NULL;
    assert_int_equal(otr_config_read("outrider.yaml", OTR_STR(text), &config, NULL), OTR_OK);
    return config;
}

static void it_sets_what_a_running_daemon_takes_and_leaves_the_rest(void **state)
{
    (void)state;
    otr_config *config = own();
    int64_t version = 0;
    static const char text[] = "tuning: 7\nlog: {level: debug}\ncoap: {device_rate: 600}\n"
                               "telemetry: {deadband: [temperature=0.5, shock=2], device_timeout: 1h}\n";
    assert_int_equal(otr_tuning_put(config, OTR_STR(text), &version, NULL), OTR_OK);
    assert_int_equal(version, 7);
    assert_int_equal(config->log.level, OTR_LOG_DEBUG);
    assert_int_equal(config->coap.device_rate, 600);
    assert_int_equal(config->telemetry.deadband.count, 2);
    assert_true(otr_str_is(config->telemetry.deadband.items[1].text, "shock=2"));
    assert_int_equal(config->telemetry.device_timeout, OTR_HOUR);
    assert_int_equal(config->turn.linger, 10 * OTR_MS);
    otr_config_free(config);
}

static void each_option_is_for_it_to_set_or_refused(void **state)
{
    (void)state;
    static const char *const set[] = {"coap.device_rate",         "telemetry.compress", "telemetry.deadband",
                                      "telemetry.device_timeout", "turn.linger",        "log.level"};
    const otr_option *options = otr_config_options();
    size_t sets = 0;
    for (size_t i = 0; i < OTR_CONFIG_OPTIONS; i++) {
        otr_buffer text = {0};
        otr_error error = {.text = ""};
        int64_t version;
        otr_buffer_add_format(&text, "tuning: 1\n%s: {%s: 0}\n", options[i].section, options[i].key);
        otr_status status = otr_tuning_check(otr_buffer_text(&text), &version, &error);
        bool refused = status == OTR_INVALID && strstr(error.text, "not for a tuning") != NULL;
        char name[64];
        bool wanted = false;
        (void)snprintf(name, sizeof name, "%s.%s", options[i].section, options[i].key);
        for (size_t k = 0; k < sizeof set / sizeof set[0]; k++)
            wanted |= strcmp(name, set[k]) == 0;
        if (refused == wanted)
            fail_msg("%s is %s", name, refused ? "refused" : "set");
        if (refused)
            assert_int_equal(error.line, 2);
        sets += wanted;
        otr_buffer_done(&text);
    }
    assert_int_equal(sets, 6);
}

static void what_is_wrong_is_refused_with_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int line;
        int column;
        const char *reason;
    } all[] = {
        {"turn: {linger: 10ms}\n", 1, 1, "tuning"},
        {"tuning: 0\n", 1, 9, ""},
        {"tuning: {a: 1}\n", 1, 9, ""},
        {"tuning: 1\nturn: {linger: 9h}\n", 2, 16, "turn.linger must be between"},
        {"tuning: 1\nturn: 4\n", 2, 7, "expected a map"},
        {"tuning: 1\nlog: {level: loud}\n", 2, 14, "must be one of"},
        {"tuning: 1\nlog: {colour: red}\n", 2, 7, "log.colour is not for a tuning"},
        {"tuning: 1\nmqtt:\n", 2, 1, "mqtt is not for a tuning"},
        {"tuning: 1\nunknown: {a: 1}\n", 2, 1, "unknown is not for a tuning"},
        {"tuning: 1\ntelemetry: {deadband: [shock]}\n", 2, 24, "METRIC=WIDTH"},
        {"tuning: 1\ncoap: {device_rate: 5}\n", 2, 21, "is 0 or"},
        {"tuning: 1\ntuning: 2\n", 2, 1, "twice"},
        {"tuning: 1\n", 1, 1, "it sets nothing; a tuning sets some of coap.device_rate"},
        {"tuning: 1\nlog:\nturn: {}\n", 1, 1, "it sets nothing"},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        otr_error error = {.text = ""};
        int64_t version;
        assert_int_equal(otr_tuning_check(otr_str_of(all[i].text), &version, &error), OTR_INVALID);
        if (error.line != all[i].line || error.column != all[i].column ||
            strstr(error.text, all[i].reason) == NULL)
            fail_msg("%s: %d:%d: %s", all[i].text, error.line, error.column, error.text);
    }
}

/* What it says may depend on what the gateway's own file says. */
static void what_fits_some_gateways_is_refused_by_the_others(void **state)
{
    (void)state;
    static const char text[] = "tuning: 1\nlog:\ntelemetry: {compress: [gzip, none]}\n";
    otr_config *config = own();
    otr_error error = {.text = ""};
    int64_t version;
    assert_int_equal(otr_tuning_check(OTR_STR(text), &version, &error), OTR_OK);
    assert_int_equal(otr_tuning_put(config, OTR_STR(text), NULL, &error), OTR_INVALID);
    assert_string_equal(error.text, "telemetry.compress: has 2 entries, telemetry.urls has 0");
    assert_int_equal(error.line, 3);
    assert_int_equal(error.column, 23);
    otr_config_free(config);
}

static void a_pack_is_no_tuning(void **state)
{
    (void)state;
    assert_true(otr_tuning_is(OTR_STR("tuning: 1\n")));
    assert_true(otr_tuning_is(OTR_STR("log: {level: loud}\ntuning: x\n")));
    assert_false(otr_tuning_is(OTR_STR("pack: p\nversion: 1\n")));
    assert_false(otr_tuning_is(OTR_STR("[tuning]\n")));
    assert_false(otr_tuning_is(OTR_STR("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_sets_what_a_running_daemon_takes_and_leaves_the_rest),
        cmocka_unit_test(each_option_is_for_it_to_set_or_refused),
        cmocka_unit_test(what_is_wrong_is_refused_with_its_place),
        cmocka_unit_test(what_fits_some_gateways_is_refused_by_the_others),
        cmocka_unit_test(a_pack_is_no_tuning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

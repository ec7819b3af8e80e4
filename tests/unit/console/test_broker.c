/* Contexts and brokers: what is taken from where, and which files are refused with which place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/outrider/fleet/broker.h"
#include "tools/outrider/fleet/context.h"

static char base[64];
static char folder[96];

static void write_file(const char *name, const char *text, mode_t mode)
{
    char path[160];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    (void)fputs(text, file);
    (void)fclose(file);
    assert_int_equal(chmod(path, mode), 0);
}

static int set_up(void **state)
{
    (void)state;
    (void)snprintf(base, sizeof base, "/tmp/outrider-context-XXXXXX");
    assert_non_null(mkdtemp(base));
    (void)snprintf(folder, sizeof folder, "%s/outrider", base);
    assert_int_equal(mkdir(folder, 0700), 0);
    setenv("XDG_CONFIG_HOME", base, 1);
    static const char *const names[] = {"OUTRIDER_BROKER", "OUTRIDER_CA", "OUTRIDER_CERT", "OUTRIDER_KEY",
                                        "OUTRIDER_CONTEXT"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unsetenv(names[i]);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    char command[128];
    (void)snprintf(command, sizeof command, "rm -rf %s", base);
    return system(command);
}

static const char two[] = "contexts:\n"
                          "  plant:\n"
                          "    broker: mqtts://plant.example\n"
                          "    ca: plant/ca.pem\n"
                          "    cert: /etc/c.pem\n"
                          "    key: plant/me.key\n"
                          "    operator_key: ops.key\n"
                          "    group: depot\n"
                          "  bench: {broker: \"mqtt://localhost\"}\n";

static void a_context_in_use_is_taken_whole(void **state)
{
    (void)state;
    char ca[160];
    write_file("contexts.yaml", two, 0600);
    write_file("context", "plant\n", 0600);
    otr_broker broker = {.cert = "mine.pem"};
    assert_int_equal(otr_broker_settle("watch", &broker), -1);
    assert_string_equal(broker.url, "mqtts://plant.example");
    (void)snprintf(ca, sizeof ca, "%s/plant/ca.pem", folder);
    assert_string_equal(broker.ca, ca);
    assert_string_equal(broker.cert, "mine.pem");
    assert_string_equal(broker.group, "depot");
    assert_non_null(broker.operator_key);
    otr_broker_done(&broker);
}

static void credentials_of_the_context_in_use_go_to_no_other_broker(void **state)
{
    (void)state;
    write_file("contexts.yaml", two, 0600);
    write_file("context", "plant\n", 0600);
    otr_broker broker = {.url = "mqtts://elsewhere.example"};
    assert_int_equal(otr_broker_settle("watch", &broker), -1);
    assert_null(broker.cert);
    assert_null(broker.key);
    otr_broker_done(&broker);
    setenv("OUTRIDER_BROKER", "mqtts://third.example", 1);
    broker = (otr_broker){.ca = NULL};
    assert_int_equal(otr_broker_settle("watch", &broker), -1);
    assert_string_equal(broker.url, "mqtts://third.example");
    assert_null(broker.cert);
    otr_broker_done(&broker);
}

static void a_context_by_name_comes_before_the_environment(void **state)
{
    (void)state;
    write_file("contexts.yaml", two, 0600);
    setenv("OUTRIDER_BROKER", "mqtts://third.example", 1);
    setenv("OUTRIDER_CERT", "environment.pem", 1);
    otr_broker broker = {.context = "plant"};
    assert_int_equal(otr_broker_settle("watch", &broker), -1);
    assert_string_equal(broker.url, "mqtts://plant.example");
    assert_string_equal(broker.cert, "/etc/c.pem");
    otr_broker_done(&broker);
}

static void without_any_file_it_is_this_machine(void **state)
{
    (void)state;
    otr_broker broker = {.ca = NULL};
    assert_int_equal(otr_broker_settle("watch", &broker), -1);
    assert_string_equal(broker.url, "mqtts://localhost:8883");
    otr_broker_done(&broker);
}

static void a_name_that_is_not_there_is_wrong_usage(void **state)
{
    (void)state;
    write_file("contexts.yaml", two, 0600);
    otr_broker broker = {.context = "plnat"};
    assert_int_equal(otr_broker_settle("watch", &broker), 2);
    otr_broker_done(&broker);
    setenv("OUTRIDER_CONTEXT", "gone", 1);
    broker = (otr_broker){.ca = NULL};
    assert_int_equal(otr_broker_settle("watch", &broker), 2);
    otr_broker_done(&broker);
}

static otr_status read_text(const char *text, mode_t mode, otr_context_error *error)
{
    otr_contexts all;
    write_file("contexts.yaml", text, mode);
    otr_status status = otr_contexts_read(&all, error);
    otr_contexts_done(&all);
    return status;
}

static void what_others_may_write_is_not_believed(void **state)
{
    (void)state;
    otr_context_error error;
    assert_int_equal(read_text(two, 0620, &error), OTR_DENIED);
    assert_int_equal(read_text(two, 0602, &error), OTR_DENIED);
    assert_int_equal(read_text(two, 0644, &error), OTR_OK);
}

static void a_bad_file_is_refused_with_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int line;
        int column;
    } rows[] = {
        {"contexts:\n  a: {brokr: x}\n", 2, 7},
        {"contexts:\n  a: {ca: x}\n", 2, 6},
        {"contexts:\n  a: {broker: x, group: a/b}\n", 2, 25},
        {"contexts:\n  a: {broker: \"\"}\n", 2, 15},
        {"contexts: [a]\n", 1, 11},
        {"contxts: {}\n", 1, 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        otr_context_error error = {.file = ""};
        if (read_text(rows[i].text, 0600, &error) != OTR_INVALID || error.error.line != rows[i].line ||
            error.error.column != rows[i].column)
            fail_msg("row %zu: %d:%d %s", i, error.error.line, error.error.column, error.error.text);
    }
}

static void using_one_is_remembered(void **state)
{
    (void)state;
    otr_contexts all;
    otr_context_error error;
    write_file("contexts.yaml", two, 0600);
    assert_int_equal(otr_contexts_read(&all, &error), OTR_OK);
    assert_null(all.in_use);
    assert_int_equal(otr_context_use(&all, "bench", &error), OTR_OK);
    otr_contexts_done(&all);
    assert_int_equal(otr_contexts_read(&all, &error), OTR_OK);
    assert_string_equal(all.in_use, "bench");
    assert_int_equal(all.count, 2);
    otr_contexts_done(&all);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_context_in_use_is_taken_whole),
        TEST(credentials_of_the_context_in_use_go_to_no_other_broker),
        TEST(a_context_by_name_comes_before_the_environment),
        TEST(without_any_file_it_is_this_machine),
        TEST(a_name_that_is_not_there_is_wrong_usage),
        TEST(what_others_may_write_is_not_believed),
        TEST(a_bad_file_is_refused_with_its_place),
        TEST(using_one_is_remembered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

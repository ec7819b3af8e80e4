/* The service session against a real broker: window, acknowledgements, loss, refusal, will, farewell,
 * properties. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"
#include "client.h"

static test_broker broker;
static test_client client;

static int make_broker(void **state)
{
    (void)state;
    test_broker_make(&broker);
    return 0;
}

static int free_broker(void **state)
{
    (void)state;
    test_broker_free(&broker);
    return 0;
}

static void the_window_is_the_brokers_receive_maximum(void **state)
{
    (void)state;
    otr_mqtt_config config = test_client_config(&broker);
    test_client_open(&client, &config);
    assert_int_equal(test_client_publish(&client, "outrider/v1/g/gw-1/alarm", 0, false),
                     OTR_IO); /* not up yet */
    assert_true(test_client_run(&client, &client.ups, 1));
    assert_int_equal(client.window, 20); /* max_inflight_messages of the broker */
    for (unsigned i = 0; i < 20; i++)
        assert_int_equal(test_client_publish(&client, "outrider/v1/g/gw-1/alarm", i, false), OTR_OK);
    assert_int_equal(test_client_publish(&client, "outrider/v1/g/gw-1/alarm", 20, false), OTR_FULL);
    assert_true(test_client_run(&client, &client.accepted, 20));
    assert_int_equal(test_client_publish(&client, "outrider/v1/g/gw-1/alarm", 20, false), OTR_OK);
    assert_true(test_client_run(&client, &client.accepted, 21));
    test_client_close(&client);
}

static void five_thousand_publishes_are_acknowledged_once_each(void **state)
{
    (void)state;
    otr_mqtt_config config = test_client_config(&broker);
    test_client_open(&client, &config);
    assert_true(test_client_run(&client, &client.ups, 1));
    test_client_send_all(&client, 5000);
    /* At 20 a second, the rate at which the library sends on its own, this would take 250 s, more than the
     * patience of a run. */
    assert_true(test_client_run(&client, &client.accepted, 5000));
    for (unsigned i = 0; i < 5000; i++)
        assert_int_equal(client.answers[i], 1);
    assert_true(client.most_in_flight <= 20);
    assert_int_equal(otr_mqtt_counters_get(client.mqtt)->acknowledged, 5000);
    assert_int_equal(client.lost + client.refused, 0);
    test_client_close(&client);
}

static void a_lost_broker_settles_what_was_outstanding_once(void **state)
{
    (void)state;
    otr_mqtt_config config = test_client_config(&broker);
    test_client_open(&client, &config);
    assert_true(test_client_run(&client, &client.ups, 1));
    kill(broker.pid, SIGSTOP); /* so that it answers nothing */
    for (unsigned i = 0; i < 20; i++)
        assert_int_equal(test_client_publish(&client, "outrider/v1/g/gw-1/alarm", i, false), OTR_OK);
    test_client_run_ms(&client, 50);
    assert_int_equal(client.accepted, 0);
    test_broker_kill(&broker);
    assert_true(test_client_run(&client, &client.downs, 1));
    assert_int_equal(client.lost, 20);
    assert_int_equal(test_client_publish(&client, "outrider/v1/g/gw-1/alarm", 0, false), OTR_IO);
    for (int i = 0; i < 600 && otr_mqtt_counters_get(client.mqtt)->connect_failures == 0; i++)
        test_client_run_ms(&client, 100); /* attempts fail meanwhile */
    test_broker_start(&broker);
    assert_true(test_client_run(&client, &client.ups, 2));
    assert_int_equal(client.window, 20); /* the new session's own, nothing of the old one counts in it */
    for (unsigned i = 0; i < 20; i++)
        assert_int_equal(client.answers[i], 1);
    test_client_send_all(&client, 200);
    assert_true(test_client_run(&client, &client.accepted, 200));
    test_client_run_ms(&client, 100);
    for (unsigned i = 0; i < 200; i++)
        assert_int_equal(client.answers[i], 1);
    assert_int_equal(client.accepted, 200);
    assert_int_equal(client.lost, 20);
    assert_true(otr_mqtt_counters_get(client.mqtt)->connect_failures > 0);
    test_client_close(&client);
}

static void a_restart_under_load_loses_no_token(void **state)
{
    (void)state;
    otr_mqtt_config config = test_client_config(&broker);
    test_client_open(&client, &config);
    assert_true(test_client_run(&client, &client.ups, 1));
    test_client_send_all(&client, 3000);
    for (unsigned round = 1; round <= 3; round++) {
        assert_true(test_client_run(&client, &client.accepted, 300 * round));
        test_broker_kill(&broker);
        assert_true(test_client_run(&client, &client.downs, round));
        test_broker_start(&broker);
        assert_true(test_client_run(&client, &client.ups, round + 1));
    }
    unsigned sent = 3000;
    while (client.accepted + client.lost < sent)
        assert_true(test_client_run(&client, &client.accepted, client.accepted + 1));
    for (unsigned i = 0; i < 3000; i++)
        assert_int_equal(client.answers[i], 1);
    assert_true(client.lost <= 3 * 20);
    test_client_close(&client);
}

static void a_refused_message_is_held_back_before_it_is_told(void **state)
{
    (void)state;
    otr_mqtt_config config = test_client_config(&broker);
    test_client_open(&client, &config);
    assert_true(test_client_run(&client, &client.ups, 1));
    int64_t begin_ms = test_now_ms();
    for (unsigned i = 0; i < 3; i++) /* somebody else's topic */
        assert_int_equal(test_client_publish(&client, "outrider/v1/g/gw-2/alarm", i, false), OTR_OK);
    assert_int_equal(test_client_publish(&client, "outrider/v1/g/gw-1/alarm", 3, false), OTR_OK);
    assert_true(test_client_run(&client, &client.accepted, 1));
    assert_int_equal(otr_mqtt_counters_get(client.mqtt)->refused, 3);
    assert_true(test_logged("event=mqtt_refused code=0x87"));
    assert_true(test_client_run(&client, &client.refused, 1));
    assert_true(test_now_ms() - begin_ms >= 500); /* the first round is half a second or more */
    assert_true(test_client_run(&client, &client.refused, 3));
    assert_int_equal(client.downs, 0);
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(client.answers[i], 1);
    test_client_close(&client);
}

static void a_broker_that_refuses_everything_is_not_asked_in_a_tight_loop(void **state)
{
    (void)state;
    otr_mqtt_config config = test_client_config(&broker);
    test_client_open(&client, &config);
    assert_true(test_client_run(&client, &client.ups, 1));
    unsigned sent = 0;
    struct timespec begin;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    for (int i = 0; i < 100; i++) { /* an owner that sends again whatever it may */
        while (sent < TEST_TOKENS &&
               test_client_publish(&client, "outrider/v1/g/gw-2/alarm", sent, false) == OTR_OK)
            sent++;
        test_client_run_ms(&client, 10);
    }
    /* At most 128 places, each free again after half a second or more: nothing here but the machine sets the
     * pace. */
    struct timespec end;
    clock_gettime(CLOCK_MONOTONIC, &end);
    unsigned rounds = (unsigned)((end.tv_sec - begin.tv_sec) * 2 + 3);
    assert_in_range(sent, 20, 128 * rounds);
    test_client_close(&client); /* with messages held back */
}

static void a_bad_topic_is_refused_at_once(void **state)
{
    (void)state;
    otr_mqtt_config config = test_client_config(&broker);
    test_client_open(&client, &config);
    assert_true(test_client_run(&client, &client.ups, 1));
    assert_int_equal(test_client_publish(&client, "outrider/v1/g/gw-1/\xff", 0, false), OTR_INVALID);
    assert_int_equal(client.in_flight, 0);
    test_client_close(&client);
}

static otr_status publish_large(uint64_t token)
{
    static const uint8_t payload[60000];
    otr_publication publication = {
        .token = token,
        .topic = OTR_STR("outrider/v1/g/gw-1/bulk"),
        .payload = {payload, sizeof payload},
        .qos = 1,
    };
    otr_link_port port = otr_mqtt_port(client.mqtt);
    otr_status status = port.publish(port.self, &publication);
    client.in_flight += status == OTR_OK;
    return status;
}

static void large_messages_do_not_pile_up(void **state)
{
    (void)state;
    otr_mqtt_config config = test_client_config(&broker);
    test_client_open(&client, &config);
    assert_true(test_client_run(&client, &client.ups, 1));
    kill(broker.pid, SIGSTOP);
    assert_int_equal(publish_large(0), OTR_OK);
    assert_int_equal(publish_large(1), OTR_FULL); /* the window of 20 is not full, but 100 KiB are */
    assert_int_equal(test_client_publish(&client, "outrider/v1/g/gw-1/alarm", 2, false), OTR_OK);
    kill(broker.pid, SIGCONT);
    assert_true(test_client_run(&client, &client.accepted, 2));
    for (unsigned i = 3; i < 100; i++) {
        assert_int_equal(publish_large(i), OTR_OK);
        assert_true(test_client_run(&client, &client.accepted, i));
    }
    test_client_close(&client);
}

static void properties_reach_a_stranger(void **state)
{
    (void)state;
    otr_mqtt_config config = test_client_config(&broker);
    test_client_open(&client, &config);
    assert_true(test_client_run(&client, &client.ups, 1));
    assert_int_equal(test_client_publish(&client, "outrider/v1/g/gw-1/open", 7, true), OTR_OK);
    assert_true(test_client_run(&client, &client.accepted, 1));
    char line[256];
    assert_true(test_broker_read(&broker, "outrider/v1/g/gw-1/open", "%q|%r|%C|%P|%p", line, sizeof line));
    assert_string_equal(line, "1|1|application/json|id:0123456789abcdef type:test|{\"n\":7}");
    assert_true(test_broker_read(&broker, "outrider/v1/g/gw-1/open", "%E", line, sizeof line));
    assert_in_range(atoi(line), 1, 600);
    test_client_close(&client);
}

/* More topics than the broker takes aliases, one of them refused: none may end up under another's name. */
static void each_message_reaches_its_own_topic(void **state)
{
    enum { TOPICS = 24, ROUNDS = 3 };
    (void)state;
    otr_mqtt_config config = test_client_config(&broker);
    test_client_open(&client, &config);
    assert_true(test_client_run(&client, &client.ups, 1));
    unsigned sent = 0;
    for (unsigned round = 0; round < ROUNDS; round++)
        for (unsigned i = 0; i < TOPICS; i++) {
            char topic[64];
            snprintf(topic, sizeof topic, "outrider/v1/g/gw-%u/alias/%u", i == 5 ? 2 : 1, i % 3 == 0 ? 0 : i);
            while (test_client_publish(&client, topic, sent, true) != OTR_OK)
                assert_true(test_client_run(&client, &client.accepted, client.accepted + 1));
            sent++;
        }
    assert_true(test_client_run(&client, &client.accepted, (TOPICS - 1) * ROUNDS));
    assert_int_equal(client.downs, 0);
    for (unsigned i = 1; i < TOPICS; i += 2) {
        char topic[64];
        char line[64];
        char expected[64];
        if (i == 5 || i % 3 == 0)
            continue;
        snprintf(topic, sizeof topic, "outrider/v1/g/gw-1/alias/%u", i);
        snprintf(expected, sizeof expected, "{\"n\":%u}", (ROUNDS - 1) * TOPICS + i);
        assert_true(test_broker_read(&broker, topic, "%p", line, sizeof line));
        assert_string_equal(line, expected);
    }
    test_client_close(&client);
}

static otr_publication status_message(const char *text)
{
    static const otr_property properties[] = {{OTR_STR("type"), OTR_STR("status")}};
    return (otr_publication){
        .topic = OTR_STR("outrider/v1/g/gw-1/status"),
        .content_type = OTR_STR("application/json"),
        .payload = {(const uint8_t *)text, strlen(text)},
        .properties = properties,
        .property_count = 1,
        .qos = 1,
        .retain = true,
    };
}

/* A program of its own: connects with a will, says so on its output, and serves the session until it is
 * killed. Not a mere fork: the threads of the sessions before may hold the library's locks at that moment,
 * and in the child nobody would ever release them. */
static int live_with_a_will(const char *folder, const char *port)
{
    (void)snprintf(broker.folder, sizeof broker.folder, "%s", folder);
    broker.port = (uint16_t)atoi(port);
    otr_mqtt_config config = test_client_config(&broker);
    config.client_id = OTR_STR("gw-1-mortal");
    test_client_open_with_will(&client, &config, "offline");
    bool is_up = test_client_run(&client, &client.ups, 1);
    ssize_t written = write(STDOUT_FILENO, is_up ? "1" : "0", 1);
    (void)written;
    test_client_run_ms(&client, 60000);
    return 1;
}

static void the_will_appears_when_the_process_is_killed(void **state)
{
    (void)state;
    char port[8];
    (void)snprintf(port, sizeof port, "%u", broker.port);
    const char *argv[] = {"/proc/self/exe", broker.folder, port, NULL};
    int up = -1;
    pid_t child = test_spawn(&up, argv);
    char answer = 0;
    assert_int_equal(read(up, &answer, 1), 1);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    close(up);
    assert_int_equal(answer, '1');
    char line[256];
    assert_true(test_broker_read(&broker, "outrider/v1/g/gw-1/status", "%r|%C|%P|%p", line, sizeof line));
    if (strncmp(line, "0", 1) == 0) /* the subscriber may be there before the broker has noticed */
        assert_true(test_broker_read(&broker, "outrider/v1/g/gw-1/status", "%r|%C|%P|%p", line, sizeof line));
    assert_string_equal(line, "1|application/json|type:status|{\"what\":\"offline\",\"n\":1}");
}

static void a_farewell_replaces_the_will(void **state)
{
    (void)state;
    otr_mqtt_config config = test_client_config(&broker);
    test_client_open_with_will(&client, &config, "lost");
    assert_true(test_client_run(&client, &client.ups, 1));
    for (unsigned i = 0; i < 20; i++) /* the window is full: the farewell waits for its place */
        assert_int_equal(test_client_publish(&client, "outrider/v1/g/gw-1/alarm", i, false), OTR_OK);
    otr_publication farewell = status_message("{\"what\":\"stopped\"}");
    otr_mqtt_close(client.mqtt, &farewell, 60000);
    assert_true(test_logged("farewell=accepted"));
    char line[256];
    assert_true(test_broker_read(&broker, "outrider/v1/g/gw-1/status", "%p", line, sizeof line));
    assert_string_equal(line, "{\"what\":\"stopped\"}");
}

static void a_farewell_that_is_refused_leaves_it_to_the_will(void **state)
{
    (void)state;
    otr_mqtt_config config = test_client_config(&broker);
    test_client_open_with_will(&client, &config, "vanished");
    assert_true(test_client_run(&client, &client.ups, 1));
    otr_publication farewell = status_message("{}");
    farewell.topic = OTR_STR("outrider/v1/g/gw-2/status");
    otr_mqtt_close(client.mqtt, &farewell, 500);
    assert_true(test_logged("farewell=lost"));
    char line[256];
    assert_true(test_broker_read(&broker, "outrider/v1/g/gw-1/status", "%p", line, sizeof line));
    assert_string_equal(line, "{\"what\":\"vanished\",\"n\":1}");
}

static void each_connection_has_a_will_of_its_own(void **state)
{
    (void)state;
    otr_mqtt_config config = test_client_config(&broker);
    test_client_open_with_will(&client, &config, "again");
    assert_true(test_client_run(&client, &client.ups, 1));
    assert_int_equal(client.wills, 1);
    test_broker_kill(&broker);
    assert_true(test_client_run(&client, &client.downs, 1));
    client.will_fails = true; /* without a will there is no connection, and the next attempt asks again */
    assert_true(test_client_run(&client, &client.wills, 2));
    assert_true(test_logged("the will cannot be built: out of memory"));
    test_broker_start(&broker);
    client.will_fails = false;
    assert_true(test_client_run(&client, &client.ups, 2));
    assert_true(client.wills > 2);
    otr_publication farewell = status_message("{}");
    farewell.topic = OTR_STR("outrider/v1/g/gw-2/status");
    otr_mqtt_close(client.mqtt, &farewell, 500);
    char line[256];
    char expected[64];
    assert_true(test_broker_read(&broker, "outrider/v1/g/gw-1/status", "%p", line, sizeof line));
    (void)snprintf(expected, sizeof expected, "{\"what\":\"again\",\"n\":%u}", client.wills);
    assert_string_equal(line, expected);
}

static void the_session_survives_a_reconnect(void **state)
{
    (void)state;
    otr_mqtt_config config = test_client_config(&broker);
    test_client_open(&client, &config);
    assert_true(test_client_run(&client, &client.ups, 1));
    test_client_close(&client);
    test_client_open(&client, &config);
    assert_true(test_client_run(&client, &client.ups, 1));
    test_client_close(&client);
    char command[256];
    snprintf(command, sizeof command, "grep -c 'as gw-1 (p5, c0, k30' %s/mosquitto.log", broker.folder);
    const char *argv[] = {"sh", "-c", command, NULL};
    int status = -1;
    waitpid(test_spawn(NULL, argv), &status, 0);
    assert_int_equal(status, 0); /* MQTT 5, no clean start */
}

static void plain_mqtt_works_on_loopback(void **state)
{
    (void)state;
    char url[64];
    snprintf(url, sizeof url, "mqtt://127.0.0.1:%u", broker.plain_port);
    otr_mqtt_config config = {.url = otr_str_of(url), .client_id = OTR_STR("plain"), .reconnect_max_ms = 100};
    test_client_open(&client, &config);
    assert_true(test_client_run(&client, &client.ups, 1));
    test_client_send_all(&client, 500);
    assert_true(test_client_run(&client, &client.accepted, 500));
    test_client_close(&client);
}

static void a_broker_that_hangs_is_left(void **state)
{
    (void)state;
    otr_mqtt_config config = test_client_config(&broker);
    config.keepalive_s = 2;
    test_client_open(&client, &config);
    assert_true(test_client_run(&client, &client.ups, 1));
    kill(broker.pid, SIGSTOP);
    assert_int_equal(test_client_publish(&client, "outrider/v1/g/gw-1/alarm", 0, false), OTR_OK);
    assert_true(test_client_run(&client, &client.downs, 1));
    assert_int_equal(client.lost, 1);
    assert_int_equal(client.answers[0], 1);
    kill(broker.pid, SIGCONT);
    assert_true(test_client_run(&client, &client.ups, 2));
    assert_int_equal(test_client_publish(&client, "outrider/v1/g/gw-1/alarm", 0, false), OTR_OK);
    assert_true(test_client_run(&client, &client.accepted, 1));
    test_client_close(&client);
}

int main(int count, char **words)
{
    signal(SIGPIPE, SIG_IGN);
    if (count == 3)
        return live_with_a_will(words[1], words[2]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_window_is_the_brokers_receive_maximum),
        cmocka_unit_test(five_thousand_publishes_are_acknowledged_once_each),
        cmocka_unit_test(a_lost_broker_settles_what_was_outstanding_once),
        cmocka_unit_test(a_restart_under_load_loses_no_token),
        cmocka_unit_test(a_refused_message_is_held_back_before_it_is_told),
        cmocka_unit_test(a_broker_that_refuses_everything_is_not_asked_in_a_tight_loop),
        cmocka_unit_test(a_bad_topic_is_refused_at_once),
        cmocka_unit_test(large_messages_do_not_pile_up),
        cmocka_unit_test(properties_reach_a_stranger),
        cmocka_unit_test(each_message_reaches_its_own_topic),
        cmocka_unit_test(the_will_appears_when_the_process_is_killed),
        cmocka_unit_test(a_farewell_replaces_the_will),
        cmocka_unit_test(a_farewell_that_is_refused_leaves_it_to_the_will),
        cmocka_unit_test(each_connection_has_a_will_of_its_own),
        cmocka_unit_test(the_session_survives_a_reconnect),
        cmocka_unit_test(plain_mqtt_works_on_loopback),
        cmocka_unit_test(a_broker_that_hangs_is_left),
    };
    return cmocka_run_group_tests(tests, make_broker, free_broker);
}

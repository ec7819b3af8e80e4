#include "client.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/log.h"

int64_t test_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void send_more(test_client *client)
{
    while (client->is_up && client->next < client->total) {
        otr_status status = test_client_publish(client, "outrider/v1/g/gw-1/alarm", client->next, false);
        if (status == OTR_FULL || status == OTR_IO) /* IO: lost already, down follows */
            return;
        assert_int_equal(status, OTR_OK);
        client->next++;
    }
}

static void on_up(void *context, unsigned window)
{
    test_client *client = context;
    assert_false(client->is_up);
    client->is_up = true;
    client->ups++;
    client->window = window;
    send_more(client);
}

static void on_down(void *context)
{
    test_client *client = context;
    assert_true(client->is_up);
    client->is_up = false;
    client->downs++;
    assert_int_equal(client->in_flight, 0); /* everything was settled before */
}

static void on_published(void *context, uint64_t token, otr_status status)
{
    test_client *client = context;
    assert_true(token < TEST_TOKENS);
    client->answers[token]++;
    client->in_flight--;
    if (status == OTR_OK)
        client->accepted++;
    else if (status == OTR_IO)
        client->lost++;
    else
        client->refused++;
    send_more(client);
}

otr_mqtt_config test_client_config(const test_broker *broker)
{
    static char url[64];
    static char files[3][128];
    snprintf(url, sizeof url, "mqtts://localhost:%u", broker->port);
    snprintf(files[0], sizeof files[0], "%s/ca.pem", broker->folder);
    snprintf(files[1], sizeof files[1], "%s/gw-1.pem", broker->folder);
    snprintf(files[2], sizeof files[2], "%s/gw-1.key", broker->folder);
    return (otr_mqtt_config){
        .url = otr_str_of(url),
        .client_id = OTR_STR("gw-1"),
        .ca_file = otr_str_of(files[0]),
        .cert_file = otr_str_of(files[1]),
        .key_file = otr_str_of(files[2]),
        .keepalive_s = 30,
        .session_expiry_s = 3600,
        .reconnect_min_ms = 50,
        .reconnect_max_ms = 400,
    };
}

static otr_status on_will(void *context, otr_arena *arena, otr_publication *out)
{
    static const otr_property properties[] = {{OTR_STR("type"), OTR_STR("status")}};
    test_client *client = context;
    char text[64];
    int size = snprintf(text, sizeof text, "{\"what\":\"%s\",\"n\":%u}", client->will, ++client->wills);
    otr_str payload = otr_arena_copy(arena, (otr_str){text, (size_t)size});
    *out = (otr_publication){
        .topic = OTR_STR("outrider/v1/g/gw-1/status"),
        .content_type = OTR_STR("application/json"),
        .payload = {(const uint8_t *)payload.data, payload.size},
        .properties = properties,
        .property_count = 1,
        .qos = 1,
        .retain = true,
    };
    return client->will_fails ? OTR_MEMORY : OTR_OK;
}

void test_client_open(test_client *client, const otr_mqtt_config *config)
{
    test_client_open_with_will(client, config, NULL);
}

void test_client_open_with_will(test_client *client, const otr_mqtt_config *config, const char *will)
{
    memset(client, 0, sizeof *client);
    client->will = will;
    otr_log(OTR_LOG_NOTICE, "test_opens", "url=%.*s", OTR_STR_ARG(config->url));
    otr_mqtt_owner owner = {client, on_up, on_down, on_published, will != NULL ? on_will : NULL, NULL, NULL};
    otr_error error = {0};
    if (otr_mqtt_open(config, &owner, &client->mqtt, &error) != OTR_OK)
        fail_msg("open: %s", error.text);
}

void test_client_close(test_client *client)
{
    otr_mqtt_close(client->mqtt, NULL, 0);
    client->mqtt = NULL;
}

static void serve(test_client *client, int64_t most_ms)
{
    int64_t wait_us = otr_mqtt_wait_us(client->mqtt);
    int64_t wait_ms = wait_us / 1000 < most_ms ? (wait_us + 999) / 1000 : most_ms;
    struct pollfd ready = {.fd = otr_mqtt_fd(client->mqtt), .events = POLLIN};
    poll(&ready, 1, (int)wait_ms);
    otr_mqtt_process(client->mqtt);
}

bool test_client_run(test_client *client, const unsigned *value, unsigned goal)
{
    int64_t end = test_now_ms() + TEST_PATIENCE_MS;
    while (*value < goal) {
        int64_t left = end - test_now_ms();
        if (left <= 0)
            return false;
        serve(client, left);
    }
    return true;
}

void test_client_run_ms(test_client *client, int ms)
{
    int64_t end = test_now_ms() + ms;
    for (int64_t left = ms; left > 0; left = end - test_now_ms())
        serve(client, left);
}

otr_status test_client_publish(test_client *client, const char *topic, uint64_t token, bool retain)
{
    char payload[32];
    int size = snprintf(payload, sizeof payload, "{\"n\":%llu}", (unsigned long long)token);
    otr_property properties[] = {{OTR_STR("id"), OTR_STR("0123456789abcdef")},
                                 {OTR_STR("type"), OTR_STR("test")}};
    otr_publication publication = {
        .token = token,
        .topic = otr_str_of(topic),
        .content_type = OTR_STR("application/json"),
        .payload = {(const uint8_t *)payload, (size_t)size},
        .properties = properties,
        .property_count = 2,
        .qos = 1,
        .retain = retain,
        .expiry_s = 600,
    };
    otr_link_port port = otr_mqtt_port(client->mqtt);
    otr_status status = port.publish(port.self, &publication);
    if (status == OTR_OK) {
        client->answers[token] = 0;
        client->in_flight++;
        if (client->in_flight > client->most_in_flight)
            client->most_in_flight = client->in_flight;
    }
    return status;
}

void test_client_send_all(test_client *client, unsigned total)
{
    client->next = 0;
    client->total = total;
    send_more(client);
}

bool test_logged(const char *text)
{
    static char lines[OTR_LOG_RECENT_BYTES + 1];
    lines[otr_log_recent(lines, OTR_LOG_RECENT_BYTES)] = '\0';
    const char *from = lines;
    for (const char *open = lines; (open = strstr(open, "event=test_opens")) != NULL; open++)
        from = open;
    return strstr(from, text) != NULL;
}

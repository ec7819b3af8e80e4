/* The session under test with an owner that writes down what it is told, and a loop that serves it. */
#ifndef OTR_TESTS_MQTT_CLIENT_H
#define OTR_TESTS_MQTT_CLIENT_H

#include "broker.h"
#include "platform/linux/mqtt/mqtt.h"

enum { TEST_TOKENS = 6000, TEST_PATIENCE_MS = 120000 };

typedef struct test_client {
    otr_mqtt *mqtt;
    bool is_up;
    unsigned ups;
    unsigned downs;
    unsigned window;
    unsigned accepted;             /* published with OK */
    unsigned lost;                 /* with IO */
    unsigned refused;              /* with INVALID */
    unsigned answers[TEST_TOKENS]; /* how often each token was answered since it was last sent */
    unsigned next; /* with total: tokens next..total-1 are sent as fast as the window lets them */
    unsigned total;
    unsigned most_in_flight;
    unsigned in_flight;
    const char *will; /* {"what":WILL,"n":WILLS}, retained, to the status topic of gw-1; NULL: none */
    unsigned wills;   /* how many were asked for */
    bool will_fails;
} test_client;

/* A configuration for the broker's TLS listener as gw-1, views into static memory; change it and then open
 * it. */
otr_mqtt_config test_client_config(const test_broker *broker);
void test_client_open(test_client *client, const otr_mqtt_config *config);
void test_client_open_with_will(test_client *client, const otr_mqtt_config *config, const char *will);
void test_client_close(test_client *client);

/* Serves the session until *value is at least goal; false after TEST_PATIENCE_MS. */
bool test_client_run(test_client *client, const unsigned *value, unsigned goal);
int64_t test_now_ms(void);
/* Serves it that long whatever happens. */
void test_client_run_ms(test_client *client, int ms);
/* Publishes {"n":TOKEN} at QoS 1 to the topic. */
otr_status test_client_publish(test_client *client, const char *topic, uint64_t token, bool retain);
/* Sends tokens 0..total-1 to the topic of gw-1, more as answers come. */
void test_client_send_all(test_client *client, unsigned total);
/* Whether the log holds the text since the last test_client_open. */
bool test_logged(const char *text);

#endif

/* Debian's mosquitto for tests: TLS with client certificates on loopback, an ACL by common name, persistence
 * on. */
#ifndef OTR_TESTS_MQTT_BROKER_H
#define OTR_TESTS_MQTT_BROKER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct test_broker {
    char folder[64]; /* temporary; holds the certificates, the database and the log */
    uint16_t port;   /* TLS, 127.0.0.1 and 127.0.0.2; the certificate is for the first and for localhost */
    uint16_t plain_port; /* no TLS, anonymous, 127.0.0.1 */
    pid_t pid;           /* 0: not running */
} test_broker;

/* A free port of 127.0.0.1; no other test gets it before this process ends. */
uint16_t test_free_port(void);
/* Makes the folder with certificates for gw-1, gw-2 and watcher, and starts the broker. Fails the test on
 * trouble. */
void test_broker_make(test_broker *broker);
/* Returns once it listens; fails the test when it does not within a minute. */
void test_broker_start(test_broker *broker);
void test_broker_kill(test_broker *broker);
/* Kills it and removes the folder. */
void test_broker_free(test_broker *broker);
/* FOLDER/name; the buffer is one of a few, in turn. */
const char *test_broker_file(const test_broker *broker, const char *name);

/* Starts a program with its arguments (NULL-terminated); out NULL: output is dropped, else it is a pipe's
 * reading end. */
pid_t test_spawn(int *out, const char *const *argv);
/* Runs mosquitto_sub as the watcher for one message of the topic and copies its line; false when none came in
 * time. */
bool test_broker_read(const test_broker *broker, const char *topic, const char *format, char *line,
                      int capacity);

#endif

/* Brokers that are wrong, absent or no brokers at all: each is told by its reason, and the session keeps
 * trying. */
#include <arpa/inet.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
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

/* Serves the session until it failed to connect for the reason, and then for the next attempt. */
static void expect_failures_of(const otr_mqtt_config *config, const char *reason, const char *or_reason)
{
    test_client_open(&client, config);
    bool told = false;
    for (int i = 0; i < 600 && !(told && otr_mqtt_counters_get(client.mqtt)->connect_failures >= 2); i++) {
        test_client_run_ms(&client, 100);
        told = told || test_logged(reason) || test_logged(or_reason);
    }
    assert_true(otr_mqtt_counters_get(client.mqtt)->connect_failures >= 2);
    assert_int_equal(client.ups + client.downs, 0);
    test_client_close(&client);
    if (!told)
        fail_msg("the log does not say %s", reason);
}

static void expect_failures(const otr_mqtt_config *config, const char *reason)
{
    expect_failures_of(config, reason, reason);
}

static otr_mqtt_config config_for(const char *scheme, const char *host, unsigned port)
{
    static char url[128];
    otr_mqtt_config config = test_client_config(&broker);
    snprintf(url, sizeof url, "%s://%s:%u", scheme, host, port);
    config.url = otr_str_of(url);
    return config;
}

static void a_broker_of_another_authority_is_refused(void **state)
{
    (void)state;
    char other[128];
    char script[512];
    snprintf(other, sizeof other, "%s/other", broker.folder);
    snprintf(script, sizeof script, "%s/tools/certificates", getenv("OUTRIDER_SOURCE"));
    const char *argv[] = {script, other, NULL};
    waitpid(test_spawn(NULL, argv), NULL, 0);
    otr_mqtt_config config = test_client_config(&broker);
    config.ca_file = otr_str_of(test_broker_file(&broker, "other/ca.pem"));
    expect_failures(&config, "reason=certificate");
}

static void a_certificate_for_another_name_is_refused(void **state)
{
    (void)state;
    otr_mqtt_config config = config_for("mqtts", "127.0.0.2", broker.port);
    expect_failures(&config, "reason=hostname");
}

static void an_address_in_the_certificate_is_accepted(void **state)
{
    (void)state;
    otr_mqtt_config config = config_for("mqtts", "127.0.0.1", broker.port);
    test_client_open(&client, &config);
    assert_true(test_client_run(&client, &client.ups, 1));
    test_client_close(&client);
}

static void a_client_without_certificate_is_not_let_in(void **state)
{
    (void)state;
    otr_mqtt_config config = test_client_config(&broker);
    config.cert_file = config.key_file = OTR_STR("");
    /* The broker's alert may be lost when it closes the connection at once. */
    expect_failures_of(&config, "reason=client_certificate", "it may ask for a client certificate");
}

static void a_client_of_another_authority_is_not_let_in(void **state)
{
    (void)state;
    char other[128];
    char script[512];
    snprintf(other, sizeof other, "%s/stranger", broker.folder);
    snprintf(script, sizeof script, "%s/tools/certificates", getenv("OUTRIDER_SOURCE"));
    const char *argv[] = {script, other, "gw-1", NULL};
    waitpid(test_spawn(NULL, argv), NULL, 0);
    otr_mqtt_config config = test_client_config(&broker);
    config.cert_file = otr_str_of(test_broker_file(&broker, "stranger/gw-1.pem"));
    config.key_file = otr_str_of(test_broker_file(&broker, "stranger/gw-1.key"));
    /* The broker's alert may be lost when it closes the connection at once. */
    expect_failures_of(&config, "reason=client_certificate", "it may ask for a client certificate");
}

static void a_closed_port_is_told(void **state)
{
    (void)state;
    otr_mqtt_config config = config_for("mqtts", "127.0.0.1", test_free_port());
    expect_failures(&config, "reason=refused");
}

static void a_name_that_does_not_resolve_is_told(void **state)
{
    (void)state;
    otr_mqtt_config config = config_for("mqtts", "no-such-broker.invalid", 8883);
    config.keepalive_s = 1;
    test_client_open(&client, &config);
    for (int i = 0; i < 600 && otr_mqtt_counters_get(client.mqtt)->connect_failures < 1; i++)
        test_client_run_ms(&client, 100);
    assert_int_equal(otr_mqtt_counters_get(client.mqtt)->connects, 0);
    /* Where no name server answers at all, the deadline of the attempt comes first. */
    assert_true(test_logged("reason=dns") || test_logged("reason=timeout"));
    test_client_close(&client);
}

static int listen_on(uint16_t *port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(fd, 16), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    *port = ntohs(address.sin_port);
    return fd;
}

static void a_listener_that_is_silent_times_out(void **state)
{
    (void)state;
    uint16_t port = 0;
    int fd = listen_on(&port); /* the kernel accepts, nobody answers */
    otr_mqtt_config config = config_for("mqtts", "127.0.0.1", port);
    config.keepalive_s = 1;
    expect_failures(&config, "reason=timeout");
    close(fd);
}

/* A listener that answers each connection's first bytes with the same text and closes it. */
struct parrot {
    int fd;
    const char *text;
    size_t size;
};

static void *answer(void *context)
{
    const struct parrot *parrot = context;
    for (;;) {
        int fd = accept4(parrot->fd, NULL, NULL, SOCK_CLOEXEC);
        if (fd < 0)
            return NULL;
        char request[512];
        if (recv(fd, request, sizeof request, 0) > 0)
            (void)!send(fd, parrot->text, parrot->size, MSG_NOSIGNAL);
        shutdown(fd, SHUT_WR);
        usleep(20000);
        close(fd);
    }
}

static pthread_t start_parrot(struct parrot *parrot)
{
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, answer, parrot), 0);
    return thread;
}

static void stop_parrot(const struct parrot *parrot, pthread_t thread)
{
    shutdown(parrot->fd, SHUT_RDWR);
    pthread_join(thread, NULL);
    close(parrot->fd);
}

static void expect_parrot(const char *scheme, const char *text, size_t size, const char *reason)
{
    uint16_t port = 0;
    struct parrot parrot = {listen_on(&port), text, size};
    pthread_t thread = start_parrot(&parrot);
    otr_mqtt_config config = config_for(scheme, "127.0.0.1", port);
    config.keepalive_s = 1;
    expect_failures(&config, reason);
    stop_parrot(&parrot, thread);
}

static void a_listener_that_does_not_speak_tls_is_told(void **state)
{
    (void)state;
    static const char text[] = "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n and some more\r\n";
    expect_parrot("mqtts", text, sizeof text, "reason=tls");
}

static void a_listener_that_sends_garbage_is_survived(void **state)
{
    (void)state;
    static const char text[] = "\xff\xff\xff\xff\xff\x7f garbage instead of a CONNACK";
    expect_parrot("mqtt", text, sizeof text, "event=mqtt_down");
}

static void a_broker_of_mqtt_3_is_named(void **state)
{
    (void)state;
    static const char refused[] = {0x20, 0x02, 0x00, 0x01}; /* CONNACK: unacceptable protocol version */
    expect_parrot("mqtt", refused, sizeof refused, "reason=version text=\"the broker refuses MQTT 5");
}

static void a_broker_that_sends_us_away_says_why(void **state)
{
    (void)state;
    static const char text[] = "\x20\x03\x00\x00\x00\xe0\x02\x8e\x00"; /* CONNACK, DISCONNECT: taken over */
    uint16_t port = 0;
    struct parrot parrot = {listen_on(&port), text, sizeof text - 1};
    pthread_t thread = start_parrot(&parrot);
    otr_mqtt_config config = config_for("mqtt", "127.0.0.1", port);
    test_client_open(&client, &config);
    assert_true(test_client_run(&client, &client.downs, 2));
    assert_true(test_logged("reason=taken_over"));
    assert_int_equal(client.window, 128); /* no Receive Maximum told: our own bound */
    test_client_close(&client);
    stop_parrot(&parrot, thread);
}

/* RSA key exchange: with the library's own settings a client would agree to TLS 1.1 here. */
static pid_t start_tls_server(uint16_t port, const char *version, const char *ciphers)
{
    char accept[32];
    snprintf(accept, sizeof accept, "127.0.0.1:%u", port);
    const char *argv[] = {"openssl",
                          "s_server",
                          "-accept",
                          accept,
                          version,
                          "-cipher",
                          ciphers,
                          "-cert",
                          test_broker_file(&broker, "rsa.pem"),
                          "-key",
                          test_broker_file(&broker, "rsa.key"),
                          "-quiet",
                          NULL};
    pid_t pid = test_spawn(NULL, argv);
    usleep(300000);
    return pid;
}

static void tls_older_than_1_2_is_refused(void **state)
{
    (void)state;
    const char *argv[] = {"openssl",  "req",
                          "-x509",    "-newkey",
                          "rsa:2048", "-nodes",
                          "-subj",    "/CN=127.0.0.1",
                          "-addext",  "subjectAltName=IP:127.0.0.1",
                          "-out",     test_broker_file(&broker, "rsa.pem"),
                          "-keyout",  test_broker_file(&broker, "rsa.key"),
                          NULL};
    waitpid(test_spawn(NULL, argv), NULL, 0);
    uint16_t port = test_free_port();
    otr_mqtt_config config = config_for("mqtts", "127.0.0.1", port);
    config.ca_file = otr_str_of(test_broker_file(&broker, "rsa.pem"));
    config.keepalive_s = 1;
    pid_t pid = start_tls_server(port, "-tls1_1", "AES128-SHA@SECLEVEL=0");
    expect_failures(&config, "it speaks no TLS 1.2 or newer");
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    /* The twin: the same server with 1.2 gets past the handshake, and then does not answer as a broker. */
    pid = start_tls_server(port, "-tls1_2", "DEFAULT");
    expect_failures_of(&config, "reason=timeout", "closed the connection before it answered");
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

static void a_broker_that_comes_later_is_found(void **state)
{
    (void)state;
    test_broker_kill(&broker);
    otr_mqtt_config config = test_client_config(&broker);
    test_client_open(&client, &config);
    test_client_run_ms(&client, 500);
    assert_int_equal(client.ups, 0);
    test_broker_start(&broker);
    assert_true(test_client_run(&client, &client.ups, 1));
    test_client_close(&client);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_broker_of_another_authority_is_refused),
        cmocka_unit_test(a_certificate_for_another_name_is_refused),
        cmocka_unit_test(an_address_in_the_certificate_is_accepted),
        cmocka_unit_test(a_client_without_certificate_is_not_let_in),
        cmocka_unit_test(a_client_of_another_authority_is_not_let_in),
        cmocka_unit_test(a_closed_port_is_told),
        cmocka_unit_test(a_name_that_does_not_resolve_is_told),
        cmocka_unit_test(a_listener_that_is_silent_times_out),
        cmocka_unit_test(a_listener_that_does_not_speak_tls_is_told),
        cmocka_unit_test(a_listener_that_sends_garbage_is_survived),
        cmocka_unit_test(a_broker_of_mqtt_3_is_named),
        cmocka_unit_test(a_broker_that_sends_us_away_says_why),
        cmocka_unit_test(tls_older_than_1_2_is_refused),
        cmocka_unit_test(a_broker_that_comes_later_is_found),
    };
    return cmocka_run_group_tests(tests, make_broker, free_broker);
}

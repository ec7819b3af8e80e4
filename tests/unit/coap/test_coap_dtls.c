/* coap over DTLS: who gets in, as whom, and what happens when a session ends at a bad moment. */
#include "dtls_client.h"

#include "base/log.h"
#include "base/reading.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static harness server;

static int set_up(void **state)
{
    (void)state;
    server = (harness){.quality = OTR_CLOCK_SYNCED};
    harness_open(&server);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    harness_done(&server);
    return 0;
}

static otr_key enroll(const char *device)
{
    otr_key key;
    assert_int_equal(otr_key_create(otr_str_of(server.keys), otr_str_of(device), true, &key, NULL), OTR_OK);
    return key;
}

static void client(dtls_client *out, const char *identity, const otr_key *key)
{
    dtls_open(out, otr_coap_dtls_port(server.coap), identity, key);
}

static void an_enrolled_device_is_known_by_its_name(void **state)
{
    (void)state;
    dtls_client device;
    message answer;
    otr_key key = enroll("tag-1");
    message request = post(7, "abc");
    client(&device, "tag-1", &key);
    assert_int_equal(dtls_connect(&server, &device, SOON_MS), DTLS_CONNECTED);
    dtls_send(&device, &request);
    assert_false(dtls_receive(&server, &device, 200, &answer));
    assert_int_equal(harness_counters(&server)->handshakes, 1);
    assert_int_equal(server.upload_count, 1);
    assert_string_equal(server.uploads[0].identity, "tag-1");
    answer_all(&server, OTR_ANSWER_KEPT, 0);
    assert_true(dtls_receive(&server, &device, SOON_MS, &answer));
    assert_int_equal(answer.type, ACK);
    assert_int_equal(answer.code, 204);
    assert_int_equal(answer.id, 7);
    assert_int_equal(harness_counters(&server)->sessions, 1);
    dtls_close(&device);
    harness_run(&server, 100);
    assert_int_equal(harness_counters(&server)->sessions, 0);
    assert_int_equal(harness_counters(&server)->handshakes_refused, 0);
}

static void the_key_of_a_message_is_the_same_from_another_address(void **state)
{
    (void)state;
    otr_key key = enroll("tag-1");
    message request = post(7, "abc");
    for (int i = 0; i < 2; i++) {
        dtls_client device;
        client(&device, "tag-1", &key);
        assert_int_equal(dtls_connect(&server, &device, SOON_MS), DTLS_CONNECTED);
        dtls_send(&device, &request);
        harness_run(&server, 50);
        dtls_close(&device);
    }
    assert_int_equal(server.upload_count, 2);
    assert_true(server.uploads[0].key == server.uploads[1].key);
}

static void strangers_are_refused_and_counted(void **state)
{
    static const char *const identities[] = {"nobody", "../tag-1", "/etc/passwd", "",
                                             "a b",    ".",        "tag-1.psk"};
    (void)state;
    otr_key key = enroll("tag-1");
    for (size_t i = 0; i < sizeof identities / sizeof identities[0]; i++) {
        dtls_client device;
        client(&device, identities[i], &key);
        dtls_result result = dtls_connect(&server, &device, SOON_MS);
        if (result != DTLS_REFUSED)
            fail_msg("\"%s\": %d", identities[i], result);
        assert_int_equal(harness_counters(&server)->handshakes_refused, i + 1);
        dtls_close(&device);
    }
    harness_run(&server, 50);
    assert_int_equal(harness_counters(&server)->handshakes, 0);
    assert_int_equal(harness_counters(&server)->sessions, 0);
}

static void a_refusal_is_logged_with_the_address_of_the_peer(void **state)
{
    (void)state;
    static char lines[OTR_LOG_RECENT_BYTES + 1];
    dtls_client device;
    otr_key key = enroll("tag-1");
    client(&device, "stranger", &key);
    assert_int_equal(dtls_connect(&server, &device, SOON_MS), DTLS_REFUSED);
    dtls_close(&device);
    lines[otr_log_recent(lines, OTR_LOG_RECENT_BYTES)] = '\0';
    const char *peer = strstr(lines, "identity=\"stranger\"");
    assert_non_null(peer);
    while (peer > lines && strncmp(peer, "peer=", 5) != 0)
        peer--;
    unsigned port = 0;
    int end = 0;
    assert_int_equal(sscanf(peer, "peer=\"127.0.0.1:%u\" identity=%n", &port, &end), 1);
    assert_true(port > 0 && end > 0);
}

static void a_key_file_that_others_can_read_opens_nothing(void **state)
{
    (void)state;
    dtls_client device;
    char path[128];
    otr_key key = enroll("tag-1");
    (void)snprintf(path, sizeof path, "%s/tag-1.psk", server.keys);
    assert_int_equal(chmod(path, 0644), 0);
    client(&device, "tag-1", &key);
    assert_int_equal(dtls_connect(&server, &device, SOON_MS), DTLS_REFUSED);
    dtls_close(&device);
}

static void a_new_key_locks_the_old_one_out(void **state)
{
    (void)state;
    dtls_client device;
    otr_key old = enroll("tag-1");
    otr_key new = enroll("tag-1");
    otr_coap_config config = {
        .dtls_address = OTR_STR("127.0.0.1:0"),
        .keys_folder = otr_str_of(server.keys),
        .sessions_max =
            1, /* so that the next handshake ends this one, instead of half a minute of retransmissions */
    };
    harness_close(&server);
    harness_open_with(&server, &config);
    client(&device, "tag-1", &old);
    assert_int_equal(dtls_connect(&server, &device, 1500), DTLS_NO_ANSWER);
    assert_int_equal(harness_counters(&server)->handshakes, 0);
    dtls_close(&device);
    client(&device, "tag-1", &new);
    assert_int_equal(dtls_connect(&server, &device, SOON_MS), DTLS_CONNECTED);
    assert_int_equal(harness_counters(&server)->handshakes, 1);
    assert_int_equal(harness_counters(&server)->handshakes_refused, 1);
    dtls_close(&device);
}

/* Each comes from a port of its own, has shown by its cookie that it is there, and goes no further. */
static void a_session_that_is_open_outlives_handshakes_without_end(void **state)
{
    enum { MOST = 4 };
    (void)state;
    dtls_client device;
    dtls_client strangers[2 * MOST];
    message answer;
    otr_key key = enroll("tag-1");
    otr_key other = {.size = 16, .bytes = {1}};
    otr_coap_config config = {
        .dtls_address = OTR_STR("127.0.0.1:0"), .keys_folder = otr_str_of(server.keys), .sessions_max = MOST};
    harness_close(&server);
    harness_open_with(&server, &config);
    client(&device, "tag-1", &key);
    assert_int_equal(dtls_connect(&server, &device, SOON_MS), DTLS_CONNECTED);
    for (int i = 0; i < 2 * MOST; i++) {
        client(&strangers[i], "tag-1", &other);
        assert_int_equal(dtls_connect(&server, &strangers[i], 200), DTLS_NO_ANSWER);
    }
    assert_in_range(harness_counters(&server)->sessions, MOST, MOST + 2);
    message request = post(7, "abc");
    dtls_send(&device, &request);
    harness_run(&server, 50);
    answer_all(&server, OTR_ANSWER_KEPT, 0);
    assert_true(dtls_receive(&server, &device, SOON_MS, &answer));
    assert_int_equal(answer.id, 7);
    dtls_close(&device);
    for (int i = 0; i < 2 * MOST; i++)
        dtls_close(&strangers[i]);
}

static void of_too_many_open_sessions_the_longest_silent_one_ends(void **state)
{
    enum { MOST = 3 };
    (void)state;
    dtls_client devices[MOST + 1];
    message answer;
    otr_key key = enroll("tag-1");
    otr_coap_config config = {
        .dtls_address = OTR_STR("127.0.0.1:0"), .keys_folder = otr_str_of(server.keys), .sessions_max = MOST};
    harness_close(&server);
    harness_open_with(&server, &config);
    for (int i = 0; i <= MOST; i++) {
        client(&devices[i], "tag-1", &key);
        assert_int_equal(dtls_connect(&server, &devices[i], SOON_MS), DTLS_CONNECTED);
        if (i == MOST - 1) { /* the first one speaks: the second is silent the longest */
            message request = post(1, "abc");
            dtls_send(&devices[0], &request);
            harness_run(&server, 50);
            answer_all(&server, OTR_ANSWER_KEPT, 0);
            assert_true(dtls_receive(&server, &devices[0], SOON_MS, &answer));
        }
    }
    harness_run(&server, 100);
    assert_int_equal(harness_counters(&server)->sessions, MOST);
    for (int i = 0; i <= MOST; i++) {
        message request = post((uint16_t)(10 + i), "abc");
        dtls_send(&devices[i], &request);
        harness_run(&server, 50);
        answer_all(&server, OTR_ANSWER_KEPT, 0);
        assert_int_equal(dtls_receive(&server, &devices[i], i == 1 ? 200 : SOON_MS, &answer), i != 1);
        dtls_close(&devices[i]);
    }
    harness_run(&server, 100);
    assert_int_equal(harness_counters(&server)->sessions, 0);
}

static void reporting_as_another_device_is_forbidden(void **state)
{
    (void)state;
    dtls_client device;
    message answer;
    otr_key key = enroll("tag-1");
    message request = post(7, "abc");
    client(&device, "tag-1", &key);
    assert_int_equal(dtls_connect(&server, &device, SOON_MS), DTLS_CONNECTED);
    server.status = OTR_DENIED;
    server.reason = "tag-1 may not report as tag-2";
    dtls_send(&device, &request);
    assert_true(dtls_receive(&server, &device, SOON_MS, &answer));
    assert_int_equal(answer.code, 403);
    assert_memory_equal(answer.payload, server.reason, strlen(server.reason));
    dtls_close(&device);
}

static void an_answer_to_a_closed_session_goes_nowhere(void **state)
{
    (void)state;
    dtls_client device;
    message answer;
    otr_key key = enroll("tag-1");
    client(&device, "tag-1", &key);
    assert_int_equal(dtls_connect(&server, &device, SOON_MS), DTLS_CONNECTED);
    for (uint16_t id = 1; id <= 3; id++) {
        message request = post(id, "abc");
        dtls_send(&device, &request);
    }
    harness_run(&server, 50);
    assert_int_equal(server.upload_count, 3);
    dtls_close(&device);
    harness_run(&server, 1200);                               /* the empty ACKs, too, find nobody */
    assert_int_equal(harness_counters(&server)->sessions, 1); /* held by what is pending */
    answer_all(&server, OTR_ANSWER_KEPT, 0);
    client(&device, "tag-1", &key);
    assert_int_equal(dtls_connect(&server, &device, SOON_MS), DTLS_CONNECTED);
    message request = post(9, "abc");
    dtls_send(&device, &request);
    harness_run(&server, 50);
    answer_all(&server, OTR_ANSWER_KEPT, 0);
    assert_true(dtls_receive(&server, &device, SOON_MS, &answer));
    assert_int_equal(answer.id, 9);
    assert_int_equal(harness_counters(&server)->sessions, 1);
    dtls_close(&device);
}

static void a_stall_gives_a_separate_response_over_dtls(void **state)
{
    (void)state;
    dtls_client device;
    message answer;
    otr_key key = enroll("tag-1");
    message request = post(7, "abc");
    client(&device, "tag-1", &key);
    assert_int_equal(dtls_connect(&server, &device, SOON_MS), DTLS_CONNECTED);
    dtls_send(&device, &request);
    assert_true(dtls_receive(&server, &device, SOON_MS, &answer));
    assert_int_equal(answer.type, ACK);
    assert_int_equal(answer.code, 0);
    answer_all(&server, OTR_ANSWER_KEPT, 0);
    assert_true(dtls_receive(&server, &device, SOON_MS, &answer));
    assert_int_equal(answer.type, CON);
    assert_int_equal(answer.code, 204);
    assert_string_equal(answer.token, "abc");
    dtls_close(&device); /* without its ACK */
    harness_run(&server, 3500);
}

static void a_device_that_lost_power_comes_back_from_the_same_port(void **state)
{
    (void)state;
    dtls_client device;
    message answer;
    otr_key key = enroll("tag-1");
    client(&device, "tag-1", &key);
    for (uint16_t id = 1; id <= 2; id++) {
        message request = post(id, "abc");
        /* The first ClientHello makes room for the second, a second later. */
        assert_int_equal(dtls_connect(&server, &device, SOON_MS), DTLS_CONNECTED);
        dtls_send(&device, &request);
        harness_run(&server, 50);
        answer_all(&server, OTR_ANSWER_KEPT, 0);
        assert_true(dtls_receive(&server, &device, SOON_MS, &answer));
        assert_int_equal(answer.id, id);
        if (id == 2)
            break;
        dtls_lose_power(&device);
        assert_int_equal(dtls_connect(&server, &device, 500), DTLS_NO_ANSWER); /* forged, for all we know */
        dtls_lose_power(&device);
        harness_run(&server, 5500);
    }
    assert_int_equal(harness_counters(&server)->handshakes, 2);
    assert_int_equal(harness_counters(&server)->handshakes_refused, 0);
    dtls_close(&device);
}

/* Runs a command while the server works; its exit code, its output in out. */
static int run(const char *command, char *out, size_t capacity)
{
    int ends[2];
    int status = -1;
    size_t size = 0;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        (void)dup2(ends[1], 1);
        (void)dup2(ends[1], 2);
        (void)execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    (void)close(ends[1]);
    (void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
    while (waitpid(child, &status, WNOHANG) == 0) {
        harness_run(&server, 5);
        answer_all(&server, OTR_ANSWER_KEPT, 0);
        ssize_t got = read(ends[0], out + size, capacity - 1 - size);
        size += got > 0 ? (size_t)got : 0;
    }
    ssize_t got = read(ends[0], out + size, capacity - 1 - size);
    size += got > 0 ? (size_t)got : 0;
    out[size] = '\0';
    (void)close(ends[0]);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void coap_client_finds_its_way(void **state)
{
    (void)state;
    char command[512];
    char out[4096];
    char path[128];
    /* coap-client takes keys as text only. */
    (void)snprintf(path, sizeof path, "%s/tag-1.psk", server.keys);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    (void)fputs("30313233343536373839616263646566\n", file);
    (void)fclose(file);
    assert_int_equal(chmod(path, 0600), 0);
    unsigned port = otr_coap_dtls_port(server.coap);
    if (run("command -v coap-client-openssl", out, sizeof out) != 0)
        skip();
    (void)snprintf(command, sizeof command,
                   "coap-client-openssl -B 5 -v 6 -m post -t 110 -u tag-1 -k 0123456789abcdef -e "
                   "'[{\"n\":\"a\",\"v\":1}]' "
                   "coaps://127.0.0.1:%u/r",
                   port);
    assert_int_equal(run(command, out, sizeof out), 0);
    assert_int_equal(server.upload_count, 1);
    assert_string_equal(server.uploads[0].identity, "tag-1");
    assert_int_equal(server.uploads[0].size, 17);
    (void)snprintf(
        command, sizeof command,
        "coap-client-openssl -B 5 -u tag-1 -k 0123456789abcdef coaps://127.0.0.1:%u/.well-known/core", port);
    assert_int_equal(run(command, out, sizeof out), 0);
    assert_non_null(strstr(out, "</r>;"));
    assert_non_null(strstr(out, "rt=\"outrider.readings\""));
    assert_non_null(strstr(out, "ct=\"110 112 65001\""));
    server.utc = 1700000000042999;
    (void)snprintf(command, sizeof command,
                   "coap-client-openssl -B 5 -u tag-1 -k 0123456789abcdef coaps://127.0.0.1:%u/time", port);
    assert_int_equal(run(command, out, sizeof out), 0);
    assert_non_null(strstr(out, "1700000000.042"));
}

static void coap_client_uploads_in_blocks(void **state)
{
    (void)state;
    char command[512];
    char out[4096];
    char path[128];
    if (run("command -v coap-client-openssl", out, sizeof out) != 0)
        skip();
    (void)snprintf(path, sizeof path, "%s/body", server.keys);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (int i = 0; i < 5000; i++)
        (void)fprintf(file, "%08d", i);
    (void)fclose(file);
    (void)snprintf(command, sizeof command,
                   "coap-client-openssl -B 20 -b 256 -m post -t 110 -f %s coap://127.0.0.1:%u/r", path,
                   otr_coap_udp_port(server.coap));
    assert_int_equal(run(command, out, sizeof out), 0);
    assert_int_equal(server.upload_count, 1);
    assert_int_equal(server.uploads[0].size, 40000);
    assert_memory_equal(server.uploads[0].payload + 39992, "00004999", 8);
    assert_int_equal(harness_counters(&server)->blockwise_uploads, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_enrolled_device_is_known_by_its_name, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_key_of_a_message_is_the_same_from_another_address, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(strangers_are_refused_and_counted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_refusal_is_logged_with_the_address_of_the_peer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_key_file_that_others_can_read_opens_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_new_key_locks_the_old_one_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_session_that_is_open_outlives_handshakes_without_end, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(of_too_many_open_sessions_the_longest_silent_one_ends, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(reporting_as_another_device_is_forbidden, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_answer_to_a_closed_session_goes_nowhere, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_stall_gives_a_separate_response_over_dtls, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_device_that_lost_power_comes_back_from_the_same_port, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(coap_client_finds_its_way, set_up, tear_down),
        cmocka_unit_test_setup_teardown(coap_client_uploads_in_blocks, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

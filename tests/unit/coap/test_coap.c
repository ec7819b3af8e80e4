/* coap: requests over plain UDP and their answers, as a device sees them on the wire. */
#include "harness.h"

#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
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

static int client(void)
{
    return client_open(NULL, otr_coap_udp_port(server.coap));
}

static void assert_text(const message *answer, const char *text)
{
    if (answer->payload_size != strlen(text) || memcmp(answer->payload, text, strlen(text)) != 0)
        fail_msg("payload \"%.*s\", not \"%s\"", (int)answer->payload_size, (const char *)answer->payload,
                 text);
}

static void acknowledges_after_the_commit_and_not_before(void **state)
{
    (void)state;
    message answer;
    message request = post(7, "abc");
    int fd = client();
    client_send(fd, &request);
    assert_false(client_receive(&server, fd, 300, &answer));
    assert_int_equal(server.upload_count, 1);
    assert_int_equal(server.uploads[0].format, 112);
    assert_memory_equal(server.uploads[0].payload, "\x81\xa0", 2);
    assert_string_equal(server.uploads[0].identity, "");
    answer_all(&server, OTR_ANSWER_KEPT, 0);
    assert_true(client_receive(&server, fd, SOON_MS, &answer));
    assert_int_equal(answer.type, ACK);
    assert_int_equal(answer.code, 204);
    assert_int_equal(answer.id, 7);
    assert_string_equal(answer.token, "abc");
    assert_int_equal(answer.payload_size, 0);
    assert_false(client_receive(&server, fd, 100, &answer));
    (void)close(fd);
}

static void an_answer_that_comes_within_the_upload_is_sent(void **state)
{
    (void)state;
    message answer;
    int fd = client();
    for (uint16_t id = 1; id <= 40; id++) {
        message request = post(id, "t");
        client_send(fd, &request);
    }
    while (server.upload_count < 40)
        harness_run(&server, 5);
    answer_all(&server, OTR_ANSWER_KEPT, 0);
    for (uint16_t id = 1; id <= 40; id++) {
        assert_true(client_receive(&server, fd, SOON_MS, &answer));
        assert_int_equal(answer.id, id);
        assert_int_equal(answer.code, 204);
    }
    (void)close(fd);
}

static void a_repeated_con_has_the_same_key_and_no_answer_of_its_own(void **state)
{
    (void)state;
    message answer;
    message request = post(7, "abc");
    message other = post(8, "abc");
    int fd = client();
    client_send(fd, &request);
    client_send(fd, &request);
    client_send(fd, &other);
    harness_run(&server, 50);
    assert_int_equal(server.upload_count, 3);
    assert_true(server.uploads[0].key != 0);
    assert_true(server.uploads[0].key == server.uploads[1].key);
    assert_true(server.uploads[0].key != server.uploads[2].key);
    server.port.answer(server.port.self, server.uploads[1].handle, OTR_ANSWER_NONE, 0);
    assert_false(client_receive(&server, fd, 100, &answer));
    server.port.answer(server.port.self, server.uploads[0].handle, OTR_ANSWER_KEPT, 0);
    assert_true(client_receive(&server, fd, SOON_MS, &answer));
    assert_int_equal(answer.id, 7);
    (void)close(fd);
}

static void the_key_depends_on_peer_token_and_payload_and_outlives_a_restart(void **state)
{
    (void)state;
    uint64_t keys[4];
    message requests[4] = {post(7, "abc"), post(7, "abd"), post(7, "abc"), post(7, "abc")};
    requests[2].payload = "\x81\xa1";
    int fd = client();
    int other = client();
    for (int i = 0; i < 4; i++)
        client_send(i == 3 ? other : fd, &requests[i]);
    harness_run(&server, 50);
    assert_int_equal(server.upload_count, 4);
    for (int i = 0; i < 4; i++)
        keys[i] = server.uploads[i].key;
    assert_true(keys[0] != keys[1] && keys[0] != keys[2] && keys[0] != keys[3]);
    harness_close(&server);
    harness_open(&server);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(otr_coap_udp_port(server.coap))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    client_send(fd, &requests[0]);
    harness_run(&server, 50);
    assert_int_equal(server.upload_count, 1);
    assert_true(server.uploads[0].key == keys[0]);
    (void)close(other);
    (void)close(fd);
}

static void a_stall_gives_an_empty_ack_and_a_separate_response(void **state)
{
    (void)state;
    message answer;
    message request = post(7, "abc");
    int fd = client();
    client_send(fd, &request);
    while (server.upload_count == 0)
        (void)harness_wait(&server, -1, 100);
    assert_true(otr_coap_wait_us(server.coap) <= 1000000); /* no later than in a second */
    assert_false(client_receive(&server, fd, 900, &answer));
    assert_true(client_receive(&server, fd, SOON_MS, &answer));
    assert_int_equal(answer.type, ACK);
    assert_int_equal(answer.code, 0);
    assert_int_equal(answer.id, 7);
    assert_string_equal(answer.token, "");
    assert_int_equal(harness_counters(&server)->separate_responses, 1);
    /* The empty ACK was lost: the device repeats itself, the owner knows it, the ACK comes again. */
    client_send(fd, &request);
    harness_run(&server, 50);
    assert_int_equal(server.upload_count, 2);
    server.port.answer(server.port.self, server.uploads[1].handle, OTR_ANSWER_NONE, 0);
    assert_true(client_receive(&server, fd, SOON_MS, &answer));
    assert_int_equal(answer.type, ACK);
    assert_int_equal(answer.code, 0);
    server.port.answer(server.port.self, server.uploads[0].handle, OTR_ANSWER_KEPT, 0);
    assert_true(client_receive(&server, fd, SOON_MS, &answer));
    assert_int_equal(answer.type, CON);
    assert_int_equal(answer.code, 204);
    assert_string_equal(answer.token, "abc");
    /* Without our ACK it is sent again. */
    uint16_t id = answer.id;
    assert_true(client_receive(&server, fd, SOON_MS, &answer));
    assert_int_equal(answer.type, CON);
    assert_int_equal(answer.id, id);
    message ack = {
        .type = ACK, .id = id, .format = -1, .block = -1, .size = -1, .max_age = -1, .no_response = -1};
    client_send(fd, &ack);
    assert_false(client_receive(&server, fd, 500, &answer));
    (void)close(fd);
}

static void a_non_gets_a_non(void **state)
{
    (void)state;
    message answer;
    message request = post(7, "abc");
    request.type = NON;
    int fd = client();
    assert_true(client_ask(&server, fd, &request, &answer));
    assert_int_equal(answer.type, NON);
    assert_int_equal(answer.code, 204);
    assert_string_equal(answer.token, "abc");
    (void)close(fd);
}

static void no_response_leaves_the_empty_ack(void **state)
{
    (void)state;
    message answer;
    message request = post(7, "abc");
    request.no_response = 2; /* no interest in 2.xx, RFC 7967 */
    int fd = client();
    assert_true(client_ask(&server, fd, &request, &answer));
    assert_int_equal(answer.type, ACK);
    assert_int_equal(answer.code, 0);
    request.id = 8;
    request.type = NON;
    assert_false(client_ask(&server, fd, &request, &answer));
    (void)close(fd);
}

static void a_refusal_names_its_reason(void **state)
{
    static const struct {
        otr_status status;
        int code;
        long max_age;
        long size;
    } rows[] = {
        {OTR_INVALID, 400, -1, -1}, {OTR_LIMIT, 413, -1, 65536}, {OTR_DENIED, 403, -1, -1},
        {OTR_FULL, 503, 5, -1},     {OTR_MEMORY, 500, -1, -1},   {OTR_IO, 500, -1, -1},
        {OTR_TOO_FAST, 429, 1, -1},
    };
    (void)state;
    int fd = client();
    server.reason = "record 3: temperature is no number";
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        message answer;
        message request = post((uint16_t)(100 + i), "abc");
        server.status = rows[i].status;
        assert_true(client_ask(&server, fd, &request, &answer));
        assert_int_equal(answer.type, ACK);
        assert_int_equal(answer.code, rows[i].code);
        assert_int_equal(answer.max_age, rows[i].max_age);
        assert_int_equal(answer.size, rows[i].size);
        assert_string_equal(answer.token, "abc");
        assert_text(&answer, server.reason);
    }
    assert_int_equal(otr_coap_wait_us(server.coap), INT64_MAX);
    (void)close(fd);
}

static void a_full_disk_pushes_back_after_the_upload_was_taken(void **state)
{
    (void)state;
    message answer;
    message request = post(7, "abc");
    int fd = client();
    client_send(fd, &request);
    harness_run(&server, 50);
    answer_all(&server, OTR_ANSWER_FULL, 17);
    assert_true(client_receive(&server, fd, SOON_MS, &answer));
    assert_int_equal(answer.type, ACK);
    assert_int_equal(answer.code, 503);
    assert_int_equal(answer.max_age, 17);
    (void)close(fd);
}

static void what_cannot_be_readings_is_refused_at_once(void **state)
{
    (void)state;
    message answer;
    int fd = client();
    message empty = post(1, "a");
    empty.payload_size = 0;
    assert_true(client_ask(&server, fd, &empty, &answer));
    assert_int_equal(answer.code, 400);
    message bare = post(2, "a");
    bare.format = -1;
    assert_true(client_ask(&server, fd, &bare, &answer));
    assert_int_equal(answer.code, 415);
    message xml = post(3, "a");
    xml.format = 41;
    assert_true(client_ask(&server, fd, &xml, &answer));
    assert_int_equal(answer.code, 415);
    message get = post(4, "a");
    get.method = GET;
    assert_true(client_ask(&server, fd, &get, &answer));
    assert_int_equal(answer.code, 405);
    message elsewhere = post(5, "a");
    elsewhere.path = "x";
    assert_true(client_ask(&server, fd, &elsewhere, &answer));
    assert_int_equal(answer.code, 404);
    assert_int_equal(server.upload_count, 0);
    for (long format = 110; format <= 112; format += 2) {
        message fine = post((uint16_t)format, "a");
        fine.format = format;
        assert_true(client_ask(&server, fd, &fine, &answer));
        assert_int_equal(answer.code, 204);
    }
    message reading = post(6, "a");
    reading.format = 65001;
    assert_true(client_ask(&server, fd, &reading, &answer));
    assert_int_equal(answer.code, 204);
    (void)close(fd);
}

static void time_is_told_only_when_it_is_known(void **state)
{
    (void)state;
    message answer;
    message request = post(1, "a");
    request.method = GET;
    request.path = "time";
    request.format = -1;
    request.payload_size = 0;
    int fd = client();
    server.utc = 1700000000042999;
    assert_true(client_ask(&server, fd, &request, &answer));
    assert_int_equal(answer.code, 205);
    assert_int_equal(answer.format, 0);
    assert_int_equal(answer.max_age, 0);
    assert_text(&answer, "1700000000.042");
    server.quality = OTR_CLOCK_UNSYNCED;
    request.id = 2;
    assert_true(client_ask(&server, fd, &request, &answer));
    assert_int_equal(answer.code, 503);
    assert_int_equal(answer.max_age, 10);
    assert_true(answer.payload_size > 0);
    (void)close(fd);
}

static void a_full_table_pushes_back(void **state)
{
    (void)state;
    message answer;
    int fd = client();
    server.count_only = true;
    for (unsigned i = 0; i < 16384; i++) {
        message request = post((uint16_t)i, "a");
        request.type = NON;
        client_send(fd, &request);
        if (i % 64 == 63)
            otr_coap_process(server.coap);
    }
    harness_run(&server, 20);
    assert_int_equal(server.upload_count, 16384);
    message request = post(20000, "b");
    assert_true(client_ask(&server, fd, &request, &answer));
    assert_int_equal(answer.code, 503);
    assert_int_equal(answer.max_age, 5);
    server.upload_count = 0;
    (void)close(fd);
}

static void malformed_datagrams_do_no_harm(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
    } rows[] = {
        {"", 0},
        {"\x40", 1},
        {"\x40\x02\x00", 3},
        {"\x4f\x02\x00\x01", 4},
        {"\x40\x02\x00\x01\xff", 5},
        {"\x40\x02\x00\x01\xf1", 5},
        {"\x80\x02\x00\x01", 4},
        {"\x40\x02\x00\x01\xb1", 5},
        {"\x40\x00\x00\x01", 4},
    };
    (void)state;
    message answer;
    message request = post(9, "a");
    int fd = client();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(send(fd, rows[i].bytes, rows[i].size, 0), (ssize_t)rows[i].size);
        harness_run(&server, 5);
    }
    while (client_receive(&server, fd, 50, &answer))
        assert_int_equal(answer.type, RST);
    assert_int_equal(server.upload_count, 0);
    assert_true(client_ask(&server, fd, &request, &answer));
    assert_int_equal(answer.code, 204);
    (void)close(fd);
}

static void closing_with_uploads_pending_releases_them(void **state)
{
    (void)state;
    message request = post(7, "abc");
    int fd = client();
    client_send(fd, &request);
    harness_run(&server, 1200); /* one has its empty ACK, the other not */
    request.id = 8;
    client_send(fd, &request);
    harness_run(&server, 50);
    assert_int_equal(server.upload_count, 2);
    (void)close(fd);
}

static void a_bad_configuration_is_refused_with_its_reason(void **state)
{
    (void)state;
    static const char *const addresses[] = {"",         "localhost:5683", "127.0.0.1",  "127.0.0.1:99999",
                                            "::1:5683", "[::1]",          "127.0.0.1:", "[127.0.0.1]:5683"};
    static const char *const networks[] = {"10.0.0.0/33", "10.0.0/8", "fd00::/129", "",
                                           "10.0.0.0/-1", "10.0.0.0/"};
    otr_coap_owner owner = {0};
    otr_error error;
    otr_coap *coap = NULL;
    for (size_t i = 1; i < sizeof addresses / sizeof addresses[0]; i++) {
        otr_coap_config config = {.udp_address = otr_str_of(addresses[i])};
        error = (otr_error){0};
        assert_int_equal(otr_coap_open(&config, &owner, &coap, &error), OTR_INVALID);
        assert_non_null(strstr(error.text, addresses[i]));
    }
    for (size_t i = 0; i < sizeof networks / sizeof networks[0]; i++) {
        otr_str network = otr_str_of(networks[i]);
        otr_coap_config config = {
            .udp_address = OTR_STR("127.0.0.1:0"), .udp_allow = &network, .udp_allow_count = 1};
        assert_int_equal(otr_coap_open(&config, &owner, &coap, &error), OTR_INVALID);
    }
    char taken[32];
    (void)snprintf(taken, sizeof taken, "127.0.0.1:%u", otr_coap_udp_port(server.coap));
    otr_coap_config nothing = {0};
    assert_int_equal(otr_coap_open(&nothing, &owner, &coap, &error), OTR_OK);
    assert_int_equal(otr_coap_udp_port(coap), 0);
    otr_coap_close(coap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(acknowledges_after_the_commit_and_not_before, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_answer_that_comes_within_the_upload_is_sent, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_repeated_con_has_the_same_key_and_no_answer_of_its_own, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_key_depends_on_peer_token_and_payload_and_outlives_a_restart,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_stall_gives_an_empty_ack_and_a_separate_response, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_non_gets_a_non, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_response_leaves_the_empty_ack, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_refusal_names_its_reason, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_full_disk_pushes_back_after_the_upload_was_taken, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_readings_is_refused_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(time_is_told_only_when_it_is_known, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_full_table_pushes_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(malformed_datagrams_do_no_harm, set_up, tear_down),
        cmocka_unit_test_setup_teardown(closing_with_uploads_pending_releases_them, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_bad_configuration_is_refused_with_its_reason, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

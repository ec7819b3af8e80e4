/* coap, /c: a device fetches its commands and says what it has done, as it sees it on the wire; whose they
 * are; and the hint in the answer to an upload. */
#include "dtls_client.h"

#include <stdio.h>
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

static message ask(int method, uint16_t id, const char *query)
{
    message self = post(id, "abc");
    self.path = "c";
    self.method = method;
    self.query = query;
    self.format = -1;
    self.payload_size = 0;
    return self;
}

static int client(void)
{
    return client_open(NULL, otr_coap_udp_port(server.coap));
}

static void expect_refusal(int fd, const message *request, int code)
{
    message answer;
    client_send(fd, request);
    assert_true(client_receive(&server, fd, SOON_MS, &answer));
    if (answer.code != code)
        fail_msg("%d, not %d: %.*s", answer.code, code, (int)answer.payload_size,
                 (const char *)answer.payload);
    assert_int_equal(server.request_count, 0);
}

static void commands_come_when_the_owner_delivers_them(void **state)
{
    (void)state;
    static const char pack[] = "[{\"bn\":\"f1/\",\"n\":\"boost\",\"vb\":true,\"id\":\"00\"}]";
    message answer;
    message request = ask(GET, 7, "device=f1");
    int fd = client();
    client_send(fd, &request);
    assert_false(client_receive(&server, fd, 200, &answer));
    assert_int_equal(server.request_count, 1);
    assert_false(server.request.confirm);
    assert_string_equal(server.request.device, "f1");
    assert_int_equal(server.request.format, 110);
    server.port.deliver(server.port.self, server.request.handle, 110,
                        (otr_bytes){(const uint8_t *)pack, sizeof pack - 1});
    assert_true(client_receive(&server, fd, SOON_MS, &answer));
    assert_int_equal(answer.type, ACK);
    assert_int_equal(answer.code, 205);
    assert_int_equal(answer.id, 7);
    assert_string_equal(answer.token, "abc");
    assert_int_equal(answer.format, 110);
    assert_int_equal(answer.max_age, 0);
    assert_int_equal(answer.payload_size, sizeof pack - 1);
    assert_memory_equal(answer.payload, pack, sizeof pack - 1);
    assert_int_equal(harness_counters(&server)->commands_fetched, 1);
    (void)close(fd);
}

static void the_device_chooses_the_spelling(void **state)
{
    (void)state;
    message answer;
    message request = ask(GET, 7, "device=f1");
    int fd = client();
    request.accept = 112;
    client_send(fd, &request);
    harness_run(&server, 50);
    assert_int_equal(server.request.format, 112);
    server.port.deliver(server.port.self, server.request.handle, 112,
                        (otr_bytes){(const uint8_t *)"\x80", 1});
    assert_true(client_receive(&server, fd, SOON_MS, &answer));
    assert_int_equal(answer.format, 112);
    server.request_count = 0;
    request = ask(GET, 8, "device=f1");
    request.accept = 60;
    expect_refusal(fd, &request, 406);
    (void)close(fd);
}

static void what_is_done_is_answered_like_an_upload(void **state)
{
    (void)state;
    message answer;
    message request = ask(POST, 7, "device=f1");
    request.payload = "0123";
    request.payload_size = 4;
    int fd = client();
    client_send(fd, &request);
    assert_false(client_receive(&server, fd, 200, &answer));
    assert_true(server.request.confirm);
    assert_string_equal(server.request.device, "f1");
    assert_string_equal(server.request.done, "0123");
    server.port.answer(server.port.self, server.request.handle, OTR_ANSWER_KEPT, 0);
    assert_true(client_receive(&server, fd, SOON_MS, &answer));
    assert_int_equal(answer.code, 204);
    assert_int_equal(answer.payload_size, 0);
    (void)close(fd);
}

static void a_stalled_disk_gives_a_separate_answer(void **state)
{
    (void)state;
    message answer;
    message request = ask(GET, 7, "device=f1");
    int fd = client();
    client_send(fd, &request);
    assert_true(client_receive(&server, fd, SOON_MS, &answer));
    assert_int_equal(answer.type, ACK);
    assert_int_equal(answer.code, 0);
    server.port.deliver(server.port.self, server.request.handle, 110, (otr_bytes){(const uint8_t *)"[]", 2});
    assert_true(client_receive(&server, fd, SOON_MS, &answer));
    assert_int_equal(answer.type, CON);
    assert_int_equal(answer.code, 205);
    assert_string_equal(answer.token, "abc");
    assert_memory_equal(answer.payload, "[]", 2);
    (void)close(fd);
}

static void what_makes_no_sense_is_refused(void **state)
{
    (void)state;
    static const char *const queries[] = {NULL, "device=", "d=f1", "device=a/b", "device=-"};
    int fd = client();
    for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++) {
        message request = ask(GET, (uint16_t)(10 + i), queries[i]);
        expect_refusal(fd, &request, 400);
        request = ask(POST, (uint16_t)(20 + i), queries[i]);
        expect_refusal(fd, &request, 400);
    }
    message request = ask(POST, 30, "device=f1");
    request.format = 110;
    expect_refusal(fd, &request, 415);
    request = ask(POST, 31, "device=f1");
    request.block = block_value(0, true, 2);
    request.payload = "0123456789012345678901234567890123456789012345678901234567890123";
    request.payload_size = 64;
    expect_refusal(fd, &request, 413);
    (void)close(fd);
}

static void what_the_owner_refuses_has_its_code(void **state)
{
    (void)state;
    static const struct {
        otr_status status;
        int code;
    } rows[] = {{OTR_INVALID, 400}, {OTR_LIMIT, 413}, {OTR_NOT_FOUND, 404}, {OTR_FULL, 503}, {OTR_IO, 500}};
    int fd = client();
    server.reason = "the test says so";
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        message request = ask(POST, (uint16_t)(10 + i), "device=f1");
        server.status = rows[i].status;
        expect_refusal(fd, &request, rows[i].code);
    }
    (void)close(fd);
}

static void the_answer_to_an_upload_links_to_the_commands(void **state)
{
    (void)state;
    message answer;
    message request = post(7, "abc");
    int fd = client();
    client_send(fd, &request);
    harness_run(&server, 50);
    answer_all(&server, OTR_ANSWER_KEPT_MORE, 0);
    assert_true(client_receive(&server, fd, SOON_MS, &answer));
    assert_int_equal(answer.code, 204);
    assert_int_equal(answer.format, 40);
    assert_int_equal(answer.payload_size, 4);
    assert_memory_equal(answer.payload, "</c>", 4);
    (void)close(fd);
}

static void over_dtls_the_commands_are_those_of_the_identity(void **state)
{
    (void)state;
    dtls_client device;
    message answer;
    otr_key key;
    assert_int_equal(otr_key_create(otr_str_of(server.keys), OTR_STR("f1"), true, &key, NULL), OTR_OK);
    dtls_open(&device, otr_coap_dtls_port(server.coap), "f1", &key);
    assert_int_equal(dtls_connect(&server, &device, SOON_MS), DTLS_CONNECTED);
    message request = ask(GET, 7, NULL);
    dtls_send(&device, &request);
    harness_run(&server, 100);
    assert_string_equal(server.request.device, "f1");
    server.port.deliver(server.port.self, server.request.handle, 110, (otr_bytes){(const uint8_t *)"[]", 2});
    assert_true(dtls_receive(&server, &device, SOON_MS, &answer));
    assert_int_equal(answer.code, 205);
    request = ask(GET, 8, "device=f2");
    dtls_send(&device, &request);
    assert_true(dtls_receive(&server, &device, SOON_MS, &answer));
    assert_int_equal(answer.code, 403);
    assert_int_equal(server.request_count, 1);
    dtls_close(&device);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(commands_come_when_the_owner_delivers_them, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_device_chooses_the_spelling, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_done_is_answered_like_an_upload, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_stalled_disk_gives_a_separate_answer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_makes_no_sense_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_the_owner_refuses_has_its_code, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_answer_to_an_upload_links_to_the_commands, set_up, tear_down),
        cmocka_unit_test_setup_teardown(over_dtls_the_commands_are_those_of_the_identity, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* coap_upload: blocks put together, by table and at the limits; then the same over the wire. */
#include "harness.h"

#include "platform/linux/coap/coap_upload.h"

#include <stdlib.h>
#include <unistd.h>

static uint8_t body[OTR_LIMIT_UPLOAD_BYTES + 1024];
static otr_uploads uploads;
static otr_error error;
static otr_bytes whole;

static int fill(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof body; i++)
        body[i] = (uint8_t)(i * 7 + i / 251);
    return 0;
}

static int empty(void **state)
{
    (void)state;
    otr_uploads_done(&uploads);
    assert_int_equal(uploads.open, 0);
    return 0;
}

/* Block of 64 bytes. */
static otr_upload_block block(uint64_t peer, uint32_t number, bool more, size_t size)
{
    return (otr_upload_block){.peer = peer,
                              .format = 112,
                              .number = number,
                              .size_exponent = 2,
                              .more = more,
                              .bytes = {body + (size_t)number * 64, size}};
}

static otr_status add(otr_upload_block one, otr_time now_us)
{
    return otr_uploads_add(&uploads, &one, now_us, &whole, &error);
}

static void assert_whole(size_t size)
{
    assert_int_equal(whole.size, size);
    assert_memory_equal(whole.data, body, size);
}

static void blocks_in_order_are_one_upload(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 10; i++) {
        assert_int_equal(add(block(1, i, true, 64), 0), OTR_OK);
        assert_null(whole.data);
    }
    assert_int_equal(add(block(1, 10, false, 17), 0), OTR_OK);
    assert_whole(657);
}

static void a_repeated_block_changes_nothing(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 3; i++)
        for (int k = 0; k < 3; k++)
            assert_int_equal(add(block(1, i, true, 64), 0), OTR_OK);
    assert_int_equal(add(block(1, 1, true, 64), 0), OTR_OK);
    for (int k = 0; k < 3; k++) {
        assert_int_equal(add(block(1, 3, false, 64), 0), OTR_OK);
        assert_whole(256);
    }
    assert_int_equal(uploads.open, 1);
}

static void a_missing_block_ends_the_upload(void **state)
{
    (void)state;
    assert_int_equal(add(block(1, 1, true, 64), 0), OTR_NOT_FOUND);
    assert_int_equal(add(block(1, 0, true, 64), 0), OTR_OK);
    assert_int_equal(add(block(1, 2, true, 64), 0), OTR_NOT_FOUND);
    assert_int_equal(uploads.open, 0);
    assert_int_equal(add(block(1, 1, false, 64), 0), OTR_NOT_FOUND);
}

static void another_content_ends_the_upload(void **state)
{
    (void)state;
    otr_upload_block other = block(1, 0, true, 64);
    assert_int_equal(add(block(1, 0, true, 64), 0), OTR_OK);
    assert_int_equal(add(block(1, 1, true, 64), 0), OTR_OK);
    other.number = 1;
    other.bytes.data = body + 5;
    assert_int_equal(add(other, 0), OTR_NOT_FOUND);
    assert_int_equal(add(block(1, 0, true, 64), 0), OTR_OK);
    other = block(1, 1, true, 64);
    other.format = 110;
    assert_int_equal(add(other, 0), OTR_NOT_FOUND);
    assert_int_equal(uploads.open, 0);
}

static void a_first_block_begins_anew(void **state)
{
    (void)state;
    otr_upload_block first = block(1, 0, true, 64);
    assert_int_equal(add(first, 0), OTR_OK);
    assert_int_equal(add(block(1, 1, true, 64), 0), OTR_OK);
    assert_int_equal(add(first, 0), OTR_OK);
    assert_int_equal(add(block(1, 1, false, 3), 0), OTR_OK);
    assert_whole(67);
    assert_int_equal(uploads.open, 1);
}

static void a_block_that_breaks_its_option_is_invalid(void **state)
{
    (void)state;
    otr_upload_block reserved = block(1, 0, true, 64);
    reserved.size_exponent = 7;
    assert_int_equal(add(block(1, 0, true, 63), 0), OTR_INVALID);
    assert_int_equal(add(block(1, 0, true, 65), 0), OTR_INVALID);
    assert_int_equal(add(block(1, 0, false, 65), 0), OTR_INVALID);
    assert_int_equal(add(block(1, 0, false, 0), 0), OTR_INVALID);
    assert_int_equal(add(reserved, 0), OTR_INVALID);
    assert_int_equal(add(block(1, 0, true, 64), 0), OTR_OK);
    assert_int_equal(add(block(1, 0, false, 64), 0), OTR_INVALID);
    assert_int_equal(uploads.open, 0);
}

static void the_limit_is_exact(void **state)
{
    (void)state;
    otr_upload_block one = {.peer = 1, .format = 112, .size_exponent = 6, .more = true};
    for (int last = 0; last < 2; last++) {
        for (one.number = 0; one.number < 63; one.number++) {
            one.more = true;
            one.bytes = (otr_bytes){body + (size_t)one.number * 1024, 1024};
            assert_int_equal(add(one, 0), OTR_OK);
        }
        one.bytes = (otr_bytes){body + (size_t)63 * 1024, 1024};
        one.more = last == 1;
        assert_int_equal(add(one, 0), OTR_OK);
        if (last == 0) {
            assert_whole(OTR_LIMIT_UPLOAD_BYTES);
        } else {
            one.number = 64;
            one.more = false;
            one.bytes.size = 1;
            assert_int_equal(add(one, 0), OTR_LIMIT);
        }
    }
    assert_int_equal(uploads.open, 0);
    one.number = 0xfffff;
    assert_int_equal(add(one, 0), OTR_NOT_FOUND);
}

static void peers_do_not_disturb_each_other(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 4; i++)
        for (uint64_t peer = 1; peer <= OTR_LIMIT_UPLOADS_OPEN; peer++) {
            assert_int_equal(add(block(peer, i, i < 3, 64), 0), OTR_OK);
            assert_true((whole.data != NULL) == (i == 3));
        }
    assert_whole(256);
}

static void places_are_given_up_by_age_and_never_by_one_under_way(void **state)
{
    (void)state;
    for (uint64_t peer = 1; peer <= OTR_LIMIT_UPLOADS_OPEN; peer++)
        assert_int_equal(add(block(peer, 0, true, 64), 0), OTR_OK);
    assert_int_equal(add(block(100, 0, true, 64), 14 * OTR_SECOND), OTR_FULL);
    assert_int_equal(add(block(5, 1, false, 64), 14 * OTR_SECOND), OTR_OK); /* complete: first to go */
    assert_int_equal(add(block(100, 0, true, 64), 14 * OTR_SECOND), OTR_OK);
    assert_int_equal(add(block(101, 0, true, 64), 14 * OTR_SECOND), OTR_FULL);
    assert_int_equal(add(block(2, 1, true, 64), 14 * OTR_SECOND), OTR_OK);
    assert_int_equal(add(block(101, 0, true, 64), 15 * OTR_SECOND), OTR_OK); /* peer 1 was silent longest */
    assert_int_equal(add(block(1, 1, true, 64), 15 * OTR_SECOND), OTR_NOT_FOUND);
    assert_int_equal(add(block(2, 2, true, 64), 15 * OTR_SECOND), OTR_OK);
    otr_uploads_expire(&uploads, 93 * OTR_SECOND);
    assert_int_equal(uploads.open, 3);
    otr_uploads_expire(&uploads, 200 * OTR_SECOND);
    assert_int_equal(uploads.open, 0);
}

static void one_peer_can_not_take_all_places(void **state)
{
    (void)state;
    for (uint64_t tag = 0; tag <= 2 * OTR_LIMIT_UPLOADS_OPEN; tag++) {
        otr_upload_block one = block(1, 0, true, 64);
        one.tag = tag;
        assert_int_equal(add(one, (otr_time)tag), OTR_OK);
        assert_true(uploads.open <= OTR_LIMIT_UPLOADS_PEER);
    }
    otr_upload_block newest = block(1, 1, false, 64);
    otr_upload_block oldest = newest;
    newest.tag = 2 * OTR_LIMIT_UPLOADS_OPEN;
    oldest.tag = newest.tag - OTR_LIMIT_UPLOADS_PEER;
    assert_int_equal(add(oldest, 200), OTR_NOT_FOUND);
    assert_int_equal(add(newest, 200), OTR_OK);
    assert_whole(128);
    assert_int_equal(add(block(2, 0, true, 64), 200), OTR_OK);
    assert_int_equal(uploads.open, OTR_LIMIT_UPLOADS_PEER + 1);
    /* the complete one goes before those that are under way */
    otr_upload_block another = block(1, 0, true, 64);
    another.tag = 1000;
    assert_int_equal(add(another, 201), OTR_OK);
    oldest = block(1, 1, true, 64);
    oldest.tag = newest.tag - OTR_LIMIT_UPLOADS_PEER + 1;
    assert_int_equal(add(oldest, 202), OTR_OK);
    assert_int_equal(uploads.open, OTR_LIMIT_UPLOADS_PEER + 1);
}

/* ---- over the wire ---- */

static harness server;

static int set_up(void **state)
{
    (void)state;
    server = (harness){0};
    harness_open(&server);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    harness_done(&server);
    return 0;
}

/* Sends blocks first..last of 1024 bytes; the answer to the last. */
static message send_blocks(int fd, unsigned first, unsigned last, bool ends, long size)
{
    message answer = {0};
    for (unsigned i = first; i <= last; i++) {
        message request = post((uint16_t)(1000 + i), i % 2 == 0 ? "even" : "odd");
        request.block = block_value(i, !ends || i < last, 6);
        request.size = size;
        request.payload = body + (size_t)i * 1024;
        request.payload_size = 1024;
        assert_true(client_ask(&server, fd, &request, &answer));
        if (i < last) {
            assert_int_equal(answer.code, 231);
            assert_int_equal(answer.block, request.block);
        }
    }
    return answer;
}

static void an_upload_in_blocks_is_answered_after_its_commit(void **state)
{
    (void)state;
    static const long claims[] = {-1, 0, 10, 65536}; /* no Size1, and what it may claim */
    int fd = client_open(NULL, otr_coap_udp_port(server.coap));
    for (size_t i = 0; i < sizeof claims / sizeof claims[0]; i++) {
        message answer = send_blocks(fd, 0, 9, true, claims[i]);
        assert_int_equal(answer.code, 204);
        assert_int_equal(answer.block, block_value(9, false, 6));
        assert_int_equal(server.upload_count, i + 1);
        assert_int_equal(server.uploads[i].size, 10240);
        assert_memory_equal(server.uploads[i].payload, body, 10240);
    }
    assert_int_equal(harness_counters(&server)->blockwise_uploads, 4);
    (void)close(fd);
}

static void a_repeated_last_block_is_the_same_message(void **state)
{
    (void)state;
    int fd = client_open(NULL, otr_coap_udp_port(server.coap));
    assert_int_equal(send_blocks(fd, 0, 3, true, -1).code, 204);
    assert_int_equal(send_blocks(fd, 3, 3, true, -1).code, 204);
    assert_int_equal(server.upload_count, 2);
    assert_true(server.uploads[0].key == server.uploads[1].key);
    assert_int_equal(server.uploads[1].size, 4096);
    (void)close(fd);
}

static void a_gap_and_a_surplus_are_told(void **state)
{
    (void)state;
    int fd = client_open(NULL, otr_coap_udp_port(server.coap));
    assert_int_equal(send_blocks(fd, 0, 1, false, -1).code, 231);
    message answer = send_blocks(fd, 3, 3, false, -1);
    assert_int_equal(answer.code, 408);
    assert_true(answer.payload_size > 0);
    assert_int_equal(send_blocks(fd, 0, 63, false, -1).code, 231);
    answer = send_blocks(fd, 64, 64, true, -1);
    assert_int_equal(answer.code, 413);
    assert_int_equal(answer.size, 65536);
    answer = send_blocks(fd, 0, 0, false, 0x7fffffff);
    assert_int_equal(answer.code, 413);
    assert_int_equal(send_blocks(fd, 0, 63, true, -1).code, 204);
    assert_int_equal(server.upload_count, 1);
    assert_int_equal(server.uploads[0].size, 65536);
    assert_int_equal(harness_counters(&server)->blockwise_refused, 3);
    (void)close(fd);
}

static void a_refused_upload_in_blocks_says_why(void **state)
{
    (void)state;
    int fd = client_open(NULL, otr_coap_udp_port(server.coap));
    server.status = OTR_INVALID;
    server.reason = "record 0: no value";
    message answer = send_blocks(fd, 0, 2, true, -1);
    assert_int_equal(answer.code, 400);
    assert_memory_equal(answer.payload, server.reason, strlen(server.reason));
    (void)close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(blocks_in_order_are_one_upload, empty),
        cmocka_unit_test_teardown(a_repeated_block_changes_nothing, empty),
        cmocka_unit_test_teardown(a_missing_block_ends_the_upload, empty),
        cmocka_unit_test_teardown(another_content_ends_the_upload, empty),
        cmocka_unit_test_teardown(a_first_block_begins_anew, empty),
        cmocka_unit_test_teardown(a_block_that_breaks_its_option_is_invalid, empty),
        cmocka_unit_test_teardown(the_limit_is_exact, empty),
        cmocka_unit_test_teardown(peers_do_not_disturb_each_other, empty),
        cmocka_unit_test_teardown(places_are_given_up_by_age_and_never_by_one_under_way, empty),
        cmocka_unit_test_teardown(one_peer_can_not_take_all_places, empty),
        cmocka_unit_test_setup_teardown(an_upload_in_blocks_is_answered_after_its_commit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_repeated_last_block_is_the_same_message, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_gap_and_a_surplus_are_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_refused_upload_in_blocks_says_why, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, fill, NULL);
}

/* The keys of actions' tokens: made once, for their owner alone, the right MAC, and the key before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "folder.h"
#include "platform/linux/system/action_keys.h"

static otr_action_keys *keys_in(const char *name)
{
    otr_action_keys *keys = NULL;
    otr_error error;
    if (otr_action_keys_open(otr_str_of(folder_path(name)), &keys, &error) != OTR_OK)
        fail_msg("%s", error.text);
    return keys;
}

static void mac_of(otr_action_keys *keys, uint8_t out[OTR_MAC_BYTES])
{
    otr_signature_port port = otr_action_keys_port(keys);
    assert_int_equal(port.mac(port.self, (otr_bytes){(const uint8_t *)"what", 4}, out), OTR_OK);
}

static void a_key_is_made_once_and_for_its_owner_alone(void **state)
{
    (void)state;
    struct stat about;
    uint8_t first[OTR_MAC_BYTES];
    uint8_t again[OTR_MAC_BYTES];
    uint8_t other[OTR_MAC_BYTES];
    assert_int_equal(mkdir(folder_path("a"), 0700), 0);
    assert_int_equal(mkdir(folder_path("b"), 0700), 0);
    otr_action_keys *keys = keys_in("a");
    mac_of(keys, first);
    otr_action_keys_close(keys);
    assert_int_equal(stat(folder_path("a/actions.key"), &about), 0);
    assert_int_equal(about.st_mode & 07777, 0600);
    assert_int_equal(about.st_size, 32);
    keys = keys_in("a");
    mac_of(keys, again);
    otr_action_keys_close(keys);
    keys = keys_in("b");
    mac_of(keys, other);
    otr_action_keys_close(keys);
    assert_memory_equal(first, again, sizeof first);
    assert_memory_not_equal(first, other, sizeof first);
}

/* Computed with Python's hmac. */
static void the_mac_is_the_begin_of_hmac_sha256(void **state)
{
    (void)state;
    static const uint8_t wanted[OTR_MAC_BYTES] = {0xcd, 0xa8, 0x05, 0xd9, 0x0c, 0xc9, 0x2d, 0x2d,
                                                  0xff, 0x8e, 0x01, 0xa2, 0x62, 0xd5, 0xc3, 0x77};
    uint8_t got[OTR_MAC_BYTES];
    assert_int_equal(mkdir(folder_path("c"), 0700), 0);
    (void)folder_write("c/actions.key", "0123456789abcdef0123456789abcdef", 0600);
    otr_action_keys *keys = keys_in("c");
    mac_of(keys, got);
    otr_action_keys_close(keys);
    assert_memory_equal(got, wanted, sizeof wanted);
}

static void a_key_that_others_may_read_or_that_is_cut_short_is_refused(void **state)
{
    (void)state;
    otr_action_keys *keys = NULL;
    otr_error error;
    assert_int_equal(mkdir(folder_path("d"), 0700), 0);
    (void)folder_write("d/actions.key", "0123456789abcdef0123456789abcdef", 0640);
    assert_int_equal(otr_action_keys_open(otr_str_of(folder_path("d")), &keys, &error), OTR_DENIED);
    assert_null(keys);
    assert_non_null(strstr(error.text, "0640"));
    assert_null(strstr(error.text, "0123456789abcdef"));
    (void)folder_write("d/actions.key", "short", 0600);
    assert_int_equal(chmod(folder_path("d/actions.key"), 0600), 0);
    assert_int_equal(otr_action_keys_open(otr_str_of(folder_path("d")), &keys, &error), OTR_CORRUPT);
    (void)folder_write("d/actions.key", "0123456789abcdef0123456789abcdef0", 0600);
    assert_int_equal(otr_action_keys_open(otr_str_of(folder_path("d")), &keys, &error), OTR_CORRUPT);
    assert_int_equal(unlink(folder_path("d/actions.key")), 0);
    assert_int_equal(symlink("/dev/zero", folder_path("d/actions.key")), 0);
    assert_int_equal(otr_action_keys_open(otr_str_of(folder_path("d")), &keys, &error), OTR_IO);
}

static void a_key_that_was_moved_aside_is_the_key_before(void **state)
{
    (void)state;
    uint8_t first[OTR_MAC_BYTES];
    uint8_t now[OTR_MAC_BYTES];
    uint8_t before[OTR_MAC_BYTES];
    assert_int_equal(mkdir(folder_path("e"), 0700), 0);
    otr_action_keys *keys = keys_in("e");
    otr_signature_port port = otr_action_keys_port(keys);
    mac_of(keys, first);
    otr_bytes message = {(const uint8_t *)"what", 4};
    assert_int_equal(port.mac_before(port.self, message, before), OTR_NOT_FOUND);
    otr_action_keys_close(keys);
    assert_int_equal(rename(folder_path("e/actions.key"), folder_path("e/actions.key.old")), 0);
    keys = keys_in("e");
    port = otr_action_keys_port(keys);
    mac_of(keys, now);
    assert_int_equal(port.mac_before(port.self, message, before), OTR_OK);
    assert_memory_equal(before, first, sizeof first);
    assert_memory_not_equal(now, first, sizeof first);
    otr_action_keys_close(keys);
}

static int begin(void **state)
{
    (void)state;
    folder_make();
    return 0;
}

static int end(void **state)
{
    (void)state;
    folder_remove();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_is_made_once_and_for_its_owner_alone),
        cmocka_unit_test(the_mac_is_the_begin_of_hmac_sha256),
        cmocka_unit_test(a_key_that_others_may_read_or_that_is_cut_short_is_refused),
        cmocka_unit_test(a_key_that_was_moved_aside_is_the_key_before),
    };
    return cmocka_run_group_tests(tests, begin, end);
}

/* What was pushed is kept: an index that is replaced whole, and files that it names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "daemon/push/push_index.h"
#include "folder.h"
#include "platform/linux/system/certificate.h"

#define BUNDLE "first\nkey\nsignature\nmanifest\npack: cold\n"

static otr_push_index open_index(otr_status expected)
{
    otr_push_index index;
    otr_error error = {.text = ""};
    otr_status status = otr_push_index_open(otr_str_of(folder_path("")), &index, &error);
    if (status != expected)
        fail_msg("%s: %s", otr_status_text(status), error.text);
    return index;
}

static otr_bytes bytes_of(const char *text)
{
    return (otr_bytes){(const uint8_t *)text, strlen(text)};
}

static void keep(otr_push_index *index, const char *what, const char *text, char hash[OTR_SHA256_TEXT_BYTES])
{
    json_t *entry;
    otr_error error;
    assert_true(otr_sha256_hex(bytes_of(text), hash));
    assert_int_equal(otr_push_index_keep(index, hash, bytes_of(text), &error), OTR_OK);
    json_t *next = otr_push_index_copy(index, "cold", &entry);
    json_object_set_new(entry, what, json_pack("{s:s}", "bundle", hash));
    assert_int_equal(otr_push_index_save(index, next, &error), OTR_OK);
}

static bool is_there(const char *hash)
{
    char name[100] = "push/";
    struct stat info;
    strcat(name, hash);
    return stat(folder_path(name), &info) == 0;
}

static void what_was_saved_is_there_after_a_start(void **state)
{
    char hash[OTR_SHA256_TEXT_BYTES];
    otr_arena arena = {0};
    otr_bytes bytes;
    otr_error error;
    (void)state;
    otr_push_index index = open_index(OTR_OK);
    assert_null(otr_push_index_pack(&index, "cold"));
    keep(&index, "active", BUNDLE, hash);
    otr_push_index_close(&index);
    index = open_index(OTR_OK);
    const json_t *one = otr_push_index_one(&index, "cold", "active");
    assert_string_equal(json_string_value(json_object_get(one, "bundle")), hash);
    assert_int_equal(otr_push_index_read(&index, hash, &arena, &bytes, &error), OTR_OK);
    assert_true(otr_str_is(otr_push_index_yaml(bytes), "pack: cold\n"));
    otr_arena_done(&arena);
    otr_push_index_close(&index);
}

static void a_file_that_nothing_names_goes(void **state)
{
    char before[OTR_SHA256_TEXT_BYTES];
    char after[OTR_SHA256_TEXT_BYTES];
    (void)state;
    otr_push_index index = open_index(OTR_OK);
    keep(&index, "staged", "one", before);
    assert_true(is_there(before));
    keep(&index, "previous", "two", after);
    assert_true(is_there(before) && is_there(after));
    keep(&index, "staged", "three", after);
    assert_true(is_there(before)); /* a change that fails goes back to the index before */
    keep(&index, "staged", "four", after);
    assert_false(is_there(before));
    assert_true(is_there(after));
    otr_push_index_close(&index);
}

static void a_file_that_changed_is_not_read(void **state)
{
    char hash[OTR_SHA256_TEXT_BYTES];
    char name[100] = "push/";
    otr_arena arena = {0};
    otr_bytes bytes;
    otr_error error;
    (void)state;
    otr_push_index index = open_index(OTR_OK);
    keep(&index, "active", BUNDLE, hash);
    strcat(name, hash);
    (void)folder_write(name, "first\nkey\nsignature\nmanifest\npack: warm\n", 0600);
    assert_int_equal(otr_push_index_read(&index, hash, &arena, &bytes, &error), OTR_CORRUPT);
    otr_arena_done(&arena);
    otr_push_index_close(&index);
}

static void so_many_bytes_are_kept_and_no_more(void **state)
{
    char hash[OTR_SHA256_TEXT_BYTES];
    otr_error error = {.text = ""};
    (void)state;
    otr_push_index index = open_index(OTR_OK);
    const char *rest = folder_write("push/rest", "", 0600);
    assert_true(otr_sha256_hex(bytes_of(BUNDLE), hash));
    assert_int_equal(truncate(rest, OTR_LIMIT_PUSHED_BYTES - (off_t)strlen(BUNDLE) + 1), 0);
    assert_int_equal(otr_push_index_keep(&index, hash, bytes_of(BUNDLE), &error), OTR_LIMIT);
    assert_string_equal(error.text, "what was pushed takes more than 24 MiB");
    assert_false(is_there(hash));
    assert_int_equal(truncate(rest, OTR_LIMIT_PUSHED_BYTES - (off_t)strlen(BUNDLE)), 0);
    assert_int_equal(otr_push_index_keep(&index, hash, bytes_of(BUNDLE), &error), OTR_OK);
    assert_true(is_there(hash));
    otr_push_index_close(&index);
}

static void an_index_that_does_not_read_is_set_aside(void **state)
{
    (void)state;
    otr_push_index index = open_index(OTR_OK);
    otr_push_index_close(&index);
    (void)folder_write("push/index.json", "{\"packs\":", 0600);
    index = open_index(OTR_CORRUPT);
    assert_null(otr_push_index_pack(&index, "cold"));
    otr_push_index_close(&index);
    assert_true(is_there("index.json.bad"));
    index = open_index(OTR_OK);
    otr_push_index_close(&index);
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
        cmocka_unit_test_setup_teardown(what_was_saved_is_there_after_a_start, begin, end),
        cmocka_unit_test_setup_teardown(a_file_that_nothing_names_goes, begin, end),
        cmocka_unit_test_setup_teardown(a_file_that_changed_is_not_read, begin, end),
        cmocka_unit_test_setup_teardown(so_many_bytes_are_kept_and_no_more, begin, end),
        cmocka_unit_test_setup_teardown(an_index_that_does_not_read_is_set_aside, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

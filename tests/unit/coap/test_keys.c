/* keys and enroll: files of device keys, their modes and their durability's visible part. */
#include "platform/linux/coap/keys.h"
#include "tools/outrider/verbs.h"

#include <getopt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[64];

static int set_up(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/otr-keys-XXXXXX");
    return mkdtemp(folder) == NULL;
}

static int tear_down(void **state)
{
    char command[128];
    (void)state;
    (void)snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

static void put(const char *name, const char *text, mode_t mode)
{
    char path[160];
    (void)snprintf(path, sizeof path, "%s/%s.psk", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    (void)fputs(text, file);
    (void)fclose(file);
    assert_int_equal(chmod(path, mode), 0);
}

static otr_status load(const char *name, otr_key *key)
{
    otr_error error = {0};
    otr_status status = otr_key_load(otr_str_of(folder), otr_str_of(name), key, &error);
    assert_true((status == OTR_OK) == (error.text[0] == '\0'));
    return status;
}

static void a_created_key_loads_again_and_only_its_owner_may_read_it(void **state)
{
    (void)state;
    otr_key made;
    otr_key read;
    char path[160];
    struct stat about;
    assert_int_equal(otr_key_create(otr_str_of(folder), OTR_STR("tag-1"), false, &made, NULL), OTR_OK);
    assert_int_equal(made.size, OTR_KEY_BYTES);
    assert_int_equal(load("tag-1", &read), OTR_OK);
    assert_memory_equal(&made, &read, sizeof made);
    (void)snprintf(path, sizeof path, "%s/tag-1.psk", folder);
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 07777, 0600);
    assert_int_equal(about.st_size, 33);
    (void)snprintf(path, sizeof path, "ls -A %s | wc -l | grep -qx 1", folder);
    assert_int_equal(system(path), 0);
}

static void a_second_key_needs_replace(void **state)
{
    (void)state;
    otr_key first;
    otr_key second;
    otr_error error = {0};
    assert_int_equal(otr_key_create(otr_str_of(folder), OTR_STR("a"), false, &first, NULL), OTR_OK);
    assert_int_equal(otr_key_create(otr_str_of(folder), OTR_STR("a"), false, &second, &error), OTR_INVALID);
    assert_int_equal(second.size, 0);
    assert_int_equal(load("a", &second), OTR_OK);
    assert_memory_equal(&first, &second, sizeof first);
    assert_int_equal(otr_key_create(otr_str_of(folder), OTR_STR("a"), true, &second, NULL), OTR_OK);
    assert_memory_not_equal(&first, &second, sizeof first);
    assert_int_equal(load("a", &first), OTR_OK);
    assert_memory_equal(&first, &second, sizeof first);
}

static void what_is_no_key_file_is_refused(void **state)
{
    static const char half[] = "00112233445566778899aabbccddeeff";
    static const struct {
        const char *text;
        mode_t mode;
        otr_status status;
    } rows[] = {
        {"00112233445566778899aabbccddeeff\n", 0600, OTR_OK},
        {"00112233445566778899AABBCCDDEEFF", 0400, OTR_OK},
        {"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n", 0600, OTR_OK},
        {"00112233445566778899aabbccddeeff\n", 0640, OTR_DENIED},
        {"00112233445566778899aabbccddeeff\n", 0604, OTR_DENIED},
        {"00112233445566778899aabbccddeef\n", 0600, OTR_INVALID},
        {"00112233445566778899aabbccddeefg\n", 0600, OTR_INVALID},
        {"00112233445566778899aabbccddeeff\n\n", 0600, OTR_INVALID},
        {"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff00\n", 0600, OTR_INVALID},
        {"", 0600, OTR_INVALID},
    };
    (void)state;
    otr_key key;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        put("k", rows[i].text, rows[i].mode);
        otr_status status = load("k", &key);
        if (status != rows[i].status)
            fail_msg("row %zu: %s", i, otr_status_text(status));
        assert_true((status == OTR_OK) == (key.size > 0));
        char path[160];
        (void)snprintf(path, sizeof path, "%s/k.psk", folder);
        assert_int_equal(unlink(path), 0);
    }
    put("real", half, 0600);
    char link_path[160];
    (void)snprintf(link_path, sizeof link_path, "%s/link.psk", folder);
    assert_int_equal(symlink("real.psk", link_path), 0);
    assert_int_equal(load("link", &key), OTR_DENIED);
    assert_int_equal(load("nobody", &key), OTR_NOT_FOUND);
}

static void a_name_cannot_leave_the_folder(void **state)
{
    static const char *const names[] = {"../real",     "..",      ".",   "",    "a/b",
                                        "/etc/passwd", ".hidden", "a b", "a\n", "-x"};
    (void)state;
    otr_key key;
    put("real", "00112233445566778899aabbccddeeff\n", 0600);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_int_equal(load(names[i], &key), OTR_INVALID);
        assert_int_equal(otr_key_create(otr_str_of(folder), otr_str_of(names[i]), true, &key, NULL),
                         OTR_INVALID);
    }
    assert_int_equal(otr_key_create(OTR_STR("/nonexistent/folder"), OTR_STR("a"), true, &key, NULL),
                     OTR_NOT_FOUND);
}

/* Runs the verb with the words of line and collects what it prints. */
static int enroll(char out[4096], const char *line)
{
    char words[256];
    char *argv[16] = {words};
    int argc = 1;
    (void)snprintf(words, sizeof words, "enroll %s --keys %s", line, folder);
    for (char *at = strchr(words, ' '); at != NULL; at = strchr(at, ' ')) {
        *at++ = '\0';
        argv[argc++] = at;
    }
    int saved[2] = {dup(1), dup(2)};
    FILE *file = tmpfile();
    assert_non_null(file);
    (void)fflush(NULL);
    (void)dup2(fileno(file), 1);
    (void)dup2(fileno(file), 2);
    optind = 0;
    int code = otr_verb_enroll(argc, argv);
    (void)fflush(NULL);
    (void)dup2(saved[0], 1);
    (void)dup2(saved[1], 2);
    (void)close(saved[0]);
    (void)close(saved[1]);
    rewind(file);
    size_t size = fread(out, 1, 4095, file);
    out[size] = '\0';
    (void)fclose(file);
    return code;
}

static void enroll_prints_what_the_device_needs(void **state)
{
    (void)state;
    char out[4096];
    char hex[2 * OTR_KEY_BYTES + 1];
    otr_key key;
    assert_int_equal(enroll(out, "tag-7"), 0);
    assert_int_equal(load("tag-7", &key), OTR_OK);
    for (size_t i = 0; i < key.size; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", key.bytes[i]);
    assert_non_null(strstr(out, hex));
    assert_non_null(strstr(out, "tag-7"));
    assert_non_null(strstr(out, "/r"));
    assert_int_equal(enroll(out, "tag-7"), 1);
    assert_non_null(strstr(out, "--replace"));
    assert_int_equal(enroll(out, "--replace --json tag-7"), 0);
    assert_null(strstr(out, hex));
    assert_int_equal(out[0], '{');
    assert_non_null(strstr(out, "\"identity\": \"tag-7\""));
}

static void enroll_tells_wrong_usage_from_failure(void **state)
{
    (void)state;
    char out[4096];
    assert_int_equal(enroll(out, "--json"), 2);
    assert_int_equal(enroll(out, "a b"), 2);
    assert_int_equal(enroll(out, "a --what"), 2);
    assert_int_equal(enroll(out, "../a"), 1);
    assert_null(strstr(out, "--replace"));
    (void)snprintf(folder + strlen(folder), 16, "/missing");
    assert_int_equal(enroll(out, "a"), 1);
    assert_non_null(strstr(out, folder));
    *strrchr(folder, '/') = '\0';
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_created_key_loads_again_and_only_its_owner_may_read_it, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_second_key_needs_replace, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_key_file_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_name_cannot_leave_the_folder, set_up, tear_down),
        cmocka_unit_test_setup_teardown(enroll_prints_what_the_device_needs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(enroll_tells_wrong_usage_from_failure, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Packs and assignments from disk: which files count, and that one bad file refuses all of them with its
 * place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/limits.h"
#include "core/asset/assignment.h"
#include "daemon/config/contents.h"
#include "folder.h"

#define CONFIG "gateway: {group: depot, name: g1}\nmqtt: {url: 'mqtt://127.0.0.1:1883'}\n"
#define PACK(name)                                                                                           \
    "pack: " name                                                                                            \
    "\nversion: 1\nrules:\n  - alert: Warm\n    expr: temperature > 8.0\n    annotations: {cause: warm}\n"

static otr_config *config_of(const char *rules)
{
    char text[512];
    otr_error error = {.text = ""};
    otr_config *config = NULL;
    (void)snprintf(text, sizeof text, "%s%s", CONFIG, rules);
    if (otr_config_load(folder_write("outrider.yaml", text, 0600), &config, &error) != OTR_OK)
        fail_msg("%d:%d: %s", error.line, error.column, error.text);
    return config;
}

static void a_folder_gives_its_packs_by_name_without_their_tests(void **state)
{
    (void)state;
    otr_error error = {.text = ""};
    otr_contents contents = {0};
    otr_config *config = config_of("rules: {packs: packs}\n");
    if (otr_contents_load(config, &contents, &error) != OTR_OK)
        fail_msg("%s:%d:%d: %s", contents.refused.data, error.line, error.column, error.text);
    assert_int_equal(contents.count, 2);
    assert_true(otr_str_is(contents.list[0].slot, "pack/one"));
    assert_true(otr_str_is(contents.list[1].slot, "pack/two"));
    assert_int_equal(contents.list[0].count, 1);
    assert_int_equal(strlen(contents.list[0].hash), 64);
    assert_string_not_equal(contents.list[0].hash, contents.list[1].hash);
    otr_contents_done(&contents);
    otr_config_free(config);
}

static void the_hash_is_sha256_of_the_bytes(void **state)
{
    (void)state;
    otr_error error;
    otr_contents contents = {0};
    char command[300];
    char expected[65] = "";
    assert_int_equal(otr_contents_add_pack(&contents, otr_str_of(folder_path("packs/a.yaml")), &error),
                     OTR_OK);
    (void)snprintf(command, sizeof command, "sha256sum %s", folder_path("packs/a.yaml"));
    FILE *sum = popen(command, "r");
    assert_non_null(sum);
    assert_int_equal(fread(expected, 1, 64, sum), 64);
    (void)pclose(sum);
    assert_string_equal(contents.list[0].hash, expected);
    otr_contents_done(&contents);
}

static void one_bad_pack_refuses_all_with_its_place(void **state)
{
    (void)state;
    otr_error error;
    otr_contents contents = {0};
    folder_write("packs/c.yaml",
                 "pack: three\nversion: 1\nrules:\n  - alert: Bad\n    expr: temperature >> 8\n", 0600);
    otr_config *config = config_of("rules: {packs: [packs]}\n");
    assert_int_equal(otr_contents_load(config, &contents, &error), OTR_INVALID);
    assert_string_equal(contents.refused.data, folder_path("packs/c.yaml"));
    assert_int_equal(error.line, 5);
    assert_true(error.column >= 23 && error.column <= 24);
    otr_contents_done(&contents);
    assert_int_equal(unlink(folder_path("packs/c.yaml")), 0);
    otr_config_free(config);
}

static void two_files_with_one_name_are_refused(void **state)
{
    (void)state;
    otr_error error;
    otr_contents contents = {0};
    folder_write("again.yaml", PACK("one"), 0600);
    otr_config *config = config_of("rules: {packs: [packs, again.yaml]}\n");
    assert_int_equal(otr_contents_load(config, &contents, &error), OTR_INVALID);
    assert_string_equal(contents.refused.data, folder_path("again.yaml"));
    assert_non_null(strstr(error.text, "pack/one is loaded already from"));
    assert_non_null(strstr(error.text, "packs/a.yaml"));
    otr_contents_done(&contents);
    otr_config_free(config);
}

static void a_pack_has_not_the_name_by_which_tunings_go(void **state)
{
    (void)state;
    otr_error error;
    otr_contents contents = {0};
    folder_write("again.yaml", PACK("tuning"), 0600);
    otr_config *config = config_of("rules: {packs: [again.yaml]}\n");
    assert_int_equal(otr_contents_load(config, &contents, &error), OTR_INVALID);
    assert_string_equal(contents.refused.data, folder_path("again.yaml"));
    assert_string_equal(error.text, "no pack may be called tuning");
    otr_contents_done(&contents);
    otr_config_free(config);
}

static void a_named_file_that_is_missing_points_into_the_configuration(void **state)
{
    (void)state;
    otr_error error;
    otr_contents contents = {0};
    otr_config *config = config_of("rules:\n  packs:\n    - packs\n    - absent.yaml\n");
    assert_int_equal(otr_contents_load(config, &contents, &error), OTR_INVALID);
    assert_string_equal(contents.refused.data, folder_path("outrider.yaml"));
    assert_int_equal(error.line, 6);
    assert_int_equal(error.column, 7);
    otr_contents_done(&contents);
    otr_config_free(config);

    config = config_of("rules:\n  assignments: absent.yaml\n");
    assert_int_equal(otr_contents_load(config, &contents, &error), OTR_INVALID);
    assert_string_equal(contents.refused.data, folder_path("outrider.yaml"));
    assert_int_equal(error.line, 4);
    assert_int_equal(error.column, 16);
    otr_contents_done(&contents);
    otr_config_free(config);
}

/* More than a pack may have: every asset of a large depot is in it. */
static void assignments_have_a_limit_of_their_own(void **state)
{
    (void)state;
    enum { ASSETS = 30000 };
    otr_error error = {.text = ""};
    otr_contents contents = {0};
    otr_buffer assignments = {0};
    otr_buffer_add_format(&assignments, "version: 1\nassets:\n");
    for (int i = 0; i < ASSETS; i++)
        otr_buffer_add_format(&assignments, "  - {asset: asset-%d, class: pallet, devices: [device-%d]}\n", i,
                              i);
    assert_true(assignments.size > OTR_LIMIT_PACK_BYTES);
    otr_buffer_add_u8(&assignments, '\0');
    assert_false(assignments.failed);
    folder_write("large.yaml", (const char *)assignments.data, 0600);
    otr_buffer_done(&assignments);
    otr_str path = otr_str_of(folder_path("large.yaml"));
    if (otr_contents_add_assignments(&contents, path, &error) != OTR_OK)
        fail_msg("%d:%d: %s", error.line, error.column, error.text);
    assert_int_equal(contents.list[0].count, ASSETS);
    assert_int_equal(otr_contents_add_pack(&contents, path, &error), OTR_LIMIT);
    otr_contents_done(&contents);
    assert_int_equal(unlink(folder_path("large.yaml")), 0);
}

/* ---- time zones ---- */

#define ZONED(zone)                                                                                          \
    "version: 1\n"                                                                                           \
    "customers:\n"                                                                                           \
    "  - {customer: a, zone: UTC}\n"                                                                         \
    "  - {customer: b, zone: Asia/Kolkata}\n"                                                                \
    "  - {customer: c, zone: " zone "}\n"                                                                    \
    "  - {customer: d, zone: Asia/Kolkata}\n"

static void the_zones_of_customers_come_before_the_assignments_each_once(void **state)
{
    (void)state;
    otr_error error = {.text = ""};
    otr_contents contents = {0};
    if (access("/usr/share/zoneinfo/Asia/Kolkata", R_OK) != 0)
        skip();
    folder_write("zoned.yaml", ZONED("Europe/Berlin"), 0600);
    otr_config *config = config_of("rules: {packs: packs, assignments: zoned.yaml}\n");
    if (otr_contents_load(config, &contents, &error) != OTR_OK)
        fail_msg("%s:%d:%d: %s", contents.refused.data, error.line, error.column, error.text);
    static const char *const slots[] = {"pack/one", "pack/two", "zone/Asia/Kolkata", "zone/Europe/Berlin",
                                        "assignments"};
    assert_int_equal(contents.count, sizeof slots / sizeof *slots);
    for (size_t i = 0; i < contents.count; i++)
        assert_true(otr_str_is(contents.list[i].slot, slots[i]));
    assert_string_equal(contents.list[3].file.data, "/usr/share/zoneinfo/Europe/Berlin");
    assert_memory_equal(contents.list[3].bytes.data, "TZif", 4);
    assert_int_equal(strlen(contents.list[3].hash), 64);
    assert_string_not_equal(contents.list[2].hash, contents.list[3].hash);
    otr_contents_done(&contents);
    otr_config_free(config);
}

static void refused_zone(const char *zones, const char *why)
{
    otr_error error = {.text = ""};
    otr_contents contents = {0};
    char rules[200];
    (void)snprintf(rules, sizeof rules, "rules: {assignments: zoned.yaml}\n%s", zones);
    otr_config *config = config_of(rules);
    assert_int_equal(otr_contents_load(config, &contents, &error), OTR_INVALID);
    assert_string_equal(contents.refused.data, folder_path("zoned.yaml"));
    assert_int_equal(error.line, 5);
    assert_int_equal(error.column, 25);
    if (strstr(error.text, why) == NULL)
        fail_msg("%s", error.text);
    assert_non_null(strstr(error.text, "Europe/Atlantis"));
    assert_non_null(strstr(error.text, "tzdata"));
    otr_contents_done(&contents);
    otr_config_free(config);
}

static void a_zone_that_is_not_there_refuses_the_assignments_at_its_name(void **state)
{
    (void)state;
    if (access("/usr/share/zoneinfo/Asia/Kolkata", R_OK) != 0)
        skip();
    folder_write("zoned.yaml", ZONED("Europe/Atlantis"), 0600);
    refused_zone("", "cannot be opened: No such file");
}

/* Zones come from the folder that the configuration names, and what lies there is checked. */
static void a_file_that_is_no_zone_refuses_the_assignments(void **state)
{
    (void)state;
    char command[1200];
    if (access("/usr/share/zoneinfo/Asia/Kolkata", R_OK) != 0)
        skip();
    assert_int_equal(mkdir(folder_path("zones"), 0700), 0);
    assert_int_equal(mkdir(folder_path("zones/Asia"), 0700), 0);
    assert_int_equal(mkdir(folder_path("zones/Europe"), 0700), 0);
    (void)snprintf(command, sizeof command, "cp /usr/share/zoneinfo/Asia/Kolkata %s",
                   folder_path("zones/Asia/Kolkata"));
    assert_int_equal(system(command), 0);
    folder_write("zoned.yaml", ZONED("Europe/Atlantis"), 0600);
    folder_write("zones/Europe/Atlantis", "under water\n", 0600);
    refused_zone("clock: {zones: zones}\n", "zones/Europe/Atlantis: no time zone file");
    assert_int_equal(unlink(folder_path("zones/Europe/Atlantis")), 0);
    assert_int_equal(mkdir(folder_path("zones/Europe/Atlantis"), 0700), 0);
    refused_zone("clock: {zones: zones}\n", "is not a regular file");
}

static void more_zones_than_a_gateway_may_have_are_refused(void **state)
{
    (void)state;
    otr_error error = {.text = ""};
    otr_assignments *assignments = NULL;
    otr_buffer text = {0};
    otr_buffer_add_format(&text, "version: 1\ncustomers:\n");
    for (int i = 0; i <= OTR_LIMIT_ZONES; i++)
        otr_buffer_add_format(&text, "  - {customer: c%d, zone: Zone/Z%d}\n", i, i);
    assert_false(text.failed);
    assert_int_equal(otr_assignments_load(otr_buffer_text(&text), &assignments, &error), OTR_LIMIT);
    assert_int_equal(error.line, 3 + OTR_LIMIT_ZONES);
    otr_buffer_done(&text);
}

static void the_packs_that_ship_load(void **state)
{
    (void)state;
    otr_error error = {.text = ""};
    otr_contents contents = {0};
    char rules[600];
    (void)snprintf(rules, sizeof rules, "rules: {packs: %s/rules/packs}\n", getenv("OUTRIDER_SOURCE"));
    otr_config *config = config_of(rules);
    if (otr_contents_load(config, &contents, &error) != OTR_OK)
        fail_msg("%s:%d:%d: %s", contents.refused.data, error.line, error.column, error.text);
    assert_true(contents.count >= 5);
    otr_contents_done(&contents);
    otr_config_free(config);
}

static int setup(void **state)
{
    (void)state;
    folder_make();
    if (mkdir(folder_path("packs"), 0700) != 0)
        return -1;
    folder_write("packs/b.yaml", PACK("two"), 0600);
    folder_write("packs/a.yaml", PACK("one"), 0600);
    folder_write("packs/a.test.yaml", "not: a pack\n", 0600);
    folder_write("packs/.hidden.yaml", "not: a pack\n", 0600);
    folder_write("packs/notes.txt", "not a pack\n", 0600);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    folder_remove();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_folder_gives_its_packs_by_name_without_their_tests),
        cmocka_unit_test(the_hash_is_sha256_of_the_bytes),
        cmocka_unit_test(one_bad_pack_refuses_all_with_its_place),
        cmocka_unit_test(two_files_with_one_name_are_refused),
        cmocka_unit_test(a_pack_has_not_the_name_by_which_tunings_go),
        cmocka_unit_test(a_named_file_that_is_missing_points_into_the_configuration),
        cmocka_unit_test(assignments_have_a_limit_of_their_own),
        cmocka_unit_test(the_zones_of_customers_come_before_the_assignments_each_once),
        cmocka_unit_test(a_zone_that_is_not_there_refuses_the_assignments_at_its_name),
        cmocka_unit_test(a_file_that_is_no_zone_refuses_the_assignments),
        cmocka_unit_test(more_zones_than_a_gateway_may_have_are_refused),
        cmocka_unit_test(the_packs_that_ship_load),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

/* `outrider test` as a program: what it prints, what it writes, how it ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[64];

static void write_file(const char *name, const char *text)
{
    char path[128];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* Its exit code; both outputs in out. Run in the folder's parent, so that paths are not those of the files.
 */
static int run(const char *arguments, char *out, size_t size)
{
    char command[1024];
    const char *bin = getenv("OUTRIDER_BIN");
    assert_non_null(bin);
    (void)snprintf(command, sizeof command, "cd / && '%s/outrider' test %s 2>&1", bin, arguments);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    size_t got = fread(out, 1, size - 1, pipe);
    out[got] = '\0';
    return pclose(pipe) >> 8;
}

static int run_files(const char *format, char *out, size_t size)
{
    char arguments[512];
    char text[512];
    size_t used = 0;
    (void)snprintf(text, sizeof text, "%s", format);
    for (const char *c = text; *c != '\0' && used + 80 < sizeof arguments; c++)
        if (*c == '@')
            used += (size_t)snprintf(arguments + used, sizeof arguments - used, "%s/", folder);
        else
            arguments[used++] = *c;
    arguments[used] = '\0';
    return run(arguments, out, size);
}

static int make_folder(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof folder, "/tmp/otr-test-XXXXXX");
    assert_non_null(mkdtemp(folder));
    write_file("p.yaml", "pack: p\nversion: 1\nrules: [{alert: Warm, expr: temperature > 8.0}]\n");
    write_file("bad.yaml", "pack: p\nversion: 1\nrules: [{alert: Warm, expr: temperature >}]\n");
    write_file("a.yaml", "version: 1\nassets: [{asset: box, class: x, devices: [d]}]\n");
#define HEAD(pack) "packs: " pack "\nassignments: a.yaml\nstart: 2026-03-01T08:00:00Z\ntests:\n"
#define GIVEN "    given: [{device: d, at: 0, reports: {temperature: 9}}]\n"
    write_file("good.test.yaml",
               HEAD("p.yaml") "  - name: it is warm\n" GIVEN "    expect: {alarms: [{rule: Warm}]}\n");
    write_file("wrong.test.yaml",
               HEAD("p.yaml") "  - name: it is <cold>\n" GIVEN "    expect: {none: true}\n");
    write_file("bad.test.yaml", HEAD("bad.yaml") "  - name: t\n" GIVEN "    expect: {none: true}\n");
    write_file("zoned.yaml", "version: 1\ncustomers: [{customer: c, zone: Europe/Atlantis}]\n"
                             "assets: [{asset: box, class: x, devices: [d], customer: c}]\n");
    write_file("zone.test.yaml",
               "packs: p.yaml\nassignments: zoned.yaml\nstart: 2026-03-01T08:00:00Z\ntests:\n"
               "  - name: t\n" GIVEN "    expect: {alarms: [{rule: Warm}]}\n");
    write_file("typo.test.yaml", HEAD("p.yaml") "  - name: t\n    givn: []\n    expect: {none: true}\n");
    return 0;
}

static int remove_folder(void **state)
{
    char command[128];
    (void)state;
    (void)snprintf(command, sizeof command, "rm -r '%s'", folder);
    return system(command);
}

static void a_file_that_passes_ends_with_0(void **state)
{
    (void)state;
    char out[1024];
    assert_int_equal(run_files("@good.test.yaml", out, sizeof out), 0);
    assert_non_null(strstr(out, "good.test.yaml: 1 test ok\n"));
}

static void a_test_that_fails_is_shown_and_ends_with_1(void **state)
{
    (void)state;
    char out[2048];
    assert_int_equal(run_files("@good.test.yaml @wrong.test.yaml", out, sizeof out), 1);
    assert_non_null(strstr(out, "wrong.test.yaml:5: FAILED: it is <cold>\n  this alarm came"));
    assert_non_null(strstr(out, "wrong.test.yaml: 1 of 1 tests failed\n"));
    assert_non_null(strstr(out, "2 files, 0 refused; 2 tests, 1 failed\n"));
}

static void a_refused_file_names_the_one_at_fault_and_hides_no_other(void **state)
{
    (void)state;
    char out[2048];
    assert_int_equal(
        run_files("@bad.test.yaml @typo.test.yaml @gone.test.yaml @good.test.yaml", out, sizeof out), 1);
    assert_non_null(strstr(out, "/bad.yaml:3:"));
    assert_non_null(strstr(out, "/typo.test.yaml:6:5: unknown key givn; did you mean given?\n"));
    assert_non_null(strstr(out, "/gone.test.yaml: cannot be opened"));
    assert_non_null(strstr(out, "/good.test.yaml: 1 test ok\n"));
    assert_non_null(strstr(out, "4 files, 3 refused; 1 tests, 0 failed\n"));
}

static void a_time_zone_that_is_not_there_is_refused_at_its_name(void **state)
{
    (void)state;
    char out[2048];
    assert_int_equal(run_files("@zone.test.yaml", out, sizeof out), 1);
    assert_non_null(strstr(out, "/zoned.yaml:2:33: time zone Europe/Atlantis: "));
    write_file("zoned.yaml", "version: 1\ncustomers: [{customer: c, zone: Europe/Berlin}]\n"
                             "assets: [{asset: box, class: x, devices: [d], customer: c}]\n");
    assert_int_equal(run_files("@zone.test.yaml", out, sizeof out), 0);
}

static void junit_has_every_test_escaped(void **state)
{
    (void)state;
    char out[4096];
    assert_int_equal(run_files("--junit @j.xml @wrong.test.yaml @typo.test.yaml", out, sizeof out), 1);
    char path[128];
    (void)snprintf(path, sizeof path, "%s/j.xml", folder);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t got = fread(out, 1, sizeof out - 1, file);
    out[got] = '\0';
    (void)fclose(file);
    assert_non_null(strstr(out, "<testsuites tests=\"2\" failures=\"1\" errors=\"1\">"));
    assert_non_null(strstr(out, "name=\"it is &lt;cold&gt;\""));
    assert_non_null(strstr(out, "typo.test.yaml:6:5: unknown key givn"));
    assert_int_equal(run_files("--junit /nowhere/j.xml @good.test.yaml", out, sizeof out), 1);
    assert_non_null(strstr(out, "/nowhere/j.xml: No such file"));
}

static void wrong_usage_ends_with_2(void **state)
{
    (void)state;
    char out[2048];
    assert_int_equal(run("", out, sizeof out), 2);
    assert_int_equal(run("--nonsense", out, sizeof out), 2);
    assert_int_equal(run("--help", out, sizeof out), 0);
    assert_non_null(strstr(out, "usage: outrider test"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_that_passes_ends_with_0),
        cmocka_unit_test(a_test_that_fails_is_shown_and_ends_with_1),
        cmocka_unit_test(a_refused_file_names_the_one_at_fault_and_hides_no_other),
        cmocka_unit_test(a_time_zone_that_is_not_there_is_refused_at_its_name),
        cmocka_unit_test(junit_has_every_test_escaped),
        cmocka_unit_test(wrong_usage_ends_with_2),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}

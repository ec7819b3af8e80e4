/* The lock of the state folder, held by this process and asked for by another. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/lock.h"
#include "folder.h"

static void a_missing_folder_is_made_for_its_owner_alone(void **state)
{
    (void)state;
    int fd = -1;
    otr_error error;
    struct stat info;
    assert_int_equal(otr_lock_take(folder_path("new"), &fd, &error), OTR_OK);
    assert_int_equal(stat(folder_path("new"), &info), 0);
    assert_int_equal(info.st_mode & 0777, 0700);
    close(fd);
}

static void the_second_one_is_told_who_has_it(void **state)
{
    (void)state;
    int fd = -1;
    int second = -1;
    otr_error error;
    char expected[64];
    assert_int_equal(otr_lock_take(folder_path("twice"), &fd, &error), OTR_OK);
    assert_int_equal(otr_lock_owner(folder_path("twice")), getpid());
    assert_int_equal(otr_lock_take(folder_path("twice"), &second, &error), OTR_DENIED);
    assert_int_equal(second, -1);
    snprintf(expected, sizeof expected, "in use by process %ld", (long)getpid());
    assert_non_null(strstr(error.text, expected));
    close(fd);
    assert_int_equal(otr_lock_owner(folder_path("twice")), 0);
    assert_int_equal(otr_lock_take(folder_path("twice"), &second, &error), OTR_OK);
    close(second);
}

static void a_killed_owner_leaves_no_lock(void **state)
{
    (void)state;
    int ready[2];
    int fd = -1;
    otr_error error;
    char byte;
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        bool ok = otr_lock_take(folder_path("killed"), &fd, NULL) == OTR_OK && write(ready[1], "k", 1) == 1;
        if (ok)
            pause();
        _exit(1);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_int_equal(otr_lock_owner(folder_path("killed")), child);
    assert_int_equal(otr_lock_take(folder_path("killed"), &fd, &error), OTR_DENIED);
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_int_equal(otr_lock_take(folder_path("killed"), &fd, &error), OTR_OK);
    close(fd);
    close(ready[0]);
    close(ready[1]);
}

static void a_folder_that_cannot_be_made_says_why(void **state)
{
    (void)state;
    int fd = -1;
    otr_error error;
    assert_int_equal(otr_lock_take(folder_path("no/such/parent"), &fd, &error), OTR_IO);
    assert_non_null(strstr(error.text, "No such file or directory"));
}

static int setup(void **state)
{
    (void)state;
    folder_make();
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
        cmocka_unit_test(a_missing_folder_is_made_for_its_owner_alone),
        cmocka_unit_test(the_second_one_is_told_who_has_it),
        cmocka_unit_test(a_killed_owner_leaves_no_lock),
        cmocka_unit_test(a_folder_that_cannot_be_made_says_why),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

/* A rehearsal is told how much memory it has, its report has a limit, and it has a deadline. The toolbox is
 * looked for beside the program: this one copies itself to a folder where a script has that name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/limits.h"
#include "daemon/push/rehearse.h"
#include "folder.h"

#define REPORT                                                                                               \
    "{\"from\":\"2026-03-01T00:00:00Z\",\"to\":\"2026-03-05T00:00:00Z\",\"result\":{\"notices\":4}}"

/* The report comes after as many blanks as its --pack says; of the pack "slow" it never comes, and a child of
 * its own holds its output. */
static const char script[] =
    "#!/bin/sh\n"
    "[ \"$4\" = slow ] && { echo half; sleep 600 & echo $! > \"$0.child\"; sleep 600; }\n"
    "echo \"$*\" > \"$0.words\"\n"
    "head -c \"$4\" /dev/zero | tr '\\0' ' '\n"
    "printf '%s' '" REPORT "'\n";

typedef struct answer {
    json_t *figures;
    char reason[256];
    int calls;
} answer;

static void take(void *context, json_t *figures, const char *reason)
{
    answer *to = context;
    to->figures = figures;
    to->calls++;
    (void)snprintf(to->reason, sizeof to->reason, "%s", reason != NULL ? reason : "");
}

static answer rehearse_within(const char *pack, unsigned limit_s)
{
    answer got = {.figures = NULL};
    otr_rehearsal rehearsal = {.context = &got, .done = take, .limit_s = limit_s};
    otr_error error = {.text = ""};
    uv_loop_t loop;
    assert_int_equal(uv_loop_init(&loop), 0);
    otr_status status =
        otr_rehearsal_start(&rehearsal, &loop, pack, "state", "depot/gw-1", OTR_TIME_NONE, &error);
    if (status != OTR_OK)
        fail_msg("%s", error.text);
    uint64_t left_ms = uv_timer_get_due_in(&rehearsal.deadline);
    uint64_t whole_ms = (limit_s != 0 ? limit_s : OTR_LIMIT_REHEARSAL_S) * UINT64_C(1000);
    assert_true(left_ms <= whole_ms && (limit_s != 0 || left_ms > whole_ms / 2));
    (void)uv_run(&loop, UV_RUN_DEFAULT);
    otr_rehearsal_done(&rehearsal);
    assert_int_equal(uv_loop_close(&loop), 0);
    assert_int_equal(got.calls, 1);
    return got;
}

static answer rehearse(size_t blanks)
{
    char pack[32];
    (void)snprintf(pack, sizeof pack, "%zu", blanks);
    return rehearse_within(pack, 0);
}

static void a_report_has_so_many_bytes(void **state)
{
    (void)state;
    size_t most = OTR_LIMIT_REHEARSAL_BYTES - (sizeof REPORT - 1);
    answer got = rehearse(most);
    assert_non_null(got.figures);
    json_decref(got.figures);
    got = rehearse(most + 1);
    assert_null(got.figures);
    assert_string_equal(got.reason, "the replay's report has more than 4 MiB");
}

static void it_is_told_how_much_memory_it_has(void **state)
{
    char words[256] = "";
    char self[256];
    char expected[64];
    (void)state;
    answer got = rehearse(1);
    json_decref(got.figures);
    ssize_t size = readlink("/proc/self/exe", self, sizeof self - 1);
    assert_true(size > 0);
    self[size] = '\0';
    (void)snprintf(strrchr(self, '/'), 32, "/outrider.words");
    FILE *file = fopen(self, "r");
    assert_non_null(file);
    assert_non_null(fgets(words, sizeof words, file));
    (void)fclose(file);
    (void)snprintf(expected, sizeof expected, " --memory %d ", OTR_LIMIT_REHEARSAL_MIB);
    assert_non_null(strstr(words, expected));
}

static void end_the_child(void)
{
    char self[256];
    int child = 0;
    ssize_t size = readlink("/proc/self/exe", self, sizeof self - 1);
    assert_true(size > 0);
    self[size] = '\0';
    (void)snprintf(strrchr(self, '/'), 32, "/outrider.child");
    FILE *file = fopen(self, "r");
    if (file == NULL) /* the deadline came before it */
        return;
    if (fscanf(file, "%d", &child) == 1 && child > 1)
        (void)kill(child, SIGKILL);
    (void)fclose(file);
}

static void one_that_is_not_done_in_time_is_ended_and_says_so(void **state)
{
    (void)state;
    answer got = rehearse_within("slow", 1);
    end_the_child();
    assert_null(got.figures);
    assert_string_equal(got.reason,
                        "the replay was not done in 1 s: the gateway is busy, or has too long a history");
    got = rehearse_within("1", 0); /* and the next one has its turn */
    assert_non_null(got.figures);
    json_decref(got.figures);
}

static void copy_self(const char *to)
{
    struct stat info;
    int in = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    int out = open(to, O_WRONLY | O_CREAT | O_CLOEXEC, 0700);
    if (in < 0 || out < 0 || fstat(in, &info) != 0)
        abort();
    for (off_t done = 0; done < info.st_size;)
        if (sendfile(out, in, &done, (size_t)(info.st_size - done)) <= 0)
            abort();
    close(in);
    close(out);
}

static int run_beside_the_script(void)
{
    int status = -1;
    folder_make();
    (void)folder_write("outrider", script, 0700);
    const char *self = folder_path("self");
    copy_self(self);
    pid_t pid = fork();
    if (pid == 0) {
        execl(self, self, "beside", (char *)NULL);
        _exit(127);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        abort();
    folder_remove();
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

int main(int count, char **words)
{
    (void)words;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_report_has_so_many_bytes),
        cmocka_unit_test(one_that_is_not_done_in_time_is_ended_and_says_so),
        cmocka_unit_test(it_is_told_how_much_memory_it_has),
    };
    return count == 1 ? run_beside_the_script() : cmocka_run_group_tests(tests, NULL, NULL);
}

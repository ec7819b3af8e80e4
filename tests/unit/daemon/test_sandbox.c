/* What a process may no longer do in the sandbox, and what it still may. Each case is tried by a child, which
 * enters it for good; its exit code is the number of the line at fault, so that nothing but the system calls
 * themselves is needed there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "folder.h"
#include "platform/linux/system/sandbox.h"

/* In the child: what does not hold ends it with its line. */
#define HOLD(condition)                                                                                      \
    do {                                                                                                     \
        if (!(condition)) {                                                                                  \
            fprintf(stderr, "line %d: %s: errno %d\n", __LINE__, #condition, errno);                         \
            _exit(1);                                                                                        \
        }                                                                                                    \
    } while (0)

static char readable[256];
static char writable[256];
static char outside[256];

/* The sandbox with a folder to read, one to write, and the system's libraries and /usr/bin/true. */
static otr_sandbox enter(void)
{
    const otr_sandbox_path paths[] = {{readable, OTR_SANDBOX_READ},
                                      {writable, OTR_SANDBOX_READ | OTR_SANDBOX_WRITE | OTR_SANDBOX_SOCKET},
                                      {"/usr", OTR_SANDBOX_READ},
                                      {"/lib", OTR_SANDBOX_READ | OTR_SANDBOX_RUN},
                                      {"/lib64", OTR_SANDBOX_READ | OTR_SANDBOX_RUN},
                                      {"/etc", OTR_SANDBOX_READ},
                                      {"/proc", OTR_SANDBOX_READ},
                                      {"/usr/bin/true", OTR_SANDBOX_RUN},
                                      {"/not/there", OTR_SANDBOX_READ}};
    otr_sandbox got;
    otr_error error;
    otr_status status = otr_sandbox_enter(paths, sizeof paths / sizeof *paths, &got, &error);
    if (status != OTR_OK) {
        fprintf(stderr, "%s\n", error.text);
        _exit(2);
    }
    return got;
}

static void in_a_child(void (*body)(void))
{
    pid_t child = fork();
    int ended = 0;
    if (child == 0) {
        body();
        _exit(0);
    }
    assert_int_equal(waitpid(child, &ended, 0), child);
    assert_true(WIFEXITED(ended));
    assert_int_equal(WEXITSTATUS(ended), 0);
}

/* Whether the process can be confined here at all; the kernel of a test machine may be older. */
static otr_sandbox known(void)
{
    otr_sandbox *shared =
        mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(shared, MAP_FAILED);
    pid_t child = fork();
    if (child == 0) {
        *shared = enter();
        _exit(0);
    }
    assert_int_equal(waitpid(child, NULL, 0), child);
    otr_sandbox got = *shared;
    munmap(shared, sizeof *shared);
    return got;
}

static int try_open(const char *folder, const char *name, int flags)
{
    char path[300];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    int file = open(path, flags | O_CLOEXEC, 0600);
    if (file >= 0)
        close(file);
    return file < 0 ? errno : 0;
}

static int run(const char *program)
{
    int ended = 0;
    pid_t child = fork();
    if (child == 0) {
        execl(program, program, (char *)NULL);
        _exit(errno);
    }
    return waitpid(child, &ended, 0) == child && WIFEXITED(ended) ? WEXITSTATUS(ended) : -1;
}

static void files_body(void)
{
    char from[300];
    char to[300];
    (void)enter();
    HOLD(try_open(readable, "file", O_RDONLY) == 0);
    HOLD(try_open(readable, "file", O_WRONLY) == EACCES);
    HOLD(try_open(readable, "fresh", O_WRONLY | O_CREAT) == EACCES);
    HOLD(try_open(outside, "file", O_RDONLY) == EACCES);
    HOLD(try_open(outside, "fresh", O_WRONLY | O_CREAT) == EACCES);
    HOLD(try_open(writable, "fresh", O_RDWR | O_CREAT) == 0);
    HOLD(try_open(writable, "fresh", O_RDWR | O_TRUNC) == 0);
    (void)snprintf(from, sizeof from, "%s/fresh", writable);
    (void)snprintf(to, sizeof to, "%s/renamed", writable);
    HOLD(rename(from, to) == 0);
    HOLD(unlink(to) == 0);
    (void)snprintf(from, sizeof from, "%s/file", outside);
    HOLD(unlink(from) != 0 && errno == EACCES);
    HOLD(run("/usr/bin/true") == 0);
    HOLD(run("/usr/bin/env") == EACCES);
}

static void only_what_is_listed_is_read_written_and_run(void **state)
{
    (void)state;
    if (known().landlock < 3) {
        print_message("this kernel has no Landlock of version 3\n");
        skip();
    }
    in_a_child(files_body);
}

static void network_body(void)
{
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    (void)enter();
    int stream = socket(AF_INET, SOCK_STREAM, 0);
    HOLD(stream >= 0 && bind(stream, (struct sockaddr *)&any, sizeof any) != 0 && errno == EACCES);
    int datagram = socket(AF_INET, SOCK_DGRAM, 0);
    HOLD(datagram >= 0 && bind(datagram, (struct sockaddr *)&any, sizeof any) == 0);
}

static void no_tcp_port_is_opened(void **state)
{
    (void)state;
    if (known().landlock < 4) {
        print_message("this kernel has no Landlock of version 4\n");
        skip();
    }
    in_a_child(network_body);
}

static void signals_body(void)
{
    pid_t parent = getppid();
    (void)enter();
    HOLD(kill(parent, 0) != 0 && errno == EPERM);
    HOLD(kill(getpid(), 0) == 0);
}

static void nobody_outside_is_signalled(void **state)
{
    (void)state;
    if (known().landlock < 6) {
        print_message("this kernel has no Landlock of version 6\n");
        skip();
    }
    in_a_child(signals_body);
}

static void calls_body(void)
{
    (void)enter();
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    HOLD(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
    HOLD(mount("none", writable, "tmpfs", 0, NULL) != 0 && errno == EPERM);
    HOLD(syscall(SYS_unshare, 0) != 0 && errno == EPERM);
    HOLD(syscall(SYS_setuid, getuid()) != 0 && errno == EPERM);
    HOLD(syscall(SYS_bpf, 0, NULL, 0) != 0 && errno == EPERM);
    HOLD(syscall(SYS_io_uring_setup, 1, NULL) != 0 && errno == EPERM);
    HOLD(syscall(SYS_keyctl, 0, 0, 0, 0, 0) != 0 && errno == EPERM);
    HOLD(socket(AF_PACKET, SOCK_RAW, 0) < 0 && errno == EPERM);
    HOLD(mmap(NULL, page, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
             MAP_FAILED &&
         errno == EPERM);
    void *memory = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    HOLD(memory != MAP_FAILED);
    HOLD(mprotect(memory, page, PROT_READ | PROT_WRITE | PROT_EXEC) != 0 && errno == EPERM);
    HOLD(mprotect(memory, page, PROT_READ) == 0);
}

static void calls_that_a_gateway_has_no_use_for_are_refused(void **state)
{
    (void)state;
    if (!known().calls) {
        print_message("this kernel or processor has no filter of system calls\n");
        skip();
    }
    in_a_child(calls_body);
}

static void *on_a_thread(void *reached)
{
    *(int *)reached = try_open(outside, "file", O_RDONLY);
    return NULL;
}

static void ordinary_body(void)
{
    struct addrinfo *found = NULL;
    pthread_t thread;
    int reached = -1;
    char path[32];
    struct sockaddr_un local = {.sun_family = AF_UNIX};
    otr_sandbox got = enter();
    int memory = memfd_create("secret", MFD_CLOEXEC);
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", memory);
    HOLD(memory >= 0 && write(memory, "x", 1) == 1);
    int again = open(path, O_RDONLY | O_CLOEXEC); /* as Paho reads the copies of certificates */
    HOLD(again >= 0);
    HOLD(getaddrinfo("localhost", NULL, NULL, &found) == 0);
    freeaddrinfo(found);
    HOLD(socket(AF_NETLINK, SOCK_RAW, 0) >= 0);
    (void)snprintf(local.sun_path, sizeof local.sun_path, "%.80s/s", writable);
    int listener = socket(AF_UNIX, SOCK_STREAM, 0);
    HOLD(bind(listener, (struct sockaddr *)&local, sizeof local) == 0 && unlink(local.sun_path) == 0);
    HOLD(pthread_create(&thread, NULL, on_a_thread, &reached) == 0 && pthread_join(thread, NULL) == 0);
    HOLD(reached == (got.landlock > 0 ? EACCES : 0));
}

static void what_a_gateway_needs_goes_on(void **state)
{
    (void)state;
    in_a_child(ordinary_body);
}

/* A kernel without Landlock, as far as it can be seen from here. */
static void older_body(void)
{
    struct sock_filter steps[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
                                  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 444, 0, 1),
                                  BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
                                  BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    struct sock_fprog filter = {.len = sizeof steps / sizeof *steps, .filter = steps};
    HOLD(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) != 0)
        return;
    otr_sandbox got = enter();
    HOLD(got.landlock == 0 && got.calls);
    HOLD(try_open(outside, "file", O_RDONLY) == 0);
}

static void an_older_kernel_is_told_apart_and_goes_on(void **state)
{
    (void)state;
    if (!known().calls)
        skip();
    in_a_child(older_body);
}

static int make(void **state)
{
    (void)state;
    folder_make();
    char *const folders[] = {readable, writable, outside};
    const char *const names[] = {"readable", "writable", "outside"};
    for (size_t i = 0; i < 3; i++) {
        char file[64];
        (void)snprintf(folders[i], sizeof readable, "%s", folder_path(names[i]));
        (void)mkdir(folders[i], 0700);
        (void)snprintf(file, sizeof file, "%s/file", names[i]);
        (void)folder_write(file, "x", 0600);
    }
    return 0;
}

static int remove_all(void **state)
{
    (void)state;
    folder_remove();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_is_listed_is_read_written_and_run),
        cmocka_unit_test(no_tcp_port_is_opened),
        cmocka_unit_test(nobody_outside_is_signalled),
        cmocka_unit_test(calls_that_a_gateway_has_no_use_for_are_refused),
        cmocka_unit_test(what_a_gateway_needs_goes_on),
        cmocka_unit_test(an_older_kernel_is_told_apart_and_goes_on),
    };
    return cmocka_run_group_tests(tests, make, remove_all);
}

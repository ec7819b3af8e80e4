/*
 * The filter of system calls: a list of what the agent and its rehearsal never do, refused with EPERM so that
 * what asks goes on. The unit has a list of what they may; this one holds wherever the daemon is started, and
 * binds what a hole would want: other processes' memory, mounts, modules, namespaces, raw sockets, memory
 * that is both written and run.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "platform/linux/system/sandbox.h"

#if defined(__x86_64__)
#define OWN_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OWN_ARCH AUDIT_ARCH_AARCH64
#elif defined(__arm__)
#define OWN_ARCH AUDIT_ARCH_ARM
#elif defined(__riscv) && __riscv_xlen == 64
#define OWN_ARCH AUDIT_ARCH_RISCV64
#endif

#ifdef OWN_ARCH

enum { OTHER_CALLS = 0x40000000 }; /* x32 on x86-64 */

/* clang-format off */
static const unsigned refused[] = {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) /* which look into the process at its end */
    SYS_ptrace, SYS_process_vm_readv, SYS_personality,
#endif
    SYS_process_vm_writev, SYS_kcmp, SYS_perf_event_open, SYS_bpf, SYS_userfaultfd,
    SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_unshare, SYS_setns,
    SYS_init_module, SYS_finit_module, SYS_delete_module, SYS_kexec_load, SYS_reboot, SYS_swapon, SYS_swapoff,
    SYS_add_key, SYS_request_key, SYS_keyctl, SYS_acct, SYS_quotactl, SYS_syslog,
    SYS_setuid, SYS_setgid, SYS_setreuid, SYS_setregid, SYS_setresuid, SYS_setresgid, SYS_setgroups, SYS_setfsuid, SYS_setfsgid,
#ifdef SYS_setuid32 /* of 32 bits: the calls above are those of old, which the C library does not use */
    SYS_setuid32, SYS_setgid32, SYS_setreuid32, SYS_setregid32, SYS_setresuid32, SYS_setresgid32, SYS_setgroups32,
    SYS_setfsuid32, SYS_setfsgid32, SYS_clock_settime64,
#endif
    SYS_capset, SYS_sethostname, SYS_setdomainname, SYS_settimeofday, SYS_clock_settime,
    SYS_open_by_handle_at, SYS_fanotify_init, SYS_vmsplice, SYS_move_pages, SYS_mknodat,
    SYS_io_uring_setup, SYS_open_tree, SYS_move_mount, SYS_fsopen, SYS_pidfd_getfd,
};
/* clang-format on */

enum {
    REFUSED = sizeof refused / sizeof *refused,
    HEAD = 6,
    SOCKETS = 8,
    MEMORY = 7,
    ROOM = HEAD + 2 * REFUSED + SOCKETS + 2 * MEMORY + 1
};

typedef struct program {
    struct sock_filter steps[ROOM];
    unsigned short count;
} program;

static void add(program *to, unsigned short code, unsigned value, unsigned char if_so, unsigned char if_not)
{
    OTR_ASSERT(to->count < ROOM);
    to->steps[to->count++] = (struct sock_filter)BPF_JUMP(code, value, if_so, if_not);
}

static void load(program *to, size_t offset)
{
    add(to, BPF_LD | BPF_W | BPF_ABS, (unsigned)offset, 0, 0);
}

static void end(program *to, unsigned verdict)
{
    add(to, BPF_RET | BPF_K, verdict, 0, 0);
}

static void refuse(program *to)
{
    end(to, SECCOMP_RET_ERRNO | EPERM);
}

/* The lower half of an argument; what we compare has no upper one. */
static size_t argument(unsigned which)
{
    size_t offset = offsetof(struct seccomp_data, args) + which * sizeof(uint64_t);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    offset += sizeof(uint32_t);
#endif
    return offset;
}

static const unsigned families[] = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK};
enum { FAMILIES = sizeof families / sizeof *families };

/* Each block begins with the number of the call in the accumulator, and leaves it there when it passes the
 * call on. */
static void add_sockets(program *to)
{
    add(to, BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, FAMILIES + 3);
    load(to, argument(0));
    for (unsigned i = 0; i < FAMILIES; i++)
        add(to, BPF_JMP | BPF_JEQ | BPF_K, families[i], (unsigned char)(FAMILIES - i), 0);
    refuse(to);
    end(to, SECCOMP_RET_ALLOW);
}

static void add_memory(program *to, unsigned call)
{
    add(to, BPF_JMP | BPF_JEQ | BPF_K, call, 0, 5);
    load(to, argument(2));
    add(to, BPF_ALU | BPF_AND | BPF_K, PROT_WRITE | PROT_EXEC, 0, 0);
    add(to, BPF_JMP | BPF_JEQ | BPF_K, PROT_WRITE | PROT_EXEC, 0, 1);
    refuse(to);
    end(to, SECCOMP_RET_ALLOW);
}

static void write_program(program *to)
{
    load(to, offsetof(struct seccomp_data, arch));
    add(to, BPF_JMP | BPF_JEQ | BPF_K, OWN_ARCH, 1, 0);
    refuse(to);
    load(to, offsetof(struct seccomp_data, nr));
#if defined(__x86_64__)
    add(to, BPF_JMP | BPF_JGE | BPF_K, OTHER_CALLS, 0, 1);
    refuse(to);
#endif
    for (unsigned i = 0; i < REFUSED; i++) {
        add(to, BPF_JMP | BPF_JEQ | BPF_K, refused[i], 0, 1);
        refuse(to);
    }
    add_sockets(to);
#ifdef SYS_mmap2
    add_memory(to, SYS_mmap2);
#else
    add_memory(to, SYS_mmap);
#endif
    add_memory(to, SYS_mprotect);
    end(to, SECCOMP_RET_ALLOW);
}

otr_status otr_sandbox_calls(bool *on, otr_error *error)
{
    program written = {.count = 0};
    *on = false;
    write_program(&written);
    struct sock_fprog filter = {.len = written.count, .filter = written.steps};
    if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) < 0)
        return OTR_OK; /* a kernel without it */
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) != 0)
        return errno == EINVAL
                   ? OTR_OK
                   : otr_fail(error, OTR_IO, "the filter of system calls is refused: %s", strerror(errno));
    *on = true;
    return OTR_OK;
}

#else

otr_status otr_sandbox_calls(bool *on, otr_error *error)
{
    (void)error;
    *on = false; /* on this processor nobody has tried it */
    return OTR_OK;
}

#endif

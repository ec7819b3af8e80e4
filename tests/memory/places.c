#include "places.h"

#include "base/arena.h"

#include <execinfo.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SLOTS = 1 << 17 /* no more than half of them are ever full */, FRAME_MAX = 1 << 16 /* bytes */ };

/* To fork costs more by far under a sanitizer. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { TRIED_EACH = 5 };
#else
enum { TRIED_EACH = 1 };
#endif

static uint64_t seen[SLOTS];
static size_t count;
static bool armed;
static bool paused;
static bool child;
static size_t wrong;
static void *calls[PLACES_DEPTH];

/* Frames of libraries may keep no frame pointer: what does not lie a little further up the stack ends the
 * walk. */
__attribute__((no_sanitize("address", "undefined"), noinline)) static uint64_t find_place(void **frame)
{
    uint64_t key = 0;
    for (int i = 0; i < PLACES_DEPTH; i++) {
        calls[i] = frame[1];
        key = (key ^ (uintptr_t)frame[1]) * 0x9e3779b97f4a7c15U;
        uintptr_t next = (uintptr_t)frame[0];
        if (next <= (uintptr_t)frame || next - (uintptr_t)frame > FRAME_MAX || next % sizeof(void *) != 0)
            break;
        frame = (void **)next;
    }
    return key | 1;
}

/* True in the child. */
static bool try_without(void)
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        (void)signal(SIGSEGV, SIG_DFL); /* cmocka's would go on with the next test */
        child = true;
        return true;
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        abort();
    if (status != 0) {
        wrong++;
        (void)fprintf(stderr, "%s %d without memory here:\n", WIFSIGNALED(status) ? "signal" : "not well",
                      WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
        backtrace_symbols_fd(calls, PLACES_DEPTH, STDERR_FILENO);
    }
    return false;
}

static bool fails(void **frame)
{
    if (!armed || paused || child)
        return false;
    uint64_t key = find_place(frame);
    size_t at = key >> 47;
    while (seen[at % SLOTS] != 0) {
        if (seen[at % SLOTS] == key)
            return false;
        at++;
    }
    if (count == SLOTS / 2)
        abort();
    seen[at % SLOTS] = key;
    count++;
    return count % TRIED_EACH == 0 && try_without();
}

void places_begin(void)
{
    armed = true;
}

/* What it reached counts for a build that counts. */
void __gcov_dump(void) __attribute__((weak));

void places_end(bool well)
{
    armed = false;
    if (!child)
        return;
    if (__gcov_dump != NULL)
        __gcov_dump();
    _exit(well ? EXIT_SUCCESS : EXIT_FAILURE);
}

void places_pause(void)
{
    paused = true;
}

void places_resume(void)
{
    paused = false;
}

bool places_ran_out(void)
{
    return child;
}

size_t places_count(void)
{
    return count;
}

size_t places_wrong(void)
{
    return wrong;
}

static bool refuses(otr_arena *arena, bool fails_here)
{
    arena->failed |= fails_here;
    return fails_here;
}

#define FAILS() fails(__builtin_frame_address(0))

void *__real_malloc(size_t size);
void *__real_calloc(size_t number, size_t size);
void *__real_realloc(void *old, size_t size);
void *__real_otr_arena_alloc(otr_arena *arena, size_t size);
void *__real_otr_arena_array(otr_arena *arena, size_t number, size_t size);
otr_str __real_otr_arena_copy(otr_arena *arena, otr_str text);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t number, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_otr_arena_alloc(otr_arena *arena, size_t size);
void *__wrap_otr_arena_array(otr_arena *arena, size_t number, size_t size);
otr_str __wrap_otr_arena_copy(otr_arena *arena, otr_str text);

void *__wrap_malloc(size_t size)
{
    return FAILS() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t number, size_t size)
{
    return FAILS() ? NULL : __real_calloc(number, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return FAILS() ? NULL : __real_realloc(old, size);
}

void *__wrap_otr_arena_alloc(otr_arena *arena, size_t size)
{
    return refuses(arena, FAILS()) ? NULL : __real_otr_arena_alloc(arena, size);
}

void *__wrap_otr_arena_array(otr_arena *arena, size_t number, size_t size)
{
    return refuses(arena, FAILS()) ? NULL : __real_otr_arena_array(arena, number, size);
}

otr_str __wrap_otr_arena_copy(otr_arena *arena, otr_str text)
{
    return refuses(arena, FAILS()) ? (otr_str){NULL, 0} : __real_otr_arena_copy(arena, text);
}

/* How a call ended. A status says what the caller does next; an otr_error adds the place and the reason for a
 * person. */
#ifndef OTR_BASE_STATUS_H
#define OTR_BASE_STATUS_H

#include <stdarg.h>

#define OTR_STATUS_LIST(X)                                                                                   \
    X(OK, "ok")                                                                                              \
    X(INVALID, "invalid")      /* breaks its format: refuse it whole, tell the sender */                     \
    X(LIMIT, "over a limit")   /* well formed but larger than limits.h allows: refuse it whole */            \
    X(FULL, "full")            /* a queue or the disk is full: push back, the sender tries later */          \
    X(TOO_FAST, "too fast")    /* this sender, not the gateway: it waits and sends again */                  \
    X(NOT_FOUND, "not found")  /* may be absent: the caller decides */                                       \
    X(DENIED, "denied")        /* not allowed for this identity */                                           \
    X(UNKNOWN, "unknown")      /* an expression has no value yet: no decision */                             \
    X(IO, "i/o error")         /* the operating system failed: retry or rebuild from the store */            \
    X(CORRUPT, "corrupt")      /* stored bytes do not read back: set aside, record the loss */               \
    X(MEMORY, "out of memory") /* an allocation failed: drop the work at hand, state unchanged */

typedef enum otr_status {
#define X(name, text) OTR_##name,
    OTR_STATUS_LIST(X)
#undef X
} otr_status;

/* A failure told to a person. line and column count from 1; 0 means that there is none. */
typedef struct otr_error {
    otr_status status;
    int line;
    int column;
    char text[240];
} otr_error;

/* A constant word for the status. */
const char *otr_status_text(otr_status status);

/* Fills *error (which may be NULL) and returns status, so that a caller can write return otr_fail(...). */
otr_status otr_fail(otr_error *error, otr_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
otr_status otr_fail_at(otr_error *error, otr_status status, int line, int column, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* An invariant of ours, never an operating error; stays on in release builds. */
#define OTR_ASSERT(condition) ((condition) ? (void)0 : otr_assert_failed(#condition, __FILE__, __LINE__))
void otr_assert_failed(const char *condition, const char *file, int line) __attribute__((noreturn));

#endif

/*
 * The control socket: a local stream socket, mode 0600, for tools of this machine. One line in, one line out.
 * Never blocks the loop: a client that does not read, writes a line over the limit, or stays idle is dropped.
 */
#ifndef OTR_DAEMON_CONTROL_H
#define OTR_DAEMON_CONTROL_H

#include <uv.h>

#include "base/buffer.h"
#include "base/status.h"

enum {
    OTR_CONTROL_LINE_BYTES = 32768, /* an assignment whose places are polygons */
    OTR_CONTROL_CLIENTS = 8,
    OTR_CONTROL_IDLE_MS = 30000,
};

typedef struct otr_control otr_control;

/* Answers one line, given without its newline, by appending to reply (without newline). False: the answer
 * comes later, through otr_control_reply with this token; until then nothing more is read of that client. On
 * the loop's thread. */
typedef bool otr_control_answer(void *context, uint64_t token, otr_str line, otr_buffer *reply);

/* Binds path, replacing a socket that nobody listens on any more; its folder is made (0755) when missing.
 * DENIED when somebody listens there. */
otr_status otr_control_open(uv_loop_t *loop, const char *path, otr_control_answer *answer, void *context,
                            otr_control **out, otr_error *error);
/* The user at whose hands the line of this token came; UINT_MAX when the system does not say. */
unsigned otr_control_uid(const otr_control *control, uint64_t token);
/* The answer to a line that was not answered at once. Whoever asked may have left: then it goes nowhere. */
void otr_control_reply(otr_control *control, uint64_t token, otr_str text);
/* Removes the socket and closes all handles; memory is freed as the loop runs on. NULL is allowed. */
void otr_control_close(otr_control *control);

#endif

/* Asks the running daemon over its control socket: one line out, one line in. */
#ifndef OTR_TOOLS_ASK_H
#define OTR_TOOLS_ASK_H

#include <jansson.h>

#include "base/buffer.h"

/* A connection on which an answer may take wait_s, or -1 with the reason appended to why. The caller closes
 * it. */
int otr_ask_open(const char *path, int wait_s, otr_buffer *why);
/* request ends with a newline. NULL when there is no whole answer, with the reason appended to why; the
 * caller frees it. */
json_t *otr_ask(int fd, const char *request, otr_buffer *why);

#endif

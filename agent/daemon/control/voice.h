/* Signs from elsewhere over the control socket, each a line of `outrider voice import`. */
#ifndef OTR_DAEMON_VOICE_H
#define OTR_DAEMON_VOICE_H

#include "daemon/daemon.h"

#include <jansson.h>

/* NULL: it is taken, and answered when it is committed; else why not. */
json_t *otr_voice_asked(otr_daemon *daemon, uint64_t token, const json_t *request);

#endif

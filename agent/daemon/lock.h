/* One daemon per state folder: a lock that the kernel drops when the process ends, however it ends. */
#ifndef OTR_DAEMON_LOCK_H
#define OTR_DAEMON_LOCK_H

#include "base/status.h"

/* Makes the folder (mode 0700) when it is missing and locks FOLDER/lock, which then holds our process id.
 * DENIED when another process has it; *error names it. *fd belongs to the caller. */
otr_status otr_lock_take(const char *folder, int *fd, otr_error *error);
/* The process that holds the lock, 0 when nobody does. */
long otr_lock_owner(const char *folder);

#endif

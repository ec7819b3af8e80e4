/* What a service manager is told, by the datagram protocol of sd_notify(3): the address is in NOTIFY_SOCKET.
 */
#ifndef OTR_PLATFORM_NOTIFY_H
#define OTR_PLATFORM_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

/* Sends "READY=1", "STATUS=...", "WATCHDOG=1" and the like, lines joined by \n. False when there is no
 * manager or it does not listen; nobody needs to act on that. Never blocks. Safe from any thread. */
bool otr_notify_send(const char *state);
/* The same with "MONOTONIC_USEC=now" added, as a reload is announced. */
bool otr_notify_reloading(void);
/* How long the manager waits for a sign of life of this process, microseconds; 0: it does not. */
int64_t otr_notify_watchdog_us(void);

#endif

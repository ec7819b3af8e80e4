/*
 * A certificate authority in a folder: ca.pem and ca.key (EC P-256), which signs the certificates of
 * gateways, operators and their broker. Its key lies there in the clear, mode 0600: the folder belongs on a
 * machine that is none of these. One thread.
 */
#ifndef OTR_PLATFORM_AUTHORITY_H
#define OTR_PLATFORM_AUTHORITY_H

#include "base/status.h"
#include "base/str.h"

typedef struct otr_authority otr_authority;

/* The authority of the folder, which is there; a new one for so many days where it has none. DENIED when
 * others may read its key; INVALID when key and certificate do not belong together; IO. */
otr_status otr_authority_open(const char *folder, int days, otr_authority **out, otr_error *error);
void otr_authority_close(otr_authority *authority);

/*
 * A certificate for so many days in FOLDER/NAME.pem, and its new key in FOLDER/NAME.key, mode 0600: both
 * written whole, the certificate last. With hosts ("DNS:broker.example,IP:10.0.0.1") it is a server's, else
 * a client's. What was there before is replaced, and stays good until it expires.
 */
otr_status otr_authority_issue(const otr_authority *authority, const char *folder, const char *name,
                               const char *common_name, const char *hosts, int days, otr_error *error);

#endif

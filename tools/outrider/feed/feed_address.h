/* Where to send: a coap or coaps URI of a host and a port. */
#ifndef OTR_TOOLS_FEED_ADDRESS_H
#define OTR_TOOLS_FEED_ADDRESS_H

#include "base/status.h"
#include "base/str.h"

#include <coap3/coap.h>

/* coap://HOST[:PORT] or coaps://HOST[:PORT], [v6] in brackets; asks the resolver, which may block. */
otr_status otr_feed_address(otr_str uri, coap_address_t *out, bool *secure, otr_error *error);

#endif

/* Where a broker is: "mqtts://HOST[:PORT]" (8883) or, for this machine only, "mqtt://LOOPBACK[:PORT]" (1883).
 */
#ifndef OTR_PLATFORM_MQTT_ADDRESS_H
#define OTR_PLATFORM_MQTT_ADDRESS_H

#include "base/status.h"
#include "base/str.h"

enum { OTR_MQTT_HOST_BYTES = 256 }; /* a DNS name has at most 253 */

typedef struct otr_mqtt_address {
    char host[OTR_MQTT_HOST_BYTES]; /* a name or an address; IPv6 without its brackets */
    uint16_t port;
    bool tls;
    char uri[OTR_MQTT_HOST_BYTES + 32]; /* in the form that Paho takes */
} otr_mqtt_address;

/* INVALID with the reason: unknown scheme, bad port, plain text to another machine, an IPv6 address over TLS.
 */
otr_status otr_mqtt_address_parse(otr_str url, otr_mqtt_address *out, otr_error *error);

#endif

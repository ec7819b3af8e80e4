/*
 * Requests to gateways over MQTT 5, or 3.1.1 where the broker knows no other, one at a time: subscribed to a
 * place of its own below the gateway's answers, publishes with that as the response topic, and takes what
 * comes there. The gateway acknowledges before it has kept anything, so the same request goes again until it
 * is answered.
 */
#ifndef OTR_TOOLS_EXCHANGE_H
#define OTR_TOOLS_EXCHANGE_H

#include <jansson.h>

#include "base/status.h"
#include "base/str.h"
#include "tools/outrider/fleet/broker.h"

typedef struct otr_exchange otr_exchange;

/* Starts to connect; what verb asks shows in the broker's log. INVALID, IO, MEMORY with the reason. */
otr_status otr_exchange_open(const char *verb, const otr_broker *broker, otr_exchange **out,
                             otr_error *error);
void otr_exchange_close(otr_exchange *exchange);
/* Where the gateway's answers to this exchange come; valid until the next call of it. */
const char *otr_exchange_answer_topic(otr_exchange *exchange, const char *group, const char *gateway);
/*
 * Sends until there is an answer with that "id" (NULL: any) that does not say "again", for so long. The
 * caller frees *answer. UNKNOWN: there was none in time, and perhaps one comes later; IO: the broker is not
 * there or refuses, INVALID.
 */
otr_status otr_exchange_ask(otr_exchange *exchange, const char *group, const char *gateway, otr_str request,
                            const char *id, double timeout_s, json_t **answer, otr_error *error);

#endif

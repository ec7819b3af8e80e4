/*
 * The token of an action on a notification: who has it was sent that notification and may take that action,
 * and no other. It is a MAC over both, so that nothing need be kept for each notification; written as
 * base64url it is 22 letters. Two kinds of message must never have one MAC: ours begin with what they are
 * for.
 */
#ifndef OTR_DRIVER_TOKEN_H
#define OTR_DRIVER_TOKEN_H

#include "codec/service.h"
#include "driver/port.h"

enum { OTR_TOKEN_TEXT_BYTES = 23 }; /* with its NUL */

otr_status otr_token_make(const otr_signature_port *port, otr_id notification, otr_str action,
                          char out[OTR_TOKEN_TEXT_BYTES]);
/* OK, DENIED when it is not the token under this key or the one before, or the port's failure. Takes as long
 * for each wrong token. */
otr_status otr_token_check(const otr_signature_port *port, otr_id notification, otr_str action, otr_str text);
/* Gives each action of a notification its token, in the arena; without a key there are none. */
otr_status otr_token_add(const otr_signature_port *port, otr_arena *arena, otr_service_event *event);

#endif

#include "driver/token.h"

#include "base/limits.h"

#include <string.h>

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char purpose[] = "outrider action 1"; /* with its NUL: it ends there */

enum { ACTION_BYTES_MAX = 32 };

typedef otr_status mac_function(void *self, otr_bytes message, uint8_t out[OTR_MAC_BYTES]);

/* base64url of 16 bytes: 21 letters of 6 bits and one of the 2 that are left. */
static void write_text(const uint8_t mac[OTR_MAC_BYTES], char out[OTR_TOKEN_TEXT_BYTES])
{
    for (unsigned i = 0; i < OTR_TOKEN_TEXT_BYTES - 1; i++) {
        unsigned bit = i * 6;
        unsigned next = bit / 8 + 1 < OTR_MAC_BYTES ? mac[bit / 8 + 1] : 0;
        unsigned pair = (unsigned)mac[bit / 8] << 8 | next;
        out[i] = letters[pair >> (10 - bit % 8) & 63];
    }
    out[OTR_TOKEN_TEXT_BYTES - 1] = '\0';
}

static otr_status make(const otr_signature_port *port, mac_function *mac, otr_id notification, otr_str action,
                       char out[OTR_TOKEN_TEXT_BYTES])
{
    uint8_t message[sizeof purpose + sizeof notification.bytes + ACTION_BYTES_MAX];
    uint8_t code[OTR_MAC_BYTES];
    if (action.size == 0 || action.size > ACTION_BYTES_MAX)
        return OTR_INVALID;
    memcpy(message, purpose, sizeof purpose);
    memcpy(message + sizeof purpose, notification.bytes, sizeof notification.bytes);
    memcpy(message + sizeof purpose + sizeof notification.bytes, action.data, action.size);
    otr_status status =
        mac(port->self, (otr_bytes){message, sizeof purpose + sizeof notification.bytes + action.size}, code);
    if (status == OTR_OK)
        write_text(code, out);
    return status;
}

otr_status otr_token_make(const otr_signature_port *port, otr_id notification, otr_str action,
                          char out[OTR_TOKEN_TEXT_BYTES])
{
    return make(port, port->mac, notification, action, out);
}

/* Looks at every letter, so that the time says nothing of how many are right. */
static bool same(const char *wanted, otr_str text)
{
    volatile unsigned difference = 0;
    if (text.size != OTR_TOKEN_TEXT_BYTES - 1)
        return false;
    for (size_t i = 0; i < text.size; i++)
        difference |= (unsigned)(uint8_t)wanted[i] ^ (unsigned)(uint8_t)text.data[i];
    return difference == 0;
}

/* Compares texts, not bytes: one token has one spelling. */
otr_status otr_token_check(const otr_signature_port *port, otr_id notification, otr_str action, otr_str text)
{
    char wanted[OTR_TOKEN_TEXT_BYTES] = "";
    otr_status status = make(port, port->mac, notification, action, wanted);
    bool ok = status == OTR_OK && same(wanted, text);
    if (status == OTR_OK && port->mac_before != NULL) {
        status = make(port, port->mac_before, notification, action, wanted);
        ok |= status == OTR_OK && same(wanted, text);
        status = status == OTR_NOT_FOUND ? OTR_OK : status;
    }
    if (status != OTR_OK)
        return status;
    return ok ? OTR_OK : OTR_DENIED;
}

otr_status otr_token_add(const otr_signature_port *port, otr_arena *arena, otr_service_event *event)
{
    bool answered = event->kind == OTR_SERVICE_NOTIFICATION || event->kind == OTR_SERVICE_TICKET;
    if (event->action_count == 0 || !answered || port->mac == NULL)
        return OTR_OK;
    otr_action *list = otr_arena_array(arena, event->action_count, sizeof *list);
    if (list == NULL)
        return OTR_MEMORY;
    for (size_t i = 0; i < event->action_count; i++) {
        char text[OTR_TOKEN_TEXT_BYTES];
        otr_status status = otr_token_make(port, event->entity, event->actions[i].name, text);
        if (status != OTR_OK)
            return OTR_MEMORY; /* the key is there: it will do when memory is */
        list[i] = (otr_action){event->actions[i].name, otr_arena_copy(arena, otr_str_of(text))};
        if (list[i].token.data == NULL)
            return OTR_MEMORY;
    }
    event->actions = list;
    return OTR_OK;
}

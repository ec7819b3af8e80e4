/* One device of a sender: its session, what it waits for, and the messages. Used by feed_send.c and
 * feed_device.c alone. */
#ifndef OTR_TOOLS_FEED_DEVICE_H
#define OTR_TOOLS_FEED_DEVICE_H

#include "base/names.h"
#include "tools/outrider/feed/feed_send.h"

#include <coap3/coap.h>

typedef enum otr_feed_state {
    OTR_FEED_IDLE,
    OTR_FEED_SENT,    /* an answer is due */
    OTR_FEED_WAITING, /* to send the first pack again */
    OTR_FEED_GIVEN_UP,
} otr_feed_state;

typedef struct otr_feed_device {
    otr_feed_sender *sender;
    otr_feed_queue queue;
    otr_feed_state state;
    coap_session_t *session;
    bool renew_session;
    bool keep_message; /* send again under the same message id and token */
    bool connected;    /* DTLS: a handshake has succeeded */
    int failures;      /* of sessions, in a row */
    coap_mid_t mid;
    uint32_t token;
    int64_t due_us; /* CLOCK_MONOTONIC: when the answer is due, or when to send again */
} otr_feed_device;

struct otr_feed_sender {
    coap_context_t *context;
    coap_address_t server;
    bool secure;
    char keys_folder[4096];
    otr_feed_listener listener;
    otr_feed_packer packer;
    otr_names names;
    otr_feed_device **devices; /* by number of the name */
    size_t capacity;
    uint32_t last_token;
    int64_t give_up_us;
    int64_t progress_us; /* last acknowledgement */
    otr_feed_sent sent;
};

int64_t otr_feed_now_us(void); /* CLOCK_MONOTONIC */
/* Counts the rows as lost and tells the listener. */
void otr_feed_lose(otr_feed_sender *sender, size_t first_line, size_t last_line, size_t rows,
                   const char *text);

/* Handlers for the answers of all devices. */
void otr_feed_device_listen(coap_context_t *context);
/* Sends the first pack, in a new session where one is needed. */
void otr_feed_device_send(otr_feed_device *device);
/* The answer did not come in time: the same message will go again. */
void otr_feed_device_unanswered(otr_feed_device *device);
/* All its rows are lost, those to come too. */
void otr_feed_device_give_up(otr_feed_device *device, const char *why);
void otr_feed_device_close(otr_feed_device *device);

#endif

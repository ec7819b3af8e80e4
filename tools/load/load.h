/*
 * outrider-load: N devices, each with one CON request under way (NSTART 1), as fast as they are acknowledged
 * or at a steady rate. It shares the processor with what it measures, so it is built to use little of it.
 *
 * load.c plans who sends when; load_message.c makes and reads datagrams; load_udp.c and load_dtls.c carry
 * them; load_report.c counts. One thread.
 */
#ifndef OTR_TOOLS_LOAD_LOAD_H
#define OTR_TOOLS_LOAD_LOAD_H

#include "base/status.h"
#include "base/str.h"

#include <netinet/in.h>

enum {
    LOAD_DEVICES_MAX = 16384,
    LOAD_PACKET_BYTES = 1472, /* one Ethernet frame */
    LOAD_REPLY_BYTES = 512,
    LOAD_BATCH = 64,
    LOAD_ACK_TIMEOUT_US = 2000000, /* RFC 7252 section 4.8, doubled each time */
    LOAD_RETRANSMITS_MAX = 4,
    LOAD_SEPARATE_US = 60000000, /* after an empty ACK the response may take this long */
};

typedef struct load_options {
    unsigned devices;
    unsigned first; /* number of the first device: several generators may share a gateway */
    double seconds;
    double rate;       /* requests a second over all devices; 0: as fast as acknowledged */
    unsigned readings; /* in one request */
    bool json;
    bool dtls;
    const char *keys; /* folder; missing keys are made */
    struct sockaddr_storage server;
    socklen_t server_size;
} load_options;

enum { LOAD_TOO_FAST = 4 << 5 | 29 }; /* 4.29, RFC 8516 */

typedef enum load_state {
    LOAD_IDLE,
    LOAD_SENT,     /* a CON is under way */
    LOAD_SEPARATE, /* acknowledged, the response follows */
    LOAD_PAUSED,   /* told to come back later (5.03, 4.29) */
} load_state;

typedef struct load_device {
    unsigned number;
    load_state state;
    uint16_t message_id;
    unsigned retransmits;
    int64_t first_us; /* when the request was sent first */
    int64_t due_us;   /* when it is sent again, given up or resumed */
    int64_t event_us; /* time of the newest reading made */
    double value;
    size_t size;
    uint8_t packet[LOAD_PACKET_BYTES]; /* kept for retransmission */
} load_device;

typedef struct load_report {
    uint64_t answered; /* 2.xx */
    uint64_t sent;
    uint64_t retransmits;
    uint64_t given_up;
    uint64_t codes[256];
    uint32_t *latency_us; /* one for each answer */
    size_t latency_count;
    size_t latency_capacity;
    double handshake_s;
    double elapsed_s;
    double cpu_s;
} load_report;

typedef struct load load;

/* Carries datagrams of devices to the server and back. */
typedef struct load_carrier {
    /* Opens sockets, shakes hands. */
    otr_status (*open)(load *run, otr_error *error);
    void (*send)(load *run, load_device *device, const uint8_t *bytes, size_t size);
    /* What send has kept back goes out. */
    void (*flush)(load *run);
    /* Waits at most timeout_ms and hands every datagram to load_received. */
    void (*receive)(load *run, int timeout_ms);
    void (*close)(load *run);
} load_carrier;

struct load {
    load_options options;
    load_device *devices;
    const load_carrier *carrier;
    void *carrier_state;
    load_report report;
    int64_t now_us; /* monotonic, read once a round */
    int64_t utc_offset_us;
    bool measuring; /* answers start new requests */
};

extern const load_carrier load_udp;
extern const load_carrier load_dtls;

int64_t load_clock_us(void);

/* load.c: one datagram from the server for a device. */
void load_received(load *run, load_device *device, const uint8_t *bytes, size_t size);

/* load_message.c */
typedef struct load_reply {
    uint8_t type; /* 0 CON, 1 NON, 2 ACK, 3 RST */
    uint8_t code;
    uint16_t message_id;
    bool has_token;
    uint32_t device; /* from the token */
} load_reply;

/* Makes the device's next request in its packet; false when the pack does not fit. */
bool load_message_next(load *run, load_device *device);
bool load_message_read(const uint8_t *bytes, size_t size, load_reply *out);
void load_device_name(unsigned number, char out[32]);

/* load_report.c */
void load_report_latency(load_report *report, int64_t latency_us);
void load_report_print(const load *run);

#endif

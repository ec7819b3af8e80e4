/*
 * The telemetry behind the real driver and store, with a link in the test's hands: what it is told, how much
 * it takes, and when it proves.
 */
#ifndef OTR_TESTS_TELEMETRY_LINE_H
#define OTR_TESTS_TELEMETRY_LINE_H

#include "driver/telemetry.h"
#include "gateway.h"
#include "platform/linux/store/store_reader.h"

enum { TOLD = 4096 };

typedef struct told {
    char kind[8];
    char device[16];
    bool has_seq;
    uint64_t seq;
    size_t values;
    size_t historical;
    double last;    /* number of its last metric */
    otr_time dated; /* and its time */
    bool stale;     /* a quality is */
    int64_t bdseq;
    uint8_t form; /* first byte of the compressed form; 0: plain */
} told;

typedef struct telemetry_line {
    gateway *gateway;
    otr_telemetry *telemetry;
    otr_store_reader *reader;
    double deadband;
    otr_time device_timeout;
    const otr_sparkplug_compression *compressions;
    bool incompressible; /* there is no memory for it */
    unsigned servers;
    const char *host;
    unsigned connects;
    unsigned server;
    bool connected;
    bool left;
    const char *refused; /* the link takes no message of this kind */
    int room;            /* messages that the link takes; -1: all */
    told list[TOLD];
    size_t count;
    uint64_t tokens[64]; /* barriers and deaths, not answered */
    size_t token_at[64]; /* of sent, with it */
    size_t token_count;
    size_t bytes;
    size_t sent; /* bytes with topics and headers, in all */
    int64_t will_bdseq;
    char set[64];
    int sets;
} telemetry_line;

extern telemetry_line line;

void line_begin(gateway *g);
void line_finish(gateway *g);
/* Until it calls, and then up. */
void line_connect(gateway *g);
void line_lose(void);
/* A barrier comes, and all are acknowledged. */
void line_prove(gateway *g);
/* One reading of d1, committed. */
void line_report(gateway *g, int number, double shock);
/* How many values DDATA told since the message of that number. */
size_t line_values_since(size_t from, size_t *historical);

#endif

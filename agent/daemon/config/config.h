/*
 * The configuration file: one table of options says which keys exist, how each is read, what it is without an
 * entry and whether a running daemon takes a new value. Immutable once loaded. Relative paths are relative to
 * the file's folder.
 */
#ifndef OTR_DAEMON_CONFIG_H
#define OTR_DAEMON_CONFIG_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/status.h"
#include "base/time.h"

typedef struct otr_config_item {
    otr_str text; /* NUL-terminated */
    int line;
    int column;
} otr_config_item;

typedef struct otr_config_list {
    otr_config_item *items;
    size_t count;
} otr_config_list;

typedef enum otr_trust { OTR_TRUST_AUTO, OTR_TRUST_ALWAYS } otr_trust;

enum {
    OTR_CONFIG_OPTIONS = 49,
    OTR_CONFIG_SECTION_BYTES = 32,
    OTR_CONFIG_NAME_BYTES = 2 * OTR_CONFIG_SECTION_BYTES, /* "section.key" */
    OTR_CONFIG_SERVERS = 8, /* in telemetry.urls and mqtt.other_urls: more than one host has brokers */
    OTR_CONFIG_DEVICE_RATE_MIN = 60, /* a minute: who is told to wait is told a second */
    OTR_CONFIG_NETWORKS = 64,        /* in coap.udp_allow: each datagram is compared with all of them */
};

/* Texts are NUL-terminated; an empty one is not set. Spans are microseconds, sizes bytes. */
typedef struct otr_config {
    otr_arena memory; /* owns everything below */
    otr_str file;
    otr_str text; /* of the file, as it was read */
    struct {
        otr_str group;
        otr_str name;
    } gateway;
    struct {
        otr_str folder;
        int64_t quota;
        int64_t ballast;
        int64_t snapshot;
        otr_time trial;
    } state;
    struct {
        otr_str udp;
        otr_config_list udp_allow;
        otr_str dtls;
        otr_str keys;
        int64_t sessions_max;
        int64_t device_rate; /* a minute; 0: as many as come */
    } coap;
    struct {
        otr_str url;
        otr_config_list other_urls; /* of its cluster */
        otr_str ca;
        otr_str cert;
        otr_str key;
        otr_str psk_identity;
        otr_str psk_file;
        otr_str alpn;
        int64_t version; /* otr_mqtt_speaks of platform/linux/mqtt/mqtt.h */
        otr_str client_id;
        otr_time keepalive;
        otr_time session_expiry;
        otr_time reconnect_min;
        otr_time reconnect_max;
        otr_str username;
        otr_str password_file;
        int64_t payload; /* otr_payload of codec/service.h */
    } mqtt;
    struct {
        otr_config_list urls;     /* none: no telemetry */
        otr_config_list compress; /* a word for each of urls, or for the first of them */
        otr_str primary_host;
        otr_config_list deadband; /* "METRIC=WIDTH" */
        otr_time device_timeout;
    } telemetry;
    struct {
        otr_config_list packs;     /* files and folders */
        otr_config_list knowledge; /* files and folders */
        otr_str assignments;
        otr_str signers; /* folder; empty: no pack is taken from the wire */
    } rules;
    struct {
        int64_t trust; /* otr_trust */
        double scale;
        otr_str zones; /* folder */
    } clock;
    struct {
        otr_time linger;
    } turn;
    struct {
        int64_t level; /* otr_log_level */
    } log;
    struct {
        otr_time limit;
    } watchdog;
    struct {
        otr_str socket;
    } control;
    struct {
        otr_str keys; /* folder; empty: nobody gives orders over MQTT */
    } operators;
    struct {
        int64_t mode; /* otr_confine_mode */
    } sandbox;
    struct {
        otr_time fsync_delay;
    } test;
    /* where each option of the table stands, {0, 0} when it has its default */
    struct {
        int line;
        int column;
        bool tuned; /* it stands in a tuning, not in the file */
    } places[OTR_CONFIG_OPTIONS];
} otr_config;

typedef enum otr_option_kind {
    OTR_OPTION_TEXT,
    OTR_OPTION_NAME, /* fits into a topic */
    OTR_OPTION_PATH,
    OTR_OPTION_PATHS,  /* a list, or one scalar */
    OTR_OPTION_TEXTS,  /* the same without paths */
    OTR_OPTION_COUNT,  /* int64_t in [low, high] */
    OTR_OPTION_BYTES,  /* int64_t in [low, high], "256MiB" */
    OTR_OPTION_SPAN,   /* otr_time in [low, high], "10s" */
    OTR_OPTION_FACTOR, /* double in [low, high] */
    OTR_OPTION_CHOICE, /* int64_t, the place in words */
} otr_option_kind;

typedef struct otr_option {
    const char *section;
    const char *key;
    size_t offset;        /* in otr_config */
    const char *fallback; /* as the file would say it; NULL: must be given */
    int64_t low;
    int64_t high;
    const char *const *words; /* NULL-terminated */
    otr_option_kind kind;
    bool reloads; /* a running daemon takes a new value */
} otr_option;

/* The table, OTR_CONFIG_OPTIONS entries, sections in one piece each. */
const otr_option *otr_config_options(void);

/*
 * Reads and checks the file; files that it names are not looked at. On failure *error has line, column and
 * reason (line 0: the file itself cannot be read) and *out is NULL.
 */
otr_status otr_config_load(const char *path, otr_config **out, otr_error *error);
/* The same of a text that such a file would have. */
otr_status otr_config_read(const char *path, otr_str text, otr_config **out, otr_error *error);
void otr_config_free(otr_config *config);
/* Whether the certificates, keys and folders that it names exist, can be read, and are not open to others;
 * *error points at the option. */
otr_status otr_config_check_files(const otr_config *config, otr_error *error);
/* Fails with the place of the option whose member is given, such as &config->mqtt.url. For checks of values.
 */
otr_status otr_config_fail(const otr_config *config, const void *member, otr_error *error, const char *format,
                           ...) __attribute__((format(printf, 4, 5)));

/* Takes METRIC=WIDTH apart; false when it is something else. */
/* otr_sparkplug_compression of a word; -1: it is none. */
int otr_config_compression(otr_str word);
bool otr_config_deadband(otr_str text, otr_str *metric, double *width);

/* "section.key". */
void otr_config_name(const otr_option *option, char out[OTR_CONFIG_NAME_BYTES]);
/* Appends the value of one option, as the file would say it, but for what a list looks like; never a secret,
 * since no option holds one and credentials in an address are left out. */
void otr_config_print_option(const otr_config *config, const otr_option *option, otr_buffer *out);
/* Whether both have the same value. */
bool otr_config_same(const otr_config *a, const otr_config *b, const otr_option *option);

/* "FILE:LINE:COL: reason", or "FILE: reason" without a line. Returns out. */
enum { OTR_REFUSAL_BYTES = 640 };
const char *otr_refusal_format(const char *file, const otr_error *error, char out[OTR_REFUSAL_BYTES]);

#endif

/* The folder from which a fleet is provisioned: where everything lies in it, and how files come to be there.
 */
#ifndef OTR_TOOLS_PROVISION_H
#define OTR_TOOLS_PROVISION_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "base/status.h"

#include "tools/outrider/flags.h"

enum {
    OTR_PROVISION_PATH_BYTES = 1024,
    OTR_PROVISION_BROKERS = 9, /* mqtt.url and the eight of mqtt.other_urls */
    OTR_PROVISION_URL_BYTES = 300,
    OTR_PROVISION_HOSTS_BYTES = OTR_PROVISION_BROKERS * OTR_PROVISION_URL_BYTES,
};

typedef struct otr_provision {
    const char *folder;
    const char *group;
    char brokers[OTR_PROVISION_BROKERS][OTR_PROVISION_URL_BYTES]; /* as gateways reach them, in their order */
    size_t broker_count;
    bool given; /* they are to be kept as the folder's */
    bool moved; /* and the folder had others */
    int days;   /* of certificates */
    bool renew;
} otr_provision;

/* FOLDER/format. False and a complaint on stderr when it is too long. */
bool otr_provision_path(const otr_provision *in, char out[OTR_PROVISION_PATH_BYTES], const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Made when it is missing; false with the reason on stderr. */
bool otr_provision_folder(const char *path, mode_t mode);
bool otr_provision_is_there(const char *path);
/* Whole or not at all: a stream into a file that takes its place at otr_provision_end. NULL, or false, with
 * the reason on stderr. */
FILE *otr_provision_begin(const char *path, mode_t mode);
bool otr_provision_end(FILE *file, const char *path);
bool otr_provision_copy(const char *from, const char *to, mode_t mode);
/* Says that what failed: on stderr. Always false. */
bool otr_provision_failed(const char *what, const otr_error *error);

/* The brokers of the folder: those that are given, else those that it has. */
bool otr_provision_settle_brokers(otr_provision *in, const otr_flag_texts *given);
/* Writes those that were given, once what is made for them is there: else the next run would not make it. */
bool otr_provision_keep_brokers(const otr_provision *in);
/* "DNS:a.example,IP:10.0.0.1": those of the brokers. */
bool otr_provision_hosts(const otr_provision *in, char *out, size_t size);
/* An example where there is none. */
bool otr_provision_write_mosquitto(const otr_provision *in);
/* A context for each broker, with the files of the person's key. */
bool otr_provision_write_contexts(const otr_provision *in, const char *key);
/* Of everybody who has a key and a certificate here. */
bool otr_provision_spread_contexts(const otr_provision *in);

/* The broker's ACL, of all gateways and operators there are. */
bool otr_provision_write_acl(const otr_provision *in);
/* Every gateway's copy of the operators' keys, as they are now. */
bool otr_provision_spread_operators(const otr_provision *in);

#endif

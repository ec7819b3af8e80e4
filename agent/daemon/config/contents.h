/*
 * What the rules section names, read and checked: packs, knowledge, assignments and the zones that these
 * name, as bytes with their slot and SHA-256, ready to be activated. All or nothing.
 */
#ifndef OTR_DAEMON_CONTENTS_H
#define OTR_DAEMON_CONTENTS_H

#include "daemon/config/config.h"

enum { OTR_CONTENT_HASH_BYTES = 65 };

/* One of them as it is on disk; core/state.h has the active ones as otr_content. */
typedef struct otr_content_file {
    otr_str slot;                      /* "pack/NAME", "knowledge/NAME", "zone/NAME" or "assignments" */
    otr_str file;                      /* NUL-terminated */
    char hash[OTR_CONTENT_HASH_BYTES]; /* hex SHA-256 of bytes */
    otr_str bytes;
    size_t count; /* rules of a pack, entries and routes of knowledge, assets of assignments; of a zone 1 */
} otr_content_file;

/* Zero-initialise; otr_contents_done frees it, also after a failure. */
typedef struct otr_contents {
    otr_arena memory;
    otr_content_file *list; /* packs in the order of their files, knowledge, zones, then the assignments */
    size_t count;
    size_t capacity;
    otr_str zones;   /* folder that zones are read from, NUL-terminated; empty: this machine's */
    otr_str refused; /* after a failure: the file at fault, NUL-terminated */
} otr_contents;

/* A file that is named must be there; *error then points into the configuration, and refused is that file. */
otr_status otr_contents_load(const otr_config *config, otr_contents *out, otr_error *error);
/* One pack, one file of knowledge, and the assignments with their zones, by path: as otr_contents_load adds
 * them. */
otr_status otr_contents_add_pack(otr_contents *contents, otr_str path, otr_error *error);
otr_status otr_contents_add_assignments(otr_contents *contents, otr_str path, otr_error *error);
otr_status otr_contents_add_knowledge(otr_contents *contents, otr_str path, otr_error *error);
/* A pack that is no file of its own, in place of one of its name; bytes and file outlive the contents. */
otr_status otr_contents_put_pack(otr_contents *contents, otr_str bytes, otr_str file, otr_error *error);
bool otr_content_is_pack(const otr_content_file *content);
void otr_contents_done(otr_contents *contents);

#endif

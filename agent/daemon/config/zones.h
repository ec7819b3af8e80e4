/* Time zones from the zone data of this machine, as the package tzdata installs it. */
#ifndef OTR_DAEMON_ZONES_H
#define OTR_DAEMON_ZONES_H

#include "base/arena.h"
#include "core/asset/assignment.h"

#define OTR_ZONES_FOLDER "/usr/share/zoneinfo"

/*
 * The slot "zone/NAME" and the bytes of the file folder/NAME, read, checked and kept in the arena; *path is
 * the file, NUL-terminated. The name was checked with otr_word_is_zone, so it cannot leave the folder. On
 * failure *error stands at the place that names the zone and says where its data was sought. folder is
 * NUL-terminated.
 */
otr_status otr_zone_file_read(otr_arena *arena, otr_str folder, const otr_zone_use *use, otr_str *slot,
                              otr_str *path, otr_str *bytes, otr_error *error);

#endif

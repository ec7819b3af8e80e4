/* One line of `outrider voice import`: a sign from elsewhere, checked, as the gateway is asked to count it.
 */
#ifndef OTR_TOOLS_VOICE_LINE_H
#define OTR_TOOLS_VOICE_LINE_H

#include <jansson.h>

#include "base/status.h"
#include "base/str.h"

enum {
    OTR_VOICE_LINE_BYTES = 65536, /* of a line: a review and its words, which are left out */
    OTR_VOICE_LINES = 4096,       /* of a file: as many as a gateway remembers */
};

/*
 * {"at", "source", "sign", "about": {"asset" | "product" | "rule"}, "id", "text"}: at is RFC 3339; without an
 * id the line has that of what it says, text included. *request is {"do": "voice", ...} without the text; the
 * caller gives it back. NULL with the reason in *error.
 */
json_t *otr_voice_line_read(otr_bytes line, otr_error *error);

#endif

/*
 * Commands to devices on the wire: what GET /c answers, and what POST /c says. A command is a SenML record
 * (RFC 8428) with one more label, "id": 32 hex digits, which the device says when it has done it. What does
 * not know the label ignores it.
 */
#ifndef OTR_CODEC_COMMANDS_H
#define OTR_CODEC_COMMANDS_H

#include "base/buffer.h"
#include "base/limits.h"

typedef struct otr_device_command_item {
    otr_id id;
    otr_str name;
    otr_str unit; /* may be empty */
    bool is_flag; /* flag counts, else number */
    bool flag;
    double number;
} otr_device_command_item;

/* What GET /c may answer. */
bool otr_commands_format_ok(unsigned format);
/* Appends a pack with the commands, an empty one when count is 0; format is one that is ok. out->failed when
 * memory is out. */
void otr_commands_encode(otr_buffer *out, unsigned format, otr_str device,
                         const otr_device_command_item *items, size_t count);
/* Ids of 32 hex digits each, with spaces, commas or line ends between them. INVALID, or LIMIT when there are
 * more than a device can have. */
otr_status otr_commands_parse(otr_str text, otr_id out[OTR_LIMIT_DEVICE_COMMANDS_OPEN], size_t *count,
                              otr_error *error);

#endif

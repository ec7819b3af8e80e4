/*
 * A CloudEvent 1.0.2 in one piece, structured mode in JSON (formats/json section 3): for MQTT 3.1.1, whose
 * messages have no properties, and from whoever sends so. Binary data becomes data_base64.
 */
#ifndef OTR_CODEC_CLOUDEVENT_H
#define OTR_CODEC_CLOUDEVENT_H

#include "codec/service.h"

enum {
    OTR_CLOUDEVENT_ATTRIBUTES_MAX = 24, /* ours and as many extensions; the others are passed over */
};

/* All but datacontenttype are in the list, in the order of the document; data is not empty. Views into the
 * arena that it was read with. */
typedef struct otr_cloudevent {
    otr_attribute attributes[OTR_CLOUDEVENT_ATTRIBUTES_MAX];
    size_t attribute_count;
    otr_str content_type;
    otr_bytes data;
} otr_cloudevent;

#define OTR_CLOUDEVENT_CONTENT_TYPE "application/cloudevents+json"

/* Whether a message of this content type is a whole event: MQTT 3.1.1 names none. */
bool otr_cloudevent_is_whole(otr_str content_type);
/* Appends the document. JSON data is put in as it is: it must be a JSON value. INVALID when a text is not
 * UTF-8. */
otr_status otr_cloudevent_write(otr_buffer *out, const otr_attribute *attributes, size_t count,
                                otr_str content_type, otr_bytes data);
/* INVALID or LIMIT with its place, when the document is no event with data. */
otr_status otr_cloudevent_read(otr_arena *arena, otr_bytes document, otr_cloudevent *out, otr_error *error);

#endif

/*
 * A small fleet's story at random: a pack of a few rules, who watches over what, and uploads of readings in
 * event order over some days, with gaps. Two devices share an asset, a third has one of its own.
 */
#ifndef OTR_PROPERTY_STORY_H
#define OTR_PROPERTY_STORY_H

#include "base/reading.h"
#include "choices.h"

enum { STORY_UPLOADS = 160, STORY_READINGS = 3, STORY_TEXT_BYTES = 8192 };

/* What one device says in one upload. */
typedef struct story_upload {
    const char *device;
    size_t count;
    otr_reading readings[STORY_READINGS];
} story_upload;

typedef struct story {
    uint64_t seed;
    char pack[STORY_TEXT_BYTES];
    char assignments[STORY_TEXT_BYTES];
    story_upload uploads[STORY_UPLOADS];
    size_t count;
} story;

/* STORY_PLAIN leaves out what the way of arrival decides: rules that judge silence, and uploads under one
 * stamp. */
typedef enum story_kind { STORY_PLAIN, STORY_WHOLE } story_kind;

/* The first stamp is start. */
void story_make(story *s, uint64_t seed, otr_time start, story_kind kind);
/* For a failing test: seed, pack and readings. */
void story_print(const story *s);

#endif

/*
 * Signs from elsewhere of what customers think: reviews, calls, returns. Each is a journaled input, counted
 * once by the id that its source gives it, in the day's figures. Whatever was written is not kept: only what
 * sort of sign it is, and what it is about.
 */
#ifndef OTR_CORE_VOICE_H
#define OTR_CORE_VOICE_H

#include "base/buffer.h"
#include "base/limits.h"
#include "base/time.h"
#include "core/alarm/lifecycle.h"

struct otr_command;
struct otr_command_result;
struct otr_core;

/* X(number in the journal, NAME, word) */
#define OTR_VOICE_SIGNS(X)                                                                                   \
    X(1, PRAISE, "praise")                                                                                   \
    X(2, COMPLAINT, "complaint")                                                                             \
    X(3, QUESTION, "question")                                                                               \
    X(4, RETURN, "return") /* goods came back */
typedef enum otr_voice_sign {
#define X(number, name, word) OTR_VOICE_##name = (number),
    OTR_VOICE_SIGNS(X)
#undef X
        OTR_VOICE_SIGN_COUNT = 5
} otr_voice_sign;
bool otr_voice_sign_parse(otr_str word, otr_voice_sign *out);
const char *otr_voice_sign_text(otr_voice_sign sign); /* NULL for a number that is none */

/* Of a command, whose rule (PACK/RULE) and asset it may be about besides. Views. */
typedef struct otr_voice_act {
    otr_voice_sign sign;
    otr_time at;     /* UTC, when it was given */
    otr_str source;  /* a slug: reviews, calls, ... */
    otr_str product; /* as the figures name it; may be empty */
} otr_voice_act;

/* INVALID or LIMIT with the reason. */
otr_status otr_voice_check(const struct otr_command *command, otr_error *error);
void otr_voice_encode(otr_buffer *out, const struct otr_command *command);
/* What it reads is still to be checked. */
void otr_voice_decode(otr_reader *reader, struct otr_command *command);

/* Of the core. Zero-initialise to use. */
typedef struct otr_voice {
    uint64_t seen[OTR_LIMIT_VOICE_SEEN]; /* of ids, in the order in which they came */
    uint32_t count;
    uint32_t next;
    uint64_t counts[OTR_VOICE_SIGN_COUNT]; /* by sign, since the journal began */
} otr_voice;

/* alarms of the result: 1 when it was counted, 0 when it was counted before. */
void otr_voice_take(struct otr_core *core, const struct otr_command *command,
                    struct otr_command_result *result);
void otr_voice_write(const struct otr_core *core, otr_buffer *out);
void otr_voice_read(struct otr_core *core, otr_reader *reader);

#endif

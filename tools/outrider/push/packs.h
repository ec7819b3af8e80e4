/* Signed packs on their way to a gateway. */
#ifndef OTR_TOOLS_PACKS_H
#define OTR_TOOLS_PACKS_H

#include <jansson.h>

#include "base/arena.h"
#include "base/status.h"
#include "platform/linux/system/certificate.h"

/* Asks one gateway; NULL when there is no answer, which was told. */
typedef json_t *otr_packs_ask(void *context, const json_t *request);

typedef struct otr_packs_file {
    otr_bytes bytes;
    char hash[OTR_SHA256_TEXT_BYTES];
    const char *name; /* of the file, without its folder; is said in refusals */
} otr_packs_file;

/* Tells what is wrong on stderr; false then. */
bool otr_packs_read(otr_arena *arena, const char *path, otr_packs_file *out);
/* Sends it piece by piece. The gateway's last answer, which the caller frees; NULL: there was none. */
json_t *otr_packs_send(const otr_packs_file *file, otr_packs_ask *ask, void *context);
/* Both. */
json_t *otr_packs_stage(const char *path, otr_packs_ask *ask, void *context);

/* What a tuning would change, as a gateway tells it: on stdout, without a newline. */
void otr_packs_say_changes(const json_t *changes);

#endif

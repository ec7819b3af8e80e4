/*
 * Contexts: brokers with the credentials for them, by name, in contexts.yaml of $XDG_CONFIG_HOME/outrider or
 * ~/.config/outrider. Which one is in use is a file of its own beside it, `context`, so that nobody's YAML is
 * rewritten. Who can write the file can send its owner elsewhere: it is read when only its owner may write
 * it.
 */
#ifndef OTR_TOOLS_CONTEXT_H
#define OTR_TOOLS_CONTEXT_H

#include "base/arena.h"
#include "base/status.h"

/* Texts are NUL-terminated, NULL where the context does not say; files are absolute. */
typedef struct otr_context {
    const char *name;
    const char *broker;
    const char *ca;
    const char *cert;
    const char *key;
    const char *group;
    const char *gateway;
    const char *operator_key;
} otr_context;

typedef struct otr_contexts {
    otr_arena memory;
    const char *file;
    otr_context *list; /* in the file's order */
    size_t count;
    const char *in_use; /* OUTRIDER_CONTEXT, else as `outrider context use` left it; NULL: none */
} otr_contexts;

typedef struct otr_context_error {
    char file[512];
    otr_error error;
} otr_context_error;

enum { OTR_CONTEXTS_MAX = 256 }; /* of one file: plants and test benches of one person */

/* NOT_FOUND: there is no file, and no context is in use. INVALID with line and column; DENIED: others may
 * write it; IO, MEMORY. To be freed in any case. */
otr_status otr_contexts_read(otr_contexts *out, otr_context_error *error);
void otr_contexts_done(otr_contexts *contexts);
/* The one of that name; NULL: none. */
const otr_context *otr_contexts_get(const otr_contexts *contexts, const char *name);
/* The context `name`, or the one in use for NULL, with its texts in the memory. NOT_FOUND without a text:
 * none is in use; with one: there is none of that name. */
otr_status otr_context_find(otr_arena *memory, const char *name, otr_context *out, otr_context_error *error);
/* Has it used from now on. It is there. */
otr_status otr_context_use(const otr_contexts *contexts, const char *name, otr_context_error *error);

/* "FILE:LINE:COL: reason". Returns out. */
enum { OTR_CONTEXT_REFUSAL_BYTES = 800 };
const char *otr_context_refusal(const otr_context_error *error, char out[OTR_CONTEXT_REFUSAL_BYTES]);

#endif

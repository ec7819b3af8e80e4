/*
 * Options of verbs as tables: a verb lists its own, and takes those that many have (the store, the broker) as
 * groups. Words may stand before, between and behind options, as getopt_long has it.
 */
#ifndef OTR_TOOLS_FLAGS_H
#define OTR_TOOLS_FLAGS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/time.h"

typedef enum otr_flag_kind {
    OTR_FLAG_SWITCH,  /* bool: true when given */
    OTR_FLAG_TEXT,    /* const char * */
    OTR_FLAG_NAME,    /* const char *: of a group or a gateway */
    OTR_FLAG_SECONDS, /* double above 0 */
    OTR_FLAG_COUNT,   /* int from 1 */
    OTR_FLAG_NUMBER,  /* double */
    OTR_FLAG_TEXTS,   /* otr_flag_texts: given again, one more */
} otr_flag_kind;

enum { OTR_FLAG_TEXTS_MAX = 16 };
typedef struct otr_flag_texts {
    const char *list[OTR_FLAG_TEXTS_MAX];
    size_t count;
} otr_flag_texts;

typedef struct otr_flag {
    const char *name; /* without dashes */
    otr_flag_kind kind;
    size_t at; /* offset of the value in the group's struct */
} otr_flag;

typedef struct otr_flag_group {
    const otr_flag *flags;
    size_t count;
    void *out;        /* the struct; what is not given stays as it is */
    const char *help; /* printed behind the usage; NULL: the usage has it */
} otr_flag_group;

/* Last of the groups: what the exit codes mean. */
#define OTR_FLAG_EXIT(text) ((otr_flag_group){NULL, 0, NULL, "\nexit: " text "\n"})
#define OTR_FLAG_GROUP(table, into, text)                                                                    \
    ((otr_flag_group){(table), sizeof(table) / sizeof *(table), (into), (text)})

/* -1: go on, the words are argv[optind...]; else an exit code, and help or reason were printed. */
int otr_flags_parse(int argc, char **argv, const char *usage, const otr_flag_group *groups, size_t count);
/* Says what is wrong with the arguments, on stderr. Returns 2. */
int otr_flags_wrong(const char *verb, const char *text);
/* Of the environment; NULL when it is not set or empty. */
const char *otr_flag_environment(const char *name);

#endif

/*
 * What a pack's test compares: an alarm, a notice or a ticket as named texts. The same form serves what is
 * expected (fields may be left out) and what came (all of them), so that comparing and showing need not know
 * the fields.
 */
#ifndef OTR_TOOLS_TEST_RECORD_H
#define OTR_TOOLS_TEST_RECORD_H

#include "base/arena.h"
#include "base/hash.h"
#include "base/time.h"

typedef enum otr_test_sort { OTR_TEST_ALARM, OTR_TEST_NOTICE, OTR_TEST_TICKET, OTR_TEST_SORTS } otr_test_sort;

typedef enum otr_test_type {
    OTR_TEST_TEXT,
    OTR_TEST_TIME,
    OTR_TEST_FLAG,  /* "yes" or "no" */
    OTR_TEST_COUNT, /* a whole number */
    OTR_TEST_PARTS, /* of what is expected only: texts that the field before it contains */
} otr_test_type;

typedef struct otr_test_field {
    const char *name;
    otr_test_type type;
} otr_test_field;

/* clang-format off */
enum { OTR_ALARM_RULE, OTR_ALARM_ASSET, OTR_ALARM_DEVICE, OTR_ALARM_PRIORITY, OTR_ALARM_ONSET, OTR_ALARM_AT_RAISED,
       OTR_ALARM_DETECTED, OTR_ALARM_ENDED, OTR_ALARM_OPEN, OTR_ALARM_STATE, OTR_ALARM_HISTORICAL, OTR_ALARM_IS_CORRECTED,
       OTR_ALARM_IS_RETRACTED, OTR_ALARM_IS_WITHDRAWN, OTR_ALARM_COVERAGE, OTR_ALARM_CAUSE, OTR_ALARM_CONTAINS };
enum { OTR_NOTICE_RULE, OTR_NOTICE_ASSET, OTR_NOTICE_ON, OTR_NOTICE_TO, OTR_NOTICE_LOCALE, OTR_NOTICE_AT,
       OTR_NOTICE_TEXT, OTR_NOTICE_CONTAINS, OTR_NOTICE_LINE, OTR_NOTICE_BRIEF, OTR_NOTICE_NEXT, OTR_NOTICE_WHAT,
       OTR_NOTICE_IS_HELD, OTR_NOTICE_IS_DROPPED };
enum { OTR_TICKET_RULE, OTR_TICKET_ASSET, OTR_TICKET_QUEUE, OTR_TICKET_CATEGORY, OTR_TICKET_PRIORITY,
       OTR_TICKET_TITLE, OTR_TICKET_OPENED, OTR_TICKET_UPDATES, OTR_TICKET_CLOSED, OTR_TICKET_IS_OPEN, OTR_TICKET_SAID,
       OTR_TICKET_SPECIALIST, OTR_TICKET_WHY, OTR_TICKET_SIMILAR, OTR_TICKET_DESCRIPTION, OTR_TICKET_CONTAINS };
/* clang-format on */

enum { OTR_TEST_FIELDS = 17, OTR_TEST_PARTS_MAX = 16 };

typedef struct otr_test_record {
    int line; /* in the test file; 0: it came */
    int column;
    otr_id id;                         /* of what came */
    otr_str fields[OTR_TEST_FIELDS];   /* data NULL: nothing is said of it */
    otr_str parts[OTR_TEST_PARTS_MAX]; /* of the PARTS field */
    size_t part_count;
    bool aside; /* came, and is seen only by who asks for it: what was decided, and not told */
} otr_test_record;

/* Zero-initialise; lives in an arena. */
typedef struct otr_test_records {
    otr_test_record *list;
    size_t count;
    size_t capacity;
} otr_test_records;

/* The fields of a sort in their order. */
const otr_test_field *otr_test_fields(otr_test_sort sort, size_t *count);
const char *otr_test_sort_text(otr_test_sort sort);
/* A new empty record at the end, NULL when memory is out. */
otr_test_record *otr_test_records_add(otr_arena *arena, otr_test_records *records);

/* An instant as people wrote it into the test: the span after start ("1h5m30s"), "-5m" before it, "none" for
 * OTR_TIME_NONE. The text is exact and lives in the arena. */
otr_str otr_test_time_text(otr_arena *arena, otr_time start, otr_time at);

/* Whether what came is as expected in the field; a field of which nothing is said always is. */
bool otr_test_field_fits(otr_test_sort sort, size_t field, const otr_test_record *expected,
                         const otr_test_record *came);
/* How many of the expected fields do not fit. */
size_t otr_test_misfits(otr_test_sort sort, const otr_test_record *expected, const otr_test_record *came);

#endif

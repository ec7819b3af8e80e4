#include "tools/outrider/test/test_record.h"

#include <stdio.h>

static const otr_test_field alarm_fields[] = {
    [OTR_ALARM_RULE] = {"rule", OTR_TEST_TEXT},
    [OTR_ALARM_ASSET] = {"asset", OTR_TEST_TEXT},
    [OTR_ALARM_DEVICE] = {"device", OTR_TEST_TEXT},
    [OTR_ALARM_PRIORITY] = {"priority", OTR_TEST_TEXT},
    [OTR_ALARM_ONSET] = {"onset", OTR_TEST_TIME},
    [OTR_ALARM_AT_RAISED] = {"raised", OTR_TEST_TIME},
    [OTR_ALARM_DETECTED] = {"detected", OTR_TEST_TIME},
    [OTR_ALARM_ENDED] = {"ended", OTR_TEST_TIME},
    [OTR_ALARM_OPEN] = {"open", OTR_TEST_FLAG},
    [OTR_ALARM_STATE] = {"state", OTR_TEST_TEXT},
    [OTR_ALARM_HISTORICAL] = {"historical", OTR_TEST_FLAG},
    [OTR_ALARM_IS_CORRECTED] = {"corrected", OTR_TEST_FLAG},
    [OTR_ALARM_IS_RETRACTED] = {"retracted", OTR_TEST_FLAG},
    [OTR_ALARM_IS_WITHDRAWN] = {"withdrawn", OTR_TEST_FLAG},
    [OTR_ALARM_COVERAGE] = {"coverage", OTR_TEST_COUNT},
    [OTR_ALARM_CAUSE] = {"cause", OTR_TEST_TEXT},
    [OTR_ALARM_CONTAINS] = {"contains", OTR_TEST_PARTS},
};

static const otr_test_field notice_fields[] = {
    [OTR_NOTICE_RULE] = {"rule", OTR_TEST_TEXT},     [OTR_NOTICE_ASSET] = {"asset", OTR_TEST_TEXT},
    [OTR_NOTICE_ON] = {"on", OTR_TEST_TEXT},         [OTR_NOTICE_TO] = {"to", OTR_TEST_TEXT},
    [OTR_NOTICE_LOCALE] = {"locale", OTR_TEST_TEXT}, [OTR_NOTICE_AT] = {"at", OTR_TEST_TIME},
    [OTR_NOTICE_TEXT] = {"text", OTR_TEST_TEXT},     [OTR_NOTICE_CONTAINS] = {"contains", OTR_TEST_PARTS},
    [OTR_NOTICE_LINE] = {"line", OTR_TEST_TEXT},     [OTR_NOTICE_BRIEF] = {"brief", OTR_TEST_TEXT},
    [OTR_NOTICE_NEXT] = {"next", OTR_TEST_TIME},     [OTR_NOTICE_WHAT] = {"what", OTR_TEST_TEXT},
    [OTR_NOTICE_IS_HELD] = {"held", OTR_TEST_TEXT},  [OTR_NOTICE_IS_DROPPED] = {"dropped", OTR_TEST_TEXT},
};

static const otr_test_field ticket_fields[] = {
    [OTR_TICKET_RULE] = {"rule", OTR_TEST_TEXT},
    [OTR_TICKET_ASSET] = {"asset", OTR_TEST_TEXT},
    [OTR_TICKET_QUEUE] = {"queue", OTR_TEST_TEXT},
    [OTR_TICKET_CATEGORY] = {"category", OTR_TEST_TEXT},
    [OTR_TICKET_PRIORITY] = {"priority", OTR_TEST_TEXT},
    [OTR_TICKET_TITLE] = {"title", OTR_TEST_TEXT},
    [OTR_TICKET_OPENED] = {"opened", OTR_TEST_TIME},
    [OTR_TICKET_UPDATES] = {"updates", OTR_TEST_COUNT},
    [OTR_TICKET_CLOSED] = {"closed", OTR_TEST_TIME},
    [OTR_TICKET_IS_OPEN] = {"open", OTR_TEST_FLAG},
    [OTR_TICKET_SAID] = {"said", OTR_TEST_TEXT},
    [OTR_TICKET_SPECIALIST] = {"specialist", OTR_TEST_TEXT},
    [OTR_TICKET_WHY] = {"why", OTR_TEST_TEXT},
    [OTR_TICKET_SIMILAR] = {"similar", OTR_TEST_COUNT},
    [OTR_TICKET_DESCRIPTION] = {"description", OTR_TEST_TEXT},
    [OTR_TICKET_CONTAINS] = {"contains", OTR_TEST_PARTS},
};

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

const otr_test_field *otr_test_fields(otr_test_sort sort, size_t *count)
{
    switch (sort) {
    case OTR_TEST_ALARM:
        *count = COUNT_OF(alarm_fields);
        return alarm_fields;
    case OTR_TEST_NOTICE:
        *count = COUNT_OF(notice_fields);
        return notice_fields;
    default:
        *count = COUNT_OF(ticket_fields);
        return ticket_fields;
    }
}

const char *otr_test_sort_text(otr_test_sort sort)
{
    static const char *const names[] = {"alarm", "notice", "ticket"};
    return names[sort];
}

otr_test_record *otr_test_records_add(otr_arena *arena, otr_test_records *records)
{
    if (records->count == records->capacity) {
        size_t capacity = records->capacity == 0 ? 8 : records->capacity * 2;
        otr_test_record *list = otr_arena_array(arena, capacity, sizeof *list);
        if (list == NULL)
            return NULL;
        if (records->count > 0)
            memcpy(list, records->list, records->count * sizeof *list);
        records->list = list;
        records->capacity = capacity;
    }
    return &records->list[records->count++];
}

otr_str otr_test_time_text(otr_arena *arena, otr_time start, otr_time at)
{
    static const struct {
        const char *name;
        otr_time span;
    } units[] = {{"d", OTR_DAY},    {"h", OTR_HOUR}, {"m", OTR_MINUTE},
                 {"s", OTR_SECOND}, {"ms", OTR_MS},  {"us", 1}};
    char text[OTR_TIME_TEXT_BYTES * 2];
    if (at == OTR_TIME_NONE)
        return OTR_STR("none");
    otr_time span = at - start;
    if (span == 0)
        return OTR_STR("0m");
    size_t size = 0;
    if (span < 0)
        text[size++] = '-';
    for (size_t i = 0; i < COUNT_OF(units); i++) {
        otr_time count = span / units[i].span; /* cut towards zero */
        span -= count * units[i].span;
        if (count != 0)
            size += (size_t)snprintf(text + size, sizeof text - size, "%lld%s",
                                     (long long)(count < 0 ? -count : count), units[i].name);
    }
    return otr_arena_copy(arena, (otr_str){text, size});
}

static bool contains(otr_str text, otr_str part)
{
    return part.size == 0 || (text.size > 0 && memmem(text.data, text.size, part.data, part.size) != NULL);
}

bool otr_test_field_fits(otr_test_sort sort, size_t field, const otr_test_record *expected,
                         const otr_test_record *came)
{
    size_t count;
    if (otr_test_fields(sort, &count)[field].type != OTR_TEST_PARTS)
        return expected->fields[field].data == NULL ||
               otr_str_equal(expected->fields[field], came->fields[field]);
    for (size_t i = 0; i < expected->part_count; i++)
        if (!contains(came->fields[field - 1], expected->parts[i]))
            return false;
    return true;
}

size_t otr_test_misfits(otr_test_sort sort, const otr_test_record *expected, const otr_test_record *came)
{
    size_t count;
    size_t misfits = 0;
    (void)otr_test_fields(sort, &count);
    bool asks = sort == OTR_TEST_NOTICE && (expected->fields[OTR_NOTICE_IS_HELD].data != NULL ||
                                            expected->fields[OTR_NOTICE_IS_DROPPED].data != NULL);
    if (asks != came->aside)
        misfits = count; /* as far away as can be */
    for (size_t i = 0; i < count; i++)
        misfits += !otr_test_field_fits(sort, i, expected, came);
    return misfits;
}

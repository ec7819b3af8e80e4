/* Several things of the desk that one reader has yet to hear: what is true of them still. */
#include "core/notice/told.h"

#include "base/limits.h"

static void take_out(otr_told_item *list, uint32_t *count, uint32_t at)
{
    (*count)--;
    memmove(&list[at], &list[at + 1], (*count - at) * sizeof *list);
}

/* Takes the first of that kind out of the list; name OTR_NONE: whatever it is of. */
static bool take(otr_told_item *list, uint32_t *count, otr_notice_what what, uint32_t name,
                 otr_told_item *out)
{
    for (uint32_t i = 0; i < *count; i++) {
        if (list[i].what != what || (name != OTR_NONE && list[i].name != name))
            continue;
        *out = list[i];
        take_out(list, count, i);
        return true;
    }
    return false;
}

static void put(otr_told_item *list, uint32_t *count, otr_told_item item)
{
    if (*count == OTR_LIMIT_NOTICE_DESK)
        take_out(list, count, 0);
    list[(*count)++] = item;
}

/* A new time. Who has not heard of the promise hears of one; who has not heard of its last time but one hears
 * of the first and the last. */
static void promise(otr_told_item *list, uint32_t *count, otr_told_item item)
{
    otr_told_item old;
    if (take(list, count, OTR_NOTICE_PROMISED, item.name, &old))
        item.what = OTR_NOTICE_PROMISED;
    else if (take(list, count, OTR_NOTICE_MOVED, item.name, &old))
        item.before = old.before;
    put(list, count, item);
}

/* Of the time that the reader knew. */
static void miss(otr_told_item *list, uint32_t *count, otr_told_item item)
{
    otr_told_item old;
    (void)take(list, count, OTR_NOTICE_PROMISED, item.name, &old);
    (void)take(list, count, OTR_NOTICE_OWED, item.name, &old);
    if (take(list, count, OTR_NOTICE_MOVED, item.name, &old))
        item.by = old.before;
    if (take(list, count, OTR_NOTICE_MISSED, item.name, &old))
        item.by = old.by;
    put(list, count, item);
}

static void drop_promises(otr_told_item *list, uint32_t *count, uint32_t name)
{
    static const otr_notice_what whats[] = {OTR_NOTICE_PROMISED, OTR_NOTICE_MOVED, OTR_NOTICE_OWED,
                                            OTR_NOTICE_MISSED, OTR_NOTICE_KEPT};
    otr_told_item old;
    for (size_t i = 0; i < sizeof whats / sizeof whats[0]; i++)
        while (take(list, count, whats[i], name, &old))
            ;
}

void otr_told_fold_dismiss(otr_told_item *list, uint32_t *count)
{
    otr_told_item old;
    drop_promises(list, count, OTR_NONE);
    (void)take(list, count, OTR_NOTICE_RESOLVED, OTR_NONE, &old);
    (void)take(list, count, OTR_NOTICE_REOPENED, OTR_NONE, &old);
}

void otr_told_fold(otr_told_item *list, uint32_t *count, const otr_told_item *item)
{
    otr_told_item old;
    switch ((otr_notice_what)item->what) {
    case OTR_NOTICE_PROMISED:
    case OTR_NOTICE_MOVED:
        promise(list, count, *item);
        return;
    case OTR_NOTICE_MISSED:
        miss(list, count, *item);
        return;
    case OTR_NOTICE_KEPT:
        drop_promises(list, count, item->name);
        break;
    case OTR_NOTICE_RESOLVED: /* with all that was promised */
        drop_promises(list, count, OTR_NONE);
        (void)take(list, count, OTR_NOTICE_REOPENED, OTR_NONE, &old);
        (void)take(list, count, OTR_NOTICE_RESOLVED, OTR_NONE, &old);
        break;
    case OTR_NOTICE_REOPENED:
        if (take(list, count, OTR_NOTICE_RESOLVED, OTR_NONE, &old))
            return; /* of which the reader has never heard */
        (void)take(list, count, OTR_NOTICE_REOPENED, OTR_NONE, &old);
        break;
    case OTR_NOTICE_OWED:
        for (uint32_t i = 0; i < *count; i++)
            if (list[i].name == item->name &&
                (list[i].what == OTR_NOTICE_MISSED || list[i].what == OTR_NOTICE_OWED))
                return;
        break;
    default:
        (void)take(list, count, (otr_notice_what)item->what, item->name, &old);
        break;
    }
    put(list, count, *item);
}

otr_notice_what otr_told_lead(const otr_told_item *list, uint32_t count)
{
    OTR_ASSERT(count > 0);
    uint8_t lead = list[0].what;
    for (uint32_t i = 1; i < count; i++)
        lead = list[i].what > lead ? list[i].what : lead;
    return (otr_notice_what)lead;
}

#include "late_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

const char *late_pack(const char *more)
{
    static char texts[4][4096]; /* a world keeps its pack for the next start */
    static unsigned next;
    char *text = texts[next++ % 4];
    (void)snprintf(
        text, sizeof texts[0],
        "pack: test\n"
        "version: 1\n"
        "rules:\n"
        "  - alert: Warm\n"
        "    expr: temperature > 8.0\n"
        "    clear: temperature < 7.5\n"
        "    for: 10m\n"
        "    notify: {to: customer, message: warm, on: [raised, cleared]}\n"
        "    ticket: {queue: cold, evidence: [temperature], last: 6h}\n"
        "%s"
        "messages:\n"
        "  warm:\n"
        "    en: {raised: \"warm\", cleared: \"cold again\", past: \"was warm\", retracted: \"never "
        "was warm\"}\n"
        "  brief:\n"
        "    en: {raised: \"begins\"}\n"
        "  usual:\n"
        "    en: {raised: \"begins\", cleared: \"is over\"}\n",
        more);
    return text;
}

const char *late_assignments(const char *devices)
{
    static char texts[4][1024];
    static unsigned next;
    char *text = texts[next++ % 4];
    (void)snprintf(text, sizeof texts[0],
                   "version: 1\n"
                   "profiles:\n"
                   "  tracker:\n"
                   "    metrics:\n"
                   "      temperature: {expected_interval: 5m, valid_for: 15m}\n"
                   "customers:\n"
                   "  - {customer: cust-1, persona: consignee, locale: en}\n"
                   "assets:\n"
                   "  - asset: box\n"
                   "    class: parcel\n"
                   "    limit: {high: 8.0}\n"
                   "    devices: [%s]\n"
                   "    profile: tracker\n"
                   "    customer: cust-1\n",
                   devices);
    return text;
}

world *late_start(const char *more)
{
    return world_create(late_pack(more), late_assignments("t1"), T0);
}

void late_send(world *w, const char *device, const sample *samples, size_t count)
{
    otr_reading readings[128];
    assert_true(count <= 128);
    for (size_t i = 0; i < count; i++)
        readings[i] = world_number("temperature", samples[i].temperature, AT(samples[i].minute));
    world_upload(w, device, readings, count);
}

void late_live(world *w, const char *device, int from, int to, double temperature)
{
    for (int minute = from; minute <= to; minute += 5)
        world_report(w, device, "temperature", temperature, AT(minute));
}

void late_settle(world *w)
{
    world_sleep(w, OTR_MINUTE);
}

static int minute_of(otr_time at)
{
    return at == OTR_TIME_NONE ? OPEN : (int)((at - T0) / OTR_MINUTE);
}

void late_expect(const world_alarm *alarm, int onset, int raised, int ended)
{
    if (minute_of(alarm->onset) != onset || minute_of(alarm->raised) != raised ||
        minute_of(alarm->ended) != ended)
        fail_msg("%s is %d, %d, %d instead of %d, %d, %d", alarm->rule, minute_of(alarm->onset),
                 minute_of(alarm->raised), minute_of(alarm->ended), onset, raised, ended);
}

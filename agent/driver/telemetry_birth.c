/* Births and deaths: the node's, then each device's, again for those that reported meanwhile. */
#include "driver/telemetry_inside.h"

#include <stdio.h>

#define SWEEP_EVERY (10 * OTR_SECOND)

static void add_bdseq(const otr_telemetry *telemetry, otr_buffer *out, otr_time at)
{
    otr_sparkplug_metric metric = {.name = OTR_STR("bdSeq"),
                                   .at = at,
                                   .type = OTR_SPARKPLUG_INT64,
                                   .tells_type = true,
                                   .quality = OTR_SPARKPLUG_GOOD,
                                   .integer = telemetry->bdseq};
    otr_sparkplug_add(out, &metric);
}

void otr_telemetry_death_metrics(const otr_telemetry *telemetry, otr_buffer *out)
{
    add_bdseq(telemetry, out, telemetry->now.utc);
}

static bool tell_node(otr_telemetry *telemetry)
{
    otr_buffer metrics = {0};
    otr_sparkplug_metric rebirth = {.name = OTR_STR("Node Control/Rebirth"),
                                    .at = telemetry->now.utc,
                                    .type = OTR_SPARKPLUG_BOOLEAN,
                                    .tells_type = true,
                                    .quality = OTR_SPARKPLUG_GOOD};
    otr_sparkplug_metric about = {.name = OTR_STR("Properties/Software"),
                                  .at = telemetry->now.utc,
                                  .type = OTR_SPARKPLUG_STRING,
                                  .tells_type = true,
                                  .quality = OTR_SPARKPLUG_GOOD,
                                  .text = OTR_STR("Outrider")};
    add_bdseq(telemetry, &metrics, telemetry->now.utc);
    otr_sparkplug_add(&metrics, &rebirth);
    otr_sparkplug_add(&metrics, &about);
    otr_telling telling = metrics.failed ? OTR_TELLING_LATER
                                         : otr_telemetry_message(telemetry, "NBIRTH", OTR_TELEMETRY_NODE,
                                                                 otr_buffer_bytes(&metrics));
    otr_buffer_done(&metrics);
    if (telling == OTR_TELLING_REFUSED) /* without it nothing may be told here */
        otr_telemetry_leave(telemetry);
    return telling == OTR_TELLING_DONE;
}

void otr_telemetry_births_begin(otr_telemetry *telemetry)
{
    otr_telemetry_drop_gathered(telemetry);
    otr_telemetry_queue_clear(&telemetry->live);
    otr_telemetry_queue_clear(&telemetry->past);
    otr_telemetry_date_values(telemetry);
    for (uint32_t d = 0; d < telemetry->device_count; d++) {
        otr_telemetry_device *device = &telemetry->devices[d];
        device->born = false;
        device->standing = false;
        device->revived = false;
        device->unbearable = false;
        device->behind = false;
        device->changed = false;
        for (uint16_t i = 0; i < device->count; i++) {
            device->points[i].born = OTR_KIND_ANY;
            device->points[i].told_at = OTR_TIME_NONE;
        }
    }
    telemetry->behind = telemetry->device_count;
    telemetry->past_next = 0;
    telemetry->phase = OTR_TELEMETRY_BIRTH;
    telemetry->node_born = false;
    telemetry->birth_next = 0;
    telemetry->seq = 0;
    telemetry->rebirth_asked = false;
}

bool otr_telemetry_is_silent(const otr_telemetry *telemetry, const otr_telemetry_device *device)
{
    return telemetry->config.device_timeout > 0 && device->heard != OTR_TIME_NONE &&
           telemetry->now.mono - device->heard >= telemetry->config.device_timeout;
}

/* Without its birth nothing may be told of it, and what hosts know by an earlier one is over. */
void otr_telemetry_unbearable(otr_telemetry *telemetry, uint32_t number)
{
    otr_telemetry_device *device = &telemetry->devices[number];
    device->unbearable = true;
    device->born = false;
    if (device->standing)
        (void)otr_telemetry_queue_add(&telemetry->live, OTR_ITEM_DEATH, number, NULL);
}

static bool has_values(const otr_telemetry_device *device)
{
    for (uint16_t i = 0; i < device->count; i++)
        if (device->points[i].kind != OTR_KIND_ANY)
            return true;
    return false;
}

static bool tell_device(otr_telemetry *telemetry, uint32_t number)
{
    otr_buffer metrics = {0};
    otr_telemetry_birth(telemetry, number, &metrics);
    otr_telling telling =
        metrics.failed ? OTR_TELLING_LATER
                       : otr_telemetry_message(telemetry, "DBIRTH", number, otr_buffer_bytes(&metrics));
    otr_buffer_done(&metrics);
    if (telling == OTR_TELLING_REFUSED)
        otr_telemetry_unbearable(telemetry, number);
    else
        telemetry->devices[number].born = telling == OTR_TELLING_DONE;
    return telling != OTR_TELLING_LATER;
}

/* Once more over those that reported while others were being born; then the rest is told as it comes. */
bool otr_telemetry_births_run(otr_telemetry *telemetry)
{
    if (!telemetry->node_born) {
        if (!tell_node(telemetry))
            return false;
        telemetry->node_born = true;
        telemetry->counters.births++;
    }
    for (bool again = true; again; telemetry->birth_next = 0) {
        again = false;
        for (; telemetry->birth_next < telemetry->device_count; telemetry->birth_next++) {
            otr_telemetry_device *device = &telemetry->devices[telemetry->birth_next];
            if (device->unbearable || (device->born && !device->changed) || !has_values(device) ||
                otr_telemetry_is_silent(telemetry, device))
                continue;
            if (!tell_device(telemetry, telemetry->birth_next))
                return false;
            again = true;
        }
    }
    return true;
}

void otr_telemetry_sweep(otr_telemetry *telemetry)
{
    if (telemetry->phase != OTR_TELEMETRY_ONLINE || telemetry->config.device_timeout == 0 ||
        telemetry->now.mono < telemetry->sweep_at)
        return;
    otr_stretch gap;
    bool through = !otr_telemetry_cursor_gap(&telemetry->reached, telemetry->newest, &gap);
    telemetry->sweep_at = telemetry->now.mono + SWEEP_EVERY;
    for (uint32_t d = 0; d < telemetry->device_count; d++) {
        otr_telemetry_device *device = &telemetry->devices[d];
        if (!device->born || !otr_telemetry_is_silent(telemetry, device) || (device->revived && !through) ||
            otr_telemetry_queue_has(&telemetry->past, d) ||
            otr_telemetry_queue_add(&telemetry->live, OTR_ITEM_DEATH, d, NULL) == NULL)
            continue;
        device->born = false;
        device->behind = false;
        for (uint16_t i = 0; i < device->count; i++)
            device->points[i].born = OTR_KIND_ANY;
    }
}

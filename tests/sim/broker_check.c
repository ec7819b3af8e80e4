/* What must hold of the outbox and of what is retained once everything is through. */
#include "broker.h"

#include "guests.h"

#include "core/outbox/outbox.h"

#include <stdio.h>

static void check_entry(sim *s, const otr_disk_entry *entry)
{
    otr_arena memory = {0};
    otr_service_event event;
    otr_error error;
    bool told = sim_broker_find(s, entry->event) != NULL;
    if (otr_outbox_render(&memory, (otr_str){(const char *)entry->body.data, entry->body.size}, s->clock.now,
                          &event, &error) != OTR_OK) {
        if (entry->body.size > 0)
            sim_fail(s, "entry %llu does not read back", (unsigned long long)entry->seq);
    } else if (!entry->left) {
        sim_fail(s, "%s.%.*s is still in the outbox", otr_service_kind_text(event.kind),
                 OTR_STR_ARG(event.what));
    } else if (entry->reason == OTR_LEFT_ACCEPTED && !told &&
               !(otr_service_kind_retained(event.kind) && otr_str_is(event.what, "cleared"))) {
        sim_fail(s, "%s.%.*s left as accepted, and the broker does not have it",
                 otr_service_kind_text(event.kind), OTR_STR_ARG(event.what));
    } else if (entry->reason == OTR_LEFT_EVICTED && s->outbox_rows == 0) {
        sim_fail(s, "%s.%.*s left for want of room, and there was room", otr_service_kind_text(event.kind),
                 OTR_STR_ARG(event.what));
    }
    otr_arena_done(&memory);
}

/* A ticket is opened once. */
static void check_tickets(sim *s)
{
    const sim_broker *b = s->broker;
    for (size_t i = 0; i < b->events.count && !sim_failed(s); i++) {
        const sim_event *one = &b->events.list[i];
        if (one->kind != OTR_SERVICE_TICKET || !otr_str_is(one->what, "opened"))
            continue;
        for (size_t j = 0; j < i; j++) {
            const sim_event *other = &b->events.list[j];
            if (other->kind == OTR_SERVICE_TICKET && otr_str_is(other->what, "opened") &&
                otr_id_equal(one->case_id, other->case_id))
                sim_fail(s, "two tickets are opened for one case of %.*s", OTR_STR_ARG(one->asset));
        }
    }
}

static const char *tail_of(const sim_retained *kept, const char *kind)
{
    const char *at = strstr((const char *)kept->topic.data, kind);
    return at == NULL ? NULL : at + strlen(kind);
}

/* A point that is shelved or out of service has the topic of an alarm. */
static bool point_stands(const sim *s, const char *id)
{
    const sim_broker *b = s->broker;
    const sim_event *last = NULL;
    otr_id entity;
    if (!otr_id_parse(otr_str_of(id), &entity))
        return false;
    for (size_t i = 0; i < b->events.count; i++)
        if (otr_id_equal(b->events.list[i].entity, entity) &&
            (last == NULL || b->events.list[i].revision > last->revision))
            last = &b->events.list[i];
    return last != NULL && (otr_str_is(last->what, "shelved") || otr_str_is(last->what, "out-of-service"));
}

static bool is_forgotten(const sim *s, otr_str asset)
{
    return sim_guests_within(s, (otr_bytes){(const uint8_t *)asset.data, asset.size}) != NULL;
}

static bool stands(const sim *s, const char *id)
{
    const otr_disk *disk = s->store.disk;
    char text[OTR_ID_TEXT_BYTES];
    for (size_t i = 0; i < disk->alarms.count; i++) {
        const otr_row_alarm *row = &disk->alarms.list[i];
        otr_id_format(row->id, text);
        if (strcmp(text, id) == 0 && is_forgotten(s, row->asset))
            return true; /* sim_guests_check */
        if (strcmp(text, id) == 0)
            return otr_alarm_is_live(row->state) || otr_alarm_is_withheld(row->state);
    }
    return point_stands(s, id);
}

/* The broker keeps the alarms that stand, and no others. */
static void check_retained(sim *s)
{
    const sim_broker *b = s->broker;
    const otr_disk *disk = s->store.disk;
    for (size_t i = 0; i < b->retained.count && !sim_failed(s); i++) {
        const char *id = tail_of(&b->retained.list[i], "/alarm/");
        if (id != NULL && b->retained.list[i].payload.size > 0 && !stands(s, id))
            sim_fail(s, "the broker keeps alarm %s, which does not stand", id);
    }
    for (size_t i = 0; i < disk->alarms.count && !sim_failed(s); i++) {
        char text[OTR_ID_TEXT_BYTES];
        bool kept = is_forgotten(s, disk->alarms.list[i].asset);
        otr_id_format(disk->alarms.list[i].id, text);
        for (size_t j = 0; j < b->retained.count && !kept; j++) {
            const char *id = tail_of(&b->retained.list[j], "/alarm/");
            kept = id != NULL && strcmp(id, text) == 0 && b->retained.list[j].payload.size > 0;
        }
        if (!kept && otr_alarm_is_live(disk->alarms.list[i].state))
            sim_fail(s, "alarm %s of %.*s stands, and the broker does not keep it", text,
                     OTR_STR_ARG(disk->alarms.list[i].rule));
    }
}

void sim_broker_check(sim *s)
{
    const otr_disk *disk = s->store.disk;
    for (size_t i = 0; i < disk->entries.count && !sim_failed(s); i++)
        check_entry(s, &disk->entries.list[i]);
    check_tickets(s);
    if (s->outbox_rows == 0)
        check_retained(s);
}

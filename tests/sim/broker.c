/* What the gateway hands to its link, and what arrives at the broker. */
#include "broker.h"

#include <stdio.h>
#include <stdlib.h>

#define UNTRACKED UINT64_MAX

void sim_broker_init(sim *s)
{
    s->broker = calloc(1, sizeof *s->broker);
    OTR_ASSERT(s->broker != NULL);
}

void sim_broker_done(sim *s)
{
    sim_broker *b = s->broker;
    for (size_t i = 0; i < b->retained.count; i++) {
        free(b->retained.list[i].topic.data);
        free(b->retained.list[i].payload.data);
    }
    free(b->retained.list);
    free(b->events.list);
    sim_map_done(&b->by_id);
    otr_arena_done(&b->texts);
    free(b);
}

/* Nothing is said before it is durable. */
void sim_broker_handed(sim *s, const otr_publication *publication)
{
    const otr_disk *disk = s->store.disk;
    if (publication->token == UNTRACKED)
        return;
    if (publication->qos != 1)
        sim_fail(s, "an event is published at QoS %d", publication->qos);
    for (size_t i = disk->entries.count; i > disk->first_entry; i--)
        if (disk->entries.list[i - 1].seq == publication->token && !disk->entries.list[i - 1].left)
            return;
    sim_fail(s, "entry %llu is published, and is not in the outbox", (unsigned long long)publication->token);
}

static void retain(sim *s, const otr_sim_message *message)
{
    sim_broker *b = s->broker;
    size_t at = 0;
    while (at < b->retained.count &&
           strcmp((char *)b->retained.list[at].topic.data, (char *)message->topic.data) != 0)
        at++;
    sim_retained *kept = at < b->retained.count ? &b->retained.list[at] : OTR_DISK_ADD(b->retained);
    if (kept->topic.data == NULL)
        kept->topic = otr_blob_of((otr_bytes){message->topic.data, message->topic.size});
    free(kept->payload.data);
    kept->payload = otr_blob_of((otr_bytes){message->payload.data, message->payload.size});
}

const sim_event *sim_broker_find(const sim *s, otr_id id)
{
    uint32_t at = sim_map_find(&s->broker->by_id, sim_map_key(id));
    return at == SIM_MAP_NONE ? NULL : &s->broker->events.list[at];
}

static uint64_t content_of(const otr_service_event *event)
{
    struct {
        otr_id ids[3];
        otr_time times[4];
        uint64_t texts[8];
        uint32_t revision;
        uint32_t kind;
    } all;
    memset(&all, 0, sizeof all);
    all.ids[0] = event->entity;
    all.ids[1] = event->case_id;
    all.ids[2] = event->alarm;
    all.times[0] = event->decided;
    all.times[1] = event->onset;
    all.times[2] = event->raised;
    all.times[3] = event->ended;
    const otr_str texts[] = {event->what,     event->rule,     event->asset, event->to,
                             event->category, event->priority, event->queue, event->pack};
    for (int i = 0; i < 8; i++)
        all.texts[i] = otr_hash64(1, 1, texts[i].data, texts[i].size);
    all.revision = event->revision;
    all.kind = event->kind;
    return otr_hash64(2, 2, &all, sizeof all);
}

static void keep_event(sim *s, const otr_service_event *event)
{
    sim_broker *b = s->broker;
    uint32_t at = sim_map_find(&b->by_id, sim_map_key(event->event));
    uint64_t content = content_of(event);
    if (at != SIM_MAP_NONE) {
        b->events.list[at].times++;
        if (b->events.list[at].content != content)
            sim_fail(s, "%s.%.*s says something else under the same id", otr_service_kind_text(event->kind),
                     OTR_STR_ARG(event->what));
        return;
    }
    sim_map_put(&b->by_id, sim_map_key(event->event), (uint32_t)b->events.count);
    sim_event *kept = OTR_DISK_ADD(b->events);
    *kept = (sim_event){.id = event->event,
                        .entity = event->entity,
                        .case_id = event->case_id,
                        .kind = event->kind,
                        .what = otr_arena_copy(&b->texts, event->what),
                        .to = otr_arena_copy(&b->texts, event->to),
                        .asset = otr_arena_copy(&b->texts, event->asset),
                        .category = otr_arena_copy(&b->texts, event->category),
                        .priority = otr_arena_copy(&b->texts, event->priority),
                        .revision = event->revision,
                        .content = content,
                        .decided = event->decided,
                        .arrived = s->clock.now,
                        .times = 1};
    s->figures.events++;
    sim_say(s, "told: %s.%.*s %.*s of %.*s %s%.*s", otr_service_kind_text(event->kind),
            OTR_STR_ARG(event->what), OTR_STR_ARG(event->rule), OTR_STR_ARG(event->asset),
            event->to.size > 0 ? "to " : "", OTR_STR_ARG(event->to));
    sim_people_told(s, event);
}

void sim_broker_arrived(sim *s, const otr_sim_message *message)
{
    otr_arena memory = {0};
    otr_service_event event;
    otr_error error;
    if (message->retain)
        retain(s, message);
    if (message->payload.size > 0 && message->token != UNTRACKED) {
        otr_str type = {(const char *)message->content_type.data, message->content_type.size};
        otr_bytes payload = {message->payload.data, message->payload.size};
        if (otr_service_decode(&memory, type, payload, &event, &error) != OTR_OK)
            sim_fail(s, "what is published does not read back: %s", error.text);
        else
            keep_event(s, &event);
    }
    otr_arena_done(&memory);
}

#include "platform/sim/link.h"

#include <stdlib.h>

static void drop(otr_sim_message *message)
{
    free(message->topic.data);
    free(message->content_type.data);
    free(message->payload.data);
}

static otr_blob text_of(otr_str text)
{
    return otr_blob_of((otr_bytes){(const uint8_t *)text.data, text.size});
}

static otr_status publish(void *self, const otr_publication *publication)
{
    otr_sim_link *link = self;
    const otr_sim_clock *clock = link->clock;
    if (!link->is_up)
        return OTR_IO;
    otr_sim_link_fate fate = link->owner.fate(link->owner.context, publication);
    if (fate.now != OTR_OK)
        return fate.now;
    otr_sim_message *message = OTR_DISK_ADD(link->flight);
    *message = (otr_sim_message){.token = publication->token,
                                 .number = link->numbers++,
                                 .topic = text_of(publication->topic),
                                 .content_type = text_of(publication->content_type),
                                 .payload = otr_blob_of(publication->payload),
                                 .retain = publication->retain,
                                 .qos = publication->qos,
                                 .arrives = OTR_TIME_NEVER,
                                 .heard = OTR_TIME_NEVER,
                                 .refused = fate.refused};
    if (!link->dead) { /* TCP keeps the order */
        message->arrives = clock->now + fate.there;
        if (message->arrives < link->last_arrival)
            message->arrives = link->last_arrival;
        link->last_arrival = message->arrives;
        message->heard = message->arrives + fate.back;
    }
    return OTR_OK;
}

otr_link_port otr_sim_link_port(otr_sim_link *link)
{
    return (otr_link_port){link, publish};
}

otr_time otr_sim_link_next(const otr_sim_link *link)
{
    otr_time next = link->allowed && !link->is_up ? link->up_at : OTR_TIME_NEVER;
    if (link->is_up && link->down_at < next)
        next = link->down_at;
    for (size_t i = 0; i < link->flight.count; i++) {
        const otr_sim_message *message = &link->flight.list[i];
        otr_time at = message->there ? message->heard : message->arrives;
        next = at < next ? at : next;
    }
    return next;
}

static void lose_flight(otr_sim_link *link)
{
    while (link->flight.count > 0) {
        otr_sim_message first = link->flight.list[0];
        link->flight.count--;
        memmove(link->flight.list, link->flight.list + 1, link->flight.count * sizeof first);
        if (link->allowed)
            link->owner.published(link->owner.context, first.token, OTR_IO);
        drop(&first);
    }
}

static void go_down(otr_sim_link *link)
{
    link->is_up = false;
    link->dead = false;
    link->down_at = OTR_TIME_NEVER;
    link->owner.down(link->owner.context);
    lose_flight(link);
}

static void hear(otr_sim_link *link, size_t index)
{
    otr_sim_message message = link->flight.list[index];
    link->flight.count--;
    memmove(link->flight.list + index, link->flight.list + index + 1,
            (link->flight.count - index) * sizeof message);
    link->owner.published(link->owner.context, message.token, message.refused ? OTR_INVALID : OTR_OK);
    drop(&message);
}

void otr_sim_link_run(otr_sim_link *link)
{
    otr_time now = link->clock->now;
    for (size_t i = 0; i < link->flight.count; i++) {
        otr_sim_message *message = &link->flight.list[i];
        if (!message->there && message->arrives <= now) {
            message->there = true;
            if (!message->refused)
                link->owner.arrived(link->owner.context, message);
            return;
        }
        if (message->there && message->heard <= now) {
            hear(link, i);
            return;
        }
    }
    if (link->is_up && link->down_at <= now) {
        go_down(link);
    } else if (!link->is_up && link->allowed && link->up_at <= now) {
        link->is_up = true;
        link->last_arrival = now;
        link->owner.up(link->owner.context);
    }
}

void otr_sim_link_cut(otr_sim_link *link, otr_time noticed, otr_time away)
{
    if (!link->is_up || link->dead)
        return;
    link->dead = true;
    link->down_at = link->clock->now + noticed;
    link->up_at = link->down_at + away;
    for (size_t i = 0; i < link->flight.count; i++) {
        otr_sim_message *message = &link->flight.list[i];
        if (!message->there)
            message->arrives = OTR_TIME_NEVER;
        message->heard = OTR_TIME_NEVER;
    }
}

void otr_sim_link_leave(otr_sim_link *link)
{
    link->allowed = false;
    link->is_up = false;
    link->dead = false;
    link->down_at = OTR_TIME_NEVER;
    lose_flight(link);
}

void otr_sim_link_begin(otr_sim_link *link, otr_time connects_after)
{
    link->allowed = true;
    link->up_at = link->clock->now + connects_after;
    link->down_at = OTR_TIME_NEVER;
}

void otr_sim_link_done(otr_sim_link *link)
{
    link->allowed = false;
    lose_flight(link);
    free(link->flight.list);
}

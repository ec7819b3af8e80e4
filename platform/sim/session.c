#include "platform/sim/session.h"

#include <stdlib.h>

enum { HEADER_BYTES = 8 };

static otr_blob text_of(otr_str text)
{
    return otr_blob_of((otr_bytes){(const uint8_t *)text.data, text.size});
}

static void drop_blob(otr_blob *blob)
{
    free(blob->data);
    *blob = (otr_blob){0};
}

/* ---- from the servers to whoever listens ---- */

static void pass(otr_sim_session *session, otr_blob topic, otr_blob payload, bool is_will, otr_time at)
{
    for (size_t i = 0; i < session->passing.count; i++) {
        const otr_sim_passing *before = &session->passing.list[i];
        if (before->session == session->number && before->at > at)
            at = before->at;
    }
    otr_sim_passing *added = OTR_DISK_ADD(session->passing);
    *added = (otr_sim_passing){session->number, session->server, is_will, topic, payload, at};
}

static otr_sim_passing take_passing(otr_sim_session *session, size_t index)
{
    otr_sim_passing message = session->passing.list[index];
    session->passing.count--;
    memmove(session->passing.list + index, session->passing.list + index + 1,
            (session->passing.count - index) * sizeof message);
    return message;
}

static void drop_passing(otr_sim_passing *message)
{
    drop_blob(&message->topic);
    drop_blob(&message->payload);
}

static void say_will(otr_sim_session *session, otr_time at)
{
    if (session->will.data == NULL)
        return;
    pass(session, session->will_topic, session->will, true, at);
    session->will = session->will_topic = (otr_blob){0};
}

/* The server has one session of a name: the one before is over, and all of it comes before the new one. */
static void take_over(otr_sim_session *session, unsigned server)
{
    for (size_t i = 0; i < session->passing.count; i++)
        if (session->passing.list[i].server == server && session->passing.list[i].at > session->clock->now)
            session->passing.list[i].at = session->clock->now;
}

/* ---- the gateway's calls ---- */

otr_status otr_sim_session_connect(otr_sim_session *session, unsigned server, const otr_publication *will)
{
    OTR_ASSERT(session->phase == OTR_SIM_SESSION_NONE && server < OTR_SIM_SERVERS);
    session->call = session->owner.call_fate(session->owner.context, server);
    if (session->call.now != OTR_OK)
        return session->call.now;
    session->number++;
    session->server = server;
    drop_blob(&session->will_topic);
    drop_blob(&session->will);
    session->will_topic = text_of(will->topic);
    session->will = otr_blob_of(will->payload);
    session->phase = OTR_SIM_SESSION_CALLS;
    session->call_ends = session->clock->now + session->call.after;
    session->down_at = OTR_TIME_NEVER;
    session->dead = false;
    return OTR_OK;
}

static otr_time later(otr_time a, otr_time b)
{
    return a > b ? a : b;
}

otr_status otr_sim_session_publish(otr_sim_session *session, const otr_publication *publication)
{
    otr_time now = session->clock->now;
    if (session->phase != OTR_SIM_SESSION_UP)
        return OTR_IO;
    otr_sim_session_fate fate = session->owner.fate(session->owner.context, publication);
    if (fate.now != OTR_OK)
        return fate.now;
    otr_sim_sending *message = OTR_DISK_ADD(session->flight);
    *message = (otr_sim_sending){.token = publication->token,
                                 .qos = publication->qos,
                                 .topic = text_of(publication->topic),
                                 .payload = otr_blob_of(publication->payload),
                                 .arrives = OTR_TIME_NEVER,
                                 .heard = OTR_TIME_NEVER,
                                 .pass_for = fate.pass_for,
                                 .refused = fate.refused};
    if (session->dead)
        return OTR_OK;
    size_t bytes = publication->topic.size + publication->payload.size + HEADER_BYTES;
    session->free_at = later(session->free_at, now) + (otr_time)bytes * OTR_SECOND / session->bytes_per_s;
    session->last_arrival = later(session->last_arrival, session->free_at + fate.there);
    message->arrives = session->last_arrival;
    message->heard = message->arrives; /* of QoS 0: written */
    if (publication->qos > 0) {
        otr_time heard = message->arrives + fate.back;
        if (session->bunch > 0)
            heard = (heard / session->bunch + 1) * session->bunch;
        session->last_heard = later(session->last_heard, heard);
        message->heard = session->last_heard;
    }
    return OTR_OK;
}

/* After all that was sent. */
void otr_sim_session_leave(otr_sim_session *session)
{
    otr_time at = later(session->clock->now, session->last_arrival) + OTR_MS;
    if (session->phase == OTR_SIM_SESSION_CALLS) {
        session->call.refused = true;
        session->call.again = false;
    } else if (session->phase == OTR_SIM_SESSION_UP && at < session->down_at) {
        session->down_at = session->dead ? session->clock->now + OTR_MS : at;
    }
}

/* ---- what happens ---- */

otr_time otr_sim_session_next(const otr_sim_session *session)
{
    otr_time next = session->phase == OTR_SIM_SESSION_CALLS ? session->call_ends : OTR_TIME_NEVER;
    if (session->phase == OTR_SIM_SESSION_UP && session->down_at < next)
        next = session->down_at;
    for (size_t i = 0; i < session->flight.count; i++) {
        const otr_sim_sending *message = &session->flight.list[i];
        otr_time at = message->there ? message->heard : message->arrives;
        next = at < next ? at : next;
    }
    for (size_t i = 0; i < session->passing.count; i++)
        next = session->passing.list[i].at < next ? session->passing.list[i].at : next;
    return next;
}

static otr_sim_sending take_sending(otr_sim_session *session, size_t index)
{
    otr_sim_sending message = session->flight.list[index];
    session->flight.count--;
    memmove(session->flight.list + index, session->flight.list + index + 1,
            (session->flight.count - index) * sizeof message);
    return message;
}

static void lose_flight(otr_sim_session *session, bool told)
{
    while (session->flight.count > 0) {
        otr_sim_sending message = take_sending(session, 0);
        if (told)
            session->owner.published(session->owner.context, message.token, OTR_IO);
        drop_blob(&message.topic);
        drop_blob(&message.payload);
    }
}

static void go_down(otr_sim_session *session, bool again)
{
    session->phase = OTR_SIM_SESSION_NONE;
    session->dead = false;
    session->down_at = OTR_TIME_NEVER;
    say_will(session, session->clock->now);
    if (session->number % 2 == 0) /* either may be heard first */
        lose_flight(session, true);
    session->owner.down(session->owner.context, again);
    lose_flight(session, true);
}

static void end_call(otr_sim_session *session)
{
    if (session->call.refused) {
        drop_blob(&session->will_topic); /* a server that did not take the session has no will of it */
        drop_blob(&session->will);
        go_down(session, session->call.again);
        return;
    }
    take_over(session, session->server);
    session->phase = OTR_SIM_SESSION_UP;
    session->free_at = session->last_arrival = session->last_heard = session->clock->now;
    session->owner.up(session->owner.context);
}

static bool run_flight(otr_sim_session *session)
{
    otr_time now = session->clock->now;
    for (size_t i = 0; i < session->flight.count; i++) {
        otr_sim_sending *message = &session->flight.list[i];
        if (!message->there && message->arrives <= now) {
            message->there = true;
            if (!message->refused) {
                pass(session, message->topic, message->payload, false, now + message->pass_for);
                message->topic = message->payload = (otr_blob){0};
            }
            return true;
        }
        if (message->there && message->heard <= now) {
            otr_sim_sending heard = take_sending(session, i);
            session->owner.published(session->owner.context, heard.token,
                                     heard.refused ? OTR_INVALID : OTR_OK);
            drop_blob(&heard.topic);
            drop_blob(&heard.payload);
            return true;
        }
    }
    return false;
}

static bool run_passing(otr_sim_session *session)
{
    for (size_t i = 0; i < session->passing.count; i++) {
        if (session->passing.list[i].at > session->clock->now)
            continue;
        otr_sim_passing message = take_passing(session, i);
        session->owner.arrived(session->owner.context, &message);
        drop_passing(&message);
        return true;
    }
    return false;
}

void otr_sim_session_run(otr_sim_session *session)
{
    otr_time now = session->clock->now;
    if (run_passing(session) || run_flight(session))
        return;
    if (session->phase == OTR_SIM_SESSION_CALLS && session->call_ends <= now)
        end_call(session);
    else if (session->phase == OTR_SIM_SESSION_UP && session->down_at <= now)
        go_down(session, false);
}

/* What has arrived stays so; of what has not, nothing is heard any more. */
static void cut_line(otr_sim_session *session)
{
    for (size_t i = 0; i < session->flight.count; i++) {
        otr_sim_sending *message = &session->flight.list[i];
        if (!message->there)
            message->arrives = OTR_TIME_NEVER;
        message->heard = OTR_TIME_NEVER;
    }
}

void otr_sim_session_cut(otr_sim_session *session, otr_time noticed, otr_time missed)
{
    otr_time now = session->clock->now;
    if (session->phase != OTR_SIM_SESSION_UP || session->dead)
        return;
    session->dead = true;
    session->down_at = now + noticed;
    cut_line(session);
    say_will(session, now + missed);
}

void otr_sim_session_kill_server(otr_sim_session *session, otr_time noticed, otr_time missed)
{
    if (session->phase != OTR_SIM_SESSION_UP || session->dead)
        return;
    for (size_t i = session->passing.count; i > 0; i--) {
        if (session->passing.list[i - 1].server != session->server)
            continue;
        otr_sim_passing message = take_passing(session, i - 1);
        drop_passing(&message);
    }
    otr_sim_session_cut(session, noticed, missed);
}

void otr_sim_session_end(otr_sim_session *session, const otr_publication *farewell, otr_time missed)
{
    otr_time now = session->clock->now;
    if (session->phase == OTR_SIM_SESSION_UP && !session->dead && farewell != NULL) {
        pass(session, text_of(farewell->topic), otr_blob_of(farewell->payload), true, now);
        drop_blob(&session->will_topic);
        drop_blob(&session->will);
    }
    if (session->phase == OTR_SIM_SESSION_UP)
        say_will(session, now + missed);
    drop_blob(&session->will_topic);
    drop_blob(&session->will);
    session->phase = OTR_SIM_SESSION_NONE;
    session->dead = false;
    session->down_at = OTR_TIME_NEVER;
    lose_flight(session, false);
}

void otr_sim_session_done(otr_sim_session *session)
{
    otr_sim_session_end(session, NULL, 0);
    while (session->passing.count > 0) {
        otr_sim_passing message = take_passing(session, 0);
        drop_passing(&message);
    }
    free(session->flight.list);
    free(session->passing.list);
}

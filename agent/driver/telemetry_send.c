/*
 * The line to the broker. Data is QoS 0; every quarter of a window, and when nothing more is to be sent, a
 * barrier follows: an empty message at QoS 1 on the same connection, whose acknowledgement proves that the
 * broker has all before it. What is not proven stays below what the line has lately carried in a second.
 * Where there are several servers one may be a node of a cluster, acknowledge a barrier before it has passed
 * on the data before it, and die: then a barrier counts when a later one shows that its node lived on.
 */
#include "base/log.h"
#include "codec/service.h"
#include "driver/telemetry_inside.h"

enum {
    WINDOW_FIRST = 4 << 10, /* bytes, until there is a measurement */
    WINDOW_LEAST = 2 << 10,
    WINDOW_MOST = 512 << 10,
    MESSAGES_A_TURN = 512, /* then the loop's other work has its turn */
    HEADER_BYTES = 8,      /* of MQTT, beside topic and payload */
};
#define WINDOW_SPAN_S 0.9
#define MEASURED_LEAST (50 * OTR_MS)
#define RISE_MOST 4.0                 /* from one measurement to the next */
#define BARRIER_IDLE (5 * OTR_SECOND) /* what is said of quiet devices may be said again for so long */
#define PASSED_ON OTR_SECOND          /* a node of a cluster has passed data on by then */
#define REFUSED_DELAY (30 * OTR_SECOND)

size_t otr_telemetry_window(const otr_telemetry *telemetry)
{
    double bytes = telemetry->rate * WINDOW_SPAN_S;
    if (telemetry->rate <= 0.0)
        return WINDOW_FIRST;
    return bytes < WINDOW_LEAST ? WINDOW_LEAST : bytes > WINDOW_MOST ? WINDOW_MOST : (size_t)bytes;
}

size_t otr_telemetry_message_bytes(const otr_telemetry *telemetry)
{
    size_t part = otr_telemetry_window(telemetry) * 3 / 8;
    return part > OTR_LIMIT_TELEMETRY_BYTES ? OTR_LIMIT_TELEMETRY_BYTES : part;
}

/* Room for so many bytes more; for anything when all is proven. */
static bool has_room(otr_telemetry *telemetry, size_t bytes)
{
    uint64_t unproven = telemetry->sent - telemetry->arrived;
    telemetry->held = unproven > 0 && unproven + bytes > otr_telemetry_window(telemetry);
    return !telemetry->blocked && !telemetry->held;
}

static size_t bytes_of(const otr_publication *publication)
{
    return publication->topic.size + publication->payload.size + HEADER_BYTES;
}

static otr_status publish(otr_telemetry *telemetry, const otr_publication *publication)
{
    otr_status status = telemetry->port.publish(telemetry->port.self, publication);
    if (status != OTR_OK) {
        telemetry->blocked = status != OTR_LIMIT && status != OTR_INVALID;
        return status;
    }
    if (telemetry->sent == telemetry->marked)
        telemetry->marked_at = telemetry->now.mono;
    telemetry->sent += bytes_of(publication);
    telemetry->counters.bytes += publication->topic.size + publication->payload.size;
    telemetry->counters.messages++;
    return OTR_OK;
}

/* The payload in its compressed form, where its server's hosts read that and it is smaller so. The node's own
 * messages are plain always, so that any host sees who is there. */
static void compress(const otr_telemetry *telemetry, const char *kind, otr_buffer *payload)
{
    otr_sparkplug_compression how = telemetry->config.compressions[telemetry->server];
    otr_buffer body = {0};
    otr_buffer wrapped = {0};
    if (how == OTR_SPARKPLUG_PLAIN || kind[0] != 'D' || payload->failed)
        return;
    if (telemetry->port.compress(telemetry->port.self, how, otr_buffer_bytes(payload), &body) == OTR_OK) {
        otr_sparkplug_begin(&wrapped, telemetry->now.utc);
        otr_sparkplug_wrap(&wrapped, telemetry->now.utc, how, otr_buffer_bytes(&body));
        otr_sparkplug_seq(&wrapped, telemetry->seq);
    }
    otr_buffer_done(&body);
    if (wrapped.size > 0 && !wrapped.failed && wrapped.size < payload->size) {
        otr_buffer plain = *payload;
        *payload = wrapped;
        wrapped = plain;
    }
    otr_buffer_done(&wrapped);
}

otr_telling otr_telemetry_message(otr_telemetry *telemetry, const char *kind, uint32_t device,
                                  otr_bytes metrics)
{
    otr_arena memory = {0};
    otr_buffer payload = {0};
    otr_str name = device != OTR_TELEMETRY_NODE ? otr_core_device_name(telemetry->core, device) : OTR_STR("");
    if (!has_room(telemetry, 1))
        return OTR_TELLING_LATER;
    otr_sparkplug_begin(&payload, telemetry->now.utc);
    otr_buffer_add(&payload, metrics.data, metrics.size);
    otr_sparkplug_seq(&payload, telemetry->seq);
    compress(telemetry, kind, &payload);
    otr_publication publication = {
        .token = OTR_TELEMETRY_NO_TOKEN,
        .topic = otr_sparkplug_topic(&memory, telemetry->config.group, kind, telemetry->config.gateway, name),
        .payload = otr_buffer_bytes(&payload)};
    otr_status status = OTR_MEMORY;
    if (publication.topic.data != NULL && !payload.failed)
        status = has_room(telemetry, bytes_of(&publication)) ? publish(telemetry, &publication) : OTR_FULL;
    telemetry->seq = (uint8_t)(telemetry->seq + (status == OTR_OK));
    if (status == OTR_OK && device != OTR_TELEMETRY_NODE)
        telemetry->devices[device].standing = strcmp(kind, "DDEATH") != 0;
    telemetry->said += status == OTR_OK;
    otr_buffer_done(&payload);
    otr_arena_done(&memory);
    if (status == OTR_LIMIT || status == OTR_INVALID) { /* the broker takes no such message, now or later */
        otr_log(OTR_LOG_WARNING, "telemetry_refused", "kind=%s device=\"%.*s\" bytes=%zu reason=\"%s\"", kind,
                OTR_STR_ARG(name), metrics.size, otr_status_text(status));
        telemetry->counters.refused++;
        return OTR_TELLING_REFUSED;
    }
    return status == OTR_OK ? OTR_TELLING_DONE : OTR_TELLING_LATER;
}

/* Nothing is on its way, so that the broker has all that was to be told. */
static void all_proven(otr_telemetry *telemetry)
{
    if (telemetry->sent != telemetry->arrived || telemetry->doubted)
        return;
    if (telemetry->awaited_at != OTR_TIME_NONE)
        return;
    otr_telemetry_cursor_join(&telemetry->proven, &telemetry->reached);
    otr_telemetry_dirty(telemetry);
}

static bool send_item(otr_telemetry *telemetry, otr_telemetry_queue *queue)
{
    static const char *const kinds[] = {
        [OTR_ITEM_DATA] = "DDATA", [OTR_ITEM_BIRTH] = "DBIRTH", [OTR_ITEM_DEATH] = "DDEATH"};
    const otr_telemetry_item *item = queue->first;
    otr_telemetry_device *device = &telemetry->devices[item->device];
    if (item->kind == OTR_ITEM_DEATH ? device->standing
                                     : item->kind != OTR_ITEM_MARK && !device->unbearable) {
        otr_telling telling = otr_telemetry_message(telemetry, kinds[item->kind], item->device,
                                                    otr_buffer_bytes(&item->metrics));
        if (telling == OTR_TELLING_LATER)
            return false;
        if (telling == OTR_TELLING_REFUSED && item->kind == OTR_ITEM_BIRTH)
            otr_telemetry_unbearable(telemetry, item->device);
    }
    if (item->covers.first != 0)
        (void)otr_telemetry_cursor_add(&telemetry->reached, item->covers.first, item->covers.last);
    if (item->covers.first != 0)
        all_proven(telemetry);
    otr_telemetry_queue_drop(queue);
    return true;
}

/* ---- barriers ---- */

static uint64_t unmarked(const otr_telemetry *telemetry)
{
    return telemetry->sent - telemetry->marked;
}

otr_time otr_telemetry_barrier_at(const otr_telemetry *telemetry)
{
    bool echo = telemetry->awaited_at != OTR_TIME_NONE && telemetry->barrier_count == 0;
    if ((unmarked(telemetry) == 0 && !echo) || telemetry->blocked ||
        telemetry->barrier_count == OTR_LIMIT_TELEMETRY_BARRIERS)
        return OTR_TIME_NEVER;
    if (telemetry->now.mono < telemetry->refused_until)
        return telemetry->refused_until;
    if (unmarked(telemetry) == 0)
        return otr_time_add(telemetry->awaited_at, PASSED_ON);
    bool stuck = telemetry->held && telemetry->barrier_count == 0;
    return stuck || unmarked(telemetry) >= otr_telemetry_window(telemetry) / 4
               ? OTR_TIME_NONE
               : otr_time_add(telemetry->marked_at, BARRIER_IDLE);
}

static void send_barrier(otr_telemetry *telemetry)
{
    otr_arena memory = {0};
    if (otr_telemetry_barrier_at(telemetry) > telemetry->now.mono)
        return;
    otr_publication publication = {.token = ++telemetry->tokens,
                                   .topic = otr_topic_build(&memory, telemetry->config.group,
                                                            telemetry->config.gateway, OTR_STR("telemetry")),
                                   .qos = 1};
    otr_time from = unmarked(telemetry) > 0 ? telemetry->marked_at : telemetry->now.mono;
    if (publication.topic.data != NULL && publish(telemetry, &publication) == OTR_OK) {
        telemetry->barriers[telemetry->barrier_count++] = (otr_barrier){.token = publication.token,
                                                                        .sent = telemetry->sent,
                                                                        .from = from,
                                                                        .epoch = telemetry->epoch,
                                                                        .pressed = telemetry->held,
                                                                        .at = telemetry->now.mono,
                                                                        .said = telemetry->said,
                                                                        .reached = telemetry->reached};
        telemetry->marked = telemetry->sent;
    }
    otr_arena_done(&memory);
}

/* Acknowledgements may come in bunches, of which the later ones say nothing of the line: what is measured is
 * what came through since something was measured last, over a span in which there was something to carry. */
static void measure(otr_telemetry *telemetry, const otr_barrier *barrier)
{
    if (barrier->from > telemetry->arrived_at)
        telemetry->measured_at += barrier->from - telemetry->arrived_at;
    telemetry->arrived = barrier->sent;
    telemetry->arrived_at = telemetry->now.mono;
    otr_time span = telemetry->now.mono - telemetry->measured_at;
    if (span < (telemetry->rate > 0.0 ? MEASURED_LEAST : OTR_MS))
        return;
    double rate = (double)(barrier->sent - telemetry->measured) / ((double)span / (double)OTR_SECOND);
    double least = telemetry->rate > 0.0 ? telemetry->rate : WINDOW_FIRST / WINDOW_SPAN_S;
    if (barrier->pressed)
        telemetry->rate = telemetry->rate > 0.0 ? (telemetry->rate + rate) / 2.0 : rate;
    else if (rate > least) /* a line that is not full says only how fast it is at least */
        telemetry->rate = rate;
    telemetry->measured = barrier->sent;
    telemetry->measured_at = telemetry->now.mono;
}

static void prove(otr_telemetry *telemetry, const otr_barrier *barrier)
{
    otr_telemetry_cursor_join(&telemetry->proven, &barrier->reached);
    otr_telemetry_dirty(telemetry);
}

/* The broker has what was sent before the barrier; of several, only this one may have it. */
static void acknowledged(otr_telemetry *telemetry, const otr_barrier *barrier)
{
    if (telemetry->config.servers == 1) {
        prove(telemetry, barrier);
        return;
    }
    bool awaits = telemetry->awaited_at != OTR_TIME_NONE && telemetry->awaited.epoch == telemetry->epoch;
    if (awaits && barrier->at < otr_time_add(telemetry->awaited_at, PASSED_ON))
        return;
    if (awaits)
        prove(telemetry, &telemetry->awaited);
    bool more = !awaits || barrier->said != telemetry->awaited.said;
    telemetry->awaited = *barrier;
    telemetry->awaited_at = more ? telemetry->now.mono : OTR_TIME_NONE;
}

void otr_telemetry_proved(otr_telemetry *telemetry, uint64_t token, otr_status status)
{
    size_t at = 0;
    while (at < telemetry->barrier_count && telemetry->barriers[at].token != token)
        at++;
    if (at == telemetry->barrier_count || status == OTR_IO)
        return;
    const otr_barrier *barrier = &telemetry->barriers[at];
    telemetry->counters.proofs += status == OTR_OK;
    measure(telemetry, barrier);
    telemetry->doubted |= status != OTR_OK;
    if (status == OTR_OK && !telemetry->doubted && barrier->epoch == telemetry->epoch) {
        acknowledged(telemetry, barrier);
    } else if (status != OTR_OK) {
        otr_log(
            OTR_LOG_WARNING, "telemetry_unproven",
            "reason=\"the broker refuses outrider/v1/%.*s/%.*s/telemetry: all is sent again after the next "
            "connect\"",
            OTR_STR_ARG(telemetry->config.group), OTR_STR_ARG(telemetry->config.gateway));
        telemetry->refused_until = otr_time_add(telemetry->now.mono, REFUSED_DELAY);
    }
    if (status == OTR_OK)
        all_proven(telemetry);
    telemetry->barrier_count -= at + 1;
    memmove(telemetry->barriers, telemetry->barriers + at + 1,
            telemetry->barrier_count * sizeof *telemetry->barriers);
}

void otr_telemetry_line_reset(otr_telemetry *telemetry)
{
    telemetry->blocked = false;
    telemetry->held = false;
    telemetry->doubted = false;
    telemetry->rate = 0.0; /* the last line may have been ten times faster */
    telemetry->sent = telemetry->arrived = telemetry->marked = telemetry->measured = 0;
    telemetry->measured_at = telemetry->arrived_at = telemetry->now.mono;
    telemetry->refused_until = OTR_TIME_NONE;
    telemetry->barrier_count = 0;
    telemetry->awaited_at = OTR_TIME_NONE;
    telemetry->reached = telemetry->proven;
}

/* ---- the pump ---- */

void otr_telemetry_pump(otr_telemetry *telemetry)
{
    bool yields = telemetry->yields_until > telemetry->now.mono;
    int left = yields ? 0 : MESSAGES_A_TURN;
    if (yields)
        (void)has_room(telemetry, 1); /* what is proven meanwhile holds it no longer */
    if (!yields && telemetry->phase == OTR_TELEMETRY_BIRTH && otr_telemetry_births_run(telemetry)) {
        telemetry->phase = OTR_TELEMETRY_ONLINE;
        telemetry->sweep_at = telemetry->now.mono;
    }
    while (telemetry->phase == OTR_TELEMETRY_ONLINE && left-- > 0 && has_room(telemetry, 1)) {
        while (telemetry->live.first == NULL && otr_telemetry_catch_up(telemetry))
            ;
        otr_telemetry_queue *queue = telemetry->live.first != NULL ? &telemetry->live : &telemetry->past;
        if (queue->first == NULL ? !otr_telemetry_read_past(telemetry) : !send_item(telemetry, queue))
            break;
        send_barrier(telemetry);
    }
    if (telemetry->phase >= OTR_TELEMETRY_BIRTH && telemetry->phase <= OTR_TELEMETRY_ONLINE)
        send_barrier(telemetry);
    for (size_t i = 0; telemetry->held && i < telemetry->barrier_count; i++)
        telemetry->barriers[i].pressed = true;
}

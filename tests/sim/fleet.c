/* Devices: what they measure, when they send it, and what they do with the answers. */
#include "fleet.h"

#include "codec/readings.h"

#include <stdio.h>
#include <stdlib.h>

/* RFC 7252: 2 s doubled four times, and half as much again by chance; all within 93 s. */
enum { RETRANSMITS = 4, MESSAGE_SAMPLES = 40 };
#define LATE_MAX (100 * OTR_SECOND) /* MAX_LATENCY */

const char *const sim_metric_names[SIM_METRICS] = {"temperature", "shock", "battery"};
static const char *const units[SIM_METRICS] = {"Cel", "g", "%EL"};

/* ---- the network ---- */

static void fly(sim *s, const sim_datagram *datagram, otr_time delay)
{
    sim_datagram *added = OTR_DISK_ADD(s->fleet->air);
    *added = *datagram;
    added->at = s->clock.now + delay;
    added->number = s->fleet->datagrams++;
}

static void send_datagram(sim *s, const sim_datagram *datagram)
{
    otr_dice *dice = &s->dice[SIM_DATAGRAM];
    otr_time delay = (otr_time)(5 + otr_dice_roll(&s->ways, 200)) * OTR_MS;
    if (sim_happens(s, SIM_DATAGRAM, SIM_FAULT_DATAGRAM_LOST, 8))
        return;
    if (sim_happens(s, SIM_DATAGRAM, SIM_FAULT_DATAGRAM_LATE, 15))
        delay += otr_dice_span(dice, OTR_SECOND, LATE_MAX);
    fly(s, datagram, delay);
    if (sim_happens(s, SIM_DATAGRAM, SIM_FAULT_DATAGRAM_DOUBLED, 15))
        fly(s, datagram, otr_dice_span(dice, 5 * OTR_MS, LATE_MAX));
}

/* ---- measuring ---- */

static void take_sample(sim *s, sim_device *d, sim_metric metric, double value)
{
    sim_sample *sample = OTR_DISK_ADD(d->samples);
    otr_time at = s->clock.now + d->clock_error;
    /* in milliseconds, and no two of a device alike; where hosts are told by exception, some stay the same */
    bool alike = s->plan.telemetry && (d - s->fleet->devices) % 2 == 0;
    double mark = alike ? 0.0 : (double)(d->samples.count % 1000) / 100000;
    *sample = (sim_sample){at / OTR_MS * OTR_MS, metric, value + mark};
    if (!d->relative && sim_happens(s, SIM_LIE, SIM_FAULT_LIE_FUTURE, 60))
        sample->at += otr_dice_span(&s->dice[SIM_LIE], OTR_HOUR, 100 * OTR_DAY) / OTR_MS * OTR_MS;
    if (sim_happens(s, SIM_LIE, SIM_FAULT_LIE_VALUE, 60))
        sample->value = otr_dice_one_in(&s->dice[SIM_LIE], 2) ? -300 : 1e6;
    uint32_t *place = OTR_DISK_ADD(d->buffer);
    *place = (uint32_t)(d->samples.count - 1);
}

static void measure(sim *s, sim_device *d)
{
    if (d->warm > 0)
        d->warm--;
    else if (otr_dice_one_in(&d->dice, 25))
        d->warm = 1 + (int)otr_dice_roll(&d->dice, 20);
    double aim = d->warm == 0 ? 4 : d->warm % 7 == 6 ? 24 : 11;
    d->temperature += (aim - d->temperature) / 2;
    take_sample(s, d, SIM_TEMPERATURE, (double)(int)(d->temperature * 10) / 10);
    if (otr_dice_one_in(&d->dice, 12))
        take_sample(s, d, SIM_SHOCK, otr_dice_one_in(&d->dice, 3) ? 9 : 1);
    if (otr_dice_one_in(&d->dice, 10)) {
        d->battery -= 3 + otr_dice_roll(&d->dice, 8);
        if (d->battery < 5)
            d->battery = 100;
        take_sample(s, d, SIM_BATTERY, d->battery);
    }
    d->sample_at += d->interval;
    if (s->clock.now < d->silent_until || !s->has[SIM_SILENT])
        return;
    if (sim_happens(s, SIM_SILENT, SIM_FAULT_OUT_OF_COVERAGE, 60)) {
        d->silent_until = s->clock.now + otr_dice_span(&s->dice[SIM_SILENT], OTR_MINUTE, 6 * OTR_HOUR);
        d->newest_first = otr_dice_one_in(&s->dice[SIM_SILENT], 2);
        sim_say(s, "%s is out of coverage", d->name);
    }
}

/* ---- sending ---- */

static void encode(const sim *s, const sim_device *d, sim_message *m)
{
    otr_reading readings[MESSAGE_SAMPLES];
    otr_error error;
    for (size_t i = 0; i < m->count; i++) {
        const sim_sample *sample = &d->samples.list[m->samples[i]];
        readings[i] =
            (otr_reading){.metric = otr_str_of(sim_metric_names[sample->metric]),
                          .unit = otr_str_of(units[sample->metric]),
                          .at_us = m->relative ? sample->at - s->clock.now / OTR_MS * OTR_MS : sample->at,
                          .stamp = m->relative ? OTR_STAMP_RELATIVE : OTR_STAMP_ABSOLUTE,
                          .kind = OTR_KIND_NUMBER,
                          .number = sample->value};
    }
    otr_message message = {otr_str_of(d->name), readings, m->count};
    OTR_ASSERT(otr_readings_encode(&m->payload, m->format, &message, &error) == OTR_OK);
}

static void make_message(sim *s, sim_device *d)
{
    static const unsigned formats[] = {OTR_FORMAT_SENML_JSON, OTR_FORMAT_SENML_CBOR, OTR_FORMAT_READING};
    uint32_t number = (uint32_t)s->fleet->messages.count;
    sim_message *m = OTR_DISK_ADD(s->fleet->messages);
    size_t most = 1 + otr_dice_roll(&d->dice, MESSAGE_SAMPLES);
    *m = (sim_message){
        .device = (uint32_t)(d - s->fleet->devices), .at = s->clock.now, .relative = d->relative};
    m->key = otr_hash64(s->plan.seed, number, d->name, strlen(d->name)) | 1;
    m->format = formats[otr_dice_roll(&d->dice, 3)];
    m->count = d->buffer.count < most ? d->buffer.count : most;
    m->samples = calloc(m->count, sizeof *m->samples);
    OTR_ASSERT(m->samples != NULL);
    size_t first = d->newest_first ? d->buffer.count - m->count : 0;
    memcpy(m->samples, d->buffer.list + first, m->count * sizeof *m->samples);
    encode(s, d, m);
    if (m->format == OTR_FORMAT_SENML_JSON && sim_happens(s, SIM_LIE, SIM_FAULT_LIE_GARBAGE, 20)) {
        m->garbage = true;
        m->payload.size -= 1 + otr_dice_roll(&s->dice[SIM_LIE], (uint32_t)m->payload.size - 1);
    }
    sim_map_put(&s->fleet->keys, m->key, number);
    d->waiting = true;
    d->message = number;
    d->tries = 0;
    d->retry_at = s->clock.now;
    sim_say(s, "%s sends message %u of %zu readings", d->name, number, m->count);
}

static void transmit(sim *s, sim_device *d)
{
    otr_time wait = (2 * OTR_SECOND << d->tries) + (otr_time)otr_dice_roll(&d->dice, 1000) * OTR_MS;
    d->tries++;
    d->retry_at = s->clock.now + wait;
    send_datagram(s, &(sim_datagram){.up = true, .message = d->message});
}

static void take_from_buffer(sim_device *d, const sim_message *m)
{
    size_t kept = 0;
    for (size_t i = 0; i < d->buffer.count; i++) {
        bool sent = false;
        for (size_t j = 0; j < m->count && !sent; j++)
            sent = m->samples[j] == d->buffer.list[i];
        if (!sent)
            d->buffer.list[kept++] = d->buffer.list[i];
    }
    d->buffer.count = kept;
}

/* After four retransmits the device gives up for a while. What it says then is another message, with the same
 * readings, also where the gateway has them. */
static void give_up(sim *s, sim_device *d)
{
    d->waiting = false;
    d->send_at = s->clock.now + OTR_MINUTE + otr_dice_span(&d->dice, 0, 10 * OTR_MINUTE);
    if (s->fleet->calm)
        d->send_at = s->clock.now + OTR_SECOND;
    s->figures.faults[SIM_FAULT_SENT_ANEW]++;
    sim_say(s, "%s gives message %u up", d->name, d->message);
}

static void hear(sim *s, sim_device *d, const sim_datagram *answer)
{
    sim_message *m = &s->fleet->messages.list[answer->message];
    if (!d->waiting || d->message != answer->message)
        return;
    d->waiting = false;
    if (answer->refused) {
        take_from_buffer(d, m);
        return;
    }
    if (answer->answer == OTR_ANSWER_FULL) {
        d->send_at = s->clock.now + 5 * OTR_SECOND + otr_dice_span(&d->dice, 0, 3 * OTR_MINUTE);
        return;
    }
    take_from_buffer(d, m);
    d->fetching |= answer->answer == OTR_ANSWER_KEPT_MORE && s->has[SIM_DEEDS];
    d->send_at = s->clock.now + OTR_SECOND;
}

/* ---- at the gateway ---- */

static void arrive(sim *s, const sim_datagram *datagram)
{
    sim_fleet *f = s->fleet;
    sim_message *m = &f->messages.list[datagram->message];
    otr_error error;
    if (s->driver == NULL)
        return; /* nobody listens */
    sim_handle *handle = OTR_DISK_ADD(f->handles);
    *handle = (sim_handle){.message = datagram->message};
    size_t number = f->handles.count;
    otr_upload upload = {.identity = otr_str_of(f->devices[m->device].name),
                         .format = m->format,
                         .payload = otr_buffer_bytes(&m->payload),
                         .key = m->key,
                         .handle = number};
    s->figures.uploads++;
    otr_status status = otr_driver_upload(s->driver, &upload, &error);
    if (status == OTR_OK)
        return;
    f->handles.list[number - 1].answered = true;
    sim_say(s, "message %u is refused: %s", datagram->message, error.text);
    if (status != OTR_FULL && !m->garbage)
        sim_fail(s, "a good message of %s is refused: %s", f->devices[m->device].name, error.text);
    m->refused |= status != OTR_FULL;
    send_datagram(s, &(sim_datagram){.message = datagram->message,
                                     .answer = OTR_ANSWER_FULL,
                                     .refused = status != OTR_FULL});
}

void sim_fleet_answer(sim *s, uint64_t handle, otr_answer_kind kind)
{
    sim_fleet *f = s->fleet;
    if (handle == 0 || handle > f->handles.count) {
        sim_fail(s, "an answer to a handle that nobody has");
        return;
    }
    sim_handle *h = &f->handles.list[handle - 1];
    if (h->answered || h->void_)
        sim_fail(s, "handle %llu is answered twice", (unsigned long long)handle);
    h->answered = true;
    if (h->fetch && kind != OTR_ANSWER_FULL)
        f->devices[h->device].done[0] = '\0';
    if (kind == OTR_ANSWER_NONE || h->fetch)
        return;
    sim_message *m = &f->messages.list[h->message];
    bool kept = kind == OTR_ANSWER_KEPT || kind == OTR_ANSWER_KEPT_MORE;
    if (kept && !m->durable)
        sim_fail(s, "message %u is acknowledged before it is durable", h->message);
    m->acknowledged |= kept;
    send_datagram(s, &(sim_datagram){.message = h->message, .answer = kind});
}

/* ---- commands ---- */

static uint64_t new_handle(sim *s, const sim_device *d)
{
    sim_handle *handle = OTR_DISK_ADD(s->fleet->handles);
    *handle = (sim_handle){.fetch = true, .device = (uint32_t)(d - s->fleet->devices)};
    return s->fleet->handles.count;
}

static void ask(sim *s, sim_device *d, const char *done)
{
    otr_error error;
    otr_device_request request = {
        .device = otr_str_of(d->name), .format = OTR_FORMAT_SENML_JSON, .done = otr_str_of(done)};
    if (s->driver == NULL)
        return;
    request.handle = new_handle(s, d);
    otr_status status = done == NULL ? otr_driver_fetch(s->driver, &request, &error)
                                     : otr_driver_confirm(s->driver, &request, &error);
    if (status == OTR_OK)
        return;
    s->fleet->handles.list[request.handle - 1].answered = true;
    if (status != OTR_FULL && status != OTR_NOT_FOUND)
        sim_fail(s, "%s may not have its commands: %s", d->name, error.text);
    if (status == OTR_FULL) { /* it asks again after its next report */
        d->fetching |= done == NULL;
        return;
    }
    d->done[0] = '\0';
}

/* What it is told to do it does, and says so a while later; or not. */
void sim_fleet_deliver(sim *s, uint64_t handle, unsigned format, otr_bytes commands)
{
    char text[600];
    (void)format;
    sim_fleet_answer(s, handle, OTR_ANSWER_KEPT);
    if (sim_failed(s))
        return;
    sim_device *d = &s->fleet->devices[s->fleet->handles.list[handle - 1].device];
    (void)snprintf(text, sizeof text, "%.*s", (int)commands.size, (const char *)commands.data);
    const char *id = strstr(text, "\"id\":\"");
    if (id == NULL || otr_dice_one_in(&d->dice, 4))
        return;
    (void)snprintf(d->done, sizeof d->done, "%.32s", id + 6);
    d->done_at = s->clock.now + otr_dice_span(&d->dice, OTR_SECOND, 20 * OTR_MINUTE);
    sim_say(s, "%s is told what to do", d->name);
}

static void run_commands(sim *s, sim_device *d)
{
    if (d->fetching && !d->waiting) {
        d->fetching = false;
        ask(s, d, NULL);
    }
    if (d->done[0] != '\0' && d->done_at <= s->clock.now) {
        d->done_at = s->clock.now + OTR_MINUTE; /* until it is kept */
        ask(s, d, d->done);
    }
}

void sim_fleet_forsaken(sim *s)
{
    sim_fleet *f = s->fleet;
    for (size_t i = f->handles_of_life; i < f->handles.count; i++)
        f->handles.list[i].void_ = true;
    f->handles_of_life = f->handles.count;
}

/* ---- life ---- */

void sim_fleet_init(sim *s)
{
    s->fleet = calloc(1, sizeof *s->fleet);
    OTR_ASSERT(s->fleet != NULL);
    for (unsigned i = 0; i < s->plan.devices; i++) {
        sim_device *d = &s->fleet->devices[i];
        (void)snprintf(d->name, sizeof d->name, "dev-%u", i);
        d->dice = otr_dice_of(s->plan.seed, "device", i);
        d->interval = otr_dice_span(&d->dice, 20 * OTR_SECOND, 12 * OTR_MINUTE);
        d->sample_at = s->clock.now + otr_dice_span(&d->dice, OTR_SECOND, d->interval);
        d->temperature = 4;
        d->battery = 40 + otr_dice_roll(&d->dice, 60);
        d->relative = otr_dice_one_in(&d->dice, 5);
        d->batch = otr_dice_one_in(&d->dice, 2) ? 1 : 1 + otr_dice_roll(&d->dice, 12);
        if (s->has[SIM_CLOCK] && !d->relative && otr_dice_one_in(&d->dice, 2))
            d->clock_error = otr_dice_span(&d->dice, 0, 30 * OTR_SECOND) / OTR_MS * OTR_MS;
    }
}

void sim_fleet_done(sim *s)
{
    sim_fleet *f = s->fleet;
    for (int i = 0; i < SIM_DEVICES; i++) {
        free(f->devices[i].samples.list);
        free(f->devices[i].buffer.list);
    }
    for (size_t i = 0; i < f->messages.count; i++) {
        otr_buffer_done(&f->messages.list[i].payload);
        free(f->messages.list[i].samples);
    }
    free(f->messages.list);
    free(f->air.list);
    free(f->handles.list);
    sim_map_done(&f->keys);
    free(f);
}

static bool wants_to_send(const sim *s, const sim_device *d)
{
    return !d->waiting && d->buffer.count > 0 &&
           (d->buffer.count >= d->batch || s->fleet->calm || d->buffer.count > MESSAGE_SAMPLES);
}

static otr_time later(otr_time a, otr_time b)
{
    return a > b ? a : b;
}

static otr_time sooner(otr_time a, otr_time b)
{
    return a < b ? a : b;
}

static otr_time next_of(const sim *s, const sim_device *d)
{
    otr_time next = s->fleet->calm ? OTR_TIME_NEVER : d->sample_at;
    if (d->waiting)
        next = sooner(next, d->retry_at);
    else if (wants_to_send(s, d))
        next = sooner(next, later(d->send_at, d->silent_until));
    if (d->done[0] != '\0')
        next = sooner(next, d->done_at);
    return next;
}

otr_time sim_fleet_next(const sim *s)
{
    otr_time next = OTR_TIME_NEVER;
    for (unsigned i = 0; i < s->plan.devices; i++)
        next = sooner(next, next_of(s, &s->fleet->devices[i]));
    for (size_t i = 0; i < s->fleet->air.count; i++)
        next = sooner(next, s->fleet->air.list[i].at);
    return next;
}

static void run_device(sim *s, sim_device *d)
{
    otr_time now = s->clock.now;
    run_commands(s, d);
    if (!s->fleet->calm && d->sample_at <= now)
        measure(s, d);
    if (d->waiting && d->retry_at <= now) {
        if (d->tries > RETRANSMITS)
            give_up(s, d);
        else
            transmit(s, d);
    } else if (wants_to_send(s, d) && later(d->send_at, d->silent_until) <= now) {
        make_message(s, d);
    }
}

static void run_air(sim *s)
{
    sim_fleet *f = s->fleet;
    for (size_t i = 0; i < f->air.count; i++) {
        if (f->air.list[i].at > s->clock.now)
            continue;
        sim_datagram datagram = f->air.list[i];
        f->air.count--;
        memmove(f->air.list + i, f->air.list + i + 1, (f->air.count - i) * sizeof datagram);
        if (datagram.up)
            arrive(s, &datagram);
        else
            hear(s, &f->devices[f->messages.list[datagram.message].device], &datagram);
        return;
    }
}

void sim_fleet_run(sim *s)
{
    for (unsigned i = 0; i < s->plan.devices; i++)
        run_device(s, &s->fleet->devices[i]);
    run_air(s);
}

void sim_fleet_calm(sim *s)
{
    s->fleet->calm = true;
    for (unsigned i = 0; i < s->plan.devices; i++) {
        s->fleet->devices[i].silent_until = 0;
        s->fleet->devices[i].send_at = sooner(s->fleet->devices[i].send_at, s->clock.now + OTR_SECOND);
    }
}

bool sim_fleet_is_quiet(const sim *s)
{
    for (unsigned i = 0; i < s->plan.devices; i++)
        if (s->fleet->devices[i].buffer.count > 0)
            return false;
    for (size_t i = s->fleet->handles_of_life; i < s->fleet->handles.count; i++)
        if (!s->fleet->handles.list[i].answered)
            return false;
    return s->fleet->air.count == 0;
}

/* A Sparkplug host, which takes nothing on trust: births before data, each number in its turn, values in
 * their order but for what is said to be historical. */
#include "uplink.h"

#include "codec/sparkplug.h"
#include "proto/sparkplug_b.pb-c.h"

#include <stdio.h>
#include <stdlib.h>

typedef Outrider__Sparkplug__Payload payload_t;
typedef Outrider__Sparkplug__Metric metric_t;

uint64_t sim_host_point(otr_str device, otr_str metric)
{
    return otr_hash64(otr_hash64(1, 2, device.data, device.size), 3, metric.data, metric.size);
}

uint64_t sim_host_key(uint64_t point, double value, otr_time at)
{
    return otr_hash64(point, (uint64_t)at, &value, sizeof value);
}

uint64_t sim_host_bdseq(otr_bytes bytes)
{
    payload_t *payload = outrider__sparkplug__payload__unpack(NULL, bytes.size, bytes.data);
    uint64_t bdseq = UINT64_MAX;
    for (size_t i = 0; payload != NULL && i < payload->n_metrics; i++)
        if (payload->metrics[i]->name != NULL && strcmp(payload->metrics[i]->name, "bdSeq") == 0)
            bdseq = payload->metrics[i]->long_value;
    if (payload != NULL)
        outrider__sparkplug__payload__free_unpacked(payload, NULL);
    return bdseq;
}

void sim_host_called(sim *s, uint64_t session, uint64_t bdseq)
{
    sim_host_session *added = OTR_DISK_ADD(s->uplink->sessions);
    *added = (sim_host_session){.number = session, .bdseq = bdseq};
}

static void end_session(sim_host_session *session)
{
    for (size_t i = 0; i < session->devices.count; i++)
        free(session->devices.list[i].metrics.list);
    free(session->devices.list);
    memset(&session->devices, 0, sizeof session->devices);
}

void sim_host_done(sim *s)
{
    for (size_t i = 0; i < s->uplink->sessions.count; i++)
        end_session(&s->uplink->sessions.list[i]);
    free(s->uplink->sessions.list);
    sim_map_done(&s->uplink->heard);
}

static sim_host_device *find_device(sim_host_session *session, otr_str name)
{
    for (size_t i = 0; i < session->devices.count; i++)
        if (otr_str_is(name, session->devices.list[i].name))
            return &session->devices.list[i];
    sim_host_device *added = OTR_DISK_ADD(session->devices);
    (void)snprintf(added->name, sizeof added->name, "%.*s", OTR_STR_ARG(name));
    return added;
}

static sim_host_metric *find_metric(const sim_host_device *device, uint64_t alias)
{
    for (size_t i = 0; i < device->metrics.count; i++)
        if (device->metrics.list[i].alias == alias)
            return &device->metrics.list[i];
    return NULL;
}

static unsigned quality_of(const metric_t *metric)
{
    for (size_t i = 0; metric->properties != NULL && i < metric->properties->n_keys; i++)
        if (strcmp(metric->properties->keys[i], "Quality") == 0)
            return metric->properties->values[i]->int_value;
    return OTR_SPARKPLUG_GOOD;
}

static void hear(sim *s, uint64_t point, const metric_t *metric)
{
    sim_uplink *u = s->uplink;
    if ((otr_time)metric->timestamp * OTR_MS < SIM_BEGIN - OTR_DAY)
        sim_fail(s, "%g is told as of %lld ms, long before all began", metric->double_value,
                 (long long)metric->timestamp);
    uint32_t number = (uint32_t)(u->messages & 0x7fffffff);
    sim_map_put(&u->heard, sim_host_key(point, metric->double_value, (otr_time)metric->timestamp), number);
    sim_map_put(&u->heard, sim_host_key(point, metric->double_value, OTR_TIME_NONE), number);
}

/* ---- messages ---- */

static void take_birth(sim *s, sim_host_device *device, const payload_t *payload)
{
    device->born = true;
    device->metrics.count = 0;
    for (size_t i = 0; i < payload->n_metrics; i++) {
        const metric_t *metric = payload->metrics[i];
        if (metric->name == NULL || !metric->has_alias || !metric->has_datatype || !metric->has_timestamp) {
            sim_fail(s, "a birth of %s has a metric without its name, alias, type or time", device->name);
            return;
        }
        if (find_metric(device, metric->alias) != NULL)
            sim_fail(s, "a birth of %s has alias %llu twice", device->name,
                     (unsigned long long)metric->alias);
        otr_time at = (otr_time)metric->timestamp;
        sim_host_metric *known = OTR_DISK_ADD(device->metrics);
        *known = (sim_host_metric){metric->alias,
                                   sim_host_point(otr_str_of(device->name), otr_str_of(metric->name)),
                                   quality_of(metric) == OTR_SPARKPLUG_GOOD ? at : OTR_TIME_NONE};
        hear(s, known->point, metric);
    }
}

static void take_data(sim *s, const sim_host_device *device, const payload_t *payload)
{
    for (size_t i = 0; i < payload->n_metrics && !sim_failed(s); i++) {
        const metric_t *metric = payload->metrics[i];
        sim_host_metric *known = metric->has_alias ? find_metric(device, metric->alias) : NULL;
        otr_time at = (otr_time)metric->timestamp;
        if (known == NULL || metric->value_case != OUTRIDER__SPARKPLUG__METRIC__VALUE_DOUBLE_VALUE) {
            sim_fail(s, "data of %s has a metric that its birth has not, or of another type", device->name);
            return;
        }
        if (metric->is_historical) {
            s->uplink->historical++;
        } else if (at < known->newest) {
            sim_fail(s, "a value of %s comes %lld ms out of order and is not said to be historical",
                     device->name, (long long)(known->newest - at));
        } else {
            known->newest = at;
        }
        s->uplink->values++;
        hear(s, known->point, metric);
    }
}

static void take_node_birth(sim *s, sim_host_session *session, otr_bytes bytes)
{
    if (sim_host_bdseq(bytes) != session->bdseq)
        sim_fail(s, "a birth has bdSeq %llu, and its session's will %llu",
                 (unsigned long long)sim_host_bdseq(bytes), (unsigned long long)session->bdseq);
    session->born = true;
    session->next_seq = 0;
    for (size_t i = 0; i < session->devices.count; i++)
        session->devices.list[i].born = false;
}

static void take_message(sim *s, sim_host_session *session, otr_str kind, otr_str name, otr_bytes bytes)
{
    payload_t *payload = outrider__sparkplug__payload__unpack(NULL, bytes.size, bytes.data);
    if (payload == NULL) {
        sim_fail(s, "%.*s is no payload", OTR_STR_ARG(kind));
        return;
    }
    sim_host_device *device = name.size > 0 ? find_device(session, name) : NULL;
    if (otr_str_is(kind, "NBIRTH"))
        take_node_birth(s, session, bytes);
    if (session->over || !session->born)
        sim_fail(s, "%.*s comes %s", OTR_STR_ARG(kind), session->over ? "after NDEATH" : "before NBIRTH");
    else if (!payload->has_seq || payload->seq != session->next_seq)
        sim_fail(s, "%.*s has seq %llu instead of %u", OTR_STR_ARG(kind), (unsigned long long)payload->seq,
                 session->next_seq);
    else if (otr_str_is(kind, "DBIRTH") && device != NULL)
        take_birth(s, device, payload);
    else if (device != NULL && !device->born)
        sim_fail(s, "%.*s of %s comes without its birth", OTR_STR_ARG(kind), device->name);
    else if (otr_str_is(kind, "DDATA") && device != NULL)
        take_data(s, device, payload);
    else if (otr_str_is(kind, "DDEATH") && device != NULL)
        device->born = false;
    else if (!otr_str_is(kind, "NBIRTH"))
        sim_fail(s, "what kind of message is %.*s?", OTR_STR_ARG(kind));
    session->next_seq++;
    outrider__sparkplug__payload__free_unpacked(payload, NULL);
}

static sim_host_session *find_session(sim *s, uint64_t number)
{
    for (size_t i = s->uplink->sessions.count; i > 0; i--)
        if (s->uplink->sessions.list[i - 1].number == number)
            return &s->uplink->sessions.list[i - 1];
    return NULL;
}

/* The first part of a text up to the separator, which is taken off with it. */
static otr_str take_part(otr_str *rest)
{
    size_t size = 0;
    while (size < rest->size && rest->data[size] != '/')
        size++;
    otr_str part = {rest->data, size};
    size += size < rest->size;
    *rest = (otr_str){rest->data + size, rest->size - size};
    return part;
}

void sim_host_arrived(sim *s, const otr_sim_passing *message)
{
    otr_str rest = {(const char *)message->topic.data, message->topic.size};
    otr_bytes payload = {message->payload.data, message->payload.size};
    sim_host_session *session = find_session(s, message->session);
    s->uplink->messages++;
    OTR_ASSERT(session != NULL);
    if (otr_str_is(rest, "outrider/v1/g/w/telemetry"))
        return; /* a barrier */
    if (!otr_str_is(take_part(&rest), "spBv1.0") || !otr_str_is(take_part(&rest), "g")) {
        sim_fail(s, "a message is told at %s", (const char *)message->topic.data);
        return;
    }
    otr_str kind = take_part(&rest);
    otr_str node = take_part(&rest);
    sim_say(s, "host: %.*s %.*s, %zu bytes of session %llu", OTR_STR_ARG(kind), OTR_STR_ARG(rest),
            payload.size, (unsigned long long)message->session);
    if (!otr_str_is(node, "w") || (rest.size > 0) != (kind.size > 0 && kind.data[0] == 'D'))
        sim_fail(s, "a message is told at %s", (const char *)message->topic.data);
    else if (!otr_str_is(kind, "NDEATH"))
        take_message(s, session, kind, rest, payload);
    else if (sim_host_bdseq(payload) != session->bdseq)
        sim_fail(s, "a death has another bdSeq than its session");
    if (otr_str_is(kind, "NDEATH")) {
        session->over = true;
        end_session(session);
    }
}

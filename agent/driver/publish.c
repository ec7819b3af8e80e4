/* The way out: the outbox window to the link, texts rendered as they leave. */
#include "base/log.h"
#include "codec/service.h"
#include "core/outbox/outbox.h"
#include "driver/internal.h"
#include "driver/presence.h"
#include "driver/token.h"

#include <stdio.h>
#include <stdlib.h>

/* How long an entry waits that the broker has refused: somebody must mend its permissions first. */
#define REFUSED_DELAY (30 * OTR_SECOND)
/* Memory is short for a moment. */
#define MEMORY_DELAY OTR_SECOND
/* After a failed read: a commit that failed with it is about to be heard of, and then the store is opened
 * anew. */
#define READ_AGAIN_DELAY (OTR_SECOND / 10)
/* Presence and what stands are no outbox entries: their acknowledgements are not waited for. */
#define UNTRACKED_TOKEN UINT64_MAX

static void leave(otr_driver *driver, otr_outbox_window_entry *entry, otr_outbox_reason reason)
{
    otr_outbox_left *left = OTR_LIST_ADD(driver->left);
    if (left == NULL) { /* it will be sent again under the same id */
        entry->handed |= entry->sent;
        driver->window.sent -= entry->sent;
        entry->sent = false;
        return;
    }
    *left = (otr_outbox_left){entry->seq, reason, otr_driver_known_utc(driver)};
    otr_outbox_window_remove(&driver->window, entry);
    otr_driver_stage(driver);
}

/* By the broker, or by the link because the broker does not take such a message. The others go on. */
static void refuse(const otr_driver *driver, otr_outbox_window_entry *entry, otr_status status)
{
    if (!entry->refused)
        otr_log(OTR_LOG_WARNING, "outbox_entry_refused", "seq=%llu reason=\"%s\" retry_s=%d",
                (unsigned long long)entry->seq, otr_status_text(status), (int)(REFUSED_DELAY / OTR_SECOND));
    entry->refused = true;
    entry->not_before = otr_time_add(driver->sample.mono, REFUSED_DELAY);
}

/* Whole seconds that the event has left, rounded up; 0: it has no end, or nobody knows the time. */
static uint32_t seconds_left(const otr_driver *driver, const otr_service_event *event)
{
    if (event->expires == OTR_TIME_NEVER || driver->sample.quality != OTR_CLOCK_SYNCED)
        return 0;
    otr_time left = (event->expires - driver->sample.utc + OTR_SECOND - 1) / OTR_SECOND;
    return left < UINT32_MAX ? (uint32_t)left : UINT32_MAX;
}

static otr_str topic_of(const otr_driver *driver, const otr_service_event *event, otr_arena *memory)
{
    return otr_topic_event(memory, driver->config.group, driver->config.gateway, event);
}

/* What the broker keeps of the entity is by a later entry: one that waits because it was refused, or that was
 * not acknowledged, comes after it. */
static bool kept_later(const otr_driver *driver, otr_id entity, uint64_t seq)
{
    for (size_t i = 0; i < RECENTLY_KEPT; i++)
        if (otr_id_equal(driver->kept[i].entity, entity))
            return driver->kept[i].seq > seq;
    return false;
}

static void remember_kept(otr_driver *driver, otr_id entity, uint64_t seq)
{
    size_t at = 0;
    while (at < RECENTLY_KEPT && !otr_id_equal(driver->kept[at].entity, entity))
        at++;
    if (at == RECENTLY_KEPT) {
        at = driver->kept_next;
        driver->kept_next = (driver->kept_next + 1) % RECENTLY_KEPT;
    }
    driver->kept[at].entity = entity;
    driver->kept[at].seq = seq;
}

/*
 * What stands is retained under a topic of its own for whoever comes later, and an empty message there when
 * it stands no longer. Before its event and on the same connection: the event's acknowledgement is this one's
 * as well.
 */
static otr_status keep_standing(otr_driver *driver, otr_outbox_window_entry *entry,
                                const otr_service_event *event, otr_publication publication,
                                otr_arena *memory)
{
    char id[OTR_ID_TEXT_BYTES];
    if ((event->kind != OTR_SERVICE_ALARM && event->kind != OTR_SERVICE_TICKET) || entry->kept ||
        kept_later(driver, event->entity, entry->seq))
        return OTR_OK;
    otr_id_format(event->entity, id);
    publication.token = UNTRACKED_TOKEN;
    publication.topic = otr_topic_tail(memory, driver->config.group, driver->config.gateway,
                                       otr_str_of(otr_service_kind_text(event->kind)), otr_str_of(id));
    publication.retain = true;
    if (!otr_outbox_stands(event))
        publication.payload = (otr_bytes){NULL, 0};
    if (publication.topic.data == NULL)
        return OTR_MEMORY;
    otr_status status = driver->ports.link.publish(driver->ports.link.self, &publication);
    entry->kept = status == OTR_OK;
    entry->handed |= entry->kept; /* somebody may have read it there */
    if (entry->kept)
        remember_kept(driver, event->entity, entry->seq);
    return status;
}

static otr_status send_entry(otr_driver *driver, otr_outbox_window_entry *entry, otr_service_event *event,
                             otr_arena *memory)
{
    otr_buffer payload = {0};
    otr_error error;
    otr_payload form = driver->config.json_payload ? OTR_PAYLOAD_JSON : OTR_PAYLOAD_PROTOBUF;
    otr_attribute attributes[OTR_ATTRIBUTES_MAX];
    otr_property properties[OTR_ATTRIBUTES_MAX];
    otr_publication publication = {.token = entry->seq, .qos = 1, .expiry_s = seconds_left(driver, event)};
    otr_status status = otr_token_add(&driver->ports.signature, memory, event);
    if (status == OTR_OK)
        status = otr_service_encode(&payload, form, event, &error);
    if (status == OTR_MEMORY) {
        otr_buffer_done(&payload);
        return OTR_MEMORY;
    }
    if (status != OTR_OK) {
        otr_log(OTR_LOG_ERROR, "outbox_entry_unreadable", "seq=%llu reason=\"%s\"",
                (unsigned long long)entry->seq, error.text);
        otr_buffer_done(&payload);
        return OTR_CORRUPT;
    }
    publication.property_count =
        otr_service_attributes(memory, event, driver->config.group, driver->config.gateway, attributes);
    for (size_t i = 0; i < publication.property_count; i++)
        properties[i] = (otr_property){attributes[i].name, attributes[i].value};
    publication.properties = properties;
    publication.topic = topic_of(driver, event, memory);
    publication.content_type = otr_str_of(otr_service_content_type(form));
    publication.payload = otr_buffer_bytes(&payload);
    publication.retain = otr_service_kind_retained(event->kind);
    if (publication.retain && otr_str_is(event->what, "cleared"))
        publication.payload = (otr_bytes){NULL, 0}; /* the broker forgets what it retained */
    status = publication.property_count == 0 || publication.topic.data == NULL
                 ? OTR_MEMORY
                 : keep_standing(driver, entry, event, publication, memory);
    if (status == OTR_OK)
        status = driver->ports.link.publish(driver->ports.link.self, &publication);
    otr_buffer_done(&payload);
    return status;
}

/* False when the link takes no more now. */
static bool send_next(otr_driver *driver, otr_outbox_window_entry *entry)
{
    otr_arena memory = {0};
    otr_service_event event;
    otr_error error;
    otr_time utc = driver->sample.utc;
    otr_status status =
        otr_outbox_render(&memory, (otr_str){entry->body, entry->body_size}, utc, &event, &error);
    bool more = true;
    if (status == OTR_OK && event.expires <= utc && driver->sample.quality == OTR_CLOCK_SYNCED) {
        driver->counters.outbox_expired++;
        leave(driver, entry, OTR_LEFT_EXPIRED);
    } else {
        if (status == OTR_OK)
            status = send_entry(driver, entry, &event, &memory);
        if (status == OTR_OK) {
            entry->sent = true;
            driver->window.sent++;
        } else if (status == OTR_CORRUPT) {
            otr_log(OTR_LOG_ERROR, "outbox_entry_dropped", "seq=%llu", (unsigned long long)entry->seq);
            leave(driver, entry, OTR_LEFT_EVICTED);
        } else if (status == OTR_INVALID || status == OTR_LIMIT) {
            refuse(driver, entry, status);
        } else {
            more = false;
            /* a link that is full or down calls us when it is not; a time that has passed would only spin */
            entry->not_before =
                status == OTR_MEMORY ? otr_time_add(driver->sample.mono, MEMORY_DELAY) : OTR_TIME_NONE;
        }
    }
    otr_arena_done(&memory);
    return more;
}

/* ---- an outbox that is full: the oldest of the least urgent class goes, is recorded, and is told ---- */

enum { SHED_AT_ONCE = 256 };
/* Of each class, the oldest that end what the broker keeps are passed over, up to this part of the outbox:
 * nothing else would take it from there, and their things stood before the others. */
enum { PASSED_OVER_PART = 8 };

static uint32_t most_rows(const otr_driver *driver)
{
    return driver->config.outbox_rows != 0 ? driver->config.outbox_rows : OTR_LIMIT_OUTBOX_ROWS;
}

/* How many entries must go: over the limit of entries, or over a quarter of the store's quota, which else
 * would push out all telemetry. */
static size_t excess(const otr_driver *driver)
{
    const otr_store_figures *figures = &driver->figures;
    uint32_t most = most_rows(driver);
    size_t rows = figures->outbox_rows > most ? figures->outbox_rows - most : 0;
    uint64_t share = figures->quota_bytes / 4;
    if (share > 0 && figures->outbox_bytes > share && figures->outbox_rows > 0) {
        uint64_t mean = figures->outbox_bytes / figures->outbox_rows;
        size_t by_bytes = (size_t)((figures->outbox_bytes - share) / mean) + 1;
        rows = by_bytes > rows ? by_bytes : rows;
    }
    return rows;
}

static bool shed(otr_driver *driver)
{
    size_t rows = excess(driver);
    if (rows == 0) {
        driver->shed_class = OTR_OUTBOX_BULK;
        return false;
    }
    if (driver->link_up || driver->left.count > 0 || driver->committing)
        return false; /* it drains, or what has left already may be enough */
    driver->reading_outbox = true;
    driver->shedding = true;
    driver->read_void = false;
    driver->shed_limit = rows < SHED_AT_ONCE ? rows : SHED_AT_ONCE;
    driver->ports.store.read_outbox(driver->ports.store.self, driver->shed_class,
                                    driver->shed_after[driver->shed_class], driver->shed_limit);
    return true;
}

/* The broker keeps something that it forgets with this row, or gets anew. */
static bool ends_kept(const otr_driver *driver, const otr_row_outbox *row)
{
    otr_arena memory = {0};
    otr_service_event event;
    otr_error error;
    bool ends = row->retain;
    if (!ends) {
        otr_status status = otr_outbox_render(&memory, row->body, driver->sample.utc, &event, &error);
        bool kept = status == OTR_OK && (event.kind == OTR_SERVICE_ALARM || event.kind == OTR_SERVICE_TICKET);
        ends = status == OTR_MEMORY || (kept && !otr_outbox_stands(&event));
    }
    otr_arena_done(&memory);
    return ends;
}

static bool pass_over(otr_driver *driver, const otr_row_outbox *row)
{
    uint32_t *passed = &driver->shed_passed[driver->shed_class];
    if (driver->shed_all || *passed >= most_rows(driver) / PASSED_OVER_PART || !ends_kept(driver, row))
        return false;
    ++*passed;
    return true;
}

static void begin_shedding(otr_driver *driver, bool all)
{
    driver->shed_class = OTR_OUTBOX_BULK;
    driver->shed_all = all;
    for (int i = 0; i < OTR_OUTBOX_CLASSES; i++) {
        driver->shed_after[i] = 0;
        driver->shed_passed[i] = 0;
    }
}

void otr_driver_shed_anew(otr_driver *driver)
{
    begin_shedding(driver, false);
}

static void evict(otr_driver *driver, const otr_row_outbox *rows, size_t count)
{
    size_t evicted = 0;
    for (size_t i = 0; i < count; i++) {
        if (pass_over(driver, &rows[i])) {
            driver->shed_after[driver->shed_class] = rows[i].seq;
            continue;
        }
        otr_outbox_window_entry *entry = otr_outbox_window_find(&driver->window, rows[i].seq);
        if (entry != NULL && entry->sent)
            continue; /* perhaps the broker has it already */
        otr_outbox_left *left = OTR_LIST_ADD(driver->left);
        if (left == NULL)
            break;
        *left = (otr_outbox_left){rows[i].seq, OTR_LEFT_EVICTED, otr_driver_known_utc(driver)};
        if (entry != NULL)
            otr_outbox_window_remove(&driver->window, entry);
        evicted++;
    }
    if (evicted == 0 && count < driver->shed_limit) {
        if (driver->shed_class > 0)
            driver->shed_class--;
        else
            begin_shedding(driver, true);
    }
    driver->counters.outbox_evicted += evicted;
    if (driver->left.count > 0)
        otr_driver_stage(driver);
    if (evicted > 0)
        otr_log(OTR_LOG_ERROR, "outbox_full", "rows=%llu dropped=%zu",
                (unsigned long long)driver->figures.outbox_rows, evicted);
    driver->evicted_untold += evicted;
}

/* Told once the link is back, with the sum: before, it would only make the outbox fuller. */
static void tell_evicted(otr_driver *driver)
{
    char text[96];
    if (driver->evicted_untold == 0)
        return;
    (void)snprintf(text, sizeof text, "%llu messages were dropped: the outbox was full",
                   (unsigned long long)driver->evicted_untold);
    driver->evicted_untold = 0;
    otr_driver_report(driver, OTR_STR("loss"), otr_str_of(text));
}

void otr_driver_pump(otr_driver *driver)
{
    otr_time soonest;
    while (driver->link_up && driver->window.sent < driver->link_window) {
        otr_outbox_window_entry *entry =
            otr_outbox_window_next(&driver->window, driver->sample.mono, &soonest);
        if (entry == NULL || !send_next(driver, entry))
            break;
    }
    otr_outbox_class class;
    size_t limit;
    bool may_read = !driver->reading_outbox && !driver->broken && driver->core != NULL &&
                    driver->sample.mono >= driver->read_again_at;
    if (may_read && !shed(driver) && otr_outbox_window_wants(&driver->window, &class, &limit)) {
        driver->reading_outbox = true;
        driver->read_class = class;
        driver->read_limit = limit;
        driver->read_after = driver->window.after[class];
        driver->read_void = false;
        driver->ports.store.read_outbox(driver->ports.store.self, class, driver->read_after, limit);
    }
}

/* An entry that has left but whose leaving is not committed is still in the store. */
static bool has_left(const otr_driver *driver, uint64_t seq)
{
    for (size_t i = 0; i < driver->left.count; i++)
        if (driver->left.list[i].seq == seq)
            return true;
    for (size_t i = 0; i < driver->leaving.count; i++)
        if (driver->leaving.list[i].seq == seq)
            return true;
    return false;
}

/* Nobody else may notice that the store cannot be read: without a commit nothing would open it anew. */
static void read_failed(otr_driver *driver, otr_status status)
{
    otr_error error;
    driver->read_again_at = otr_time_add(driver->sample.mono, READ_AGAIN_DELAY);
    if (driver->read_void || driver->broken || driver->committing)
        return;
    (void)otr_fail(&error, status, "the outbox cannot be read");
    otr_driver_break_down(driver, "outbox_read_failed", &error);
}

void otr_driver_outbox_read(otr_driver *driver, otr_status status, const otr_row_outbox *rows, size_t count)
{
    otr_outbox_class class = driver->read_class;
    bool shedding = driver->shedding;
    driver->reading_outbox = false;
    driver->shedding = false;
    if (status != OTR_OK) {
        read_failed(driver, status);
        return;
    }
    if (shedding) {
        if (!driver->read_void)
            evict(driver, rows, count);
        return;
    }
    if (driver->read_void || driver->broken || driver->window.after[class] != driver->read_after)
        return; /* of another journal, or an entry went back to the store meanwhile: it comes before these
                   rows */
    bool all = true;
    for (size_t i = 0; i < count && all; i++) {
        if (has_left(driver, rows[i].seq))
            driver->window.after[class] = rows[i].seq;
        else
            all = otr_outbox_window_fill(&driver->window, class, &rows[i]);
    }
    if (all && count < driver->read_limit)
        otr_outbox_window_complete(&driver->window, class);
    if (driver->committing)
        otr_driver_outbox_hold(driver);
}

/* What was in flight when the link went may have been told: that must outlive us. */
static void mark_soon(otr_driver *driver)
{
    driver->mark_due = true;
    otr_driver_stage(driver);
}

void otr_driver_published(otr_driver *driver, uint64_t token, otr_status status)
{
    otr_outbox_window_entry *entry = otr_outbox_window_find(&driver->window, token);
    if (entry == NULL)
        return;
    if (status == OTR_OK) {
        driver->counters.published++;
        leave(driver, entry, OTR_LEFT_ACCEPTED);
        return;
    }
    if (entry->sent)
        driver->window.sent--;
    entry->handed |= entry->sent && status != OTR_INVALID;
    entry->sent = false;
    if (entry->stale || otr_outbox_window_unmarked(entry))
        mark_soon(driver);
    if (status == OTR_INVALID)
        refuse(driver, entry, status);
}

static void publish_presence(otr_driver *driver)
{
    otr_arena memory = {0};
    otr_publication publication;
    otr_presence presence = {
        .group = driver->config.group,
        .gateway = driver->config.gateway,
        .json_payload = driver->config.json_payload,
        .what = OTR_STR("online"),
        .utc = driver->sample.utc,
        .unreceived = otr_core_unreceived_tickets(driver->core),
        .nonce = driver->presences++,
    };
    driver->unreceived_said = presence.unreceived;
    if (otr_presence_build(&memory, &presence, &publication) == OTR_OK) {
        publication.token = UNTRACKED_TOKEN;
        (void)driver->ports.link.publish(driver->ports.link.self, &publication);
    }
    otr_arena_done(&memory);
}

void otr_driver_refresh_presence(otr_driver *driver)
{
    if (!driver->link_up || driver->core == NULL)
        return;
    bool again = driver->sample.mono >= driver->presence_due;
    if (!again && driver->unreceived_said == otr_core_unreceived_tickets(driver->core))
        return;
    if (again)
        driver->presence_due = OTR_TIME_NEVER;
    publish_presence(driver);
}

void otr_driver_link_up(otr_driver *driver, unsigned window)
{
    otr_driver_read_clock(driver);
    driver->link_up = true;
    /* one place is kept for presence */
    driver->link_window = window > 1 ? window - 1 : 1;
    if (otr_outbox_window_unsend(&driver->window))
        mark_soon(driver);
    otr_driver_shed_anew(driver);
    driver->presence_due = driver->config.presence_again_us > 0
                               ? otr_time_add(driver->sample.mono, driver->config.presence_again_us)
                               : OTR_TIME_NEVER;
    publish_presence(driver);
    tell_evicted(driver);
}

void otr_driver_link_down(otr_driver *driver)
{
    driver->link_up = false;
    driver->presence_due = OTR_TIME_NEVER;
    if (otr_outbox_window_unsend(&driver->window))
        mark_soon(driver);
}

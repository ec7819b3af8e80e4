#include "tools/outrider/fleet/board.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { LEVELS = 6, PRIORITIES = 4, HIGH = 2, TEXT_BYTES_MAX = 400 };

static const char *const priorities[PRIORITIES] = {"low", "medium", "high", "critical"};

void otr_board_done(otr_board *board)
{
    otr_board_items *all[] = {&board->alarms, &board->tickets, &board->assets};
    for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
        for (size_t i = 0; i < all[k]->count; i++)
            free(all[k]->list[i].memory);
        free(all[k]->list);
        otr_board_index_done(&all[k]->index);
    }
    otr_board_index_done(&board->gateway_index);
    free(board->gateways);
    free(board->news);
    otr_arena_done(&board->memory);
    *board = (otr_board){.gateway_count = 0};
}

/* ---- gateways ---- */

static bool grow(void **list, size_t *capacity, size_t count, size_t size)
{
    if (count < *capacity)
        return true;
    size_t more = *capacity > 0 ? *capacity * 2 : 32;
    void *larger = realloc(*list, more * size);
    if (larger == NULL)
        return false;
    *list = larger;
    *capacity = more;
    return true;
}

/* NULL with *status: LIMIT or MEMORY. */
static otr_board_gateway *gateway_of(otr_board *board, otr_str group, otr_str gateway, otr_status *status)
{
    char name[OTR_BOARD_NAME_BYTES];
    int size = snprintf(name, sizeof name, "%.*s/%.*s", OTR_STR_ARG(group), OTR_STR_ARG(gateway));
    otr_id id = otr_hash128('g', 0, name, (size_t)size);
    uint32_t at = otr_board_index_get(&board->gateway_index, id);
    if (at != OTR_BOARD_NONE)
        return &board->gateways[at];
    *status = board->gateway_count == OTR_BOARD_GATEWAYS_MAX ? OTR_LIMIT : OTR_MEMORY;
    if (*status == OTR_LIMIT ||
        !grow((void **)&board->gateways, &board->gateway_capacity, board->gateway_count,
              sizeof *board->gateways) ||
        !otr_board_index_put(&board->gateway_index, id, (uint32_t)board->gateway_count))
        return NULL;
    otr_board_gateway *fresh = &board->gateways[board->gateway_count++];
    *fresh = (otr_board_gateway){.connected = OTR_TIME_NONE,
                                 .heard = OTR_TIME_NONE,
                                 .started = OTR_TIME_NONE,
                                 .buffer_hours = NAN,
                                 .certificate_days = INT32_MIN};
    memcpy(fresh->name, name, sizeof name);
    *status = OTR_OK;
    return fresh;
}

static otr_str fact_of(const otr_service_event *event, const char *name)
{
    for (size_t i = 0; i < event->fact_count; i++)
        if (otr_str_is(event->facts[i].name, name))
            return event->facts[i].value;
    return (otr_str){NULL, 0};
}

static int64_t count_of(const otr_service_event *event, const char *name, int64_t otherwise)
{
    int64_t value;
    return otr_str_to_i64(fact_of(event, name), &value) ? value : otherwise;
}

static void copy(char *out, size_t size, otr_str text)
{
    (void)snprintf(out, size, "%.*s", OTR_STR_ARG(text));
}

static void take_health(otr_board_gateway *gateway, const otr_service_event *event)
{
    if (!otr_str_to_double(fact_of(event, "buffer.hours"), &gateway->buffer_hours))
        gateway->buffer_hours = NAN;
    if (!otr_time_parse(fact_of(event, "started"), &gateway->started))
        gateway->started = OTR_TIME_NONE;
    gateway->heard = event->decided;
    gateway->certificate_days = (int)count_of(event, "certificate.days", INT32_MIN);
    gateway->devices = (uint64_t)count_of(event, "devices", 0);
    gateway->outbox = (uint64_t)count_of(event, "outbox", 0);
    gateway->lost = (uint64_t)count_of(event, "readings.lost", 0);
    copy(gateway->version, sizeof gateway->version, fact_of(event, "version"));
    copy(gateway->health, sizeof gateway->health, fact_of(event, "health"));
}

static void take_presence(otr_board_gateway *gateway, const otr_service_event *event)
{
    gateway->seen = true;
    gateway->online = otr_str_is(event->what, "online");
    gateway->connected = event->decided;
}

/* ---- items ---- */

static uint8_t priority_of(otr_str word)
{
    for (uint8_t i = 0; i < PRIORITIES; i++)
        if (otr_str_is(word, priorities[i]))
            return i;
    return 0;
}

/* What an item adds to its gateway's counts, or takes away. */
static void weigh(otr_board *board, const otr_board_items *items, const otr_board_item *item, int sign)
{
    otr_board_gateway *gateway = &board->gateways[item->gateway];
    if (items == &board->tickets)
        gateway->tickets += (uint32_t)sign;
    if (items != &board->alarms || item->point)
        return;
    bool unknown = strcmp(item->state, "unacknowledged") == 0 || strcmp(item->state, "returned") == 0 ||
                   strcmp(item->state, "latched") == 0;
    gateway->alarms += (uint32_t)sign;
    gateway->unacknowledged += unknown ? (uint32_t)sign : 0;
    gateway->urgent += unknown && item->priority >= HIGH ? (uint32_t)sign : 0;
}

static void remove_item(otr_board *board, otr_board_items *items, otr_id id)
{
    uint32_t at = otr_board_index_get(&items->index, id);
    if (at == OTR_BOARD_NONE)
        return;
    weigh(board, items, &items->list[at], -1);
    free(items->list[at].memory);
    otr_board_index_remove(&items->index, id);
    otr_board_item *last = &items->list[--items->count];
    if (last != &items->list[at]) {
        items->list[at] = *last;
        (void)otr_board_index_put(&items->index, last->id, at); /* moves: takes no memory */
    }
}

typedef struct text_of {
    const char **into;
    otr_str text;
} text_of;

/* All texts of an item in one piece of memory, each cut to what a screen can use. */
static bool keep_texts(otr_board_item *item, text_of *texts, size_t count, otr_bytes enclosed)
{
    size_t size = enclosed.size;
    for (size_t i = 0; i < count; i++) {
        if (texts[i].text.size > TEXT_BYTES_MAX)
            texts[i].text.size = TEXT_BYTES_MAX;
        size += texts[i].text.size + 1;
    }
    char *at = item->memory = malloc(size + 1);
    if (at == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (texts[i].text.size > 0)
            memcpy(at, texts[i].text.data, texts[i].text.size);
        at[texts[i].text.size] = '\0';
        *texts[i].into = at;
        at += texts[i].text.size + 1;
    }
    if (enclosed.size > 0)
        memcpy(at, enclosed.data, enclosed.size);
    item->ticket = (otr_bytes){(const uint8_t *)at, enclosed.size};
    return true;
}

static otr_status put_item(otr_board *board, otr_board_items *items, otr_board_item *item)
{
    uint32_t at = otr_board_index_get(&items->index, item->id);
    if (at != OTR_BOARD_NONE) {
        weigh(board, items, &items->list[at], -1);
        free(items->list[at].memory);
        items->list[at] = *item;
        weigh(board, items, item, 1);
        return OTR_OK;
    }
    bool full = items->count == OTR_BOARD_ITEMS_MAX;
    if (full || !grow((void **)&items->list, &items->capacity, items->count, sizeof *items->list) ||
        !otr_board_index_put(&items->index, item->id, (uint32_t)items->count)) {
        free(item->memory);
        return full ? OTR_LIMIT : OTR_MEMORY;
    }
    items->list[items->count++] = *item;
    weigh(board, items, item, 1);
    return OTR_OK;
}

static otr_board_items *items_of(otr_board *board, otr_str kind)
{
    return otr_str_is(kind, "alarm")    ? &board->alarms
           : otr_str_is(kind, "ticket") ? &board->tickets
           : otr_str_is(kind, "view")   ? &board->assets
                                        : NULL;
}

static bool is_point(const otr_service_event *event)
{
    return otr_str_is(event->what, "shelved") || otr_str_is(event->what, "out-of-service");
}

static otr_status take_item(otr_board *board, otr_board_items *items, uint32_t gateway, otr_id id,
                            const otr_service_event *event)
{
    otr_board_item item = {.id = id,
                           .gateway = gateway,
                           .priority = priority_of(event->priority),
                           .case_id = event->case_id,
                           .alarm = event->alarm,
                           .onset = event->onset,
                           .at = event->raised,
                           .ended = event->ended,
                           .number = NAN};
    otr_str state = fact_of(event, "state");
    otr_str text = event->cause;
    otr_str who = fact_of(event, "who");
    item.point = items == &board->alarms && is_point(event);
    if (items == &board->tickets) {
        state = event->what;
        text = event->title;
        who = event->assignee;
        item.at = event->decided;
    } else if (items == &board->assets) {
        otr_str temperature = fact_of(event, "temperature");
        state = fact_of(event, "case");
        text = fact_of(event, "place");
        who = temperature;
        if (!otr_time_parse(fact_of(event, "at"), &item.at))
            item.at = event->decided;
    }
    text_of texts[] = {{&item.state, state},
                       {&item.rule, event->rule},
                       {&item.asset, event->asset},
                       {&item.device, event->device},
                       {&item.text, text},
                       {&item.queue, event->queue},
                       {&item.who, who},
                       {&item.until, fact_of(event, "until")}};
    if (!keep_texts(&item, texts, sizeof texts / sizeof *texts, event->ticket))
        return OTR_MEMORY;
    return put_item(board, items, &item);
}

/* ---- news ---- */

static otr_status take_news(otr_board *board, uint32_t gateway, const otr_service_event *event)
{
    if (board->news == NULL)
        board->news = calloc(OTR_BOARD_NEWS, sizeof *board->news);
    if (board->news == NULL)
        return OTR_MEMORY;
    otr_board_news *line = &board->news[board->news_count++ % OTR_BOARD_NEWS];
    otr_str more = event->cause.size > 0   ? event->cause
                   : event->title.size > 0 ? event->title
                   : event->line.size > 0  ? event->line
                                           : event->text;
    *line = (otr_board_news){.at = event->decided, .gateway = gateway};
    (void)snprintf(line->text, sizeof line->text, "%s %.*s%s%.*s%s%.*s%s%.*s",
                   otr_service_kind_text(event->kind), OTR_STR_ARG(event->what),
                   event->rule.size > 0 ? " " : "", OTR_STR_ARG(event->rule),
                   event->asset.size > 0 ? " on " : "", OTR_STR_ARG(event->asset), more.size > 0 ? ": " : "",
                   OTR_STR_ARG(more));
    return OTR_OK;
}

/* ---- messages ---- */

static size_t split(otr_str topic, otr_str levels[LEVELS])
{
    size_t count = 0;
    size_t begin = 0;
    for (size_t i = 0; i <= topic.size; i++)
        if (i == topic.size || topic.data[i] == '/') {
            if (count == LEVELS)
                return 0;
            levels[count++] = (otr_str){topic.data + begin, i - begin};
            begin = i + 1;
        }
    return count;
}

static otr_status take_status(otr_board *board, uint32_t gateway, bool below, const otr_service_event *event)
{
    otr_board_gateway *one = &board->gateways[gateway];
    if (below && otr_str_is(event->what, "health")) {
        take_health(one, event);
        return OTR_OK;
    }
    if (otr_str_is(event->what, "online") || otr_str_is(event->what, "offline")) {
        bool changed = !one->seen || one->online != otr_str_is(event->what, "online");
        bool first = !one->seen;
        take_presence(one, event);
        return changed && !first ? take_news(board, gateway, event) : OTR_OK;
    }
    return take_news(board, gateway, event);
}

static otr_status take(otr_board *board, const otr_str *levels, size_t count, otr_str topic,
                       otr_str content_type, otr_bytes payload)
{
    otr_service_event event;
    otr_status status = OTR_OK;
    const otr_board_gateway *known = gateway_of(board, levels[2], levels[3], &status);
    if (known == NULL)
        return status;
    uint32_t gateway = (uint32_t)(known - board->gateways);
    otr_board_items *items = count == LEVELS ? items_of(board, levels[4]) : NULL;
    otr_id id = otr_hash128('v', 0, topic.data, topic.size);
    if (items != NULL && items != &board->assets && !otr_id_parse(levels[5], &id))
        return OTR_INVALID;
    if (payload.size == 0) {
        if (items != NULL)
            remove_item(board, items, id);
        return OTR_OK;
    }
    status = otr_service_decode(&board->memory, content_type, payload, &event, NULL);
    if (status != OTR_OK)
        return status;
    if (!otr_str_is(levels[4], otr_service_kind_text(event.kind)))
        return OTR_INVALID;
    if (items != NULL)
        return take_item(board, items, gateway, id, &event);
    if (event.kind == OTR_SERVICE_STATUS)
        return take_status(board, gateway, count == LEVELS, &event);
    bool tells = event.kind == OTR_SERVICE_ALARM || event.kind == OTR_SERVICE_TICKET ||
                 event.kind == OTR_SERVICE_NOTIFICATION;
    return tells && count < LEVELS ? take_news(board, gateway, &event) : OTR_OK;
}

otr_status otr_board_take(otr_board *board, otr_str topic, otr_str content_type, otr_bytes payload)
{
    otr_str levels[LEVELS];
    size_t count = split(topic, levels);
    if (count < 5 || !otr_str_is(levels[0], "outrider") || !otr_str_is(levels[1], "v1") ||
        !otr_topic_name_ok(levels[2]) || !otr_topic_name_ok(levels[3])) {
        board->refused++;
        return OTR_OK;
    }
    otr_arena_reset(&board->memory);
    otr_status status = take(board, levels, count, topic, content_type, payload);
    board->changes++;
    board->left_out += status == OTR_LIMIT;
    board->refused += status != OTR_OK && status != OTR_LIMIT && status != OTR_MEMORY;
    return status == OTR_MEMORY ? OTR_MEMORY : OTR_OK;
}

/* ---- asking ---- */

const otr_board_item *otr_board_find(const otr_board_items *items, otr_id id)
{
    uint32_t at = otr_board_index_get(&items->index, id);
    return at != OTR_BOARD_NONE ? &items->list[at] : NULL;
}

const otr_board_item *otr_board_begins(const otr_board_items *items, const char *hex, bool *several)
{
    const otr_board_item *found = NULL;
    char text[OTR_ID_TEXT_BYTES];
    *several = false;
    for (size_t i = 0; i < items->count; i++) {
        otr_id_format(items->list[i].id, text);
        if (strncmp(text, hex, strlen(hex)) != 0)
            continue;
        *several |= found != NULL;
        found = &items->list[i];
    }
    return *several ? NULL : found;
}

const otr_board_news *otr_board_news_at(const otr_board *board, size_t back)
{
    if (back >= board->news_count || back >= OTR_BOARD_NEWS)
        return NULL;
    return &board->news[(board->news_count - 1 - back) % OTR_BOARD_NEWS];
}

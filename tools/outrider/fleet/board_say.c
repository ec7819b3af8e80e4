#include "tools/outrider/fleet/board_say.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "tools/outrider/table.h"

static const char *const priorities[] = {"low", "medium", "high", "critical"};

void otr_board_ago(otr_time at, otr_time now, char out[16])
{
    bool known = at != OTR_TIME_NONE && at != OTR_TIME_NEVER;
    otr_time span = known ? now - at : 0;
    if (!known)
        (void)snprintf(out, 16, "-");
    else if (span < OTR_MINUTE)
        (void)snprintf(out, 16, "%d s", span > 0 ? (int)(span / OTR_SECOND) : 0);
    else if (span < OTR_HOUR)
        (void)snprintf(out, 16, "%d min", (int)(span / OTR_MINUTE));
    else if (span < 2 * OTR_DAY)
        (void)snprintf(out, 16, "%d h", (int)(span / OTR_HOUR));
    else
        (void)snprintf(out, 16, "%d d", (int)(span / OTR_DAY));
}

static const char *short_id(otr_id id, char out[OTR_ID_TEXT_BYTES])
{
    otr_id_format(id, out);
    out[8] = '\0';
    return out;
}

static void add_number(otr_table *table, double value)
{
    if (isnan(value))
        otr_table_add(table, "-");
    else
        otr_table_add(table, "%.0f", value);
}

static void add_gateway(otr_table *table, const otr_board_gateway *one, otr_time now)
{
    char ago[16];
    char trouble[96];
    otr_board_ago(otr_board_heard(one), now, ago);
    otr_board_trouble(one, trouble);
    otr_table_text(table, otr_str_of(one->name));
    otr_table_add(table, "%s", !one->seen ? "?" : one->online ? "online" : "offline");
    otr_table_text(table, otr_str_of(one->version[0] != '\0' ? one->version : "-"));
    otr_table_add(table, "%llu", (unsigned long long)one->devices);
    otr_table_add(table, "%u/%u", one->unacknowledged, one->alarms);
    otr_table_add(table, "%u", one->tickets);
    add_number(table, one->buffer_hours);
    add_number(table, one->certificate_days != INT32_MIN ? one->certificate_days : NAN);
    otr_table_add(table, "%s", ago);
    otr_table_text(table, otr_str_of(trouble));
}

static void add_alarm(otr_table *table, const otr_board *board, const otr_board_item *one, otr_time now)
{
    char id[OTR_ID_TEXT_BYTES];
    char ago[16];
    otr_board_ago(one->at, now, ago);
    otr_table_add(table, "%s", short_id(one->id, id));
    otr_table_text(table, otr_str_of(one->point ? "-" : priorities[one->priority]));
    otr_table_text(table, otr_str_of(one->state));
    otr_table_text(table, otr_str_of(one->rule));
    otr_table_text(table, otr_str_of(one->asset));
    otr_table_add(table, "%s", ago);
    otr_table_text(table, otr_str_of(board->gateways[one->gateway].name));
}

static void add_ticket(otr_table *table, const otr_board *board, const otr_board_item *one, otr_time now)
{
    char id[OTR_ID_TEXT_BYTES];
    char ago[16];
    otr_board_ago(one->onset, now, ago);
    otr_table_add(table, "%s", short_id(one->id, id));
    otr_table_text(table, otr_str_of(priorities[one->priority]));
    otr_table_text(table, otr_str_of(one->queue));
    otr_table_text(table, otr_str_of(one->who[0] != '\0' ? one->who : "nobody"));
    otr_table_add(table, "%s", ago);
    otr_table_text(table, otr_str_of(board->gateways[one->gateway].name));
    otr_table_text(table, otr_str_of(one->text[0] != '\0' ? one->text : one->asset));
}

static void add_asset(otr_table *table, const otr_board *board, const otr_board_item *one, otr_time now)
{
    char ago[16];
    otr_board_ago(one->at, now, ago);
    otr_table_text(table, otr_str_of(one->asset));
    otr_table_text(table, otr_str_of(one->text[0] != '\0' ? one->text : "-"));
    otr_table_text(table, otr_str_of(one->who[0] != '\0' ? one->who : "-"));
    otr_table_add(table, "%s", ago);
    otr_table_text(table, otr_str_of(board->gateways[one->gateway].name));
    otr_table_text(table, otr_str_of(one->state));
}

typedef struct part {
    const char *name;
    const char *titles;
    const char *none;
} part;
static const part parts[] = {
    [OTR_BOARD_FLEET] = {"gateways",
                         "GATEWAY|STATE|VERSION|>DEVICES|>ALARMS|>TICKETS|>BUFFER H|>CERT D|>HEARD|TROUBLE",
                         "no gateway"},
    [OTR_BOARD_ALARMS] = {"alarms", "ID|PRIORITY|STATE|RULE|ASSET|>SINCE|GATEWAY", "no alarms"},
    [OTR_BOARD_TICKETS] = {"tickets", "ID|PRIORITY|QUEUE|WITH|>SINCE|GATEWAY|TITLE", "no tickets"},
    [OTR_BOARD_ASSETS] = {"assets", "ASSET|PLACE|WARM|>AT|GATEWAY|CASE", "no assets"},
};

static size_t count_of(const otr_board *board, otr_board_part which)
{
    switch (which) {
    case OTR_BOARD_FLEET:
        return board->gateway_count;
    case OTR_BOARD_ALARMS:
        return board->alarms.count;
    case OTR_BOARD_TICKETS:
        return board->tickets.count;
    default:
        return board->assets.count;
    }
}

/* The order of trouble, which the caller frees; NULL when memory is out. */
static uint32_t *order_of(const otr_board *board, otr_board_part which)
{
    uint32_t *order = calloc(count_of(board, which) + 1, sizeof *order);
    if (order == NULL)
        return NULL;
    switch (which) {
    case OTR_BOARD_FLEET:
        otr_board_order_gateways(board, order);
        break;
    case OTR_BOARD_ALARMS:
        otr_board_order_alarms(board, order);
        break;
    case OTR_BOARD_TICKETS:
        otr_board_order_tickets(board, order);
        break;
    case OTR_BOARD_ASSETS:
        otr_board_order_assets(board, order);
        break;
    }
    return order;
}

void otr_board_say(const otr_board *board, otr_board_part which, size_t limit, otr_time now, otr_buffer *out)
{
    otr_table table = {.count = 0};
    size_t count = count_of(board, which);
    uint32_t *order = order_of(board, which);
    size_t shown = limit > 0 && limit < count ? limit : count;
    if (order == NULL)
        out->failed = true;
    otr_table_head(&table, parts[which].titles);
    for (size_t i = 0; order != NULL && i < shown; i++)
        switch (which) {
        case OTR_BOARD_FLEET:
            add_gateway(&table, &board->gateways[order[i]], now);
            break;
        case OTR_BOARD_ALARMS:
            add_alarm(&table, board, &board->alarms.list[order[i]], now);
            break;
        case OTR_BOARD_TICKETS:
            add_ticket(&table, board, &board->tickets.list[order[i]], now);
            break;
        case OTR_BOARD_ASSETS:
            add_asset(&table, board, &board->assets.list[order[i]], now);
            break;
        }
    if (count == 0)
        otr_buffer_add_format(out, "%s\n", parts[which].none);
    else
        otr_table_print(&table, out);
    if (shown < count)
        otr_buffer_add_format(out, "and %zu more\n", count - shown);
    otr_table_done(&table);
    free(order);
}

/* ---- JSON ---- */

static void put_text(json_t *object, const char *name, const char *text)
{
    if (text[0] != '\0')
        json_object_set_new(object, name, json_string(text)); /* NULL, no member, where it is no UTF-8 */
}

static void put_time(json_t *object, const char *name, otr_time at)
{
    char text[OTR_TIME_TEXT_BYTES];
    if (at == OTR_TIME_NONE || at == OTR_TIME_NEVER)
        return;
    (void)otr_time_format(at, text);
    json_object_set_new(object, name, json_string(text));
}

static void put_count(json_t *object, const char *name, uint64_t value)
{
    json_object_set_new(object, name, json_integer((json_int_t)value));
}

static void put_id(json_t *object, const char *name, otr_id id)
{
    char text[OTR_ID_TEXT_BYTES];
    if (otr_id_is_zero(id))
        return;
    otr_id_format(id, text);
    json_object_set_new(object, name, json_string(text));
}

static json_t *gateway_json(const otr_board_gateway *one)
{
    char trouble[96];
    json_t *out = json_object();
    otr_board_trouble(one, trouble);
    put_text(out, "gateway", one->name);
    if (one->seen)
        json_object_set_new(out, "online", json_boolean(one->online));
    put_text(out, "version", one->version);
    put_text(out, "health", one->health);
    put_text(out, "trouble", trouble);
    put_count(out, "devices", one->devices);
    put_count(out, "alarms", one->alarms);
    put_count(out, "unacknowledged", one->unacknowledged);
    put_count(out, "tickets", one->tickets);
    put_count(out, "outbox", one->outbox);
    put_count(out, "readings_lost", one->lost);
    if (!isnan(one->buffer_hours))
        json_object_set_new(out, "buffer_hours", json_real(one->buffer_hours));
    if (one->certificate_days != INT32_MIN)
        json_object_set_new(out, "certificate_days", json_integer(one->certificate_days));
    put_time(out, "connected", one->connected);
    put_time(out, "heard", otr_board_heard(one));
    put_time(out, "started", one->started);
    return out;
}

static json_t *item_json(const otr_board *board, otr_board_part which, const otr_board_item *one)
{
    json_t *out = json_object();
    put_text(out, "gateway", board->gateways[one->gateway].name);
    put_text(out, "asset", one->asset);
    if (which == OTR_BOARD_ASSETS) {
        put_text(out, "place", one->text);
        put_text(out, "temperature", one->who);
        put_text(out, "case", one->state);
        put_time(out, "at", one->at);
        return out;
    }
    put_id(out, which == OTR_BOARD_TICKETS ? "ticket" : one->point ? "point" : "alarm", one->id);
    put_id(out, "case", one->case_id);
    if (!one->point)
        put_text(out, "priority", priorities[one->priority]);
    put_text(out, "state", one->state);
    put_text(out, "rule", one->rule);
    put_text(out, "device", one->device);
    put_text(out, which == OTR_BOARD_TICKETS ? "title" : "cause", one->text);
    put_text(out, "queue", one->queue);
    put_text(out, which == OTR_BOARD_TICKETS ? "assignee" : "who", one->who);
    put_text(out, "until", one->until);
    put_time(out, "onset", one->onset);
    put_time(out, which == OTR_BOARD_TICKETS ? "updated" : "raised", one->at);
    put_time(out, "ended", one->ended);
    return out;
}

json_t *otr_board_json(const otr_board *board, otr_board_part which, size_t limit)
{
    size_t count = count_of(board, which);
    uint32_t *order = order_of(board, which);
    size_t shown = limit > 0 && limit < count ? limit : count;
    json_t *list = json_array();
    for (size_t i = 0; order != NULL && i < shown; i++) {
        const otr_board_items *items = which == OTR_BOARD_ALARMS    ? &board->alarms
                                       : which == OTR_BOARD_TICKETS ? &board->tickets
                                                                    : &board->assets;
        json_array_append_new(list, which == OTR_BOARD_FLEET
                                        ? gateway_json(&board->gateways[order[i]])
                                        : item_json(board, which, &items->list[order[i]]));
    }
    free(order);
    json_t *out = json_object();
    json_object_set_new(out, parts[which].name, list);
    put_count(out, "left_out", count - shown);
    return out;
}

/* Trouble first: in which order people should look at what there is. Ties go by name, so that a screen stands
 * still. */
#include "tools/outrider/fleet/board.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { BUFFER_HOURS_FEW = 24, CERTIFICATE_DAYS_FEW = 14 };

void otr_board_trouble(const otr_board_gateway *gateway, char out[96])
{
    out[0] = '\0';
    if (gateway->seen && !gateway->online)
        (void)snprintf(out, 96, "offline");
    else if (gateway->health[0] != '\0' && strcmp(gateway->health, "ok") != 0)
        (void)snprintf(out, 96, "%.95s", gateway->health);
    else if (gateway->certificate_days != INT32_MIN && gateway->certificate_days < CERTIFICATE_DAYS_FEW)
        (void)snprintf(out, 96, "certificate: %d days", gateway->certificate_days);
    else if (gateway->buffer_hours < BUFFER_HOURS_FEW)
        (void)snprintf(out, 96, "buffer: %.0f hours", gateway->buffer_hours);
    else if (gateway->lost > 0)
        (void)snprintf(out, 96, "%llu readings lost", (unsigned long long)gateway->lost);
}

static int weight_of_gateway(const otr_board_gateway *gateway)
{
    char trouble[96];
    otr_board_trouble(gateway, trouble);
    if (gateway->seen && !gateway->online)
        return 5;
    return (trouble[0] != '\0' ? 3 : 0) + (gateway->urgent > 0 ? 2 : gateway->unacknowledged > 0 ? 1 : 0);
}

static int weight_of_alarm(const otr_board_item *alarm)
{
    int known = strcmp(alarm->state, "unacknowledged") == 0 ? 30
                : strncmp(alarm->state, "latched", 7) == 0  ? 20
                : strcmp(alarm->state, "returned") == 0     ? 10
                                                            : 0;
    return alarm->point ? -1 : known + alarm->priority;
}

static int descending(int64_t a, int64_t b)
{
    return a > b ? -1 : a < b;
}

/* qsort_r's contexts are the lists. */
static int compare_gateways(const void *a, const void *b, void *context)
{
    const otr_board_gateway *list = context;
    const otr_board_gateway *left = &list[*(const uint32_t *)a];
    const otr_board_gateway *right = &list[*(const uint32_t *)b];
    int order = descending(weight_of_gateway(left), weight_of_gateway(right));
    if (order == 0)
        order = descending(left->unacknowledged, right->unacknowledged);
    return order != 0 ? order : strcmp(left->name, right->name);
}

static int by_id(const otr_board_item *left, const otr_board_item *right)
{
    return memcmp(left->id.bytes, right->id.bytes, sizeof left->id.bytes);
}

static int compare_alarms(const void *a, const void *b, void *context)
{
    const otr_board_item *list = context;
    const otr_board_item *left = &list[*(const uint32_t *)a];
    const otr_board_item *right = &list[*(const uint32_t *)b];
    int order = descending(weight_of_alarm(left), weight_of_alarm(right));
    if (order == 0)
        order = descending(left->at, right->at);
    return order != 0 ? order : by_id(left, right);
}

/* Who waits longest of the most urgent, those that nobody has first. */
static int compare_tickets(const void *a, const void *b, void *context)
{
    const otr_board_item *list = context;
    const otr_board_item *left = &list[*(const uint32_t *)a];
    const otr_board_item *right = &list[*(const uint32_t *)b];
    int order = descending(left->who[0] == '\0', right->who[0] == '\0');
    if (order == 0)
        order = descending(left->priority, right->priority);
    if (order == 0)
        order = -descending(left->onset, right->onset);
    return order != 0 ? order : by_id(left, right);
}

static int compare_assets(const void *a, const void *b, void *context)
{
    const otr_board_item *list = context;
    const otr_board_item *left = &list[*(const uint32_t *)a];
    const otr_board_item *right = &list[*(const uint32_t *)b];
    int order = descending(left->state[0] != '\0', right->state[0] != '\0');
    if (order == 0)
        order = strcmp(left->asset, right->asset);
    return order != 0 ? order : by_id(left, right);
}

static void order(uint32_t *out, size_t count, void *list, int (*compare)(const void *, const void *, void *))
{
    for (size_t i = 0; i < count; i++)
        out[i] = (uint32_t)i;
    if (count > 1)
        qsort_r(out, count, sizeof *out, compare, list);
}

void otr_board_order_gateways(const otr_board *board, uint32_t *out)
{
    order(out, board->gateway_count, board->gateways, compare_gateways);
}

void otr_board_order_alarms(const otr_board *board, uint32_t *out)
{
    order(out, board->alarms.count, board->alarms.list, compare_alarms);
}

void otr_board_order_tickets(const otr_board *board, uint32_t *out)
{
    order(out, board->tickets.count, board->tickets.list, compare_tickets);
}

void otr_board_order_assets(const otr_board *board, uint32_t *out)
{
    order(out, board->assets.count, board->assets.list, compare_assets);
}

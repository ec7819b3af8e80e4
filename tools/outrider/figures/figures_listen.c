/* The retained messages of a broker, of the kinds that are wanted. */
#include <stdio.h>

#include "tools/outrider/figures/figures.h"
#include "tools/outrider/fleet/listen.h"
#include "tools/outrider/fleet/watch.h"

typedef struct listener {
    otr_figures *figures;
    const otr_figures_options *options;
    otr_broker broker; /* settled */
    otr_watch_options wanted;
    otr_arena arena;
    bool failed; /* and what comes after it is left out */
} listener;

static void fail(listener *l, const char *text)
{
    (void)fprintf(stderr, "outrider %s: %s: %s\n", l->options->verb, l->broker.url, text);
    l->failed = true;
}

/* What one gateway sends wrongly must not hide the others: told, counted and left out. */
static void refuse(listener *l, const otr_watch_item *item, const char *reason)
{
    otr_buffer topic = {0};
    otr_watch_add_safe(&topic, item->topic_text);
    (void)fprintf(stderr, "outrider %s: %.*s: %s\n", l->options->verb, OTR_STR_ARG(otr_buffer_text(&topic)),
                  reason);
    otr_buffer_done(&topic);
    l->figures->refused++;
}

static void take(void *context, const otr_mqtt_message *message)
{
    listener *l = context;
    otr_watch_item item;
    otr_error error = {.text = ""};
    otr_arena_reset(&l->arena);
    if (l->failed || !otr_watch_read(&l->arena, &l->wanted, message, &item) || message->payload.size == 0)
        return;
    if (!otr_topic_name_ok(item.topic.group) || !otr_topic_name_ok(item.topic.gateway))
        refuse(l, &item, "no name of a gateway");
    else if (!item.has_event)
        refuse(l, &item, item.error.text);
    else if (!otr_str_is(item.topic.kind, otr_service_kind_text(item.event.kind)))
        refuse(l, &item, "an event of another kind");
    else if (otr_figures_take(l->figures, item.topic.group, item.topic.gateway, &item.event, &error) ==
                 OTR_LIMIT ||
             error.status == OTR_MEMORY)
        fail(l, error.text);
    else if (error.status != OTR_OK)
        refuse(l, &item, error.text);
}

int otr_figures_listen(otr_figures *figures, const otr_figures_options *options)
{
    listener l = {.figures = figures, .options = options, .broker = options->broker};
    char names[OTR_SERVICE_KINDS][32];
    const char *kinds[OTR_SERVICE_KINDS];
    otr_listen asked = {
        .broker = &l.broker, .verb = options->verb, .kinds = kinds, .take = take, .context = &l};
    int code = otr_broker_settle(options->verb, &l.broker);
    memcpy(l.wanted.kinds, options->wants, sizeof l.wanted.kinds);
    for (int i = 0; i < OTR_SERVICE_KINDS; i++)
        if (options->wants[i]) {
            (void)snprintf(names[i], sizeof names[i], "%s/#", otr_service_kind_text((otr_service_kind)i));
            kinds[asked.count++] = names[i];
        }
    if (code < 0)
        code = otr_listen_all(&asked, options->quiet_s, options->timeout_s);
    otr_arena_done(&l.arena);
    otr_broker_done(&l.broker);
    return code == 0 && l.failed ? 1 : code;
}

/* The gateways of a rollout, and how one is asked. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/outrider/fleet/listen.h"
#include "tools/outrider/fleet/watch.h"
#include "tools/outrider/push/push_internal.h"

enum { LISTEN_S = 15 };
static const double quiet_s = 0.5; /* a broker sends what it has retained at once */

static otr_push_member *find(otr_rollout *rollout, otr_str name)
{
    for (size_t i = 0; i < rollout->count; i++)
        if (otr_str_is(name, rollout->members[i].name))
            return &rollout->members[i];
    return NULL;
}

static otr_push_member *add(otr_rollout *rollout, otr_str name)
{
    otr_push_member *member = find(rollout, name);
    if (member != NULL || rollout->count == OTR_PLAN_GATEWAYS)
        return member;
    otr_str copy = otr_arena_copy(&rollout->memory, name);
    if (copy.data == NULL)
        return NULL;
    member = &rollout->members[rollout->count++];
    *member = (otr_push_member){.name = copy.data};
    return member;
}

/* The retained word of each gateway. A message that does not decode is still one of a gateway. */
static void take(void *context, const otr_mqtt_message *message)
{
    otr_rollout *rollout = context;
    otr_watch_options wanted = {.kinds = {[OTR_SERVICE_STATUS] = true}};
    otr_watch_item item;
    otr_arena arena = {0};
    if (otr_watch_read(&arena, &wanted, message, &item) && message->payload.size > 0 &&
        otr_str_is(item.topic.group, rollout->options->to) && otr_topic_name_ok(item.topic.gateway)) {
        bool is_member = json_array_size(json_object_get(rollout->plan, "gateways")) == 0;
        otr_push_member *member =
            is_member ? add(rollout, item.topic.gateway) : find(rollout, item.topic.gateway);
        if (member != NULL && item.has_event &&
            (otr_str_is(item.event.what, "offline") || otr_str_is(item.event.what, "online")))
            member->offline = otr_str_is(item.event.what, "offline");
    }
    otr_arena_done(&arena);
}

static int take_list(otr_rollout *rollout)
{
    otr_str rest = otr_str_of(rollout->options->gateways);
    while (rest.size > 0) {
        const char *comma = memchr(rest.data, ',', rest.size);
        size_t size = comma != NULL ? (size_t)(comma - rest.data) : rest.size;
        otr_str name = {rest.data, size};
        if (!otr_topic_name_ok(name))
            return otr_flags_wrong("push", "--gateways is a list of names: gw-1,gw-2");
        if (add(rollout, name) == NULL)
            return otr_flags_wrong("push", "too many gateways for one rollout");
        size += comma != NULL;
        rest = (otr_str){rest.data + size, rest.size - size};
    }
    return -1;
}

int otr_push_members(otr_rollout *rollout)
{
    static const char *const kinds[] = {"status"};
    rollout->members = calloc(OTR_PLAN_GATEWAYS, sizeof *rollout->members);
    if (rollout->members == NULL)
        return 1;
    otr_listen asked = {.broker = &rollout->options->broker,
                        .verb = "push",
                        .kinds = kinds,
                        .count = 1,
                        .take = take,
                        .context = rollout};
    int code = rollout->options->gateways != NULL ? take_list(rollout) : -1;
    if (code >= 0 || rollout->options->gateways != NULL)
        return code;
    code = otr_listen_all(&asked, quiet_s, LISTEN_S);
    if (code != 0)
        return code;
    if (rollout->count > 0 && rollout->count < OTR_PLAN_GATEWAYS)
        return -1;
    if (rollout->count == 0)
        (void)fprintf(stderr, "outrider push: the broker knows no gateways of %s\n", rollout->options->to);
    else
        (void)fprintf(stderr, "outrider push: %s has more than %d gateways: name some with --gateways\n",
                      rollout->options->to, OTR_PLAN_GATEWAYS - 1);
    return 1;
}

json_t *otr_push_ask(otr_rollout *rollout, otr_push_member *member, json_t *request)
{
    otr_error error = {.text = ""};
    json_t *answer = NULL;
    otr_status status = OTR_UNKNOWN;
    if (member->offline)
        (void)snprintf(error.text, sizeof error.text, "it is offline");
    else
        status = otr_remote_ask(rollout->remote, rollout->options->to, member->name, NULL, request, &answer,
                                &error);
    json_decref(request);
    if (status == OTR_OK)
        return answer;
    member->state = OTR_PUSH_AWAY;
    member->offline = true; /* not asked again: the rollout is resumed when it is back */
    (void)snprintf(member->reason, sizeof member->reason, "%s", error.text);
    return NULL;
}

const json_t *otr_push_entry(const json_t *answer, const char *pack)
{
    size_t i;
    json_t *entry;
    json_array_foreach(json_object_get(answer, "packs"), i, entry)
    {
        const char *name = json_string_value(json_object_get(entry, "pack"));
        if (name != NULL && strcmp(name, pack) == 0)
            return entry;
    }
    return NULL;
}

bool otr_push_has(const json_t *entry, const char *what, const char *bundle)
{
    const char *has = json_string_value(json_object_get(json_object_get(entry, what), "bundle"));
    return has != NULL && strcmp(has, bundle) == 0;
}

bool otr_push_is_below(const json_t *entry, const char *bundle)
{
    size_t i;
    json_t *one;
    if (otr_push_has(entry, "previous", bundle))
        return true;
    json_array_foreach(json_object_get(entry, "earlier"), i, one)
    {
        const char *has = json_string_value(json_object_get(one, "bundle"));
        if (has != NULL && strcmp(has, bundle) == 0)
            return true;
    }
    return false;
}

size_t otr_push_count(const otr_rollout *rollout, size_t first, otr_push_state state)
{
    size_t count = 0;
    for (size_t i = 0; i < first && i < rollout->count; i++)
        count += rollout->members[i].state == state;
    return count;
}

#include "daemon/config/retune.h"
#include "daemon/control/assign.h"
#include "daemon/push/push_internal.h"

#include <stdio.h>

#include "platform/linux/system/notify.h"

typedef struct slots {
    otr_arena memory;
    otr_str *list;
    size_t count;
    size_t capacity;
    bool failed;
} slots;

static void count_slot(void *context, otr_str slot, otr_str hash)
{
    (void)slot;
    if (hash.size > 0)
        ++*(size_t *)context;
}

size_t otr_daemon_active_count(const otr_daemon *daemon)
{
    size_t count = 0;
    otr_driver_active(daemon->driver, count_slot, &count);
    return count;
}

static void note_slot(void *context, otr_str slot, otr_str hash)
{
    slots *found = context;
    if (hash.size == 0 || found->count == found->capacity)
        return;
    otr_str copy = otr_arena_copy(&found->memory, slot);
    found->failed = found->failed || copy.data == NULL;
    if (copy.data != NULL)
        found->list[found->count++] = copy;
}

static bool named(const otr_contents *contents, otr_str slot)
{
    for (size_t i = 0; i < contents->count; i++)
        if (otr_str_equal(contents->list[i].slot, slot))
            return true;
    return false;
}

/* Emptying a slot changes what is walked over, so the slots are noted first. */
static otr_status empty_the_rest(otr_daemon *daemon, const otr_contents *contents, otr_error *error)
{
    slots found = {.capacity = otr_daemon_active_count(daemon)};
    if (found.capacity == 0)
        return OTR_OK;
    found.list = otr_arena_array(&found.memory, found.capacity, sizeof *found.list);
    if (found.list == NULL)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    otr_driver_active(daemon->driver, note_slot, &found);
    otr_status status = found.failed ? otr_fail(error, OTR_MEMORY, "out of memory") : OTR_OK;
    for (size_t i = 0; i < found.count && status == OTR_OK; i++)
        if (!named(contents, found.list[i]) && !otr_assign_keeps(daemon, found.list[i])) {
            status =
                otr_driver_activate(daemon->driver, found.list[i], OTR_STR(""), (otr_str){NULL, 0}, error);
            otr_log(OTR_LOG_NOTICE, "content", "slot=%.*s action=emptied result=\"%s\"",
                    OTR_STR_ARG(found.list[i]), otr_status_text(status));
        }
    otr_arena_done(&found.memory);
    return status;
}

otr_status otr_daemon_activate(otr_daemon *daemon, otr_contents *contents, otr_error *error)
{
    otr_status status = OTR_OK;
    size_t queued = otr_driver_queued(daemon->driver);
    for (size_t i = 0; i < contents->count && status == OTR_OK; i++) {
        const otr_content_file *content = &contents->list[i];
        status = otr_driver_activate(daemon->driver, content->slot, otr_str_of(content->hash), content->bytes,
                                     error);
        if (status != OTR_OK)
            contents->refused = content->file;
        otr_log(OTR_LOG_INFO, "content", "slot=%.*s hash=%.12s count=%zu file=\"%s\" result=\"%s\"",
                OTR_STR_ARG(content->slot), content->hash, content->count, content->file.data,
                otr_status_text(status));
    }
    if (status == OTR_OK)
        status = empty_the_rest(daemon, contents, error);
    if (status != OTR_OK)
        otr_driver_unqueue(daemon->driver, queued);
    return status;
}

/* The options that differ and do not change in a running daemon, as "mqtt.url, coap.udp". */
static void list_restarts(const otr_config *now, const otr_config *next, char *out, size_t capacity)
{
    const otr_option *options = otr_config_options();
    size_t size = 0;
    out[0] = '\0';
    for (size_t i = 0; i < OTR_CONFIG_OPTIONS; i++) {
        if (options[i].reloads || otr_config_same(now, next, &options[i]) || size >= capacity)
            continue;
        int more = snprintf(out + size, capacity - size, "%s%s.%s",
                            size > 0 ? ", " : "needs a restart: ", options[i].section, options[i].key);
        size += more > 0 ? (size_t)more : 0;
    }
}

static otr_status reload(otr_daemon *daemon, char text[OTR_REFUSAL_BYTES])
{
    otr_config *next = NULL;
    otr_contents contents = {0};
    otr_operators operators = {0};
    otr_error error = {.status = OTR_OK};
    const char *file = daemon->config_path;
    char untuned[OTR_REFUSAL_BYTES];
    size_t queued = otr_driver_queued(daemon->driver);
    memcpy(untuned, daemon->push->untuned, sizeof untuned);
    otr_status status = otr_config_load(file, &next, &error);
    if (status == OTR_OK)
        status = otr_config_check_files(next, &error);
    if (status == OTR_OK)
        status = otr_operators_load(next->operators.keys, &operators, &error);
    if (status != OTR_OK && operators.refused.data != NULL)
        file = operators.refused.data;
    if (status == OTR_OK)
        status = otr_contents_load(next, &contents, &error);
    if (status == OTR_OK)
        status = otr_push_add(daemon, &contents, &error);
    if (status == OTR_OK)
        status = otr_retune_put(daemon, &next, &error);
    if (status == OTR_OK)
        status = otr_daemon_activate(daemon, &contents, &error);
    if (status == OTR_OK) {
        list_restarts(daemon->config, next, text, OTR_REFUSAL_BYTES);
        status = otr_retune_take(daemon, next, &error);
        next = NULL;
    }
    if (status == OTR_OK) {
        otr_operators before = daemon->operators;
        daemon->operators = operators;
        operators = before;
    } else {
        otr_driver_unqueue(daemon->driver, queued);
        memcpy(daemon->push->untuned, untuned, sizeof untuned);
        otr_refusal_format(contents.refused.data != NULL ? contents.refused.data : file, &error, text);
    }
    otr_operators_done(&operators);
    otr_contents_done(&contents);
    otr_config_free(next);
    return status;
}

void otr_daemon_reload(otr_daemon *daemon)
{
    otr_reload *result = &daemon->reload;
    (void)otr_notify_reloading();
    otr_status status = reload(daemon, result->text);
    result->done = true;
    result->refused = status != OTR_OK;
    (void)otr_driver_utc(daemon->driver, &result->at);
    if (result->refused) {
        otr_log(OTR_LOG_ERROR, "reload", "result=refused reason=\"%s\"", result->text);
        otr_driver_report(daemon->driver, OTR_STR("refused"), otr_str_of(result->text));
    } else {
        otr_log(OTR_LOG_NOTICE, "reload", "result=ok note=\"%s\"", result->text);
        otr_driver_report(daemon->driver, OTR_STR("reload"), otr_str_of(result->text));
    }
    (void)otr_notify_send(result->refused ? "READY=1\nSTATUS=running; the last reload was refused"
                                          : "READY=1\nSTATUS=running");
}

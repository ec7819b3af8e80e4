/* The way in: uploads and other inputs into the inbox, until the next turn takes them. */
#include "base/hash.h"
#include "base/limits.h"
#include "base/log.h"
#include "codec/readings.h"
#include "driver/internal.h"

#include <stdlib.h>

/* A device that uploads again this soon after the answer to its last is emptying a buffer and waits for each
 * answer. One that reports every second is not: answered at once, it would keep the disk busy, and an alarm
 * waiting. */
#define EAGER_ROUND_TRIP (OTR_SECOND / 4)

void *otr_list_grow(void **list, size_t *count, size_t *capacity, size_t size)
{
    if (*count == *capacity) {
        size_t wanted = *capacity == 0 ? 16 : *capacity * 2;
        void *larger = realloc(*list, wanted * size);
        if (larger == NULL)
            return NULL;
        *list = larger;
        *capacity = wanted;
    }
    return (char *)*list + (*count)++ * size;
}

void otr_driver_tidy_inbox(otr_driver *driver)
{
    if (driver->taken < driver->inbox.count)
        return;
    driver->inbox.count = 0;
    driver->taken = 0;
    otr_arena_reset(&driver->inbox_memory);
}

bool otr_driver_has_room(otr_driver *driver)
{
    otr_driver_tidy_inbox(driver);
    return driver->inbox.count < OTR_LIMIT_INBOX_INPUTS &&
           driver->inbox_memory.used_bytes < OTR_LIMIT_INBOX_BYTES;
}

bool otr_driver_take_in(otr_driver *driver, const otr_input *input, uint64_t handle, unsigned format)
{
    otr_asker *asker = OTR_LIST_ADD(driver->unstepped);
    otr_input *slot = asker != NULL ? OTR_LIST_ADD(driver->inbox) : NULL;
    if (slot == NULL) {
        driver->unstepped.count -= asker != NULL;
        return false;
    }
    *asker = (otr_asker){handle, UINT32_MAX, format};
    *slot = *input;
    return true;
}

static void note_device(otr_driver *driver, otr_str device)
{
    uint64_t hash = otr_hash64(1, 0, device.data, device.size);
    otr_time mono = driver->sample.mono;
    size_t at = hash & (RECENT_DEVICES - 1);
    if (driver->recent[at].device == hash &&
        mono - driver->recent[at].at < driver->config.linger_us + EAGER_ROUND_TRIP)
        driver->hurry = true;
    driver->recent[at].device = hash;
    driver->recent[at].at = mono;
}

otr_status otr_driver_pace(otr_driver *driver, otr_str device, otr_error *error)
{
    otr_pace_answer answer = otr_pace_take(&driver->pace, device, driver->sample.mono);
    if (answer == OTR_PACE_OK)
        return OTR_OK;
    driver->counters.requests_too_fast++;
    if (answer == OTR_PACE_TOO_FAST_NEWLY)
        otr_log(OTR_LOG_WARNING, "device_too_fast", "device=\"%.*s\" a_minute=%u", OTR_STR_ARG(device),
                driver->config.device_rate);
    return otr_fail(error, OTR_TOO_FAST, "a device may send %u times a minute: wait, and send it again",
                    driver->config.device_rate);
}

/* Who has no key can invent names; those that are true have a key or an asset that waits for them. */
static otr_status check_name(const otr_driver *driver, otr_str device, bool keyed, otr_error *error)
{
    size_t count = otr_core_device_count(driver->core);
    if (count < OTR_LIMIT_DEVICES || otr_core_knows_device(driver->core, device))
        return OTR_OK;
    if (!keyed)
        return otr_fail(
            error, OTR_DENIED,
            "this gateway serves %d devices already: one that has a key, or is assigned, finds room",
            OTR_LIMIT_DEVICES);
    if (count >= OTR_LIMIT_DEVICES_KEYED)
        return otr_fail(error, OTR_DENIED, "this gateway serves %d devices already", OTR_LIMIT_DEVICES_KEYED);
    return OTR_OK;
}

static otr_status take_upload(otr_driver *driver, const otr_upload *upload, otr_error *error)
{
    otr_input input = {.kind = OTR_INPUT_READINGS};
    otr_status status = OTR_OK;
    if (upload->identity.size > 0) /* before its bytes cost anything */
        status = otr_driver_pace(driver, upload->identity, error);
    if (status != OTR_OK)
        return status;
    otr_str copy = otr_arena_copy(&driver->inbox_memory,
                                  (otr_str){(const char *)upload->payload.data, upload->payload.size});
    otr_str identity = otr_arena_copy(&driver->inbox_memory, upload->identity);
    if (copy.data == NULL || identity.data == NULL)
        return otr_fail(error, OTR_FULL, "no memory for an upload");
    otr_bytes payload = {(const uint8_t *)copy.data, copy.size};
    status = otr_readings_decode(&driver->inbox_memory, upload->format, payload, identity,
                                 &input.upload.message, error);
    if (status == OTR_OK && identity.size == 0)
        status = otr_driver_pace(driver, input.upload.message.device, error);
    if (status != OTR_OK)
        return status;
    status = check_name(driver, input.upload.message.device, identity.size > 0, error);
    if (status != OTR_OK)
        return status;
    if (!otr_core_has_room_for(driver->core, &input.upload.message))
        return otr_fail(error, OTR_DENIED, "this gateway knows %d different metrics already",
                        OTR_LIMIT_METRICS);
    input.upload.key = upload->key;
    bool taken = otr_driver_take_in(driver, &input, upload->handle, 0);
    if (!taken || (upload->key != 0 &&
                   !otr_duplicates_add(&driver->duplicates, upload->key, driver->core_now, false))) {
        driver->unstepped.count -= taken;
        driver->inbox.count -= taken;
        return otr_fail(error, OTR_FULL, "no memory for an upload");
    }
    note_device(driver, input.upload.message.device);
    return OTR_OK;
}

otr_status otr_driver_upload(otr_driver *driver, const otr_upload *upload, otr_error *error)
{
    if (driver->stopping || driver->broken) {
        driver->counters.uploads_pushed_back++;
        return otr_fail(error, OTR_FULL, driver->stopping ? "stopping" : "the store is not ready");
    }
    otr_duplicate seen =
        upload->key != 0 ? otr_duplicates_find(&driver->duplicates, upload->key) : OTR_DUPLICATE_NEW;
    if (seen != OTR_DUPLICATE_NEW) {
        driver->counters.uploads_repeated++;
        driver->ports.source.answer(driver->ports.source.self, upload->handle,
                                    seen == OTR_DUPLICATE_KEPT ? OTR_ANSWER_KEPT : OTR_ANSWER_NONE, 0);
        return OTR_OK;
    }
    otr_status status = OTR_FULL;
    if (otr_driver_has_room(driver)) {
        /* what is refused takes no room from what others send until the next turn */
        otr_arena_mark mark = otr_arena_marked(&driver->inbox_memory);
        status = take_upload(driver, upload, error);
        if (status != OTR_OK)
            otr_arena_rewind(&driver->inbox_memory, mark);
    } else {
        (void)otr_fail(error, OTR_FULL, "%zu uploads wait for the disk", driver->inbox.count);
    }
    if (status == OTR_OK)
        driver->counters.uploads++;
    else if (status == OTR_FULL)
        driver->counters.uploads_pushed_back++;
    else if (status != OTR_TOO_FAST)
        driver->counters.uploads_refused++;
    return status;
}

/* ---- inputs that nobody outside would send again: kept until they are committed ---- */

static bool own(otr_arena *memory, otr_str *text)
{
    *text = otr_arena_copy(memory, *text);
    return text->data != NULL;
}

static bool own_order(otr_arena *memory, otr_order_note *note)
{
    return own(memory, &note->who) && own(memory, &note->verb) && own(memory, &note->about) &&
           own(memory, &note->answer) && own(memory, &note->refused);
}

static bool own_desk(otr_arena *memory, otr_desk_act *act)
{
    return own(memory, &act->to) && own(memory, &act->queue) && own(memory, &act->what) &&
           own(memory, &act->text) && own(memory, &act->fields);
}

otr_status otr_driver_queue(otr_driver *driver, const otr_input *input)
{
    otr_pending *pending = OTR_LIST_ADD(driver->pending);
    if (pending == NULL)
        return OTR_MEMORY;
    *pending = (otr_pending){.input = *input};
    bool ok = true;
    if (input->kind == OTR_INPUT_CONTENT)
        ok = own(&pending->memory, &pending->input.content.slot) &&
             own(&pending->memory, &pending->input.content.hash) &&
             own(&pending->memory, &pending->input.content.bytes);
    else if (input->kind == OTR_INPUT_REPORT)
        ok = own(&pending->memory, &pending->input.report.what) &&
             own(&pending->memory, &pending->input.report.text);
    else if (input->kind == OTR_INPUT_LOSS)
        ok = own(&pending->memory, &pending->input.loss.reason);
    else if (input->kind == OTR_INPUT_COMMAND)
        ok = own(&pending->memory, &pending->input.command.customer.category) &&
             own(&pending->memory, &pending->input.command.rule) &&
             own(&pending->memory, &pending->input.command.asset) &&
             own(&pending->memory, &pending->input.command.who) &&
             own(&pending->memory, &pending->input.command.reason) &&
             own(&pending->memory, &pending->input.command.voice.source) &&
             own(&pending->memory, &pending->input.command.voice.product) &&
             own_order(&pending->memory, &pending->input.command.order) &&
             own_desk(&pending->memory, &pending->input.command.desk);
    if (!ok) {
        otr_arena_done(&pending->memory);
        driver->pending.count--;
        return OTR_MEMORY;
    }
    driver->hurry = true;
    return OTR_OK;
}

void otr_driver_forget_pending(otr_driver *driver, size_t count)
{
    for (size_t i = 0; i < count; i++)
        otr_arena_done(&driver->pending.list[i].memory);
    driver->pending.count -= count;
    driver->pending_stepped -= count < driver->pending_stepped ? count : driver->pending_stepped;
    if (driver->pending.count > 0)
        memmove(driver->pending.list, driver->pending.list + count,
                driver->pending.count * sizeof *driver->pending.list);
}

size_t otr_driver_forget_but_commands(otr_driver *driver, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < driver->pending.count; i++) {
        if (i < count && driver->pending.list[i].input.kind != OTR_INPUT_COMMAND)
            otr_arena_done(&driver->pending.list[i].memory);
        else
            driver->pending.list[kept++] = driver->pending.list[i];
    }
    size_t forgotten = driver->pending.count - kept;
    driver->pending.count = kept;
    return forgotten;
}

void otr_driver_shorten_pending(otr_driver *driver, size_t count)
{
    while (driver->pending.count > count)
        otr_arena_done(&driver->pending.list[--driver->pending.count].memory);
}

size_t otr_driver_queued(const otr_driver *driver)
{
    return driver->pending.count;
}

void otr_driver_unqueue(otr_driver *driver, size_t count)
{
    OTR_ASSERT(count >= driver->pending_stepped);
    otr_driver_shorten_pending(driver, count);
}

void otr_driver_forget_losses(otr_driver *driver, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < driver->pending.count; i++) {
        if (i < count && driver->pending.list[i].input.kind == OTR_INPUT_LOSS)
            otr_arena_done(&driver->pending.list[i].memory);
        else
            driver->pending.list[kept++] = driver->pending.list[i];
    }
    driver->pending.count = kept;
}

void otr_driver_push_back_all(otr_driver *driver)
{
    for (size_t i = 0; i < driver->answers.count; i++)
        driver->ports.source.answer(driver->ports.source.self, driver->answers.list[i].handle,
                                    OTR_ANSWER_FULL, 5);
    for (size_t i = 0; i < driver->unstepped.count; i++)
        driver->ports.source.answer(driver->ports.source.self, driver->unstepped.list[i].handle,
                                    OTR_ANSWER_FULL, 5);
    driver->counters.uploads_pushed_back += driver->answers.count + driver->unstepped.count;
    driver->answers.count = 0;
    driver->unstepped.count = 0;
    driver->taken = driver->inbox.count;
    otr_driver_tidy_inbox(driver);
    driver->pending_stepped = 0; /* they come again in the rebuilt core */
    otr_effects_clear(&driver->effects);
}

otr_status otr_driver_activate(otr_driver *driver, otr_str slot, otr_str hash, otr_str bytes,
                               otr_error *error)
{
    otr_str active = otr_core_content_hash(driver->core, slot);
    for (size_t i = 0; i < driver->pending.count; i++) /* one asked for before counts as active */
        if (driver->pending.list[i].input.kind == OTR_INPUT_CONTENT &&
            otr_str_equal(driver->pending.list[i].input.content.slot, slot))
            active = driver->pending.list[i].input.content.bytes.size > 0
                         ? driver->pending.list[i].input.content.hash
                         : (otr_str){NULL, 0};
    if (bytes.size == 0 ? active.size == 0 : otr_str_equal(active, hash))
        return OTR_OK;
    otr_status status = otr_core_content_check(driver->core, slot, bytes, error);
    if (status != OTR_OK)
        return status;
    otr_input input = {.kind = OTR_INPUT_CONTENT, .content = {slot, hash, bytes}};
    status = otr_driver_queue(driver, &input);
    return status == OTR_OK ? OTR_OK
                            : otr_fail(error, status, "no memory to activate %.*s", OTR_STR_ARG(slot));
}

void otr_driver_report(otr_driver *driver, otr_str what, otr_str text)
{
    otr_input input = {.kind = OTR_INPUT_REPORT, .report = {what, text}};
    if (otr_driver_queue(driver, &input) != OTR_OK)
        otr_log(OTR_LOG_ERROR, "report_lost", "what=%.*s", OTR_STR_ARG(what));
}

/* ---- commands ---- */

otr_status otr_driver_command(otr_driver *driver, const otr_command *command, uint64_t handle,
                              otr_error *error)
{
    otr_input input = {.kind = OTR_INPUT_COMMAND, .command = *command};
    size_t waiting = 0;
    OTR_ASSERT(driver->ports.operators.answer != NULL);
    otr_status status = otr_command_check(command, error);
    if (status != OTR_OK)
        return status;
    for (size_t i = 0; i < driver->pending.count; i++)
        waiting += driver->pending.list[i].input.kind == OTR_INPUT_COMMAND;
    if (driver->stopping || waiting >= OTR_LIMIT_COMMANDS_WAITING)
        return otr_fail(error, OTR_FULL, driver->stopping ? "stopping" : "too many commands wait");
    status = otr_driver_queue(driver, &input);
    if (status != OTR_OK)
        return otr_fail(error, OTR_FULL, "no memory for a command");
    driver->pending.list[driver->pending.count - 1].handle = handle;
    return OTR_OK;
}

/* The core answers commands in their order. */
void otr_driver_answer_commands(otr_driver *driver, size_t count)
{
    size_t next = 0;
    for (size_t i = 0; i < count; i++) {
        const otr_pending *pending = &driver->pending.list[i];
        if (pending->input.kind != OTR_INPUT_COMMAND)
            continue;
        OTR_ASSERT(next < driver->effects.results.count);
        const otr_command_result *result = &driver->effects.results.list[next++];
        OTR_ASSERT(otr_id_equal(result->id, pending->input.command.id));
        driver->ports.operators.answer(driver->ports.operators.self, pending->handle, result);
    }
}

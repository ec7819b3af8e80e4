#include "world.h"

#include "base/limits.h"
#include "core/outbox/outbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const otr_id incarnation = {{7, 7, 7}};

static void copy_text(char *to, size_t size, otr_str from)
{
    (void)snprintf(to, size, "%.*s", OTR_STR_ARG(from));
}

static void keep_alarm(world *w, const otr_row_alarm *row)
{
    size_t at = 0;
    while (at < w->alarm_count && !otr_id_equal(w->alarms[at].id, row->id))
        at++;
    assert_true(at < WORLD_ROWS);
    world_alarm *alarm = &w->alarms[at];
    if (at == w->alarm_count)
        w->alarm_count++;
    else
        assert_true(row->revision > alarm->revision);
    copy_text(alarm->rule, sizeof alarm->rule, row->rule);
    copy_text(alarm->asset, sizeof alarm->asset, row->asset);
    alarm->id = row->id;
    alarm->case_id = row->case_id;
    alarm->revision = row->revision;
    alarm->state = row->state;
    alarm->onset = row->onset;
    alarm->raised = row->raised;
    alarm->ended = row->ended;
}

/* "place: shop, temperature: 5.0 °C" */
static void copy_facts(char *to, size_t size, const otr_service_event *event)
{
    otr_buffer text = {0};
    for (size_t i = 0; i < event->fact_count; i++)
        otr_buffer_add_format(&text, "%s%.*s: %.*s", i > 0 ? ", " : "", OTR_STR_ARG(event->facts[i].name),
                              OTR_STR_ARG(event->facts[i].value));
    copy_text(to, size, otr_buffer_text(&text));
    otr_buffer_done(&text);
}

static void keep_event(world *w, const otr_row_outbox *row)
{
    otr_arena arena = {0};
    otr_service_event event;
    otr_error error;
    assert_true(w->event_count < WORLD_ROWS);
    assert_int_equal(otr_outbox_render(&arena, row->body, w->utc, &event, &error), OTR_OK);
    world_event *kept = &w->events[w->event_count];
    if (w->see != NULL)
        w->see(w->see_context, &event);
    kept->kind = event.kind;
    copy_text(kept->what, sizeof kept->what, event.what);
    copy_text(kept->rule, sizeof kept->rule, event.rule);
    copy_text(kept->text, sizeof kept->text, event.text);
    if (event.kind == OTR_SERVICE_VIEW || event.kind == OTR_SERVICE_CUSTOMER)
        copy_facts(kept->text, sizeof kept->text, &event);
    copy_text(kept->line, sizeof kept->line, event.line);
    copy_text(kept->brief, sizeof kept->brief, event.brief);
    copy_text(kept->cause, sizeof kept->cause, event.cause);
    kept->event = event.event;
    kept->entity = event.entity;
    kept->case_id = event.case_id;
    kept->revision = event.revision;
    kept->onset = event.onset;
    kept->ended = event.ended;
    kept->coverage = event.coverage_percent;
    copy_text(kept->to, sizeof kept->to, event.to);
    kept->decided = event.decided;
    kept->next_by = event.next_by;
    kept->replaces = row->replaces;
    kept->alarm = event.alarm;
    copy_text(kept->asset, sizeof kept->asset, event.asset);
    copy_text(kept->category, sizeof kept->category, event.category);
    copy_text(kept->queue, sizeof kept->queue, event.queue);
    if (event.figures.size > 0) {
        uint8_t *copy = malloc(event.figures.size);
        memcpy(copy, event.figures.data, event.figures.size);
        kept->figures = (otr_bytes){copy, event.figures.size};
    }
    kept->alone[0] = '\0';
    if (row->body_alone.size > 0) {
        assert_int_equal(otr_outbox_render(&arena, row->body_alone, w->utc, &event, &error), OTR_OK);
        copy_text(kept->alone, sizeof kept->alone, event.text);
    }
    for (size_t i = 0; i < w->event_count; i++)
        assert_false(otr_id_equal(w->events[i].event, kept->event)); /* an event has an id of its own */
    w->event_count++;
    assert_int_equal(row->seq, w->next_outbox_seq);
    w->next_outbox_seq++;
    otr_arena_done(&arena);
}

static void keep_notice(world *w, const otr_row_notice *row)
{
    assert_true(w->notice_count < WORLD_ROWS);
    world_notice *kept = &w->notices[w->notice_count++];
    *kept = (world_notice){.id = row->id,
                           .revision = row->revision,
                           .state = row->state,
                           .decided = row->decided,
                           .due = row->due,
                           .alarm = row->alarm,
                           .case_id = row->case_id};
    copy_text(kept->contact, sizeof kept->contact, row->contact);
    copy_text(kept->asset, sizeof kept->asset, row->asset);
    copy_text(kept->rule, sizeof kept->rule, row->rule);
    copy_text(kept->what, sizeof kept->what, row->what);
    copy_text(kept->reason, sizeof kept->reason, row->reason);
}

static void keep_proof(world *w, const otr_row_proof *row)
{
    if ((w->proof_count & (w->proof_count - 1)) == 0) /* full: 0, 1, 2, 4, ... */
        w->proofs = realloc(w->proofs, (w->proof_count > 0 ? w->proof_count * 2 : 1) * sizeof *w->proofs);
    assert_non_null(w->proofs);
    otr_row_proof *list = &w->proofs[w->proof_count++];
    *list = *row;
    list->asset = otr_arena_copy(&w->proof_texts, row->asset);
    list->customer = otr_arena_copy(&w->proof_texts, row->customer);
    list->header = otr_arena_copy(&w->proof_texts, row->header);
    list->content = otr_arena_copy(&w->proof_texts, row->content);
}

/* What it names instead is in memory that is cleared. */
static void keep_result(world *w, const otr_command_result *result)
{
    w->result = *result;
    w->result.known = otr_arena_copy(&w->proof_texts, result->known);
}

/* The core may take a content out by itself. */
static void drop_content(world *w, const otr_row_content *row)
{
    for (size_t i = 0; i < w->zone_count && row->bytes.size == 0; i++)
        if (otr_str_is(row->slot, w->zones[i].slot))
            w->zones[i].size = 0;
}

static void commit(world *w)
{
    otr_effects *effects = &w->effects;
    if (otr_effects_any(effects)) {
        assert_true(w->batch_count < WORLD_BATCHES);
        w->batches[w->batch_count].first_seq = effects->first_seq;
        w->batches[w->batch_count].size = effects->batch.size;
        w->batches[w->batch_count].data = malloc(effects->batch.size);
        memcpy(w->batches[w->batch_count].data, effects->batch.data, effects->batch.size);
        w->batch_count++;
        assert_int_equal(effects->first_seq, w->next_seq);
        w->next_seq = effects->first_seq + effects->input_count;
    }
    for (size_t i = 0; i < effects->names.count; i++) {
        assert_true(w->name_count < 1024);
        w->names[w->name_count].space = effects->names.list[i].space;
        copy_text(w->names[w->name_count++].name, 64, effects->names.list[i].name);
    }
    for (size_t i = 0; i < effects->alarms.count; i++)
        keep_alarm(w, &effects->alarms.list[i]);
    for (size_t i = 0; i < effects->outbox.count; i++)
        if (effects->outbox.list[i].again) {
            w->resent++;
            w->next_outbox_seq++;
        } else {
            keep_event(w, &effects->outbox.list[i]);
        }
    for (size_t i = 0; i < effects->notices.count; i++)
        keep_notice(w, &effects->notices.list[i]);
    for (size_t i = 0; i < effects->proofs.count; i++)
        keep_proof(w, &effects->proofs.list[i]);
    for (size_t i = 0; i < effects->contents.count; i++)
        drop_content(w, &effects->contents.list[i]);
    if (effects->results.count > 0)
        keep_result(w, &effects->results.list[effects->results.count - 1]);
    bool activated = effects->activated;
    otr_effects_clear(effects);
    if (activated)
        world_snapshot(w);
}

void world_step(world *w, const otr_input *inputs, size_t count)
{
    otr_turn turn = {w->core_time, w->utc, w->synced};
    assert_int_equal(otr_core_step(w->core, &turn, inputs, count, &w->effects), OTR_OK);
    commit(w);
}

otr_command_result world_command(world *w, otr_command command)
{
    otr_input input = {.kind = OTR_INPUT_COMMAND, .command = command};
    otr_error error;
    w->commands++;
    if (otr_id_is_zero(command.id))
        input.command.id = otr_hash128(1, w->commands, NULL, 0);
    if (command.until == 0)
        input.command.until = OTR_TIME_NONE;
    input.command.who = OTR_STR("op");
    if (otr_command_check(&input.command, &error) != OTR_OK)
        fail_msg("%s", error.text);
    w->result = (otr_command_result){.refusal = OTR_REFUSAL_COUNT};
    world_step(w, &input, 1);
    assert_true(otr_id_equal(w->result.id, input.command.id));
    return w->result;
}

void world_snapshot(world *w)
{
    otr_buffer_clear(&w->snapshot);
    assert_int_equal(otr_core_snapshot(w->core, &w->snapshot), OTR_OK);
    w->snapshot_batches = w->batch_count;
}

/* For the restart: what is active in the slot, or no more. */
static void keep_content(world *w, const char *slot, const char *hash, const char *yaml)
{
    size_t i = 0;
    while (i < w->zone_count && strcmp(w->zones[i].slot, slot) != 0)
        i++;
    assert_true(i < WORLD_ZONES);
    if (i < w->zone_count)
        free(w->zones[i].bytes);
    else
        w->zone_count++;
    (void)snprintf(w->zones[i].slot, sizeof w->zones[i].slot, "%s", slot);
    (void)snprintf(w->zones[i].hash, sizeof w->zones[i].hash, "%s", strlen(yaml) > 0 ? hash : "");
    w->zones[i].size = strlen(yaml);
    w->zones[i].bytes = malloc(w->zones[i].size + 1);
    assert_non_null(w->zones[i].bytes);
    memcpy(w->zones[i].bytes, yaml, w->zones[i].size);
}

void world_activate(world *w, const char *slot, const char *yaml)
{
    otr_error error = {0};
    char hash[32];
    if (otr_content_check(otr_str_of(slot), otr_str_of(yaml), &error) != OTR_OK)
        fail_msg("%s:%d:%d: %s", slot, error.line, error.column, error.text);
    (void)snprintf(hash, sizeof hash, "%zx", (size_t)otr_hash64(0, 0, yaml, strlen(yaml)));
    otr_input input = {.kind = OTR_INPUT_CONTENT,
                       .content = {otr_str_of(slot), otr_str_of(hash), otr_str_of(yaml)}};
    world_step(w, &input, 1);
    if (strncmp(slot, "assignment/", 11) == 0 || strncmp(slot, "knowledge/", 10) == 0)
        keep_content(w, slot, hash, yaml);
    else if (strcmp(slot, "assignments") == 0)
        w->assignments = yaml;
    else
        w->pack = yaml;
}

void world_zone(world *w, const char *name)
{
    char path[96];
    size_t i = w->zone_count;
    uint8_t *bytes = malloc(OTR_LIMIT_ZONE_BYTES);
    (void)snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", name);
    FILE *file = fopen(path, "rb");
    assert_true(bytes != NULL && i < WORLD_ZONES);
    if (file == NULL)
        skip();
    size_t size = fread(bytes, 1, OTR_LIMIT_ZONE_BYTES, file);
    (void)fclose(file);
    (void)snprintf(w->zones[i].slot, sizeof w->zones[i].slot, "zone/%s", name);
    (void)snprintf(w->zones[i].hash, sizeof w->zones[i].hash, "%zx", (size_t)otr_hash64(0, 0, bytes, size));
    w->zones[i].bytes = bytes;
    w->zones[i].size = size;
    otr_input input = {
        .kind = OTR_INPUT_CONTENT,
        .content = {otr_str_of(w->zones[i].slot), otr_str_of(w->zones[i].hash), {(const char *)bytes, size}}};
    otr_error error = {0};
    if (otr_content_check(input.content.slot, input.content.bytes, &error) != OTR_OK)
        fail_msg("%s: %s", name, error.text);
    w->zone_count++;
    world_step(w, &input, 1);
}

otr_digest_function *world_sha256;

static void create_core(world *w)
{
    otr_core_config config = {.group = OTR_STR("group"),
                              .gateway = OTR_STR("gateway"),
                              .incarnation = incarnation,
                              .next_seq = w->next_seq,
                              .next_outbox_seq = w->next_outbox_seq,
                              .sha256 = world_sha256};
    assert_int_equal(otr_core_create(&config, &w->core), OTR_OK);
}

world *world_create(const char *pack, const char *assignments, otr_time utc)
{
    world *w = calloc(1, sizeof *w);
    w->core_time = utc;
    w->utc = utc;
    w->synced = true;
    w->next_seq = 1;
    w->next_outbox_seq = 1;
    create_core(w);
    world_step(w, &(otr_input){.kind = OTR_INPUT_BOOT}, 1);
    world_activate(w, "pack/test", pack);
    world_activate(w, "assignments", assignments);
    return w;
}

void world_free(world *w)
{
    otr_core_free(w->core);
    otr_effects_done(&w->effects);
    otr_buffer_done(&w->snapshot);
    for (size_t i = 0; i < w->batch_count; i++)
        free(w->batches[i].data);
    for (size_t i = 0; i < w->zone_count; i++)
        free(w->zones[i].bytes);
    free(w->proofs);
    otr_arena_done(&w->proof_texts);
    for (size_t i = 0; i < w->event_count; i++)
        free((uint8_t *)w->events[i].figures.data);
    free(w);
}

/* Where those stand that have not ended: after their last rows. */
static void load_proofs(world *w)
{
    for (size_t i = 0; i < w->proof_count; i++) {
        const otr_row_proof *row = &w->proofs[i];
        bool last = !row->ends;
        for (size_t k = i + 1; k < w->proof_count && last; k++)
            last = !otr_id_equal(w->proofs[k].proof, row->proof);
        otr_row_proof_head head = {row->proof, row->number + 1, row->asset, row->customer, row->head};
        if (last)
            assert_int_equal(otr_core_keep_proof(w->core, &head), OTR_OK);
    }
}

void world_restart(world *w, bool boot)
{
    otr_error error = {0};
    otr_core_free(w->core);
    create_core(w);
    uint32_t next[2] = {0, 0};
    for (size_t i = 0; i < w->name_count; i++) {
        otr_row_name row = {w->names[i].space, next[w->names[i].space]++, otr_str_of(w->names[i].name)};
        assert_int_equal(otr_core_load_name(w->core, &row), OTR_OK);
    }
    otr_row_content assignments = {OTR_STR("assignments"), 0, OTR_STR("a"), otr_str_of(w->assignments)};
    otr_row_content pack = {OTR_STR("pack/test"), 0, OTR_STR("p"), otr_str_of(w->pack)};
    assert_int_equal(otr_core_load_content(w->core, &assignments, &error), OTR_OK);
    assert_int_equal(otr_core_load_content(w->core, &pack, &error), OTR_OK);
    for (size_t i = 0; i < w->zone_count; i++) {
        otr_str bytes = {(const char *)w->zones[i].bytes, w->zones[i].size};
        if (bytes.size == 0)
            continue;
        otr_row_content zone = {otr_str_of(w->zones[i].slot), 0, otr_str_of(w->zones[i].hash), bytes};
        assert_int_equal(otr_core_load_content(w->core, &zone, &error), OTR_OK);
    }
    if (otr_core_load_snapshot(w->core, otr_buffer_bytes(&w->snapshot), &error) != OTR_OK)
        fail_msg("%s", error.text);
    for (size_t i = 0; i < w->alarm_count; i++)
        if (w->alarms[i].ended == OTR_TIME_NONE) {
            otr_row_alarm row = {.id = w->alarms[i].id,
                                 .revision = w->alarms[i].revision,
                                 .state = w->alarms[i].state,
                                 .rule = otr_str_of(w->alarms[i].rule),
                                 .asset = otr_str_of(w->alarms[i].asset)};
            assert_int_equal(otr_core_keep_alarm(w->core, &row), OTR_OK);
        }
    for (size_t i = w->snapshot_batches; i < w->batch_count; i++) {
        otr_bytes batch = {w->batches[i].data, w->batches[i].size};
        if (otr_core_replay(w->core, w->batches[i].first_seq, batch, &error) != OTR_OK)
            fail_msg("%s", error.text);
    }
    load_proofs(w);
    assert_int_equal(otr_core_finish_load(w->core), OTR_OK);
    if (boot)
        world_step(w, &(otr_input){.kind = OTR_INPUT_BOOT}, 1);
}

const char *world_replay(world *w)
{
    static char wrong[128];
    otr_buffer live = {0};
    otr_buffer again = {0};
    size_t at = 0;
    assert_int_equal(otr_core_snapshot(w->core, &live), OTR_OK);
    world_restart(w, false);
    assert_int_equal(otr_core_snapshot(w->core, &again), OTR_OK);
    while (at < live.size && at < again.size && live.data[at] == again.data[at])
        at++;
    bool same = at == live.size && at == again.size;
    (void)snprintf(wrong, sizeof wrong, "the journal gives %zu bytes and not %zu, other ones from %zu on",
                   again.size, live.size, at);
    otr_buffer_done(&live);
    otr_buffer_done(&again);
    return same ? NULL : wrong;
}

void world_sleep(world *w, otr_time span)
{
    otr_time end = w->core_time + span;
    while (otr_core_next(w->core) <= end) {
        otr_time next = otr_core_next(w->core);
        if (next > w->core_time) {
            w->utc += next - w->core_time;
            w->core_time = next;
        }
        world_step(w, NULL, 0);
    }
    w->utc += end - w->core_time;
    w->core_time = end;
}

otr_reading world_number(const char *metric, double number, otr_time at)
{
    return (otr_reading){.metric = otr_str_of(metric),
                         .at_us = at,
                         .stamp = OTR_STAMP_ABSOLUTE,
                         .kind = OTR_KIND_NUMBER,
                         .number = number};
}

void world_upload(world *w, const char *device, otr_reading *readings, size_t count)
{
    otr_input input = {.kind = OTR_INPUT_READINGS, .upload = {{otr_str_of(device), readings, count}, 0}};
    world_step(w, &input, 1);
}

/* To just before the instant, so that a reading and a deadline of the same instant come in one turn. */
static void sleep_until(world *w, otr_time at)
{
    if (at <= w->utc)
        return;
    world_sleep(w, at - w->utc - 1);
    w->utc++;
    w->core_time++;
}

void world_report(world *w, const char *device, const char *metric, double number, otr_time at)
{
    otr_reading reading = world_number(metric, number, at);
    sleep_until(w, at);
    world_upload(w, device, &reading, 1);
}

void world_report_flag(world *w, const char *device, const char *metric, bool flag, otr_time at)
{
    otr_reading reading = world_number(metric, 0, at);
    reading.kind = OTR_KIND_BOOL;
    reading.flag = flag;
    sleep_until(w, at);
    world_upload(w, device, &reading, 1);
}

void world_begins(const char *text, const char *happened)
{
    if (strncmp(text, happened, strlen(happened)) != 0)
        fail_msg("\"%s\" does not begin with \"%s\"", text, happened);
}

size_t world_count(const world *w, const char *rule)
{
    size_t count = 0;
    for (size_t i = 0; i < w->alarm_count; i++)
        count += strcmp(w->alarms[i].rule, rule) == 0;
    return count;
}

const world_alarm *world_get(const world *w, const char *rule, size_t n)
{
    for (size_t i = 0; i < w->alarm_count; i++)
        if (strcmp(w->alarms[i].rule, rule) == 0 && n-- == 0)
            return &w->alarms[i];
    fail_msg("no such alarm of %s", rule);
    return NULL;
}

size_t world_events(const world *w, otr_service_kind kind, const char *what)
{
    size_t count = 0;
    for (size_t i = 0; i < w->event_count; i++)
        count += w->events[i].kind == kind && strcmp(w->events[i].what, what) == 0;
    return count;
}

const world_event *world_event_get(const world *w, otr_service_kind kind, const char *what, size_t n)
{
    for (size_t i = 0; i < w->event_count; i++)
        if (w->events[i].kind == kind && strcmp(w->events[i].what, what) == 0 && n-- == 0)
            return &w->events[i];
    fail_msg("no such event: %s %s", otr_service_kind_text(kind), what);
    return NULL;
}

static bool is_kind(const otr_row_proof *row, const char *kind)
{
    char text[48];
    (void)snprintf(text, sizeof text, ",\"kind\":\"%s\",", kind);
    return memmem(row->header.data, row->header.size, text, strlen(text)) != NULL;
}

size_t world_proofs(const world *w, const char *kind)
{
    size_t count = 0;
    for (size_t i = 0; i < w->proof_count; i++)
        count += is_kind(&w->proofs[i], kind);
    return count;
}

const otr_row_proof *world_proof_get(const world *w, const char *kind, size_t n)
{
    for (size_t i = 0; i < w->proof_count; i++)
        if (is_kind(&w->proofs[i], kind) && n-- == 0)
            return &w->proofs[i];
    fail_msg("no such entry: %s", kind);
    return NULL;
}

static bool is_notice(const world_notice *one, otr_notice_state state, const char *rule, const char *reason)
{
    return one->state == state && (rule == NULL || strcmp(one->rule, rule) == 0) &&
           (reason == NULL || strcmp(one->reason, reason) == 0);
}

size_t world_notices(const world *w, otr_notice_state state, const char *rule, const char *reason)
{
    size_t count = 0;
    for (size_t i = 0; i < w->notice_count; i++)
        count += is_notice(&w->notices[i], state, rule, reason);
    return count;
}

const world_notice *world_notice_get(const world *w, otr_notice_state state, const char *rule,
                                     const char *reason)
{
    for (size_t i = w->notice_count; i > 0; i--)
        if (is_notice(&w->notices[i - 1], state, rule, reason))
            return &w->notices[i - 1];
    fail_msg("no such notice: %s, %s", rule != NULL ? rule : "any", reason != NULL ? reason : "any reason");
    return NULL;
}

void world_rewrite(char *text, const char *was, const char *is)
{
    char *place = strstr(text, was);
    assert_non_null(place);
    assert_int_equal(strlen(was), strlen(is));
    for (size_t i = 0; is[i] != '\0'; i++)
        place[i] = is[i];
}

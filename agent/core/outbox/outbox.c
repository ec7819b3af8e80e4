#include "core/outbox/outbox.h"
#include "core/outbox/event.h"

#include "text/locale.h"

enum {
    BODY_VERSION = 5,
    BODY_WITHOUT_TICKET = 4,
    BODY_WITHOUT_FIGURES = 3,
    BODY_WITHOUT_ACTIONS = 2,
    BODY_WITHOUT_DETECTED = 1
};
enum { FACTS_MAX = 256, ACTIONS_MAX = 32, PIECES_MAX = 1024 };

/* Every text of an event, in the order of the body. */
/* clang-format off */
#define TEXTS(X)                                                                                             \
    X(what) X(pack) X(rule) X(priority) X(category) X(asset) X(asset_name) X(asset_class) X(device)          \
    X(cause) X(to) X(locale) X(text) X(queue) X(title)
/* clang-format on */
/* Those of version 3, after the ones that were there before. */
#define TEXTS_3(X) X(line) X(brief) X(why) X(fault) X(persona) X(channels)
/* Those of version 5. */
#define TEXTS_5(X) X(description) X(assignee) X(specialist)
#define TIMES(X) X(decided) X(onset) X(raised) X(ended) X(expires)
#define IDS(X) X(event) X(entity) X(alarm) X(case_id)

static void add_actions(otr_buffer *out, const otr_service_event *event)
{
    otr_buffer_add_varint(out, event->action_count);
    for (size_t i = 0; i < event->action_count; i++)
        otr_buffer_add_str(out, event->actions[i].name);
}

void otr_outbox_encode(otr_buffer *out, const otr_service_event *event, const otr_template *text)
{
    otr_buffer_add_u8(out, BODY_VERSION);
    otr_buffer_add_u8(out, (uint8_t)event->kind);
    otr_buffer_add_varint(out, event->revision);
    otr_buffer_add_signed(out, event->coverage_percent);
    otr_buffer_add_varint(out, event->alarm_count);
#define X(field) otr_buffer_add_id(out, event->field);
    IDS(X)
#undef X
#define X(field) otr_buffer_add_signed(out, event->field);
    TIMES(X)
#undef X
    otr_buffer_add_signed(out, event->detected);
#define X(field) otr_buffer_add_str(out, event->field);
    TEXTS(X)
#undef X
    otr_buffer_add_varint(out, event->fact_count);
    for (size_t i = 0; i < event->fact_count; i++) {
        otr_buffer_add_str(out, event->facts[i].name);
        otr_buffer_add_str(out, event->facts[i].value);
    }
    otr_buffer_add_varint(out, event->evidence_count);
    for (size_t i = 0; i < event->evidence_count; i++) {
        otr_buffer_add_str(out, event->evidence[i].metric);
        otr_buffer_add_str(out, event->evidence[i].unit);
        otr_buffer_add_str(out, event->evidence[i].value);
        otr_buffer_add_signed(out, event->evidence[i].at);
    }
    otr_buffer_add_varint(out, text != NULL ? text->count : 0);
    for (size_t i = 0; text != NULL && i < text->count; i++) {
        bool literal = text->pieces[i].kind == OTR_PIECE_LITERAL;
        otr_buffer_add_u8(out, literal ? 0 : 1);
        otr_buffer_add_str(out, literal ? text->pieces[i].text : text->pieces[i].name);
    }
    otr_buffer_add_signed(out, event->next_by);
#define X(field) otr_buffer_add_str(out, event->field);
    TEXTS_3(X)
#undef X
    add_actions(out, event);
    otr_buffer_add_str(out, (otr_str){(const char *)event->figures.data, event->figures.size});
#define X(field) otr_buffer_add_str(out, event->field);
    TEXTS_5(X)
#undef X
    otr_buffer_add_str(out, (otr_str){(const char *)event->ticket.data, event->ticket.size});
}

static otr_str find_fact(const otr_service_event *event, otr_str name)
{
    for (size_t i = 0; i < event->fact_count; i++)
        if (otr_str_equal(event->facts[i].name, name))
            return event->facts[i].value;
    return OTR_STR("–");
}

otr_str otr_outbox_fill(otr_arena *arena, const otr_template *text, const otr_service_event *event,
                        otr_time utc)
{
    otr_buffer out = {0};
    for (size_t i = 0; i < text->count; i++) {
        bool literal = text->pieces[i].kind == OTR_PIECE_LITERAL;
        otr_str piece = literal ? text->pieces[i].text : text->pieces[i].name;
        char span[OTR_TIME_TEXT_BYTES];
        if (!literal && otr_str_is(piece, "duration")) {
            otr_time end = event->ended != OTR_TIME_NONE ? event->ended : utc;
            if (event->kind == OTR_SERVICE_NOTIFICATION) {
                otr_locale_span(otr_locale_find(event->locale), &out, end - event->onset);
                continue;
            }
            piece = (otr_str){span, otr_span_format(end - event->onset, span)};
        } else if (!literal) {
            piece = find_fact(event, piece);
        }
        otr_buffer_add(&out, piece.data, piece.size);
    }
    otr_str copy = {NULL, 0};
    if (!out.failed)
        copy = otr_arena_copy(arena, otr_buffer_text(&out));
    arena->failed |= out.failed;
    otr_buffer_done(&out);
    return copy;
}

/* NULL with reader failed for a count that no entry has, NULL with *starved for want of memory. */
static void *read_array(otr_arena *arena, otr_reader *reader, uint64_t most, size_t size, uint64_t *count,
                        bool *starved)
{
    *count = otr_reader_varint(reader);
    reader->failed |= *count > most;
    void *array = reader->failed ? NULL : otr_arena_array(arena, *count, size);
    *starved |= array == NULL && !reader->failed;
    return array;
}

static void read_facts(otr_arena *arena, otr_reader *reader, otr_service_event *out, bool *starved)
{
    uint64_t count;
    otr_fact *facts = read_array(arena, reader, FACTS_MAX, sizeof *facts, &count, starved);
    if (facts == NULL)
        return;
    for (uint64_t i = 0; i < count; i++) {
        facts[i].name = otr_reader_str(reader);
        facts[i].value = otr_reader_str(reader);
    }
    out->facts = facts;
    out->fact_count = count;
}

static void read_evidence(otr_arena *arena, otr_reader *reader, otr_service_event *out, bool *starved)
{
    uint64_t count;
    otr_evidence *evidence = read_array(arena, reader, FACTS_MAX, sizeof *evidence, &count, starved);
    if (evidence == NULL)
        return;
    for (uint64_t i = 0; i < count; i++) {
        evidence[i].metric = otr_reader_str(reader);
        evidence[i].unit = otr_reader_str(reader);
        evidence[i].value = otr_reader_str(reader);
        evidence[i].at = otr_reader_signed(reader);
    }
    out->evidence = evidence;
    out->evidence_count = count;
}

/* What version 3 adds. Tokens are made when it is sent: the journal has none. */
static void read_rest(otr_arena *arena, otr_reader *reader, otr_service_event *out, bool *starved)
{
    uint64_t count;
    out->next_by = otr_reader_signed(reader);
#define X(field) out->field = otr_reader_str(reader);
    TEXTS_3(X)
#undef X
    otr_action *actions = read_array(arena, reader, ACTIONS_MAX, sizeof *actions, &count, starved);
    if (actions == NULL)
        return;
    for (uint64_t i = 0; i < count; i++)
        actions[i] = (otr_action){.name = otr_reader_str(reader)};
    out->actions = actions;
    out->action_count = count;
}

static otr_bytes read_bytes(otr_reader *reader)
{
    otr_str bytes = otr_reader_str(reader);
    return (otr_bytes){(const uint8_t *)bytes.data, bytes.size};
}

static void read_ticket(otr_reader *reader, otr_service_event *out)
{
#define X(field) out->field = otr_reader_str(reader);
    TEXTS_5(X)
#undef X
    out->ticket = read_bytes(reader);
}

otr_status otr_outbox_render(otr_arena *arena, otr_str body, otr_time utc, otr_service_event *out,
                             otr_error *error)
{
    otr_reader reader = otr_reader_of((otr_bytes){(const uint8_t *)body.data, body.size});
    *out = (otr_service_event){.next_by = OTR_TIME_NONE};
    uint8_t version = otr_reader_u8(&reader);
    bool known = version >= BODY_WITHOUT_DETECTED && version <= BODY_VERSION;
    uint8_t kind = otr_reader_u8(&reader);
    if (!known || kind >= OTR_SERVICE_KINDS)
        return otr_fail(error, OTR_CORRUPT, "outbox entry of an unknown form");
    out->kind = (otr_service_kind)kind;
    out->revision = (uint32_t)otr_reader_varint(&reader);
    out->coverage_percent = (int)otr_reader_signed(&reader);
    out->alarm_count = (uint32_t)otr_reader_varint(&reader);
#define X(field) out->field = otr_reader_id(&reader);
    IDS(X)
#undef X
#define X(field) out->field = otr_reader_signed(&reader);
    TIMES(X)
#undef X
    out->detected = version >= BODY_WITHOUT_ACTIONS ? otr_reader_signed(&reader) : OTR_TIME_NONE;
#define X(field) out->field = otr_reader_str(&reader);
    TEXTS(X)
#undef X
    bool starved = false;
    uint64_t count = 0;
    read_facts(arena, &reader, out, &starved);
    if (!starved)
        read_evidence(arena, &reader, out, &starved);
    otr_piece *pieces = NULL;
    if (!starved)
        pieces = read_array(arena, &reader, PIECES_MAX, sizeof *pieces, &count, &starved);
    if (starved)
        return otr_fail(error, OTR_MEMORY, "no memory to read an outbox entry");
    for (uint64_t i = 0; pieces != NULL && i < count; i++) {
        pieces[i].kind = otr_reader_u8(&reader) != 0 ? OTR_PIECE_VALUE : OTR_PIECE_LITERAL;
        pieces[i].text = otr_reader_str(&reader);
        pieces[i].name = pieces[i].text;
    }
    if (pieces != NULL && version >= BODY_WITHOUT_FIGURES)
        read_rest(arena, &reader, out, &starved);
    if (pieces != NULL && !starved && version >= BODY_WITHOUT_TICKET)
        out->figures = read_bytes(&reader);
    if (pieces != NULL && !starved && version == BODY_VERSION)
        read_ticket(&reader, out);
    if (starved)
        return otr_fail(error, OTR_MEMORY, "no memory to read an outbox entry");
    if (reader.failed || pieces == NULL)
        return otr_fail(error, OTR_CORRUPT, "outbox entry cut short");
    if (count > 0) {
        out->text = otr_outbox_fill(arena, &(otr_template){pieces, count}, out, utc);
        if (out->text.data == NULL)
            return otr_fail(error, OTR_MEMORY, "no memory to render a text");
    }
    return OTR_OK;
}

bool otr_outbox_stands(const otr_service_event *event)
{
    if (event->kind == OTR_SERVICE_TICKET)
        return !otr_str_is(event->what, "closed") && !otr_str_is(event->what, "merged");
    for (size_t i = 0; i < event->fact_count; i++)
        if (otr_str_is(event->facts[i].name, "state"))
            return true;
    return false;
}

otr_status otr_outbox_remains(otr_str body, otr_buffer *out, otr_id *event_id, otr_error *error)
{
    otr_arena memory = {0};
    otr_service_event event;
    otr_status status = otr_outbox_render(&memory, body, 0, &event, error);
    if (status != OTR_OK) {
        otr_arena_done(&memory);
        return status;
    }
    bool keeps = event.kind == OTR_SERVICE_ALARM || event.kind == OTR_SERVICE_TICKET;
    if (otr_service_kind_retained(event.kind) && otr_str_is(event.what, "cleared")) {
        *event_id = event.event;
        otr_buffer_add(out, body.data, body.size);
    } else if (keeps && !otr_outbox_stands(&event)) {
        bool ticket = event.kind == OTR_SERVICE_TICKET;
        otr_service_event end =
            otr_event_blank(event.decided, ticket ? OTR_STR("closed") : OTR_STR("withdrawn"));
        end.kind = event.kind;
        end.entity = event.entity;
        end.revision = event.revision;
        end.event = otr_event_derive('f', event.entity, event.revision);
        *event_id = end.event;
        otr_outbox_encode(out, &end, NULL);
    }
    otr_arena_done(&memory);
    return out->failed ? otr_fail(error, OTR_MEMORY, "no memory for what remains of an entry") : OTR_OK;
}

#include "core/command/order_book.h"

#include "core/state.h"

#include <stdlib.h>

enum {
    WHO_BYTES = OTR_LIMIT_COMMAND_TEXT_BYTES,
    FLAG_OK = 1,
    FLAG_AGAIN = 2,
    FLAG_COMMAND = 4,
};

static bool is_local(const otr_order_note *note)
{
    return otr_id_is_zero(note->key) && otr_id_is_zero(note->order) && note->counter == 0;
}

/* ---- as an input ---- */

otr_status otr_order_note_check(const otr_order_note *note, otr_error *error)
{
    const struct {
        otr_str text;
        size_t most;
        const char *name;
    } texts[] = {
        {note->who, WHO_BYTES, "who"},
        {note->verb, WHO_BYTES, "the verb"},
        {note->about, WHO_BYTES, "what it is about"},
        {note->answer, OTR_LIMIT_ORDER_ANSWER_BYTES, "the answer"},
        {note->refused, OTR_LIMIT_ORDER_ANSWER_BYTES, "the reason"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (texts[i].text.size > texts[i].most)
            return otr_fail(error, OTR_LIMIT, "%s has more than %zu bytes", texts[i].name, texts[i].most);
        if (!otr_str_is_utf8(texts[i].text))
            return otr_fail(error, OTR_INVALID, "%s is not UTF-8 without NUL", texts[i].name);
    }
    if ((unsigned)note->role >= OTR_ROLE_COUNT)
        return otr_fail(error, OTR_INVALID, "no role");
    bool named = !otr_id_is_zero(note->key) && !otr_id_is_zero(note->order) && note->counter > 0;
    if (note->refused.size == 0 && !named && !is_local(note))
        return otr_fail(error, OTR_INVALID, "an order that was taken has a key, an id and a counter");
    return OTR_OK;
}

void otr_order_note_encode(otr_buffer *out, const otr_order_note *note)
{
    otr_buffer_add_id(out, note->key);
    otr_buffer_add_id(out, note->order);
    otr_buffer_add_varint(out, note->counter);
    otr_buffer_add_u8(out, (uint8_t)note->role);
    otr_buffer_add_str(out, note->who);
    otr_buffer_add_str(out, note->verb);
    otr_buffer_add_str(out, note->about);
    otr_buffer_add_id(out, note->command);
    otr_buffer_add_u8(out, note->ok ? 1 : 0);
    otr_buffer_add_str(out, note->answer);
    otr_buffer_add_str(out, note->refused);
    otr_buffer_add_varint(out, note->more);
}

void otr_order_note_decode(otr_reader *reader, otr_order_note *out)
{
    out->key = otr_reader_id(reader);
    out->order = otr_reader_id(reader);
    out->counter = otr_reader_varint(reader);
    out->role = (otr_role)otr_reader_u8(reader);
    out->who = otr_reader_str(reader);
    out->verb = otr_reader_str(reader);
    out->about = otr_reader_str(reader);
    out->command = otr_reader_id(reader);
    out->ok = otr_reader_u8(reader) != 0;
    out->answer = otr_reader_str(reader);
    out->refused = otr_reader_str(reader);
    out->more = (uint32_t)otr_reader_varint(reader);
}

/* ---- the book ---- */

static otr_order_key *find_key(const otr_order_book *book, otr_id key)
{
    for (uint32_t i = 0; i < book->key_count; i++)
        if (otr_id_equal(book->keys[i].key, key))
            return (otr_order_key *)&book->keys[i];
    return NULL;
}

otr_order_state otr_order_look(const otr_core *core, otr_id key, uint64_t counter, otr_id order,
                               const otr_order_seen **out)
{
    const otr_order_book *book = &core->orders;
    for (uint32_t i = 0; i < book->count; i++)
        if (otr_id_equal(book->ring[i].order, order)) {
            *out = &book->ring[i];
            return OTR_ORDER_SEEN;
        }
    const otr_order_key *known = find_key(book, key);
    if (known != NULL)
        return counter > known->counter ? OTR_ORDER_NEW : OTR_ORDER_REPLAYED;
    return book->key_count < OTR_LIMIT_ORDER_KEYS ? OTR_ORDER_NEW : OTR_ORDER_KEYS_FULL;
}

static bool own(otr_str text, otr_str *out)
{
    char *copy = text.size > 0 ? malloc(text.size) : NULL;
    *out = (otr_str){copy, copy != NULL ? text.size : 0};
    if (copy != NULL)
        memcpy(copy, text.data, text.size);
    return copy != NULL || text.size == 0;
}

static void add(otr_core *core, const otr_order_seen *seen)
{
    otr_order_book *book = &core->orders;
    otr_order_seen *to = &book->ring[book->next];
    otr_str answer;
    if (!own(seen->answer, &answer)) {
        core->failed = true;
        return;
    }
    free((void *)to->answer.data);
    *to = *seen;
    to->answer = answer;
    book->next = (book->next + 1) % OTR_LIMIT_ORDERS_SEEN;
    book->count += book->count < OTR_LIMIT_ORDERS_SEEN;
}

static void count(otr_order_book *book, otr_id key, uint64_t counter)
{
    otr_order_key *known = find_key(book, key);
    if (known == NULL) {
        OTR_ASSERT(book->key_count < OTR_LIMIT_ORDER_KEYS);
        known = &book->keys[book->key_count++];
        known->key = key;
    }
    known->counter = counter;
}

/* A command that is not remembered was a sign from elsewhere, which knows itself when it comes again. */
static otr_order_seen seen_of(const otr_core *core, const otr_order_note *note)
{
    const otr_command_result *result =
        otr_id_is_zero(note->command) ? NULL : otr_seen_find(&core->seen, note->command);
    otr_order_seen seen = {.order = note->order, .ok = note->ok, .answer = note->answer};
    seen.command = result != NULL;
    seen.again = result == NULL && note->answer.size == 0;
    if (result != NULL) {
        seen.refusal = result->refusal;
        seen.alarms = result->alarms;
    }
    return seen;
}

static void add_row(otr_core *core, const otr_order_note *note, otr_str outcome)
{
    otr_row_order *row = core->effects->discard ? NULL : OTR_ROWS_ADD(core->effects, orders);
    if (row == NULL)
        return;
    *row = (otr_row_order){
        .seq = core->seq,
        .utc = core->now.synced ? core->now.utc : OTR_TIME_NONE,
        .key = note->key,
        .counter = note->counter,
        .role = note->role,
        .taken = note->refused.size == 0,
        .more = note->more,
        .who = otr_effects_copy(core->effects, note->who),
        .verb = otr_effects_copy(core->effects, note->verb),
        .about = otr_effects_copy(core->effects, note->about),
        .outcome = otr_effects_copy(core->effects, outcome),
    };
}

static otr_str outcome_of(const otr_order_note *note, const otr_order_seen *seen)
{
    if (seen->command && seen->refusal != OTR_REFUSAL_ACCEPTED)
        return otr_str_of(otr_refusal_text(seen->refusal));
    return !seen->command && !note->ok ? OTR_STR("refused") : OTR_STR("ok");
}

void otr_order_take(otr_core *core, const otr_command *command, otr_command_result *result)
{
    const otr_order_note *note = &command->order;
    const otr_order_seen *before;
    if (note->refused.size > 0) {
        add_row(core, note, note->refused);
        return;
    }
    if (is_local(note)) {
        otr_order_seen did = seen_of(core, note);
        add_row(core, note, outcome_of(note, &did));
        return;
    }
    otr_order_state state = otr_order_look(core, note->key, note->counter, note->order, &before);
    if (state == OTR_ORDER_SEEN) /* its commit was said to have failed, and was there all the same */
        return;
    if (state != OTR_ORDER_NEW) { /* whoever queued it has looked before: only a mistake of ours comes here */
        result->refusal = OTR_REFUSAL_REPLAYED;
        return;
    }
    otr_order_seen seen = seen_of(core, note);
    count(&core->orders, note->key, note->counter);
    add(core, &seen);
    add_row(core, note, outcome_of(note, &seen));
}

void otr_order_forget(otr_core *core)
{
    for (uint32_t i = 0; i < core->orders.count; i++) {
        otr_order_seen *seen = &core->orders.ring[i];
        free((void *)seen->answer.data);
        seen->answer = (otr_str){NULL, 0};
    }
}

void otr_order_book_done(otr_order_book *book)
{
    for (uint32_t i = 0; i < book->count; i++)
        free((void *)book->ring[i].answer.data);
}

/* ---- in the snapshot ---- */

void otr_order_book_write(const otr_core *core, otr_buffer *out)
{
    const otr_order_book *book = &core->orders;
    uint32_t first = book->count < OTR_LIMIT_ORDERS_SEEN ? 0 : book->next;
    otr_buffer_add_varint(out, book->key_count);
    for (uint32_t i = 0; i < book->key_count; i++) {
        otr_buffer_add_id(out, book->keys[i].key);
        otr_buffer_add_varint(out, book->keys[i].counter);
    }
    otr_buffer_add_varint(out, book->count);
    for (uint32_t i = 0; i < book->count; i++) { /* from the oldest to the newest */
        const otr_order_seen *seen = &book->ring[(first + i) % OTR_LIMIT_ORDERS_SEEN];
        otr_buffer_add_id(out, seen->order);
        otr_buffer_add_u8(out, (uint8_t)((seen->ok ? FLAG_OK : 0) | (seen->again ? FLAG_AGAIN : 0) |
                                         (seen->command ? FLAG_COMMAND : 0)));
        otr_buffer_add_u8(out, (uint8_t)seen->refusal);
        otr_buffer_add_varint(out, seen->alarms);
        otr_buffer_add_str(out, seen->answer);
    }
}

static void read_seen(otr_core *core, otr_reader *reader)
{
    otr_order_seen seen = {.order = otr_reader_id(reader)};
    unsigned flags = otr_reader_u8(reader);
    unsigned refusal = otr_reader_u8(reader);
    seen.ok = (flags & FLAG_OK) != 0;
    seen.again = (flags & FLAG_AGAIN) != 0;
    seen.command = (flags & FLAG_COMMAND) != 0;
    seen.refusal = (otr_refusal)refusal;
    seen.alarms = (uint32_t)otr_reader_varint(reader);
    seen.answer = otr_reader_str(reader);
    if (refusal >= OTR_REFUSAL_COUNT || seen.answer.size > OTR_LIMIT_ORDER_ANSWER_BYTES)
        reader->failed = true;
    if (!reader->failed)
        add(core, &seen);
}

void otr_order_book_read(otr_core *core, otr_reader *reader)
{
    uint64_t keys = otr_reader_varint(reader);
    if (keys > OTR_LIMIT_ORDER_KEYS)
        reader->failed = true;
    for (uint64_t i = 0; i < keys && !reader->failed; i++) {
        otr_id key = otr_reader_id(reader);
        uint64_t counter = otr_reader_varint(reader);
        if (!reader->failed)
            count(&core->orders, key, counter);
    }
    uint64_t orders = otr_reader_varint(reader);
    if (orders > OTR_LIMIT_ORDERS_SEEN)
        reader->failed = true;
    for (uint64_t i = 0; i < orders && !reader->failed && !core->failed; i++)
        read_seen(core, reader);
}

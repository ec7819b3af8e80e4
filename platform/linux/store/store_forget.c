/*
 * Forgetting a customer: rows are deleted, journal inputs erased in place, and then every file of the store
 * is rewritten, for deleted rows live on in freed pages and in the log. The journal is read once as a whole;
 * only rows that list a device that served them, or that hold their names, are decoded.
 */
#include "platform/linux/store/store_database.h"

#include "base/arena.h"
#include "core/desk/desk_act.h"

#include <stdlib.h>

static const otr_str wipe_key = {"wipe", 4};

/* Who is forgotten, as the rows of served know it. */
typedef struct found {
    otr_arena memory;
    otr_str *assets;
    size_t asset_count;
    size_t asset_capacity;
    otr_service_span *spans;
    size_t span_count;
    size_t span_capacity;
    otr_buffer tickets; /* otr_id by otr_id */
    otr_buffer alarms;  /* too */
} found;

static bool grow_spans(found *all)
{
    size_t capacity = all->span_capacity == 0 ? 16 : all->span_capacity * 2;
    otr_service_span *spans = realloc(all->spans, capacity * sizeof *spans);
    if (spans == NULL)
        return false;
    all->spans = spans;
    all->span_capacity = capacity;
    return true;
}

static int64_t last_of(const otr_service_span *span)
{
    return span->to_seq > INT64_MAX ? INT64_MAX : (int64_t)span->to_seq;
}

/* Of an asset that others have had too, or have now, only its spans are theirs. */
static otr_status add_asset(found *all, otr_str asset, otr_error *error)
{
    if (all->asset_count == all->asset_capacity) {
        size_t capacity = all->asset_capacity == 0 ? 16 : all->asset_capacity * 2;
        otr_str *assets = realloc(all->assets, capacity * sizeof *assets);
        if (assets == NULL)
            return otr_fail(error, OTR_MEMORY, "no memory to find what is forgotten");
        all->assets = assets;
        all->asset_capacity = capacity;
    }
    all->assets[all->asset_count++] = asset;
    return OTR_OK;
}

static otr_status add_span(found *all, sqlite3_stmt *row, otr_error *error)
{
    const otr_service_span *before = all->span_count > 0 ? &all->spans[all->span_count - 1] : NULL;
    otr_str asset = otr_sql_text(row, 0);
    bool fresh = before == NULL || !otr_str_equal(before->asset, asset); /* they come by asset */
    asset = fresh ? otr_arena_copy(&all->memory, asset) : before->asset;
    if (asset.data == NULL || (all->span_count == all->span_capacity && !grow_spans(all)))
        return otr_fail(error, OTR_MEMORY, "no memory to find what is forgotten");
    otr_str device = otr_arena_copy(&all->memory, otr_sql_text(row, 5));
    if (device.data == NULL)
        return otr_fail(error, OTR_MEMORY, "no memory to find what is forgotten");
    int64_t to = sqlite3_column_int64(row, 3);
    all->spans[all->span_count++] = (otr_service_span){.asset = asset,
                                                       .device = (uint32_t)sqlite3_column_int64(row, 1),
                                                       .device_name = device,
                                                       .from_seq = (uint64_t)sqlite3_column_int64(row, 2),
                                                       .to_seq = to == INT64_MAX ? UINT64_MAX : (uint64_t)to};
    bool of_others = sqlite3_column_int(row, 4) != 0;
    return fresh && !of_others ? add_asset(all, asset, error) : OTR_OK;
}

static otr_status find_served(otr_sql *sql, otr_str customer, found *all, otr_error *error)
{
    sqlite3_stmt *row = otr_sql_start(sql, OTR_SQL_SERVED_OF, "s", customer);
    otr_status status;
    while ((status = otr_sql_next(sql, row, error)) == OTR_OK) {
        status = add_span(all, row, error);
        if (status != OTR_OK) {
            otr_sql_end(row);
            return status;
        }
    }
    return status == OTR_NOT_FOUND ? OTR_OK : status;
}

static bool has_asset(const found *all, otr_str asset)
{
    for (size_t i = 0; i < all->asset_count; i++)
        if (otr_str_equal(all->assets[i], asset))
            return true;
    return false;
}

/* Of "assignment/ASSET", which goes with this commit; else empty. */
static otr_str dropped_asset(const otr_row_content *content)
{
    static const otr_str prefix = {"assignment/", 11};
    if (content->hash.size > 0 || !otr_str_starts(content->slot, prefix))
        return (otr_str){NULL, 0};
    return (otr_str){content->slot.data + prefix.size, content->slot.size - prefix.size};
}

/* Assignments that go with them, of which no device may ever have served. */
static otr_status find_dropped(otr_sql *sql, const otr_commit *commit, found *all, otr_error *error)
{
    otr_status status = OTR_OK;
    for (size_t i = 0; status == OTR_OK && i < commit->content_count; i++) {
        otr_str asset = dropped_asset(&commit->contents[i]);
        if (asset.size == 0 || has_asset(all, asset))
            continue;
        sqlite3_stmt *row = otr_sql_start(sql, OTR_SQL_SERVED_BY_OTHERS, "ss", asset, commit->forgotten);
        status = otr_sql_next(sql, row, error);
        if (status == OTR_OK)
            otr_sql_end(row);
        else if (status == OTR_NOT_FOUND)
            status = add_asset(all, asset, error);
    }
    return status;
}

/* What has nobody's name is theirs when it began while the asset was. */
static otr_status claim(otr_sql *sql, otr_str customer, const found *all, otr_error *error)
{
    otr_status status = otr_sql_run(sql, error, OTR_SQL_CASES_CLAIM_LISTS, "s", customer);
    for (size_t i = 0; status == OTR_OK && i < all->span_count; i++)
        status = otr_sql_run(sql, error, OTR_SQL_CASES_CLAIM, "ssii", customer, all->spans[i].asset,
                             (int64_t)all->spans[i].from_seq, last_of(&all->spans[i]));
    return status;
}

static otr_status find_tickets(otr_sql *sql, otr_str customer, found *all, otr_error *error)
{
    sqlite3_stmt *row = otr_sql_start(sql, OTR_SQL_CASES_OF, "s", customer);
    otr_status status;
    while ((status = otr_sql_next(sql, row, error)) == OTR_OK) {
        otr_id id = otr_sql_identity(row, 0);
        otr_buffer_add_id(&all->tickets, id);
        otr_buffer_add_id(&all->tickets, otr_ticket_of(id));
    }
    status = status == OTR_NOT_FOUND ? OTR_OK : status;
    return status == OTR_OK && all->tickets.failed
               ? otr_fail(error, OTR_MEMORY, "no memory to find what is forgotten")
               : status;
}

static otr_status add_alarms(otr_sql *sql, sqlite3_stmt *row, otr_buffer *alarms, otr_error *error)
{
    otr_status status;
    while ((status = otr_sql_next(sql, row, error)) == OTR_OK)
        otr_buffer_add_id(alarms, otr_sql_identity(row, 0));
    return status == OTR_NOT_FOUND ? OTR_OK : status;
}

static otr_status find_alarms(otr_sql *sql, otr_str customer, found *all, otr_error *error)
{
    otr_status status =
        add_alarms(sql, otr_sql_start(sql, OTR_SQL_ALARMS_OF, "s", customer), &all->alarms, error);
    for (size_t i = 0; status == OTR_OK && i < all->span_count; i++)
        status = add_alarms(sql,
                            otr_sql_start(sql, OTR_SQL_ALARMS_OF_SPAN, "sii", all->spans[i].asset,
                                          (int64_t)all->spans[i].from_seq, last_of(&all->spans[i])),
                            &all->alarms, error);
    return status == OTR_OK && all->alarms.failed
               ? otr_fail(error, OTR_MEMORY, "no memory to find what is forgotten")
               : status;
}

static bool hold_id(otr_bytes batch, const otr_id *ids, size_t count)
{
    bool hold = false;
    for (size_t i = 0; i < count && !hold; i++)
        hold = otr_bytes_hold(batch, ids[i].bytes, sizeof ids[i].bytes);
    return hold || otr_mentions_id((otr_str){(const char *)batch.data, batch.size}, ids, count);
}

/* What is looked at closely then. */
static bool may_concern(const otr_forgotten *who, otr_bytes devices, otr_bytes batch)
{
    for (size_t i = 0; i < who->span_count; i++) {
        const otr_service_span *span = &who->spans[i];
        if (otr_store_devices_have(devices, span->device) ||
            otr_bytes_hold(batch, span->asset.data, span->asset.size) ||
            otr_bytes_hold(batch, span->device_name.data, span->device_name.size))
            return true;
    }
    for (size_t i = 0; i < who->asset_count; i++)
        if (otr_bytes_hold(batch, who->assets[i].data, who->assets[i].size))
            return true;
    return otr_bytes_hold(batch, who->reference.data, who->reference.size) ||
           hold_id(batch, who->tickets, who->ticket_count) || hold_id(batch, who->alarms, who->alarm_count);
}

static otr_status replace_batch(otr_database *database, uint64_t seq, size_t before, const otr_buffer *after,
                                otr_error *error)
{
    otr_sql *sql = &database->sql;
    otr_store_state *state = &database->state;
    int64_t saved = (int64_t)before - (int64_t)after->size;
    otr_bytes batch = otr_buffer_bytes(after);
    otr_status status = otr_sql_run(sql, error, OTR_SQL_JOURNAL_REPLACE, "iib", (int64_t)seq,
                                    (int64_t)otr_store_checksum(batch), batch);
    if (status != OTR_OK)
        return status;
    state->bytes -= (uint64_t)saved;
    if (seq > state->chunked_seq) {
        state->tail_bytes -= (uint64_t)saved;
        return OTR_OK;
    }
    return otr_sql_run(sql, error, OTR_SQL_CHUNK_SHRINK, "ii", (int64_t)seq, saved);
}

/* The next row after *seq that has something to be erased; its batch without it. */
static otr_status next_erased(otr_database *database, const otr_commit *commit, const otr_forgotten *who,
                              uint64_t *seq, size_t *before, otr_buffer *out, otr_error *error)
{
    otr_sql *sql = &database->sql;
    sqlite3_stmt *row = otr_sql_start(sql, OTR_SQL_JOURNAL_AFTER, "i", (int64_t)*seq);
    otr_status status;
    size_t erased = 0;
    while ((status = otr_sql_next(sql, row, error)) == OTR_OK && erased == 0) {
        otr_bytes batch = otr_sql_blob(row, 2);
        *seq = (uint64_t)sqlite3_column_int64(row, 0);
        *before = batch.size;
        if (!may_concern(who, otr_sql_blob(row, 1), batch))
            continue;
        status = commit->erase(batch, *seq, who, out, &erased, error);
        if (status != OTR_OK || erased > 0)
            break;
    }
    if (status != OTR_NOT_FOUND)
        otr_sql_end(row);
    return status;
}

static otr_status erase_journal(otr_database *database, const otr_commit *commit, const otr_forgotten *who,
                                otr_error *error)
{
    otr_buffer batch = {0};
    uint64_t seq = 0;
    size_t before = 0;
    otr_status status;
    while ((status = next_erased(database, commit, who, &seq, &before, &batch, error)) == OTR_OK) {
        status = replace_batch(database, seq, before, &batch, error);
        if (status != OTR_OK)
            break;
    }
    otr_buffer_done(&batch);
    return status == OTR_NOT_FOUND ? OTR_OK : status;
}

/* The next entry after *key that names them, sent or not, with what remains of it. */
static otr_status next_entry(otr_sql *sql, const otr_commit *commit, const otr_forgotten *who, int64_t *key,
                             otr_row_outbox *entry, otr_buffer *remains, otr_error *error)
{
    sqlite3_stmt *row = otr_sql_start(sql, OTR_SQL_OUTBOX_READ, "iii", *key, INT64_MAX, INT64_MAX);
    otr_status status;
    while ((status = otr_sql_next(sql, row, error)) == OTR_OK) {
        status = otr_store_outbox_of(row, entry, error);
        *key = sqlite3_column_int64(row, 0);
        if (status == OTR_OK &&
            !otr_forgotten_within(who, (otr_bytes){(const uint8_t *)entry->body.data, entry->body.size}))
            continue;
        otr_buffer_clear(remains);
        if (status == OTR_OK && commit->remains != NULL)
            status = commit->remains(entry->body, remains, &entry->event, error);
        /* one that does not read back is never sent */
        status = status == OTR_CORRUPT ? OTR_OK : status;
        break;
    }
    if (status != OTR_NOT_FOUND)
        otr_sql_end(row);
    return status;
}

/* What is under way is acknowledged to nobody then. *kept: the last that stays, for the broker to hear; 0:
 * none.
 */
static otr_status erase_outbox(otr_database *database, const otr_commit *commit, const otr_forgotten *who,
                               uint64_t *kept, otr_error *error)
{
    otr_sql *sql = &database->sql;
    otr_store_state *state = &database->state;
    otr_buffer remains = {0};
    otr_row_outbox entry;
    otr_status status;
    int64_t key = -1;
    while ((status = next_entry(sql, commit, who, &key, &entry, &remains, error)) == OTR_OK) {
        otr_outbox_left left = {entry.seq, OTR_LEFT_FORGOTTEN, commit->utc};
        if (remains.size > 0) {
            *kept = entry.seq > *kept ? entry.seq : *kept;
            state->outbox_bytes += remains.size;
            state->outbox_bytes -= entry.body.size;
            status = otr_sql_run(sql, error, OTR_SQL_OUTBOX_REMAINS, "idx", key, entry.event,
                                 otr_buffer_text(&remains));
        } else {
            status = otr_store_leave(database, commit, &left, error);
        }
        if (status != OTR_OK)
            break;
    }
    otr_buffer_done(&remains);
    return status == OTR_NOT_FOUND ? OTR_OK : status;
}

/* The next order after *number that names them. */
static otr_status next_order(otr_sql *sql, const otr_forgotten *who, int64_t *number, otr_buffer *outcome,
                             otr_error *error)
{
    sqlite3_stmt *row = otr_sql_start(sql, OTR_SQL_ORDERS_AFTER, "i", *number);
    otr_status status;
    while ((status = otr_sql_next(sql, row, error)) == OTR_OK) {
        uint64_t seq = (uint64_t)sqlite3_column_int64(row, 1);
        otr_str said = otr_sql_text(row, 3);
        *number = sqlite3_column_int64(row, 0);
        bool told = otr_forgotten_named(who, seq, said);
        if (!told && !otr_forgotten_named(who, seq, otr_sql_text(row, 2)))
            continue;
        said = told ? OTR_STR("refused") : said; /* only a reason names anything */
        otr_buffer_clear(outcome);
        otr_buffer_add(outcome, said.data, said.size);
        status = outcome->failed ? otr_fail(error, OTR_MEMORY, "no memory to erase an order") : OTR_OK;
        break;
    }
    if (status != OTR_NOT_FOUND)
        otr_sql_end(row);
    return status;
}

/* Who ordered something stays, not about whom. */
static otr_status blank_orders(otr_sql *sql, const otr_forgotten *who, otr_error *error)
{
    otr_buffer outcome = {0};
    int64_t number = -1;
    otr_status status;
    while ((status = next_order(sql, who, &number, &outcome, error)) == OTR_OK) {
        status = otr_sql_run(sql, error, OTR_SQL_ORDER_BLANK, "is", number, otr_buffer_text(&outcome));
        if (status != OTR_OK)
            break;
    }
    otr_buffer_done(&outcome);
    return status == OTR_NOT_FOUND ? OTR_OK : status;
}

static otr_status erase_rows(otr_database *database, const otr_forgotten *who, otr_error *error)
{
    static const otr_sql_id of_customer[] = {OTR_SQL_SERVED_DELETE, OTR_SQL_ALARMS_FORGET,
                                             OTR_SQL_NOTICES_FORGET, OTR_SQL_REMARKS_FORGET,
                                             OTR_SQL_CASES_FORGET};
    static const otr_sql_id of_span[] = {OTR_SQL_ALARMS_FORGET_SPAN, OTR_SQL_NOTICES_FORGET_SPAN,
                                         OTR_SQL_REMARKS_FORGET_SPAN};
    otr_sql *sql = &database->sql;
    otr_status status = otr_store_forget_proofs(sql, who->reference, error);
    for (size_t k = 0; status == OTR_OK && k < sizeof of_customer / sizeof of_customer[0]; k++)
        status = otr_sql_run(sql, error, of_customer[k], "s", who->reference);
    for (size_t i = 0; status == OTR_OK && i < who->span_count; i++)
        for (size_t k = 0; status == OTR_OK && k < sizeof of_span / sizeof of_span[0]; k++)
            status = otr_sql_run(sql, error, of_span[k], "sii", who->spans[i].asset,
                                 (int64_t)who->spans[i].from_seq, last_of(&who->spans[i]));
    for (size_t i = 0; status == OTR_OK && i < who->asset_count; i++)
        status = otr_sql_run(sql, error, OTR_SQL_SLOT_FORGET, "s", who->assets[i]);
    return status;
}

/* The files are to be rewritten, and once more when what has a lower seq has left: of whoever was forgotten
 * before, too. */
static otr_status ask_for_wipe(otr_sql *sql, int64_t before, otr_error *error)
{
    sqlite3_stmt *row = otr_sql_start(sql, OTR_SQL_META_GET, "s", wipe_key);
    otr_status status = otr_sql_next(sql, row, error);
    if (status == OTR_OK) {
        int64_t asked = sqlite3_column_int64(row, 0);
        before = asked > before ? asked : before;
        otr_sql_end(row);
    }
    return status == OTR_OK || status == OTR_NOT_FOUND
               ? otr_sql_run(sql, error, OTR_SQL_META_PUT, "si", wipe_key, before)
               : status;
}

otr_status otr_store_forget(otr_database *database, const otr_commit *commit, otr_error *error)
{
    found all = {.asset_count = 0};
    otr_status status = commit->snapshot.size > 0
                            ? find_served(&database->sql, commit->forgotten, &all, error)
                            : otr_fail(error, OTR_INVALID, "nobody is forgotten without a snapshot");
    if (status == OTR_OK)
        status = find_dropped(&database->sql, commit, &all, error);
    if (status == OTR_OK)
        status = claim(&database->sql, commit->forgotten, &all, error);
    if (status == OTR_OK)
        status = find_tickets(&database->sql, commit->forgotten, &all, error);
    if (status == OTR_OK)
        status = find_alarms(&database->sql, commit->forgotten, &all, error);
    uint64_t kept = 0;
    otr_forgotten who = {.reference = commit->forgotten,
                         .assets = all.assets,
                         .asset_count = all.asset_count,
                         .spans = all.spans,
                         .span_count = all.span_count,
                         .tickets = (const otr_id *)all.tickets.data,
                         .ticket_count = all.tickets.size / sizeof(otr_id),
                         .alarms = (const otr_id *)all.alarms.data,
                         .alarm_count = all.alarms.size / sizeof(otr_id)};
    if (status == OTR_OK)
        status = erase_journal(database, commit, &who, error);
    if (status == OTR_OK)
        status = erase_outbox(database, commit, &who, &kept, error);
    if (status == OTR_OK)
        status = blank_orders(&database->sql, &who, error);
    if (status == OTR_OK)
        status = erase_rows(database, &who, error);
    if (status == OTR_OK)
        status = ask_for_wipe(&database->sql, (int64_t)kept + 1, error);
    free(all.assets);
    free(all.spans);
    otr_buffer_done(&all.tickets);
    otr_buffer_done(&all.alarms);
    otr_arena_done(&all.memory);
    return status;
}

otr_status otr_store_wipe(otr_database *database, otr_error *error)
{
    otr_sql *sql = &database->sql;
    sqlite3_stmt *row = otr_sql_start(sql, OTR_SQL_META_GET, "s", wipe_key);
    otr_status status = otr_sql_next(sql, row, error);
    if (status == OTR_NOT_FOUND)
        return OTR_OK;
    if (status != OTR_OK)
        return status;
    int64_t before = sqlite3_column_int64(row, 0);
    int64_t waiting = 0;
    otr_sql_end(row);
    otr_store_remove_aside(&database->files);
    (void)otr_store_kept_drop(&database->files);
    status = otr_sql_script(sql, "VACUUM", error, "rewriting the database");
    if (status == OTR_OK &&
        sqlite3_wal_checkpoint_v2(sql->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) != SQLITE_OK)
        status = otr_sql_fail(sql, error, "emptying the log");
    if (status == OTR_OK) {
        row = otr_sql_start(sql, OTR_SQL_RETAINED_BEFORE, "i", before);
        status = otr_sql_next(sql, row, error);
        waiting = status == OTR_OK ? sqlite3_column_int64(row, 0) : 0;
        otr_sql_end(row);
    }
    database->state.wipe_seq = waiting > 0 ? (uint64_t)before : 0;
    return status == OTR_OK && waiting == 0 ? otr_sql_run(sql, error, OTR_SQL_META_DELETE, "s", wipe_key)
                                            : status;
}

bool otr_store_wipe_is_due(otr_database *database, const otr_commit *commit)
{
    otr_sql *sql = &database->sql;
    int64_t waiting = 1;
    if (database->state.wipe_seq == 0 || commit->left_count == 0)
        return false;
    sqlite3_stmt *row = otr_sql_start(sql, OTR_SQL_RETAINED_BEFORE, "i", (int64_t)database->state.wipe_seq);
    if (otr_sql_next(sql, row, NULL) == OTR_OK) {
        waiting = sqlite3_column_int64(row, 0);
        otr_sql_end(row);
    }
    return waiting == 0;
}

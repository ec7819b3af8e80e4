#include "store_model.h"

#include <stdio.h>

static uint64_t draw(model *m, uint64_t below)
{
    m->random ^= m->random << 13;
    m->random ^= m->random >> 7;
    m->random ^= m->random << 17;
    return (m->random >> 11) % below;
}

void model_init(model *m, uint64_t seed)
{
    *m = (model){.random = seed * 0x9E3779B97F4A7C15ULL + 99, .seed = seed, .next_seq = 1, .next_outbox = 1};
}

static uint32_t inputs_of(uint64_t seq)
{
    return 1 + (uint32_t)(seq % 3);
}

static size_t size_of(uint64_t seq)
{
    uint64_t mixed = seq * 0x9E3779B97F4A7C15ULL >> 40;
    return 1 + (mixed % 8 == 0 ? mixed % 8000 : mixed % 300);
}

static void leave(model *m, uint64_t seq, otr_outbox_reason reason)
{
    m->outbox[seq] = 0;
    m->marks[seq] |= reason == OTR_LEFT_ACCEPTED ? 0 : MODEL_UNTOLD;
    m->left_sum += seq * ((uint64_t)reason + 1);
}

/* Takes effect before what comes in the same commit. */
static void add_left(model *m, model_commit *out)
{
    for (uint64_t seq = 1; seq < m->next_outbox && out->commit.left_count < 2; seq++) {
        if (m->outbox[seq] == 0 || draw(m, 3) != 0)
            continue;
        otr_outbox_reason reason = draw(m, 3) == 0 ? OTR_LEFT_EXPIRED : OTR_LEFT_ACCEPTED;
        out->left[out->commit.left_count++] = (otr_outbox_left){seq, reason, OTR_TIME_NONE};
        leave(m, seq, reason);
    }
    out->commit.left = out->left;
    for (uint64_t seq = 1; seq < m->next_outbox && out->commit.handed_count < 4; seq++) {
        if (m->outbox[seq] == 0 || draw(m, 4) != 0)
            continue;
        out->handed[out->commit.handed_count++] = seq;
        m->marks[seq] |= MODEL_HANDED;
    }
    out->commit.handed = out->handed;
}

/* One of the newest entries, there or gone. */
static void replace(model *m, otr_row_outbox *row)
{
    uint64_t newest = row->seq - 1 < 12 ? row->seq - 1 : 12;
    uint64_t old = row->seq - 1 - draw(m, newest);
    row->replaces = fixture_id(old);
    row->replaced_as = draw(m, 2) == 0 ? OTR_LEFT_SUPERSEDED : OTR_LEFT_RETRACTED;
    row->body_alone = draw(m, 4) == 0 ? OTR_STR("") : OTR_STR("alone");
    bool waits = m->outbox[old] != 0;
    if (waits ? (m->marks[old] & MODEL_HANDED) != 0 : (m->marks[old] & MODEL_UNTOLD) == 0)
        return;
    m->marks[row->seq] |= MODEL_ALONE;
    if (waits)
        leave(m, old, row->replaced_as);
    if (row->body_alone.size == 0)
        leave(m, row->seq, row->replaced_as);
}

static void add_outbox(model *m, model_commit *out)
{
    size_t count = m->next_outbox + 3 < MODEL_OUTBOX ? draw(m, 4) : 0;
    for (size_t i = 0; i < count; i++) {
        otr_row_outbox *row = &out->outbox[i];
        *row = (otr_row_outbox){.seq = m->next_outbox++,
                                .class = (otr_outbox_class)draw(m, OTR_OUTBOX_CLASSES),
                                .body = OTR_STR("told")};
        row->event = fixture_id(row->seq);
        m->outbox[row->seq] = (uint8_t)(1 + row->class);
        if (row->seq > 1 && draw(m, 2) == 0)
            replace(m, row);
    }
    out->commit.outbox = out->outbox;
    out->commit.outbox_count = count;
    out->commit.fates = out->fates;
}

static void add_alarm(model *m, model_commit *out)
{
    size_t number = draw(m, MODEL_ALARMS);
    m->revision[number]++;
    m->open[number] = draw(m, 4) != 0;
    out->alarm = (otr_row_alarm){.id = fixture_id(number),
                                 .seq = number + 1,
                                 .revision = m->revision[number],
                                 .open = m->open[number],
                                 .ended = OTR_TIME_NONE};
    out->commit.alarms = &out->alarm;
    out->commit.alarm_count = 1;
}

void model_next(model *m, model_commit *out)
{
    uint64_t seq = m->next_seq;
    m->core_time += (otr_time)draw(m, 20) * OTR_SECOND;
    out->commit = (otr_commit){.first_seq = seq,
                               .input_count = inputs_of(seq),
                               .reading_count = inputs_of(seq),
                               .core_time = m->core_time,
                               .batch = fixture_fill(out->batch, size_of(seq), seq)};
    for (size_t i = 0; i < inputs_of(seq); i++)
        out->devices[i] = (uint32_t)(seq * 7 + i) % 50;
    out->commit.devices = out->devices;
    out->commit.device_count = inputs_of(seq);
    m->next_seq += inputs_of(seq);
    m->readings += inputs_of(seq);
    m->commits++;
    if (draw(m, 3) == 0) {
        add_left(m, out);
        add_outbox(m, out);
    }
    if (draw(m, 4) == 0)
        add_alarm(m, out);
    if (draw(m, 12) == 0) {
        out->commit.snapshot = fixture_fill(out->snapshot, 1 + draw(m, 20000), m->next_seq - 1);
        m->snapshot_seq = m->next_seq - 1;
        m->has_snapshot = true;
    }
}

static bool batches_match(const model *m, const fixture_recovered *got)
{
    uint64_t expected = m->has_snapshot ? m->snapshot_seq + 1 : 1;
    for (size_t i = 0; i < got->batch_count && i < FIXTURE_LIST; i++) {
        const fixture_batch *batch = &got->batches[i];
        if (batch->bytes.size != size_of(batch->first_seq) ||
            !fixture_is_fill(batch->bytes, batch->first_seq) ||
            batch->input_count != inputs_of(batch->first_seq))
            return false;
        if (!batch->replay) {
            if (!m->has_snapshot || batch->first_seq > m->snapshot_seq)
                return false;
            continue;
        }
        if (batch->first_seq != expected)
            return false;
        expected += batch->input_count;
    }
    return expected == m->next_seq;
}

static bool outbox_matches(const model *m, fixture *f)
{
    size_t found = 0;
    size_t expected = 0;
    for (uint64_t seq = 1; seq < MODEL_OUTBOX; seq++)
        expected += m->outbox[seq] != 0;
    for (int class = 0; class < OTR_OUTBOX_CLASSES; class ++) {
        uint64_t after = 0;
        do {
            if (fixture_read(f, (otr_outbox_class) class, after, 100) != OTR_OK)
                return false;
            for (size_t i = 0; i < f->row_count; i++) {
                after = f->rows[i].seq;
                if (after >= MODEL_OUTBOX || m->outbox[after] != 1 + class ||
                    !otr_id_equal(f->rows[i].event, fixture_id(after)) ||
                    f->rows[i].handed != ((m->marks[after] & MODEL_HANDED) != 0) ||
                    !otr_str_is(f->rows[i].body, (m->marks[after] & MODEL_ALONE) != 0 ? "alone" : "told"))
                    return false;
                found++;
            }
        } while (f->row_count == 100);
    }
    return found == expected;
}

static bool alarms_match(const model *m, const fixture_recovered *got)
{
    size_t open = 0;
    for (size_t i = 0; i < MODEL_ALARMS; i++)
        open += m->open[i];
    if (open != got->alarm_count)
        return false;
    for (size_t i = 0; i < got->alarm_count; i++)
        if (got->alarms[i].revision != m->revision[got->alarms[i].seq - 1] ||
            !m->open[got->alarms[i].seq - 1])
            return false;
    return true;
}

bool model_matches(const model *m, fixture *f, const char **why)
{
    const fixture_recovered *got = &f->got;
    *why = NULL;
    if (!otr_id_is_zero(m->incarnation) && !otr_id_equal(m->incarnation, got->incarnation))
        *why = "another incarnation";
    else if (got->next_seq != m->next_seq)
        *why = "next_seq";
    else if (got->next_outbox_seq != m->next_outbox)
        *why = "next_outbox_seq";
    else if (m->commits > 0 && got->last_core != m->core_time)
        *why = "last core time";
    else if (got->has_snapshot != m->has_snapshot ||
             (m->has_snapshot && got->snapshot_seq != m->snapshot_seq) ||
             !fixture_is_fill(got->snapshot, got->snapshot_seq))
        *why = "snapshot";
    else if (!batches_match(m, got))
        *why = "batches";
    else if (!alarms_match(m, got))
        *why = "alarms";
    else if (!outbox_matches(m, f))
        *why = "outbox";
    else if ((uint64_t)fixture_number(f, "SELECT TOTAL(seq * (reason + 1)) FROM outbox_left") != m->left_sum)
        *why = "why entries left";
    else if ((uint64_t)fixture_number(f, "SELECT (SELECT TOTAL(readings) FROM journal) +"
                                         " (SELECT TOTAL(readings) FROM losses WHERE reason = 'quota')") !=
             m->readings)
        *why = "readings kept and readings lost";
    return *why == NULL;
}

void model_settle(model *m, const model *before, fixture *f, const char *text)
{
    const char *why;
    const char *why_before;
    if (!model_matches(m, f, &why)) {
        if (!model_matches(before, f, &why_before))
            fail_msg("%s: seed %llu, after %u commits: %s (%s of the state before)", text,
                     (unsigned long long)m->seed, m->commits, why, why_before);
        *m = *before;
    }
    m->incarnation = f->got.incarnation;
    assert_null(fixture_find(f, "outrider.db.corrupt"));
}

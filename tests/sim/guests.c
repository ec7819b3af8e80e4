#include "guests.h"

#include "broker.h"
#include "driver/internal.h"
#include "people.h"
#include "real.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const kinds[] = {"guest-%ux", "parcel-%ux", "GOODS %u."};

bool sim_guests_come(const sim *s)
{
    return s->plan.guests && s->has[SIM_FORGET] && s->plan.devices > 1;
}

void sim_guests_init(sim *s)
{
    s->guests = calloc(1, sizeof *s->guests);
    OTR_ASSERT(s->guests != NULL);
    s->guests->next_at = sim_guests_come(s) ? s->clock.now + OTR_MINUTE : OTR_TIME_NEVER;
}

void sim_guests_done(sim *s)
{
    free(s->guests);
}

otr_time sim_guests_next(const sim *s)
{
    return s->guests->next_at;
}

void sim_guests_calm(sim *s)
{
    s->guests->next_at = OTR_TIME_NEVER;
}

bool sim_guests_own(otr_str name)
{
    return otr_str_starts(name, OTR_STR("guest-")) || otr_str_starts(name, OTR_STR("parcel-"));
}

bool sim_guests_stay(const sim *s, otr_str name)
{
    char number[SIM_MARK_BYTES];
    const sim_guests *g = s->guests;
    bool theirs = false;
    for (int i = 0; i < 2; i++) {
        (void)snprintf(number, sizeof number, i == 0 ? "guest-%ux" : "parcel-%ux", g->number);
        theirs |= otr_str_starts(name, otr_str_of(number));
    }
    return theirs && !g->leaves && g->gone < g->number;
}

/* Comes again until it is active: what was asked for may be lost with the process. */
static void come(sim *s)
{
    char slot[48];
    char hash[16];
    char yaml[400];
    otr_error error;
    const unsigned n = s->guests->number;
    (void)snprintf(slot, sizeof slot, "assignment/parcel-%ux", n);
    (void)snprintf(hash, sizeof hash, "g%u", n);
    (void)snprintf(yaml, sizeof yaml,
                   "version: 1\nassignment: {version: 1}\n"
                   "customers: [{customer: guest-%ux, persona: consignee, locale: en, zone: UTC}]\n"
                   "assets: [{asset: parcel-%ux, class: shipment, name: \"GOODS %u.\", contents: \"GOODS "
                   "%u.\", devices: [dev-%u], profile: tracker, customer: guest-%ux}]\n",
                   n, n, n, n, s->plan.devices - 1, n);
    if (otr_driver_is_active(s->driver, otr_str_of(slot), otr_str_of(hash)))
        return;
    if (otr_driver_activate(s->driver, otr_str_of(slot), otr_str_of(hash), otr_str_of(yaml), &error) !=
        OTR_OK)
        sim_fail(s, "a guest is refused: %d:%d: %s", error.line, error.column, error.text);
    sim_say(s, "guest %u comes", n);
}

void sim_guests_run(sim *s)
{
    sim_guests *g = s->guests;
    otr_dice *dice = &s->dice[SIM_FORGET];
    if (s->clock.now < g->next_at)
        return;
    g->next_at = s->clock.now + otr_dice_span(dice, OTR_MINUTE, 40 * OTR_MINUTE);
    if (s->driver == NULL || s->stopping || g->leaves || s->driver->broken)
        return;
    if (g->gone == g->number && g->number == SIM_GUESTS)
        return;
    if (g->gone == g->number) {
        g->number++;
        come(s);
        return;
    }
    char slot[48];
    (void)snprintf(slot, sizeof slot, "parcel-%ux", g->number);
    come(s);
    if (otr_dice_one_in(dice, 3)) {
        char guest[SIM_MARK_BYTES];
        (void)snprintf(guest, sizeof guest, "guest-%ux", g->number);
        g->leaves = true;
        sim_people_forget(s, otr_str_of(guest));
    }
}

/* ---- gone ---- */

static const char *mark_within(unsigned guest, otr_bytes bytes)
{
    static char mark[SIM_MARK_BYTES];
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        (void)snprintf(mark, sizeof mark, kinds[k], guest);
        if (otr_bytes_hold(bytes, mark, strlen(mark)))
            return mark;
    }
    return NULL;
}

const char *sim_guests_within(const sim *s, otr_bytes bytes)
{
    const char *mark = NULL;
    for (unsigned n = 1; n <= s->guests->gone && mark == NULL; n++)
        mark = mark_within(n, bytes);
    return mark;
}

void sim_guests_forgotten(sim *s)
{
    sim_guests *g = s->guests;
    g->leaves = false;
    g->gone = g->number;
    g->gone_seq = s->store.disk->next_seq;
    sim_say(s, "guest %u is forgotten", g->gone);
}

static void look(sim *s, const char *where, otr_str text)
{
    const char *mark = sim_guests_within(s, (otr_bytes){(const uint8_t *)text.data, text.size});
    if (mark != NULL)
        sim_fail(s, "%s of who is forgotten is in %s", mark, where);
}

void sim_guests_durable(sim *s, const otr_commit *commit)
{
    if (s->guests->gone == 0)
        return;
    look(s, "the journal", (otr_str){(const char *)commit->batch.data, commit->batch.size});
    look(s, "a snapshot", (otr_str){(const char *)commit->snapshot.data, commit->snapshot.size});
    if (commit->forgotten.size > 0)
        return; /* the store erases its own rows as well; what tells the broker names an asset */
    for (size_t i = 0; i < commit->alarm_count; i++)
        look(s, "an alarm's row", commit->alarms[i].asset);
    for (size_t i = 0; i < commit->case_count; i++) {
        look(s, "a case's row", commit->cases[i].asset);
        look(s, "a case's row", commit->cases[i].customer);
        look(s, "a case's row", commit->cases[i].body);
    }
    for (size_t i = 0; i < commit->outbox_count; i++)
        look(s, "the outbox", commit->outbox[i].body);
    for (size_t i = 0; i < commit->notice_count; i++) {
        look(s, "a notice's row", commit->notices[i].contact);
        look(s, "a notice's row", commit->notices[i].asset);
    }
    for (size_t i = 0; i < commit->remark_count; i++)
        look(s, "a remark's row", commit->remarks[i].text);
}

void sim_guests_check_core(sim *s)
{
    otr_buffer state = {0};
    if (s->guests->gone == 0 || s->driver == NULL || s->driver->broken)
        return;
    OTR_ASSERT(otr_core_snapshot(s->driver->core, &state) == OTR_OK);
    look(s, "the core", otr_buffer_text(&state));
    otr_buffer_done(&state);
}

/* An outbox without room for all ends that the broker must hear: README.md. */
static bool lost_an_end(const otr_disk *disk)
{
    for (size_t i = 0; i < disk->entries.count; i++) {
        const otr_disk_entry *entry = &disk->entries.list[i];
        if (entry->left && entry->retain && entry->reason == OTR_LEFT_EVICTED)
            return true;
    }
    return false;
}

void sim_guests_check(sim *s)
{
    const sim_guests *g = s->guests;
    const sim_broker *b = s->broker;
    sim_guests_check_core(s);
    for (size_t i = 0; i < b->retained.count && !sim_failed(s) && !lost_an_end(s->store.disk); i++) {
        const sim_retained *kept = &b->retained.list[i];
        const char *mark = NULL;
        for (unsigned n = 1; n <= g->gone && kept->payload.size > 0 && mark == NULL; n++)
            mark = mark_within(n, (otr_bytes){kept->payload.data, kept->payload.size});
        if (mark != NULL)
            sim_fail(s, "%s of who is forgotten is kept by the broker at %s", mark,
                     (const char *)kept->topic.data);
    }
    sim_real_check_forgotten(s);
}

#include "core/asset/whose.h"

#include "core/notice/notice_thread.h"

uint32_t otr_whose(otr_core *core, const otr_asset *asset)
{
    uint32_t label = asset->customer != NULL ? otr_core_label(core, asset->customer->reference) : OTR_NONE;
    return label + 1; /* NONE + 1 is 0 */
}

otr_str otr_whose_name(const otr_core *core, uint32_t whose)
{
    return whose > 0 ? otr_names_get(&core->labels, whose - 1) : (otr_str){NULL, 0};
}

bool otr_whose_changes(const otr_asset *before, const otr_asset *now)
{
    return before->customer != NULL &&
           (now->customer == NULL || !otr_str_equal(before->customer->reference, now->customer->reference));
}

/* ---- all that has such a name, in the order of the snapshot ---- */

typedef struct walk {
    enum { CASES, THREADS, STANDING, PRECEDENTS, POINTS, END } list;
    uint32_t at;
    otr_standing_alarm *standing;
} walk;

/* The name of the next thing, and its asset; NULL at the end. */
static uint32_t *next(otr_core *core, walk *to, uint32_t *asset)
{
    for (; to->list == CASES && to->at < core->case_capacity; to->at++)
        if (core->cases[to->at].used) {
            *asset = core->cases[to->at].asset;
            return &core->cases[to->at++].customer;
        }
    if (to->list == CASES)
        *to = (walk){.list = THREADS};
    for (; to->list == THREADS && to->at < core->notices.capacity; to->at++)
        if (core->notices.list[to->at].used) {
            *asset = core->notices.list[to->at].asset;
            return &core->notices.list[to->at++].customer;
        }
    if (to->list == THREADS)
        *to = (walk){.list = STANDING};
    if (to->list == STANDING) {
        to->standing = otr_standing_next(core, to->standing);
        if (to->standing != NULL) {
            *asset = to->standing->key.asset;
            return &to->standing->customer;
        }
        *to = (walk){.list = PRECEDENTS, .at = core->precedents.count};
    }
    if (to->list == PRECEDENTS && to->at > 0) {
        otr_precedent *one = otr_precedent_at(&core->precedents, --to->at);
        *asset = one->asset;
        return &one->customer;
    }
    if (to->list == PRECEDENTS)
        *to = (walk){.list = POINTS};
    if (to->list == POINTS && to->at < core->points.count) {
        *asset = core->points.list[to->at].key.asset;
        return &core->points.list[to->at++].customer;
    }
    to->list = END;
    return NULL;
}

void otr_whose_claim(otr_core *core, const otr_asset *asset)
{
    uint32_t label = otr_names_find(&core->labels, asset->id);
    uint32_t whose = otr_whose(core, asset);
    uint32_t of = OTR_NONE;
    walk to = {.list = CASES};
    if (label == OTR_NAME_NONE || whose == 0)
        return;
    for (uint32_t *name = next(core, &to, &of); name != NULL; name = next(core, &to, &of))
        if (of == label && *name == 0)
            *name = whose;
}

otr_asset_state *otr_whose_asset(const otr_core *core, uint32_t label, uint32_t whose, uint32_t hint)
{
    otr_str id = otr_names_get(&core->labels, label);
    otr_str name = otr_whose_name(core, whose);
    for (uint32_t i = 0; i < core->asset_count; i++) {
        uint32_t at = (hint + i) % core->asset_count;
        const otr_asset *asset = core->assets[at].asset;
        if (!otr_str_equal(asset->id, id))
            continue;
        bool theirs = asset->customer != NULL && otr_str_equal(asset->customer->reference, name);
        return whose == 0 || theirs ? &core->assets[at] : NULL;
    }
    return NULL;
}

/* ---- snapshot ---- */

void otr_whose_write(const otr_core *core, otr_buffer *out)
{
    walk to = {.list = CASES};
    uint32_t asset = OTR_NONE;
    otr_core *walked = (otr_core *)core; /* nothing is changed */
    for (const uint32_t *name = next(walked, &to, &asset); name != NULL; name = next(walked, &to, &asset)) {
        otr_buffer_add_u8(out, *name > 0 ? 1 : 0);
        if (*name > 0)
            otr_label_write(core, *name - 1, out);
    }
}

void otr_whose_read(otr_core *core, otr_reader *reader)
{
    walk to = {.list = CASES};
    uint32_t asset = OTR_NONE;
    uint32_t *name;
    while (!reader->failed && !core->failed && (name = next(core, &to, &asset)) != NULL)
        *name = otr_reader_u8(reader) != 0 ? otr_label_read(core, reader) + 1 : 0;
}

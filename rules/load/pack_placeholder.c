/* One placeholder: what it names. How it is said is in pack_filter.c. */
#include "base/metric.h"
#include "rules/load/nearest.h"
#include "rules/load/pack_build.h"
#include "rules/load/words.h"

/* What the core knows of every alarm, or of every case and reader. */
static const struct {
    const char *name;
    unsigned needs; /* bits of OTR_KNOWN_; 0: always known */
    const char *refusal;
} facts[] = {
    {"onset", 0, NULL},
    {"raised", 0, NULL},
    {"ended", OTR_KNOWN_ENDED, "ended is not known before the alarm has cleared"},
    {"duration", 0, NULL},
    {"rule", 0, NULL},
    {"case", 0, NULL},
    {"coverage", 0, NULL},
    {"device.id", 0, NULL},
    {"items", OTR_KNOWN_ITEMS,
     "there are items only in what a message with a text for one item says when raised"},
    {"count", 0, NULL}, /* how many things a list or a digest has */
    {"next", OTR_KNOWN_NEXT, "next is when they hear more, which is not known of what is over"},
    {"eta", 0, NULL},
    {"eta.error", 0, NULL},
    {"stop", 0, NULL},  /* of a route: the next one */
    {"place", 0, NULL}, /* of the asset's places: where it is */
    {"persona", 0, NULL},
};
enum { FACTS = sizeof facts / sizeof facts[0] };

/* "asset.x" and "asset.x.y": what an assignments file can hold. */
static bool is_asset_path(otr_str path)
{
    size_t parts = 0;
    size_t start = 0;
    for (size_t i = 0; i <= path.size; i++) {
        if (i < path.size && path.data[i] != '.')
            continue;
        if (!otr_word_is_identifier((otr_str){path.data + start, i - start}))
            return false;
        start = i + 1;
        parts++;
    }
    return parts == 2 || parts == 3;
}

static otr_status unknown(const otr_pack_build *build, int line, int column, otr_str path)
{
    otr_nearest nearest = {0};
    size_t count;
    const otr_metric *metrics = otr_metric_list(&count);
    for (size_t i = 0; i < FACTS; i++)
        otr_nearest_offer(&nearest, path, otr_str_of(facts[i].name));
    for (size_t i = 0; i < count; i++)
        otr_nearest_offer(&nearest, path, otr_str_of(metrics[i].name));
    for (size_t i = 0; i < build->pack->symbols.count; i++)
        otr_nearest_offer(&nearest, path, build->pack->symbols.list[i].path);
    int shown = path.size > 60 ? 60 : (int)path.size;
    return otr_fail_at(build->error, OTR_INVALID, line, column, "nothing is known as {{ %.*s }}%s%.*s%s",
                       shown, path.data, OTR_NEAREST_ARG(nearest));
}

static otr_status remember_metric(otr_pack_build *build, otr_str role, otr_str name, otr_str path, int line,
                                  int column)
{
    otr_pending_metric *pending = otr_arena_alloc(build->scratch, sizeof *pending);
    if (pending == NULL)
        return otr_pack_memory(build);
    *pending = (otr_pending_metric){NULL, role, name, path, line, column};
    *build->pending_end = pending;
    build->pending_end = &pending->next;
    return OTR_OK;
}

/* role.metric: "cargo.temperature". */
static bool split_role(otr_str path, otr_str *role, otr_str *metric)
{
    size_t dot = 0;
    while (dot < path.size && path.data[dot] != '.')
        dot++;
    if (dot == path.size)
        return false;
    *role = (otr_str){path.data, dot};
    *metric = (otr_str){path.data + dot + 1, path.size - dot - 1};
    return otr_metric_name_ok(*role) && otr_metric_name_ok(*metric);
}

otr_status otr_pack_path(otr_pack_build *build, otr_str path, unsigned known, int line, int column,
                         otr_path_kind *kind)
{
    otr_str role;
    otr_str metric;
    for (size_t i = 0; i < FACTS; i++) {
        if (!otr_str_is(path, facts[i].name))
            continue;
        if (facts[i].needs != 0 && (known & facts[i].needs) == 0)
            return otr_fail_at(build->error, OTR_INVALID, line, column, "%s", facts[i].refusal);
        *kind = otr_str_is(path, "count") ? OTR_PATH_COUNT : OTR_PATH_FACT;
        return OTR_OK;
    }
    *kind = OTR_PATH_FIELD;
    if (otr_str_starts(path, OTR_STR("asset.")))
        return is_asset_path(path) ? OTR_OK : unknown(build, line, column, path);
    *kind = OTR_PATH_METRIC;
    if (otr_metric_find(path) != NULL)
        return OTR_OK;
    if (otr_metric_name_ok(path))
        return remember_metric(build, OTR_STR(""), path, path, line, column);
    if (split_role(path, &role, &metric))
        return remember_metric(build, role, metric, path, line, column);
    return unknown(build, line, column, path);
}

/* ---- when all rules are loaded ---- */

static bool is_evidence(const otr_pack *pack, otr_str metric)
{
    for (size_t i = 0; i < pack->rule_count; i++)
        for (size_t j = 0; j < pack->rules[i].evidence_count; j++)
            if (otr_str_equal(pack->rules[i].evidence[j], metric))
                return true;
    return false;
}

static bool is_read(const otr_pack *pack, otr_str metric)
{
    for (size_t i = 0; i < pack->symbols.count; i++)
        if (pack->symbols.list[i].kind == OTR_SYMBOL_METRIC &&
            otr_str_equal(pack->symbols.list[i].metric, metric))
            return true;
    return false;
}

/* A role is known where a rule reads from it, or gives it a command. */
static bool is_role(const otr_pack *pack, otr_str role)
{
    for (size_t i = 0; i < pack->symbols.count; i++)
        if (pack->symbols.list[i].kind == OTR_SYMBOL_METRIC &&
            otr_str_equal(pack->symbols.list[i].role, role))
            return true;
    for (size_t i = 0; i < pack->rule_count; i++)
        if (pack->rules[i].deed != NULL && otr_str_equal(pack->rules[i].deed->role, role))
            return true;
    return false;
}

otr_status otr_pack_check_pending(const otr_pack_build *build)
{
    for (const otr_pending_metric *pending = build->pending; pending != NULL; pending = pending->next) {
        bool metric = otr_metric_find(pending->name) != NULL || is_read(build->pack, pending->name) ||
                      is_evidence(build->pack, pending->name);
        if (!metric || (pending->role.size > 0 && !is_role(build->pack, pending->role)))
            return unknown(build, pending->line, pending->column, pending->path);
    }
    return OTR_OK;
}

#include "scene.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const people[SCENE_PEOPLE] = {"person-zero", "person-one", "person-two", "person-three"};
static const char *const assets[SCENE_ASSETS] = {"box-0", "box-1", "box-2", "box-3",
                                                 "box-4", "box-5", "box-6", "box-7"};
static const char *const devices[SCENE_ASSETS] = {"d0", "d1", "d2", "d3", "d4", "d5", "d6", "d7"};
enum { TEMPERATURE, NOISE, DOOR, HUMIDITY };
static const char *const metrics[] = {"temperature", "noise", "door", "humidity"};
static const char *const categories[SCENE_CATEGORIES] = {"cold", "sound", "way", "wet", "slow", "dry"};

const char *scene_person(int person)
{
    return people[person];
}

const char *scene_asset(int asset)
{
    return assets[asset];
}

const char *scene_device(int asset)
{
    return devices[asset];
}

const char *scene_metric(int metric)
{
    return metrics[metric];
}

const char *scene_category(int category)
{
    return categories[category];
}

static int find(const char *const *list, int count, const char *name)
{
    for (int i = 0; i < count; i++)
        if (strcmp(list[i], name) == 0)
            return i;
    return -1;
}

int scene_person_find(const char *name)
{
    return find(people, SCENE_PEOPLE, name);
}

int scene_asset_find(const char *name)
{
    return find(assets, SCENE_ASSETS, name);
}

int scene_rule_find(const scene *s, const char *name)
{
    for (int i = 0; i < SCENE_RULES; i++)
        if (strcmp(s->rules[i].name, name) == 0)
            return i;
    return -1;
}

/* ---- texts ---- */

static void __attribute__((format(printf, 2, 3))) add(char text[SCENE_TEXT], const char *format, ...)
{
    size_t used = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text + used, SCENE_TEXT - used, format, arguments);
    va_end(arguments);
}

#define PICK(pool) pool[choose(from, sizeof(pool) / sizeof((pool)[0]))]

static void add_rule(scene *s, choices *from, int i, const char *expr, const char *priority)
{
    static const char *const news[] = {"1h", "4h", "12h", "24h"};
    static const char *const cooldown[] = {"0s", "1h", "3h"};
    static const char *const expires[] = {"6h", "24h", "48h"};
    scene_rule *rule = &s->rules[i];
    add(s->pack, "  - {alert: %s, expr: '%s', %slabels: {priority: %s, category: %s},\n", rule->name, expr,
        i == SLOW ? "for: 10m, " : "", priority, rule->category);
    add(s->pack, "     notify: {to: [customer%s%s], message: m%d, on: [%s%s%s], news: %s, cooldown: %s,",
        rule->shipper ? ", shipper" : "", i == WET ? ", desk" : "", i, rule->raised ? "raised" : "",
        rule->raised && rule->cleared ? ", " : "", rule->cleared ? "cleared" : "", PICK(news),
        PICK(cooldown));
    add(s->pack, " expires: %s%s%s%s}}\n", PICK(expires), rule->once ? ", once: true" : "",
        rule->past ? "" : ", past: false", rule->critical ? ", repeat: 20m, escalate: 30m" : "");
}

static void make_pack(scene *s, choices *from)
{
    static const scene_rule all[SCENE_RULES] = {
        [WARM] = {.name = "Warm", .category = "cold", .raised = true},
        [HOT] = {.name = "Hot", .category = "cold", .raised = true, .shipper = true},
        [BURN] = {.name = "Burn", .category = "cold", .raised = true, .critical = true},
        [LOUD] = {.name = "Loud", .category = "sound", .raised = true, .critical = true, .shipper = true},
        [HERE] = {.name = "Here", .category = "way", .raised = true, .once = true, .shipper = true},
        [WET] = {.name = "Wet", .category = "wet", .raised = true, .shipper = true},
        [SLOW] = {.name = "Slow", .category = "slow", .raised = true},
        [DRY] = {.name = "Dry", .category = "dry", .cleared = true},
    };
    static const char *const conditions[SCENE_RULES] = {
        "temperature > 8.0", "temperature > 20.0", "temperature > 30.0", "noise > 80.0", "door",
        "humidity > 90.0",   "temperature > 6.0",  "humidity < 20.0"};
    static const char *const priorities[SCENE_RULES] = {"medium", "high",   "critical", "critical",
                                                        "low",    "medium", "medium",   "low"};
    memcpy(s->rules, all, sizeof all);
    add(s->pack, "pack: test\nversion: 1\nrules:\n");
    for (int i = 0; i < SCENE_RULES; i++) {
        s->rules[i].cleared = i == DRY || (i != HERE && !chance(from, 4));
        s->rules[i].past = !chance(from, 3);
        add_rule(s, from, i, conditions[i], priorities[i]);
    }
    add(s->pack, "remedies: {gift: {at_most: 3, texts: {en: a gift for you}}}\n"
                 "resolutions: {mended: {en: it is mended}}\nmessages:\n");
    for (int i = 0; i < SCENE_RULES; i++)
        add(s->pack,
            "  m%d: {en: {raised: '%s of {{ asset.name }}', cleared: 'no %s any more', past: 'there was %s', "
            "retracted: 'never %s'}}\n",
            i, s->rules[i].name, s->rules[i].name, s->rules[i].name, s->rules[i].name);
}

static scene_wishes make_wishes(choices *from, int person)
{
    static const unsigned quiets[][2] = {
        {22 * 60, 7 * 60},      {21 * 60 + 30, 6 * 60 + 30}, {0, 0}, {12 * 60, 13 * 60}, {1 * 60, 3 * 60},
        {23 * 60, 2 * 60 + 30}, {18 * 60, 17 * 60 + 1}};
    static const unsigned days[] = {1, 2, 3, 4, SCENE_NONE};
    static const unsigned weeks[] = {2, 5, 12, 20, SCENE_NONE};
    const unsigned *quiet = quiets[choose(from, sizeof quiets / sizeof quiets[0])];
    scene_wishes out = {.place = (wall_place)((person + 1) % WALL_PLACES),
                        .quiet_from = quiet[0],
                        .quiet_to = quiet[1],
                        .per_day = PICK(days),
                        .per_week = PICK(weeks),
                        .cold_per_day = chance(from, 2) ? 1 + choose(from, 2) : SCENE_NONE,
                        .opted_out = chance(from, 4) ? choose(from, SCENE_CATEGORIES) : SCENE_NONE};
    if (out.per_day != SCENE_NONE && out.per_week < out.per_day)
        out.per_week = out.per_day;
    out.cold_per_week = out.cold_per_day != SCENE_NONE ? 3 : SCENE_NONE;
    return out;
}

static void add_person(char *text, int person, const scene_wishes *wishes)
{
    add(text, "  - {customer: %s, zone: %s", people[person], wall_name(wishes->place));
    if (wishes->quiet_from != wishes->quiet_to)
        add(text, ", quiet: {from: \"%02u:%02u\", to: \"%02u:%02u\"}", wishes->quiet_from / 60,
            wishes->quiet_from % 60, wishes->quiet_to / 60, wishes->quiet_to % 60);
    add(text, ", budget: {day: %u, week: %u", wishes->per_day == SCENE_NONE ? 999 : wishes->per_day,
        wishes->per_week == SCENE_NONE ? 999 : wishes->per_week);
    if (wishes->cold_per_day != SCENE_NONE)
        add(text, ", categories: {cold: {day: %u, week: %u}}", wishes->cold_per_day, wishes->cold_per_week);
    add(text, "}");
    if (wishes->opted_out != SCENE_NONE)
        add(text, ", opt_out: [%s]", categories[wishes->opted_out]);
    add(text, person == 1 ? ", second: person-two}\n" : "}\n");
}

static void make_assignments(scene *s, choices *from)
{
    for (int i = 0; i < SCENE_ASSETS; i++) {
        s->customer[i] = i < 6 ? (int)choose(from, 2) : 2 + (int)choose(from, 2); /* floods need many */
        s->shipper[i] = chance(from, 2) ? 1 + (int)choose(from, SCENE_PEOPLE - 1) : -1;
    }
    for (int v = 0; v < SCENE_VARIANTS; v++) {
        int first = v == SCENE_FORGOTTEN ? 1 : 0;
        char *text = s->assignments[v];
        add(text, "version: 1\ncustomers:\n");
        for (int p = first; p < SCENE_PEOPLE; p++) {
            s->wishes[v][p] = make_wishes(from, p);
            add_person(text, p, &s->wishes[v][p]);
        }
        add(text, "staff: {duty: {}}\nassets:\n");
        for (int i = 0; i < SCENE_ASSETS; i++) {
            if (s->customer[i] < first)
                continue;
            add(text, "  - {asset: %s, class: x, devices: [%s], customer: %s", assets[i], devices[i],
                people[s->customer[i]]);
            if (s->shipper[i] >= 0)
                add(text, ", contacts: {shipper: %s}", people[s->shipper[i]]);
            add(text, "}\n");
        }
    }
}

/* ---- steps ---- */

static double value_of(choices *from, int metric)
{
    static const double temperatures[] = {4, 5, 7, 9, 12, 22, 25, 33};
    static const double humidities[] = {10, 40, 60, 93, 95};
    if (metric == TEMPERATURE)
        return PICK(temperatures);
    if (metric == HUMIDITY)
        return PICK(humidities);
    return metric == DOOR ? (double)choose(from, 2) : chance(from, 3) ? 90 : 40;
}

static void fill_step(scene_step *step, choices *from)
{
    static const otr_time spans[] = {0, 0, 1, 5, 11, 20, 45, 100, 180, 400};
    static const int often[] = {TEMPERATURE, TEMPERATURE, TEMPERATURE, NOISE, DOOR, HUMIDITY, HUMIDITY};
    uint32_t luck = choose(from, 100);
    step->kind = luck < 48   ? SCENE_REPORT
                 : luck < 58 ? SCENE_SLEEP
                 : luck < 66 ? SCENE_BACKLOG
                 : luck < 72 ? SCENE_BURST_OF
                 : luck < 76 ? SCENE_SHELVE
                 : luck < 80 ? SCENE_ACK
                 : luck < 88 ? SCENE_ANSWER
                 : luck < 90 ? SCENE_BOOT
                 : luck < 92 ? SCENE_CLOCK
                 : luck < 97 ? SCENE_LINK
                 : luck < 99 ? SCENE_WISHES
                             : SCENE_FORGET;
    step->span = PICK(spans) * OTR_MINUTE + (otr_time)choose(from, 60) * OTR_SECOND;
    step->device = (int)choose(from, SCENE_ASSETS);
    step->metric = PICK(often);
    step->count = 2 + (int)choose(from, SCENE_BURST - 1);
    for (int i = 0; i < SCENE_BURST; i++)
        step->values[i] = value_of(from, step->metric);
    step->age = chance(from, 4) ? (1 + (otr_time)choose(from, 120)) * OTR_MINUTE : 0;
    step->rule = (int)choose(from, SCENE_RULES);
    step->pick = choose(from, 256);
    step->variant = (int)choose(from, SCENE_VARIANTS - 1);
    step->up = chance(from, 2);
    if (step->kind == SCENE_SLEEP && step->pick % 4 > 0)
        step->kind = SCENE_DESK;
}

static void make_steps(scene *s, choices *from)
{
    bool known = true;
    bool forgotten = false;
    for (s->count = 0; s->count < SCENE_STEPS; s->count++) {
        scene_step *step = &s->steps[s->count];
        fill_step(step, from);
        if (step->kind == SCENE_FORGET && s->count < SCENE_STEPS / 2)
            step->kind = SCENE_SLEEP;
        if (step->kind == SCENE_WISHES && forgotten)
            step->kind = SCENE_SLEEP;
        if (!known && (chance(from, 4) || step->kind == SCENE_BOOT || step->kind == SCENE_CLOCK ||
                       step->kind == SCENE_WISHES || step->kind == SCENE_FORGET))
            step->kind = SCENE_SYNC;
        if (step->kind == SCENE_CLOCK)
            step->span = ((otr_time)choose(from, 240) - 120) * 3 * OTR_MINUTE;
        known = step->kind == SCENE_BOOT ? false : step->kind == SCENE_SYNC ? true : known;
        forgotten |= step->kind == SCENE_FORGET;
    }
}

void scene_make(scene *s, uint64_t seed)
{
    /* clocks go forward and back in Berlin and New York some days later */
    static const otr_time starts[] = {1679644800, 1698400800, 1698998400, 1685620800, 1709892000};
    choices from = choices_of_seed(seed);
    *s = (scene){.seed = seed, .start = starts[choose(&from, 5)] * OTR_SECOND};
    make_pack(s, &from);
    make_assignments(s, &from);
    make_steps(s, &from);
}

void scene_print(const scene *s)
{
    static const char *const kinds[SCENE_KINDS] = {"sleep", "report", "backlog", "burst", "shelve",
                                                   "ack",   "answer", "boot",    "sync",  "clock",
                                                   "link",  "wishes", "forget",  "desk"};
    (void)fprintf(stderr, "OUTRIDER_SEED=%" PRIu64 " OUTRIDER_STEPS=%zu\n%s", s->seed, s->count, s->pack);
    for (int v = 0; v < SCENE_VARIANTS; v++)
        (void)fprintf(stderr, "# wishes %d\n%s", v, s->assignments[v]);
    for (size_t i = 0; i < s->count; i++) {
        const scene_step *step = &s->steps[i];
        (void)fprintf(
            stderr, "%3zu +%.1f min %s %s %s %g age %.0f min, %d values, rule %s, pick %u, variant %d, %s\n",
            i, (double)step->span / (double)OTR_MINUTE, kinds[step->kind], devices[step->device],
            metrics[step->metric], step->values[0], (double)step->age / (double)OTR_MINUTE, step->count,
            s->rules[step->rule].name, step->pick, step->variant, step->up ? "up" : "down");
    }
}

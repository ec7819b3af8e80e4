/* Contacts: customers and staff, what language, zone and measures they read, and how much they want to hear.
 */
#include "base/limits.h"
#include "core/asset/assignment_build.h"
#include "rules/load/words.h"

/* A trouble takes three: that it is there, that more is promised, that it is over. */
enum { PER_DAY_DEFAULT = 8, PER_WEEK_DEFAULT = 30 };

/* Once a month at most, and then of any case: the budget is restraint enough, and samples are small. */
enum { QUESTION_DAYS_DEFAULT = 30, QUESTION_DAYS_LEAST = 7, QUESTION_SHARE_DEFAULT = 100 };

static const otr_str staff_prefix = {"staff.", 6};

/* "22:00" */
static otr_status read_minute(const otr_assignment_build *build, const otr_yaml *node, uint16_t *out)
{
    otr_str text;
    otr_status status = otr_yaml_text(node, &text, build->error);
    if (status != OTR_OK)
        return status;
    const char *t = text.data;
    bool digits = text.size == 5 && t[2] == ':';
    for (size_t i = 0; i < 5 && digits; i++)
        digits = i == 2 || (t[i] >= '0' && t[i] <= '9');
    int hour = digits ? (t[0] - '0') * 10 + t[1] - '0' : 24;
    int minute = digits ? (t[3] - '0') * 10 + t[4] - '0' : 0;
    if (hour > 23 || minute > 59)
        return otr_build_fail(build, node, "expected a time of the day such as \"22:00\", in quotes");
    *out = (uint16_t)(hour * 60 + minute);
    return OTR_OK;
}

static otr_status read_quiet(const otr_assignment_build *build, const otr_yaml *node, otr_contact *out)
{
    static const char *const known[] = {"from", "to", NULL};
    const otr_yaml *from;
    const otr_yaml *to = NULL;
    otr_status status = otr_yaml_need(node, "from", &from, build->error);
    if (status == OTR_OK)
        status = otr_yaml_need(node, "to", &to, build->error);
    if (status == OTR_OK)
        status = otr_yaml_only(node, known, build->error);
    if (status == OTR_OK)
        status = read_minute(build, from, &out->quiet_from);
    if (status == OTR_OK)
        status = read_minute(build, to, &out->quiet_to);
    if (status == OTR_OK && out->quiet_from == out->quiet_to)
        return otr_build_fail(build, node, "quiet hours end at another time than they begin");
    return status;
}

static otr_status read_count(const otr_assignment_build *build, const otr_yaml *map, const char *key,
                             uint16_t *out)
{
    const otr_yaml *node = otr_yaml_get(map, key);
    int64_t count;
    if (node == NULL)
        return OTR_OK;
    otr_status status = otr_yaml_i64(node, 0, OTR_LIMIT_BUDGET - 1, &count, build->error);
    if (status == OTR_OK)
        *out = (uint16_t)count;
    return status;
}

static otr_status read_categories(const otr_assignment_build *build, const otr_yaml *node, otr_contact *out)
{
    static const char *const known[] = {"day", "week", NULL};
    otr_status status = otr_yaml_kind_is(node, OTR_YAML_MAP, build->error);
    if (status != OTR_OK)
        return status;
    otr_category_budget *list = otr_arena_array(build->memory, otr_yaml_count(node), sizeof *list);
    if (list == NULL)
        return otr_build_memory(build);
    out->categories = list;
    for (const otr_yaml *entry = node->first; entry != NULL && status == OTR_OK; entry = entry->next) {
        otr_category_budget *one = &list[out->category_count++];
        *one = (otr_category_budget){.per_day = UINT16_MAX, .per_week = UINT16_MAX};
        if (!otr_word_is_slug(entry->key))
            return otr_fail_at(build->error, OTR_INVALID, entry->key_line, entry->key_column,
                               "a category has small letters, digits, _ and - only, at most 64");
        one->category = otr_arena_copy(build->memory, entry->key);
        if (one->category.data == NULL)
            return otr_build_memory(build);
        status = otr_yaml_only(entry, known, build->error);
        if (status == OTR_OK)
            status = read_count(build, entry, "day", &one->per_day);
        if (status == OTR_OK)
            status = read_count(build, entry, "week", &one->per_week);
    }
    return status;
}

static otr_status read_budget(const otr_assignment_build *build, const otr_yaml *node, otr_contact *out)
{
    static const char *const known[] = {"day", "week", "categories", NULL};
    otr_status status = otr_yaml_kind_is(node, OTR_YAML_MAP, build->error);
    if (status == OTR_OK)
        status = otr_yaml_only(node, known, build->error);
    if (status == OTR_OK)
        status = read_count(build, node, "day", &out->per_day);
    if (status == OTR_OK)
        status = read_count(build, node, "week", &out->per_week);
    const otr_yaml *categories = otr_yaml_get(node, "categories");
    return status == OTR_OK && categories != NULL ? read_categories(build, categories, out) : status;
}

/* Words, each once. */
static otr_status read_words(const otr_assignment_build *build, const otr_yaml *node, const char *what,
                             const otr_str **out, size_t *count)
{
    otr_status status = otr_yaml_kind_is(node, OTR_YAML_LIST, build->error);
    if (status != OTR_OK)
        return status;
    otr_str *list = otr_arena_array(build->memory, otr_yaml_count(node), sizeof *list);
    if (list == NULL)
        return otr_build_memory(build);
    *out = list;
    for (const otr_yaml *entry = node->first; entry != NULL; entry = entry->next) {
        status = otr_build_text(build, entry, &list[*count]);
        if (status != OTR_OK)
            return status;
        if (!otr_word_is_slug(list[*count]))
            return otr_build_fail(build, entry, "%s has small letters, digits, _ and - only, at most 64",
                                  what);
        for (size_t i = 0; i < *count; i++)
            if (otr_str_equal(list[i], list[*count]))
                return otr_build_fail(build, entry, "%.*s is here twice", OTR_STR_ARG(list[i]));
        ++*count;
    }
    return OTR_OK;
}

/* never, or {per_days: 30, share: 100} */
static otr_status read_questions(const otr_assignment_build *build, const otr_yaml *node, otr_contact *out)
{
    static const char *const known[] = {"per_days", "share", NULL};
    otr_str text;
    int64_t days = QUESTION_DAYS_DEFAULT;
    int64_t share = QUESTION_SHARE_DEFAULT;
    if (node->kind != OTR_YAML_MAP) {
        otr_status status = otr_yaml_text(node, &text, build->error);
        out->question_days = 0;
        return status != OTR_OK || otr_str_is(text, "never")
                   ? status
                   : otr_build_fail(build, node, "expected never or {per_days: 30, share: 100}");
    }
    const otr_yaml *per_days = otr_yaml_get(node, "per_days");
    const otr_yaml *percent = otr_yaml_get(node, "share");
    otr_status status = otr_yaml_only(node, known, build->error);
    if (status == OTR_OK && per_days != NULL)
        status =
            otr_yaml_i64(per_days, QUESTION_DAYS_LEAST, OTR_LIMIT_QUESTION_BUDGET_DAYS, &days, build->error);
    if (status == OTR_OK && percent != NULL)
        status = otr_yaml_i64(percent, 0, 100, &share, build->error);
    out->question_days = (uint16_t)days;
    out->question_share = (uint8_t)share;
    return status;
}

/* us, metric, or {temperature: C or F} */
static otr_status read_units(const otr_assignment_build *build, const otr_yaml *node, otr_contact *out)
{
    static const char *const known[] = {"temperature", NULL};
    const otr_yaml *temperature = node;
    otr_str text;
    otr_status status = OTR_OK;
    if (node->kind == OTR_YAML_MAP) {
        status = otr_yaml_only(node, known, build->error);
        if (status == OTR_OK)
            status = otr_yaml_need(node, "temperature", &temperature, build->error);
    }
    if (status == OTR_OK)
        status = otr_yaml_text(temperature, &text, build->error);
    if (status != OTR_OK)
        return status;
    if (node->kind != OTR_YAML_MAP) {
        out->us_measures = otr_str_is(text, "us");
        out->fahrenheit = out->us_measures;
        return out->us_measures || otr_str_is(text, "metric")
                   ? OTR_OK
                   : otr_build_fail(build, node, "expected metric, us or {temperature: F}");
    }
    out->fahrenheit = otr_str_is(text, "F");
    return out->fahrenheit || otr_str_is(text, "C") ? OTR_OK
                                                    : otr_build_fail(build, temperature, "expected C or F");
}

static otr_status read_language(otr_assignment_build *build, const otr_yaml *node, otr_contact *out)
{
    const otr_yaml *persona = otr_yaml_get(node, "persona");
    const otr_yaml *locale = otr_yaml_get(node, "locale");
    const otr_yaml *zone = otr_yaml_get(node, "zone");
    const otr_yaml *units = otr_yaml_get(node, "units");
    otr_status status = OTR_OK;
    if (persona != NULL)
        status = otr_build_name(build, persona, &out->persona);
    if (status == OTR_OK && persona != NULL && !otr_word_is_slug(out->persona))
        return otr_build_fail(build, persona,
                              "a persona has small letters, digits, _ and - only, at most 64");
    if (status == OTR_OK && locale != NULL)
        status = otr_build_text(build, locale, &out->locale);
    if (status == OTR_OK && locale != NULL && !otr_word_is_locale(out->locale))
        return otr_build_fail(build, locale, "expected a language such as en, de or pt-BR");
    if (status == OTR_OK && zone != NULL)
        status = otr_build_zone(build, zone, &out->zone);
    return status == OTR_OK && units != NULL ? read_units(build, units, out) : status;
}

static otr_status read_wishes(otr_assignment_build *build, const otr_yaml *node, otr_contact *out)
{
    const otr_yaml *channels = otr_yaml_get(node, "channels");
    const otr_yaml *quiet = otr_yaml_get(node, "quiet");
    const otr_yaml *budget = otr_yaml_get(node, "budget");
    const otr_yaml *opt_out = otr_yaml_get(node, "opt_out");
    const otr_yaml *questions = otr_yaml_get(node, "questions");
    const otr_yaml *second = otr_yaml_get(node, "second");
    const otr_yaml *weight = otr_yaml_get(node, "weight");
    otr_status status = OTR_OK;
    if (channels != NULL)
        status = read_words(build, channels, "a channel", &out->channels, &out->channel_count);
    if (status == OTR_OK && quiet != NULL)
        status = read_quiet(build, quiet, out);
    if (status == OTR_OK && budget != NULL)
        status = read_budget(build, budget, out);
    if (status == OTR_OK && opt_out != NULL)
        status = read_words(build, opt_out, "a category", &out->opt_outs, &out->opt_out_count);
    if (status == OTR_OK && questions != NULL)
        status = read_questions(build, questions, out);
    if (status == OTR_OK && second != NULL)
        status = otr_build_name(build, second, &out->second);
    if (status == OTR_OK && second != NULL && otr_str_equal(out->second, out->reference))
        return otr_build_fail(build, second, "the second contact is somebody else");
    if (status == OTR_OK && weight != NULL)
        status = otr_yaml_double(weight, &out->weight, build->error);
    if (status == OTR_OK && !(out->weight > 0 && out->weight <= OTR_LIMIT_CONTACT_WEIGHT))
        return otr_build_fail(build, weight, "a weight is more than 0, and at most %d",
                              OTR_LIMIT_CONTACT_WEIGHT);
    return status;
}

/* All but the reference, which is there already. */
static otr_status read_contact(otr_assignment_build *build, const otr_yaml *node, otr_contact *out)
{
    static const char *const known[] = {"customer", "persona", "locale", "zone",    "units",
                                        "channels", "quiet",   "budget", "opt_out", "questions",
                                        "second",   "weight",  NULL};
    out->persona = OTR_STR("");
    out->locale = OTR_STR("en");
    out->zone = OTR_STR("UTC");
    out->second = OTR_STR("");
    out->per_day = PER_DAY_DEFAULT;
    out->per_week = PER_WEEK_DEFAULT;
    out->weight = 1.0;
    out->question_days = QUESTION_DAYS_DEFAULT;
    out->question_share = QUESTION_SHARE_DEFAULT;
    otr_status status = otr_yaml_only(node, known, build->error);
    if (status == OTR_OK)
        status = read_language(build, node, out);
    return status == OTR_OK ? read_wishes(build, node, out) : status;
}

static otr_contact *make_list(otr_assignment_build *build, size_t count, otr_named **names)
{
    otr_contact *list = otr_arena_array(build->memory, count, sizeof *list);
    *names = otr_arena_array(build->scratch, count, sizeof **names);
    return *names != NULL ? list : NULL;
}

otr_status otr_build_customers(otr_assignment_build *build, const otr_yaml *node)
{
    otr_status status = otr_yaml_kind_is(node, OTR_YAML_LIST, build->error);
    if (status != OTR_OK)
        return status;
    otr_contact *list = make_list(build, otr_yaml_count(node), &build->customer_names);
    if (list == NULL)
        return otr_build_memory(build);
    build->customers = list;
    for (const otr_yaml *entry = node->first; entry != NULL; entry = entry->next) {
        uint32_t number = (uint32_t)build->customer_count++;
        const otr_yaml *reference;
        status = otr_yaml_need(entry, "customer", &reference, build->error);
        if (status == OTR_OK)
            status = otr_build_name(build, reference, &list[number].reference);
        if (status == OTR_OK && otr_str_starts(list[number].reference, staff_prefix))
            return otr_build_fail(build, reference, "staff stand under staff:, not among the customers");
        if (status == OTR_OK)
            status = read_contact(build, entry, &list[number]);
        if (status != OTR_OK)
            return status;
        build->customer_names[number] = (otr_named){list[number].reference, number, reference};
    }
    return otr_named_sort(build, build->customer_names, build->customer_count, "customer");
}

otr_status otr_build_staff(otr_assignment_build *build, const otr_yaml *node)
{
    otr_status status = otr_yaml_kind_is(node, OTR_YAML_MAP, build->error);
    if (status != OTR_OK)
        return status;
    otr_contact *list = otr_arena_array(build->memory, otr_yaml_count(node), sizeof *list);
    if (list == NULL)
        return otr_build_memory(build);
    build->staff = list;
    for (const otr_yaml *entry = node->first; entry != NULL && status == OTR_OK; entry = entry->next) {
        otr_contact *one = &list[build->staff_count++];
        if (!otr_word_is_slug(entry->key))
            return otr_fail_at(build->error, OTR_INVALID, entry->key_line, entry->key_column,
                               "a role of staff has small letters, digits, _ and - only, at most 64");
        char *name = otr_arena_alloc(build->memory, staff_prefix.size + entry->key.size);
        if (name == NULL)
            return otr_build_memory(build);
        memcpy(name, staff_prefix.data, staff_prefix.size);
        memcpy(name + staff_prefix.size, entry->key.data, entry->key.size);
        one->reference = (otr_str){name, staff_prefix.size + entry->key.size};
        status = otr_yaml_kind_is(entry, OTR_YAML_MAP, build->error);
        if (status == OTR_OK)
            status = read_contact(build, entry, one);
        one->per_day = otr_yaml_get(entry, "budget") != NULL ? one->per_day : UINT16_MAX;
        one->per_week = otr_yaml_get(entry, "budget") != NULL ? one->per_week : UINT16_MAX;
    }
    return status;
}

static const otr_contact *find_contact(const otr_assignment_build *build, otr_str reference)
{
    for (size_t i = 0; i < build->staff_count; i++)
        if (otr_str_equal(build->staff[i].reference, reference))
            return &build->staff[i];
    return NULL;
}

otr_status otr_build_seconds(const otr_assignment_build *build)
{
    for (size_t i = 0; i < build->customer_count; i++) {
        const otr_named *named = &build->customer_names[i];
        otr_str second = build->customers[named->number].second;
        otr_named wanted = {second, 0, NULL};
        bool found = second.size == 0 || find_contact(build, second) != NULL;
        for (size_t k = 0; k < build->customer_count && !found; k++)
            found = otr_str_equal(build->customer_names[k].name, wanted.name);
        if (!found)
            return otr_build_fail(build, named->node, "the second contact %.*s of %.*s is nobody here",
                                  OTR_STR_ARG(second), OTR_STR_ARG(named->name));
    }
    return OTR_OK;
}

/* {PERSONA: CUSTOMER}: who else has to do with the asset. */
otr_status otr_build_asset_contacts(const otr_assignment_build *build, const otr_yaml *node, otr_asset *out)
{
    otr_status status = otr_yaml_kind_is(node, OTR_YAML_MAP, build->error);
    if (status != OTR_OK)
        return status;
    otr_asset_contact *list = otr_arena_array(build->memory, otr_yaml_count(node), sizeof *list);
    if (list == NULL)
        return otr_build_memory(build);
    out->contacts = list;
    for (const otr_yaml *entry = node->first; entry != NULL && status == OTR_OK; entry = entry->next) {
        otr_asset_contact *one = &list[out->contact_count++];
        uint32_t number;
        if (!otr_word_is_slug(entry->key))
            return otr_fail_at(build->error, OTR_INVALID, entry->key_line, entry->key_column,
                               "a persona has small letters, digits, _ and - only, at most 64");
        status =
            otr_named_find(build, build->customer_names, build->customer_count, entry, "customer", &number);
        if (status != OTR_OK)
            return status;
        one->persona = otr_arena_copy(build->memory, entry->key);
        one->contact = &build->customers[number];
        status = one->persona.data != NULL ? OTR_OK : otr_build_memory(build);
    }
    return status;
}

/* ---- whom a rule means ---- */

const otr_contact *otr_asset_addressee(const otr_assignments *assignments, const otr_asset *asset, otr_str to,
                                       otr_str *persona)
{
    *persona = OTR_STR("");
    if (otr_str_is(to, "customer")) {
        if (asset->customer != NULL)
            *persona = asset->customer->persona;
        return asset->customer;
    }
    for (size_t i = 0; i < asset->contact_count; i++)
        if (otr_str_equal(asset->contacts[i].persona, to)) {
            *persona = to;
            return asset->contacts[i].contact;
        }
    if (asset->customer != NULL && to.size > 0 && otr_str_equal(asset->customer->persona, to)) {
        *persona = to;
        return asset->customer;
    }
    return otr_assignments_contact(assignments, to);
}

const otr_contact *otr_assignments_contact(const otr_assignments *assignments, otr_str reference)
{
    for (size_t i = 0; assignments != NULL && i < assignments->staff_count; i++)
        if (otr_str_equal(assignments->staff[i].reference, reference))
            return &assignments->staff[i];
    for (size_t i = 0; assignments != NULL && i < assignments->customer_count; i++)
        if (otr_str_equal(assignments->customers[i].reference, reference))
            return &assignments->customers[i];
    return NULL;
}

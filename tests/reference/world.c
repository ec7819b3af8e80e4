/* What the names stand for: values by chance, now and then none, now and then of a type that the catalogue
 * does not promise. */
#include "tree.h"

static const struct {
    const char *name;
    char letter;
    otr_type insists;
} metrics_and_fields[] =
    {
        {"temperature", 'd', OTR_TYPE_DOUBLE},
        {"humidity", 'd', OTR_TYPE_DOUBLE},
        {"door", 'b', OTR_TYPE_BOOL},
        {"fix", 'b', OTR_TYPE_BOOL},
        {"fault", 's', OTR_TYPE_STRING},
        {"location", 'L', OTR_TYPE_LOCATION},
        {"axles", 'i', OTR_TYPE_DYN},
        {"crates", 'u', OTR_TYPE_DYN},
        {"odd", 'd', OTR_TYPE_DYN},
        {"cargo.temperature", 'd', OTR_TYPE_DOUBLE},
        {"asset.class", 's', OTR_TYPE_DYN},
        {"asset.limit.max", 'd', OTR_TYPE_DYN},
        {"asset.limit.count", 'i', OTR_TYPE_DYN},
        {"asset.due", 't', OTR_TYPE_DYN},
        {"asset.patience", 'p', OTR_TYPE_DYN},
        {"asset.raw", 'y', OTR_TYPE_DYN},
        {"asset.note", 'n', OTR_TYPE_DYN},
        {"asset.fragile", 'b', OTR_TYPE_DYN},
        {"device.id", 's', OTR_TYPE_DYN},
},
  variables[] = {
      {"b", 'b', OTR_TYPE_DYN},     {"i", 'i', OTR_TYPE_DYN},        {"j", 'i', OTR_TYPE_DYN},
      {"u", 'u', OTR_TYPE_DYN},     {"d", 'd', OTR_TYPE_DYN},        {"s", 's', OTR_TYPE_DYN},
      {"y", 'y', OTR_TYPE_DYN},     {"at.first", 't', OTR_TYPE_DYN}, {"at.last", 't', OTR_TYPE_DYN},
      {"span", 'p', OTR_TYPE_DYN},  {"n", 'n', OTR_TYPE_DYN},        {"place", 'L', OTR_TYPE_DYN},
      {"items", 'l', OTR_TYPE_DYN}, {"m", 'm', OTR_TYPE_DYN},        {"m.x", 'i', OTR_TYPE_DYN},
      {"box.i", 'i', OTR_TYPE_DYN}, {"box.of.d", 'd', OTR_TYPE_DYN}, {"box.m.x", 'b', OTR_TYPE_DYN},
};

static const otr_value instants[] = {
    {.type = OTR_TYPE_TIMESTAMP, .time = 1700000000 * OTR_SECOND},
    {.type = OTR_TYPE_TIMESTAMP, .time = -1, .below_ns = 999},
    {.type = OTR_TYPE_TIMESTAMP, .time = 253402300799 * OTR_SECOND},
};
static const otr_value spans[] = {
    {.type = OTR_TYPE_DURATION, .time = 90 * OTR_MINUTE},
    {.type = OTR_TYPE_DURATION, .time = -1, .below_ns = 500},
    {.type = OTR_TYPE_DURATION, .time = 9223372036854775, .below_ns = 807},
};
static const otr_value places[] = {
    {.type = OTR_TYPE_LOCATION, .location = {51.5, -0.25}},
    {.type = OTR_TYPE_LOCATION, .location = {-33.0, 151.0}},
};
static const otr_value few[] = {{.type = OTR_TYPE_INT, .integer = 1}, {.type = OTR_TYPE_INT, .integer = 7}};
static const otr_value mixed[] = {{.type = OTR_TYPE_DOUBLE, .number = 1},
                                  {.type = OTR_TYPE_STRING, .text = {"a", 1}},
                                  {.type = OTR_TYPE_LIST, .list = {few, 2}}};
static const otr_value lists[] = {
    {.type = OTR_TYPE_LIST, .list = {few, 2}},
    {.type = OTR_TYPE_LIST, .list = {mixed, 3}},
    {.type = OTR_TYPE_LIST, .list = {NULL, 0}},
};
static const otr_value entries[] = {{.type = OTR_TYPE_STRING, .text = {"x", 1}},
                                    {.type = OTR_TYPE_INT, .integer = 3},
                                    {.type = OTR_TYPE_UINT, .natural = 1},
                                    {.type = OTR_TYPE_STRING, .text = {"b", 1}}};
static const otr_value maps[] = {
    {.type = OTR_TYPE_MAP, .list = {entries, 2}},
    {.type = OTR_TYPE_MAP, .list = {NULL, 0}},
};

#define PICK(pool) pool[choose(from, sizeof(pool) / sizeof((pool)[0]))]

static otr_value value_of(choices *from, int letter)
{
    otr_arena arena = {0};
    otr_value value = {.type = OTR_TYPE_DOUBLE, .number = __builtin_nan("")};
    if (letter == 't')
        return PICK(instants);
    if (letter == 'p')
        return PICK(spans);
    if (letter == 'L')
        return PICK(places);
    if (letter == 'l')
        return PICK(lists);
    if (letter == 'm')
        return PICK(maps);
    const ref_node *node = ref_literal(&arena, from, letter);
    if (node->kind == REF_LITERAL) /* what it refers to is constant */
        value = node->value;
    otr_arena_done(&arena);
    return value;
}

static ref_binding bound(choices *from, const char *name, int letter, otr_type insists)
{
    static const unsigned char others[] = "bisdn";
    ref_binding binding = {.name = name, .letter = letter, .insists = insists, .status = OTR_OK};
    uint32_t luck = choose(from, 24);
    if (luck == 23)
        binding.status = OTR_UNKNOWN;
    else if (luck == 22)
        binding.status = OTR_NOT_FOUND;
    if (luck == 21)
        letter = others[choose(from, sizeof others - 1)];
    binding.value = value_of(from, letter);
    return binding;
}

void ref_world_make(ref_world *world, choices *from, bool open)
{
    *world = (ref_world){.open = open, .container = ""};
    if (open && choose(from, 2) == 1)
        world->container = choose(from, 2) == 0 ? "box" : "box.of";
    size_t count = open ? sizeof variables / sizeof variables[0]
                        : sizeof metrics_and_fields / sizeof metrics_and_fields[0];
    for (size_t i = 0; i < count; i++)
        world->bindings[world->count++] =
            open ? bound(from, variables[i].name, variables[i].letter, variables[i].insists)
                 : bound(from, metrics_and_fields[i].name, metrics_and_fields[i].letter,
                         metrics_and_fields[i].insists);
    for (int i = 0; i < REF_USES && !open; i++)
        world->uses[i] = bound(from, ref_uses[i].spellings[0], ref_uses[i].letter, ref_uses[i].type);
}

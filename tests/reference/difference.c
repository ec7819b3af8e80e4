#include "difference.h"

#include "rules/cel/expression.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { ROOM_BYTES = 1 << 18 };

typedef struct loader {
    const ref_world *world;
    const otr_symbols *symbols;
} loader;

static otr_status load(void *context, uint32_t symbol, otr_value *out)
{
    const loader *of = context;
    for (int i = 0; i < of->world->count; i++) {
        const ref_binding *binding = &of->world->bindings[i];
        if (!otr_str_is(of->symbols->list[symbol].path, binding->name))
            continue;
        *out = binding->value;
        return binding->status;
    }
    return OTR_NOT_FOUND;
}

static otr_status call(void *context, uint32_t use, otr_value *out)
{
    const loader *of = context;
    int number = use < of->symbols->use_count ? ref_use_find(of->symbols, &of->symbols->uses[use]) : -1;
    if (number < 0)
        return OTR_IO; /* as the reference never says */
    *out = of->world->uses[number].value;
    return of->world->uses[number].status;
}

static bool knows(void *context, otr_str name)
{
    const ref_world *world = context;
    for (int i = 0; i < world->count; i++)
        if (otr_str_is(name, world->bindings[i].name))
            return true;
    return false;
}

/* More than ==: types, the sign of zero and the order of entries count, and NaN is NaN. */
static bool same(const otr_value *a, const otr_value *b)
{
    if (a->type != b->type)
        return false;
    switch (a->type) {
    case OTR_TYPE_NULL:
        return true;
    case OTR_TYPE_BOOL:
        return a->flag == b->flag;
    case OTR_TYPE_INT:
    case OTR_TYPE_UINT:
        return a->natural == b->natural;
    case OTR_TYPE_DOUBLE:
        return a->natural == b->natural || (a->number != a->number && b->number != b->number);
    case OTR_TYPE_STRING:
    case OTR_TYPE_BYTES:
    case OTR_TYPE_TYPE:
        return otr_str_equal(a->text, b->text);
    case OTR_TYPE_TIMESTAMP:
    case OTR_TYPE_DURATION:
        return a->time == b->time && a->below_ns == b->below_ns;
    case OTR_TYPE_LOCATION:
        return a->location.latitude == b->location.latitude && a->location.longitude == b->location.longitude;
    default:
        break;
    }
    if (a->list.count != b->list.count)
        return false;
    for (size_t i = 0; i < a->list.count * (a->type == OTR_TYPE_MAP ? 2 : 1); i++)
        if (!same(&a->list.items[i], &b->list.items[i]))
            return false;
    return true;
}

static void __attribute__((format(printf, 2, 3))) add(char report[REF_REPORT_BYTES], const char *format, ...)
{
    size_t used = strlen(report);
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(report + used, REF_REPORT_BYTES - used, format, arguments);
    va_end(arguments);
}

static void add_value(char report[REF_REPORT_BYTES], const otr_value *value)
{
    add(report, "%s", otr_type_text(value->type));
    switch (value->type) {
    case OTR_TYPE_BOOL:
        add(report, " %s", value->flag ? "true" : "false");
        break;
    case OTR_TYPE_INT:
        add(report, " %" PRId64, value->integer);
        break;
    case OTR_TYPE_UINT:
        add(report, " %" PRIu64, value->natural);
        break;
    case OTR_TYPE_DOUBLE:
        add(report, " %.17g", value->number);
        break;
    case OTR_TYPE_STRING:
    case OTR_TYPE_BYTES:
    case OTR_TYPE_TYPE:
        add(report, " %zu \"%.*s\"", value->text.size, OTR_STR_ARG(value->text));
        break;
    case OTR_TYPE_TIMESTAMP:
    case OTR_TYPE_DURATION:
        add(report, " %" PRId64 " us %d ns", value->time, (int)value->below_ns);
        break;
    case OTR_TYPE_LIST:
    case OTR_TYPE_MAP:
        add(report, " [");
        for (size_t i = 0; i < value->list.count * (value->type == OTR_TYPE_MAP ? 2 : 1); i++) {
            add(report, i > 0 ? ", " : "");
            add_value(report, &value->list.items[i]);
        }
        add(report, "]");
        break;
    default:
        break;
    }
}

static void add_outcome(char report[REF_REPORT_BYTES], const char *who, otr_status status,
                        const otr_value *value, const char *why)
{
    add(report, "\n  %s: ", who);
    if (status == OTR_OK)
        add_value(report, value);
    else
        add(report, "%s %s", otr_status_text(status), why);
}

static void add_bindings(char report[REF_REPORT_BYTES], const ref_world *world, const otr_symbols *symbols)
{
    for (uint32_t symbol = 0; symbol < symbols->count; symbol++) {
        otr_value value;
        loader of = {.world = world, .symbols = symbols};
        otr_status status = load(&of, symbol, &value);
        add(report, "\n  %.*s = ", OTR_STR_ARG(symbols->list[symbol].path));
        if (status == OTR_OK)
            add_value(report, &value);
        else
            add(report, "%s", otr_status_text(status));
    }
}

static agreement judge(otr_status status, const otr_value *value, const outcome *wanted, bool open)
{
    if (status == OTR_LIMIT || wanted->status == OTR_LIMIT)
        return BEYOND_LIMITS;
    if (status == OTR_OK && wanted->status == OTR_OK)
        return same(value, &wanted->value) ? AGREE : DIFFER;
    bool lenient = open && wanted->status != OTR_OK && wanted->status != OTR_INVALID && status != OTR_OK;
    return status == wanted->status || lenient ? AGREE_ON_NONE : DIFFER;
}

/* Without a room of the host's the outcome is the same, or there is not enough of it. */
static bool same_without_room(const otr_expression *expression, otr_host host, otr_status status,
                              const otr_value *value)
{
    otr_value again;
    host.room = NULL;
    otr_status bare = otr_expression_evaluate(expression, &host, &again, NULL);
    return bare == OTR_LIMIT || (bare == status && (status != OTR_OK || same(value, &again)));
}

static agreement compare_with(otr_arena *arena, const ref_node *tree, ref_world *world, otr_str text,
                              otr_type wanted, ref_bug bug, char report[REF_REPORT_BYTES])
{
    static uint8_t bytes[ROOM_BYTES];
    otr_symbols symbols = {0};
    otr_expression *expression = NULL;
    otr_error error = {0};
    otr_environment environment = {
        .container = otr_str_of(world->container), .context = world, .knows = knows};
    otr_status status =
        world->open
            ? otr_expression_compile_open(arena, text, &environment, &symbols, &expression, &error)
            : otr_expression_compile(arena, text, NULL, OTR_SCOPE_ALL, wanted, &symbols, &expression, &error);
    if (status != OTR_OK) {
        add(report, "\n  refused at %d:%d: %s", error.line, error.column, error.text);
        /* The grammar takes whatever is spelled. */
        return status == OTR_LIMIT ? BEYOND_LIMITS : world->open ? DIFFER : REFUSED;
    }
    outcome expected = ref_evaluate(arena, tree, world, bug);
    if (expected.status == OTR_OK && wanted != OTR_TYPE_DYN && expected.value.type != wanted)
        expected.status = OTR_INVALID;
    otr_value value = {.type = OTR_TYPE_NULL};
    otr_room room = {.bytes = bytes, .size = sizeof bytes};
    loader of = {.world = world, .symbols = &symbols};
    otr_host host = {.context = &of, .load = load, .call = call, .room = &room};
    status = otr_expression_evaluate(expression, &host, &value, &error);
    agreement found = judge(status, &value, &expected, world->open);
    if (found != DIFFER && found != BEYOND_LIMITS && !same_without_room(expression, host, status, &value)) {
        add(report, "\n  another outcome without a room");
        found = DIFFER;
    }
    if (found == DIFFER) {
        add_outcome(report, "rules", status, &value, error.text);
        add_outcome(report, "reference", expected.status, &expected.value, "");
        add_bindings(report, world, &symbols);
    }
    return found;
}

agreement ref_compare(choices *from, bool open, ref_bug bug, char report[REF_REPORT_BYTES])
{
    static const char letters[] = "bbbbidsulptymTn";
    otr_arena arena = {0};
    ref_world world;
    char text[REF_TEXT_BYTES];
    bool wild = choose(from, 4) == 1;
    char letter = letters[choose(from, sizeof letters - 1)];
    ref_world_make(&world, from, open);
    const ref_node *tree = ref_generate(&arena, from, &world, wild, letter);
    report[0] = '\0';
    if (!ref_spell(tree, from, text)) {
        otr_arena_done(&arena);
        return BEYOND_LIMITS;
    }
    add(report, "%s%s%s%s", open ? "open" : "closed", world.container[0] != '\0' ? " in " : "",
        world.container, ":\n");
    add(report, "%s", text);
    agreement found = compare_with(&arena, tree, &world, otr_str_of(text),
                                   !open && letter == 'b' ? OTR_TYPE_BOOL : OTR_TYPE_DYN, bug, report);
    otr_arena_done(&arena);
    return found;
}

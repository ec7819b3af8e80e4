/* The walk: names, logic, conditions, collections and macros. */
#include "evaluate.h"

#include <string.h>

outcome ref_invalid(void)
{
    return (outcome){.status = OTR_INVALID};
}

outcome ref_ok(otr_value value)
{
    return (outcome){.status = OTR_OK, .value = value};
}

outcome ref_bool(bool flag)
{
    return ref_ok((otr_value){.type = OTR_TYPE_BOOL, .flag = flag});
}

outcome ref_list(evaluation *e, const otr_value *items, int count)
{
    otr_value *copy = otr_arena_array(e->arena, (size_t)count + 1, sizeof *copy);
    for (int i = 0; i < count; i++)
        copy[i] = items[i];
    return ref_ok((otr_value){.type = OTR_TYPE_LIST, .list = {copy, (size_t)count}});
}

static outcome walk(evaluation *e, const ref_node *node);

/* The last part of a.b.c, or NULL when there is no dot but the first. */
static const char *last_dot(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot == name ? NULL : dot;
}

static outcome select_field(const evaluation *e, outcome object, const char *field)
{
    otr_value key = {.type = OTR_TYPE_STRING, .text = otr_str_of(field)};
    if (object.status != OTR_OK)
        return object;
    if (object.value.type == OTR_TYPE_MAP) {
        const otr_value *found = ref_find(e, &object.value, &key);
        return found != NULL ? ref_ok(*found) : ref_invalid();
    }
    if (object.value.type != OTR_TYPE_LOCATION)
        return ref_invalid();
    if (strcmp(field, "latitude") == 0)
        return ref_double(object.value.location.latitude);
    return strcmp(field, "longitude") == 0 ? ref_double(object.value.location.longitude) : ref_invalid();
}

static const ref_binding *binding_of(const ref_world *world, otr_str name)
{
    for (int i = 0; i < world->count; i++)
        if (otr_str_is(name, world->bindings[i].name))
            return &world->bindings[i];
    return NULL;
}

static bool names_type(otr_str name)
{
    static const char *const types[] = {"int",
                                        "uint",
                                        "double",
                                        "bool",
                                        "string",
                                        "bytes",
                                        "list",
                                        "map",
                                        "null_type",
                                        "type",
                                        "google.protobuf.Timestamp",
                                        "google.protobuf.Duration"};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (otr_str_is(name, types[i]))
            return true;
    return false;
}

static outcome load(const ref_binding *binding)
{
    if (binding->status != OTR_OK)
        return (outcome){.status = binding->status};
    if (binding->insists != OTR_TYPE_DYN && binding->value.type != binding->insists)
        return ref_invalid();
    return ref_ok(binding->value);
}

static const variable *variable_of(const evaluation *e, otr_str name)
{
    const variable *found = NULL;
    for (const variable *v = e->variables; v != NULL; v = v->outer)
        if (otr_str_is(name, v->name)) {
            found = v;
            if (e->bug != REF_BUG_OUTER_VARIABLE)
                break;
        }
    return found;
}

/* The whole name as a binding or a type; *known says whether it is one. */
static outcome whole_name(evaluation *e, otr_str name, bool absolute, bool *known)
{
    const ref_world *world = e->world;
    otr_str container = absolute ? OTR_STR("") : otr_str_of(world->container);
    *known = true;
    for (;;) {
        otr_str full =
            container.size == 0 ? name : ref_print(e, "%.*s.%.*s", OTR_STR_ARG(container), OTR_STR_ARG(name));
        const ref_binding *binding = binding_of(world, full);
        if (binding != NULL)
            return load(binding);
        if (names_type(full))
            return ref_ok((otr_value){.type = OTR_TYPE_TYPE, .text = full});
        if (container.size == 0)
            break;
        while (container.size > 0 && container.data[container.size - 1] != '.')
            container.size--;
        container.size -= container.size > 0;
    }
    *known = false;
    return ref_invalid();
}

static outcome name(evaluation *e, const char *text)
{
    bool absolute = text[0] == '.';
    otr_str whole = otr_str_of(text + absolute);
    const char *dot = strchr(whole.data, '.');
    otr_str first = dot != NULL ? (otr_str){whole.data, (size_t)(dot - whole.data)} : whole;
    const variable *local = absolute ? NULL : variable_of(e, first);
    if (local == NULL) {
        bool known;
        outcome found = whole_name(e, whole, absolute, &known);
        if (known)
            return found;
        bool field = otr_str_is(first, "asset") || otr_str_is(first, "device");
        if (!e->world->open && (dot == NULL || field))
            return (outcome){.status = OTR_NOT_FOUND}; /* nothing is bound to it */
        if (dot == NULL)
            return ref_invalid();
    } else if (dot == NULL) {
        return ref_ok(local->value);
    }
    const char *last = last_dot(text);
    otr_str object = otr_arena_copy(e->arena, (otr_str){text, (size_t)(last - text)});
    return select_field(e, name(e, object.data), last + 1);
}

/* A selection from a name is read as a longer name. */
static outcome select_node(evaluation *e, const ref_node *node)
{
    const ref_node *object = node->children[0];
    if (object->kind == REF_NAME)
        return name(e, ref_print(e, "%s.%s", object->text, node->text).data);
    return select_field(e, walk(e, object), node->text);
}

static outcome has_field(const evaluation *e, outcome object, const char *field)
{
    otr_value key = {.type = OTR_TYPE_STRING, .text = otr_str_of(field)};
    if (object.status != OTR_OK)
        return object;
    if (object.value.type == OTR_TYPE_MAP)
        return ref_bool(ref_find(e, &object.value, &key) != NULL);
    outcome found = select_field(e, object, field);
    return found.status == OTR_OK ? ref_bool(true) : found;
}

static outcome has_name(evaluation *e, const char *text)
{
    otr_str whole = otr_str_of(text + (text[0] == '.'));
    const char *dot = strchr(whole.data, '.');
    const char *last = last_dot(text);
    if (dot == NULL || last == NULL)
        return ref_invalid();
    otr_str first = {whole.data, (size_t)(dot - whole.data)};
    if (text[0] == '.' || variable_of(e, first) == NULL) {
        bool known;
        outcome found = whole_name(e, whole, text[0] == '.', &known);
        bool field = !e->world->open && (otr_str_is(first, "asset") || otr_str_is(first, "device"));
        if (field && !known)
            return ref_bool(false);
        if (known &&
            (found.status == OTR_NOT_FOUND || (found.status == OTR_UNKNOWN && e->bug == REF_BUG_HAS_UNKNOWN)))
            return ref_bool(false);
        if (known)
            return found.status == OTR_UNKNOWN ? found : ref_bool(true);
    }
    otr_str object = otr_arena_copy(e->arena, (otr_str){text, (size_t)(last - text)});
    return has_field(e, name(e, object.data), last + 1);
}

static outcome has(evaluation *e, const ref_node *field)
{
    if (field->kind == REF_NAME)
        return has_name(e, field->text);
    const ref_node *object = field->children[0];
    if (object->kind == REF_NAME)
        return has_name(e, ref_print(e, "%s.%s", object->text, field->text).data);
    return has_field(e, walk(e, object), field->text);
}

/* Of two errors the one that is told. */
static outcome heavier(const evaluation *e, outcome first, outcome second)
{
    if (first.status == OTR_OK)
        return second;
    bool unknown = second.status == OTR_UNKNOWN && e->bug != REF_BUG_UNKNOWN_WEIGHS_NO_MORE;
    return unknown ? second : first;
}

/* What is no bool is an error where a bool is needed. */
static outcome as_bool(outcome operand)
{
    return operand.status == OTR_OK && operand.value.type != OTR_TYPE_BOOL ? ref_invalid() : operand;
}

static outcome logic(evaluation *e, const ref_node *node)
{
    bool decides = strcmp(node->text, "||") == 0;
    outcome left = as_bool(walk(e, node->children[0]));
    ref_bug bug = decides ? REF_BUG_OR_LEFT_TO_RIGHT : REF_BUG_AND_LEFT_TO_RIGHT;
    if (e->bug == bug && left.status != OTR_OK)
        return left;
    outcome right = as_bool(walk(e, node->children[1]));
    if ((left.status == OTR_OK && left.value.flag == decides) ||
        (right.status == OTR_OK && right.value.flag == decides))
        return ref_bool(decides);
    if (left.status != OTR_OK && right.status != OTR_OK)
        return heavier(e, left, right);
    return left.status != OTR_OK ? left : right;
}

static outcome condition(evaluation *e, const ref_node *node)
{
    outcome test = as_bool(walk(e, node->children[0]));
    if (test.status != OTR_OK)
        return test;
    outcome other = walk(e, node->children[test.value.flag ? 2 : 1]);
    if (e->bug == REF_BUG_BRANCHES_EAGER && other.status != OTR_OK)
        return other;
    return walk(e, node->children[test.value.flag ? 1 : 2]);
}

static bool is_key(const otr_value *value)
{
    return value->type == OTR_TYPE_BOOL || value->type == OTR_TYPE_INT || value->type == OTR_TYPE_UINT ||
           value->type == OTR_TYPE_STRING;
}

static outcome collection(evaluation *e, const ref_node *node)
{
    otr_value items[REF_CHILDREN];
    for (int i = 0; i < node->count; i++) {
        outcome item = walk(e, node->children[i]);
        if (item.status != OTR_OK)
            return item;
        items[i] = item.value;
    }
    outcome made = ref_list(e, items, node->count);
    if (node->kind == REF_LIST)
        return made;
    made.value.type = OTR_TYPE_MAP;
    for (int i = 0; i < node->count; i += 2) {
        otr_value before = made.value;
        before.list.count = (size_t)i / 2;
        if (!is_key(&items[i]))
            return ref_invalid();
        if (ref_find(e, &before, &items[i]) != NULL && e->bug != REF_BUG_KEYS_TWICE)
            return ref_invalid();
    }
    made.value.list.count = (size_t)node->count / 2;
    return made;
}

/* What a macro gathers. */
typedef struct gathered {
    otr_value *items;
    int count;
    int held; /* how often the condition held */
    outcome told;
    bool decided;
} gathered;

static bool is_macro(const ref_node *node, const char *text)
{
    return strcmp(node->text, text) == 0;
}

/* One round with its variables set; false when an error ends it all. */
static bool round_of(evaluation *e, const ref_node *node, otr_value first, gathered *g)
{
    bool all = is_macro(node, "all");
    bool maps = is_macro(node, "map") || strncmp(node->text, "transform", 9) == 0;
    const ref_node *test = maps && node->count == 2 ? NULL : node->children[1];
    outcome said = test != NULL ? as_bool(walk(e, test)) : ref_bool(true);
    if (all || is_macro(node, "exists")) {
        if (said.status != OTR_OK)
            g->told = heavier(e, g->told, said);
        else if (said.value.flag != all)
            g->decided = true;
        return said.status == OTR_OK || e->bug != REF_BUG_MACRO_FIRST_ERROR;
    }
    if (said.status != OTR_OK) {
        g->told = said;
        return false;
    }
    g->held += said.value.flag;
    if (!said.value.flag || strncmp(node->text, "exists", 6) == 0)
        return true;
    outcome made = maps ? walk(e, node->children[node->count - 1]) : ref_ok(first);
    if (made.status != OTR_OK) {
        g->told = made;
        return false;
    }
    if (is_macro(node, "transformMap"))
        g->items[g->count++] = first;
    g->items[g->count++] = made.value;
    return true;
}

static outcome macro(evaluation *e, const ref_node *node)
{
    outcome range = walk(e, node->children[0]);
    if (range.status != OTR_OK)
        return range;
    bool map = range.value.type == OTR_TYPE_MAP;
    if (!map && range.value.type != OTR_TYPE_LIST)
        return ref_invalid();
    gathered g = {.items = otr_arena_array(e->arena, 2 * range.value.list.count + 1, sizeof *g.items)};
    bool pair = node->variables[1] != NULL;
    const variable *outer = e->variables;
    bool going = true;
    for (size_t i = 0; i < range.value.list.count && going; i++) {
        const otr_value *items = range.value.list.items;
        otr_value item = items[map ? 2 * i + 1 : i];
        otr_value first = map ? items[2 * i] : item;
        if (pair && !map)
            first = ref_int((int64_t)i).value;
        variable one = {node->variables[0], first, outer};
        variable two = {node->variables[1], item, &one};
        e->variables = pair ? &two : &one;
        going = round_of(e, node, first, &g);
    }
    e->variables = outer;
    bool all = is_macro(node, "all");
    if (all || is_macro(node, "exists")) {
        if (all && range.value.list.count == 0 && e->bug == REF_BUG_ALL_OF_NOTHING)
            return ref_bool(false);
        if (g.decided)
            return ref_bool(!all);
        return g.told.status != OTR_OK ? g.told : ref_bool(all);
    }
    if (g.told.status != OTR_OK)
        return g.told;
    if (strncmp(node->text, "exists", 6) == 0)
        return ref_bool(e->bug == REF_BUG_EXISTS_ONE_AT_LEAST ? g.held >= 1 : g.held == 1);
    outcome made = ref_list(e, g.items, g.count);
    if (is_macro(node, "transformMap")) {
        made.value.type = OTR_TYPE_MAP;
        made.value.list.count /= 2;
    }
    return made;
}

/* What is made anew at every step grows fast; what grows beyond this is not compared. */
static bool is_too_large(const evaluation *e, const otr_value *value)
{
    enum { PARTS = 1024, ALL_BYTES = 32 << 20 };
    bool text = value->type == OTR_TYPE_STRING || value->type == OTR_TYPE_BYTES;
    bool collection = value->type == OTR_TYPE_LIST || value->type == OTR_TYPE_MAP;
    return (text && value->text.size > PARTS) || (collection && value->list.count > PARTS) ||
           e->arena->used_bytes > ALL_BYTES;
}

static outcome apply(evaluation *e, const ref_node *node, const char *text)
{
    otr_value operands[REF_CHILDREN];
    for (int i = 0; i < node->count; i++) {
        outcome operand = walk(e, node->children[i]);
        if (operand.status != OTR_OK)
            return operand;
        operands[i] = operand.value;
        e->beyond |= is_too_large(e, &operand.value);
    }
    if (e->beyond)
        return ref_invalid();
    return ref_apply(e, text, operands, node->count);
}

static outcome walk(evaluation *e, const ref_node *node)
{
    switch (node->kind) {
    case REF_LITERAL:
        return ref_ok(node->value);
    case REF_NAME:
        return name(e, node->text);
    case REF_USE:
        return load(&e->world->uses[node->use]);
    case REF_SELECT:
        return select_node(e, node);
    case REF_HAS:
        return has(e, node->children[0]);
    case REF_CONDITION:
        return condition(e, node);
    case REF_LIST:
    case REF_MAP:
        return collection(e, node);
    case REF_MACRO:
        return macro(e, node);
    case REF_INDEX:
        return apply(e, node, "[]");
    case REF_BINARY:
        if (strcmp(node->text, "&&") == 0 || strcmp(node->text, "||") == 0)
            return logic(e, node);
        return apply(e, node, node->text);
    default:
        return apply(e, node, node->text);
    }
}

outcome ref_apply(evaluation *e, const char *function, const otr_value *operands, int count)
{
    outcome out = ref_invalid();
    if (strcmp(function, "dyn") == 0)
        return ref_ok(operands[0]);
    if (!ref_operator(e, function, operands, count, &out) &&
        !ref_convert(e, function, operands, count, &out) && !ref_text(e, function, operands, count, &out) &&
        !ref_math(e, function, operands, count, &out))
        (void)ref_calendar(e, function, operands, count, &out);
    return out;
}

outcome ref_evaluate(otr_arena *arena, const ref_node *root, const ref_world *world, ref_bug bug)
{
    evaluation e = {.arena = arena, .world = world, .bug = bug};
    outcome out = walk(&e, root);
    return e.beyond ? (outcome){.status = OTR_LIMIT} : out;
}

/*
 * Expressions at random. A letter says what is wanted:
 *   b bool, i int, u uint, d double, s string, y bytes, t timestamp, p span, l list, m map, T type, n null,
 *   L location, a any of these; and of constants that are nearly always literals: k a position in a text or
 *   list, z a zone, r a pattern, D S N B the text of a duration, timestamp, number or bool, F a format.
 * Most operands have the type that their place asks for, since a tree that fails at every second node shows
 * little.
 */
#include "tree.h"

#include <stdio.h>
#include <string.h>

/* operands: a letter each. */
typedef struct form {
    char result;
    ref_kind kind;
    const char *text;
    const char *operands;
} form;

static const form forms[] = {
    {'i', REF_BINARY, "+", "ii"},
    {'i', REF_BINARY, "-", "ii"},
    {'i', REF_BINARY, "*", "ii"},
    {'i', REF_BINARY, "/", "ii"},
    {'i', REF_BINARY, "%", "ii"},
    {'i', REF_UNARY, "-", "i"},
    {'u', REF_BINARY, "+", "uu"},
    {'u', REF_BINARY, "-", "uu"},
    {'u', REF_BINARY, "*", "uu"},
    {'u', REF_BINARY, "/", "uu"},
    {'u', REF_BINARY, "%", "uu"},
    {'d', REF_BINARY, "+", "dd"},
    {'d', REF_BINARY, "-", "dd"},
    {'d', REF_BINARY, "*", "dd"},
    {'d', REF_BINARY, "/", "dd"},
    {'d', REF_UNARY, "-", "d"},
    {'s', REF_BINARY, "+", "ss"},
    {'y', REF_BINARY, "+", "yy"},
    {'l', REF_BINARY, "+", "ll"},
    {'t', REF_BINARY, "+", "tp"},
    {'t', REF_BINARY, "+", "pt"},
    {'t', REF_BINARY, "-", "tp"},
    {'p', REF_BINARY, "-", "tt"},
    {'p', REF_BINARY, "+", "pp"},
    {'p', REF_BINARY, "-", "pp"},
    {'b', REF_BINARY, "&&", "bb"},
    {'b', REF_BINARY, "&&", "bb"},
    {'b', REF_BINARY, "||", "bb"},
    {'b', REF_BINARY, "||", "bb"},
    {'b', REF_UNARY, "!", "b"},
    {'b', REF_BINARY, "in", "il"},
    {'b', REF_BINARY, "in", "al"},
    {'b', REF_BINARY, "in", "sm"},
    {'b', REF_BINARY, "in", "um"},
    {'i', REF_CALL, "int", "d"},
    {'i', REF_CALL, "int", "u"},
    {'i', REF_CALL, "int", "N"},
    {'i', REF_CALL, "int", "t"},
    {'u', REF_CALL, "uint", "d"},
    {'u', REF_CALL, "uint", "i"},
    {'u', REF_CALL, "uint", "N"},
    {'d', REF_CALL, "double", "i"},
    {'d', REF_CALL, "double", "u"},
    {'d', REF_CALL, "double", "N"},
    {'b', REF_CALL, "bool", "B"},
    {'s', REF_CALL, "string", "i"},
    {'s', REF_CALL, "string", "u"},
    {'s', REF_CALL, "string", "d"},
    {'s', REF_CALL, "string", "b"},
    {'s', REF_CALL, "string", "y"},
    {'s', REF_CALL, "string", "t"},
    {'s', REF_CALL, "string", "p"},
    {'y', REF_CALL, "bytes", "s"},
    {'p', REF_CALL, "duration", "D"},
    {'t', REF_CALL, "timestamp", "S"},
    {'t', REF_CALL, "timestamp", "i"},
    {'T', REF_CALL, "type", "a"},
    {'a', REF_CALL, "dyn", "a"},
    {'i', REF_CALL, "size", "s"},
    {'i', REF_MEMBER, "size", "s"},
    {'i', REF_CALL, "size", "y"},
    {'i', REF_MEMBER, "size", "l"},
    {'i', REF_CALL, "size", "m"},
    {'b', REF_MEMBER, "startsWith", "sc"},
    {'b', REF_MEMBER, "endsWith", "sc"},
    {'b', REF_MEMBER, "contains", "sc"},
    {'b', REF_MEMBER, "matches", "sr"},
    {'b', REF_CALL, "matches", "sr"},
    {'i', REF_MEMBER, "getFullYear", "t"},
    {'i', REF_MEMBER, "getMonth", "t"},
    {'i', REF_MEMBER, "getDate", "tz"},
    {'i', REF_MEMBER, "getDayOfMonth", "t"},
    {'i', REF_MEMBER, "getDayOfWeek", "t"},
    {'i', REF_MEMBER, "getDayOfYear", "tz"},
    {'i', REF_MEMBER, "getHours", "tz"},
    {'i', REF_MEMBER, "getMinutes", "t"},
    {'i', REF_MEMBER, "getSeconds", "t"},
    {'i', REF_MEMBER, "getMilliseconds", "t"},
    {'i', REF_MEMBER, "getHours", "p"},
    {'i', REF_MEMBER, "getMinutes", "p"},
    {'i', REF_MEMBER, "getSeconds", "p"},
    {'i', REF_MEMBER, "getMilliseconds", "p"},
    {'s', REF_MEMBER, "charAt", "sk"},
    {'s', REF_MEMBER, "substring", "sk"},
    {'s', REF_MEMBER, "substring", "skk"},
    {'i', REF_MEMBER, "indexOf", "sc"},
    {'i', REF_MEMBER, "indexOf", "sck"},
    {'i', REF_MEMBER, "lastIndexOf", "sc"},
    {'i', REF_MEMBER, "lastIndexOf", "sck"},
    {'s', REF_MEMBER, "lowerAscii", "s"},
    {'s', REF_MEMBER, "upperAscii", "s"},
    {'s', REF_MEMBER, "trim", "s"},
    {'s', REF_MEMBER, "replace", "scs"},
    {'s', REF_MEMBER, "replace", "scsk"},
    {'l', REF_MEMBER, "split", "sc"},
    {'l', REF_MEMBER, "split", "sck"},
    {'s', REF_MEMBER, "join", "l"},
    {'s', REF_MEMBER, "join", "lc"},
    {'s', REF_MEMBER, "format", "Fl"},
    {'s', REF_CALL, "strings.quote", "s"},
    {'i', REF_CALL, "math.greatest", "ii"},
    {'d', REF_CALL, "math.greatest", "did"},
    {'u', REF_CALL, "math.least", "uu"},
    {'d', REF_CALL, "math.least", "du"},
    {'a', REF_CALL, "math.least", "l"},
    {'d', REF_CALL, "math.ceil", "d"},
    {'d', REF_CALL, "math.floor", "d"},
    {'d', REF_CALL, "math.round", "d"},
    {'d', REF_CALL, "math.trunc", "d"},
    {'b', REF_CALL, "math.isNaN", "d"},
    {'b', REF_CALL, "math.isInf", "d"},
    {'b', REF_CALL, "math.isFinite", "d"},
    {'i', REF_CALL, "math.abs", "i"},
    {'d', REF_CALL, "math.abs", "d"},
    {'i', REF_CALL, "math.sign", "i"},
    {'u', REF_CALL, "math.sign", "u"},
    {'d', REF_CALL, "math.sign", "d"},
    {'i', REF_CALL, "math.bitAnd", "ii"},
    {'u', REF_CALL, "math.bitOr", "uu"},
    {'i', REF_CALL, "math.bitXor", "ii"},
    {'i', REF_CALL, "math.bitNot", "i"},
    {'u', REF_CALL, "math.bitShiftLeft", "ui"},
    {'i', REF_CALL, "math.bitShiftRight", "ik"},
};
enum { FORMS = sizeof forms / sizeof forms[0], LOCALS = 16 };

typedef struct local {
    const char *name;
    int letter;
} local;

typedef struct maker {
    otr_arena *arena;
    choices *from;
    const ref_world *world;
    bool wild;
    int nodes_left;
    local locals[LOCALS];
    int local_count;
} maker;

static const unsigned char any_letters[] = "bidsulptymTn";

static int any_letter(maker *m)
{
    return any_letters[choose(m->from, sizeof any_letters - 1)];
}

static ref_node *make(maker *m, int letter, int depth);

static ref_node *name_leaf(maker *m, int letter)
{
    /* Those of a macro first: they are few and rarely fit. */
    for (int i = m->local_count; i-- > 0;)
        if ((m->locals[i].letter == letter || m->locals[i].letter == 'a') && choose(m->from, 3) > 0)
            return ref_node_new(m->arena, REF_NAME, m->locals[i].name);
    int start = (int)choose(m->from, (uint32_t)m->world->count);
    for (int i = 0; i < m->world->count; i++) {
        const ref_binding *binding = &m->world->bindings[(start + i) % m->world->count];
        if (binding->letter != letter)
            continue;
        const char *name = binding->name;
        if (m->world->open && chance(m->from, 8)) {
            char absolute[32];
            int size = snprintf(absolute, sizeof absolute, ".%s", name);
            name = otr_arena_copy(m->arena, (otr_str){absolute, (size_t)size}).data;
        }
        return ref_node_new(m->arena, REF_NAME, name);
    }
    return NULL;
}

/* Of the past of a metric; NULL when no use gives this. */
static ref_node *use(maker *m, int letter)
{
    int start = (int)choose(m->from, REF_USES);
    for (int i = 0; i < REF_USES; i++) {
        int number = (start + i) % REF_USES;
        if (ref_uses[number].letter != letter)
            continue;
        ref_node *node = ref_node_new(m->arena, REF_USE, ref_uses[number].spellings[choose(m->from, 2)]);
        node->use = number;
        return node;
    }
    return NULL;
}

static ref_node *collection(maker *m, int letter, int depth)
{
    ref_node *node = ref_node_new(m->arena, letter == 'l' ? REF_LIST : REF_MAP, NULL);
    static const unsigned char keys[] = "siub";
    int item = any_letter(m);
    int key = keys[choose(m->from, 4)];
    for (uint32_t left = choose(m->from, 4); left > 0; left--) {
        if (chance(m->from, 6))
            item = any_letter(m);
        if (letter == 'm')
            ref_adopt(node, make(m, key, 0));
        ref_adopt(node, make(m, item, depth - 1));
    }
    return node;
}

static ref_node *leaf(maker *m, int letter)
{
    bool named = choose(m->from, 2) == 1;
    ref_node *node = NULL;
    if (letter == 'k' && chance(m->from, 8))
        letter = 'i';
    if (named && !m->world->open && chance(m->from, 4))
        node = use(m, letter);
    if (node == NULL && (named || letter == 'L'))
        node = name_leaf(m, letter);
    if (node == NULL && letter == 'L')
        node = name_leaf(m, 'd');
    if (node == NULL && (letter == 'l' || letter == 'm'))
        node = collection(m, letter, 0);
    return node != NULL ? node : ref_literal(m->arena, m->from, letter);
}

/* What depends on the innermost variable of a macro; of whole numbers often what fails for some of them. */
static ref_node *of_variable(maker *m, int letter, int depth)
{
    ref_node *variable = ref_node_new(m->arena, REF_NAME, m->locals[m->local_count - 1].name);
    if ((letter != 'i' && letter != 'u') || choose(m->from, 2) == 0)
        return choose(m->from, 2) == 0 ? variable : make(m, letter, depth);
    ref_node *quotient = ref_node_new(m->arena, REF_BINARY, choose(m->from, 2) == 0 ? "/" : "%");
    ref_adopt(quotient, make(m, letter, depth - 1));
    ref_adopt(quotient, variable);
    return quotient;
}

static ref_node *comparison(maker *m, int depth)
{
    static const char *const pairs[] = {"ii", "dd", "uu", "id", "di", "ud", "iu", "ui",
                                        "ss", "bb", "yy", "tt", "pp", "dd", "ii", "ss"};
    static const char *const equals[] = {"ll", "mm", "TT", "nn", "LL", "aa"};
    static const char *const signs[] = {"<", "==", ">", "<=", ">=", "!="};
    const int *of_local = m->local_count > 0 ? &m->locals[m->local_count - 1].letter : NULL;
    bool equality = chance(m->from, 4);
    ref_node *node = ref_node_new(m->arena, REF_BINARY, signs[choose(m->from, 6)]);
    const char *pair = pairs[choose(m->from, 16)];
    if (of_local != NULL && strchr("isdubtyp", *of_local) != NULL && choose(m->from, 2) == 1) {
        ref_adopt(node, of_variable(m, *of_local, depth - 1));
        ref_adopt(node, make(m, *of_local, depth - 1));
        return node;
    }
    if (equality) {
        node->text = choose(m->from, 2) == 0 ? "==" : "!=";
        pair = equals[choose(m->from, 6)];
    }
    bool any = pair[0] == 'a';
    int left = any ? any_letter(m) : (unsigned char)pair[0];
    int right = !any ? (unsigned char)pair[1] : choose(m->from, 2) == 0 ? left : any_letter(m);
    ref_adopt(node, make(m, left, depth - 1));
    /* The same thing twice shows what equality means. */
    ref_adopt(node, left == right && chance(m->from, 6) ? node->children[0] : make(m, right, depth - 1));
    return node;
}

/* A number among numbers. */
static ref_node *membership(maker *m, int depth)
{
    static const unsigned char numbers[] = "iud";
    ref_node *node = ref_node_new(m->arena, REF_BINARY, "in");
    ref_node *list = ref_node_new(m->arena, REF_LIST, NULL);
    ref_adopt(node, make(m, numbers[choose(m->from, 3)], depth - 1));
    ref_adopt(node, list);
    for (int i = 0; i < 4; i++)
        ref_adopt(list, make(m, numbers[choose(m->from, 3)], 0));
    return node;
}

static ref_node *apply(maker *m, const form *of, int depth)
{
    ref_node *node = ref_node_new(m->arena, of->kind, of->text);
    for (const char *letter = of->operands; *letter != '\0'; letter++)
        ref_adopt(node, make(m, *letter == 'a' ? any_letter(m) : *letter, depth - 1));
    return node;
}

/* One of the forms with this result, or NULL. */
static ref_node *formed(maker *m, int letter, int depth)
{
    uint32_t count = 0;
    for (int i = 0; i < FORMS; i++)
        count += forms[i].result == letter || forms[i].result == 'a';
    if (count == 0)
        return NULL;
    uint32_t pick = choose(m->from, count);
    for (int i = 0; i < FORMS; i++)
        if ((forms[i].result == letter || forms[i].result == 'a') && pick-- == 0)
            return apply(m, &forms[i], depth);
    return NULL;
}

static void push_local(maker *m, ref_node *macro, int number, int letter)
{
    static const char *const names[] = {"x", "v", "i", "temperature", "m", "at", "asset"};
    const char *name = names[choose(m->from, chance(m->from, 4) ? 7 : 2)];
    if (number == 1 && strcmp(name, macro->variables[0]) == 0)
        name = "w"; /* two names are needed */
    macro->variables[number] = name;
    m->locals[m->local_count++] = (local){name, letter};
}

/* A list or map literal with items of one type, mostly; its letters come back. */
static ref_node *range(maker *m, int depth, int *key, int *item)
{
    static const unsigned char keys[] = "siub";
    bool map = chance(m->from, 4);
    *item = choose(m->from, 2) == 0 ? 'i' : any_letter(m);
    *key = map ? keys[choose(m->from, 4)] : 'i';
    if (chance(m->from, 8)) {
        *item = 'a';
        return make(m, map ? 'm' : 'l', depth - 1);
    }
    ref_node *node = ref_node_new(m->arena, map ? REF_MAP : REF_LIST, NULL);
    for (uint32_t left = choose(m->from, 4); left > 0; left--) {
        if (map)
            ref_adopt(node, make(m, *key, 0));
        ref_adopt(node, make(m, *item, depth > 2 ? 1 : 0));
    }
    return node;
}

static ref_node *macro(maker *m, int letter, int depth)
{
    static const char *const of_bool[] = {"all", "exists", "exists_one", "existsOne"};
    static const char *const of_list[] = {"map", "filter", "transformList"};
    ref_node *node = ref_node_new(m->arena, REF_MACRO, "transformMap");
    if (letter == 'b')
        node->text = of_bool[choose(m->from, 4)];
    else if (letter == 'l')
        node->text = of_list[choose(m->from, 3)];
    bool transforms = strncmp(node->text, "transform", 9) == 0;
    bool pair = transforms || (letter == 'b' && choose(m->from, 2) == 1);
    int key;
    int item;
    ref_adopt(node, range(m, depth, &key, &item));
    if (m->local_count + 2 > LOCALS)
        return node->children[0];
    int outer = m->local_count;
    bool of_map = node->children[0]->kind == REF_MAP;
    push_local(m, node, 0, pair || of_map ? key : item);
    if (pair)
        push_local(m, node, 1, item);
    bool maps = transforms || strcmp(node->text, "map") == 0;
    if (!maps || choose(m->from, 2) == 1)
        ref_adopt(node, make(m, 'b', depth - 1));
    if (maps)
        ref_adopt(node, make(m, any_letter(m), depth - 1));
    m->local_count = outer;
    return node;
}

static ref_node *has(maker *m, int depth)
{
    static const char *const fields[] = {"x", "asset", "latitude", "nothing"};
    static const char *const paths[] = {"asset.limit.max", "asset.unset",   "device.id", "m.x",
                                        "m.nothing",       "place.latitude"};
    ref_node *node = ref_node_new(m->arena, REF_HAS, NULL);
    uint32_t way = choose(m->from, 3);
    if (way == 0) {
        ref_adopt(node, ref_node_new(m->arena, REF_NAME, paths[choose(m->from, 6)]));
        return node;
    }
    ref_node *field = ref_node_new(m->arena, REF_SELECT, fields[choose(m->from, 4)]);
    ref_adopt(field, way == 1 ? collection(m, 'm', depth - 1) : make(m, 'm', depth - 1));
    ref_adopt(node, field);
    return node;
}

/* [...][0], {...}["x"] or {"x": ...}.x: something of any type in the checker's eyes. */
static ref_node *picked(maker *m, int letter, int depth)
{
    uint32_t way = choose(m->from, 3);
    ref_node *node = ref_node_new(m->arena, way == 2 ? REF_SELECT : REF_INDEX, way == 2 ? "x" : NULL);
    ref_node *object = ref_node_new(m->arena, way == 0 ? REF_LIST : REF_MAP, NULL);
    static const unsigned char keys[] = "siub";
    int key = way == 1 ? keys[choose(m->from, 4)] : 's';
    ref_adopt(node, object);
    for (uint32_t left = 1 + choose(m->from, 2); left > 0; left--) {
        if (way != 0) {
            ref_node *name = ref_literal(m->arena, m->from, key);
            if (way == 2 && left == 1)
                name->value.text = OTR_STR("x");
            ref_adopt(object, name);
        }
        ref_adopt(object, make(m, letter, depth - 1));
    }
    if (way == 0)
        ref_adopt(node, make(m, choose(m->from, 4) > 0 ? 'k' : choose(m->from, 2) == 0 ? 'u' : 'd', 0));
    else if (way == 1)
        ref_adopt(node, choose(m->from, 2) == 0 ? object->children[0] : make(m, key, 0));
    return node;
}

static ref_node *condition(maker *m, int letter, int depth)
{
    ref_node *node = ref_node_new(m->arena, REF_CONDITION, NULL);
    ref_adopt(node, make(m, 'b', depth - 1));
    ref_adopt(node, make(m, letter, depth - 1));
    ref_adopt(node, make(m, letter, depth - 1));
    return node;
}

static ref_node *make(maker *m, int letter, int depth)
{
    if (m->wild && chance(m->from, 24))
        letter = any_letter(m);
    if (letter == 'a')
        letter = any_letter(m);
    bool literal = strchr("kczrDSNBF", letter) != NULL;
    if (depth <= 0 || m->nodes_left-- <= 0 || choose(m->from, 5) == 0 || (literal && !chance(m->from, 8)))
        return leaf(m, letter);
    if (literal)
        letter = letter == 'k' ? 'i' : 's';
    uint32_t way = choose(m->from, 12);
    if (way == 1)
        return condition(m, letter, depth);
    if (way == 2)
        return picked(m, letter, depth);
    if (letter == 'b' && way >= 3 && way <= 5)
        return chance(m->from, 8) ? membership(m, depth) : comparison(m, depth);
    if (letter == 'b' && way == 6)
        return has(m, depth);
    /* Inside one more often, for variables that hide each other. */
    if ((letter == 'b' && (way == 7 || (way > 7 && m->local_count > 0))) ||
        ((letter == 'l' || letter == 'm') && way <= 7))
        return macro(m, letter, depth);
    if (letter == 'm' || (letter == 'l' && way == 8))
        return collection(m, letter, depth);
    ref_node *node = formed(m, letter, depth);
    return node != NULL ? node : leaf(m, letter);
}

ref_node *ref_generate(otr_arena *arena, choices *from, const ref_world *world, bool wild, int letter)
{
    maker m = {.arena = arena, .from = from, .world = world, .wild = wild, .nodes_left = 40};
    return make(&m, letter, 2 + (int)choose(from, 4));
}

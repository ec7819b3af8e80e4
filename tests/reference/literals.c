/* The constants that expressions are made of: edges of every type, and texts that nearly mean something. */
#include "tree.h"

#include <math.h>

ref_node *ref_node_new(otr_arena *arena, ref_kind kind, const char *text)
{
    ref_node *node = otr_arena_alloc(arena, sizeof *node);
    if (node == NULL)
        __builtin_trap();
    node->kind = kind;
    node->text = text;
    return node;
}

void ref_adopt(ref_node *parent, ref_node *child)
{
    if (parent->count >= REF_CHILDREN)
        __builtin_trap();
    parent->children[parent->count++] = child;
}

static const int64_t ints[] = {0,
                               1,
                               2,
                               3,
                               -1,
                               7,
                               10,
                               -7,
                               64,
                               63,
                               255,
                               86400,
                               INT64_MAX,
                               INT64_MIN,
                               INT64_MAX - 1,
                               9007199254740992,
                               9007199254740993,
                               -9007199254740993,
                               4294967296,
                               3037000500,
                               1709164800,
                               253402300799};
static const uint64_t naturals[] = {0,
                                    1,
                                    2,
                                    3,
                                    5,
                                    10,
                                    63,
                                    64,
                                    UINT64_MAX,
                                    UINT64_MAX - 1,
                                    INT64_MAX,
                                    (uint64_t)INT64_MAX + 1,
                                    9007199254740993,
                                    4294967296};
static const double numbers[] = {0.0,  1.0,   2.5,    -1.5, 0.5,  -0.5, 3.0,    1e3,    0.1,
                                 1e20, 1e21,  1e-5,   0.3,  1e-4, 1.5,  -2.5,   1e300,  9007199254740992.0,
                                 1e15, 3.5e7, 5e-324, 2.0,  -0.0, 8.0,  0x1p63, 0x1p64, 123456.789};
static const otr_str strings[] = {{"", 0},
                                  {"a", 1},
                                  {"ab", 2},
                                  {"abcabc", 6},
                                  {"E12", 3},
                                  {"b", 1},
                                  {"caf\xC3\xA9", 5},
                                  {" a b ", 5},
                                  {"\xE2\x82\xAC", 3},
                                  {"a,b,,c", 6},
                                  {"\xF0\x9F\x9A\x9A!", 5},
                                  {"\"'\\", 3},
                                  {"l1\nl2\t", 6},
                                  {"\xE3\x80\x80x\xC2\xA0", 6},
                                  {"B", 1},
                                  {"%", 1},
                                  {"aaa", 3},
                                  {"`", 1},
                                  {"\x01z", 2},
                                  {"Zz", 2},
                                  {"a\0b", 3},
                                  {"x", 1}};
static const otr_str octets[] = {{"", 0},         {"a", 1},         {"\xFF\x00", 2}, {"abc", 3},
                                 {"\xC3\xA9", 2}, {"\xC3", 1},      {"\\\"", 2},     {"\xED\xA0\x80", 3},
                                 {"\xC0\x80", 2}, {"\x7F\x80\n", 3}};
static const char *const spans[] = {"10m",
                                    "1h30m",
                                    "0",
                                    "-1s",
                                    "1.5s",
                                    "1ns",
                                    "999ns",
                                    "-1ns",
                                    "1d",
                                    "2w",
                                    "9223372036854775807ns",
                                    "-9223372036854775808ns",
                                    "9223372036s",
                                    "1us",
                                    "250ms",
                                    "-90m",
                                    "+1h",
                                    "",
                                    "10",
                                    "1 h",
                                    "h",
                                    "9223372036854775808ns",
                                    "1.s",
                                    ".5s",
                                    "-",
                                    "1h-1m",
                                    "1H"};
static const char *const instants[] = {"2024-05-01T12:00:00Z",
                                       "1970-01-01T00:00:00Z",
                                       "2024-02-29T23:59:59.5Z",
                                       "1969-12-31T23:59:59.999Z",
                                       "0001-01-01T00:00:00Z",
                                       "9999-12-31T23:59:59.999999999Z",
                                       "2000-12-31T00:00:00+02:00",
                                       "2023-12-31T23:30:00-05:30",
                                       "1600-02-29T01:02:03.000000001Z",
                                       "1900-03-01T00:00:00Z",
                                       "2023-02-29T00:00:00Z",
                                       "2024-13-01T00:00:00Z",
                                       "0001-01-01T00:00:00+00:01",
                                       "9999-12-31T23:59:59-00:01",
                                       "2024-05-01T25:00:00Z",
                                       "2024-05-01T12:60:00Z",
                                       "yesterday",
                                       "",
                                       "2024-00-10T00:00:00Z",
                                       "2024-04-31T00:00:00Z",
                                       "2024-05-01T12:00:00.123456789+14:00"};
static const char *const number_texts[] = {"0",
                                           "12",
                                           "7",
                                           "255",
                                           "9223372036854775807",
                                           "9223372036854775808",
                                           "-9223372036854775808",
                                           "18446744073709551615",
                                           "18446744073709551616",
                                           "1e3",
                                           "-2.5e-3",
                                           "-7",
                                           "1.5",
                                           "abc",
                                           "",
                                           "1x",
                                           "NaN",
                                           "inf",
                                           "-Infinity",
                                           " 1",
                                           "1 ",
                                           "--1",
                                           "1e999",
                                           "1e-400",
                                           ".5",
                                           "5.",
                                           "0.1",
                                           "+5",
                                           "1,5",
                                           "-"};
static const char *const bool_texts[] = {"true", "false", "1",   "0", "t",   "F",
                                         "TRUE", "False", "yes", "",  "tRUE"};
static const char *const zones[] = {"UTC",          "+02:00", "-11:30", "00:15", "+24:00",
                                    "Nowhere/None", "",       "+2:00",  "-00:01"};
static const char *const patterns[] = {"a",       "b+",      "^a",   "c$",      "a*b",  "[a-c]+", "(a|b)c",
                                       "E1.",     "^$",      ".",    "x?y",     "a{2}", "[^a]",   "(ab|c)*",
                                       "^(a*)*$", "\\d",     "a.*c", "^a.c",    "(",    "*",      "[",
                                       "b|",      "a{1,2}b", "\\.",  "^[a-z]+$"};
static const char *const formats[] = {"%s", "%d", "%s and %s", "100%%", "%.2f", "%x",
                                      "%X", "%b", "%o",        "%e",    "%.0f", "",
                                      "%",  "%z", "plain",     "%d%s",  "%.3e"};
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

/* What one text is looked for, cut at or joined with in another. */
static const char *const parts[] = {"a", ",", "b", "", "ab", "\xC3\xA9"};

/* Mostly one of those at the front, which mean something. */
#define PICK_MOSTLY(pool, good)                                                                              \
    pool[choose(from, choose(from, 4) < 3 ? (good) : sizeof(pool) / sizeof((pool)[0]))]
#define PICK(pool) pool[choose(from, sizeof(pool) / sizeof((pool)[0]))]

static ref_node *constant(otr_arena *arena, otr_value value)
{
    ref_node *node = ref_node_new(arena, REF_LITERAL, NULL);
    node->value = value;
    return node;
}

static ref_node *text(otr_arena *arena, const char *content)
{
    return constant(arena, (otr_value){.type = OTR_TYPE_STRING, .text = otr_str_of(content)});
}

static ref_node *made(otr_arena *arena, const char *function, const char *content)
{
    ref_node *call = ref_node_new(arena, REF_CALL, function);
    ref_adopt(call, text(arena, content));
    return call;
}

/* One in sixteen doubles is none of those that can be written as a number. */
static ref_node *number(otr_arena *arena, choices *from)
{
    static const char *const odd[] = {"NaN", "inf", "-inf"};
    if (chance(from, 16))
        return made(arena, "double", PICK(odd));
    return constant(arena, (otr_value){.type = OTR_TYPE_DOUBLE, .number = PICK(numbers)});
}

ref_node *ref_literal(otr_arena *arena, choices *from, int letter)
{
    switch (letter) {
    case 'b':
        return constant(arena, (otr_value){.type = OTR_TYPE_BOOL, .flag = choose(from, 2) == 1});
    case 'i':
        return constant(arena, (otr_value){.type = OTR_TYPE_INT, .integer = PICK(ints)});
    case 'k':
        return constant(arena, (otr_value){.type = OTR_TYPE_INT, .integer = (int)choose(from, 8) - 1});
    case 'u':
        return constant(arena, (otr_value){.type = OTR_TYPE_UINT, .natural = PICK(naturals)});
    case 'd':
        return number(arena, from);
    case 's':
        return constant(arena, (otr_value){.type = OTR_TYPE_STRING, .text = PICK(strings)});
    case 'y':
        return constant(arena, (otr_value){.type = OTR_TYPE_BYTES, .text = PICK(octets)});
    case 'n':
        return constant(arena, (otr_value){.type = OTR_TYPE_NULL});
    case 'p':
        return made(arena, "duration", spans[choose(from, 17)]);
    case 't':
        return made(arena, "timestamp", instants[choose(from, 10)]);
    case 'T':
        return ref_node_new(arena, REF_NAME, PICK(types));
    case 'D':
        return text(arena, PICK_MOSTLY(spans, 17));
    case 'S':
        return text(arena, PICK_MOSTLY(instants, 10));
    case 'N':
        return text(arena, PICK_MOSTLY(number_texts, 5));
    case 'B':
        return text(arena, PICK_MOSTLY(bool_texts, 8));
    case 'z':
        return text(arena, PICK_MOSTLY(zones, 4));
    case 'r':
        return text(arena, PICK_MOSTLY(patterns, 18));
    case 'c':
        return text(arena, PICK(parts));
    case 'F':
        return text(arena, PICK_MOSTLY(formats, 12));
    default:
        return NULL;
    }
}

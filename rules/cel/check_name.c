/* Names: asset.x.y and device.x are fields, every other identifier is a metric, or before one the role of the
 * device that it is of. */
#include "base/limits.h"
#include "base/metric.h"
#include "rules/cel/check.h"
#include "rules/load/nearest.h"

#include <stdio.h>

enum { PATH_BYTES_MAX = 255, SYMBOLS_MIN = 16 };

static otr_type type_of_metric(otr_str name)
{
    const otr_metric *metric = otr_metric_find(name);
    if (metric == NULL)
        return OTR_TYPE_DYN;
    switch (metric->kind) {
    case OTR_KIND_NUMBER:
        return OTR_TYPE_DOUBLE;
    case OTR_KIND_BOOL:
        return OTR_TYPE_BOOL;
    case OTR_KIND_TEXT:
        return OTR_TYPE_STRING;
    case OTR_KIND_LOCATION:
        return OTR_TYPE_LOCATION;
    case OTR_KIND_ANY:
        break;
    }
    return OTR_TYPE_DYN;
}

static bool grow(otr_checker *checker)
{
    otr_symbols *symbols = checker->symbols;
    uint32_t capacity = symbols->capacity == 0 ? SYMBOLS_MIN : symbols->capacity * 2;
    otr_symbol *list = otr_arena_array(checker->arena, capacity, sizeof *list);
    if (list == NULL)
        return otr_source_memory(checker->source) == OTR_OK;
    if (symbols->count > 0)
        memcpy(list, symbols->list, symbols->count * sizeof *list);
    symbols->list = list;
    symbols->capacity = capacity;
    return true;
}

bool otr_check_symbol(otr_checker *checker, otr_node *node, otr_symbol_kind kind, otr_str path)
{
    otr_symbols *symbols = checker->symbols;
    uint32_t number = 0;
    while (number < symbols->count &&
           !(symbols->list[number].kind == kind && otr_str_equal(symbols->list[number].path, path)))
        number++;
    if (number == symbols->count) {
        if (symbols->count == symbols->capacity && !grow(checker))
            return false;
        otr_symbol symbol = {
            .path = otr_arena_copy(checker->arena, path), .kind = kind, .type = OTR_TYPE_DYN};
        if (symbol.path.data == NULL)
            return otr_source_memory(checker->source) == OTR_OK;
        if (kind == OTR_SYMBOL_METRIC) {
            const char *dot = memchr(symbol.path.data, '.', symbol.path.size);
            size_t role = dot != NULL ? (size_t)(dot - symbol.path.data) : 0;
            size_t skipped = dot != NULL ? role + 1 : 0;
            symbol.role = (otr_str){symbol.path.data, role};
            symbol.metric = (otr_str){symbol.path.data + skipped, symbol.path.size - skipped};
            symbol.type = type_of_metric(symbol.metric);
        }
        symbols->list[symbols->count++] = symbol;
    }
    node->kind = OTR_NODE_SYMBOL;
    node->symbol = number;
    node->type = symbols->list[number].type;
    node->text = symbols->list[number].path;
    node->first = NULL;
    node->last = NULL;
    node->count = 0;
    return true;
}

/* Metrics of the catalogue and the two objects. */
static otr_nearest near_names(otr_str name)
{
    otr_nearest nearest = {0};
    size_t count;
    const otr_metric *list = otr_metric_list(&count);
    otr_nearest_offer(&nearest, name, OTR_STR("asset"));
    otr_nearest_offer(&nearest, name, OTR_STR("device"));
    for (size_t i = 0; i < count; i++)
        otr_nearest_offer(&nearest, name, otr_str_of(list[i].name));
    return nearest;
}

static int shown(otr_str text)
{
    return text.size > 60 ? 60 : (int)text.size;
}

static bool is_object(otr_str name)
{
    return otr_str_is(name, "asset") || otr_str_is(name, "device");
}

static bool check_metric(otr_checker *checker, otr_node *node, otr_str path)
{
    if (checker->scope == OTR_SCOPE_FIELDS)
        return otr_check_fail(checker, node->at,
                              "%.*s is a metric; only fields of asset and device are known here", shown(path),
                              path.data);
    return otr_check_symbol(checker, node, OTR_SYMBOL_METRIC, path);
}

static bool check_identifier(otr_checker *checker, otr_node *node)
{
    otr_str name = node->text;
    if (otr_check_local(checker, node))
        return true;
    if (otr_type_named(name, &node->value)) {
        node->kind = OTR_NODE_LITERAL;
        node->type = OTR_TYPE_TYPE;
        return true;
    }
    if (is_object(name))
        return otr_check_fail(checker, node->at, "%.*s is an object: name one of its fields, such as %.*s.%s",
                              OTR_STR_ARG(name), OTR_STR_ARG(name), name.data[0] == 'a' ? "class" : "id");
    otr_nearest nearest = near_names(name);
    if (!otr_metric_name_ok(name))
        return otr_check_fail(checker, node->at,
                              "%.*s cannot be a metric: lower-case letters, digits and _, at most %d%s%.*s%s",
                              shown(name), name.data, OTR_LIMIT_METRIC_NAME_BYTES, OTR_NEAREST_ARG(nearest));
    return check_metric(checker, node, name);
}

/* a.b.c as written without blanks, when the chain of selections begins at asset or device. */
static bool field_path(const otr_node *node, char path[PATH_BYTES_MAX], size_t *size)
{
    *size = 0;
    const otr_node *root = node;
    while (root->kind == OTR_NODE_SELECT) {
        *size += root->text.size + 1;
        root = root->first;
    }
    if (root->kind != OTR_NODE_NAME || !is_object(root->text))
        return false;
    *size += root->text.size;
    if (*size > PATH_BYTES_MAX)
        return true;
    size_t at = *size;
    for (; node != root; node = node->first) {
        at -= node->text.size;
        memcpy(path + at, node->text.data, node->text.size);
        path[--at] = '.';
    }
    memcpy(path, root->text.data, root->text.size);
    return true;
}

/* google.protobuf.X, the names of two types. */
static bool protobuf_name(const otr_node *node, char out[PATH_BYTES_MAX])
{
    const otr_node *package = node->first;
    if (package->kind != OTR_NODE_SELECT || package->first->kind != OTR_NODE_NAME ||
        !otr_str_is(package->first->text, "google") || !otr_str_is(package->text, "protobuf") ||
        node->text.size > PATH_BYTES_MAX / 2)
        return false;
    (void)snprintf(out, PATH_BYTES_MAX, "google.protobuf.%.*s", OTR_STR_ARG(node->text));
    return true;
}

static bool is_coordinate(otr_str name)
{
    return otr_str_is(name, "latitude") || otr_str_is(name, "longitude");
}

/* Whether a.b is the metric b of the device with the role a. A metric of the catalogue has no fields, but a
 * door or a battery may be a role too: what follows it must then be one that the catalogue knows. */
static bool is_of_role(const otr_checker *checker, const otr_node *node)
{
    otr_value type;
    otr_node root = *node->first;
    otr_str role = root.text;
    if (root.kind != OTR_NODE_NAME || otr_check_local(checker, &root) || !otr_metric_name_ok(role) ||
        !otr_metric_name_ok(node->text) || is_coordinate(node->text) || otr_type_named(role, &type) ||
        otr_str_is(role, "math") || otr_str_is(role, "strings") || otr_str_is(role, "google"))
        return false;
    const otr_metric *metric = otr_metric_find(role);
    return metric == NULL || (metric->kind != OTR_KIND_LOCATION && otr_metric_find(node->text) != NULL);
}

static bool check_of_role(otr_checker *checker, otr_node *node)
{
    otr_str role = node->first->text;
    bool asset = otr_edit_distance(role, OTR_STR("asset"), 1) <= 1;
    if (asset || otr_edit_distance(role, OTR_STR("device"), 1) <= 1)
        return otr_check_fail(checker, node->first->at, "%.*s cannot be a role; did you mean %s?",
                              shown(role), role.data, asset ? "asset" : "device");
    char path[2 * OTR_LIMIT_METRIC_NAME_BYTES + 2];
    int size = snprintf(path, sizeof path, "%.*s.%.*s", OTR_STR_ARG(role), OTR_STR_ARG(node->text));
    return check_metric(checker, node, (otr_str){path, (size_t)size});
}

static bool check_select(otr_checker *checker, otr_node *node)
{
    char path[PATH_BYTES_MAX];
    size_t size;
    otr_node root = *node;
    while (root.kind == OTR_NODE_SELECT)
        root = *root.first;
    if (!otr_check_local(checker, &root) && field_path(node, path, &size)) {
        if (size > PATH_BYTES_MAX)
            return otr_check_fail(checker, node->start, "this name is longer than %d bytes", PATH_BYTES_MAX);
        return otr_check_symbol(checker, node, OTR_SYMBOL_FIELD, (otr_str){path, size});
    }
    if (is_of_role(checker, node))
        return check_of_role(checker, node);
    otr_node *object = node->first;
    char name[PATH_BYTES_MAX];
    if (protobuf_name(node, name) && otr_type_named(otr_str_of(name), &node->value)) {
        node->kind = OTR_NODE_LITERAL;
        node->type = OTR_TYPE_TYPE;
        return true;
    }
    if (!otr_check_tree(checker, object))
        return false;
    if (object->type == OTR_TYPE_MAP || (object->type == OTR_TYPE_DYN && object->kind != OTR_NODE_SYMBOL)) {
        node->type = OTR_TYPE_DYN;
        return true;
    }
    bool latitude = otr_str_is(node->text, "latitude");
    if (is_coordinate(node->text) && (object->type == OTR_TYPE_LOCATION || object->type == OTR_TYPE_DYN)) {
        node->kind = latitude ? OTR_NODE_LATITUDE : OTR_NODE_LONGITUDE;
        node->type = OTR_TYPE_DOUBLE;
        return true;
    }
    if (object->type == OTR_TYPE_LOCATION || object->type == OTR_TYPE_DYN)
        return otr_check_fail(checker, node->at,
                              "there is no field %.*s; a location has latitude and longitude",
                              shown(node->text), node->text.data);
    return otr_check_fail(checker, node->at, "%s has no fields, so there is no %.*s",
                          otr_type_phrase(object->type), shown(node->text), node->text.data);
}

bool otr_check_name(otr_checker *checker, otr_node *node)
{
    return node->kind == OTR_NODE_NAME ? check_identifier(checker, node) : check_select(checker, node);
}

/* Names where the environment says which there are: variables with dots in them, containers, types. */
#include "rules/cel/check.h"

#include <stdio.h>

enum { NAME_BYTES_MAX = 1024, PARTS_MAX = 64 };

bool otr_check_local(const otr_checker *checker, otr_node *node)
{
    if (node->kind != OTR_NODE_NAME || node->absolute)
        return false;
    for (const otr_local *local = checker->locals; local != NULL; local = local->outer) {
        if (!otr_str_equal(local->name, node->text))
            continue;
        node->kind = OTR_NODE_LOCAL;
        node->symbol = local->number;
        node->type = local->type;
        return true;
    }
    return false;
}

static bool is_known(const otr_checker *checker, otr_str name)
{
    otr_value type;
    const otr_environment *environment = checker->environment;
    return environment->knows(environment->context, name) || otr_type_named(name, &type);
}

static bool become(otr_checker *checker, otr_node *node, otr_str name)
{
    otr_value type;
    const otr_environment *environment = checker->environment;
    if (environment->knows(environment->context, name))
        return otr_check_symbol(checker, node, OTR_SYMBOL_VARIABLE, name);
    if (!otr_type_named(name, &type))
        return false;
    node->kind = OTR_NODE_LITERAL;
    node->value = type;
    node->type = OTR_TYPE_TYPE;
    node->first = NULL;
    node->last = NULL;
    node->count = 0;
    return true;
}

/* The first of container.name, then with ever less of the container, that is known. */
static bool resolve(const otr_checker *checker, otr_str name, bool absolute, char full[NAME_BYTES_MAX],
                    otr_str *out)
{
    otr_str container = absolute ? (otr_str){NULL, 0} : checker->environment->container;
    for (;;) {
        int size = snprintf(full, NAME_BYTES_MAX, "%.*s%s%.*s", OTR_STR_ARG(container),
                            container.size > 0 ? "." : "", OTR_STR_ARG(name));
        if (size < NAME_BYTES_MAX) {
            *out = (otr_str){full, (size_t)size};
            if (is_known(checker, *out))
                return true;
        }
        if (container.size == 0)
            return false;
        while (container.size > 0 && container.data[container.size - 1] != '.')
            container.size--;
        container.size -= container.size > 0;
    }
}

/* a.b.c as text, when the node is selections that begin at a name. */
static bool dotted(const otr_node *node, char out[NAME_BYTES_MAX], size_t *size)
{
    const otr_node *parts[PARTS_MAX];
    int count = 0;
    for (; node->kind == OTR_NODE_SELECT && count < PARTS_MAX - 1; node = node->first)
        parts[count++] = node;
    if (node->kind != OTR_NODE_NAME)
        return false;
    parts[count++] = node;
    *size = 0;
    while (count-- > 0) {
        int written = snprintf(out + *size, NAME_BYTES_MAX - *size, "%s%.*s", *size > 0 ? "." : "",
                               OTR_STR_ARG(parts[count]->text));
        *size += (size_t)written;
        if (*size >= NAME_BYTES_MAX)
            return false;
    }
    return true;
}

static const otr_node *root_of(const otr_node *node)
{
    while (node->kind == OTR_NODE_SELECT)
        node = node->first;
    return node;
}

static bool is_local(const otr_checker *checker, const otr_node *root)
{
    otr_node copy = *root;
    return otr_check_local(checker, &copy);
}

bool otr_check_name_open(otr_checker *checker, otr_node *node)
{
    char name[NAME_BYTES_MAX];
    char full[NAME_BYTES_MAX];
    size_t size = 0;
    otr_str found;
    if (otr_check_local(checker, node))
        return true;
    const otr_node *root = root_of(node);
    if (dotted(node, name, &size) && !is_local(checker, root) &&
        resolve(checker, (otr_str){name, size}, root->absolute, full, &found))
        return become(checker, node, found);
    if (node->kind == OTR_NODE_NAME)
        return otr_check_fail(checker, node->at, "there is no variable %.*s",
                              node->text.size > 60 ? 60 : (int)node->text.size, node->text.data);
    if (!otr_check_tree(checker, node->first))
        return false;
    node->type = OTR_TYPE_DYN;
    otr_type object = node->first->type;
    if (object == OTR_TYPE_MAP || object == OTR_TYPE_DYN || object == OTR_TYPE_LOCATION)
        return true;
    return otr_check_fail(checker, node->at, "%s has no fields", otr_type_phrase(object));
}

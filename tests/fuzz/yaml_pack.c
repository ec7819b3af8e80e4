/*
 * A pack from any bytes. Besides not crashing: a refusal has a reason and, when it has a place, one in the
 * file; every byte of a scalar that claims to be exact stands where otr_yaml_place says.
 */
#include "rules/load/pack.h"
#include "rules/load/yaml.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Start of each line, and one past the last. */
typedef struct lines {
    const char *bytes;
    size_t size;
    size_t *starts;
    size_t count;
} lines;

static lines split(const char *bytes, size_t size)
{
    lines l = {bytes, size, calloc(size | 1, 2 * sizeof(size_t)), 1};
    OTR_ASSERT(l.starts != NULL);
    l.starts[0] = 0;
    for (size_t i = 0; i < size; i++)
        if (bytes[i] == '\n')
            l.starts[l.count++] = i + 1;
    return l;
}

/* The offset of a place; the place must be in the file or just behind it. */
static size_t offset_of(const lines *l, int line, int column)
{
    OTR_ASSERT(line >= 1 && (size_t)line <= l->count && column >= 1);
    size_t offset = l->starts[line - 1] + (size_t)column - 1;
    OTR_ASSERT(offset <= l->size);
    return offset;
}

static void check_places(const lines *l, const otr_yaml *node)
{
    for (size_t i = 0; node->kind == OTR_YAML_SCALAR && node->exact && i < node->text.size; i++) {
        int line;
        int column;
        if (node->text.data[i] == '\n')
            continue;
        otr_yaml_place(node, i, &line, &column);
        size_t offset = offset_of(l, line, column);
        OTR_ASSERT(offset < l->size && l->bytes[offset] == node->text.data[i]);
    }
    for (const otr_yaml *entry = node->first; entry != NULL; entry = entry->next) {
        (void)offset_of(l, entry->line, entry->column);
        check_places(l, entry);
    }
}

static void check_tree(otr_str text)
{
    otr_arena arena = {0};
    otr_yaml *root;
    otr_error error = {0};
    if (otr_yaml_parse(&arena, text, &root, &error) == OTR_OK) {
        if (otr_str_starts(text, OTR_STR("\xEF\xBB\xBF")))
            text = (otr_str){text.data + 3, text.size - 3};
        lines l = split(text.data, text.size);
        check_places(&l, root);
        free(l.starts);
    }
    otr_arena_done(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    otr_str text = {(const char *)data, size};
    otr_pack *pack;
    otr_error error = {0};
    otr_status status = otr_pack_load(text, &pack, &error);
    if (status == OTR_OK) {
        OTR_ASSERT(pack->rule_count > 0 && pack->version > 0);
        for (size_t i = 0; i < pack->rule_count; i++)
            OTR_ASSERT((pack->rules[i].condition != NULL) != (pack->rules[i].silent_for_us > 0) &&
                       (!pack->rules[i].notifies || pack->rules[i].notify.message < pack->message_count ||
                        pack->rules[i].notify.card < pack->card_count));
    } else {
        OTR_ASSERT(pack == NULL && error.status == status && error.text[0] != '\0');
        lines l = split(text.data, text.size);
        OTR_ASSERT(error.line >= 0 && (size_t)error.line <= l.count && error.column >= 0);
        free(l.starts);
    }
    otr_pack_free(pack);
    check_tree(text);
    return 0;
}

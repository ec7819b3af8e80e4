#include "tools/outrider/evidence/evidence_line.h"

enum { NUMBER_DIGITS = 10, TEXT_BYTES = 256, KIND_BYTES = 16, TIME_BYTES = 32 };

/* What is left of a line. After the first failure nothing fits any more. */
typedef struct scan {
    otr_str rest;
    bool failed;
} scan;

static otr_str take(scan *at, size_t size)
{
    otr_str taken = {at->rest.data, size};
    if (at->failed || at->rest.size < size) {
        at->failed = true;
        return (otr_str){"", 0};
    }
    at->rest = (otr_str){at->rest.data + size, at->rest.size - size};
    return taken;
}

static bool take_if(scan *at, const char *text)
{
    if (at->failed || !otr_str_starts(at->rest, otr_str_of(text)))
        return false;
    (void)take(at, strlen(text));
    return true;
}

static void take_text(scan *at, const char *text)
{
    at->failed |= !take_if(at, text);
}

/* Whole numbers have no zeros in front. */
static uint64_t take_number(scan *at)
{
    uint64_t number = 0;
    size_t size = 0;
    while (size < at->rest.size && at->rest.data[size] >= '0' && at->rest.data[size] <= '9')
        size++;
    otr_str digits = take(at, size);
    if (size == 0 || size > NUMBER_DIGITS || (size > 1 && digits.size > 0 && digits.data[0] == '0'))
        at->failed = true;
    for (size_t i = 0; i < digits.size && !at->failed; i++)
        number = number * 10 + (uint64_t)(digits.data[i] - '0');
    return number;
}

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void take_hex(scan *at, uint8_t *out, size_t size)
{
    otr_str digits = take(at, 2 * size);
    for (size_t i = 0; i < size && !at->failed; i++) {
        int high = digit_of(digits.data[2 * i]);
        int low = digit_of(digits.data[2 * i + 1]);
        if (high < 0 || low < 0)
            at->failed = true;
        else
            out[i] = (uint8_t)(high * 16 + low);
    }
}

/* Up to the closing quote, which is taken too. */
static otr_str take_quoted(scan *at, size_t limit)
{
    size_t size = 0;
    while (size < at->rest.size && size <= limit && at->rest.data[size] != '"')
        size += at->rest.data[size] == '\\' ? 2 : 1;
    if (size > limit)
        at->failed = true;
    otr_str text = take(at, size);
    take_text(at, "\"");
    return text;
}

static void take_time_or_null(scan *at)
{
    if (take_if(at, "null"))
        return;
    take_text(at, "\"");
    (void)take_quoted(at, TIME_BYTES);
}

/* The end of a line, which has a length of its own whatever content comes before it. */
static bool split_end(otr_str *line, const char *key, uint8_t *out, size_t size)
{
    size_t end = strlen(key) + 2 * size + 2;
    if (line->size < end)
        return false;
    scan at = {.rest = {line->data + line->size - end, end}};
    take_text(&at, key);
    take_hex(&at, out, size);
    take_text(&at, "\"");
    if (at.failed || at.rest.size != 1 || at.rest.data[0] != '}')
        return false;
    line->size -= end;
    return true;
}

/* `,"hash":HEX}` or with a signature after it; what comes before stays in *line. */
static bool split_hash(otr_str *line, otr_evidence_line *out)
{
    static const char signature[] = ",\"signature\":\"";
    static const char hash[] = ",\"hash\":\"";
    out->has_signature = false;
    if (split_end(line, hash, out->hash.bytes, sizeof out->hash.bytes))
        return true;
    if (!split_end(line, signature, out->signature, sizeof out->signature))
        return false;
    out->has_signature = true;
    /* the hash before it has no brace after it */
    size_t end = sizeof hash - 1 + (size_t)2 * OTR_DIGEST_BYTES + 1;
    if (line->size < end)
        return false;
    scan at = {.rest = {line->data + line->size - end, end}};
    take_text(&at, hash);
    take_hex(&at, out->hash.bytes, sizeof out->hash.bytes);
    take_text(&at, "\"");
    line->size -= end;
    return !at.failed;
}

bool otr_evidence_first_line(otr_str line, otr_evidence_line *out, otr_str *chain)
{
    uint8_t id[sizeof(otr_id)];
    *out = (otr_evidence_line){0};
    if (!split_hash(&line, out) || out->has_signature)
        return false;
    scan at = {.rest = line};
    take_text(&at, "{\"outrider\":\"evidence\",\"version\":1,\"group\":\"");
    (void)take_quoted(&at, TEXT_BYTES);
    take_text(&at, ",\"gateway\":\"");
    (void)take_quoted(&at, TEXT_BYTES);
    take_text(&at, ",\"chain\":\"");
    *chain = (otr_str){at.rest.data, 2 * sizeof id};
    take_hex(&at, id, sizeof id);
    take_text(&at, "\"");
    out->header = line;
    return !at.failed && at.rest.size == 0;
}

bool otr_evidence_entry_line(otr_str line, otr_evidence_line *out)
{
    const char *begin = line.data;
    *out = (otr_evidence_line){0};
    if (!split_hash(&line, out))
        return false;
    scan at = {.rest = line};
    take_text(&at, "{\"entry\":");
    out->number = take_number(&at);
    take_text(&at, ",\"kind\":\"");
    out->kind = take_quoted(&at, KIND_BYTES);
    take_text(&at, ",\"event\":");
    take_time_or_null(&at);
    take_text(&at, ",\"received\":");
    take_time_or_null(&at);
    take_text(&at, ",\"core\":");
    (void)take_if(&at, "-");
    while (!at.failed && at.rest.size > 0 && at.rest.data[0] >= '0' && at.rest.data[0] <= '9')
        (void)take(&at, 1);
    out->header = (otr_str){begin, (size_t)(at.rest.data - begin)};
    out->erased = take_if(&at, ",\"erased\":\"");
    if (out->erased) {
        take_hex(&at, out->sealed.bytes, sizeof out->sealed.bytes);
        take_text(&at, "\"");
        return !at.failed && at.rest.size == 0;
    }
    take_text(&at, ",\"salt\":\"");
    take_hex(&at, out->salt.bytes, sizeof out->salt.bytes);
    take_text(&at, "\",\"content\":");
    out->content = at.rest;
    return !at.failed && at.rest.size >= 2 && at.rest.data[0] == '{' && at.rest.data[at.rest.size - 1] == '}';
}

bool otr_evidence_end_line(otr_str line, otr_evidence_end *out)
{
    *out = (otr_evidence_end){0};
    if (!split_end(&line, ",\"signature\":\"", out->signature, sizeof out->signature))
        return false;
    out->covered = line;
    scan at = {.rest = line};
    take_text(&at, "{\"entries\":");
    out->entries = take_number(&at);
    take_text(&at, ",\"head\":\"");
    take_hex(&at, out->head.bytes, sizeof out->head.bytes);
    take_text(&at, "\",\"file\":\"");
    take_hex(&at, out->file.bytes, sizeof out->file.bytes);
    take_text(&at, "\",\"exported\":\"");
    out->exported = take_quoted(&at, TIME_BYTES);
    take_text(&at, ",\"key\":\"");
    take_hex(&at, out->key, sizeof out->key);
    take_text(&at, "\"");
    return !at.failed && at.rest.size == 0;
}

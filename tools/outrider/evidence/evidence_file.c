#include "tools/outrider/evidence/evidence_file.h"

#include "tools/outrider/evidence/evidence_line.h"

#include <stdarg.h>
#include <stdio.h>

/* ---- writing ---- */

static void add_hex(otr_buffer *out, const char *key, const uint8_t *bytes, size_t size)
{
    otr_buffer_add_format(out, ",\"%s\":\"", key);
    for (size_t i = 0; i < size; i++)
        otr_buffer_add_format(out, "%02x", bytes[i]);
    otr_buffer_add_u8(out, '"');
}

void otr_evidence_write_entry(otr_buffer *out, const otr_proof_entry_found *entry)
{
    otr_buffer_add(out, entry->header.data, entry->header.size);
    if (entry->number > 0 && entry->salt.size > 0) {
        add_hex(out, "salt", entry->salt.data, entry->salt.size);
        otr_buffer_add_format(out, ",\"content\":");
        otr_buffer_add(out, entry->content.data, entry->content.size);
    } else if (entry->number > 0) {
        add_hex(out, "erased", entry->sealed.bytes, sizeof entry->sealed.bytes);
    }
    add_hex(out, "hash", entry->head.bytes, sizeof entry->head.bytes);
    if (entry->signature.size > 0)
        add_hex(out, "signature", entry->signature.data, entry->signature.size);
    otr_buffer_add_format(out, "}\n");
}

/* The words are between what was signed for another purpose and this. */
static bool add_signed(otr_buffer *out, const char *words, const void *bytes, size_t size)
{
    otr_buffer_clear(out);
    otr_buffer_add(out, words, strlen(words));
    otr_buffer_add(out, bytes, size);
    return !out->failed;
}

otr_status otr_evidence_write_end(otr_buffer *out, uint64_t entries, const otr_digest *head, otr_time now,
                                  otr_evidence_key *key)
{
    char exported[OTR_TIME_TEXT_BYTES];
    uint8_t open[OTR_PUBLIC_KEY_BYTES];
    uint8_t signature[OTR_SIGNATURE_BYTES];
    otr_digest file;
    otr_buffer message = {0};
    size_t before = out->size;
    if (out->failed || !otr_sha256(out->data, out->size, &file))
        return OTR_MEMORY;
    (void)otr_time_format(now, exported);
    otr_evidence_key_public(key, open);
    otr_buffer_add_format(out, "{\"entries\":%llu", (unsigned long long)entries);
    add_hex(out, "head", head->bytes, sizeof head->bytes);
    add_hex(out, "file", file.bytes, sizeof file.bytes);
    otr_buffer_add_format(out, ",\"exported\":\"%s\"", exported);
    add_hex(out, "key", open, sizeof open);
    otr_status status = OTR_MEMORY;
    if (!out->failed &&
        add_signed(&message, OTR_EVIDENCE_FILE_SIGNED, out->data + before, out->size - before))
        status = otr_evidence_key_sign(key, otr_buffer_bytes(&message), signature);
    if (status == OTR_OK)
        add_hex(out, "signature", signature, sizeof signature);
    otr_buffer_add_format(out, "}\n");
    otr_buffer_done(&message);
    return out->failed ? OTR_MEMORY : status;
}

/* ---- checking ---- */

typedef struct check {
    otr_str file;
    size_t at; /* begin of the line at hand */
    otr_str line;
    uint64_t expected;
    otr_digest head;
    const uint8_t *key; /* from elsewhere; NULL: the end's own */
    otr_buffer scratch;
    otr_evidence_report *report;
} check;

static bool say(check *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
static bool say(check *c, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    (void)vsnprintf(c->report->wrong, sizeof c->report->wrong, format, list);
    va_end(list);
    return false;
}

/* The next line, without its end. False: there is none, or none that ends. */
static bool next_line(check *c)
{
    const char *begin = c->file.data + c->at;
    const char *end = c->at < c->file.size ? memchr(begin, '\n', c->file.size - c->at) : NULL;
    if (end == NULL)
        return false;
    c->line = (otr_str){begin, (size_t)(end - begin)};
    c->at += c->line.size + 1;
    c->report->line++;
    return true;
}

static bool digest(check *c, const otr_digest *before, otr_str header, const void *bytes, size_t size,
                   otr_digest *out)
{
    otr_buffer_clear(&c->scratch);
    if (before != NULL)
        otr_buffer_add(&c->scratch, before->bytes, sizeof before->bytes);
    otr_buffer_add(&c->scratch, header.data, header.size);
    otr_buffer_add(&c->scratch, bytes, size);
    return (!c->scratch.failed && otr_sha256(c->scratch.data, c->scratch.size, out)) ||
           say(c, "out of memory");
}

static bool same(const otr_digest *a, const otr_digest *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

static bool head_of(check *c, const otr_digest *before, const otr_evidence_line *line, otr_digest *out)
{
    otr_digest sealed = line->sealed;
    otr_str salt = {(const char *)line->salt.bytes, sizeof line->salt.bytes};
    if (!line->erased && !digest(c, NULL, salt, line->content.data, line->content.size, &sealed))
        return false;
    return digest(c, before, line->header, sealed.bytes, sizeof sealed.bytes, out);
}

/* Whether an entry of that number stands in a line further down. */
static bool comes_later(const check *c, uint64_t number)
{
    char begin[48];
    int size = snprintf(begin, sizeof begin, "\n{\"entry\":%llu,", (unsigned long long)number);
    return c->at > 0 &&
           memmem(c->file.data + c->at - 1, c->file.size - c->at + 1, begin, (size_t)size) != NULL;
}

static bool check_number(check *c, uint64_t number)
{
    unsigned long long found = number;
    unsigned long long expected = c->expected;
    if (number == c->expected)
        return true;
    if (number < c->expected)
        return say(c, "entry %llu stands here again or too late: entry %llu comes after %llu", found,
                   expected, expected - 1);
    if (comes_later(c, c->expected))
        return say(c, "entry %llu stands here before entry %llu: the order was changed", found, expected);
    return found == expected + 1 ? say(c, "entry %llu is missing", expected)
                                 : say(c, "entries %llu to %llu are missing", expected, found - 1);
}

/* Whether the next line fits a hash of this one. */
static bool goes_on_from(check *c, const otr_evidence_line *line, const otr_digest *head)
{
    otr_evidence_line next;
    otr_digest after;
    size_t at = c->at;
    size_t number = c->report->line;
    bool fits = next_line(c) && otr_evidence_entry_line(c->line, &next) && next.number == line->number + 1 &&
                head_of(c, head, &next, &after) && same(&after, &next.hash);
    c->at = at;
    c->report->line = number;
    return fits;
}

/* What of an entry that does not fit was changed: the next one knows its hash. */
static bool blame(check *c, const otr_evidence_line *line, const otr_digest *made)
{
    unsigned long long number = line->number;
    if (goes_on_from(c, line, made))
        return say(c, "entry %llu (%.*s): its hash was altered", number, OTR_STR_ARG(line->kind));
    if (goes_on_from(c, line, &line->hash))
        return say(c, "entry %llu (%.*s): what it says was altered", number, OTR_STR_ARG(line->kind));
    return say(c, "entry %llu (%.*s) was altered", number, OTR_STR_ARG(line->kind));
}

/* Where the goods change hands or terms: the core asks for a signature there, and nowhere else. */
static bool is_signed_kind(otr_str kind)
{
    static const char *const kinds[] = {"assigned", "changed", "devices", "custody", "ended"};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (otr_str_is(kind, kinds[i]))
            return true;
    return false;
}

static bool check_signature_stands(check *c, const otr_evidence_line *line)
{
    unsigned long long number = line->number;
    if (line->has_signature == is_signed_kind(line->kind))
        return true;
    return line->has_signature
               ? say(c, "entry %llu: a signature was put where none belongs", number)
               : say(c, "entry %llu (%.*s): its signature was taken away", number, OTR_STR_ARG(line->kind));
}

static bool check_entry(check *c)
{
    otr_evidence_line line;
    otr_digest made;
    if (otr_str_starts(c->line, OTR_STR("{\"entries\":")))
        return say(c, "the last line was altered: it is not as an export has it");
    if (!otr_evidence_entry_line(c->line, &line))
        return say(c, "this is no entry as an export has it; entry %llu should stand here",
                   (unsigned long long)c->expected);
    if (!check_number(c, line.number) || !head_of(c, &c->head, &line, &made))
        return false;
    if (!same(&made, &line.hash))
        return blame(c, &line, &made);
    if (!check_signature_stands(c, &line))
        return false;
    c->head = made;
    c->expected++;
    c->report->entries++;
    c->report->erased += line.erased;
    c->report->ended = otr_str_is(line.kind, "ended");
    return true;
}

static bool check_first(check *c)
{
    otr_evidence_line line;
    otr_str chain;
    bool ends = next_line(c);
    c->report->line = 1;
    if (!ends || !otr_evidence_first_line(c->line, &line, &chain))
        return say(c, "this is no evidence: its first line is not as an export has it");
    if (!digest(c, NULL, line.header, "", 0, &c->head))
        return false;
    if (!same(&c->head, &line.hash))
        return say(c, "the first line was altered");
    (void)snprintf(c->report->chain, sizeof c->report->chain, "%.*s", OTR_STR_ARG(chain));
    c->expected = 1;
    return true;
}

static bool end_is_signed(check *c, const otr_evidence_end *end)
{
    return add_signed(&c->scratch, OTR_EVIDENCE_FILE_SIGNED, end->covered.data, end->covered.size) &&
           otr_evidence_signed(end->key, otr_buffer_bytes(&c->scratch), end->signature);
}

/* Those of the entries, by the key of the end, which is right. The lines have been read once: they fit. */
static bool check_signatures(check *c, const uint8_t *key)
{
    otr_evidence_line line;
    size_t at = c->at;
    size_t last = c->report->line;
    c->at = 0;
    c->report->line = 0;
    while (next_line(c) && c->report->line < last) {
        if (!otr_evidence_entry_line(c->line, &line) || !line.has_signature)
            continue;
        if (!add_signed(&c->scratch, OTR_PROOF_HEAD_SIGNED, line.hash.bytes, sizeof line.hash.bytes))
            return say(c, "out of memory");
        if (!otr_evidence_signed(key, otr_buffer_bytes(&c->scratch), line.signature))
            return say(c, "entry %llu: its signature is altered, or of another key",
                       (unsigned long long)line.number);
        c->report->signed_heads++;
    }
    c->at = at;
    c->report->line = last;
    return true;
}

static bool check_end(check *c, const otr_evidence_end *end, size_t begin)
{
    otr_digest file;
    otr_evidence_report *report = c->report;
    report->has_end = true;
    memcpy(report->key, end->key, sizeof report->key);
    (void)snprintf(report->exported, sizeof report->exported, "%.*s", OTR_STR_ARG(end->exported));
    if (!end_is_signed(c, end))
        return say(c, "the last line was altered: its signature does not fit");
    if (c->key != NULL && memcmp(c->key, end->key, sizeof end->key) != 0)
        return say(c, "the file is signed with another key than the one given");
    if (end->entries != c->expected - 1)
        return say(c, "the end of the record was cut: %llu entries were exported, %llu are here",
                   (unsigned long long)end->entries, (unsigned long long)c->expected - 1);
    if (!same(&end->head, &c->head))
        return say(c, "the record is not the one that was exported: its last hash differs");
    if (!check_signatures(c, end->key) || !digest(c, NULL, (otr_str){c->file.data, begin}, "", 0, &file))
        return false;
    if (!same(&file, &end->file))
        return say(c, "the lines before this one are not those that were exported");
    return true;
}

static bool check_all(check *c)
{
    otr_evidence_end end;
    otr_evidence_report *report = c->report;
    if (!check_first(c))
        return false;
    for (size_t begin = c->at; next_line(c); begin = c->at) {
        if (!otr_evidence_end_line(c->line, &end)) {
            if (!check_entry(c))
                return false;
            continue;
        }
        if (!check_end(c, &end, begin))
            return false;
        if (c->at == c->file.size)
            return true;
        report->line++;
        return say(c, "something was added after the end");
    }
    report->line++;
    return say(c,
               c->at < c->file.size
                   ? "the file is cut in the midst of this line, where entry %llu or the signed end "
                     "should stand"
                   : "the file is cut: entry %llu or the signed end should stand here",
               (unsigned long long)c->expected);
}

void otr_evidence_check(otr_bytes file, const uint8_t *key, otr_evidence_report *report)
{
    *report = (otr_evidence_report){0};
    check c = {.file = {(const char *)file.data, file.size}, .key = key, .report = report};
    report->whole = check_all(&c);
    otr_buffer_done(&c.scratch);
}

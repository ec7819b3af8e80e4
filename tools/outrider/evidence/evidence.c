/*
 * `outrider evidence`: the proof of a shipment as a file that anybody can check. It reads the database beside
 * the daemon, as `explain` does, and the key from the state folder: who may read both could sign anything
 * anyway, and so the daemon need not sign what it is asked to.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "platform/linux/store/store_reader.h"
#include "tools/outrider/evidence/evidence_file.h"
#include "tools/outrider/flags.h"
#include "tools/outrider/state_flags.h"
#include "tools/outrider/verbs.h"

enum { SHORT_ID = 8 };

static const char usage[] =
    "usage: outrider evidence [SHIPMENT | CHAIN] [--out FILE] [--state FOLDER | --config FILE]\n"
    "       outrider evidence --key [--state FOLDER | --config FILE]\n"
    "\n"
    "The signed record of a shipment: what was measured, what was missed and why, alarms, custody, what is "
    "left\n"
    "of its stability; as JSON lines, for `outrider verify`. CHAIN is the begin of a record's id: of one "
    "whose\n"
    "customer was forgotten nothing else is left. Of several records of a shipment it is the newest. "
    "Without\n"
    "either the records are listed.\n"
    "\n"
    "  --out FILE       write it there; default: standard output\n"
    "  --key            print the public key of this gateway, for `outrider verify --key`\n";

typedef struct options {
    const char *folder;
    const char *out;
    const char *what;
    bool key;
} options;

typedef struct evidence {
    otr_store_reader *store;
    otr_error error;
    otr_str wanted;
    size_t found;
    size_t chains; /* whose id begins so */
    otr_id chain;
    otr_buffer text;
    uint64_t entries;
    otr_digest head;
} evidence;

static int fail(const evidence *e, const char *what)
{
    (void)fprintf(stderr, "%s: %s\n", what, e->error.text);
    return 1;
}

/* ---- which one ---- */

static otr_status list_one(void *context, const otr_proof_found *proof)
{
    evidence *e = context;
    char id[OTR_ID_TEXT_BYTES];
    otr_id_format(proof->proof, id);
    printf("%.*s  %6llu  %-8s %.*s\n", SHORT_ID, id, (unsigned long long)proof->entries,
           proof->ended ? "ended" : "open", OTR_STR_ARG(proof->asset));
    if (proof->asset.size == 0)
        printf("%*s  content erased\n", SHORT_ID, "");
    e->found++;
    return OTR_OK;
}

static otr_status choose(void *context, const otr_proof_found *proof)
{
    evidence *e = context;
    char id[OTR_ID_TEXT_BYTES];
    otr_id_format(proof->proof, id);
    if (otr_str_equal(proof->asset, e->wanted)) {
        e->found++;
        e->chain = proof->proof;
    } else if (otr_str_starts(otr_str_of(id), e->wanted)) {
        e->chain = e->found == 0 ? proof->proof : e->chain;
        e->chains++;
    }
    return OTR_OK;
}

static int list(evidence *e, const char *folder)
{
    if (otr_store_reader_proofs(e->store, e, list_one, &e->error) != OTR_OK)
        return fail(e, folder);
    if (e->found == 0)
        puts("no evidence");
    return 0;
}

/* ---- the file ---- */

static otr_status write_entry(void *context, const otr_proof_entry_found *entry)
{
    evidence *e = context;
    otr_evidence_write_entry(&e->text, entry);
    e->entries = entry->number;
    e->head = entry->head;
    return e->text.failed ? otr_fail(&e->error, OTR_MEMORY, "out of memory") : OTR_OK;
}

static otr_time now_utc(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (otr_time)now.tv_sec * OTR_SECOND + now.tv_nsec / 1000;
}

static int put(const evidence *e, const char *out)
{
    FILE *file = out != NULL ? fopen(out, "we") : stdout;
    if (file == NULL) {
        perror(out);
        return 1;
    }
    bool ok = fwrite(e->text.data, 1, e->text.size, file) == e->text.size && fflush(file) == 0;
    if (out != NULL)
        ok = fclose(file) == 0 && ok;
    if (!ok)
        perror(out != NULL ? out : "standard output");
    return ok ? 0 : 1;
}

/* What somebody did to the database shows here too, and the file says so to whoever checks it. */
static int check(const evidence *e, const options *asked)
{
    otr_evidence_report report;
    otr_evidence_check(otr_buffer_bytes(&e->text), NULL, &report);
    if (report.whole)
        return 0;
    (void)fprintf(stderr, "%s:%zu: the record in %s is not whole: %s\n",
                  asked->out != NULL ? asked->out : "standard output", report.line, asked->folder,
                  report.wrong);
    return 1;
}

static int export(evidence *e, const options *asked, otr_evidence_key *key)
{
    if (otr_store_reader_proof(e->store, e->chain, e, write_entry, &e->error) != OTR_OK)
        return fail(e, asked->folder);
    if (otr_evidence_write_end(&e->text, e->entries, &e->head, now_utc(), key) != OTR_OK) {
        (void)fprintf(stderr, "outrider evidence: out of memory\n");
        return 1;
    }
    int code = put(e, asked->out);
    code = code == 0 ? check(e, asked) : code;
    if (code == 0) /* the record itself may be on standard output */
        (void)fprintf(stderr, "%s: the record of %s, %llu entries, signed\n",
                      asked->out != NULL ? asked->out : "standard output", asked->what,
                      (unsigned long long)e->entries);
    return code;
}

static int find_and_export(evidence *e, const options *asked, otr_evidence_key *key)
{
    e->wanted = otr_str_of(asked->what);
    if (otr_store_reader_proofs(e->store, e, choose, &e->error) != OTR_OK)
        return fail(e, asked->folder);
    if (e->found == 0 && e->chains != 1) {
        (void)fprintf(stderr, "outrider evidence: %s of %s\n",
                      e->chains > 1 ? "several records have that begin" : "there is no record", asked->what);
        return 1;
    }
    if (e->found > 1)
        (void)fprintf(stderr, "outrider evidence: %zu records of %s; this is the newest\n", e->found,
                      asked->what);
    return export(e, asked, key);
}

static int run(void *context, const char *folder)
{
    options *asked = context;
    asked->folder = folder;
    evidence e = {.found = 0};
    otr_evidence_key *key = NULL;
    int code;
    bool needs_key = asked->key || asked->what != NULL;
    if (needs_key && otr_evidence_key_open(otr_str_of(asked->folder), false, &key, &e.error) != OTR_OK)
        return fail(&e, asked->folder);
    if (asked->key) {
        uint8_t open[OTR_PUBLIC_KEY_BYTES];
        otr_evidence_key_public(key, open);
        for (size_t i = 0; i < sizeof open; i++)
            printf("%02x", open[i]);
        puts("");
        code = 0;
    } else if (otr_store_reader_open(otr_str_of(asked->folder), &e.store, &e.error) != OTR_OK) {
        code = fail(&e, asked->folder);
    } else {
        code = asked->what != NULL ? find_and_export(&e, asked, key) : list(&e, asked->folder);
    }
    otr_store_reader_close(e.store);
    otr_evidence_key_close(key);
    otr_buffer_done(&e.text);
    return code;
}

int otr_verb_evidence(int argc, char **argv)
{
    static const otr_flag flags[] = {{"out", OTR_FLAG_TEXT, offsetof(options, out)},
                                     {"key", OTR_FLAG_SWITCH, offsetof(options, key)}};
    options asked = {.out = NULL};
    otr_state_flags state = {.state = NULL};
    const otr_flag_group groups[] = {
        OTR_FLAG_GROUP(flags, &asked, NULL), otr_state_flag_group(&state),
        OTR_FLAG_EXIT("0 done; 1 not found, not readable, or the record is not whole; 2 wrong usage")};
    int code = otr_flags_parse(argc, argv, usage, groups, 3);
    if (code >= 0)
        return code;
    asked.what = optind < argc ? argv[optind] : NULL;
    if (optind + 1 < argc || (asked.key && asked.what != NULL) || (asked.out != NULL && asked.what == NULL) ||
        (asked.what != NULL && asked.what[0] == '\0'))
        return otr_flags_wrong("evidence",
                               "expected one shipment, or --key alone, or nothing; --out is of a shipment");
    return otr_state_run(&state, run, &asked);
}

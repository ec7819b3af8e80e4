/* Proofs in the store: entries stand as they were made, the heads that ask for it are signed, recovery hands
 * over where each stands; forgetting erases contents and keeps hashes; the quota takes whole ones that have
 * ended, last. */
#include "store_fixture.h"

#include "core/journal/journal.h"
#include "platform/linux/store/store_reader.h"
#include "platform/linux/system/evidence_key.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

static int setup(void **state)
{
    fixture *f = fixture_create();
    otr_evidence_key *key;
    otr_error error;
    if (otr_evidence_key_open(otr_str_of(f->folder), true, &key, &error) != OTR_OK)
        fail_msg("%s", error.text);
    f->config.sign = otr_evidence_key_sign;
    f->config.signer = key;
    fixture_start(f);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    fixture *f = *state;
    otr_evidence_key *key = f->config.signer;
    fixture_free(f);
    otr_evidence_key_close(key);
    return 0;
}

static otr_row_proof row_of(uint64_t proof, uint64_t number, const char *asset, const char *customer)
{
    otr_row_proof row = {.proof = fixture_id(proof),
                         .number = number,
                         .asset = otr_str_of(asset),
                         .customer = otr_str_of(customer),
                         .header = OTR_STR("{\"header\":1"),
                         .salt = fixture_id(1000 * proof + number),
                         .content = OTR_STR("{\"content\":\"MARKER\"}"),
                         .sign = number % 2 == 1};
    memset(row.sealed.bytes, (int)(proof + number), sizeof row.sealed.bytes);
    memset(row.head.bytes, (int)(proof * 16 + number), sizeof row.head.bytes);
    if (number == 0)
        row.content = (otr_str){"", 0};
    return row;
}

static void put(fixture *f, const otr_row_proof *rows, size_t count)
{
    otr_commit commit = {.proofs = rows, .proof_count = count};
    assert_int_equal(fixture_commit(f, &commit), OTR_OK);
}

/* Two of cust-9, of which the first has ended, and one of cust-8. */
static void fill(fixture *f)
{
    otr_row_proof rows[] = {row_of(1, 0, "box-7", "cust-9"), row_of(1, 1, "box-7", "cust-9"),
                            row_of(2, 0, "box-8", "cust-8"), row_of(1, 2, "box-7", "cust-9"),
                            row_of(3, 0, "box-7", "cust-9"), row_of(2, 1, "box-8", "cust-8")};
    rows[3].ends = true;
    put(f, rows, sizeof rows / sizeof rows[0]);
}

/* ---- reading ---- */

typedef struct seen {
    const fixture *f;
    size_t proofs;
    size_t entries;
    size_t erased;
    size_t signatures;
    size_t ended;
} seen;

static otr_status see_entry(void *context, const otr_proof_entry_found *entry)
{
    seen *s = context;
    uint8_t open[OTR_PUBLIC_KEY_BYTES];
    uint8_t message[sizeof OTR_PROOF_HEAD_SIGNED - 1 + OTR_DIGEST_BYTES];
    assert_true(otr_str_is(entry->header, "{\"header\":1"));
    s->entries++;
    s->erased += entry->number > 0 && entry->salt.size == 0 && entry->content.size == 0;
    if (entry->signature.size == 0)
        return OTR_OK;
    otr_evidence_key_public(s->f->config.signer, open);
    memcpy(message, OTR_PROOF_HEAD_SIGNED, sizeof OTR_PROOF_HEAD_SIGNED - 1);
    memcpy(message + sizeof OTR_PROOF_HEAD_SIGNED - 1, entry->head.bytes, OTR_DIGEST_BYTES);
    assert_int_equal(entry->signature.size, OTR_SIGNATURE_BYTES);
    assert_true(otr_evidence_signed(open, (otr_bytes){message, sizeof message}, entry->signature.data));
    message[0] ^= 1;
    assert_false(otr_evidence_signed(open, (otr_bytes){message, sizeof message}, entry->signature.data));
    s->signatures++;
    return OTR_OK;
}

static otr_status see_proof(void *context, const otr_proof_found *proof)
{
    seen *s = context;
    s->proofs++;
    s->ended += proof->ended;
    return OTR_OK;
}

static seen look(const fixture *f)
{
    seen s = {.f = f};
    otr_error error;
    otr_store_reader *reader;
    if (otr_store_reader_open(otr_str_of(f->folder), &reader, &error) != OTR_OK)
        fail_msg("%s", error.text);
    assert_int_equal(otr_store_reader_proofs(reader, &s, see_proof, &error), OTR_OK);
    for (uint64_t proof = 1; proof <= 3; proof++)
        assert_int_equal(otr_store_reader_proof(reader, fixture_id(proof), &s, see_entry, &error), OTR_OK);
    otr_store_reader_close(reader);
    return s;
}

/* ---- tests ---- */

static void entries_read_back_and_those_that_ask_are_signed(void **state)
{
    fixture *f = *state;
    fill(f);
    seen s = look(f);
    assert_int_equal(s.proofs, 3);
    assert_int_equal(s.ended, 1);
    assert_int_equal(s.entries, 6);
    assert_int_equal(s.signatures, 2);
    assert_int_equal(s.erased, 0);
}

static void recovery_hands_over_where_each_stands_that_goes_on(void **state)
{
    fixture *f = *state;
    fill(f);
    otr_digest secret = f->got.secret;
    f->got.proof_count = 0;
    fixture_restart(f);
    assert_int_equal(f->got.proof_count, 2);
    assert_true(otr_id_equal(f->got.proofs[0].proof, fixture_id(2)));
    assert_int_equal(f->got.proofs[0].next, 2);
    assert_true(otr_str_is(f->got.proofs[0].asset, "box-8") &&
                otr_str_is(f->got.proofs[0].customer, "cust-8"));
    assert_int_equal(f->got.proofs[0].head.bytes[5], 33);
    assert_int_equal(f->got.proofs[1].next, 1);
    assert_memory_equal(f->got.secret.bytes, secret.bytes, sizeof secret.bytes);
    otr_digest none = {0};
    assert_memory_not_equal(secret.bytes, none.bytes, sizeof none.bytes);
}

static void an_entry_stands_once(void **state)
{
    fixture *f = *state;
    fill(f);
    otr_row_proof again = row_of(2, 1, "box-8", "cust-8");
    otr_commit commit = {.proofs = &again, .proof_count = 1};
    assert_int_not_equal(fixture_commit(f, &commit), OTR_OK);
}

static void forgetting_leaves_hashes_alone(void **state)
{
    fixture *f = *state;
    fill(f);
    otr_row_proof last = row_of(3, 1, "box-7", "cust-9"); /* comes with the commit that forgets */
    last.ends = true;
    otr_digest secret = f->got.secret;
    otr_commit commit = {.forgotten = OTR_STR("cust-9"),
                         .erase = otr_journal_erase,
                         .snapshot = {(const uint8_t *)"after", 5},
                         .proofs = &last,
                         .proof_count = 1};
    assert_int_equal(fixture_commit(f, &commit), OTR_OK);
    seen s = look(f);
    assert_int_equal(s.proofs, 3);
    assert_int_equal(s.ended, 2);
    assert_int_equal(s.entries, 7);
    assert_int_equal(s.erased, 3);
    assert_int_equal(s.signatures, 3);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM proof_entries WHERE length(sealed) = 32"), 7);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM proofs WHERE asset = '' AND customer = ''"), 2);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM proof_entries WHERE content LIKE '%MARKER%'"),
                     1);
    f->got.proof_count = 0;
    fixture_restart(f);
    assert_int_equal(f->got.proof_count, 1);
    assert_memory_not_equal(f->got.secret.bytes, secret.bytes, sizeof secret.bytes);
}

static void the_quota_takes_the_oldest_that_ended_as_a_whole(void **state)
{
    fixture *f = *state;
    static char body[900];
    memset(body, 'x', sizeof body);
    fixture_close(f);
    f->config.quota_bytes = 1 << 20;
    fixture_start(f);
    fill(f);
    for (uint64_t proof = 10; proof < 100; proof++) {
        otr_row_proof rows[20];
        for (size_t i = 0; i < 20; i++) {
            rows[i] = row_of(proof, i, "box", "cust");
            rows[i].content = (otr_str){body, i > 0 ? sizeof body : 0};
            rows[i].ends = i == 19;
        }
        put(f, rows, 20);
        assert_true(fixture_bytes(f) <= 1 << 20);
    }
    int64_t left = fixture_number(f, "SELECT COUNT(*) FROM proofs WHERE ended = 1");
    assert_true(left > 10 && left < 90);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM proofs WHERE ended = 0"), 2);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM proof_entries"), 20 * left + 3);
    assert_int_equal(fixture_number(f, "SELECT TOTAL(readings) FROM losses WHERE reason = 'quota: evidence'"),
                     20 * (90 - left) + 3);
}

/* What of a database that was set aside still reads. */
static void salvage_takes_them_along(void **state)
{
    fixture *f = *state;
    fill(f);
    fixture_close(f);
    sqlite3 *handle;
    assert_int_equal(sqlite3_open(fixture_path(f, "outrider.db"), &handle), SQLITE_OK);
    assert_int_equal(sqlite3_exec(handle, "DROP TABLE served", NULL, NULL, NULL), SQLITE_OK);
    (void)sqlite3_close(handle);
    f->got.proof_count = 0;
    fixture_start(f);
    assert_non_null(fixture_find(f, "outrider.db.corrupt"));
    seen s = look(f);
    assert_int_equal(s.proofs, 3);
    assert_int_equal(s.entries, 6);
    assert_int_equal(s.signatures, 2);
    assert_int_equal(f->got.proof_count, 2);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(entries_read_back_and_those_that_ask_are_signed),
        CASE(recovery_hands_over_where_each_stands_that_goes_on),
        CASE(an_entry_stands_once),
        CASE(forgetting_leaves_hashes_alone),
        CASE(the_quota_takes_the_oldest_that_ended_as_a_whole),
        CASE(salvage_takes_them_along),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

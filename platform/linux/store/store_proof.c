/* Proofs and their entries, in and out. Heads are signed here, in the store's own thread: 50 us each. */
#include "platform/linux/store/store_proof.h"

#include "platform/linux/store/store_database.h"

#include <sys/random.h>

static const otr_str secret_key = {"proof_secret", 12};

static otr_bytes digest_bytes(const otr_digest *digest)
{
    return (otr_bytes){digest->bytes, sizeof digest->bytes};
}

static otr_status sign(const otr_database *database, const otr_row_proof *row, uint8_t *out, size_t *size,
                       otr_error *error)
{
    uint8_t message[sizeof OTR_PROOF_HEAD_SIGNED - 1 + OTR_DIGEST_BYTES];
    *size = 0;
    if (!row->sign || database->sign == NULL)
        return OTR_OK;
    memcpy(message, OTR_PROOF_HEAD_SIGNED, sizeof OTR_PROOF_HEAD_SIGNED - 1);
    memcpy(message + sizeof OTR_PROOF_HEAD_SIGNED - 1, row->head.bytes, OTR_DIGEST_BYTES);
    otr_status status = database->sign(database->signer, (otr_bytes){message, sizeof message}, out);
    *size = OTR_SIGNATURE_BYTES;
    return status == OTR_OK ? status : otr_fail(error, OTR_IO, "evidence cannot be signed");
}

static otr_status put(otr_database *database, const otr_row_proof *row, otr_error *error)
{
    otr_sql *sql = &database->sql;
    uint8_t signature[OTR_SIGNATURE_BYTES];
    size_t size = 0;
    bool first = row->number == 0;
    otr_bytes salt = {row->salt.bytes, first ? 0 : sizeof row->salt.bytes};
    otr_status status = sign(database, row, signature, &size, error);
    if (status == OTR_OK && first)
        status = otr_sql_run(sql, error, OTR_SQL_PROOF_BEGIN, "dssi", row->proof, row->asset, row->customer,
                             (int64_t)0);
    if (status == OTR_OK)
        status = otr_sql_run(sql, error, OTR_SQL_PROOF_PUT, "disbsbbb", row->proof, (int64_t)row->number,
                             row->header, salt, row->content, digest_bytes(&row->sealed),
                             digest_bytes(&row->head), (otr_bytes){signature, size});
    if (status == OTR_OK && row->ends)
        status = otr_sql_run(sql, error, OTR_SQL_PROOF_END, "d", row->proof);
    return status;
}

otr_status otr_store_put_proofs(otr_database *database, const otr_commit *commit, otr_error *error)
{
    otr_status status = OTR_OK;
    for (size_t i = 0; status == OTR_OK && i < commit->proof_count; i++)
        status = put(database, &commit->proofs[i], error);
    return status;
}

/* ---- the secret ---- */

otr_status otr_store_put_secret(otr_sql *sql, otr_error *error)
{
    uint8_t secret[OTR_DIGEST_BYTES];
    if (getrandom(secret, sizeof secret, 0) != (ssize_t)sizeof secret)
        return otr_fail(error, OTR_IO, "no random bytes for evidence");
    return otr_sql_run(sql, error, OTR_SQL_META_PUT, "sb", secret_key, (otr_bytes){secret, sizeof secret});
}

otr_status otr_store_get_secret(otr_sql *sql, otr_digest *out, otr_error *error)
{
    for (int tries = 0; tries < 2; tries++) {
        sqlite3_stmt *row = otr_sql_start(sql, OTR_SQL_META_GET, "s", secret_key);
        otr_status status = otr_sql_next(sql, row, error);
        if (status == OTR_OK) {
            otr_bytes bytes = otr_sql_blob(row, 0);
            bool whole = bytes.size == sizeof out->bytes;
            if (whole)
                memcpy(out->bytes, bytes.data, sizeof out->bytes);
            otr_sql_end(row);
            if (whole)
                return OTR_OK;
        } else if (status != OTR_NOT_FOUND) {
            return status;
        }
        status = otr_store_put_secret(sql, error);
        if (status != OTR_OK)
            return status;
    }
    return otr_fail(error, OTR_CORRUPT, "the secret of evidence does not read back");
}

otr_status otr_store_forget_proofs(otr_sql *sql, otr_str customer, otr_error *error)
{
    otr_status status = otr_sql_run(sql, error, OTR_SQL_PROOF_FORGET_CONTENTS, "s", customer);
    if (status == OTR_OK)
        status = otr_sql_run(sql, error, OTR_SQL_PROOF_FORGET, "s", customer);
    return status == OTR_OK ? otr_store_put_secret(sql, error) : status;
}

/* ---- out ---- */

static bool take_digest(sqlite3_stmt *row, int column, otr_digest *out)
{
    otr_bytes bytes = otr_sql_blob(row, column);
    if (bytes.size != sizeof out->bytes)
        return false;
    memcpy(out->bytes, bytes.data, sizeof out->bytes);
    return true;
}

otr_status otr_store_proof_head_of(sqlite3_stmt *row, otr_row_proof_head *out, otr_error *error)
{
    *out = (otr_row_proof_head){
        .proof = otr_sql_identity(row, 0),
        .next = (uint64_t)sqlite3_column_int64(row, 1),
        .asset = otr_sql_text(row, 2),
        .customer = otr_sql_text(row, 3),
    };
    if (!take_digest(row, 4, &out->head) || otr_id_is_zero(out->proof))
        return otr_fail(error, OTR_CORRUPT, "the head of evidence does not read back");
    return OTR_OK;
}

void otr_store_proof_of(sqlite3_stmt *row, otr_proof_found *out)
{
    *out = (otr_proof_found){
        .proof = otr_sql_identity(row, 0),
        .asset = otr_sql_text(row, 1),
        .customer = otr_sql_text(row, 2),
        .ended = sqlite3_column_int(row, 3) != 0,
        .entries = (uint64_t)sqlite3_column_int64(row, 4),
    };
}

otr_status otr_store_proof_entry_of(sqlite3_stmt *row, otr_proof_entry_found *out, otr_error *error)
{
    *out = (otr_proof_entry_found){
        .proof = otr_sql_identity(row, 0),
        .number = (uint64_t)sqlite3_column_int64(row, 1),
        .header = otr_sql_text(row, 2),
        .salt = otr_sql_blob(row, 3),
        .content = otr_sql_text(row, 4),
        .signature = otr_sql_blob(row, 7),
    };
    if (!take_digest(row, 5, &out->sealed) || !take_digest(row, 6, &out->head))
        return otr_fail(error, OTR_CORRUPT, "entry %llu of evidence does not read back",
                        (unsigned long long)out->number);
    return OTR_OK;
}

/* ---- salvage ---- */

otr_status otr_store_save_proof(otr_sql *to, sqlite3_stmt *row)
{
    otr_proof_found proof;
    otr_store_proof_of(row, &proof);
    return otr_sql_run(to, NULL, OTR_SQL_PROOF_BEGIN, "dssi", proof.proof, proof.asset, proof.customer,
                       (int64_t)proof.ended);
}

otr_status otr_store_save_proof_entry(otr_sql *to, sqlite3_stmt *row)
{
    otr_proof_entry_found entry;
    if (otr_store_proof_entry_of(row, &entry, NULL) != OTR_OK)
        return OTR_OK;
    return otr_sql_run(to, NULL, OTR_SQL_PROOF_PUT, "disbsbbb", entry.proof, (int64_t)entry.number,
                       entry.header, entry.salt, entry.content, digest_bytes(&entry.sealed),
                       digest_bytes(&entry.head), entry.signature);
}

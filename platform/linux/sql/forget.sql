-- Who was served by what, and forgetting a customer.

-- name: served_put
INSERT OR REPLACE INTO served (asset, customer, device, from_seq, to_seq) VALUES (?, ?, ?, ?, ?);

-- name: served_of
SELECT asset, device, from_seq, to_seq FROM served WHERE customer = ? ORDER BY asset, device, from_seq;

-- name: served_delete
DELETE FROM served WHERE customer = ?;

-- name: journal_after
SELECT seq, devices, batch FROM journal WHERE seq > ? ORDER BY seq;

-- name: journal_replace
UPDATE journal SET checksum = ?2, batch = ?3 WHERE seq = ?1;

-- name: chunk_shrink
UPDATE chunks SET bytes = bytes - ?2 WHERE first_seq <= ?1 AND last_seq >= ?1;

-- name: alarms_forget
DELETE FROM alarms WHERE asset = ?;

-- name: cases_forget
DELETE FROM cases WHERE asset = ?;

-- name: notices_forget
DELETE FROM notices WHERE asset = ?;

-- name: notices_forget_contact
DELETE FROM notices WHERE contact = ?;

-- Also of an activation that is gone with the snapshots that needed it.
-- name: slot_forget
DELETE FROM activations WHERE slot = 'assignment/' || ?;

-- Of entries that are retained: how many have a lower seq and have not left.
-- name: retained_before
SELECT COUNT(*) FROM outbox WHERE retain = 1 AND (key & 72057594037927935) < ?;

-- name: meta_delete
DELETE FROM meta WHERE key = ?;

-- Who was served by what, and forgetting a customer.

-- name: served_put
INSERT OR REPLACE INTO served (asset, customer, device, from_seq, to_seq) VALUES (?, ?, ?, ?, ?);

-- others: whether another customer has had the asset as well. Space 0: devices.
-- name: served_of
SELECT asset, device, from_seq, to_seq, EXISTS (SELECT 1 FROM served AS other WHERE other.asset = served.asset
    AND other.customer <> served.customer), (SELECT name FROM names WHERE space = 0 AND number = device) FROM served WHERE customer = ? ORDER BY asset, device, from_seq;

-- name: served_by_others
SELECT 1 FROM served WHERE asset = ? AND customer <> ? LIMIT 1;

-- name: served_delete
DELETE FROM served WHERE customer = ?;

-- name: journal_after
SELECT seq, devices, batch FROM journal WHERE seq > ? ORDER BY seq;

-- name: journal_replace
UPDATE journal SET checksum = ?2, batch = ?3 WHERE seq = ?1;

-- name: chunk_shrink
UPDATE chunks SET bytes = bytes - ?2 WHERE first_seq <= ?1 AND last_seq >= ?1;

-- What has nobody's name was written by a version without names, or is of a time in which the asset was nobody's. A
-- list is named by its customer.
-- name: cases_claim_lists
UPDATE cases SET customer = ?1 WHERE customer = '' AND (asset = ?1 OR substr(asset, 1, length(?1) + 1) = ?1 || '/');

-- name: cases_claim
UPDATE cases SET customer = ? WHERE customer = '' AND asset = ? AND seq >= ? AND seq <= ?;

-- name: cases_of
SELECT id FROM cases WHERE customer = ?1 UNION SELECT case_id FROM remarks WHERE customer = ?1;

-- name: alarms_of
SELECT id FROM alarms WHERE case_id IN (SELECT id FROM cases WHERE customer = ?);

-- As alarms_forget_span.
-- name: alarms_of_span
SELECT id FROM alarms WHERE asset = ? AND seq >= ? AND seq <= ? AND case_id NOT IN (SELECT id FROM cases WHERE customer <> '');

-- name: alarms_forget
DELETE FROM alarms WHERE case_id IN (SELECT id FROM cases WHERE customer = ?);

-- name: notices_forget
DELETE FROM notices WHERE contact = ?1 OR case_id IN (SELECT id FROM cases WHERE customer = ?1);

-- name: remarks_forget
DELETE FROM remarks WHERE customer = ?1 OR case_id IN (SELECT id FROM cases WHERE customer = ?1);

-- After the three above.
-- name: cases_forget
DELETE FROM cases WHERE customer = ?;

-- Of the time in which the asset was theirs: what has no case, or none any more.
-- name: alarms_forget_span
DELETE FROM alarms WHERE asset = ? AND seq >= ? AND seq <= ? AND case_id NOT IN (SELECT id FROM cases WHERE customer <> '');

-- name: notices_forget_span
DELETE FROM notices WHERE asset = ? AND seq >= ? AND seq <= ? AND case_id NOT IN (SELECT id FROM cases WHERE customer <> '');

-- name: remarks_forget_span
DELETE FROM remarks WHERE asset = ? AND seq >= ? AND seq <= ? AND customer = '';

-- name: orders_after
SELECT number, seq, about, outcome FROM orders WHERE number > ? ORDER BY number;

-- name: order_blank
UPDATE orders SET about = '', outcome = ?2 WHERE number = ?1;

-- Of a slot that was emptied: also of an activation that is gone with the snapshots that needed it.
-- name: slot_forget
DELETE FROM activations WHERE slot = 'assignment/' || ?1
    AND (SELECT hash FROM activations WHERE slot = 'assignment/' || ?1 ORDER BY seq DESC LIMIT 1) = '';

-- What remains of an entry.
-- name: outbox_remains
UPDATE outbox SET event = ?2, body = ?3, retain = 1 WHERE key = ?1;

-- Of entries that are retained: how many have a lower seq and have not left.
-- name: retained_before
SELECT COUNT(*) FROM outbox WHERE retain = 1 AND (key & 72057594037927935) < ?;

-- name: meta_delete
DELETE FROM meta WHERE key = ?;

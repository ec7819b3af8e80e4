-- The read-only connection of tools. names_all and contents_active are in recover.sql.

-- name: reader_version
PRAGMA user_version;

-- name: reader_last
SELECT MAX(seq) FROM journal;

-- name: reader_batches
SELECT seq, core_time, checksum, batch FROM journal WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?;

-- From the row that holds an input on.
-- name: reader_batches_at
SELECT seq, core_time, checksum, batch FROM journal
WHERE seq >= COALESCE((SELECT MAX(seq) FROM journal WHERE seq <= ?1), ?1) AND seq + inputs > ?1 AND seq <= ?2
ORDER BY seq LIMIT ?3;

-- The first row of that core time or later: the chunks say from where to look.
-- name: reader_seq_at
SELECT seq FROM journal WHERE core_time >= ?1 AND seq >= COALESCE((SELECT MIN(first_seq) FROM chunks WHERE last_core >= ?1),
    (SELECT MAX(last_seq) + 1 FROM chunks), 0) ORDER BY seq LIMIT 1;

-- name: reader_alarms
SELECT id, case_id, seq, revision, state, open, pack, rule, asset, device, priority, onset, raised, detected, ended, body
FROM alarms WHERE hex(id) LIKE ? || '%' ORDER BY seq DESC, id LIMIT ?;

-- name: reader_alarm
SELECT id, case_id, seq, revision, state, open, pack, rule, asset, device, priority, onset, raised, detected, ended, body
FROM alarms WHERE id = ?;

-- name: reader_case
SELECT id, seq, revision, state, asset, category, opened, closed, body FROM cases WHERE id = ?;

-- name: reader_customer
SELECT EXISTS (SELECT 1 FROM served WHERE customer = ?1) OR EXISTS (SELECT 1 FROM cases WHERE customer = ?1)
    OR EXISTS (SELECT 1 FROM remarks WHERE customer = ?1) OR EXISTS (SELECT 1 FROM notices WHERE contact = ?1)
    OR EXISTS (SELECT 1 FROM proofs WHERE customer = ?1);

-- Assignments as they were before the input; where the store knows no earlier one of a slot, its first.
-- name: reader_assignments_before
SELECT a.slot, a.seq, a.hash, c.bytes FROM activations AS a LEFT JOIN contents AS c ON c.hash = a.hash
WHERE (a.slot = 'assignments' OR substr(a.slot, 1, 11) = 'assignment/')
    AND a.seq = COALESCE((SELECT MAX(seq) FROM activations AS old WHERE old.slot = a.slot AND old.seq < ?1),
        (SELECT MIN(seq) FROM activations AS next WHERE next.slot = a.slot AND next.hash <> '')) ORDER BY a.seq, a.slot;

-- The first that is kept since then.
-- name: reader_content_since
SELECT a.slot, a.seq, a.hash, c.bytes FROM activations AS a JOIN contents AS c ON c.hash = a.hash
WHERE a.slot = ? AND a.seq >= ? ORDER BY a.seq LIMIT 1;

-- Devices that served the asset right before the input.
-- name: reader_served_at
SELECT names.name FROM served JOIN names ON space = 0 AND number = device
WHERE asset = ?1 AND from_seq < ?2 AND to_seq >= ?2 ORDER BY from_seq, device;

-- Whether the asset was served under the activation of ?2, and no more before the input ?3.
-- name: reader_served_ended
SELECT EXISTS (SELECT 1 FROM served WHERE asset = ?1 AND to_seq >= ?2 AND to_seq < ?3)
    AND NOT EXISTS (SELECT 1 FROM served WHERE asset = ?1 AND from_seq < ?3 AND to_seq >= ?3);

-- name: reader_content
SELECT a.slot, a.seq, a.hash, c.bytes FROM activations AS a LEFT JOIN contents AS c ON c.hash = a.hash
WHERE a.slot = ? AND a.seq <= ? ORDER BY a.seq DESC LIMIT 1;

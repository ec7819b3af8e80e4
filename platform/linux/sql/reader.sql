-- The read-only connection of tools. names_all and contents_active are in recover.sql.

-- name: reader_version
PRAGMA user_version;

-- name: reader_last
SELECT MAX(seq) FROM journal;

-- name: reader_batches
SELECT seq, core_time, checksum, batch FROM journal WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?;

-- The first row of that core time or later: the chunks say from where to look.
-- name: reader_seq_at
SELECT seq FROM journal WHERE core_time >= ?1 AND seq >= COALESCE((SELECT MIN(first_seq) FROM chunks WHERE last_core >= ?1),
    (SELECT MAX(last_seq) + 1 FROM chunks), 0) ORDER BY seq LIMIT 1;

-- name: reader_alarms
SELECT id, case_id, seq, revision, state, open, pack, rule, asset, device, priority, onset, raised, detected, ended, body
FROM alarms WHERE hex(id) LIKE ? || '%' ORDER BY seq DESC, id LIMIT ?;

-- name: reader_case
SELECT id, seq, revision, state, asset, category, opened, closed, body FROM cases WHERE id = ?;

-- name: reader_content
SELECT a.slot, a.seq, a.hash, c.bytes FROM activations AS a LEFT JOIN contents AS c ON c.hash = a.hash
WHERE a.slot = ? AND a.seq <= ? ORDER BY a.seq DESC LIMIT 1;

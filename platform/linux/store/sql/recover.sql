-- What reading the database back needs; the salvage of a corrupt one uses the same.

-- name: meta_get
SELECT value FROM meta WHERE key = ?;

-- name: meta_put
INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?);

-- name: journal_last
SELECT seq + inputs, core_time FROM journal ORDER BY seq DESC LIMIT 1;

-- name: journal_first
SELECT seq FROM journal ORDER BY seq LIMIT 1;

-- name: tail_totals
SELECT COUNT(*), TOTAL(length(batch) + length(devices)), TOTAL(readings), MIN(core_time) FROM journal WHERE seq > ?;

-- name: chunk_totals
SELECT COUNT(*), TOTAL(row_count), TOTAL(bytes), TOTAL(readings), MAX(id), MAX(last_seq), MIN(first_seq),
    MIN(first_core), MAX(last_core) FROM chunks;

-- name: loss_totals
SELECT TOTAL(readings), MAX(last_seq) FROM losses WHERE reason = 'quota';

-- name: outbox_totals
SELECT COUNT(*), TOTAL(length(body)) FROM outbox;

-- name: outbox_last
SELECT MAX(key) FROM outbox WHERE key < ?;

-- name: left_totals
SELECT COUNT(*), MAX(seq) FROM outbox_left;

-- name: names_all
SELECT space, number, name FROM names ORDER BY space, number;

-- name: contents_active
SELECT a.slot, a.seq, a.hash, c.bytes FROM activations AS a LEFT JOIN contents AS c ON c.hash = a.hash
WHERE a.seq = (SELECT MAX(seq) FROM activations AS newest WHERE newest.slot = a.slot) ORDER BY a.seq, a.slot;

-- name: snapshot_at
SELECT last_seq, core_time, checksum, body FROM snapshots ORDER BY id DESC LIMIT 1 OFFSET ?;

-- name: snapshot_newest
SELECT last_seq, core_time, 1 FROM snapshots ORDER BY id DESC LIMIT 1;

-- name: alarms_open
SELECT id, case_id, seq, revision, state, open, pack, rule, asset, device, priority, onset, raised, detected, ended, body
FROM alarms WHERE open = 1 ORDER BY seq, id;

-- name: cases_open
SELECT id, seq, revision, state, asset, category, opened, closed, body FROM cases WHERE state < 2 ORDER BY seq, id;

-- For the salvage, also from an older version: it knows no other columns.
-- name: outbox_all
SELECT key, event, body FROM outbox ORDER BY key;

-- name: losses_unreported
SELECT id, reason, first_seq, last_seq, readings, first_core, last_core FROM losses WHERE reported = 0 ORDER BY id;

-- The first row that may hold a core time: its chunk's.
-- name: chunk_at_core
SELECT first_seq FROM chunks WHERE last_core >= ? ORDER BY id LIMIT 1;

-- name: batches
SELECT seq, inputs, core_time, checksum, batch FROM journal WHERE seq >= ? ORDER BY seq;

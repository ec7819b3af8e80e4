-- Chunks, eviction and losses. notice_evict is in notice.sql.

-- name: page_count
PRAGMA page_count;

-- name: free_count
PRAGMA freelist_count;

-- name: chunk_rows
SELECT seq, inputs, core_time, readings, length(batch), devices FROM journal WHERE seq > ? AND seq <= ? ORDER BY seq;

-- name: chunk_insert
INSERT INTO chunks (id, first_seq, last_seq, first_core, last_core, row_count, bytes, readings)
VALUES (?, ?, ?, ?, ?, ?, ?, ?);

-- name: posting_insert
INSERT INTO postings (id, seqs) VALUES (?, ?);

-- name: chunk_oldest
SELECT id, first_seq, last_seq, first_core, last_core, row_count, bytes, readings FROM chunks ORDER BY id LIMIT 1;

-- name: chunk_delete
DELETE FROM chunks WHERE id = ?;

-- name: posting_delete
DELETE FROM postings WHERE id >= ?1 << 32 AND id < (?1 + 1) << 32;

-- name: journal_delete
DELETE FROM journal WHERE seq >= ? AND seq <= ?;

-- name: alarm_evict
DELETE FROM alarms WHERE rowid IN (SELECT rowid FROM alarms WHERE open = 0 ORDER BY seq LIMIT ?);

-- name: case_evict
DELETE FROM cases WHERE rowid IN (SELECT rowid FROM cases WHERE state = 2 ORDER BY seq LIMIT ?);

-- name: loss_insert
INSERT INTO losses (reason, incarnation, first_seq, last_seq, readings, first_core, last_core, reported)
VALUES (?, ?, ?, ?, ?, ?, ?, ?);

-- name: loss_merge
UPDATE losses SET last_seq = ?2, readings = readings + ?3, last_core = ?4
WHERE id = (SELECT MAX(id) FROM losses WHERE reported = 1 AND reason = ?5 AND last_seq + 1 = ?1
    AND last_core / 86400000000 = ?4 / 86400000000);

-- name: loss_delete
DELETE FROM losses WHERE id = ?;

-- name: loss_reported
UPDATE losses SET reported = 1 WHERE id = ?;

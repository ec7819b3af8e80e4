-- The second, read-only connection.

-- name: history_chunks
SELECT id, first_seq, last_seq FROM chunks WHERE last_core >= ? AND first_core <= ? AND id > ? ORDER BY id LIMIT 1;

-- name: history_last_chunk
SELECT MAX(last_seq) FROM chunks;

-- name: history_posting
SELECT seqs FROM postings WHERE id = ?;

-- name: history_row
SELECT core_time, checksum, batch FROM journal WHERE seq = ?;

-- name: history_tail
SELECT seq, core_time, checksum, devices, batch FROM journal WHERE seq > ? AND core_time >= ? AND core_time <= ?
ORDER BY seq;

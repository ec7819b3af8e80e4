-- The outbox: what comes in, what leaves and why.

-- name: outbox_insert
INSERT INTO outbox (key, event, body, handed, retain) VALUES (?, ?, ?, ?, ?);

-- name: outbox_delete
DELETE FROM outbox WHERE key IN (?1, (1 << 56) | ?1, (2 << 56) | ?1) RETURNING length(body), event, retain;

-- name: outbox_hand
UPDATE outbox SET handed = 1 WHERE handed = 0 AND key IN (?1, (1 << 56) | ?1, (2 << 56) | ?1);

-- name: outbox_of_event
SELECT key & ((1 << 56) - 1), handed FROM outbox WHERE event = ?;

-- name: outbox_read
SELECT key, event, body, handed, retain FROM outbox WHERE key > ? AND key < ? ORDER BY key LIMIT ?;

-- name: left_insert
INSERT INTO outbox_left (seq, reason, core_time, event, utc) VALUES (?, ?, ?, ?, ?);

-- name: left_untold
SELECT seq FROM outbox_left WHERE event = ? AND reason > 0;

-- name: left_prune
DELETE FROM outbox_left WHERE seq IN (SELECT seq FROM outbox_left ORDER BY seq LIMIT ?);

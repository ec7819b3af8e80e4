-- Going back from a database of a newer version to the one that was kept.

-- Where the inputs go on, and the core time.
-- name: back_seq
SELECT MAX((SELECT COALESCE(MAX(seq + inputs), 1) FROM journal), (SELECT COALESCE(MAX(last_seq) + 1, 1) FROM snapshots),
        (SELECT COALESCE(MAX(last_seq) + 1, 1) FROM chunks), (SELECT COALESCE(MAX(value), 1) FROM meta WHERE key = 'seq_floor')),
    MAX((SELECT COALESCE(MAX(core_time), 0) FROM journal), (SELECT COALESCE(MAX(core_time), 0) FROM snapshots),
        (SELECT COALESCE(MAX(value), 0) FROM meta WHERE key = 'core_floor'));

-- Where the outbox goes on.
-- name: back_outbox
SELECT MAX((SELECT COALESCE(MAX(key & ((1 << 56) - 1)) + 1, 1) FROM outbox), (SELECT COALESCE(MAX(seq) + 1, 1) FROM outbox_left),
    (SELECT COALESCE(MAX(value), 1) FROM meta WHERE key = 'outbox_floor'));

-- What came after an input.
-- name: back_since
SELECT COALESCE(SUM(readings), 0), COALESCE(MIN(core_time), 0), COALESCE(MAX(core_time), 0) FROM journal WHERE seq >= ?;

-- name: outbox_whole
SELECT key, event, body, handed, retain FROM outbox ORDER BY key;

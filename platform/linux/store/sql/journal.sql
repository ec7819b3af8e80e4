-- What each commit writes.

-- name: begin
BEGIN IMMEDIATE;

-- name: commit
COMMIT;

-- name: journal_insert
INSERT INTO journal (seq, inputs, readings, core_time, checksum, devices, batch) VALUES (?, ?, ?, ?, ?, ?, ?);

-- name: name_insert
INSERT OR REPLACE INTO names (space, number, name) VALUES (?, ?, ?);

-- name: activation_insert
INSERT OR REPLACE INTO activations (slot, seq, hash) VALUES (?, ?, ?);

-- name: content_insert
INSERT OR IGNORE INTO contents (hash, bytes) VALUES (?, ?);

-- The body says why it was raised; later revisions have none.
-- name: alarm_put
INSERT INTO alarms (id, case_id, seq, revision, state, open, pack, rule, asset, device, priority, onset, raised, detected,
    ended, body)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET case_id = excluded.case_id, seq = excluded.seq, revision = excluded.revision,
    state = excluded.state, open = excluded.open, pack = excluded.pack, rule = excluded.rule, asset = excluded.asset,
    device = excluded.device, priority = excluded.priority, onset = excluded.onset, raised = excluded.raised,
    detected = excluded.detected, ended = excluded.ended,
    body = CASE WHEN length(excluded.body) > 0 THEN excluded.body ELSE alarms.body END;

-- What ends it may not know whose it is.
-- name: case_put
INSERT INTO cases (id, seq, revision, state, asset, category, opened, closed, body, customer)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, revision = excluded.revision, state = excluded.state,
    asset = excluded.asset, category = excluded.category, opened = excluded.opened, closed = excluded.closed,
    body = excluded.body,
    customer = CASE WHEN length(excluded.customer) > 0 THEN excluded.customer ELSE cases.customer END;

-- name: snapshot_insert
INSERT INTO snapshots (last_seq, core_time, checksum, body) VALUES (?, ?, ?, ?);

-- name: snapshot_prune
DELETE FROM snapshots WHERE id NOT IN (SELECT id FROM snapshots ORDER BY id DESC LIMIT ?);

-- An activation is needed while it is its slot's newest or a snapshot's tail replays it, and for who asks about the past
-- while what the journal has came under it. Where somebody is forgotten (1) nobody may.
-- name: activation_prune
DELETE FROM activations WHERE seq <= (SELECT MIN(last_seq) FROM snapshots)
    AND EXISTS (SELECT 1 FROM activations AS newer WHERE newer.slot = activations.slot AND newer.seq > activations.seq
        AND (?1 = 1 OR newer.seq < (SELECT COALESCE(MIN(seq), 0x7FFFFFFFFFFFFFFF) FROM journal)));

-- Of those kept for the past alone, the newest of so many bytes.
-- name: activation_bound
DELETE FROM activations WHERE seq <= (SELECT MIN(last_seq) FROM snapshots)
    AND EXISTS (SELECT 1 FROM activations AS newer WHERE newer.slot = activations.slot AND newer.seq > activations.seq)
    AND seq <= (SELECT MAX(seq) FROM (SELECT a.seq, SUM(length(c.bytes) + 100) OVER (ORDER BY a.seq DESC, a.slot) AS total
        FROM activations AS a LEFT JOIN contents AS c ON c.hash = a.hash
        WHERE EXISTS (SELECT 1 FROM activations AS newer WHERE newer.slot = a.slot AND newer.seq > a.seq)) WHERE total > ?1);

-- name: content_prune
DELETE FROM contents WHERE hash NOT IN (SELECT hash FROM activations);

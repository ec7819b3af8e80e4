-- What was decided about telling somebody.

-- Only an entry that tells it has a body: a later decision about the same revision keeps the one that is there.
-- name: notice_put
INSERT INTO notices (id, revision, seq, contact, asset, pack, rule, alarm, case_id, category, what, state, reason, decided, due,
    outbox_seq, body)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id, revision) DO UPDATE SET seq = excluded.seq, contact = excluded.contact, asset = excluded.asset,
    pack = excluded.pack, rule = excluded.rule, alarm = excluded.alarm, case_id = excluded.case_id,
    category = excluded.category, what = excluded.what, state = excluded.state, reason = excluded.reason,
    decided = excluded.decided, due = excluded.due, outbox_seq = excluded.outbox_seq,
    body = CASE WHEN length(excluded.body) > 0 THEN excluded.body ELSE notices.body END;

-- Numbers grow by one: no count is needed.
-- name: notice_prune
DELETE FROM notices WHERE number <= (SELECT MAX(number) FROM notices) - ?;

-- name: notice_evict
DELETE FROM notices WHERE number IN (SELECT number FROM notices ORDER BY number LIMIT ?);

-- name: notices_of_asset
SELECT n.id, n.revision, n.seq, n.contact, n.asset, n.pack, n.rule, n.alarm, n.case_id, n.category, n.what, n.state, n.reason,
    n.decided, n.due, n.outbox_seq, n.body, l.reason, l.utc,
    EXISTS (SELECT 1 FROM outbox WHERE key IN (n.outbox_seq, (1 << 56) | n.outbox_seq, (2 << 56) | n.outbox_seq))
FROM notices AS n LEFT JOIN outbox_left AS l ON l.seq = n.outbox_seq AND n.outbox_seq > 0
WHERE n.asset = ? AND n.decided >= ? AND n.decided <= ? ORDER BY n.decided, n.number;

-- name: notices_of_contact
SELECT n.id, n.revision, n.seq, n.contact, n.asset, n.pack, n.rule, n.alarm, n.case_id, n.category, n.what, n.state, n.reason,
    n.decided, n.due, n.outbox_seq, n.body, l.reason, l.utc,
    EXISTS (SELECT 1 FROM outbox WHERE key IN (n.outbox_seq, (1 << 56) | n.outbox_seq, (2 << 56) | n.outbox_seq))
FROM notices AS n LEFT JOIN outbox_left AS l ON l.seq = n.outbox_seq AND n.outbox_seq > 0
WHERE n.contact = ? ORDER BY n.decided DESC, n.number DESC LIMIT ?;

-- name: notices_by_id
SELECT n.id, n.revision, n.seq, n.contact, n.asset, n.pack, n.rule, n.alarm, n.case_id, n.category, n.what, n.state, n.reason,
    n.decided, n.due, n.outbox_seq, n.body, l.reason, l.utc,
    EXISTS (SELECT 1 FROM outbox WHERE key IN (n.outbox_seq, (1 << 56) | n.outbox_seq, (2 << 56) | n.outbox_seq))
FROM notices AS n LEFT JOIN outbox_left AS l ON l.seq = n.outbox_seq AND n.outbox_seq > 0
WHERE hex(n.id) LIKE ? || '%' ORDER BY n.id, n.revision LIMIT ?;

-- What was said about cases.

-- name: remark_put
INSERT INTO remarks (case_id, seq, utc, asset, customer, speaker, what, who, text, event, body)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- Numbers grow by one: no count is needed.
-- name: remark_prune
DELETE FROM remarks WHERE number <= (SELECT MAX(number) FROM remarks) - ?;

-- name: remark_evict
DELETE FROM remarks WHERE number IN (SELECT number FROM remarks ORDER BY number LIMIT ?);

-- Nothing when the entry still waits, or when what it said is gone.
-- name: remark_resend
INSERT INTO outbox (key, event, body, handed, retain)
SELECT ?1, event, body, 0, 0 FROM remarks
WHERE event = ?2 AND length(event) > 0 AND NOT EXISTS (SELECT 1 FROM outbox WHERE event = ?2)
ORDER BY number LIMIT 1 RETURNING length(body);

-- name: remarks_of_case
SELECT case_id, seq, utc, asset, speaker, what, who, text, event, body FROM remarks WHERE case_id = ? ORDER BY number;

-- name: case_ids
SELECT id FROM cases UNION SELECT case_id FROM remarks;

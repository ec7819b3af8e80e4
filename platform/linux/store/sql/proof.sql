-- Proofs of assets, and their entries.

-- name: proof_begin
INSERT INTO proofs (id, asset, customer, ended) VALUES (?, ?, ?, ?);

-- name: proof_put
INSERT INTO proof_entries (proof, number, header, salt, content, sealed, head, signature) VALUES (?, ?, ?, ?, ?, ?, ?, ?);

-- name: proof_end
UPDATE proofs SET ended = 1 WHERE id = ?;

-- Those that have not ended: where each stands.
-- name: proof_heads
SELECT p.id, e.number + 1, p.asset, p.customer, e.head FROM proofs AS p JOIN proof_entries AS e ON e.proof = p.id
WHERE p.ended = 0 AND e.number = (SELECT MAX(number) FROM proof_entries WHERE proof = p.id) ORDER BY p.number;

-- name: proof_forget_contents
UPDATE proof_entries SET salt = x'', content = '' WHERE proof IN (SELECT id FROM proofs WHERE customer = ?);

-- name: proof_forget
UPDATE proofs SET asset = '', customer = '', ended = 1 WHERE customer = ?;

-- A part of one proves nothing: the oldest that has ended goes as a whole.
-- name: proof_entries_evict
DELETE FROM proof_entries WHERE proof = (SELECT id FROM proofs WHERE ended = 1 ORDER BY number LIMIT 1);

-- name: proof_evict
DELETE FROM proofs WHERE number = (SELECT number FROM proofs WHERE ended = 1 ORDER BY number LIMIT 1);

-- Also for the salvage.
-- name: proofs_all
SELECT id, asset, customer, ended, (SELECT COUNT(*) FROM proof_entries WHERE proof = id) FROM proofs ORDER BY number;

-- name: proof_entries_all
SELECT proof, number, header, salt, content, sealed, head, signature FROM proof_entries ORDER BY proof, number;

-- name: proof_entries_of
SELECT proof, number, header, salt, content, sealed, head, signature FROM proof_entries WHERE proof = ? ORDER BY number;

-- Orders as they came.

-- name: order_put
INSERT INTO orders (seq, utc, key, counter, role, taken, more, who, verb, about, outcome)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- Numbers grow by one: no count is needed.
-- name: order_prune
DELETE FROM orders WHERE number <= (SELECT MAX(number) FROM orders) - ?;

-- name: order_evict
DELETE FROM orders WHERE number IN (SELECT number FROM orders ORDER BY number LIMIT ?);

-- name: orders_before
SELECT number, seq, utc, key, counter, role, taken, more, who, verb, about, outcome FROM orders
WHERE number < ?1 ORDER BY number DESC LIMIT ?2;

-- From version 2 to 3: what was said about each case; whose cases are; proofs of assets; orders.

ALTER TABLE cases ADD COLUMN customer TEXT NOT NULL DEFAULT '';

CREATE TABLE remarks (
    number INTEGER PRIMARY KEY,
    case_id BLOB NOT NULL,
    seq INTEGER NOT NULL,
    utc INTEGER NOT NULL,
    asset TEXT NOT NULL,
    customer TEXT NOT NULL,
    speaker INTEGER NOT NULL,
    what TEXT NOT NULL,
    who TEXT NOT NULL,
    text TEXT NOT NULL,
    event BLOB NOT NULL,
    body BLOB NOT NULL
) STRICT;
CREATE INDEX remarks_case ON remarks (case_id, number);
CREATE INDEX remarks_asset ON remarks (asset, number);
CREATE INDEX remarks_event ON remarks (event) WHERE length(event) > 0;

CREATE TABLE proofs (
    number INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    asset TEXT NOT NULL,
    customer TEXT NOT NULL,
    ended INTEGER NOT NULL
) STRICT;

CREATE TABLE proof_entries (
    proof BLOB NOT NULL,
    number INTEGER NOT NULL,
    header TEXT NOT NULL,
    salt BLOB NOT NULL,
    content TEXT NOT NULL,
    sealed BLOB NOT NULL,
    head BLOB NOT NULL,
    signature BLOB NOT NULL,
    PRIMARY KEY (proof, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE orders (
    number INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    utc INTEGER NOT NULL,
    key BLOB NOT NULL,
    counter INTEGER NOT NULL,
    role INTEGER NOT NULL,
    taken INTEGER NOT NULL,
    more INTEGER NOT NULL,
    who TEXT NOT NULL,
    verb TEXT NOT NULL,
    about TEXT NOT NULL,
    outcome TEXT NOT NULL
) STRICT;

-- Version 3. A change of it needs migrate_N.sql, N being the new version, and the new number in store_schema.c.

CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value ANY NOT NULL
) STRICT, WITHOUT ROWID;

-- One row per turn with inputs; seq is that of its first input. devices: signed varint differences of device numbers.
CREATE TABLE journal (
    seq INTEGER PRIMARY KEY,
    inputs INTEGER NOT NULL,
    readings INTEGER NOT NULL,
    core_time INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    devices BLOB NOT NULL,
    batch BLOB NOT NULL
) STRICT;

CREATE TABLE chunks (
    id INTEGER PRIMARY KEY,
    first_seq INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    first_core INTEGER NOT NULL,
    last_core INTEGER NOT NULL,
    row_count INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    readings INTEGER NOT NULL
) STRICT;

-- id = chunk << 32 | device. seqs: varint differences, the first one to the chunk's first_seq.
CREATE TABLE postings (
    id INTEGER PRIMARY KEY,
    seqs BLOB NOT NULL
) STRICT;

CREATE TABLE snapshots (
    id INTEGER PRIMARY KEY,
    last_seq INTEGER NOT NULL,
    core_time INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    body BLOB NOT NULL
) STRICT;

CREATE TABLE names (
    space INTEGER NOT NULL,
    number INTEGER NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (space, number)
) STRICT, WITHOUT ROWID;

-- An empty hash: the slot was emptied.
CREATE TABLE activations (
    slot TEXT NOT NULL,
    seq INTEGER NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (slot, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE contents (
    hash TEXT PRIMARY KEY,
    bytes BLOB NOT NULL
) STRICT;

CREATE TABLE alarms (
    id BLOB NOT NULL UNIQUE,
    case_id BLOB NOT NULL,
    seq INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    state INTEGER NOT NULL,
    open INTEGER NOT NULL,
    pack TEXT NOT NULL,
    rule TEXT NOT NULL,
    asset TEXT NOT NULL,
    device TEXT NOT NULL,
    priority INTEGER NOT NULL,
    onset INTEGER NOT NULL,
    raised INTEGER NOT NULL,
    detected INTEGER NOT NULL,
    ended INTEGER NOT NULL,
    body BLOB NOT NULL
) STRICT;
CREATE INDEX alarms_open ON alarms (seq) WHERE open = 1;

-- state 2: closed. customer: whose it is, whoever has the asset now; empty: nobody's, or nobody knows.
CREATE TABLE cases (
    id BLOB NOT NULL UNIQUE,
    seq INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    state INTEGER NOT NULL,
    asset TEXT NOT NULL,
    category TEXT NOT NULL,
    opened INTEGER NOT NULL,
    closed INTEGER NOT NULL,
    body BLOB NOT NULL,
    customer TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX cases_open ON cases (seq) WHERE state < 2;

-- key = class << 56 | seq: a class is one range, in its order. handed: the link had it once, so it may have been told.
-- retain: a state, not a message: its leaving is not recorded.
CREATE TABLE outbox (
    key INTEGER PRIMARY KEY,
    event BLOB NOT NULL,
    body BLOB NOT NULL,
    handed INTEGER NOT NULL DEFAULT 0,
    retain INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX outbox_event ON outbox (event);

-- reason 0: told. utc: the least number while the clock was not known.
CREATE TABLE outbox_left (
    seq INTEGER PRIMARY KEY,
    reason INTEGER NOT NULL,
    core_time INTEGER NOT NULL,
    event BLOB NOT NULL DEFAULT x'',
    utc INTEGER NOT NULL DEFAULT -9223372036854775808
) STRICT;
CREATE INDEX outbox_left_untold ON outbox_left (event) WHERE reason > 0;

-- What was decided about telling somebody, in the order of deciding. body: that of the outbox entry.
CREATE TABLE notices (
    number INTEGER PRIMARY KEY,
    id BLOB NOT NULL,
    revision INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    contact TEXT NOT NULL,
    asset TEXT NOT NULL,
    pack TEXT NOT NULL,
    rule TEXT NOT NULL,
    alarm BLOB NOT NULL,
    case_id BLOB NOT NULL,
    category TEXT NOT NULL,
    what TEXT NOT NULL,
    state INTEGER NOT NULL,
    reason TEXT NOT NULL,
    decided INTEGER NOT NULL,
    due INTEGER NOT NULL,
    outbox_seq INTEGER NOT NULL,
    body BLOB NOT NULL,
    UNIQUE (id, revision)
) STRICT;
CREATE INDEX notices_asset ON notices (asset, decided);
CREATE INDEX notices_contact ON notices (contact, decided);

-- What was said about each case, in the order of saying. event: a ticket's, with the body of its outbox entry, to send
-- it again; else empty. utc: the least number while the clock was not known.
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

-- Orders as they came, taken or not. utc: the least number while the clock was not known. more: refused before it, which
-- have no rows.
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

-- reported: the commit after the one that handed it over was made. Losses of one day that adjoin become one row then.
CREATE TABLE losses (
    id INTEGER PRIMARY KEY,
    reason TEXT NOT NULL,
    incarnation BLOB NOT NULL,
    first_seq INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    readings INTEGER NOT NULL,
    first_core INTEGER NOT NULL,
    last_core INTEGER NOT NULL,
    reported INTEGER NOT NULL
) STRICT;

-- Which device reported for which customer's asset, by journal inputs; to_seq 2^63-1: it still does.
CREATE TABLE served (
    asset TEXT NOT NULL,
    customer TEXT NOT NULL,
    device INTEGER NOT NULL,
    from_seq INTEGER NOT NULL,
    to_seq INTEGER NOT NULL,
    PRIMARY KEY (asset, device, from_seq)
) STRICT, WITHOUT ROWID;

-- core/proof/proof.h. An empty asset: its customer was forgotten.
CREATE TABLE proofs (
    number INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    asset TEXT NOT NULL,
    customer TEXT NOT NULL,
    ended INTEGER NOT NULL
) STRICT;

-- Salt and content are empty where the customer was forgotten. signature: of the head, where it is signed.
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

-- Version 2. A change of it needs migrate_N.sql, N being the new version, and the new number in store_schema.c.

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

-- state 2: closed.
CREATE TABLE cases (
    id BLOB NOT NULL UNIQUE,
    seq INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    state INTEGER NOT NULL,
    asset TEXT NOT NULL,
    category TEXT NOT NULL,
    opened INTEGER NOT NULL,
    closed INTEGER NOT NULL,
    body BLOB NOT NULL
) STRICT;
CREATE INDEX cases_open ON cases (seq) WHERE state < 2;

-- key = class << 56 | seq: a class is one range, in its order.
CREATE TABLE outbox (
    key INTEGER PRIMARY KEY,
    event BLOB NOT NULL,
    body BLOB NOT NULL
) STRICT;

CREATE TABLE outbox_left (
    seq INTEGER PRIMARY KEY,
    reason INTEGER NOT NULL,
    core_time INTEGER NOT NULL
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

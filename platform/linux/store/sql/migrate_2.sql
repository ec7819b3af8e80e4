-- From version 1 to 2: who was served by what, entries that replace others, what was decided about telling somebody.

CREATE TABLE served (
    asset TEXT NOT NULL,
    customer TEXT NOT NULL,
    device INTEGER NOT NULL,
    from_seq INTEGER NOT NULL,
    to_seq INTEGER NOT NULL,
    PRIMARY KEY (asset, device, from_seq)
) STRICT, WITHOUT ROWID;

ALTER TABLE outbox ADD COLUMN handed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN retain INTEGER NOT NULL DEFAULT 0;
CREATE INDEX outbox_event ON outbox (event);

ALTER TABLE outbox_left ADD COLUMN event BLOB NOT NULL DEFAULT x'';
ALTER TABLE outbox_left ADD COLUMN utc INTEGER NOT NULL DEFAULT -9223372036854775808;
CREATE INDEX outbox_left_untold ON outbox_left (event) WHERE reason > 0;

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

-- From version 2 to 3: what was said about each case.

CREATE TABLE remarks (
    number INTEGER PRIMARY KEY,
    case_id BLOB NOT NULL,
    seq INTEGER NOT NULL,
    utc INTEGER NOT NULL,
    asset TEXT NOT NULL,
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

-- From version 1 to 2.

CREATE TABLE served (
    asset TEXT NOT NULL,
    customer TEXT NOT NULL,
    device INTEGER NOT NULL,
    from_seq INTEGER NOT NULL,
    to_seq INTEGER NOT NULL,
    PRIMARY KEY (asset, device, from_seq)
) STRICT, WITHOUT ROWID;

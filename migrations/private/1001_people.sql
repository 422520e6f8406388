-- What is nobody's record: credentials, sessions and links. This database is backed up; the index beside it is not.

-- A password of somebody the policy knows, by address.
CREATE TABLE passwords (
    address    TEXT    NOT NULL PRIMARY KEY,
    -- PHC string of Argon2id.
    hash       TEXT    NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Sign-in links; only the SHA-256 of the token is kept.
CREATE TABLE sign_in_links (
    token_hash TEXT    NOT NULL PRIMARY KEY,
    address    TEXT    NOT NULL,
    -- NULL for the demo's links, which stay usable until the demo is deleted.
    expires_at INTEGER,
    used_at    INTEGER
) STRICT, WITHOUT ROWID;

-- Sessions; only the SHA-256 of the cookie's token is kept.
CREATE TABLE sessions (
    token_hash TEXT    NOT NULL PRIMARY KEY,
    address    TEXT    NOT NULL,
    -- Random bytes behind this session's form tokens.
    form_key   TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_address ON sessions (address);

-- Failed sign-ins, for slowing the next ones: by address and by peer.
CREATE TABLE failed_sign_ins (
    subject   TEXT    NOT NULL,
    at        INTEGER NOT NULL
) STRICT;
CREATE INDEX failed_sign_ins_by_subject ON failed_sign_ins (subject, at);

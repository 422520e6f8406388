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
    -- NULL for links that stay usable until they are deleted.
    expires_at INTEGER,
    -- 1 for a demo's links, which may be used again; all others are used once.
    reusable   INTEGER NOT NULL,
    used_at    INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX sign_in_links_by_address ON sign_in_links (address);

-- Sessions; only the SHA-256 of the cookie's token is kept.
CREATE TABLE sessions (
    token_hash TEXT    NOT NULL PRIMARY KEY,
    address    TEXT    NOT NULL,
    -- Random bytes behind this session's form tokens, in hexadecimal.
    form_key   TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_address ON sessions (address);

-- Sign-ins that failed or are under way, for slowing the next ones: by address, by peer, and by both.
CREATE TABLE failed_sign_ins (
    subject   TEXT    NOT NULL,
    at        INTEGER NOT NULL
) STRICT;
CREATE INDEX failed_sign_ins_by_subject ON failed_sign_ins (subject, at);

-- Searches that somebody keeps under a name.
CREATE TABLE saved_views (
    id         INTEGER NOT NULL PRIMARY KEY,
    address    TEXT    NOT NULL,
    -- The repository's name in addresses.
    repository TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    -- The canonical query of the list of records.
    query      TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (address, repository, name)
) STRICT;

-- How the server is let in at git hosts. Secrets, so never in git; backed up with the rest of this database.

-- The remotes of a repository for which the operator gave a login: the place of publication, and mirrors that follow it.
CREATE TABLE remotes (
    -- The repository's name in addresses.
    repository  TEXT    NOT NULL,
    address     TEXT    NOT NULL,
    -- 1 for a mirror, which is sent what the place of publication holds and decides nothing.
    is_mirror   INTEGER NOT NULL,
    -- Over HTTPS: a user's name and a token. NULL over SSH and where none is needed.
    user        TEXT,
    token       TEXT,
    -- Over SSH: a private key in OpenSSH's form, and the host's keys as lines of known_hosts. NULL over HTTPS.
    private_key TEXT,
    host_keys   TEXT,
    PRIMARY KEY (repository, address)
) STRICT, WITHOUT ROWID;

-- The secrets by which webhooks are proven, by repository and kind of host. Without a row the endpoint is off.
CREATE TABLE hooks (
    repository   TEXT    NOT NULL,
    -- 'github', 'gitlab', 'gitea', 'forgejo', 'bitbucket' or 'plain'.
    host         TEXT    NOT NULL,
    secret       TEXT    NOT NULL,
    -- The one before, which counts too until it is ended; NULL where there is none.
    older_secret TEXT,
    changed_at   INTEGER NOT NULL,
    PRIMARY KEY (repository, host)
) STRICT, WITHOUT ROWID;

-- The last webhooks that came, for people to read. Nothing depends on them but that a repeated delivery is known again.
CREATE TABLE deliveries (
    id          INTEGER NOT NULL PRIMARY KEY,
    repository  TEXT    NOT NULL,
    host        TEXT    NOT NULL,
    -- The host's own id; NULL where it gave none, and of one that is not proven.
    delivery    TEXT,
    event       TEXT    NOT NULL,
    -- What it says that moved, a line each.
    moved       TEXT    NOT NULL,
    -- 'asked' for a look, 'ignored' because its event moves nothing, or 'refused'.
    outcome     TEXT    NOT NULL,
    -- Why it was refused; empty where it was not.
    reason      TEXT    NOT NULL,
    bytes       INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    -- When the look ended that it asked for; NULL while it waits.
    looked_at   INTEGER,
    -- How often it came.
    times       INTEGER NOT NULL,
    UNIQUE (repository, host, delivery)
) STRICT;
CREATE INDEX deliveries_by_repository ON deliveries (repository, id);
CREATE INDEX deliveries_waiting ON deliveries (repository, id) WHERE looked_at IS NULL AND outcome = 'asked';

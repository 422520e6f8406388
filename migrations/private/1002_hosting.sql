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

-- What is asked of git hosts beside git. Secrets and what a host was last told, so never in git; backed up with the rest of this database. Without these
-- rows everything is asked and told again.

-- The API of a repository's host. Without a row git alone carries the loop.
CREATE TABLE host_apis (
    -- The repository's name in addresses.
    repository TEXT NOT NULL PRIMARY KEY,
    -- 'github', 'gitlab', 'gitea', 'forgejo' or 'bitbucket'.
    host       TEXT NOT NULL,
    -- Its address, without a slash at the end, and what the host calls the repository: 'team/register'.
    base       TEXT NOT NULL,
    project    TEXT NOT NULL,
    token      TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The pull and merge requests of a repository's host, as they were last seen there and told.
CREATE TABLE requests (
    repository  TEXT    NOT NULL,
    number      INTEGER NOT NULL,
    -- The branch here that is its proposal.
    branch      TEXT    NOT NULL,
    title       TEXT    NOT NULL,
    text        TEXT    NOT NULL,
    is_open     INTEGER NOT NULL,
    -- What people call its author there, and its page.
    author      TEXT    NOT NULL,
    address     TEXT    NOT NULL,
    -- The host's own word for what it was when its approvals were last counted; NULL before.
    counted     TEXT,
    -- The host's id of the one comment; NULL before the first.
    comment     TEXT,
    -- A digest of the head, the status and the comment that the host was told last; NULL before.
    told        TEXT,
    PRIMARY KEY (repository, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX requests_by_branch ON requests (repository, branch);

-- Where those who build on a register are reached, and how far each was told. Deliveries are nobody's record; the events that they carry follow from git.

-- Where a target of the policy stands, and what proves a delivery there.
CREATE TABLE endpoints (
    repository   TEXT    NOT NULL,
    -- The target's name in the policy.
    target       TEXT    NOT NULL,
    -- 'webhook', 'build-hook', 'github-dispatch', 'github-workflow' or 'gitlab-pipeline'.
    kind         TEXT    NOT NULL,
    -- The address of a webhook or a build hook, the base of a host's API. The address of a build hook is itself a secret.
    address      TEXT    NOT NULL,
    -- The project at a host; empty elsewhere.
    project      TEXT    NOT NULL,
    -- The branch or tag that is built; empty where none is named.
    reference    TEXT    NOT NULL,
    -- The workflow's file, or the type of the event that is dispatched.
    detail       TEXT    NOT NULL,
    -- The signing secret of a webhook, or the host's token; empty for a build hook.
    secret       TEXT    NOT NULL,
    -- The signing secret before, which signs too until it is ended.
    older_secret TEXT,
    changed_at   INTEGER NOT NULL,
    PRIMARY KEY (repository, target)
) STRICT, WITHOUT ROWID;

-- How far each target was told.
CREATE TABLE target_states (
    repository TEXT    NOT NULL,
    target     TEXT    NOT NULL,
    -- The number of the last event that a delivery was made for, counted for this target alone; its id, and the attestation that it follows from.
    sequence   INTEGER NOT NULL,
    event      TEXT,
    after      TEXT    NOT NULL,
    -- The same of the last event that was dealt with: delivered, or put aside as dead.
    told_sequence INTEGER NOT NULL,
    told_event TEXT,
    told_after TEXT    NOT NULL,
    -- When the last delivery was made, for targets that gather events.
    made_at    INTEGER,
    -- Why nothing is sent; NULL while it is.
    resting    TEXT,
    resting_since INTEGER,
    PRIMARY KEY (repository, target)
) STRICT, WITHOUT ROWID;

-- One event for one target, or all that it gathered.
CREATE TABLE target_deliveries (
    repository   TEXT    NOT NULL,
    target       TEXT    NOT NULL,
    -- The numbers of its events for this target; the same for a single one.
    first        INTEGER NOT NULL,
    last         INTEGER NOT NULL,
    -- What the receiver knows it by: the event's id, or one computed from the first and the last of several.
    id           TEXT    NOT NULL,
    kind         TEXT    NOT NULL,
    record_id    TEXT    NOT NULL,
    -- The last event's id, and the attestation that it follows from.
    event        TEXT    NOT NULL,
    after        TEXT    NOT NULL,
    body         TEXT    NOT NULL,
    -- 'waiting', 'delivered' or 'dead'.
    state        TEXT    NOT NULL,
    attempts     INTEGER NOT NULL,
    -- The first attempt of this run, and when the next one is due; seconds since 1970 in UTC.
    tried_since  INTEGER,
    due          INTEGER NOT NULL,
    made_at      INTEGER NOT NULL,
    ended_at     INTEGER,
    PRIMARY KEY (repository, target, first)
) STRICT, WITHOUT ROWID;
CREATE INDEX target_deliveries_waiting ON target_deliveries (repository, target, first) WHERE state = 'waiting';
CREATE INDEX target_deliveries_dead ON target_deliveries (repository, target, first) WHERE state = 'dead';

-- Each try.
CREATE TABLE attempts (
    repository TEXT    NOT NULL,
    target     TEXT    NOT NULL,
    first      INTEGER NOT NULL,
    number     INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    took_ms    INTEGER NOT NULL,
    -- What was sent, without secrets: the request's first line and its headers.
    request    TEXT    NOT NULL,
    -- The status, headers and the beginning of what was answered; NULL where nothing was.
    status     INTEGER,
    answer     TEXT    NOT NULL,
    -- Why it did not go well: a code and words; empty where it did.
    code       TEXT    NOT NULL,
    error      TEXT    NOT NULL,
    PRIMARY KEY (repository, target, first, number)
) STRICT, WITHOUT ROWID;

-- What builds said of themselves.
CREATE TABLE builds (
    id         INTEGER NOT NULL PRIMARY KEY,
    repository TEXT    NOT NULL,
    target     TEXT    NOT NULL,
    -- 'building', 'live' or 'failed'.
    state      TEXT    NOT NULL,
    -- The attestation up to which it was built.
    commit_id  TEXT    NOT NULL,
    -- Where it can be seen, and its log; empty where the build did not say.
    url        TEXT    NOT NULL,
    log        TEXT    NOT NULL,
    said_by    TEXT    NOT NULL,
    at         INTEGER NOT NULL
) STRICT;
CREATE INDEX builds_by_target ON builds (repository, target, id);

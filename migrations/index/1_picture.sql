-- The picture of one repository. Every row is a function of the tip, its history, the journal and the attested policy: delete the file and it
-- comes back the same. `countersign rebuild --check` compares every row of every table here.

-- Where the picture stands: 'tip' (the published branch), 'journal', 'baseline', 'chain' (the last attestation or the baseline) and 'policy'
-- (the commit whose policy, schemas and keys are in force).
CREATE TABLE heads (
    name      TEXT NOT NULL PRIMARY KEY,
    commit_id TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Every commit reachable from the tip.
CREATE TABLE commits (
    id           TEXT    NOT NULL PRIMARY KEY,
    -- One more than the largest of its parents; orders history without trusting a clock.
    generation   INTEGER NOT NULL,
    -- The first attestation (by sequence, 0 is the baseline) from which it can be reached; NULL since the last one.
    epoch        INTEGER,
    authored_at  INTEGER NOT NULL,
    committed_at INTEGER NOT NULL,
    subject      TEXT    NOT NULL,
    -- 1 when an attested key of this server signed it.
    by_server    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX commits_by_epoch ON commits (epoch);
CREATE INDEX commits_by_generation ON commits (generation);
CREATE INDEX commits_by_time ON commits (authored_at);

-- Who a commit says wrote it: part is 'author', 'coauthor' or 'committer'. Only for commits that changed a record-like file.
CREATE TABLE commit_people (
    commit_id TEXT NOT NULL,
    part      TEXT NOT NULL,
    address   TEXT NOT NULL,
    name      TEXT NOT NULL,
    PRIMARY KEY (commit_id, part, address)
) STRICT, WITHOUT ROWID;

-- What each commit changed against all its parents, for files of a record format.
CREATE TABLE changes (
    path         TEXT NOT NULL,
    commit_id    TEXT NOT NULL,
    old_blob     TEXT,
    new_blob     TEXT,
    -- The path it had before, when the commit renamed it without changing a byte, or says so.
    renamed_from TEXT,
    -- What the new blob says of itself, where a collection owns the path and it can be read.
    record_id    TEXT,
    status       TEXT,
    version      TEXT,
    locale       TEXT,
    -- Why it cannot be read.
    problem      TEXT,
    PRIMARY KEY (path, commit_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX changes_by_commit ON changes (commit_id);
CREATE INDEX changes_by_record ON changes (record_id) WHERE record_id IS NOT NULL;

-- Records as the baseline found them.
CREATE TABLE baseline (
    path      TEXT NOT NULL PRIMARY KEY,
    -- Its id then: the id field's value or the last readable one, or the slug at birth.
    record_id TEXT NOT NULL,
    blob      TEXT NOT NULL,
    status    TEXT,
    version   TEXT,
    locale    TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX baseline_by_record ON baseline (record_id);

-- The chain of attestations, in its own order.
CREATE TABLE attestations (
    sequence     INTEGER NOT NULL PRIMARY KEY,
    commit_id    TEXT    NOT NULL UNIQUE,
    record_id    TEXT    NOT NULL,
    path         TEXT    NOT NULL,
    transition   TEXT    NOT NULL,
    status_from  TEXT    NOT NULL,
    status_to    TEXT    NOT NULL,
    version_from TEXT,
    version_to   TEXT,
    bump         TEXT,
    base         TEXT,
    proposed     TEXT    NOT NULL,
    -- The blob at the path in the attestation's own tree.
    result       TEXT    NOT NULL,
    policy       TEXT    NOT NULL,
    decisions    TEXT    NOT NULL,
    -- The files that the text names, as they were judged with it: blob and path, one a line.
    attached     TEXT    NOT NULL,
    -- The name of the release that it is part of.
    release      TEXT,
    -- Identities, one a line.
    authored_by  TEXT    NOT NULL,
    approved_by  TEXT    NOT NULL,
    at           INTEGER NOT NULL
) STRICT;
CREATE INDEX attestations_by_record ON attestations (record_id, sequence);
CREATE INDEX attestations_by_decisions ON attestations (decisions);
CREATE INDEX attestations_by_release ON attestations (release) WHERE release IS NOT NULL;
CREATE INDEX attestations_of_yanks ON attestations (sequence) WHERE transition = 'yank';
CREATE INDEX attestations_of_policy ON attestations (sequence) WHERE path = 'countersign.toml' AND transition = 'amend';

-- What happened to what readers have, one for each attestation that matters to them, and one more after the last of a release.
CREATE TABLE events (
    -- In the chain's order, without a gap.
    number     INTEGER NOT NULL PRIMARY KEY,
    -- A function of the attestation's commit and the record.
    id         TEXT    NOT NULL UNIQUE,
    kind       TEXT    NOT NULL,
    -- The attestation.
    sequence   INTEGER NOT NULL,
    -- The record, or the release by its id.
    record_id  TEXT    NOT NULL,
    -- The record's collection then, and the language that the text gives; NULL for a release.
    collection TEXT,
    locale     TEXT,
    -- The version that readers have by it, had until it, or that was taken back.
    version    TEXT
) STRICT;
CREATE INDEX events_by_record ON events (record_id, number);
CREATE INDEX events_by_sequence ON events (sequence);

-- Events, with what their attestations say.
CREATE VIEW told_events AS
SELECT events.number, events.id, events.kind, events.record_id, events.collection, events.locale, events.version, attestations.release, events.sequence,
       attestations.commit_id AS "commit", attestations.path, attestations.transition, attestations.status_from, attestations.status_to,
       attestations.bump, attestations.result AS blob, attestations.at
FROM events JOIN attestations ON attestations.sequence = events.sequence;

-- Signed in the server's name, claiming to be an attestation or a baseline, and none.
CREATE TABLE strays (
    commit_id TEXT NOT NULL PRIMARY KEY,
    reason    TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The journal, in its own order.
CREATE TABLE decisions (
    position   INTEGER NOT NULL PRIMARY KEY,
    commit_id  TEXT    NOT NULL UNIQUE,
    act        TEXT    NOT NULL,
    transition TEXT,
    record_id  TEXT    NOT NULL,
    path       TEXT    NOT NULL,
    base       TEXT,
    proposed   TEXT    NOT NULL,
    policy     TEXT    NOT NULL,
    bump       TEXT,
    operation  TEXT    NOT NULL,
    text       TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    address    TEXT    NOT NULL,
    at         INTEGER NOT NULL,
    -- The proposal that was read, and its head then.
    proposal   TEXT,
    head       TEXT,
    -- The field that is spoken of, the whole text with a suggested change, and the decision that is answered.
    field      TEXT,
    suggested  TEXT,
    answers    TEXT,
    -- Who was asked to look, by short name, and until which day.
    assignee   TEXT,
    due        TEXT,
    -- The two ends of a published branch that was rewritten, OLD..NEW.
    tips       TEXT,
    -- The files that the text names, as they were judged with it: blob and path, one a line.
    attached   TEXT    NOT NULL,
    -- 1 when it was said before an attestation that an accepted rewriting of history lost: it counts for nothing any more.
    is_spent   INTEGER NOT NULL
) STRICT;
CREATE INDEX decisions_by_record ON decisions (record_id, position);
CREATE INDEX decisions_by_operation ON decisions (operation);
CREATE INDEX decisions_by_person ON decisions (address, record_id);
CREATE INDEX decisions_by_proposal ON decisions (proposal, position) WHERE proposal IS NOT NULL;
CREATE INDEX decisions_with_due ON decisions (assignee) WHERE due IS NOT NULL;

-- Whom the journal and the chain tell something, and why: authors, those who are spoken to, those who were asked. Nobody is told of their own acts.
CREATE TABLE notices (
    -- Short name in the policy in force.
    person TEXT    NOT NULL,
    -- 'journal' or 'chain', and the position or the sequence there.
    source TEXT    NOT NULL,
    number INTEGER NOT NULL,
    reason TEXT    NOT NULL,
    PRIMARY KEY (person, source, number)
) STRICT, WITHOUT ROWID;

-- Files of a collection at the tip. The hidden rowid joins `search`.
CREATE TABLE records (
    path             TEXT    NOT NULL PRIMARY KEY,
    id               TEXT    NOT NULL,
    collection       TEXT    NOT NULL,
    blob             TEXT    NOT NULL,
    title            TEXT    NOT NULL,
    -- The language that it gives, as written.
    locale           TEXT,
    declared_status  TEXT,
    declared_version TEXT,
    -- The quarantine: why the file cannot be read, and where.
    problem_code     TEXT,
    problem_line     INTEGER,
    problem          TEXT,
    attested_status  TEXT,
    attested_version TEXT,
    attested_blob    TEXT,
    -- Sequence of the last attestation, 0 for the baseline.
    attested_at      INTEGER,
    -- The last published blob, the language that it gives, and the sequence that published it.
    base_blob        TEXT,
    base_locale      TEXT,
    base_at          INTEGER,
    -- 'draft', 'settled', or 'changed' (outside review).
    standing         TEXT    NOT NULL,
    -- The last commit that changed it, by generation.
    changed_by       TEXT,
    changed_at       INTEGER
) STRICT;
CREATE INDEX records_by_id ON records (id);
CREATE INDEX records_by_standing ON records (standing, changed_at);
CREATE INDEX records_by_title ON records (title COLLATE NOCASE, path);
CREATE INDEX records_by_change ON records (changed_at, path);
CREATE INDEX records_by_collection ON records (collection, title COLLATE NOCASE, path);
CREATE INDEX records_by_status ON records (attested_status);
CREATE INDEX records_by_locale ON records (locale COLLATE NOCASE) WHERE locale IS NOT NULL;
-- Approved and not yet published: among many settled records few.
CREATE INDEX records_approved ON records (changed_at) WHERE standing = 'settled' AND attested_blob IS NOT base_blob;
CREATE INDEX records_unreadable ON records (path) WHERE problem_code IS NOT NULL;

-- Attested records that no file at the tip holds.
CREATE TABLE removed_records (
    id               TEXT    NOT NULL PRIMARY KEY,
    path             TEXT    NOT NULL,
    collection       TEXT    NOT NULL,
    attested_status  TEXT    NOT NULL,
    attested_version TEXT,
    attested_blob    TEXT    NOT NULL,
    -- The last published blob, and the language that it gives.
    base_blob        TEXT,
    base_locale      TEXT,
    -- 1 where it is beyond draft, and so was removed outside review.
    is_outside       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The paths a record had, newest first: history at `earlier` counts up to and including generation `until` (NULL: to the tip).
CREATE TABLE lineage (
    path     TEXT    NOT NULL,
    position INTEGER NOT NULL,
    earlier  TEXT    NOT NULL,
    until    INTEGER,
    PRIMARY KEY (path, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX lineage_by_earlier ON lineage (earlier);

-- Who wrote a record's text since its base.
CREATE TABLE authors (
    path    TEXT NOT NULL,
    address TEXT NOT NULL,
    name    TEXT NOT NULL,
    -- 1 when this server's sessions vouch for every commit counted here; 0 when a commit only says so.
    proven  INTEGER NOT NULL,
    PRIMARY KEY (path, address)
) STRICT, WITHOUT ROWID;
CREATE INDEX authors_by_person ON authors (address);

-- References from a record's fields to other records.
CREATE TABLE relations (
    path     TEXT    NOT NULL,
    field    TEXT    NOT NULL,
    line     INTEGER NOT NULL,
    target   TEXT    NOT NULL,
    PRIMARY KEY (path, field)
) STRICT, WITHOUT ROWID;
CREATE INDEX relations_by_target ON relations (target);

-- The pictures and documents that a record names, each with the first place that names it.
CREATE TABLE attachments (
    path  TEXT    NOT NULL,
    file  TEXT    NOT NULL,
    field TEXT    NOT NULL,
    line  INTEGER NOT NULL,
    PRIMARY KEY (path, file)
) STRICT, WITHOUT ROWID;
CREATE INDEX attachments_by_file ON attachments (file);

-- Pictures and documents at the tip, in the folders that the policy gives them.
CREATE TABLE attached_files (
    file    TEXT NOT NULL PRIMARY KEY,
    blob    TEXT NOT NULL,
    -- Why it cannot be shown.
    problem TEXT
) STRICT, WITHOUT ROWID;

-- What the rules found in a file by itself; findings that need other records are in the view below.
CREATE TABLE findings (
    path     TEXT    NOT NULL,
    position INTEGER NOT NULL,
    code     TEXT    NOT NULL,
    severity TEXT    NOT NULL,
    field    TEXT,
    line     INTEGER,
    message  TEXT    NOT NULL,
    next     TEXT    NOT NULL,
    PRIMARY KEY (path, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX findings_by_code ON findings (code);
CREATE INDEX findings_by_severity ON findings (severity);

CREATE VIEW current_findings AS
SELECT path, code, severity, field, line, message, next FROM findings
UNION ALL
SELECT relations.path, 'REF-001', 'blocking', relations.field, relations.line,
       'no record has the id "' || relations.target || '"', 'correct the id, or add that record'
FROM relations LEFT JOIN records ON records.id = relations.target
WHERE records.id IS NULL
UNION ALL
SELECT records.path, 'ID-001', 'blocking', NULL, NULL,
       'another file has the same id "' || records.id || '": ' || other.path, 'give one of the two another id'
FROM records JOIN records AS other ON other.id = records.id AND other.path <> records.path
UNION ALL
SELECT attachments.path, 'FIL-001', 'blocking', attachments.field, attachments.line,
       'there is no file ' || attachments.file, 'add the file, or correct its path'
FROM attachments LEFT JOIN attached_files AS files ON files.file = attachments.file
WHERE files.file IS NULL
UNION ALL
SELECT attachments.path, 'FIL-002', 'blocking', attachments.field, attachments.line,
       'the file ' || attachments.file || ' cannot be shown: ' || files.problem, 'replace it by one of another name, and name that one'
FROM attachments JOIN attached_files AS files ON files.file = attachments.file
WHERE files.problem IS NOT NULL
UNION ALL
SELECT records.path, 'FIL-004', 'blocking', attachments.field, attachments.line,
       'the file ' || attachments.file || ' is not the one that was approved with this text', 'put the approved file back, or name another one'
FROM records JOIN attestations AS last ON last.record_id = records.id AND last.sequence = records.attested_at AND last.attached <> ''
JOIN attachments ON attachments.path = records.path
JOIN attached_files AS files ON files.file = attachments.file
WHERE records.standing = 'settled' AND instr(char(10) || last.attached || char(10), char(10) || files.blob || ' ' || files.file || char(10)) = 0;

-- What is searched for by words. The path is searched too, so that a file's name finds it.
CREATE VIRTUAL TABLE search USING fts5 (path, title, text, tokenize = 'unicode61 remove_diacritics 2');

-- Branches that the policy counts as proposals, as they stand beside the published branch; those that hold nothing of their own among them.
CREATE TABLE proposals (
    -- Without 'refs/heads/'.
    branch      TEXT    NOT NULL PRIMARY KEY,
    head        TEXT    NOT NULL,
    -- The last commit that it shares with the published branch; NULL where it shares none.
    fork        TEXT,
    -- Subject and text of its first commit; the branch's name where it has none of its own.
    title       TEXT    NOT NULL,
    description TEXT    NOT NULL,
    -- Author dates of its first and committer date of its last commit.
    opened_at   INTEGER NOT NULL,
    changed_at  INTEGER NOT NULL,
    -- Why it is not read, where it is too large to be one.
    problem     TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX proposals_by_change ON proposals (changed_at, branch);

-- A proposal's own commits, parents before children.
CREATE TABLE proposal_commits (
    branch      TEXT    NOT NULL,
    position    INTEGER NOT NULL,
    commit_id   TEXT    NOT NULL,
    name        TEXT    NOT NULL,
    address     TEXT    NOT NULL,
    subject     TEXT    NOT NULL,
    authored_at INTEGER NOT NULL,
    -- 1 when this server's session vouches for the author.
    by_server   INTEGER NOT NULL,
    PRIMARY KEY (branch, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX proposal_commits_by_commit ON proposal_commits (commit_id);

-- Files of a collection that differ between the fork and the head.
CREATE TABLE proposal_files (
    branch           TEXT NOT NULL,
    path             TEXT NOT NULL,
    -- Its path at the fork.
    path_before      TEXT NOT NULL,
    -- The blob at the fork; NULL for a new file.
    blob_before      TEXT,
    -- The blob at the head; NULL where the file is removed.
    blob             TEXT,
    collection       TEXT NOT NULL,
    -- The id that the head's text declares, and the slug that the path gives.
    declared_id      TEXT,
    slug             TEXT NOT NULL,
    title            TEXT NOT NULL,
    locale           TEXT,
    declared_status  TEXT,
    declared_version TEXT,
    problem_code     TEXT,
    problem_line     INTEGER,
    problem          TEXT,
    PRIMARY KEY (branch, path)
) STRICT, WITHOUT ROWID;
CREATE INDEX proposal_files_by_path ON proposal_files (path_before);
CREATE INDEX proposal_files_by_id ON proposal_files (declared_id) WHERE declared_id IS NOT NULL;
CREATE INDEX proposal_files_by_slug ON proposal_files (slug);

-- Who wrote a proposal's file since the fork.
CREATE TABLE proposal_authors (
    branch  TEXT    NOT NULL,
    path    TEXT    NOT NULL,
    address TEXT    NOT NULL,
    name    TEXT    NOT NULL,
    proven  INTEGER NOT NULL,
    PRIMARY KEY (branch, path, address)
) STRICT, WITHOUT ROWID;
CREATE INDEX proposal_authors_by_person ON proposal_authors (address);

-- What the rules found in a proposal's file by itself.
CREATE TABLE proposal_findings (
    branch   TEXT    NOT NULL,
    path     TEXT    NOT NULL,
    position INTEGER NOT NULL,
    code     TEXT    NOT NULL,
    severity TEXT    NOT NULL,
    field    TEXT,
    line     INTEGER,
    message  TEXT    NOT NULL,
    next     TEXT    NOT NULL,
    PRIMARY KEY (branch, path, position)
) STRICT, WITHOUT ROWID;

-- References from a proposal's file to other records.
CREATE TABLE proposal_relations (
    branch TEXT    NOT NULL,
    path   TEXT    NOT NULL,
    field  TEXT    NOT NULL,
    line   INTEGER NOT NULL,
    target TEXT    NOT NULL,
    PRIMARY KEY (branch, path, field)
) STRICT, WITHOUT ROWID;
CREATE INDEX proposal_relations_by_target ON proposal_relations (target);

-- The pictures and documents that a proposal's file names, with what its head holds of each.
CREATE TABLE proposal_attachments (
    branch  TEXT    NOT NULL,
    path    TEXT    NOT NULL,
    file    TEXT    NOT NULL,
    field   TEXT    NOT NULL,
    line    INTEGER NOT NULL,
    -- NULL where the head holds none; then what is published is meant.
    blob    TEXT,
    problem TEXT,
    PRIMARY KEY (branch, path, file)
) STRICT, WITHOUT ROWID;
CREATE INDEX proposal_attachments_by_file ON proposal_attachments (file);

-- A proposal's files beside what the published branch holds of the same record.
CREATE VIEW proposed_records AS
SELECT files.branch, files.path, files.path_before, files.blob_before, files.blob, files.collection, files.title, files.locale,
       files.declared_status, files.declared_version, files.problem_code, files.problem_line, files.problem,
       coalesce(files.declared_id, standing.id, files.slug) AS record_id,
       standing.path AS standing_path, standing.blob AS standing_blob, standing.standing AS standing,
       coalesce(standing.attested_status, removed.attested_status) AS attested_status,
       coalesce(standing.attested_version, removed.attested_version) AS attested_version,
       -- Where no file stands, no attested text stands either: whatever comes is a change.
       standing.attested_blob,
       coalesce(standing.base_blob, removed.base_blob) AS base_blob,
       coalesce(standing.base_locale, removed.base_locale) AS base_locale
FROM proposal_files AS files
LEFT JOIN records AS standing ON standing.path = coalesce(
    (SELECT path FROM records WHERE path = files.path_before AND (files.declared_id IS NULL OR id = files.declared_id)),
    (SELECT min(path) FROM records WHERE id = coalesce(files.declared_id, files.slug)))
LEFT JOIN removed_records AS removed ON standing.path IS NULL AND removed.id = coalesce(files.declared_id, files.slug);

-- How much changes weigh whose approvals the policy counts by it.
CREATE TABLE weights (
    proposed   TEXT    NOT NULL,
    -- The blob last published; empty where none was.
    base       TEXT    NOT NULL,
    collection TEXT    NOT NULL,
    bump       TEXT    NOT NULL,
    is_new     INTEGER NOT NULL,
    -- Patterns of fields that it touches, a JSON list.
    touched    TEXT    NOT NULL,
    PRIMARY KEY (proposed, base, collection)
) STRICT, WITHOUT ROWID;

-- Texts that stand in the place of a published one, or would be the first.
CREATE VIEW weighed_pairs AS
SELECT collection, coalesce(base_blob, '') AS base, blob AS proposed FROM records WHERE blob IS NOT base_blob
UNION
SELECT collection, coalesce(base_blob, ''), blob FROM proposed_records WHERE blob IS NOT NULL AND blob IS NOT base_blob;

-- Files of proposals that the published branch has taken over: attested since the fork from just this text, or standing there as they are.
CREATE VIEW landed_files AS
SELECT proposed.branch, proposed.path
FROM proposed_records AS proposed
JOIN proposals ON proposals.branch = proposed.branch
WHERE (proposed.blob IS NULL AND proposed.standing_path IS NULL)
   OR (proposed.blob = proposed.standing_blob AND proposed.path = proposed.standing_path)
   OR EXISTS (SELECT 1 FROM attestations JOIN commits ON commits.id = proposals.fork
              WHERE attestations.record_id = proposed.record_id AND attestations.proposed = proposed.blob AND attestations.sequence >= commits.epoch);

-- Where each proposal stands: 'empty' (it changes no record), 'closed', 'landed' or 'open'.
CREATE VIEW proposal_states AS
SELECT proposals.branch,
       CASE
           WHEN NOT EXISTS (SELECT 1 FROM proposal_files AS files WHERE files.branch = proposals.branch) AND proposals.problem IS NULL THEN 'empty'
           WHEN NOT EXISTS (SELECT 1 FROM proposal_files AS files WHERE files.branch = proposals.branch
                            AND NOT EXISTS (SELECT 1 FROM landed_files WHERE landed_files.branch = files.branch AND landed_files.path = files.path))
                AND proposals.problem IS NULL THEN 'landed'
           WHEN (SELECT act FROM decisions WHERE decisions.proposal = proposals.branch AND act IN ('close', 'reopen') ORDER BY position DESC LIMIT 1) = 'close' THEN 'closed'
           ELSE 'open'
       END AS state,
       coalesce((SELECT substr(text, 1, instr(text || char(10), char(10)) - 1) FROM decisions
                 WHERE decisions.proposal = proposals.branch AND act = 'describe' ORDER BY position DESC LIMIT 1), proposals.title) AS title,
       coalesce((SELECT trim(substr(text, instr(text || char(10), char(10)) + 1), ' ' || char(9) || char(10)) FROM decisions
                 WHERE decisions.proposal = proposals.branch AND act = 'describe' ORDER BY position DESC LIMIT 1), proposals.description) AS description
FROM proposals;

-- Records that an administrator took down, with the attestation that did, and whether a second one ratified it.
CREATE VIEW taken_down AS
SELECT removed.id, removed.path, removed.collection, removed.attested_status, removed.attested_version, removed.attested_blob,
       removed.base_blob, removed.base_locale, down.sequence, down.commit_id, down.at, down.approved_by, down.decisions,
       EXISTS (SELECT 1 FROM attestations AS later WHERE later.record_id = removed.id AND later.sequence > down.sequence) AS is_ratified
FROM removed_records AS removed
JOIN attestations AS down ON down.record_id = removed.id AND down.transition = 'take-down'
WHERE NOT EXISTS (SELECT 1 FROM attestations AS later
                  WHERE later.record_id = removed.id AND later.sequence > down.sequence AND later.transition <> 'ratify');

-- What each decision that plans a release says: its manifest, read. The position is the decision's.
CREATE TABLE plans (
    position INTEGER NOT NULL PRIMARY KEY,
    name     TEXT    NOT NULL,
    title    TEXT    NOT NULL,
    text     TEXT    NOT NULL,
    -- When, seconds since 1970 in UTC; NULL where a person says when.
    due      INTEGER
) STRICT;
CREATE INDEX plans_by_name ON plans (name, position);

-- The texts of each plan.
CREATE TABLE plan_members (
    position INTEGER NOT NULL,
    ordinal  INTEGER NOT NULL,
    -- The proposal's branch; NULL for the published one.
    proposal TEXT,
    path     TEXT    NOT NULL,
    blob     TEXT    NOT NULL,
    PRIMARY KEY (position, ordinal)
) STRICT, WITHOUT ROWID;

-- Each release by its last plan, and where it stands: 'released', 'cancelled', 'failed', 'releasing' (decided, and not yet on the published branch) or
-- 'planned'.
CREATE VIEW releases AS
SELECT plans.name, plans.position, plans.title, plans.text, plans.due,
       decisions.proposed AS manifest, decisions.commit_id, decisions.name AS planner, decisions.address, decisions.at,
       last.position AS decided, last.text AS reason, last.at AS changed_at,
       CASE
           WHEN EXISTS (SELECT 1 FROM attestations WHERE attestations.release = plans.name) THEN 'released'
           WHEN last.act = 'cancel' THEN 'cancelled'
           WHEN last.act = 'fail' THEN 'failed'
           WHEN last.act = 'release' THEN 'releasing'
           ELSE 'planned'
       END AS state
FROM plans
JOIN decisions ON decisions.position = plans.position
JOIN decisions AS last ON last.position =
    (SELECT max(position) FROM decisions WHERE record_id = 'refs/releases/' || plans.name AND act IN ('plan', 'release', 'cancel', 'fail'))
WHERE plans.position = (SELECT max(position) FROM plans AS later WHERE later.name = plans.name);

-- Texts that wait for an open release.
CREATE VIEW held_members AS
SELECT releases.name, releases.title, releases.due, members.proposal, members.path, members.blob
FROM releases JOIN plan_members AS members ON members.position = releases.position
WHERE releases.state IN ('planned', 'failed', 'releasing');

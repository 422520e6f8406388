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
    seen_at    INTEGER NOT NULL,
    -- What its owner calls it by when ending it from elsewhere: random, and no way to its token.
    name       TEXT    NOT NULL UNIQUE,
    -- "Firefox" and "Linux", as far as the browser said; empty where it did not.
    browser    TEXT    NOT NULL,
    system     TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_address ON sessions (address);

-- Sign-ins that failed or are under way, for slowing the next ones: by address, by peer, and by both.
CREATE TABLE failed_sign_ins (
    subject   TEXT    NOT NULL,
    at        INTEGER NOT NULL
) STRICT;
CREATE INDEX failed_sign_ins_by_subject ON failed_sign_ins (subject, at);
CREATE INDEX failed_sign_ins_by_time ON failed_sign_ins (at);

-- Browsers in which somebody has signed in before: they have tries of their own, which no stranger can use up.
CREATE TABLE known_browsers (
    -- SHA-256 of the token in the browser's cookie.
    token_hash TEXT    NOT NULL,
    address    TEXT    NOT NULL,
    seen_at    INTEGER NOT NULL,
    PRIMARY KEY (token_hash, address)
) STRICT, WITHOUT ROWID;

-- Sign-ins that are on their way through the identity provider; each is taken out once.
CREATE TABLE provider_sign_ins (
    state_hash   TEXT    NOT NULL PRIMARY KEY,
    -- SHA-256 of the token in the cookie of the browser that set out.
    browser_hash TEXT    NOT NULL,
    nonce        TEXT    NOT NULL,
    -- The secret behind the PKCE challenge.
    verifier     TEXT    NOT NULL,
    -- The local page to go on to.
    next         TEXT    NOT NULL,
    expires_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The operator's links to the first page of repositories that nobody has adopted; only the SHA-256 of the token is kept.
CREATE TABLE set_up_links (
    token_hash TEXT    NOT NULL PRIMARY KEY,
    repository TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

-- Tokens of programs, each acting for the person who made it; only the SHA-256 of the token is kept.
CREATE TABLE api_tokens (
    -- Names the token on pages and in addresses; opens nothing.
    id         TEXT    NOT NULL PRIMARY KEY,
    token_hash TEXT    NOT NULL UNIQUE,
    -- The token's first characters, so that its owner knows it again.
    prefix     TEXT    NOT NULL,
    address    TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    -- Words of 'read', 'decide' and 'edit', a blank between them.
    scopes     TEXT    NOT NULL,
    -- The one repository it opens; NULL for all that its owner may read.
    repository TEXT,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX api_tokens_by_address ON api_tokens (address);

-- What programs were answered, by the key they sent along, so that the same request again has the same answer.
CREATE TABLE api_answers (
    address   TEXT    NOT NULL,
    key       TEXT    NOT NULL,
    -- SHA-256 of the request that came with the key.
    request   TEXT    NOT NULL,
    begun_at  INTEGER NOT NULL,
    -- NULL while the request is under way.
    status    INTEGER,
    body      TEXT,
    PRIMARY KEY (address, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX api_answers_by_time ON api_answers (begun_at);

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

-- Which head of a proposal somebody looked at last, and which one before that.
CREATE TABLE proposals_looked_at (
    address    TEXT    NOT NULL,
    -- The repository's name in addresses.
    repository TEXT    NOT NULL,
    branch     TEXT    NOT NULL,
    head       TEXT    NOT NULL,
    before     TEXT,
    looked_at  INTEGER NOT NULL,
    PRIMARY KEY (address, repository, branch)
) STRICT, WITHOUT ROWID;
CREATE INDEX proposals_looked_at_by_time ON proposals_looked_at (address, looked_at);

-- What somebody typed into the form of a record and has not saved: never in git, for its writer alone.
CREATE TABLE autosaves (
    id         INTEGER NOT NULL PRIMARY KEY,
    address    TEXT    NOT NULL,
    -- The repository's name in addresses.
    repository TEXT    NOT NULL,
    -- The record's file, or 'new:' and the collection of a record that is yet to begin.
    subject    TEXT    NOT NULL,
    -- The blob that the form was made from; empty for a record that is yet to begin.
    from_blob  TEXT    NOT NULL,
    -- The form's names and values, a JSON list of pairs.
    fields     TEXT    NOT NULL,
    saved_at   INTEGER NOT NULL,
    UNIQUE (address, repository, subject)
) STRICT;
CREATE INDEX autosaves_by_time ON autosaves (saved_at);

-- How far somebody has read what they are told of a repository. Marks alone: what they are told comes from git.
CREATE TABLE inboxes_read (
    address    TEXT    NOT NULL,
    -- The repository's name in addresses.
    repository TEXT    NOT NULL,
    -- Everything up to this position of the journal and this sequence of the chain is read.
    journal    INTEGER NOT NULL,
    chain      INTEGER NOT NULL,
    PRIMARY KEY (address, repository)
) STRICT, WITHOUT ROWID;

-- Single notices that somebody has read, beyond what `inboxes_read` says.
CREATE TABLE notices_read (
    address    TEXT    NOT NULL,
    repository TEXT    NOT NULL,
    -- The notice's own name: the commit that it tells of, or what stands and the commit that it hangs on.
    notice     TEXT    NOT NULL,
    at         INTEGER NOT NULL,
    PRIMARY KEY (address, repository, notice)
) STRICT, WITHOUT ROWID;

-- How somebody wants to be told outside the pages.
CREATE TABLE telling (
    address   TEXT NOT NULL PRIMARY KEY,
    -- 'off', 'soon' or 'daily'.
    mail      TEXT NOT NULL,
    -- The language that they chose it in, as a tag.
    language  TEXT NOT NULL,
    -- SHA-256 of the token in the address of their feed; NULL where there is none.
    feed_hash TEXT UNIQUE,
    feed_made_at INTEGER,
    -- What their mail server said when it refused the last letter for good.
    problem   TEXT
) STRICT, WITHOUT ROWID;

-- How far the letters to somebody have come in a repository. A letter covers what is between `journal`, `chain` and its own end, which is kept before it
-- is sent: sent again after an accident it is the same letter.
CREATE TABLE mailings (
    address      TEXT    NOT NULL,
    repository   TEXT    NOT NULL,
    journal      INTEGER NOT NULL,
    chain        INTEGER NOT NULL,
    -- The end of the letters that are on their way; NULL when none are.
    to_journal   INTEGER,
    to_chain     INTEGER,
    -- The notices beyond journal and chain that go with them, a JSON list of names.
    also         TEXT,
    -- When something to tell was first seen, for those who are told soon.
    seen_at      INTEGER,
    -- The day, counted since 1970, of the last daily letter.
    day          INTEGER,
    failures     INTEGER NOT NULL,
    retry_at     INTEGER,
    PRIMARY KEY (address, repository)
) STRICT, WITHOUT ROWID;

-- Notices beyond journal and chain that somebody was told by letter.
CREATE TABLE notices_mailed (
    address    TEXT    NOT NULL,
    repository TEXT    NOT NULL,
    notice     TEXT    NOT NULL,
    at         INTEGER NOT NULL,
    PRIMARY KEY (address, repository, notice)
) STRICT, WITHOUT ROWID;

-- Secrets that the server makes for itself, by what they are for.
CREATE TABLE own_secrets (
    purpose TEXT NOT NULL PRIMARY KEY,
    -- 32 random bytes in hexadecimal.
    secret  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

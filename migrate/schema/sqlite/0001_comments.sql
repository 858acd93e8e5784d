-- Every key leads with the site, as in the PostgreSQL schema beside this one.
-- Times are microseconds since 1970 UTC; UUIDs and hashes are blobs.

-- +goose Up

-- The oldest schema version whose programs can still work with this schema. A
-- migration that they cannot live with raises it; one that only adds does not.
CREATE TABLE schema_compat (
    oldest INTEGER NOT NULL
) STRICT;
INSERT INTO schema_compat VALUES (1);

-- One row per blog.
CREATE TABLE sites (
    host     TEXT    NOT NULL PRIMARY KEY CHECK (host <> ''),
    epoch    BLOB    NOT NULL CHECK (length(epoch) = 16),
    created  INTEGER NOT NULL,
    head     INTEGER NOT NULL DEFAULT 0, -- number of the newest change
    threads  INTEGER NOT NULL DEFAULT 0, -- highest threads.id given out
    settings TEXT    NOT NULL CHECK (json_valid(settings))
) STRICT, WITHOUT ROWID;

CREATE TABLE threads (
    site    TEXT    NOT NULL REFERENCES sites ON DELETE CASCADE,
    id      INTEGER NOT NULL,
    page    TEXT    NOT NULL CHECK (substr(page, 1, 1) = '/'),
    last    INTEGER NOT NULL DEFAULT 0, -- highest comments.number given out
    visible INTEGER NOT NULL DEFAULT 0, -- comments published now
    updated INTEGER,
    PRIMARY KEY (site, id),
    UNIQUE (site, page),
    CHECK (visible BETWEEN 0 AND last)
) STRICT, WITHOUT ROWID;

-- Former addresses of pages. A target is never itself an alias.
CREATE TABLE aliases (
    site   TEXT NOT NULL REFERENCES sites ON DELETE CASCADE,
    page   TEXT NOT NULL CHECK (substr(page, 1, 1) = '/'),
    target TEXT NOT NULL CHECK (substr(target, 1, 1) = '/' AND target <> page),
    PRIMARY KEY (site, page)
) STRICT, WITHOUT ROWID;
CREATE INDEX aliases_target ON aliases (site, target);

-- What authors gave, apart from the comments because of how it is erased.
-- When SQLite makes room in a B-tree it moves rows to other disk pages, and
-- secure_delete does not clean where they were. So rows are only appended
-- here and overwritten by as many bytes, neither of which moves any: never
-- deleted, and never updated otherwise.
CREATE TABLE words (
    id      INTEGER PRIMARY KEY,
    name    TEXT NOT NULL,
    website TEXT NOT NULL,
    source  TEXT NOT NULL,
    html    TEXT NOT NULL
) STRICT;

CREATE TABLE comments (
    site          TEXT    NOT NULL,
    id            BLOB    NOT NULL CHECK (length(id) = 16),
    thread        INTEGER NOT NULL,
    parent        BLOB,
    number        INTEGER CHECK (number > 0), -- null until first published
    status        TEXT    NOT NULL CHECK (status IN ('published', 'held', 'spam', 'deleted')),
    markup        TEXT    NOT NULL CHECK (markup IN ('markdown', 'html')),
    created       INTEGER NOT NULL,
    edited        INTEGER,
    decided       INTEGER NOT NULL,
    edit_key      BLOB    CHECK (length(edit_key) = 32),
    idempotency   BLOB    CHECK (length(idempotency) = 32),
    fingerprint   BLOB    CHECK (length(fingerprint) = 32),
    import_source TEXT,
    import_id     TEXT,
    words         INTEGER, -- words.id; null if they are all empty
    PRIMARY KEY (site, id),
    FOREIGN KEY (site, thread) REFERENCES threads (site, id) ON DELETE CASCADE,
    UNIQUE (site, thread, id),
    CONSTRAINT comments_parent FOREIGN KEY (site, thread, parent) REFERENCES comments (site, thread, id),
    UNIQUE (site, thread, number),
    CHECK (status <> 'published' OR number IS NOT NULL),
    CHECK (status <> 'deleted' OR (words IS NULL AND edit_key IS NULL AND fingerprint IS NULL)),
    CHECK ((import_source IS NULL) = (import_id IS NULL))
) STRICT;
-- Checking and moving a thread's answers needs their parents by key.
CREATE INDEX comments_parent ON comments (site, thread, parent) WHERE parent IS NOT NULL;
CREATE UNIQUE INDEX comments_idempotency ON comments (site, idempotency) WHERE idempotency IS NOT NULL;
CREATE UNIQUE INDEX comments_import ON comments (site, import_source, import_id) WHERE import_id IS NOT NULL;
CREATE INDEX comments_latest ON comments (site, decided, id) WHERE status = 'published';
CREATE INDEX comments_queue ON comments (site, status, id) WHERE status <> 'published';

CREATE TABLE changes (
    site   TEXT    NOT NULL REFERENCES sites ON DELETE CASCADE,
    number INTEGER NOT NULL CHECK (number > 0),
    page   TEXT    NOT NULL, -- '' for the whole site
    item   INTEGER NOT NULL, -- comments.number, or 0 for the whole page
    PRIMARY KEY (site, number)
) STRICT, WITHOUT ROWID;

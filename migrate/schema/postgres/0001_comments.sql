-- Every key leads with the site, so that the tables can be distributed by it.
-- Text that is a key sorts bytewise (COLLATE "C"), as Go and SQLite sort it.

-- +goose Up

-- The oldest schema version whose programs can still work with this schema. A
-- migration that they cannot live with raises it; one that only adds does not.
CREATE TABLE schema_compat (
    oldest bigint NOT NULL
);
INSERT INTO schema_compat VALUES (1);

-- One row per blog. Whoever writes to a site locks its row first and holds it
-- to the commit: that puts the site's writers in the order of its head.
CREATE TABLE sites (
    host     text COLLATE "C" PRIMARY KEY CHECK (host <> ''),
    epoch    uuid        NOT NULL,
    created  timestamptz NOT NULL,
    head     bigint      NOT NULL DEFAULT 0, -- number of the newest change
    threads  bigint      NOT NULL DEFAULT 0, -- highest threads.id given out
    settings jsonb       NOT NULL
) WITH (fillfactor = 50); -- room for its frequent updates on the same disk page

CREATE TABLE threads (
    site    text COLLATE "C" NOT NULL REFERENCES sites ON DELETE CASCADE,
    id      bigint           NOT NULL,
    page    text COLLATE "C" NOT NULL CHECK (left(page, 1) = '/'),
    last    bigint           NOT NULL DEFAULT 0, -- highest comments.number given out
    visible bigint           NOT NULL DEFAULT 0, -- comments published now
    updated timestamptz,
    PRIMARY KEY (site, id),
    UNIQUE (site, page),
    CHECK (visible BETWEEN 0 AND last)
) WITH (fillfactor = 70);

-- Former addresses of pages. A target is never itself an alias.
CREATE TABLE aliases (
    site   text COLLATE "C" NOT NULL REFERENCES sites ON DELETE CASCADE,
    page   text COLLATE "C" NOT NULL CHECK (left(page, 1) = '/'),
    target text COLLATE "C" NOT NULL CHECK (left(target, 1) = '/' AND target <> page),
    PRIMARY KEY (site, page)
);
CREATE INDEX aliases_target ON aliases (site, target);

CREATE TABLE comments (
    site          text COLLATE "C" NOT NULL,
    id            uuid        NOT NULL,
    thread        bigint      NOT NULL,
    parent        uuid,
    number        bigint      CHECK (number > 0), -- null until first published
    status        text        NOT NULL CHECK (status IN ('published', 'held', 'spam', 'deleted')),
    markup        text        NOT NULL CHECK (markup IN ('markdown', 'html')),
    created       timestamptz NOT NULL,
    edited        timestamptz,
    decided       timestamptz NOT NULL,
    edit_key      bytea       CHECK (octet_length(edit_key) = 32),
    idempotency   bytea       CHECK (octet_length(idempotency) = 32),
    fingerprint   bytea       CHECK (octet_length(fingerprint) = 32),
    import_source text,
    import_id     text,
    name          text        NOT NULL,
    website       text        NOT NULL,
    source        text        NOT NULL,
    html          text        NOT NULL,
    PRIMARY KEY (site, id),
    FOREIGN KEY (site, thread) REFERENCES threads (site, id) ON DELETE CASCADE,
    UNIQUE (site, thread, id),
    CONSTRAINT comments_parent FOREIGN KEY (site, thread, parent) REFERENCES comments (site, thread, id),
    UNIQUE (site, thread, number),
    CHECK (status <> 'published' OR number IS NOT NULL),
    CHECK (status <> 'deleted' OR (name || website || source || html = '' AND edit_key IS NULL AND fingerprint IS NULL)),
    CHECK ((import_source IS NULL) = (import_id IS NULL))
);
-- Checking and moving a thread's answers needs their parents by key.
CREATE INDEX comments_parent ON comments (site, thread, parent) WHERE parent IS NOT NULL;
CREATE UNIQUE INDEX comments_idempotency ON comments (site, idempotency) WHERE idempotency IS NOT NULL;
CREATE UNIQUE INDEX comments_import ON comments (site, import_source, import_id) WHERE import_id IS NOT NULL;
CREATE INDEX comments_latest ON comments (site, decided, id) WHERE status = 'published';
CREATE INDEX comments_queue ON comments (site, status, id) WHERE status <> 'published';

CREATE TABLE changes (
    site   text COLLATE "C" NOT NULL REFERENCES sites ON DELETE CASCADE,
    number bigint           NOT NULL CHECK (number > 0),
    page   text COLLATE "C" NOT NULL, -- '' for the whole site
    item   bigint           NOT NULL, -- comments.number, or 0 for the whole page
    PRIMARY KEY (site, number)
);

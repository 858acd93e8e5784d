-- What moderators need: standings of signed names, what the defences said, the
-- log of events, and what is to be sent. It only adds, so that programs of
-- version 1 go on working; they tell of nothing that they do. What they erase
-- goes here too, by the trigger.

-- +goose Up

ALTER TABLE sites ADD COLUMN events INTEGER NOT NULL DEFAULT 0;     -- number of the newest event
ALTER TABLE sites ADD COLUMN dispatched INTEGER NOT NULL DEFAULT 0; -- events up to this one have become deliveries

ALTER TABLE threads ADD COLUMN opened INTEGER; -- created of the first comment
ALTER TABLE threads ADD COLUMN closed INTEGER NOT NULL DEFAULT 0 CHECK (closed IN (0, 1));
CREATE INDEX threads_open ON threads (site, opened) WHERE NOT closed;

ALTER TABLE comments ADD COLUMN badge BLOB CHECK (length(badge) = 8);
ALTER TABLE comments ADD COLUMN owner INTEGER NOT NULL DEFAULT 0 CHECK (owner IN (0, 1));
ALTER TABLE comments ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0 CHECK (pinned IN (0, 1));
ALTER TABLE comments ADD COLUMN decider TEXT NOT NULL DEFAULT '';
ALTER TABLE comments ADD COLUMN verdicts TEXT NOT NULL DEFAULT '';
CREATE INDEX comments_badge ON comments (site, badge, id) WHERE badge IS NOT NULL;
CREATE INDEX comments_judged ON comments (site, id) WHERE decider <> '' AND status IN ('published', 'spam');
UPDATE threads SET opened = (SELECT min(created) FROM comments c WHERE c.site = threads.site AND c.thread = threads.id);

CREATE TABLE events (
    site    TEXT    NOT NULL REFERENCES sites ON DELETE CASCADE,
    number  INTEGER NOT NULL CHECK (number > 0),
    at      INTEGER NOT NULL,
    kind    TEXT    NOT NULL CHECK (kind IN ('received', 'edited', 'decided', 'pinned')),
    comment BLOB    NOT NULL CHECK (length(comment) = 16),
    status  TEXT    NOT NULL CHECK (status IN ('published', 'held', 'spam', 'deleted')),
    first   INTEGER NOT NULL CHECK (first IN (0, 1)),
    by      TEXT    NOT NULL, -- a moderator; empty: the policy or the author
    PRIMARY KEY (site, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX events_comment ON events (site, comment, number);

-- Neither addresses nor words stand here; both are looked up when it is sent.
CREATE TABLE deliveries (
    site    TEXT    NOT NULL REFERENCES sites ON DELETE CASCADE,
    id      BLOB    NOT NULL CHECK (length(id) = 16),
    channel TEXT    NOT NULL CHECK (channel IN ('mail', 'webhook', 'websub')),
    target  TEXT    NOT NULL,
    kind    TEXT    NOT NULL CHECK (kind IN ('held', 'digest', 'confirm', 'reply', 'event', 'feed')),
    comment BLOB    CHECK (length(comment) = 16),
    event   INTEGER NOT NULL DEFAULT 0,
    state   TEXT    NOT NULL CHECK (state IN ('waiting', 'sending', 'dead')),
    tries   INTEGER NOT NULL DEFAULT 0,
    unsure  INTEGER NOT NULL DEFAULT 0 CHECK (unsure IN (0, 1)),
    due     INTEGER NOT NULL,
    error   TEXT    NOT NULL DEFAULT '',
    created INTEGER NOT NULL,
    PRIMARY KEY (site, id)
) STRICT;
CREATE UNIQUE INDEX deliveries_once ON deliveries (site, channel, target, kind, coalesce(comment, x'00'), event);
CREATE INDEX deliveries_due ON deliveries (due) WHERE state <> 'dead';

CREATE TABLE subscriptions (
    site      TEXT    NOT NULL,
    id        BLOB    NOT NULL CHECK (length(id) = 16),
    comment   BLOB    NOT NULL CHECK (length(comment) = 16),
    words     INTEGER NOT NULL, -- words.id; source there is the sealed address in base64
    address_index BLOB NOT NULL CHECK (length(address_index) = 32),
    confirmed INTEGER,
    created   INTEGER NOT NULL,
    PRIMARY KEY (site, id),
    FOREIGN KEY (site, comment) REFERENCES comments (site, id) ON DELETE CASCADE,
    UNIQUE (site, comment, address_index)
) STRICT;
CREATE INDEX subscriptions_address ON subscriptions (address_index, site);

-- A deleted comment has no author any more, and nobody who wants answers.
-- +goose StatementBegin
CREATE TRIGGER comments_erased AFTER UPDATE OF status ON comments WHEN NEW.status = 'deleted' BEGIN
    UPDATE comments SET badge = NULL, owner = 0, pinned = 0, verdicts = '' WHERE site = NEW.site AND id = NEW.id;
    UPDATE words SET source = substr(hex(zeroblob(octet_length(source))), 1, octet_length(source))
        WHERE id IN (SELECT words FROM subscriptions WHERE site = NEW.site AND comment = NEW.id);
    DELETE FROM deliveries WHERE site = NEW.site AND channel = 'mail' AND kind IN ('confirm', 'reply') AND target IN (
        SELECT lower(substr(hex(id), 1, 8) || '-' || substr(hex(id), 9, 4) || '-' || substr(hex(id), 13, 4) || '-' || substr(hex(id), 17, 4) || '-' || substr(hex(id), 21))
        FROM subscriptions WHERE site = NEW.site AND comment = NEW.id);
    DELETE FROM subscriptions WHERE site = NEW.site AND comment = NEW.id;
END;
-- +goose StatementEnd

CREATE TABLE standings (
    site     TEXT    NOT NULL REFERENCES sites ON DELETE CASCADE,
    badge    BLOB    NOT NULL CHECK (length(badge) = 8),
    standing TEXT    NOT NULL CHECK (standing IN ('known', 'trusted', 'blocked')),
    at       INTEGER NOT NULL,
    by       TEXT    NOT NULL,
    PRIMARY KEY (site, badge)
) STRICT, WITHOUT ROWID;

CREATE TABLE moderators (
    name     TEXT    NOT NULL PRIMARY KEY CHECK (name <> ''),
    password TEXT    NOT NULL, -- argon2id; empty: cannot log in
    role     TEXT    NOT NULL CHECK (role IN ('admin', 'moderator')),
    sites    TEXT    NOT NULL CHECK (json_valid(sites)),
    address  BLOB,              -- sealed
    mail     TEXT    NOT NULL CHECK (mail IN ('off', 'each', 'digest')),
    serial   INTEGER NOT NULL DEFAULT 0,
    created  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

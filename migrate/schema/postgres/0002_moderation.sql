-- What moderators need: standings of signed names, what the defences said, the
-- log of events, and what is to be sent. It only adds, so that programs of
-- version 1 go on working; they tell of nothing that they do. What they erase
-- goes here too, by the trigger.

-- +goose Up

ALTER TABLE sites ADD COLUMN events bigint NOT NULL DEFAULT 0;     -- number of the newest event
ALTER TABLE sites ADD COLUMN dispatched bigint NOT NULL DEFAULT 0; -- events up to this one have become deliveries

ALTER TABLE threads ADD COLUMN opened timestamptz; -- created of the first comment
ALTER TABLE threads ADD COLUMN closed boolean NOT NULL DEFAULT false;
CREATE INDEX threads_open ON threads (site, opened) WHERE NOT closed;

ALTER TABLE comments ADD COLUMN badge bytea CHECK (octet_length(badge) = 8);
ALTER TABLE comments ADD COLUMN owner boolean NOT NULL DEFAULT false;
ALTER TABLE comments ADD COLUMN pinned boolean NOT NULL DEFAULT false;
ALTER TABLE comments ADD COLUMN decider text NOT NULL DEFAULT '';
ALTER TABLE comments ADD COLUMN verdicts text NOT NULL DEFAULT '';
CREATE INDEX comments_badge ON comments (site, badge, id) WHERE badge IS NOT NULL;
CREATE INDEX comments_judged ON comments (site, id) WHERE decider <> '' AND status IN ('published', 'spam');
UPDATE threads t SET opened = (SELECT min(created) FROM comments c WHERE c.site = t.site AND c.thread = t.id);

CREATE TABLE events (
    site    text COLLATE "C" NOT NULL REFERENCES sites ON DELETE CASCADE,
    number  bigint      NOT NULL CHECK (number > 0),
    at      timestamptz NOT NULL,
    kind    text        NOT NULL CHECK (kind IN ('received', 'edited', 'decided', 'pinned')),
    comment uuid        NOT NULL,
    status  text        NOT NULL CHECK (status IN ('published', 'held', 'spam', 'deleted')),
    first   boolean     NOT NULL,
    by      text        NOT NULL, -- a moderator; empty: the policy or the author
    PRIMARY KEY (site, number)
);
CREATE INDEX events_comment ON events (site, comment, number);

-- Neither addresses nor words stand here; both are looked up when it is sent.
CREATE TABLE deliveries (
    site    text COLLATE "C" NOT NULL REFERENCES sites ON DELETE CASCADE,
    id      uuid        NOT NULL,
    channel text        NOT NULL CHECK (channel IN ('mail', 'webhook', 'websub')),
    target  text COLLATE "C" NOT NULL,
    kind    text        NOT NULL CHECK (kind IN ('held', 'digest', 'confirm', 'reply', 'event', 'feed')),
    comment uuid,
    event   bigint      NOT NULL DEFAULT 0,
    state   text        NOT NULL CHECK (state IN ('waiting', 'sending', 'dead')),
    tries   integer     NOT NULL DEFAULT 0,
    unsure  boolean     NOT NULL DEFAULT false,
    due     timestamptz NOT NULL,
    error   text        NOT NULL DEFAULT '',
    created timestamptz NOT NULL,
    PRIMARY KEY (site, id)
);
CREATE UNIQUE INDEX deliveries_once ON deliveries (site, channel, target, kind, coalesce(comment, '00000000-0000-0000-0000-000000000000'), event);
CREATE INDEX deliveries_due ON deliveries (due) WHERE state <> 'dead';

CREATE TABLE subscriptions (
    site      text COLLATE "C" NOT NULL,
    id        uuid        NOT NULL,
    comment   uuid        NOT NULL,
    address   bytea       NOT NULL, -- sealed
    address_index bytea   NOT NULL CHECK (octet_length(address_index) = 32),
    confirmed timestamptz,
    created   timestamptz NOT NULL,
    PRIMARY KEY (site, id),
    FOREIGN KEY (site, comment) REFERENCES comments (site, id) ON DELETE CASCADE,
    UNIQUE (site, comment, address_index)
);
CREATE INDEX subscriptions_address ON subscriptions (address_index, site);

-- A deleted comment has no author any more, and nobody who wants answers.
-- +goose StatementBegin
CREATE FUNCTION comments_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.badge := NULL;
    NEW.owner := false;
    NEW.pinned := false;
    NEW.verdicts := '';
    DELETE FROM deliveries WHERE (site, id) IN (
        SELECT d.site, d.id FROM deliveries d WHERE d.site = NEW.site AND d.channel = 'mail' AND d.kind IN ('confirm', 'reply')
            AND d.target IN (SELECT s.id::text FROM subscriptions s WHERE s.site = NEW.site AND s.comment = NEW.id)
        ORDER BY d.site, d.id FOR UPDATE);
    DELETE FROM subscriptions WHERE site = NEW.site AND comment = NEW.id;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER comments_erased BEFORE UPDATE OF status ON comments FOR EACH ROW WHEN (NEW.status = 'deleted') EXECUTE FUNCTION comments_erased();

CREATE TABLE standings (
    site     text COLLATE "C" NOT NULL REFERENCES sites ON DELETE CASCADE,
    badge    bytea       NOT NULL CHECK (octet_length(badge) = 8),
    standing text        NOT NULL CHECK (standing IN ('known', 'trusted', 'blocked')),
    at       timestamptz NOT NULL,
    by       text        NOT NULL,
    PRIMARY KEY (site, badge)
);

CREATE TABLE moderators (
    name     text COLLATE "C" PRIMARY KEY CHECK (name <> ''),
    password text        NOT NULL, -- argon2id; empty: cannot log in
    role     text        NOT NULL CHECK (role IN ('admin', 'moderator')),
    sites    jsonb       NOT NULL,
    address  bytea,                -- sealed
    mail     text        NOT NULL CHECK (mail IN ('off', 'each', 'digest')),
    serial   bigint      NOT NULL DEFAULT 0,
    created  timestamptz NOT NULL
);

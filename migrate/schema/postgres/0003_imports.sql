-- What imports brought, run by run, so that each can be told of, resumed and
-- taken back. It only adds: programs of version 1 go on working, and what they
-- erase is forgotten here too, by the trigger.

-- +goose Up

ALTER TABLE threads ADD COLUMN closed_by uuid; -- imports.id

CREATE TABLE imports (
    site    text COLLATE "C" NOT NULL REFERENCES sites ON DELETE CASCADE,
    id      uuid        NOT NULL,
    format  text        NOT NULL,
    file    text        NOT NULL,
    digest  bytea       NOT NULL CHECK (octet_length(digest) = 32),
    options text        NOT NULL,
    state   text        NOT NULL CHECK (state IN ('underway', 'done', 'undone')),
    began   timestamptz NOT NULL,
    ended   timestamptz,
    report  text        NOT NULL,
    PRIMARY KEY (site, id)
);

-- The comments of a run in the order in which they were stored, parents before
-- answers. Runs go with their site only, as these do with their comments.
CREATE TABLE imported (
    site    text COLLATE "C" NOT NULL,
    run     uuid   NOT NULL,
    seq     bigint NOT NULL CHECK (seq > 0),
    comment uuid   NOT NULL,
    votes   bigint NOT NULL,
    address bytea, -- e-mail of the author, sealed
    PRIMARY KEY (site, run, seq),
    FOREIGN KEY (site, comment) REFERENCES comments (site, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX imported_comment ON imported (site, comment);

-- +goose StatementBegin
CREATE FUNCTION imported_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE imported SET address = NULL, votes = 0 WHERE site = NEW.site AND comment = NEW.id;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER imported_erased AFTER UPDATE OF status ON comments FOR EACH ROW WHEN (NEW.status = 'deleted') EXECUTE FUNCTION imported_erased();

-- What imports brought, run by run, so that each can be told of, resumed and
-- taken back. It only adds: programs of version 1 go on working, and what they
-- erase is forgotten here too, by the trigger.

-- +goose Up

ALTER TABLE threads ADD COLUMN closed_by BLOB CHECK (length(closed_by) = 16); -- imports.id

CREATE TABLE imports (
    site    TEXT    NOT NULL REFERENCES sites ON DELETE CASCADE,
    id      BLOB    NOT NULL CHECK (length(id) = 16),
    format  TEXT    NOT NULL,
    file    TEXT    NOT NULL,
    digest  BLOB    NOT NULL CHECK (length(digest) = 32),
    options TEXT    NOT NULL,
    state   TEXT    NOT NULL CHECK (state IN ('underway', 'done', 'undone')),
    began   INTEGER NOT NULL,
    ended   INTEGER,
    report  TEXT    NOT NULL,
    PRIMARY KEY (site, id)
) STRICT, WITHOUT ROWID;

-- The comments of a run in the order in which they were stored, parents before
-- answers. Runs go with their site only, as these do with their comments.
CREATE TABLE imported (
    site    TEXT    NOT NULL,
    run     BLOB    NOT NULL,
    seq     INTEGER NOT NULL CHECK (seq > 0),
    comment BLOB    NOT NULL,
    votes   INTEGER NOT NULL,
    address INTEGER, -- words.id of the author's e-mail, sealed; null for none
    PRIMARY KEY (site, run, seq),
    FOREIGN KEY (site, comment) REFERENCES comments (site, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX imported_comment ON imported (site, comment);

-- What is erased or removed leaves no address behind, whoever does it.
-- +goose StatementBegin
CREATE TRIGGER imported_erased AFTER UPDATE OF status ON comments WHEN NEW.status = 'deleted' BEGIN
    UPDATE words SET source = substr(hex(zeroblob(octet_length(source))), 1, octet_length(source))
    WHERE id = (SELECT address FROM imported WHERE site = NEW.site AND comment = NEW.id);
    UPDATE imported SET address = NULL, votes = 0 WHERE site = NEW.site AND comment = NEW.id;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER imported_removed BEFORE DELETE ON imported WHEN OLD.address IS NOT NULL BEGIN
    UPDATE words SET source = substr(hex(zeroblob(octet_length(source))), 1, octet_length(source)) WHERE id = OLD.address;
END;
-- +goose StatementEnd

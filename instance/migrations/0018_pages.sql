-- +goose Up

-- What a space looks up again. Here is what a page shows now; its words, now and
-- before, are its versions.
CREATE TABLE pages (
    id          TEXT   PRIMARY KEY,
    space_id    TEXT   NOT NULL REFERENCES spaces (id),
    author_id   TEXT   NOT NULL REFERENCES actors (id), -- who began it
    title       TEXT   NOT NULL,
    html        TEXT   NOT NULL,
    label_id    TEXT   NOT NULL REFERENCES labels (id),
    version     BIGINT NOT NULL,                        -- the one it shows
    created_at  BIGINT NOT NULL,
    edited_at   BIGINT NOT NULL,
    edited_by   TEXT   NOT NULL REFERENCES actors (id), -- who saved the one it shows
    owner_id    TEXT REFERENCES actors (id),            -- who looks after it
    review_on   TEXT,                                   -- the day on which it is to be looked through, 2026-01-31
    reviewed_at BIGINT,                                 -- when it was
    pinned_at   BIGINT,
    deleted_at  BIGINT,                                 -- by a moderator, who may bring it back
    deleted_by  TEXT REFERENCES actors (id)
);
CREATE INDEX pages_space ON pages (space_id, id);
CREATE INDEX pages_author ON pages (author_id);
CREATE INDEX pages_owner ON pages (owner_id) WHERE owner_id IS NOT NULL;
CREATE INDEX pages_deleted ON pages (deleted_at) WHERE deleted_at IS NOT NULL;

-- Whoever may read the page may read what it said before: versions have no readers
-- of their own.
CREATE TABLE page_versions (
    page_id   TEXT   NOT NULL REFERENCES pages (id),
    version   BIGINT NOT NULL,
    title     TEXT   NOT NULL,
    body      TEXT   NOT NULL,
    note      TEXT   NOT NULL,                        -- what was changed, in a few words
    author_id TEXT   NOT NULL REFERENCES actors (id), -- whose words these are
    edited_by TEXT   NOT NULL REFERENCES actors (id), -- who put them there: another one, if she brought them back
    edited_at BIGINT NOT NULL,
    PRIMARY KEY (page_id, version)
);
CREATE INDEX page_versions_author ON page_versions (author_id);
CREATE INDEX page_versions_editor ON page_versions (edited_by);

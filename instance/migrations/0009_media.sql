-- +goose Up

-- Photos. The bytes are in the store, under the folder that blob names.
CREATE TABLE media (
    id         TEXT    PRIMARY KEY,
    author_id  TEXT    NOT NULL REFERENCES actors (id),
    post_id    TEXT    REFERENCES posts (id), -- NULL: not in a post yet
    place      INTEGER NOT NULL,              -- order in the post, from 0
    type       TEXT    NOT NULL,              -- of the original: image/jpeg and so on
    alt        TEXT    NOT NULL,
    width      INTEGER NOT NULL,              -- in pixels, upright
    height     INTEGER NOT NULL,
    blob       TEXT    NOT NULL,
    bytes      BIGINT  NOT NULL,              -- of the original, or of what is left of it
    cut        BYTEA   NOT NULL,              -- which pieces of the original others get; empty when nothing else is left
    made       BIGINT  NOT NULL,              -- of what was made of it
    created_at BIGINT  NOT NULL
);
CREATE INDEX media_post ON media (post_id, place);
CREATE INDEX media_author ON media (author_id, created_at, id);

ALTER TABLE posts ADD COLUMN media INTEGER NOT NULL DEFAULT 0; -- how many

-- +goose Up

-- What a post shows of the page that it links to, fetched once. Whoever may read the
-- post may read it: it has no readers of its own.
CREATE TABLE previews (
    post_id     TEXT    PRIMARY KEY REFERENCES posts (id),
    url         TEXT    NOT NULL,             -- as it is in the post
    state       TEXT    NOT NULL,             -- pending | ready | none (there is nothing) | removed (by the author)
    title       TEXT    NOT NULL,
    description TEXT    NOT NULL,
    site        TEXT    NOT NULL,
    picture_id  TEXT    UNIQUE,               -- of its address; NULL without
    width       INTEGER NOT NULL,
    height      INTEGER NOT NULL,
    fetched_at  BIGINT,                       -- NULL until then
    picture     BYTEA                         -- a small JPEG, drawn anew
);
CREATE INDEX previews_pending ON previews (post_id) WHERE state = 'pending';
ALTER TABLE posts ADD COLUMN previewed BOOLEAN NOT NULL DEFAULT FALSE;

-- As for new communities of these kinds: their links are nobody else's concern, until
-- somebody wants it.
INSERT INTO features (name, enabled) SELECT 'previews', FALSE FROM community WHERE preset IN ('family', 'friends', 'school')
    ON CONFLICT (name) DO NOTHING;

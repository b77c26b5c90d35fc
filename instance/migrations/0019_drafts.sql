-- +goose Up

-- What somebody has begun to write and not said yet. It is hers alone.
CREATE TABLE drafts (
    id         TEXT   PRIMARY KEY,
    author_id  TEXT   NOT NULL REFERENCES members (id),
    place      TEXT   NOT NULL,  -- space (something new) | parent (an answer) | post (a change)
    place_id   TEXT   NOT NULL,  -- what that is: it may be gone, and the words are still hers
    words      BYTEA  NOT NULL,  -- sealed under a key of the keyring, for its author and its id
    version    TEXT   NOT NULL,  -- another one each time it is kept
    hand       TEXT   NOT NULL,  -- which open form kept it last: a hash of the form's key
    updated_at BIGINT NOT NULL
);
CREATE INDEX drafts_author ON drafts (author_id, updated_at);
CREATE INDEX drafts_time ON drafts (updated_at);

-- +goose Up

-- A question with options, in the post that begins a thread. Whoever may read the
-- post may read the poll: it has no readers of its own.
CREATE TABLE polls (
    post_id   TEXT    PRIMARY KEY REFERENCES posts (id),
    method    TEXT    NOT NULL,           -- single | several | ranked
    secret    BOOLEAN NOT NULL,
    most      INTEGER NOT NULL,           -- how many options may be chosen
    quorum    INTEGER NOT NULL,           -- how many have to take part; 0: none
    closes_at BIGINT  NOT NULL,
    state     TEXT    NOT NULL,           -- open | closed | lost (its key is gone)
    closed_by TEXT REFERENCES actors (id), -- who ended it before its time
    begun     BOOLEAN NOT NULL,           -- somebody has voted
    reworded  BOOLEAN NOT NULL,           -- its post was changed after that
    folder    TEXT    NOT NULL,           -- of the key to the urn; '' if named, or not open
    urn       BYTEA,                      -- sealed; NULL if named, or not open
    result    TEXT    NOT NULL            -- JSON; '' while it is open
);
CREATE INDEX polls_open ON polls (folder) WHERE state = 'open';
CREATE TABLE poll_options (
    post_id TEXT    NOT NULL REFERENCES polls (post_id),
    place   INTEGER NOT NULL,
    words   TEXT    NOT NULL,
    PRIMARY KEY (post_id, place)
);
-- Of named polls alone, and without a time.
CREATE TABLE poll_votes (
    post_id  TEXT    NOT NULL REFERENCES polls (post_id),
    actor_id TEXT    NOT NULL REFERENCES actors (id),
    place    INTEGER NOT NULL,
    rank     INTEGER NOT NULL,            -- from 0, in the order of her preference
    PRIMARY KEY (post_id, actor_id, place)
);
CREATE INDEX poll_votes_actor ON poll_votes (actor_id);
ALTER TABLE posts ADD COLUMN poll BOOLEAN NOT NULL DEFAULT FALSE;

-- +goose Up

-- Addresses by which a feed reader reads as a member, without signing in.
CREATE TABLE feeds (
    id            TEXT    PRIMARY KEY,            -- of the feed too
    token_hash    BYTEA   NOT NULL UNIQUE,
    member_id     TEXT    NOT NULL REFERENCES members (id),
    space_id      TEXT    REFERENCES spaces (id), -- NULL: all spaces she is in
    name          TEXT    NOT NULL,
    whole         BOOLEAN NOT NULL,               -- with the words, not only who wrote and where
    created_day   BIGINT  NOT NULL,
    last_used_day BIGINT
);
CREATE INDEX feeds_member ON feeds (member_id);

-- As for new communities of these kinds: nothing leads out of the house until
-- somebody wants it.
INSERT INTO features (name, enabled) SELECT 'feeds', FALSE FROM community WHERE preset IN ('family', 'friends', 'school')
    ON CONFLICT (name) DO NOTHING;

-- +goose Up

-- What somebody keeps to read later. Nobody else is told of it, nor how many do.
CREATE TABLE saved (
    member_id TEXT   NOT NULL REFERENCES members (id),
    post_id   TEXT   NOT NULL REFERENCES posts (id),
    saved_at  BIGINT NOT NULL,
    PRIMARY KEY (member_id, post_id)
);
CREATE INDEX saved_order ON saved (member_id, saved_at, post_id);
CREATE INDEX saved_post ON saved (post_id);

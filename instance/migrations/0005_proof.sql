-- +goose Up

-- Until when a session lets its member change what she signs in with. It is 0
-- once that has passed. See signin/prove.go.
ALTER TABLE sessions ADD COLUMN proved_until BIGINT NOT NULL DEFAULT 0;

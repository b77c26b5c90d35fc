-- +goose Up

-- A session gets a new token when what its member may do has changed; the
-- former one is known for a moment longer. See signin/renew.go.
ALTER TABLE sessions ADD COLUMN rights TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN former_hash BYTEA;
ALTER TABLE sessions ADD COLUMN former_until BIGINT NOT NULL DEFAULT 0;
CREATE INDEX sessions_former ON sessions (former_hash);

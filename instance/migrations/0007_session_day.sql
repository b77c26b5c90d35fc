-- +goose Up

-- When a session ends said to the microsecond when it was last used.
UPDATE sessions SET expires_at = (expires_at / 86400000000 + 1) * 86400000000;

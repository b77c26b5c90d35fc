-- +goose Up

ALTER TABLE members ADD COLUMN live BOOLEAN NOT NULL DEFAULT TRUE; -- whether pages show what is new by themselves

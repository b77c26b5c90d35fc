-- +goose Up
CREATE TABLE search_text (
    rowid BIGINT PRIMARY KEY,
    body  TSVECTOR NOT NULL
);
CREATE INDEX search_text_body ON search_text USING gin (body);

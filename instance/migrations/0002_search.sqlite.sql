-- +goose Up
CREATE VIRTUAL TABLE search_text USING fts5 (body, tokenize = "unicode61 remove_diacritics 0");
INSERT INTO search_text (search_text, rank) VALUES ('secure-delete', 1);

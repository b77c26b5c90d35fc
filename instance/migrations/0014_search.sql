-- +goose Up

-- By which version of the rules a search text was made: see package searchtext.
-- What is older is made anew by a job, since only the program knows the rules.
ALTER TABLE search_docs ADD COLUMN made INTEGER NOT NULL DEFAULT 0;
CREATE INDEX search_docs_made ON search_docs (made, doc);

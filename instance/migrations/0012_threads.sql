-- +goose Up

-- What becomes of a thread besides what is said in it. All of it belongs to the
-- post that begins it.
ALTER TABLE posts ADD COLUMN locked_at BIGINT; -- closed for replies
ALTER TABLE posts ADD COLUMN pinned_at BIGINT; -- on top of its space
CREATE INDEX posts_pinned ON posts (space_id, pinned_at, id) WHERE pinned_at IS NOT NULL;

ALTER TABLE posts ADD COLUMN said_in TEXT; -- the space where it was said, once it was moved

ALTER TABLE posts ADD COLUMN kind TEXT NOT NULL DEFAULT ''; -- '' | question | offer | request
ALTER TABLE posts ADD COLUMN settled_at BIGINT;             -- an offer is taken, a request solved
ALTER TABLE posts ADD COLUMN answer_id TEXT;                -- the reply that answers a question
CREATE INDEX posts_kinds ON posts (space_id, kind, created_at, id) WHERE parent_id IS NULL AND kind <> '';

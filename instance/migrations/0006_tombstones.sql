-- +goose Up

-- What was erased: the same list lies in a file outside the database; see
-- package erasure. Ids and days only.
CREATE TABLE erasures (
    id   TEXT PRIMARY KEY,
    kind TEXT   NOT NULL, -- member | everything | post | request
    day  BIGINT NOT NULL  -- since 1970
);

-- What was erased before there was a list, as far as it can be told.
INSERT INTO erasures (id, kind, day)
    SELECT id, 'post', deleted_at / 86400000000 FROM posts WHERE deleted_at IS NOT NULL;
INSERT INTO erasures (id, kind, day)
    SELECT m.id, CASE WHEN m.erase_posts THEN 'everything' ELSE 'member' END, max(a.at) / 86400000000
    FROM members m JOIN audit a ON a.subject_id = m.id AND a.kind = 'member.erased'
    WHERE m.state = 'gone' AND m.erase_at IS NULL GROUP BY m.id, m.erase_posts;

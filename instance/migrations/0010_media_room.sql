-- +goose Up

-- How much room photos may take, in bytes; 0 is no limit.
ALTER TABLE community ADD COLUMN media_each BIGINT NOT NULL DEFAULT 10737418240; -- those of one member
ALTER TABLE community ADD COLUMN media_all  BIGINT NOT NULL DEFAULT 0;           -- those of all

-- Albums: the photos of a space by time. A query must say "media > 0" as it stands here.
CREATE INDEX posts_media ON posts (space_id, created_at, id) WHERE media > 0;

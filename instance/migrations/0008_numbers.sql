-- +goose Up

-- How much of what there was on a day. Nobody is in it.
CREATE TABLE numbers (
    day  BIGINT NOT NULL, -- when it began, in microseconds
    kind TEXT   NOT NULL, -- here | said | pages
    n    BIGINT NOT NULL,
    PRIMARY KEY (day, kind)
);

-- +goose Up

-- Labels: a label is a set of atoms, named by its own text; see package access.
CREATE TABLE labels (
    id   TEXT PRIMARY KEY,
    wide BOOLEAN NOT NULL
);
CREATE INDEX labels_wide ON labels (id) WHERE wide;
CREATE TABLE label_atoms (
    label_id TEXT NOT NULL REFERENCES labels (id),
    kind     TEXT NOT NULL,
    ref      TEXT NOT NULL,
    PRIMARY KEY (label_id, kind, ref)
);
INSERT INTO labels (id, wide) VALUES ('public', TRUE), ('members', TRUE);
INSERT INTO label_atoms (label_id, kind, ref) VALUES ('members', 'members', '');

CREATE TABLE community (
    one          SMALLINT PRIMARY KEY CHECK (one = 1),
    id           TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    preset       TEXT    NOT NULL,
    face         TEXT    NOT NULL, -- hidden | named | public
    door         TEXT    NOT NULL, -- invite | ask | open
    question     TEXT    NOT NULL,
    welcome      TEXT    NOT NULL,
    rules        TEXT    NOT NULL,
    imprint      TEXT    NOT NULL,
    privacy      TEXT    NOT NULL,
    languages    TEXT    NOT NULL,
    zone         TEXT    NOT NULL,
    accent       TEXT    NOT NULL,
    picture      BYTEA,
    picture_type TEXT    NOT NULL,
    about_line   BOOLEAN NOT NULL,
    origin       TEXT    NOT NULL,
    founded_at   BIGINT  NOT NULL,
    version      BIGINT  NOT NULL
);
CREATE TABLE origins (
    origin     TEXT PRIMARY KEY,
    current    BOOLEAN NOT NULL,
    changed_at BIGINT  NOT NULL
);
CREATE TABLE features (
    name    TEXT PRIMARY KEY,
    enabled BOOLEAN NOT NULL
);
CREATE TABLE setup_tokens (
    hash       BYTEA PRIMARY KEY,
    created_at BIGINT NOT NULL,
    claimed_at BIGINT
);

CREATE TABLE actors (
    id         TEXT PRIMARY KEY,
    kind       TEXT   NOT NULL, -- member | guest | agent | remote | system | unclaimed | dependant
    created_at BIGINT NOT NULL
);
CREATE TABLE handles (
    handle       TEXT PRIMARY KEY,
    subject_kind TEXT    NOT NULL, -- member | space | agent
    subject_id   TEXT    NOT NULL,
    current      BOOLEAN NOT NULL
);
CREATE INDEX handles_subject ON handles (subject_id);
CREATE TABLE spent_handles (
    hash BYTEA PRIMARY KEY
);

CREATE TABLE members (
    id          TEXT PRIMARY KEY REFERENCES actors (id),
    handle      TEXT   NOT NULL UNIQUE,
    name        TEXT   NOT NULL,
    role        TEXT   NOT NULL, -- owner | moderator | member | guest
    state       TEXT   NOT NULL, -- pending | active | leaving | gone
    label_id    TEXT   NOT NULL REFERENCES labels (id),
    language    TEXT   NOT NULL,
    zone        TEXT   NOT NULL,
    theme       TEXT   NOT NULL, -- auto | light | dark
    shortcuts   BOOLEAN NOT NULL,
    home_order  TEXT   NOT NULL, -- newest | active
    invited_by  TEXT REFERENCES actors (id),
    asked_at    BIGINT,
    joined_at   BIGINT,
    left_at     BIGINT,
    erase_at    BIGINT,
    erase_posts BOOLEAN NOT NULL,
    version     BIGINT NOT NULL
);
CREATE INDEX members_state ON members (state, joined_at);
CREATE TABLE requests (
    member_id  TEXT PRIMARY KEY REFERENCES members (id),
    answer     TEXT   NOT NULL,
    asked_at   BIGINT NOT NULL,
    decided_at BIGINT,
    decided_by TEXT REFERENCES actors (id),
    accepted   BOOLEAN
);
CREATE TABLE profile_fields (
    id        TEXT PRIMARY KEY,
    member_id TEXT   NOT NULL REFERENCES members (id),
    name      TEXT   NOT NULL,
    value     TEXT   NOT NULL,
    label_id  TEXT   NOT NULL REFERENCES labels (id),
    version   BIGINT NOT NULL,
    UNIQUE (member_id, name)
);
CREATE TABLE lists (
    id       TEXT PRIMARY KEY,
    owner_id TEXT NOT NULL REFERENCES members (id),
    name     TEXT NOT NULL
);
CREATE TABLE list_members (
    list_id   TEXT NOT NULL REFERENCES lists (id),
    member_id TEXT NOT NULL REFERENCES members (id),
    PRIMARY KEY (list_id, member_id)
);
CREATE TABLE transfers (
    to_member   TEXT PRIMARY KEY REFERENCES members (id),
    from_member TEXT   NOT NULL REFERENCES members (id),
    offered_at  BIGINT NOT NULL
);
CREATE TABLE invitations (
    id         TEXT PRIMARY KEY,
    token_hash BYTEA   NOT NULL UNIQUE,
    made_by    TEXT    NOT NULL REFERENCES actors (id),
    role       TEXT    NOT NULL, -- member | guest | moderator
    space_id   TEXT,
    question   TEXT    NOT NULL,
    approval   BOOLEAN NOT NULL,
    note       TEXT    NOT NULL,
    max_uses   INTEGER NOT NULL, -- 0 is without limit
    uses       INTEGER NOT NULL,
    created_at BIGINT  NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT
);
CREATE INDEX invitations_made_by ON invitations (made_by);

CREATE TABLE passwords (
    member_id  TEXT PRIMARY KEY REFERENCES members (id),
    hash       TEXT   NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE TABLE passkeys (
    id            BYTEA PRIMARY KEY,
    member_id     TEXT   NOT NULL REFERENCES members (id),
    credential    TEXT   NOT NULL,
    name          TEXT   NOT NULL,
    created_day   BIGINT NOT NULL,
    last_used_day BIGINT
);
CREATE INDEX passkeys_member ON passkeys (member_id);
CREATE TABLE recovery_codes (
    hash      BYTEA PRIMARY KEY,
    member_id TEXT   NOT NULL REFERENCES members (id),
    used_at   BIGINT
);
CREATE INDEX recovery_codes_member ON recovery_codes (member_id);
CREATE TABLE sessions (
    token_hash    BYTEA PRIMARY KEY,
    id            TEXT   NOT NULL UNIQUE,
    member_id     TEXT   NOT NULL REFERENCES members (id),
    device        TEXT   NOT NULL, -- phone | tablet | computer
    name          TEXT   NOT NULL,
    created_day   BIGINT NOT NULL,
    last_used_day BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL
);
CREATE INDEX sessions_member ON sessions (member_id);
CREATE TABLE ceremonies (
    hash       BYTEA PRIMARY KEY,
    state      TEXT   NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE TABLE spaces (
    id         TEXT PRIMARY KEY,
    handle     TEXT UNIQUE,
    name       TEXT    NOT NULL,
    purpose    TEXT    NOT NULL,
    visibility TEXT    NOT NULL, -- public | open | closed | secret
    posting    TEXT    NOT NULL, -- everyone | moderators
    arrivals   BOOLEAN NOT NULL, -- new members are put into it
    label_id   TEXT    NOT NULL REFERENCES labels (id),
    created_by TEXT    NOT NULL REFERENCES actors (id),
    created_at BIGINT  NOT NULL,
    version    BIGINT  NOT NULL
);
CREATE TABLE space_members (
    space_id  TEXT   NOT NULL REFERENCES spaces (id),
    member_id TEXT   NOT NULL REFERENCES members (id),
    role      TEXT   NOT NULL, -- moderator | member
    joined_at BIGINT NOT NULL,
    seen_at   BIGINT NOT NULL,
    PRIMARY KEY (space_id, member_id)
);
CREATE INDEX space_members_member ON space_members (member_id, space_id);
CREATE TABLE space_requests (
    space_id  TEXT   NOT NULL REFERENCES spaces (id),
    member_id TEXT   NOT NULL REFERENCES members (id),
    asked_at  BIGINT NOT NULL,
    PRIMARY KEY (space_id, member_id)
);

-- Objects that are held or hidden: who wrote them and where, for review:X.
CREATE TABLE reviews (
    object_id TEXT PRIMARY KEY,
    author_id TEXT   NOT NULL REFERENCES actors (id),
    space_id  TEXT   NOT NULL REFERENCES spaces (id),
    opened_at BIGINT NOT NULL
);

CREATE TABLE posts (
    id         TEXT PRIMARY KEY,
    space_id   TEXT    NOT NULL REFERENCES spaces (id),
    author_id  TEXT    NOT NULL REFERENCES actors (id),
    root_id    TEXT    NOT NULL,
    parent_id  TEXT,
    depth      INTEGER NOT NULL,
    title      TEXT    NOT NULL,
    body       TEXT    NOT NULL,
    html       TEXT    NOT NULL,
    label_id   TEXT    NOT NULL REFERENCES labels (id),
    listed     BOOLEAN NOT NULL,
    created_at BIGINT  NOT NULL,
    edited_at  BIGINT,
    edited_by  TEXT REFERENCES actors (id),
    deleted_at BIGINT,
    deleted_by TEXT REFERENCES actors (id),
    version    BIGINT  NOT NULL
);
CREATE INDEX posts_root ON posts (root_id, created_at, id, parent_id, deleted_at, label_id);
CREATE INDEX posts_space ON posts (space_id, created_at, id);
CREATE INDEX posts_author ON posts (author_id, created_at, id);
CREATE INDEX posts_time ON posts (created_at, id, root_id, space_id, label_id, deleted_at);
CREATE INDEX posts_threads ON posts (created_at, id) WHERE parent_id IS NULL;
CREATE INDEX posts_space_threads ON posts (space_id, created_at, id) WHERE parent_id IS NULL;
CREATE TABLE post_marks (
    post_id   TEXT   NOT NULL REFERENCES posts (id),
    kind      TEXT   NOT NULL, -- hidden
    actor_id  TEXT   NOT NULL REFERENCES actors (id),
    reason    TEXT   NOT NULL,
    label_id  TEXT   NOT NULL REFERENCES labels (id),
    former_id TEXT   NOT NULL REFERENCES labels (id), -- the post's label before
    made_at   BIGINT NOT NULL,
    PRIMARY KEY (post_id, kind)
);
CREATE TABLE post_versions (
    post_id   TEXT   NOT NULL REFERENCES posts (id),
    version   BIGINT NOT NULL,
    title     TEXT   NOT NULL,
    body      TEXT   NOT NULL,
    label_id  TEXT   NOT NULL REFERENCES labels (id),
    edited_by TEXT   NOT NULL REFERENCES actors (id),
    edited_at BIGINT NOT NULL,
    PRIMARY KEY (post_id, version)
);
CREATE TABLE reactions (
    post_id  TEXT   NOT NULL REFERENCES posts (id),
    actor_id TEXT   NOT NULL REFERENCES actors (id),
    kind     TEXT   NOT NULL,
    label_id TEXT   NOT NULL REFERENCES labels (id),
    made_at  BIGINT NOT NULL,
    PRIMARY KEY (post_id, actor_id, kind, label_id)
);
CREATE INDEX reactions_actor ON reactions (actor_id);
CREATE TABLE mentions (
    post_id   TEXT NOT NULL REFERENCES posts (id),
    member_id TEXT NOT NULL REFERENCES members (id),
    PRIMARY KEY (post_id, member_id)
);
CREATE INDEX mentions_member ON mentions (member_id);

CREATE TABLE search_docs (
    doc          BIGINT PRIMARY KEY,
    subject_kind TEXT NOT NULL, -- post | profile | member
    subject_id   TEXT NOT NULL UNIQUE
);

CREATE TABLE facts (
    position     BIGINT PRIMARY KEY,
    kind         TEXT     NOT NULL,
    actor_id     TEXT     NOT NULL,
    subject_kind TEXT     NOT NULL,
    subject_id   TEXT     NOT NULL,
    place_id     TEXT     NOT NULL,
    label_id     TEXT     NOT NULL,
    root         TEXT     NOT NULL,
    depth        SMALLINT NOT NULL,
    run_id       TEXT,
    at           BIGINT   NOT NULL
);
CREATE INDEX facts_at ON facts (at);
CREATE TABLE fact_head (
    one      SMALLINT PRIMARY KEY CHECK (one = 1),
    position BIGINT NOT NULL
);
INSERT INTO fact_head (one, position) VALUES (1, 0);
CREATE TABLE fact_consumers (
    name     TEXT PRIMARY KEY,
    position BIGINT NOT NULL
);
CREATE TABLE jobs (
    id          TEXT PRIMARY KEY,
    kind        TEXT    NOT NULL,
    unique_key  TEXT    NOT NULL,
    run_at      BIGINT  NOT NULL,
    attempts    INTEGER NOT NULL,
    lease_until BIGINT  NOT NULL,
    last_error  TEXT    NOT NULL,
    UNIQUE (kind, unique_key)
);
CREATE INDEX jobs_due ON jobs (run_at);
CREATE TABLE form_keys (
    hash      BYTEA PRIMARY KEY,
    operation TEXT   NOT NULL,
    made      TEXT   NOT NULL,
    used_at   BIGINT NOT NULL
);
CREATE INDEX form_keys_used ON form_keys (used_at);
CREATE TABLE audit (
    id           TEXT PRIMARY KEY,
    at           BIGINT NOT NULL,
    kind         TEXT   NOT NULL,
    actor_id     TEXT   NOT NULL,
    subject_kind TEXT   NOT NULL,
    subject_id   TEXT   NOT NULL
);
CREATE INDEX audit_at ON audit (at);
CREATE TABLE keys (
    purpose    TEXT PRIMARY KEY,
    sealed     BYTEA  NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE TABLE egress (
    id      TEXT PRIMARY KEY,
    at      BIGINT NOT NULL,
    purpose TEXT   NOT NULL,
    host    TEXT   NOT NULL,
    result  TEXT   NOT NULL,
    bytes   BIGINT NOT NULL
);
CREATE INDEX egress_at ON egress (at);

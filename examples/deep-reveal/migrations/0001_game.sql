-- One text for SQLite and PostgreSQL; {bytes} is BLOB or BYTEA.
-- Times are Unix milliseconds, booleans 0 or 1, what has no fixed columns is JSON.

-- Keys that all servers share. The row `turn` is what they lock to give rounds out one after another.
CREATE TABLE setting (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);
INSERT INTO setting (name, value) VALUES ('turn', '');

-- Guests have no name, address and password. The keys are folded, so that case does not tell two apart.
CREATE TABLE player (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT,
    name_key TEXT,
    email TEXT,
    email_key TEXT,
    password_hash TEXT,
    role TEXT NOT NULL,
    language TEXT NOT NULL,
    listed BIGINT NOT NULL,
    created BIGINT NOT NULL,
    score BIGINT NOT NULL DEFAULT 0,
    games BIGINT NOT NULL DEFAULT 0,
    wins BIGINT NOT NULL DEFAULT 0,
    streak BIGINT NOT NULL DEFAULT 0,
    best_streak BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX player_name_key ON player (name_key);
CREATE UNIQUE INDEX player_email_key ON player (email_key);
CREATE INDEX player_rank ON player (score DESC, created) WHERE listed = 1 AND name IS NOT NULL AND games > 0;

-- Only hashes of tokens are kept: who reads the database cannot log in with what is in it.
CREATE TABLE session (
    token_hash TEXT NOT NULL PRIMARY KEY,
    player TEXT NOT NULL REFERENCES player (id) ON DELETE CASCADE,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX session_player ON session (player);
CREATE INDEX session_expires ON session (expires);

CREATE TABLE reset (
    token_hash TEXT NOT NULL PRIMARY KEY,
    player TEXT NOT NULL REFERENCES player (id) ON DELETE CASCADE,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX reset_player ON reset (player);
CREATE INDEX reset_expires ON reset (expires);

CREATE TABLE campaign (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    open BIGINT NOT NULL,
    easing BIGINT NOT NULL,
    classes TEXT NOT NULL,
    mean_weight DOUBLE PRECISION NOT NULL,
    created BIGINT NOT NULL
);

CREATE TABLE photo (
    id TEXT NOT NULL PRIMARY KEY,
    campaign TEXT NOT NULL REFERENCES campaign (id),
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    true_class TEXT NOT NULL,
    control BIGINT NOT NULL,
    UNIQUE (campaign, sha256),
    UNIQUE (campaign, name)
);

-- `load` = finished games + rounds in progress. `tie` is random: maps of the same load come in no order of anybody's.
-- What is large lies apart, so that these rows stay small.
CREATE TABLE map (
    id TEXT NOT NULL PRIMARY KEY,
    photo TEXT NOT NULL REFERENCES photo (id),
    campaign TEXT NOT NULL REFERENCES campaign (id),
    sha256 TEXT NOT NULL,
    control BIGINT NOT NULL,
    open BIGINT NOT NULL,
    layer BIGINT NOT NULL,
    cluster BIGINT NOT NULL,
    weight_percent DOUBLE PRECISION NOT NULL,
    load BIGINT NOT NULL DEFAULT 0,
    tie DOUBLE PRECISION NOT NULL,
    UNIQUE (photo, layer, cluster)
);
CREATE INDEX map_served ON map (open, control, load, tie);
CREATE INDEX map_campaign ON map (campaign);

CREATE TABLE picture (
    photo TEXT NOT NULL PRIMARY KEY REFERENCES photo (id),
    png {bytes} NOT NULL
);

CREATE TABLE cells (
    map TEXT NOT NULL PRIMARY KEY REFERENCES map (id),
    n_rows BIGINT NOT NULL,
    n_columns BIGINT NOT NULL,
    f32_le {bytes} NOT NULL
);

-- `live` = 1 from the reservation to the end. `game` has what the rules know; hints, ending and n_labels repeat of it what
-- is counted.
CREATE TABLE round (
    id TEXT NOT NULL PRIMARY KEY,
    player TEXT NOT NULL REFERENCES player (id) ON DELETE CASCADE,
    map TEXT NOT NULL REFERENCES map (id),
    photo TEXT NOT NULL REFERENCES photo (id),
    campaign TEXT NOT NULL REFERENCES campaign (id),
    sha256 TEXT NOT NULL,
    control BIGINT NOT NULL,
    true_class TEXT NOT NULL,
    game TEXT NOT NULL,
    hints BIGINT NOT NULL,
    points TEXT,
    ending TEXT,
    n_labels BIGINT NOT NULL DEFAULT 0,
    language TEXT NOT NULL,
    live BIGINT NOT NULL DEFAULT 1,
    expired BIGINT NOT NULL DEFAULT 0,
    started BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    finished BIGINT
);
-- Facts, whatever the code does: nobody meets a photo twice, nobody has two rounds at once.
CREATE UNIQUE INDEX round_photo ON round (player, sha256);
CREATE UNIQUE INDEX round_live ON round (player) WHERE live = 1;
CREATE INDEX round_expires ON round (expires) WHERE live = 1;
CREATE INDEX round_map ON round (map);
CREATE INDEX round_finished ON round (finished, id) WHERE finished IS NOT NULL;

CREATE TABLE questionnaire (
    player TEXT NOT NULL PRIMARY KEY REFERENCES player (id) ON DELETE CASCADE,
    answers TEXT NOT NULL,
    sus DOUBLE PRECISION NOT NULL,
    tlx DOUBLE PRECISION NOT NULL,
    rating BIGINT NOT NULL,
    comment TEXT NOT NULL,
    answered BIGINT NOT NULL
);

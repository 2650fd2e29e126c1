-- Types are BIGINT, TEXT and BYTEA only. A sealed column opens for its own row and subject alone.

CREATE TABLE tenant_key (
    only_one BIGINT PRIMARY KEY CHECK (only_one = 1),
    tenant BYTEA NOT NULL,
    wrapped BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE subject_key (
    subject BYTEA PRIMARY KEY,
    epoch BIGINT NOT NULL,
    wrapped BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX subject_key_by_epoch ON subject_key (epoch);

CREATE TABLE secret (
    name TEXT PRIMARY KEY,
    sealed BYTEA NOT NULL,
    changed_at BIGINT NOT NULL
);

CREATE TABLE key_package (
    reference BYTEA PRIMARY KEY,
    sealed BYTEA NOT NULL,
    last_resort BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX key_package_by_expiry ON key_package (expires_at);

CREATE TABLE conversation (
    channel BYTEA PRIMARY KEY,
    subject BYTEA NOT NULL REFERENCES subject_key (subject),
    phase TEXT NOT NULL,
    agent BYTEA,
    language TEXT NOT NULL,
    assistant_allowed BIGINT NOT NULL,
    unanswered BIGINT NOT NULL,
    processed BIGINT NOT NULL,
    answered BIGINT NOT NULL,
    last_position BIGINT NOT NULL,
    last_from_customer BIGINT NOT NULL,
    group_state BYTEA NOT NULL,
    vault BYTEA,
    identity BYTEA,
    opened_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL
);
CREATE INDEX conversation_by_subject ON conversation (subject);
CREATE INDEX conversation_by_last_at ON conversation (last_at);

CREATE TABLE message (
    channel BYTEA NOT NULL REFERENCES conversation (channel) ON DELETE CASCADE,
    position BIGINT NOT NULL,
    id BYTEA NOT NULL,
    speaker TEXT NOT NULL,
    text BYTEA NOT NULL,
    extra BYTEA,
    at BIGINT NOT NULL,
    PRIMARY KEY (channel, position),
    UNIQUE (channel, id)
);

CREATE TABLE outbox (
    channel BYTEA NOT NULL REFERENCES conversation (channel) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    id BYTEA NOT NULL,
    kind TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    body BYTEA NOT NULL,
    PRIMARY KEY (channel, number),
    UNIQUE (channel, id)
);

CREATE TABLE consent (
    channel BYTEA NOT NULL REFERENCES conversation (channel) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    notice TEXT NOT NULL,
    assistant BIGINT NOT NULL,
    improve BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (channel, number)
);

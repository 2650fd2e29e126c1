-- Accounts of the business's staff. Names, addresses and secrets are sealed under the tenant key; of links and
-- sessions only hashes are kept.

CREATE TABLE staff_enrolment (
    token_hash BYTEA PRIMARY KEY,
    totp_secret BYTEA NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX staff_enrolment_by_expiry ON staff_enrolment (expires_at);

CREATE TABLE staff_account (
    id BYTEA PRIMARY KEY,
    email_index BYTEA NOT NULL UNIQUE,
    email BYTEA NOT NULL,
    name BYTEA NOT NULL,
    password_hash BYTEA NOT NULL,
    totp_secret BYTEA NOT NULL,
    totp_step BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE staff_session (
    token_hash BYTEA PRIMARY KEY,
    staff BYTEA NOT NULL REFERENCES staff_account (id) ON DELETE CASCADE,
    seen_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL
);
CREATE INDEX staff_session_by_end ON staff_session (ends_at);
CREATE INDEX staff_session_by_staff ON staff_session (staff);

CREATE TABLE staff_failure (
    email_index BYTEA PRIMARY KEY,
    failures BIGINT NOT NULL,
    last_at BIGINT NOT NULL
);
CREATE INDEX staff_failure_by_last_at ON staff_failure (last_at);

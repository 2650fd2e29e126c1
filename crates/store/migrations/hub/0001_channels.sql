-- What the hub keeps: ciphertext, the order it came in, and hashes of the rights to it. Every row ends at its
-- `expires_at`, in milliseconds since the epoch and rounded up to the hour, so that it tells no exact time.

-- One row for a channel: who may use it, and where it stands. `seq` is the last place given out, `device_seq`
-- the last one that a device filled, `acknowledged` the last one that the desk has stored.
CREATE TABLE hub_channels (
    channel BYTEA NOT NULL PRIMARY KEY,
    desk BYTEA NOT NULL,
    write_hash BYTEA NOT NULL,
    read_hash BYTEA NOT NULL,
    seq BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    device_seq BIGINT NOT NULL,
    acknowledged BIGINT NOT NULL,
    envelopes BIGINT NOT NULL,
    octets BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
-- What a desk has yet to get, found without reading the channels that are quiet.
CREATE INDEX hub_channels_waiting ON hub_channels (desk, channel) WHERE device_seq > acknowledged;
CREATE INDEX hub_channels_expiry ON hub_channels (expires_at);

-- The author is 0 for a device and 1 for the desk; the kind 0 for a welcome, 1 for a commit, 2 for a message.
CREATE TABLE hub_envelopes (
    channel BYTEA NOT NULL,
    seq BIGINT NOT NULL,
    id BYTEA NOT NULL,
    author BIGINT NOT NULL,
    kind BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    body BYTEA NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (channel, seq)
);
CREATE UNIQUE INDEX hub_envelopes_id ON hub_envelopes (channel, id);
CREATE INDEX hub_envelopes_expiry ON hub_envelopes (expires_at);

-- `digest` is the SHA-256 of `body`: the same key package handed in twice is one.
CREATE TABLE hub_key_packages (
    desk BYTEA NOT NULL,
    digest BYTEA NOT NULL,
    last_resort BIGINT NOT NULL,
    body BYTEA NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (desk, digest)
);
CREATE INDEX hub_key_packages_next ON hub_key_packages (desk, last_resort, expires_at);
CREATE INDEX hub_key_packages_expiry ON hub_key_packages (expires_at);

CREATE TABLE hub_attachment_chunks (
    channel BYTEA NOT NULL,
    attachment BYTEA NOT NULL,
    position BIGINT NOT NULL,
    body BYTEA NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (channel, attachment, position)
);
CREATE INDEX hub_attachment_chunks_expiry ON hub_attachment_chunks (expires_at);

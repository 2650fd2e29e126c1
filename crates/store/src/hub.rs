//! The hub's store: channels, envelopes, key packages, attachments. Ciphertext only.

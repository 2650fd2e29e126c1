//! One suite for both engines: every promise of the store, kept on SQLCipher and on PostgreSQL alike.
//!
//! PostgreSQL is the server that SOTTO_TEST_POSTGRES names, else one of our own, started for the test.

mod conformance {
    mod desk;
    mod faults;
    mod inventory;
    mod keys;
    mod postgres;
    mod secrecy;
    mod staff;
    mod world;
}

//! libcrypto, which SQLCipher encrypts with, and the end of the process.

use std::{
    ffi::{c_int, c_void},
    sync::Once,
};

/// `OPENSSL_INIT_NO_ATEXIT` of openssl/crypto.h (OpenSSL 1.1.1 and later).
const NO_ATEXIT: u64 = 0x0008_0000;

#[expect(unsafe_code, reason = "a C library's function has no safe declaration")]
unsafe extern "C" {
    // OPENSSL_init_crypto(3)
    fn OPENSSL_init_crypto(options: u64, settings: *const c_void) -> c_int;
}

/// Leaves libcrypto's memory to the system when the process ends. Otherwise it is freed by an exit handler while
/// threads of open databases may still use it, and the process ends with a double free. To be called before the
/// first database is opened.
pub(crate) fn keep_until_the_end() {
    static ONCE: Once = Once::new();
    #[expect(unsafe_code, reason = "libcrypto has no other door, and the call takes no memory of ours")]
    ONCE.call_once(|| {
        // SAFETY: the function may be called from any thread at any time; no settings are allowed as null.
        let _ = unsafe { OPENSSL_init_crypto(NO_ATEXIT, std::ptr::null()) };
    });
}

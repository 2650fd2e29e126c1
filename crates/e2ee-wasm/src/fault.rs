//! Errors as JavaScript gets them.

use e2ee::{CommitError, CreateError, Internal, LoadError, OpenError, SealError};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

/// A stable code and a sentence; thrown as an `Error` with the code as its `name`.
#[derive(Debug)]
pub struct Fault {
    code: &'static str,
    message: String,
}

impl Fault {
    pub(crate) fn new(code: &'static str, message: &str) -> Self {
        Self { code, message: message.to_owned() }
    }

    #[cfg(test)]
    pub(crate) fn code(&self) -> &'static str {
        self.code
    }
}

impl From<Fault> for JsValue {
    fn from(fault: Fault) -> Self {
        let error = JsError::new(&fault.message);
        error.set_name(fault.code);
        error.into()
    }
}

impl From<CreateError> for Fault {
    fn from(error: CreateError) -> Self {
        Self::new(error.code(), &error.to_string())
    }
}

impl From<CommitError> for Fault {
    fn from(error: CommitError) -> Self {
        Self::new(error.code(), &error.to_string())
    }
}

impl From<SealError> for Fault {
    fn from(error: SealError) -> Self {
        Self::new(error.code(), &error.to_string())
    }
}

impl From<OpenError> for Fault {
    fn from(error: OpenError) -> Self {
        Self::new(error.code(), &error.to_string())
    }
}

impl From<LoadError> for Fault {
    fn from(error: LoadError) -> Self {
        Self::new(error.code(), &error.to_string())
    }
}

impl From<Internal> for Fault {
    fn from(error: Internal) -> Self {
        Self::new("internal", &error.to_string())
    }
}

// JavaScript's own `Error`, without the whole of js-sys; wasm-bindgen's `JsError` cannot set a name.
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = Error)]
    type JsError;
    #[wasm_bindgen(constructor, js_class = "Error")]
    fn new(message: &str) -> JsError;
    #[wasm_bindgen(method, setter, js_class = "Error")]
    fn set_name(this: &JsError, name: &str);
}

//! `@copilotkit/aimock` as a process: a double of a model provider that speaks its protocol and keeps a journal of what
//! it was sent. The desk's tests take this file too.

use std::path::Path;
use std::process::Stdio;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

pub(crate) struct Aimock {
    pub(crate) url: url::Url,
    /// Its standard input ends with this, and the process with that.
    _process: Child,
}

impl Aimock {
    /// Starts the script, which prints its address as one line of JSON.
    pub(crate) async fn start(script: &str) -> Self {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
        assert!(
            Path::new(root).join("node_modules/@copilotkit/aimock").is_dir(),
            "node_modules is missing: run `npm ci` at the top of the repository first"
        );
        // The second test in a process finds the provider installed.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut process = Command::new("node")
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("node starts");
        let output = process.stdout.take().expect("standard output is piped");
        let line = BufReader::new(output).lines().next_line().await.expect("readable");
        let said: Value =
            serde_json::from_str(&line.expect("aimock says where it is")).expect("a line of JSON");
        let url = said["url"].as_str().expect("an address").parse().expect("a URL");
        Self { url, _process: process }
    }

    /// All that it was sent.
    pub(crate) async fn journal(&self) -> Vec<Value> {
        let url = self.url.join("/__aimock/journal").expect("a URL");
        let text = reqwest::get(url).await.expect("aimock answers").text().await.expect("its journal");
        serde_json::from_str(&text).expect("a list")
    }
}

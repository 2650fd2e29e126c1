//! The two processes of `cargo xtask bench hub`: what is measured, and what measures it.
//!
//! `serve`, `relay` and `fill` are the measured side: the hub on a store, a relay in memory that keeps nothing,
//! and a store made large. `load`, `idle` and `greet` drive one of them and print one line of JSON.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a tool for developers: it stops when anything is off"
)]
#![allow(clippy::disallowed_methods, reason = "it is its own main: it reads the clock and starts tasks")]

mod client;
mod figures;
mod fill;
mod idle;
mod load;
mod nats;
mod relay;
mod serve;

use std::path::PathBuf;

const USAGE: &str = "serve FOLDER | relay | fill FOLDER COUNT | load TARGET ADDRESS SOCKETS WINDOW SECONDS [RATE] \
    | idle ADDRESS COUNT PID | greet ADDRESS";

#[tokio::main(worker_threads = 2)]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let _ = rustls::crypto::ring::default_provider().install_default();
    match *arguments.as_slice() {
        ["serve", folder] => serve::serve(PathBuf::from(folder)).await,
        ["relay"] => relay::serve().await,
        ["fill", folder, count] => fill::fill(PathBuf::from(folder), count.parse().unwrap()).await,
        ["load", target, address, sockets, window, seconds] => {
            load::run(target, address, sockets, window, seconds, None).await;
        }
        ["load", target, address, sockets, window, seconds, rate] => {
            load::run(target, address, sockets, window, seconds, Some(rate)).await;
        }
        ["idle", address, count, pid] => idle::run(address, count.parse().unwrap(), pid).await,
        ["greet", address] => idle::greet(address).await,
        _ => {
            println!("{USAGE}");
            std::process::exit(2);
        }
    }
}

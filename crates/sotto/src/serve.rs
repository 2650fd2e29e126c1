//! Serves a router: with or without TLS, with a limit on the time for headers, until it is told to stop.

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use anyhow::{Context, Result};
use axum::Router;
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use hyper_util::rt::TokioTimer;
use tokio_util::sync::CancellationToken;

use crate::config::TlsFiles;

const HEADERS: Duration = Duration::from_secs(15);
/// What is under way may go on for so long.
const DRAIN: Duration = Duration::from_secs(5);

/// A socket that listens; taken before the part says that it is ready.
pub(crate) fn listen(address: SocketAddr) -> Result<TcpListener> {
    let listener = TcpListener::bind(address).with_context(|| format!("listen at {address}"))?;
    listener.set_nonblocking(true).with_context(|| format!("listen at {address}"))?;
    Ok(listener)
}

/// Serves until `stop`. Handlers find the peer's address as `ConnectInfo<SocketAddr>`.
pub(crate) async fn serve(
    listener: TcpListener,
    tls: Option<&TlsFiles>,
    router: Router,
    stop: CancellationToken,
) -> Result<()> {
    let handle = Handle::new();
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let stopping = async {
        stop.cancelled().await;
        handle.graceful_shutdown(Some(DRAIN));
        std::future::pending::<()>().await;
    };
    let serving = async {
        match tls {
            None => {
                let mut server = axum_server::from_tcp(listener)?.handle(handle.clone());
                server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(HEADERS);
                server.serve(service).await.context("serve")
            }
            Some(files) => {
                let config = RustlsConfig::from_config(hub::tls_config(&files.certificate, &files.key)?);
                let mut server = axum_server::from_tcp_rustls(listener, config)?.handle(handle.clone());
                server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(HEADERS);
                server.serve(service).await.context("serve")
            }
        }
    };
    tokio::select! {
        served = serving => served,
        () = stopping => Ok(()),
    }
}

//! Accepts connections: bounded in number, each with a time limit for its headers, with or without TLS.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, extract::ConnectInfo};
use hyper::{
    server::conn::{http1, http2},
    service::{Service, service_fn},
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use rustls::ServerConfig;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::watch,
};
use tokio_rustls::TlsAcceptor;
use tower::Layer;

use crate::hub::Hub;

/// A pause after the system had no room for one more connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// Requests at once on one HTTP/2 connection.
const STREAMS: u32 = 64;
const MAX_HEADERS: u32 = 16 << 10;

impl Hub {
    /// Serves the API on the listener until [`Hub::shutdown`] is called.
    ///
    /// # Errors
    /// When the listener itself fails.
    pub async fn serve(&self, listener: TcpListener, tls: Option<Arc<ServerConfig>>) -> io::Result<()> {
        let router = self.router();
        let acceptor = tls.map(TlsAcceptor::from);
        loop {
            let accepted = tokio::select! {
                () = self.parts.stopping.cancelled() => return Ok(()),
                accepted = listener.accept() => accepted,
            };
            match accepted {
                Ok((stream, peer)) => self.admit(stream, peer, acceptor.clone(), router.clone()),
                Err(error) if is_passing(&error) => tokio::time::sleep(ACCEPT_PAUSE).await,
                Err(error) => return Err(error),
            }
        }
    }

    /// Over the bound a connection is closed at once: an answer would cost what there is none of.
    fn admit(&self, stream: TcpStream, peer: SocketAddr, acceptor: Option<TlsAcceptor>, router: Router) {
        let Some(held) = self.parts.connections.take(self.parts.networks.of_connection(peer.ip())) else {
            return;
        };
        let hub = self.clone();
        self.parts.serving.spawn(async move {
            // Small frames go out at once; nothing is lost if the system refuses.
            let _ = stream.set_nodelay(true);
            match acceptor {
                None => hub.http1(stream, peer, router).await,
                Some(acceptor) => hub.tls(acceptor, stream, peer, router).await,
            }
            drop(held);
        });
    }

    async fn tls(&self, acceptor: TlsAcceptor, stream: TcpStream, peer: SocketAddr, router: Router) {
        let handshake = tokio::time::timeout(self.parts.options.timeouts.headers, acceptor.accept(stream));
        // A handshake that fails is the peer's affair: there is nobody to tell.
        let Ok(Ok(stream)) = handshake.await else { return };
        if stream.get_ref().1.alpn_protocol() == Some(b"h2") {
            self.http2(stream, peer, router).await;
        } else {
            self.http1(stream, peer, router).await;
        }
    }

    async fn http1<S>(&self, stream: S, peer: SocketAddr, router: Router)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let service = TowerToHyperService::new(with_peer(router, peer));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.parts.options.timeouts.headers)
            .max_buf_size(MAX_HEADERS as usize)
            .serve_connection(TokioIo::new(stream), service)
            .with_upgrades();
        let mut connection = std::pin::pin!(connection);
        tokio::select! {
            _ = connection.as_mut() => return,
            () = self.parts.stopping.cancelled() => connection.as_mut().graceful_shutdown(),
        }
        let _ = connection.await;
    }

    async fn http2<S>(&self, stream: S, peer: SocketAddr, router: Router)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (under_way, requests) = watch::channel(0);
        let under_way = Arc::new(under_way);
        let router = TowerToHyperService::new(with_peer(router, peer));
        let service = service_fn(|request| {
            let counted = Counted::new(Arc::clone(&under_way));
            let answer = router.call(request);
            async move {
                let answer = answer.await;
                drop(counted);
                answer
            }
        });
        let connection = http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .keep_alive_interval(self.parts.options.timeouts.ping)
            .keep_alive_timeout(self.parts.options.timeouts.headers)
            .max_concurrent_streams(STREAMS)
            .max_header_list_size(MAX_HEADERS)
            .serve_connection(TokioIo::new(stream), service);
        let mut connection = std::pin::pin!(connection);
        let timeouts = &self.parts.options.timeouts;
        tokio::select! {
            _ = connection.as_mut() => return,
            () = self.parts.stopping.cancelled() => connection.as_mut().graceful_shutdown(),
            () = quiet(requests, timeouts.headers) => connection.as_mut().graceful_shutdown(),
        }
        // What was answered is still on its way; a peer that never began would be waited for without end.
        let _ = tokio::time::timeout(timeouts.send, connection).await;
    }
}

/// One request among those under way on a connection, until its answer is there or it is given up.
struct Counted(Arc<watch::Sender<usize>>);

impl Counted {
    fn new(under_way: Arc<watch::Sender<usize>>) -> Self {
        under_way.send_modify(|requests| *requests += 1);
        Self(under_way)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.send_modify(|requests| *requests -= 1);
    }
}

/// Returns once there has been no request for so long. Over HTTP/1.1 the limit on headers does this; over HTTP/2 a
/// peer that answers pings, or has not begun, would keep its place for ever.
async fn quiet(mut requests: watch::Receiver<usize>, limit: Duration) {
    while requests.wait_for(|under_way| *under_way == 0).await.is_ok() {
        if !matches!(tokio::time::timeout(limit, requests.changed()).await, Ok(Ok(()))) {
            return;
        }
    }
}

/// Gives every request the peer's address, which `request::identify` takes away again before any handler.
fn with_peer(
    router: Router,
    peer: SocketAddr,
) -> axum::middleware::AddExtension<Router, ConnectInfo<SocketAddr>> {
    axum::Extension(ConnectInfo(peer)).layer(router)
}

/// Whether the listener works on: one connection was given up, or the system is short of descriptors.
fn is_passing(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted, OutOfMemory};
    const ENFILE: i32 = 23;
    const EMFILE: i32 = 24;
    matches!(error.kind(), ConnectionAborted | ConnectionReset | Interrupted | OutOfMemory)
        || matches!(error.raw_os_error(), Some(ENFILE | EMFILE))
}

use axum::{
    extract::{
        State,
        ws::{WebSocket, WebSocketUpgrade, rejection::WebSocketUpgradeRejection},
    },
    http::HeaderMap,
    response::Response,
};
use protocol::{DeskCommand, DeskEvent, DeskKey, Problem, desk_proof_input};
use ring::signature::{ED25519, UnparsedPublicKey};

use crate::{
    capacity::Held,
    desk_session::DeskSession,
    hub::Hub,
    metrics,
    networks::Network,
    refusal::Refusal,
    request::PathOf,
    socket::{self, Close, DESK_FRAME, End, Wire},
    writer::Work,
};

/// A desk's WebSocket. The hub sends `challenge`; the first frame is the desk's `proof`, answered by `ready`.
/// Then everything that the desk has not acknowledged is delivered, in order within each channel, at least once.
/// One session for a desk: a newer one ends the older.
#[utoipa::path(
    get,
    path = "/v1/desks/{desk}/socket",
    params(("desk" = DeskKey, Path, description = "Which")),
    responses(
        (status = 101, description = "Frames are `DeskCommand` and `DeskEvent`"),
        (status = 400, description = "`malformed`: not a WebSocket", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthorized`: asked by a page", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`no-desk`", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`rate-limited`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`unavailable`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn desk_socket(
    State(hub): State<Hub>,
    network: Network,
    PathOf(desk): PathOf<DeskKey>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Refusal> {
    socket::allow_origin(&hub, &headers)?;
    let desk = hub.desk(desk)?;
    let (upgrade, held) = hub.admit_socket(network, upgrade)?;
    let serving = hub.parts.serving.clone();
    Ok(socket::bounded(upgrade, DESK_FRAME)
        .on_upgrade(move |socket| serving.track_future(run(hub, network, desk, socket, held))))
}

async fn run(hub: Hub, network: Network, desk: DeskKey, socket: WebSocket, held: Held) {
    let _open = hub.parts.metrics.socket(metrics::End::Desk);
    let mut wire = Wire::new(socket, hub.parts.options.timeouts);
    let end = match prove(&hub, network, desk, &mut wire).await {
        Ok(()) => serve(&hub, desk, &mut wire).await,
        Err(end) => end,
    };
    wire.close(end).await;
    drop(held);
}

async fn prove(hub: &Hub, network: Network, desk: DeskKey, wire: &mut Wire) -> Result<(), End> {
    let mut nonce = [0; 32];
    hub.parts.entropy.fill(&mut nonce);
    wire.event(&DeskEvent::Challenge { nonce: nonce.to_vec().into() }).await?;
    wire.flush().await?;
    let first = tokio::select! {
        () = hub.parts.stopping.cancelled() => return Err(Close::Stopping.into()),
        first = wire.first() => first?,
    };
    let refusal = match serde_json::from_str(&first) {
        Ok(DeskCommand::Proof { signature }) => {
            let key = UnparsedPublicKey::new(&ED25519, desk.octets());
            if key.verify(&desk_proof_input(&nonce), &signature.0).is_ok() {
                return Ok(());
            }
            match hub.parts.limiters.denials.check(&network.tag) {
                Ok(()) => Refusal::Unauthorized("The proof is not a signature by this desk's key."),
                Err(refusal) => refusal,
            }
        }
        _ => Refusal::Malformed("The first frame must be `proof`."),
    };
    let problem = hub.refused(&refusal);
    wire.event(&DeskEvent::Refused { channel: None, id: None, problem }).await?;
    Err(Close::from(&refusal).into())
}

async fn serve(hub: &Hub, desk: DeskKey, wire: &mut Wire) -> End {
    let subscription = hub.parts.fanout.desk(desk);
    match ready(hub, desk, wire).await {
        Ok(()) => DeskSession::new(hub, desk, subscription).serve(wire).await,
        Err(end) => end,
    }
}

async fn ready(hub: &Hub, desk: DeskKey, wire: &mut Wire) -> Result<(), End> {
    // What the older session acknowledged is on the disk before this one reads what is left.
    hub.parts.writer.ask(Work::Barrier).await.map_err(|_| Close::Unavailable)?;
    let count = hub.parts.store.count_key_packages(desk, hub.parts.clock.now()).await.map_err(|error| {
        hub.refuse(&error);
        Close::Unavailable
    })?;
    wire.event(&DeskEvent::Ready { key_packages: count.one_time, last_resort: count.last_resort }).await?;
    wire.flush().await
}

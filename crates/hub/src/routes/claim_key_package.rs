use axum::{Json, extract::State};
use protocol::{Claimed, DeskKey, Problem};

use crate::{
    hub::Hub,
    networks::Network,
    refusal::Refusal,
    request::PathOf,
    writer::{Claim, Pool, Work},
};

/// Gives out one of a desk's key packages. One network gets so many of those for one use and then the one of
/// last resort, and so many of any kind.
#[utoipa::path(
    post,
    path = "/v1/desks/{desk}/key-packages/claim",
    params(("desk" = DeskKey, Path, description = "Whose")),
    responses(
        (status = 200, description = "A key package; check it against the pinned desk key", body = Claimed),
        (status = 400, description = "`malformed`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`no-desk`", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`rate-limited`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`no-key-package`, `storage-busy`, `unavailable`", body = Problem, content_type = "application/problem+json"),
        (status = 507, description = "`storage-full`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn claim_key_package(
    State(hub): State<Hub>,
    network: Network,
    PathOf(desk): PathOf<DeskKey>,
) -> Result<Json<Claimed>, Refusal> {
    let desk = hub.desk(desk)?;
    hub.parts.limiters.claims.check(&network.tag)?;
    let pool = match hub.parts.limiters.one_time_claims.check(&network.tag) {
        Ok(()) => Pool::OneTimeFirst,
        Err(_) => Pool::LastResort,
    };
    let (claimed, left) = hub.parts.writer.ask(|pending| Work::Claim(Claim { desk, pool, pending })).await?;
    hub.parts.metrics.claimed(if claimed.last_resort { "last-resort" } else { "one-time" });
    if left.one_time < hub.parts.options.limits.key_packages_low {
        hub.parts.fanout.warn_key_packages(desk, left.one_time);
    }
    Ok(Json(claimed))
}

//! What the parts of `sotto up` must know of each other: addresses, the desk's key, the demo shop's secrets.

use std::collections::BTreeMap;
use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use data_encoding::BASE64URL_NOPAD;
use ring::signature::{Ed25519KeyPair, KeyPair};
use tokio::process::Command;

use super::Plan;
use crate::ambient::SystemEntropy;
use crate::config::Config;
use crate::data::{DataFolder, Part, secret_text, write_private};
use crate::demo_secrets;

/// Makes what is missing and works out what follows from it.
pub(super) async fn plan(data: DataFolder, mut config: Config, config_file: Option<PathBuf>) -> Result<Plan> {
    let mut derived = BTreeMap::new();
    choose_ports(&mut config, &mut derived)?;
    let desk_key = desk_key(&data, config_file.as_ref(), &derived).await?;

    let desks = config.hub.desks.iter().map(ToString::to_string).chain([desk_key.clone()]);
    set(&mut derived, "SOTTO_HUB_DESKS", desks.collect::<Vec<_>>().join(","));
    let hub = if config.hub.tls.is_some() {
        config.hub.public_url.to_string()
    } else {
        // There is no certificate to vouch for.
        set(&mut derived, "SOTTO_DESK_HUB_CA_FILE", String::new());
        format!("http://{}", reachable(config.hub.listen))
    };
    set(&mut derived, "SOTTO_DESK_HUB_URL", hub);
    let chat = config.widget.public_url.origin().ascii_serialization();
    let origins = config
        .hub
        .allowed_origins
        .iter()
        .filter_map(|origin| origin.to_str().ok().map(str::to_owned))
        .chain([chat]);
    set(&mut derived, "SOTTO_HUB_ALLOWED_ORIGINS", origins.collect::<Vec<_>>().join(","));
    if config.demo.enabled {
        connect_demo(&data, &config, &mut derived)?;
    }
    Ok(Plan { data, config_file, config, derived, desk_key })
}

/// The demo shop says who is signed in and has the orders, unless the desk is told of others.
fn connect_demo(data: &DataFolder, config: &Config, derived: &mut BTreeMap<String, String>) -> Result<()> {
    let demo = data.part(Part::Demo)?;
    let desk = data.part(Part::Desk)?;
    if config.desk.identity.is_none() {
        let seed = demo_secrets::identity_seed(&demo, &SystemEntropy)?;
        let pair = Ed25519KeyPair::from_seed_unchecked(seed.as_slice())
            .ok()
            .context("the demo shop's identity key is damaged")?;
        set(derived, "SOTTO_DESK_IDENTITY_ISSUER", demo_secrets::issuer(&config.demo));
        set(derived, "SOTTO_DESK_IDENTITY_PUBLIC_KEY", BASE64URL_NOPAD.encode(pair.public_key().as_ref()));
    }
    if config.desk.back_office.is_none() {
        let token = secret_text(&demo.join(demo_secrets::BACK_OFFICE_TOKEN), &SystemEntropy)?;
        let copy = desk.join(demo_secrets::BACK_OFFICE_TOKEN);
        if fs::read_to_string(&copy).ok().as_deref() != Some(token.as_str()) {
            write_private(&copy, token.as_bytes())?;
        }
        set(derived, "SOTTO_DESK_BACK_OFFICE_URL", format!("http://{}", reachable(config.demo.listen)));
        set(derived, "SOTTO_DESK_BACK_OFFICE_TOKEN_FILE", copy.display().to_string());
    }
    Ok(())
}

/// Port 0 asks for any free one. It is chosen once here, since a part that is started again must be where it was.
fn choose_ports(config: &mut Config, derived: &mut BTreeMap<String, String>) -> Result<()> {
    let addresses = [
        ("SOTTO_HUB_LISTEN", &mut config.hub.listen),
        ("SOTTO_DESK_LISTEN", &mut config.desk.listen),
        ("SOTTO_DEMO_LISTEN", &mut config.demo.listen),
        ("SOTTO_WIDGET_LISTEN", &mut config.widget.listen),
    ];
    // Held until all are chosen, so that no two get the same.
    let mut held = Vec::new();
    for (variable, address) in addresses {
        if address.port() == 0 {
            let listener =
                TcpListener::bind(*address).with_context(|| format!("find a free port at {address}"))?;
            *address = listener.local_addr().context("find a free port")?;
            set(derived, variable, address.to_string());
            held.push(listener);
        }
    }
    for (url, listen) in
        [(&mut config.hub.public_url, config.hub.listen), (&mut config.desk.public_url, config.desk.listen)]
    {
        if url.port() == Some(0) {
            // Setting a port fails for URLs without a host only.
            let _ = url.set_port(Some(listen.port()));
        }
    }
    Ok(())
}

/// Only a process of the desk opens the desk's store.
async fn desk_key(
    data: &DataFolder,
    config_file: Option<&PathBuf>,
    derived: &BTreeMap<String, String>,
) -> Result<String> {
    let mut command = Command::new(std::env::current_exe().context("find this program")?);
    command.args(["desk-key", "--bare", "--data"]).arg(data.path()).envs(derived).stdin(Stdio::null());
    if let Some(file) = config_file {
        command.arg("--config").arg(file);
    }
    let output = command.output().await.context("start `sotto desk-key`")?;
    ensure!(
        output.status.success(),
        "the desk's store does not open:\n{}",
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(String::from_utf8(output.stdout).context("read the desk's key")?.trim().to_owned())
}

/// Who listens everywhere is reached at the loopback address.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

fn set(derived: &mut BTreeMap<String, String>, variable: &str, value: String) {
    derived.insert(variable.to_owned(), value);
}

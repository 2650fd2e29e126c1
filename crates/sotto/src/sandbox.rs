//! Landlock: a part can open its own folder, what TLS and name resolution need, and nothing else of the disk; it can
//! connect to the ports that its configuration names, and to no others.
//!
//! Call it before the first thread starts: the rules hold for the calling thread and all that it starts afterwards.

use std::path::PathBuf;

use anyhow::{Context, Result};
use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, NetPort, PathBeneath, PathFd, Ruleset,
    RulesetAttr, RulesetCreated, RulesetCreatedAttr, RulesetStatus, Scope,
};

/// What a part may touch.
#[derive(Debug, Default)]
pub(crate) struct Allowed {
    /// Folders in which it may do everything.
    pub(crate) own: Vec<PathBuf>,
    /// Files and folders that it may read.
    pub(crate) read: Vec<PathBuf>,
    /// TCP ports at which it may listen.
    pub(crate) listen: Vec<u16>,
    /// TCP ports to which it may connect.
    pub(crate) connect: Vec<u16>,
}

/// How much of it this kernel enforces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Enforced {
    Fully,
    Partly,
    /// The kernel has no Landlock (Linux before 5.13), or it is switched off.
    Not,
}

/// What programs read of the system: libraries, certificates, name resolution, time zones.
const SYSTEM: [&str; 14] = [
    "/usr",
    "/lib",
    "/lib64",
    "/etc/ssl",
    "/etc/pki",
    "/etc/ca-certificates",
    "/etc/resolv.conf",
    "/etc/hosts",
    "/etc/host.conf",
    "/etc/nsswitch.conf",
    "/etc/gai.conf",
    "/etc/localtime",
    "/run/systemd/resolve",
    "/dev/urandom",
];

/// Gives up everything else, for good.
pub(crate) fn enter(allowed: &Allowed) -> Result<Enforced> {
    let newest = ABI::V6;
    let mut rules = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(newest))
        .and_then(|rules| rules.handle_access(AccessNet::from_all(newest)))
        .and_then(|rules| rules.scope(Scope::from_all(newest)))
        .and_then(Ruleset::create)
        .context("prepare Landlock")?;
    for path in &allowed.own {
        rules = allow(rules, path, AccessFs::from_all(newest))?;
    }
    let system = SYSTEM.iter().map(PathBuf::from);
    for path in allowed.read.iter().cloned().chain(system) {
        rules = allow(rules, &path, AccessFs::from_read(newest))?;
    }
    for (ports, access) in [(&allowed.listen, AccessNet::BindTcp), (&allowed.connect, AccessNet::ConnectTcp)]
    {
        for port in ports {
            rules = rules.add_rule(NetPort::new(*port, access)).context("allow a port")?;
        }
    }
    let status = rules.restrict_self().context("enter Landlock")?;
    Ok(match status.ruleset {
        RulesetStatus::FullyEnforced => Enforced::Fully,
        RulesetStatus::PartiallyEnforced => Enforced::Partly,
        RulesetStatus::NotEnforced => Enforced::Not,
    })
}

/// What does not exist needs no rule.
fn allow(
    rules: RulesetCreated,
    path: &PathBuf,
    access: landlock::BitFlags<AccessFs>,
) -> Result<RulesetCreated> {
    let Ok(descriptor) = PathFd::new(path) else { return Ok(rules) };
    let access = if path.is_dir() { access } else { access & AccessFs::from_file(ABI::V6) };
    rules.add_rule(PathBeneath::new(descriptor, access)).with_context(|| format!("allow {}", path.display()))
}

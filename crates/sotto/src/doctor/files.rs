//! Files, their modes, the disk, and what the kernel can hold us to.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::thread;

use super::Finding;
use crate::config::{Config, ContentFiles, DeskConfig, ModelConfig, PolicySource, Storage, TlsFiles};
use crate::content::{Content, Libraries};
use crate::data::DataFolder;

use crate::sandbox::{self, Allowed, Enforced};
use crate::{evaluate, models, parts};

const MIB: u64 = 1 << 20;
const LITTLE: u64 = 2048 * MIB;
const TOO_LITTLE: u64 = 256 * MIB;

/// The data folder, the secrets in it and the files that the configuration names.
pub(super) fn check(data: &DataFolder, config: &Config) -> Vec<Finding> {
    let mut findings = vec![data_folder(data.path())];
    findings.extend(secrets(data, config));
    findings.extend(named_files(data, config));
    findings.push(disk(data.path()));
    findings
}

fn data_folder(path: &Path) -> Finding {
    const SUBJECT: &str = "data folder";
    let Ok(metadata) = fs::metadata(path) else {
        return Finding::ok(SUBJECT, format!("{} is made on first start", path.display()));
    };
    if !metadata.is_dir() {
        return Finding::fail(
            SUBJECT,
            format!("{} is not a folder", path.display()),
            "name another one with --data",
        );
    }
    if metadata.uid() != rustix::process::geteuid().as_raw() {
        let advice = format!("run this as the user with the id {}", metadata.uid());
        return Finding::fail(SUBJECT, format!("{} belongs to another user", path.display()), advice);
    }
    if metadata.permissions().mode() & 0o077 != 0 {
        return Finding::fail(
            SUBJECT,
            format!("{} is open to others", path.display()),
            format!("chmod 700 {}", path.display()),
        );
    }
    Finding::ok(SUBJECT, path.display().to_string())
}

/// A store without its key is lost, so it must not be taken for a new one.
fn secrets(data: &DataFolder, config: &Config) -> Vec<Finding> {
    let folder = |part: &str| data.path().join(part);
    let root_key = parts::desk::root_key(&config.desk, &folder("desk"));
    let mut findings = Vec::new();
    if config.hub.storage == Storage::File {
        findings.extend(key_of(
            "hub's key",
            &folder("hub").join("storage.key"),
            &folder("hub").join("store.db"),
        ));
    }
    findings.extend(key_of("desk's root key", &root_key, &folder("desk").join("store.db")));
    findings
}

fn key_of(subject: &str, key: &Path, store: &Path) -> Option<Finding> {
    match (key.exists(), store.exists()) {
        (true, _) => Some(secret_file(subject, key)),
        (false, true) => Some(Finding::fail(
            subject,
            format!("{} is missing and {} is there", key.display(), store.display()),
            "put the key back from your copy; without it the store cannot be read by anyone",
        )),
        (false, false) => None,
    }
}

fn named_files(data: &DataFolder, config: &Config) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (subject, tls) in [
        ("hub's TLS", &config.hub.tls),
        ("console's TLS", &config.desk.tls),
        ("chat's TLS", &config.widget.tls),
    ] {
        findings.extend(tls.as_ref().map(|files| tls_files(subject, files)));
    }
    findings.extend(config.desk.hub_ca_file.as_ref().map(|path| authority(&config.desk, path)));
    let model_key = config.desk.model.as_ref().and_then(|model| model.api_key_file.as_ref());
    let token = config.desk.back_office.as_ref().map(|service| &service.token_file);
    findings.extend(config.desk.model.as_ref().map(|model| self::model(model, &config.desk.policy)));
    findings.extend(model_key.map(|path| secret_file("model's key", path)));
    findings.extend(token.map(|path| secret_file("back office", path)));
    let token = config.desk.mcp.as_ref().and_then(|server| server.token_file.as_ref());
    findings.extend(token.map(|path| secret_file("MCP server", path)));
    let account = config.desk.mail.as_ref().and_then(|relay| relay.account.as_ref());
    findings.extend(account.map(|(_, path)| secret_file("mail relay", path)));
    findings.extend(config.desk.content.as_ref().map(|files| content(data, config, files)));
    findings.extend(conversations(&config.desk));
    findings.extend(policy(&config.desk.policy));
    findings
}

fn tls_files(subject: &str, files: &TlsFiles) -> Finding {
    match hub::tls_config(&files.certificate, &files.key) {
        Ok(_) => secret_file(subject, &files.key),
        Err(error) => Finding::fail(
            subject,
            format!("{:#}", anyhow::Error::from(error)),
            "name PEM files that belong together",
        ),
    }
}

fn authority(config: &DeskConfig, path: &Path) -> Finding {
    match parts::desk::hub_trust(config) {
        Ok(_) => Finding::ok("hub's authority", path.display().to_string()),
        Err(error) => Finding::fail("hub's authority", format!("{error:#}"), "correct the file or its name"),
    }
}

/// A group may read a file that an administrator keeps for several parts.
fn secret_file(subject: &str, path: &Path) -> Finding {
    let shown = path.display();
    match fs::File::open(path).and_then(|file| file.metadata()) {
        Err(error) => Finding::fail(subject, format!("{shown}: {error}"), "make it readable for this user"),
        Ok(metadata) if metadata.permissions().mode() & 0o037 != 0 => {
            Finding::fail(subject, format!("{shown} is open to others"), format!("chmod 600 {shown}"))
        }
        Ok(_) => Finding::ok(subject, shown.to_string()),
    }
}

fn content(data: &DataFolder, config: &Config, files: &ContentFiles) -> Finding {
    const SUBJECT: &str = "knowledge base";
    let read = || {
        let published = Libraries::of(data).live()?;
        Ok::<_, anyhow::Error>((Content::load(config, &published)?, published))
    };
    match read() {
        Ok((content, published)) => {
            let articles = match &files.knowledge {
                Some(folder) => {
                    let others = content.knowledge.articles().len();
                    format!(
                        "{others} articles, {} of them published, others in {}",
                        published.articles.len(),
                        folder.display()
                    )
                }
                None => "only what `sotto knowledge publish` made live".to_owned(),
            };
            let flows = match (&published.flows, &files.flows) {
                (Some(flows), _) => format!("version {} of the published flows", flows.version),
                (None, Some(folder)) => format!("flows in {}", folder.display()),
                (None, None) => "no flows".to_owned(),
            };
            Finding::ok(SUBJECT, format!("{articles}; {flows}"))
        }
        Err(error) => Finding::fail(
            SUBJECT,
            format!("{error:#}"),
            "correct it (`sotto flows check` says more of flows); content/demo in the source is an example",
        ),
    }
}

/// With what a change of articles or flows is judged before it goes live.
fn conversations(config: &DeskConfig) -> Option<Finding> {
    const SUBJECT: &str = "conversations";
    let Some(folder) = &config.conversations else {
        return config.content.as_ref().map(|_| {
            let advice = "write some and set desk.conversations (docs/ASSISTANT.md, Conversations)";
            Finding::warn(SUBJECT, "none; whatever is published goes live without being tried", advice)
        });
    };
    Some(match evaluate::conversations::read(std::slice::from_ref(folder)) {
        Ok(read) => Finding::ok(SUBJECT, format!("{} in {}", read.len(), folder.display())),
        Err(error) => {
            Finding::fail(SUBJECT, format!("{error:#}"), "correct them: nothing can be published until then")
        }
    })
}

fn policy(source: &PolicySource) -> Option<Finding> {
    const SUBJECT: &str = "policy";
    let PolicySource::File(path) = source else { return None };
    Some(match parts::desk::policy(source) {
        Ok(_) => Finding::ok(SUBJECT, path.display().to_string()),
        Err(error) => Finding::fail(
            SUBJECT,
            format!("{error:#}"),
            "correct it; content/policies in the source explains each key",
        ),
    })
}

fn disk(data: &Path) -> Finding {
    let existing = data.ancestors().find(|path| path.exists()).unwrap_or(Path::new("/"));
    let Ok(space) = rustix::fs::statvfs(existing) else {
        return Finding::warn(
            "disk",
            format!("cannot ask how full {} is", existing.display()),
            "look yourself",
        );
    };
    let free = space.f_bavail.saturating_mul(space.f_frsize);
    let found = format!("{} MiB free at {}", free / MIB, existing.display());
    if free < TOO_LITTLE {
        Finding::fail("disk", found, "free space; a full disk refuses new messages (nothing stored is lost)")
    } else if free < LITTLE {
        Finding::warn("disk", found, "free space soon")
    } else {
        Finding::ok("disk", found)
    }
}

/// The language model: what is sent where, and what it may cost.
fn model(model: &ModelConfig, policy: &PolicySource) -> Finding {
    const SUBJECT: &str = "language model";
    let region = model.region.as_deref().unwrap_or("not declared");
    let found = format!(
        "{} at {}, region {region}; {} tokens a conversation, {} a day",
        model.api.name(),
        model.base_url.host_str().unwrap_or_default(),
        model.limits.conversation,
        model.limits.day
    );
    // A policy that cannot be read is told where policies are.
    match parts::desk::policy(policy).map(|policy| parts::desk::may_be_kept_back(model, &policy)) {
        Ok(Err(error)) => Finding::fail(SUBJECT, found, error.to_string()),
        Ok(Ok(())) | Err(_) if model.region.is_none() => {
            Finding::warn(SUBJECT, found, "set desk.model.region: your records of processing name it")
        }
        Ok(Ok(())) | Err(_) => Finding::ok(SUBJECT, found),
    }
}

/// The model with which the desk finds names.
pub(super) fn names_model(data: &DataFolder) -> Finding {
    const SUBJECT: &str = "names model";
    match models::names(data) {
        Ok(Some(_)) => Finding::ok(SUBJECT, "installed"),
        Ok(None) => {
            Finding::warn(SUBJECT, "not installed; fewer names are found", "run `sotto models install`")
        }
        Err(error) => Finding::fail(SUBJECT, format!("{error:#}"), "run `sotto models install` again"),
    }
}

/// Tries the sandbox on a thread of its own, which ends with it.
pub(super) fn sandbox() -> Finding {
    const ADVICE: &str =
        "use Linux 6.12 or newer with Landlock; until then run hub and desk as two users or on two machines";
    let enforced = thread::spawn(|| sandbox::enter(&Allowed::default())).join();
    match enforced {
        Ok(Ok(Enforced::Fully)) => Finding::ok("sandbox", "hub and desk cannot open each other's files"),
        Ok(Ok(Enforced::Partly)) => Finding::warn("sandbox", "this kernel enforces a part of it", ADVICE),
        Ok(Ok(Enforced::Not) | Err(_)) | Err(_) => {
            Finding::warn("sandbox", "this kernel enforces none", ADVICE)
        }
    }
}

//! PostgreSQL, also with pgvector, and NATS for the tests: on free ports, in a folder that goes away, stopped however we end.

use std::fs;
use std::io::Read;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use tempfile::TempDir;

use super::pgvector;
use crate::process::{self, Background};
use crate::requirements;
use crate::workspace::Workspace;

const START_LIMIT: Duration = Duration::from_secs(60);

/// Running servers; dropped, they end and their folder is removed.
pub(crate) struct Services {
    /// For `SOTTO_TEST_POSTGRES`: a superuser's URL.
    pub(crate) postgres_url: String,
    /// For `SOTTO_TEST_PGVECTOR`: the same, of a server that has the extension; the same server if it does.
    pub(crate) pgvector_url: String,
    /// For `SOTTO_TEST_NATS`.
    pub(crate) nats_url: String,
    // Dropped in this order: first the servers, then their folder.
    _servers: Vec<Background>,
    _folder: TempDir,
}

impl Services {
    /// Starts them and waits until they answer.
    pub(crate) fn start(workspace: &Workspace) -> Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("sotto-test-")
            .tempdir()
            .context("make a folder for the servers")?;
        let programs = requirements::postgresql_folder().context("PostgreSQL's server is not installed")?;
        let (postgres, postgres_url) = start_postgresql(&programs, &folder.path().join("postgresql"))?;
        let mut servers = vec![postgres];
        let pgvector_url = if has_pgvector(&programs, &postgres_url)? {
            postgres_url.clone()
        } else {
            let programs = pgvector::unpack(workspace, &folder.path().join("programs"))?;
            let (server, url) = start_postgresql(&programs, &folder.path().join("pgvector"))?;
            servers.push(server);
            url
        };
        let (nats, nats_port) = start_nats(folder.path())?;
        servers.push(nats);
        Ok(Self {
            postgres_url,
            pgvector_url,
            nats_url: format!("nats://127.0.0.1:{nats_port}"),
            _servers: servers,
            _folder: folder,
        })
    }
}

/// Whether the server has the extension to give, of a version that is new enough.
fn has_pgvector(programs: &Path, url: &str) -> Result<bool> {
    let mut ask = Command::new(programs.join("psql"));
    ask.args(["--no-psqlrc", "--tuples-only", "--no-align", "--dbname", url, "--command"]);
    ask.arg(
        "SELECT string_to_array(default_version, '.')::int[] >= '{0,8}'
         FROM pg_available_extensions WHERE name = 'vector'",
    );
    let finished = process::record(&mut ask, |_| ())?;
    ensure!(finished.status.success(), "psql failed:\n{}", finished.output);
    Ok(finished.output.trim() == "t")
}

fn start_postgresql(programs: &Path, home: &Path) -> Result<(Background, String)> {
    fs::create_dir(home).context("make PostgreSQL's folder")?;
    if requirements::is_root() {
        // PostgreSQL refuses to run as root, so it runs as the user that its package made.
        let mut open = Command::new("chmod");
        succeed(open.arg("755").arg(home.parent().context("the folder is in one")?))?;
        succeed(Command::new("chown").arg("postgres:").arg(home))?;
    }
    let data = home.join("data");
    let mut create = as_server(&programs.join("initdb"));
    create
        .args(["-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "-D"])
        .arg(&data);
    succeed(&mut create)?;

    let port = free_port()?;
    let mut server = as_server(&programs.join("postgres"));
    server.arg("-D").arg(&data).args(["-p", &port.to_string(), "-k"]).arg(home);
    // Nothing here is worth keeping, so nothing waits for a disk.
    for setting in [
        "listen_addresses=127.0.0.1",
        "fsync=off",
        "synchronous_commit=off",
        "full_page_writes=off",
        "max_connections=200",
    ] {
        server.args(["-c", setting]);
    }
    let log = home.join("log");
    let mut server = Background::spawn(to_log(&mut server, &log)?)?;
    wait_until(&mut server, &log, || {
        let mut ask = Command::new(programs.join("pg_isready"));
        ask.args(["-h", "127.0.0.1", "-U", "postgres", "-p", &port.to_string()]);
        ask.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
    })?;
    Ok((server, format!("postgres://postgres@127.0.0.1:{port}/postgres")))
}

fn start_nats(folder: &Path) -> Result<(Background, u16)> {
    let program = requirements::find("nats-server").context("nats-server is not installed")?;
    let port = free_port()?;
    let mut server = die_with_us(&[]);
    server
        .arg(program)
        .args(["-a", "127.0.0.1", "-p", &port.to_string(), "-js", "-sd"])
        .arg(folder.join("nats"));
    let log = folder.join("nats.log");
    let mut server = Background::spawn(to_log(&mut server, &log)?)?;
    wait_until(&mut server, &log, || {
        let mut greeting = [0; 4];
        TcpStream::connect((Ipv4Addr::LOCALHOST, port))
            .is_ok_and(|mut stream| stream.read_exact(&mut greeting).is_ok())
            && &greeting == b"INFO"
    })?;
    Ok((server, port))
}

/// A program of PostgreSQL as a user that may run it, ending when we end.
fn as_server(program: &PathBuf) -> Command {
    let user: &[&str] = if requirements::is_root() {
        &["--reuid=postgres", "--regid=postgres", "--init-groups"]
    } else {
        &[]
    };
    let mut command = die_with_us(user);
    // The folder that we stand in may be closed to that user.
    command.arg(program).current_dir("/");
    command
}

/// `setpriv` asks the kernel to stop the server when we end, even by SIGKILL.
fn die_with_us(more: &[&str]) -> Command {
    if requirements::find("setpriv").is_none() {
        return Command::new("env");
    }
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "INT"]).args(more).arg("--");
    command
}

fn to_log<'a>(command: &'a mut Command, log: &Path) -> Result<&'a mut Command> {
    let file = fs::File::create(log).with_context(|| format!("make {}", log.display()))?;
    let copy = file.try_clone().context("share a log file")?;
    Ok(command.stdout(file).stderr(copy))
}

fn succeed(command: &mut Command) -> Result<()> {
    let finished = process::record(command, |_| ())?;
    ensure!(
        finished.status.success(),
        "{} failed:\n{}",
        command.get_program().to_string_lossy(),
        finished.output
    );
    Ok(())
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("find a free port")?;
    Ok(listener.local_addr().context("find a free port")?.port())
}

fn wait_until(server: &mut Background, log: &Path, mut answers: impl FnMut() -> bool) -> Result<()> {
    let start = Instant::now();
    while !answers() {
        process::check_interrupted()?;
        if server.has_ended()? || start.elapsed() > START_LIMIT {
            bail!("a server did not start; it said:\n{}", fs::read_to_string(log).unwrap_or_default());
        }
        thread::sleep(Duration::from_millis(30));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_servers_answer_and_nothing_is_left_of_them() {
        let services = Services::start(&Workspace::find().unwrap()).unwrap();
        let folder = services._folder.path().to_path_buf();
        let urls = [&services.postgres_url, &services.pgvector_url, &services.nats_url];
        let addresses = urls.map(|url| {
            url.rsplit('@')
                .next()
                .unwrap()
                .trim_start_matches("nats://")
                .trim_end_matches("/postgres")
                .to_owned()
        });
        for address in &addresses {
            TcpStream::connect(address).unwrap();
        }
        drop(services);
        for address in &addresses {
            TcpStream::connect(address).unwrap_err();
        }
        assert!(!folder.exists());
    }
}

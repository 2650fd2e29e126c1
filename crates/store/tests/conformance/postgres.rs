//! A PostgreSQL server for the tests, private to the process.

use std::{
    fs,
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Arc, Mutex, Weak},
};

use sqlx::{Connection, Executor};
use tempfile::TempDir;

/// A server that is stopped when the last test that uses it is done, or one that was there before.
pub(crate) struct Server {
    url: String,
    private: Option<(PathBuf, TempDir)>,
}

impl Server {
    pub(crate) fn get() -> Arc<Self> {
        static RUNNING: Mutex<Weak<Server>> = Mutex::new(Weak::new());
        let mut running = RUNNING.lock().unwrap();
        if let Some(server) = running.upgrade() {
            return server;
        }
        let server = Arc::new(match std::env::var("SOTTO_TEST_POSTGRES") {
            Ok(url) => Self { url, private: None },
            Err(_) => Self::start(),
        });
        *running = Arc::downgrade(&server);
        server
    }

    /// The address of a new, empty database.
    pub(crate) async fn database(&self) -> String {
        let mut number = [0; 8];
        super::world::random(&mut number);
        let name = format!("store_{}", u64::from_be_bytes(number));
        let mut connection = sqlx::PgConnection::connect(&self.url).await.unwrap();
        connection.execute(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
        connection.close().await.unwrap();
        let (server, _) = self.url.rsplit_once('/').unwrap();
        format!("{server}/{name}")
    }

    fn start() -> Self {
        let programs = newest_programs();
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let data = folder.path().join("data");
        fs::create_dir(&data).unwrap();
        if is_root() {
            run(Command::new("chown").args(["-R", "postgres"]).arg(folder.path()));
        }
        run(as_postgres(&programs.join("initdb")).arg("-D").arg(&data).args([
            "-A",
            "trust",
            "-U",
            "postgres",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ]));
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let options = format!(
            "-p {port} -k {} -c listen_addresses=127.0.0.1 -c fsync=off -c synchronous_commit=off \
             -c full_page_writes=off",
            folder.path().display()
        );
        run(as_postgres(&programs.join("pg_ctl"))
            .arg("-D")
            .arg(&data)
            .arg("-l")
            .arg(folder.path().join("log"))
            .args(["-w", "-o", &options, "start"]));
        Self {
            url: format!("postgres://postgres@127.0.0.1:{port}/postgres"),
            private: Some((programs, folder)),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some((programs, folder)) = &self.private {
            run(as_postgres(&programs.join("pg_ctl")).arg("-D").arg(folder.path().join("data")).args([
                "-m",
                "immediate",
                "-w",
                "stop",
            ]));
        }
    }
}

fn newest_programs() -> PathBuf {
    let versions =
        fs::read_dir("/usr/lib/postgresql").expect("PostgreSQL is needed: apt-get install postgresql");
    let mut versions: Vec<_> = versions
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter_map(|name| name.parse::<u32>().ok())
        .collect();
    versions.sort_unstable();
    let newest = versions.last().expect("PostgreSQL is needed: apt-get install postgresql");
    Path::new("/usr/lib/postgresql").join(newest.to_string()).join("bin")
}

/// The server refuses to run as root.
fn as_postgres(program: &Path) -> Command {
    let mut command = if is_root() {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--init-groups", "--"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    command.current_dir("/");
    command
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata("/proc/self").unwrap().uid() == 0
}

fn run(command: &mut Command) {
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status().unwrap();
    assert!(status.success(), "{command:?} failed");
}

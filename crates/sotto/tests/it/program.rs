//! Starts the built program in a folder of its own.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;

/// A folder with a configuration under which nothing collides with another test.
pub(crate) struct Place {
    folder: TempDir,
    ports: [u16; 4],
    /// Held as long as the ports are ours.
    _lock: File,
}

impl Place {
    pub(crate) fn new() -> Self {
        let (ports, lock) = free_ports();
        Self { folder: tempfile::tempdir().unwrap(), ports, _lock: lock }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.path().join("data")
    }

    pub(crate) fn hub(&self) -> String {
        format!("127.0.0.1:{}", self.ports[0])
    }

    pub(crate) fn console(&self) -> String {
        format!("127.0.0.1:{}", self.ports[1])
    }

    pub(crate) fn shop(&self) -> String {
        format!("127.0.0.1:{}", self.ports[2])
    }

    /// A business of its own, without articles in a folder; more keys of `[desk]` stand in `more`.
    pub(crate) fn with_business(&self, more: &str) {
        self.write(
            "shop.toml",
            "name = \"Shop\"\nsite = \"https://shop.example\"\norder_number = '[0-9]{5}'\n",
        );
        self.write("sotto.toml", &format!("[desk]\nbusiness = \"shop.toml\"\n{more}"));
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path().join(name), text).unwrap();
    }

    /// The program with these arguments, on this place's ports, in its folder, and with nothing else in the environment.
    pub(crate) fn sotto(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sotto"));
        let names = ["SOTTO_HUB_LISTEN", "SOTTO_DESK_LISTEN", "SOTTO_DEMO_LISTEN", "SOTTO_WIDGET_LISTEN"];
        command.args(arguments).current_dir(self.path()).env_clear().env("SOTTO_DATA", self.data());
        for (name, port) in names.iter().zip(self.ports) {
            command.env(name, format!("127.0.0.1:{port}"));
        }
        command.env("SOTTO_DESK_HUB_URL", format!("http://{}", self.hub()));
        command
    }

    /// Runs it to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.sotto(arguments).stdin(Stdio::null()).output().unwrap()
    }

    /// What a run printed, when it succeeded.
    pub(crate) fn answer(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Text with the temporary folder and ports replaced, so that it can be compared.
    pub(crate) fn clean(&self, output: &[u8]) -> String {
        let mut text = String::from_utf8_lossy(output).replace(&self.path().display().to_string(), "PLACE");
        for (name, port) in ["HUB", "CONSOLE", "SHOP", "WIDGET"].iter().zip(self.ports) {
            text = text.replace(&port.to_string(), &format!("{name}-PORT"));
        }
        text
    }
}

/// Four ports that nothing uses, and the lock that keeps other tests from them, in whatever process they are. They lie
/// below those that the system gives out by itself: one of these may be taken again before the program listens at it.
fn free_ports() -> ([u16; 4], File) {
    let locks = std::env::temp_dir().join("sotto-test-ports");
    std::fs::create_dir_all(&locks).unwrap();
    for first in (20_000..32_000).step_by(4) {
        let lock = File::options().create(true).append(true).open(locks.join(first.to_string())).unwrap();
        let ports = [0, 1, 2, 3].map(|offset| first + offset);
        if lock.try_lock().is_ok() && ports.iter().all(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        {
            return (ports, lock);
        }
    }
    panic!("no four free ports between 20000 and 32000");
}

/// A program that runs until this value is dropped.
pub(crate) struct Running {
    pub(crate) child: Child,
    pub(crate) output: BufReader<std::process::ChildStdout>,
}

impl Running {
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self { child, output }
    }

    /// Reads its output until a line that holds this text; fails with all it said when it ends before.
    pub(crate) fn wait_for(&mut self, text: &str) -> String {
        let mut said = String::new();
        loop {
            let mut line = String::new();
            if self.output.read_line(&mut line).unwrap() == 0 {
                let mut errors = String::new();
                self.child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
                panic!("it ended without {text:?}; it said:\n{said}{errors}");
            }
            said.push_str(&line);
            if line.contains(text) {
                return said;
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A plain HTTP answer of success, or what came instead of one.
pub(crate) fn get(address: &str, path: &str) -> Result<String, String> {
    use std::io::Write;
    let answer = (|| {
        let mut stream = std::net::TcpStream::connect(address)?;
        stream.write_all(
            format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").as_bytes(),
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok::<_, std::io::Error>(answer)
    })()
    .map_err(|error| error.to_string())?;
    if answer.starts_with("HTTP/1.1 2") { Ok(answer) } else { Err(answer) }
}

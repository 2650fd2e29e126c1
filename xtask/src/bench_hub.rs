//! `cargo xtask bench hub`: what the hub carries, beside a plain relay in memory and NATS core on the same
//! machine, with the same generator, in the same run. The processes are `crates/hub/examples/bench`.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

use crate::process;
use crate::workspace::Workspace;

const SOCKETS: &str = "256";
/// Unanswered posts of each socket at full load.
const WINDOW: &str = "4";
const SECONDS: &str = "10";
const IDLE: &str = "10000";
const STORED: &str = "1000000";
/// For a server to say where it listens.
const START: Duration = Duration::from_secs(10);

/// What must be reached, on two cores that the generator shares.
const LEAST_PER_SECOND: f64 = 5_000.0;
/// Half of it: where the delay is held to its bound.
const STEADY: &str = "2500";
const MOST_P99_MS: f64 = 25.0;
const MOST_SOCKET_OCTETS: f64 = 30.0 * 1024.0;
const MOST_RESTART_MS: f64 = 1_000.0;

/// Builds the hub as it is released, measures, and fails when a figure misses what it must reach.
pub(crate) fn run(workspace: &Workspace) -> Result<ExitCode> {
    let build = ["build", "--release", "--package", "hub", "--example", "bench"];
    ensure!(process::show(workspace.cargo().args(build))?.success(), "the build failed");
    let bench = Bench {
        program: workspace.target.join("release/examples/bench"),
        folder: workspace.scratch("bench-hub")?,
    };
    let hub = bench.loads("hub", || bench.hub("load"))?;
    let relay = bench.loads("relay", || bench.start(Command::new(&bench.program).arg("relay")))?;
    let nats = bench.loads("nats", || bench.nats())?;
    println!(
        "1 kB envelopes, {SOCKETS} sockets and one desk, {SECONDS} s each; the generator runs on the same cores\n"
    );
    println!("{:44}{:>15}{:>15}{:>15}", "", "hub", "relay", "NATS core");
    row("stored durably", |_| String::new(), [&hub, &relay, &nats], &["yes", "no", "no"]);
    row(
        "accepted a second, full load",
        |load| whole(load.full.accepted_per_second),
        [&hub, &relay, &nats],
        &[],
    );
    row(
        "delivered a second, full load",
        |load| whole(load.full.delivered_per_second),
        [&hub, &relay, &nats],
        &[],
    );
    row("  against the hub", |load| ratio(load.delivered(), hub.delivered()), [&hub, &relay, &nats], &[]);
    row("accepted, full load, p50 / p99 ms", |load| load.full.accepted.text(), [&hub, &relay, &nats], &[]);
    row("delivered, full load, p50 / p99 ms", |load| load.full.delivered.text(), [&hub, &relay, &nats], &[]);
    row("accepted, half load, p50 / p99 ms", |load| load.half.accepted.text(), [&hub, &relay, &nats], &[]);
    row("delivered, half load, p50 / p99 ms", |load| load.half.delivered.text(), [&hub, &relay, &nats], &[]);
    row(
        "delivered a second, half load",
        |load| whole(load.half.delivered_per_second),
        [&hub, &relay, &nats],
        &[],
    );
    row("server's CPU, µs an envelope, full load", |load| whole(load.cpu_us), [&hub, &relay, &nats], &[]);

    let steady = bench.steady()?;
    println!(
        "\nthe hub at {STEADY} a second, p50 / p99 ms: accepted {}, delivered {}",
        steady.accepted.text(),
        steady.delivered.text()
    );
    let idle = bench.idle()?;
    println!("\nmemory for each of {} idle sockets: {:.1} KiB", idle.sockets, idle.octets_each / 1024.0);
    let restart = bench.restart()?;
    println!("start after a crash with {STORED} envelopes, to the first delivery: {restart:.0} ms\n");

    let p99 = steady.accepted.p99.max(steady.delivered.p99);
    let reached = [
        check(
            "accepted and delivered a second",
            hub.delivered().min(hub.full.accepted_per_second),
            LEAST_PER_SECOND,
            Wanted::AtLeast,
        ),
        check("p99 at half of that, ms", p99, MOST_P99_MS, Wanted::AtMost),
        check("octets a socket", idle.octets_each, MOST_SOCKET_OCTETS, Wanted::AtMost),
        check("start, ms", restart, MOST_RESTART_MS, Wanted::AtMost),
    ];
    Ok(if reached.iter().all(|reached| *reached) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

#[derive(Clone, Copy)]
enum Wanted {
    AtLeast,
    AtMost,
}

fn check(what: &str, is: f64, bound: f64, wanted: Wanted) -> bool {
    let (reached, sign) = match wanted {
        Wanted::AtLeast => (is >= bound, "≥"),
        Wanted::AtMost => (is <= bound, "≤"),
    };
    println!("{} {what}: {is:.1} (must be {sign} {bound:.0})", if reached { "reached" } else { "MISSED " });
    reached
}

fn row(name: &str, text: impl Fn(&Loads) -> String, loads: [&Loads; 3], instead: &[&str]) {
    print!("{name:44}");
    for (place, load) in loads.iter().enumerate() {
        let cell = instead.get(place).map_or_else(|| text(load), |word| (*word).to_owned());
        print!("{cell:>15}");
    }
    println!();
}

fn whole(number: f64) -> String {
    if number > 0.0 { format!("{number:.0}") } else { "–".to_owned() }
}

fn ratio(number: f64, against: f64) -> String {
    format!("{:.2}", number / against)
}

/// Full load, then half of what full load reached.
struct Loads {
    full: Load,
    half: Load,
    cpu_us: f64,
}

impl Loads {
    fn delivered(&self) -> f64 {
        self.full.delivered_per_second
    }
}

#[derive(Deserialize)]
struct Load {
    accepted_per_second: f64,
    delivered_per_second: f64,
    accepted: Latency,
    delivered: Latency,
}

#[derive(Deserialize)]
struct Latency {
    p50: f64,
    p99: f64,
}

impl Latency {
    fn text(&self) -> String {
        if self.p99 > 0.0 { format!("{:.1} / {:.1}", self.p50, self.p99) } else { "–".to_owned() }
    }
}

#[derive(Deserialize)]
struct Idle {
    sockets: u64,
    octets_each: f64,
}

#[derive(Deserialize)]
struct Greeting {
    first_delivery_ms: f64,
}

struct Bench {
    program: PathBuf,
    folder: PathBuf,
}

impl Bench {
    /// The hub on a store in an empty folder.
    fn hub(&self, name: &str) -> Result<Server> {
        self.start(Command::new(&self.program).arg("serve").arg(self.empty(name)?))
    }

    fn empty(&self, name: &str) -> Result<PathBuf> {
        let folder = self.folder.join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder).with_context(|| format!("empty {}", folder.display()))?;
        }
        Ok(folder)
    }

    fn start(&self, command: &mut Command) -> Result<Server> {
        process::check_interrupted()?;
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().context("start a server")?;
        let mut server = Server { child, address: String::new() };
        let stdout = server.child.stdout.take().context("a server has an output")?;
        BufReader::new(stdout).read_line(&mut server.address).context("hear where a server listens")?;
        server.address.truncate(server.address.trim_end().len());
        ensure!(!server.address.is_empty(), "a server did not start");
        Ok(server)
    }

    fn nats(&self) -> Result<Server> {
        // Free a moment ago; the server has no way to tell which port it took.
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port().to_string();
        let log = self.folder.join("nats.log");
        let child = Command::new("nats-server")
            .args(["-a", "127.0.0.1", "-p", &port, "-l"])
            .arg(log)
            .stdin(Stdio::null())
            .spawn()
            .context("start nats-server (Debian's package of that name)")?;
        let server = Server { child, address: format!("127.0.0.1:{port}") };
        let by = Instant::now() + START;
        while std::net::TcpStream::connect(&server.address).is_err() {
            ensure!(Instant::now() < by, "nats-server did not start");
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(server)
    }

    fn loads(&self, target: &str, start: impl Fn() -> Result<Server>) -> Result<Loads> {
        println!("measuring {target} …");
        let server = start()?;
        let full: Load = self.drive(&["load", target, &server.address, SOCKETS, WINDOW, SECONDS])?;
        let handled = full.delivered_per_second * (SECONDS.parse::<f64>()? + 2.0);
        let cpu_us = server.cpu_seconds()? * 1e6 / handled;
        drop(server);
        let rate = (full.delivered_per_second / 2.0).to_string();
        let server = start()?;
        let half = self.drive(&["load", target, &server.address, SOCKETS, WINDOW, SECONDS, &rate])?;
        Ok(Loads { full, half, cpu_us })
    }

    fn steady(&self) -> Result<Load> {
        let server = self.hub("steady")?;
        self.drive(&["load", "hub", &server.address, SOCKETS, WINDOW, SECONDS, STEADY])
    }

    fn idle(&self) -> Result<Idle> {
        println!("\nopening idle sockets …");
        let server = self.hub("idle")?;
        self.drive(&["idle", &server.address, IDLE, &server.child.id().to_string()])
    }

    /// Milliseconds from the start of the process to the first envelope at a desk that was away.
    fn restart(&self) -> Result<f64> {
        println!("filling a store …");
        let folder = self.empty("restart")?;
        let folder = folder.to_str().context("the checkout's path is not UTF-8")?;
        // It ends by a crash, on purpose.
        let filled = process::record(Command::new(&self.program).args(["fill", folder, STORED]), |_| {})?;
        ensure!(filled.output.contains("\"filled\""), "the store was not filled:\n{}", filled.output);
        let began = Instant::now();
        let server = self.start(Command::new(&self.program).args(["serve", folder]))?;
        let listening = began.elapsed().as_secs_f64() * 1000.0;
        let greeting: Greeting = self.drive(&["greet", &server.address])?;
        drop(server);
        remove(Path::new(folder))?;
        Ok(listening + greeting.first_delivery_ms)
    }

    /// Runs the generator and reads its one line.
    fn drive<T: for<'a> Deserialize<'a>>(&self, arguments: &[&str]) -> Result<T> {
        let finished = process::record(Command::new(&self.program).args(arguments), |_| {})?;
        let Some(line) = finished.output.lines().find(|line| line.starts_with('{')) else {
            bail!("the generator failed:\n{}", finished.output);
        };
        serde_json::from_str(line).context("read the generator's line")
    }
}

fn remove(folder: &Path) -> Result<()> {
    fs::remove_dir_all(folder).with_context(|| format!("remove {}", folder.display()))
}

/// A measured process; killed when it is dropped.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    /// What it has computed so far (proc(5), fields 14 and 15, in hundredths of a second on Linux).
    fn cpu_seconds(&self) -> Result<f64> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        let fields = stat.rsplit_once(')').context("read a process's times")?.1;
        let ticks: Vec<f64> =
            fields.split_whitespace().skip(11).take(2).filter_map(|field| field.parse().ok()).collect();
        Ok(ticks.iter().sum::<f64>() / 100.0)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

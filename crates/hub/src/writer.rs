//! The one task that writes. It commits whatever waits in one transaction, because a flush to the disk for
//! each envelope is what would limit the hub; it answers only after the commit.
//!
//! Bounds: so many writes wait, of so many octets; past that, who wants to write waits, and after a time is
//! told to come again.

mod attempt;
mod standing;
mod work;

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use protocol::{ChannelId, Clock, Entropy};
use store::{
    StoreError,
    hub::{HubStore, Swept},
};
use tokio::{
    sync::{Notify, OwnedSemaphorePermit, Semaphore, mpsc, oneshot},
    time::Instant,
};
use tokio_util::sync::CancellationToken;

use crate::{
    cache::ChannelCache,
    fanout::Fanout,
    metrics::Metrics,
    options::{Lifetimes, Limits},
    refusal::Refusal,
};
use attempt::{Trust, attempt};
use standing::Standing;
pub(crate) use work::{
    Acknowledge, Claim, Close, KeyPackages, Novelty, Open, Pending, Pool, Post, PostReply, Poster, PutChunk,
    Work,
};

/// The most writes in one transaction: more would make the first of them wait too long.
const BATCH: usize = 512;
/// Acknowledgements ride with other writes. Alone they wait this long for company, or until there are many.
const ACKNOWLEDGE_WITHIN: Duration = Duration::from_millis(100);
const ACKNOWLEDGE_TOGETHER: usize = 512;
/// Past this many, while the store takes none, they are dropped: the envelopes are delivered again.
const ACKNOWLEDGE_MOST: usize = 16_384;
/// Rows of each table that one sweep's transaction removes.
const SWEEP: u32 = 500;

/// What the writer works with.
pub(crate) struct Parts {
    pub(crate) store: HubStore,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) cache: Arc<ChannelCache>,
    pub(crate) fanout: Arc<Fanout>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) limits: Limits,
    pub(crate) lifetimes: Lifetimes,
    pub(crate) queue_timeout: Duration,
    /// Told after each commit.
    pub(crate) committed: Arc<Notify>,
    pub(crate) draining: CancellationToken,
}

/// The door to the writer.
pub(crate) struct Writer {
    queue: mpsc::Sender<Queued>,
    room: Arc<Semaphore>,
    timeout: Duration,
}

struct Queued {
    work: Work,
    /// Given back once the work is done.
    room: OwnedSemaphorePermit,
}

/// The writer's task is to be spawned; it ends when it is told to drain and has.
pub(crate) fn new(parts: Parts) -> (Writer, impl Future<Output = ()> + Send + 'static) {
    let (sender, queue) = mpsc::channel(parts.limits.queue.max(1));
    let room = Arc::new(Semaphore::new(kibibytes(parts.limits.queue_octets) as usize));
    let writer = Writer { queue: sender, room, timeout: parts.queue_timeout };
    let task = WriterTask { parts, queue, acknowledged: HashMap::new(), acknowledge_by: None };
    (writer, task.run())
}

fn kibibytes(octets: usize) -> u32 {
    u32::try_from(octets / 1024).unwrap_or(u32::MAX >> 4).saturating_add(1)
}

impl Writer {
    /// Hands over a write; it is answered in its own way. Fails when there is no room for too long.
    pub(crate) async fn submit(&self, work: Work) -> Result<(), Refusal> {
        let submit = async {
            let room = Arc::clone(&self.room).acquire_many_owned(kibibytes(work.octets())).await;
            let room = room.map_err(|_| Refusal::Unavailable)?;
            self.queue.send(Queued { work, room }).await.map_err(|_| Refusal::Unavailable)
        };
        tokio::time::timeout(self.timeout, submit).await.unwrap_or(Err(Refusal::Unavailable))
    }

    /// Hands over a write and waits for its outcome.
    pub(crate) async fn ask<T>(&self, work: impl FnOnce(Pending<T>) -> Work) -> Result<T, Refusal> {
        let (pending, answer) = Pending::new();
        self.submit(work(pending)).await?;
        answer.await.unwrap_or(Err(Refusal::Unavailable))
    }

    /// Removes some of what has outlived its time. Whether there may be more.
    pub(crate) async fn sweep(&self) -> Result<bool, StoreError> {
        let (reply, answer) = oneshot::channel();
        // Without room there is no hurry: the next sweep comes.
        match self.submit(Work::Sweep(reply)).await {
            Ok(()) => answer.await.unwrap_or(Ok(false)),
            Err(_) => Ok(false),
        }
    }

    /// Whether the task is still there.
    pub(crate) fn is_alive(&self) -> bool {
        !self.queue.is_closed()
    }
}

struct WriterTask {
    parts: Parts,
    queue: mpsc::Receiver<Queued>,
    acknowledged: HashMap<ChannelId, Acknowledge>,
    acknowledge_by: Option<Instant>,
}

impl WriterTask {
    async fn run(mut self) {
        let draining = self.parts.draining.clone();
        let mut queued = Vec::with_capacity(BATCH);
        loop {
            let due = self.acknowledge_by;
            tokio::select! {
                biased;
                () = draining.cancelled(), if !self.queue.is_closed() => self.queue.close(),
                count = self.queue.recv_many(&mut queued, BATCH) => {
                    if count == 0 {
                        break;
                    }
                    self.handle(&mut queued).await;
                }
                () = until(due) => self.commit(Vec::new()).await,
            }
        }
        self.commit(Vec::new()).await;
    }

    async fn handle(&mut self, queued: &mut Vec<Queued>) {
        let mut works = Vec::with_capacity(queued.len());
        let mut sweeps = Vec::new();
        let mut held = Vec::with_capacity(queued.len());
        for Queued { work, room } in queued.drain(..) {
            match work {
                Work::Acknowledge(acknowledge) => self.remember(acknowledge),
                Work::Sweep(reply) => sweeps.push(reply),
                work => works.push(work),
            }
            held.push(room);
        }
        if !works.is_empty() || self.acknowledged.len() >= ACKNOWLEDGE_TOGETHER {
            self.commit(works).await;
        }
        for reply in sweeps {
            let _ = reply.send(self.sweep().await);
        }
        drop(held);
    }

    fn remember(&mut self, acknowledge: Acknowledge) {
        if self.acknowledged.len() >= ACKNOWLEDGE_MOST {
            return;
        }
        let kept = self.acknowledged.entry(acknowledge.channel).or_insert(acknowledge);
        if acknowledge.seq > kept.seq {
            *kept = acknowledge;
        }
        self.acknowledge_by.get_or_insert_with(|| Instant::now() + ACKNOWLEDGE_WITHIN);
    }

    /// The acknowledgements to be written now: all when it is time, else those of channels that are written to
    /// anyway.
    fn due(&self, works: &[Work]) -> Vec<Acknowledge> {
        let all = works.is_empty()
            || self.acknowledged.len() >= ACKNOWLEDGE_TOGETHER
            || self.acknowledge_by.is_some_and(|by| by <= Instant::now())
            || works.iter().any(|work| matches!(work, Work::Barrier(_)));
        if all {
            return self.acknowledged.values().copied().collect();
        }
        let touched: HashSet<_> = works.iter().filter_map(Work::channel).collect();
        touched.iter().filter_map(|channel| self.acknowledged.get(channel)).copied().collect()
    }

    /// Carries out a batch, trying once more from the store if the cache was wrong, then tells everyone.
    async fn commit(&mut self, mut works: Vec<Work>) {
        let acknowledged = self.due(&works);
        if works.is_empty() && acknowledged.is_empty() {
            self.acknowledge_by = None;
            return;
        }
        let began = self.parts.clock.now();
        let mut done = attempt(&self.parts, &mut works, &acknowledged, Trust::Cache).await;
        if matches!(done, Err(StoreError::Conflict)) {
            self.parts.metrics.retries.inc();
            done = attempt(&self.parts, &mut works, &acknowledged, Trust::Nothing).await;
        }
        let took = self.parts.clock.now().0.saturating_sub(began.0);
        #[expect(clippy::cast_precision_loss, reason = "a metric")]
        {
            self.parts.metrics.batch.observe(works.len() as f64);
            self.parts.metrics.commit_seconds.observe(took as f64 / 1000.0);
        }
        match done {
            Ok(standing) => {
                self.parts.committed.notify_one();
                for done in &acknowledged {
                    self.acknowledged.remove(&done.channel);
                }
                if self.acknowledged.is_empty() {
                    self.acknowledge_by = None;
                }
                self.settle(works, standing);
            }
            Err(error) => {
                // Acknowledgements stay for the next batch.
                self.acknowledge_by = Some(Instant::now() + ACKNOWLEDGE_WITHIN);
                let refusal = Refusal::store(&error, &*self.parts.entropy);
                for work in works {
                    work.tell(Err(&refusal));
                }
            }
        }
    }

    /// After a commit: the cache learns, the answers go out, and the envelopes are handed on.
    fn settle(&self, works: Vec<Work>, standing: Standing) {
        let closed = standing.closed();
        for work in works {
            let Some(new) = work.tell(Ok(())) else { continue };
            self.parts.metrics.accepted(new.delivery.author);
            if let Some(channel) = standing.get(new.channel) {
                self.parts.fanout.publish(channel.desk, &Arc::new(new));
            }
        }
        for channel in standing.into_channels() {
            self.parts.cache.put(channel);
        }
        for channel in closed {
            self.parts.cache.forget(channel);
            self.parts.fanout.end(channel);
        }
    }

    async fn sweep(&self) -> Result<bool, StoreError> {
        let now = self.parts.clock.now();
        let mut batch = self.parts.store.begin().await?;
        let swept = batch.sweep(now, SWEEP).await?;
        batch.commit().await?;
        let Swept { ended, thinned, envelopes, chunks, key_packages } = &swept;
        for channel in ended.iter().chain(thinned) {
            self.parts.cache.forget(*channel);
        }
        for channel in ended {
            self.parts.fanout.end(*channel);
        }
        let metrics = &self.parts.metrics;
        metrics.swept("channels", ended.len() as u64);
        metrics.swept("envelopes", *envelopes);
        metrics.swept("attachment_chunks", *chunks);
        metrics.swept("key_packages", *key_packages);
        Ok(!swept.is_empty())
    }
}

async fn until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}

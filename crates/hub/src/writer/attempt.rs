//! One try at a batch: read what is not known, decide every write in the order of arrival, write, commit.

use std::collections::{HashMap, HashSet};

use protocol::{Author, ChannelId, Claimed, Created, Envelope, EnvelopeId, EnvelopeKind, Timestamp};
use ring::digest;
use store::{
    StoreError,
    hub::{Batch, Channel, NewEnvelope, NewKeyPackage},
};

use super::{
    Parts,
    standing::Standing,
    work::{Acknowledge, Claim, Close, Expiries, KeyPackages, Novelty, Open, Pool, Post, PutChunk, Work},
};
use crate::{ordering, refusal::Refusal};

/// Seconds that a network waits which has had its share of key packages, where there is none of last resort.
const SHARE_USED_UP: u32 = 60;

/// How much is taken on trust.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    /// Channels are as the cache has them and ids are new; the store's keys catch it if not.
    Cache,
    /// Everything is read first.
    Nothing,
}

/// Carries out a batch. On success everything is on the disk and the channels are given back as they are now.
/// `Conflict` says that something taken on trust was not so: to be tried again with everything read first.
pub(super) async fn attempt(
    parts: &Parts,
    works: &mut [Work],
    acknowledged: &[Acknowledge],
    trust: Trust,
) -> Result<Standing, StoreError> {
    let now = parts.clock.now();
    let mut attempt = Attempt {
        parts,
        batch: parts.store.begin().await?,
        trust,
        now,
        expiries: Expiries {
            envelope: ordering::expiry(now, parts.lifetimes.envelope),
            attachment: ordering::expiry(now, parts.lifetimes.attachment),
            key_package: ordering::expiry(now, parts.lifetimes.key_package),
        },
        standing: Standing::default(),
        seen: HashSet::new(),
        known: HashMap::new(),
        rows: Vec::new(),
    };
    match attempt.carry_out(works, acknowledged).await {
        Ok(()) => {
            attempt.batch.commit().await?;
            Ok(attempt.standing)
        }
        Err(error) => {
            attempt.batch.abandon().await;
            Err(error)
        }
    }
}

struct Attempt<'a> {
    parts: &'a Parts,
    batch: Batch,
    trust: Trust,
    now: Timestamp,
    expiries: Expiries,
    standing: Standing,
    /// Ids that the batch posts.
    seen: HashSet<(ChannelId, EnvelopeId)>,
    /// Ids that are taken, with what is under them; complete only without trust.
    known: HashMap<(ChannelId, EnvelopeId), Known>,
    rows: Vec<Row>,
}

/// An envelope to be stored: which of the works has it, and its place.
struct Row {
    work: usize,
    channel: ChannelId,
    seq: u64,
}

/// What is stored under an id.
struct Known {
    seq: u64,
    content: digest::Digest,
}

impl Attempt<'_> {
    async fn carry_out(
        &mut self,
        works: &mut [Work],
        acknowledged: &[Acknowledge],
    ) -> Result<(), StoreError> {
        self.read(works, acknowledged).await?;
        for (index, work) in works.iter_mut().enumerate() {
            match work {
                Work::Post(post) => self.post(index, post).await?,
                Work::Open(open) => self.open(index, open)?,
                Work::Close(close) => self.close(close),
                Work::Claim(claim) => self.claim(claim).await?,
                Work::KeyPackages(given) => self.key_packages(given).await?,
                Work::PutChunk(put) => self.put_chunk(put).await?,
                Work::Acknowledge(_) | Work::Sweep(_) | Work::Barrier(_) => {}
            }
        }
        for acknowledge in acknowledged {
            self.acknowledge(acknowledge);
        }
        self.write(works).await
    }

    async fn read(&mut self, works: &[Work], acknowledged: &[Acknowledge]) -> Result<(), StoreError> {
        let mut missing = HashSet::new();
        let channels = works.iter().filter_map(|work| match work {
            Work::Open(open) => (self.trust == Trust::Nothing).then_some(open.request.channel),
            work => work.channel(),
        });
        for id in channels.chain(acknowledged.iter().map(|acknowledge| acknowledge.channel)) {
            if self.standing.knows(id) || missing.contains(&id) {
                continue;
            }
            match self.parts.cache.get(id).filter(|_| self.trust == Trust::Cache) {
                Some(channel) => self.standing.know(channel),
                None => {
                    missing.insert(id);
                }
            }
        }
        let missing: Vec<_> = missing.into_iter().collect();
        for channel in self.batch.channels(&missing).await? {
            self.standing.know(channel);
        }
        if self.trust == Trust::Nothing {
            self.read_ids(works).await?;
        }
        Ok(())
    }

    async fn read_ids(&mut self, works: &[Work]) -> Result<(), StoreError> {
        let ids: HashSet<_> = works
            .iter()
            .filter_map(|work| match work {
                Work::Post(post) => Some((post.channel, post.envelope.id)),
                Work::Open(open) => Some((open.request.channel, open.request.welcome.id)),
                Work::Close(_) | Work::Claim(_) | Work::KeyPackages(_) | Work::PutChunk(_) => None,
                Work::Acknowledge(_) | Work::Sweep(_) | Work::Barrier(_) => None,
            })
            .collect();
        let ids: Vec<_> = ids.into_iter().collect();
        for found in self.batch.envelopes_by_id(&ids).await? {
            let delivery = found.delivery;
            let content = content(delivery.author, &delivery.envelope);
            let known = Known { seq: delivery.seq, content };
            self.known.insert((found.channel, delivery.envelope.id), known);
        }
        Ok(())
    }

    async fn post(&mut self, index: usize, post: &mut Post) -> Result<(), StoreError> {
        let key = (post.channel, post.envelope.id);
        if !self.seen.insert(key) && self.trust == Trust::Cache {
            return Err(StoreError::Conflict);
        }
        let author = post.poster.author();
        let Some(channel) =
            self.standing.get(post.channel).filter(|channel| post.poster.may_touch(channel.desk))
        else {
            post.outcome = Some(Err(Refusal::NoChannel));
            return Ok(());
        };
        if let Some(known) = self.known.get(&key) {
            post.outcome = Some(known.same(author, &post.envelope));
            return Ok(());
        }
        let (limits, lifetimes) = (&self.parts.limits, &self.parts.lifetimes);
        let admitted = ordering::admit(&channel.head, author, &post.envelope, limits, lifetimes, self.now);
        post.outcome = Some(match admitted {
            Ok(head) => {
                let seq = head.seq;
                self.standing.advance(post.channel, head);
                self.rows.push(Row { work: index, channel: post.channel, seq });
                if self.trust == Trust::Nothing {
                    let content = content(author, &post.envelope);
                    self.known.insert(key, Known { seq, content });
                }
                Ok((seq, Novelty::New))
            }
            Err(Refusal::NoChannel) => Err(Refusal::NoChannel),
            // A repeated commit is in an old epoch, and a repeated last envelope over the quota.
            Err(refusal) => match self.stored(key).await? {
                Some(known) => known.same(author, &post.envelope),
                None => Err(refusal),
            },
        });
        Ok(())
    }

    async fn stored(&mut self, key: (ChannelId, EnvelopeId)) -> Result<Option<Known>, StoreError> {
        let found = self.batch.envelopes_by_id(&[key]).await?.pop();
        Ok(found.map(|found| Known {
            seq: found.delivery.seq,
            content: content(found.delivery.author, &found.delivery.envelope),
        }))
    }

    /// Opening is repeatable: a device that did not hear the answer asks again.
    fn open(&mut self, index: usize, open: &mut Open) -> Result<(), StoreError> {
        let request = &open.request;
        let first = ordering::first_head(&request.welcome, &self.parts.lifetimes, self.now);
        let key = (request.channel, request.welcome.id);
        if self.trust == Trust::Cache && self.standing.knows(request.channel) {
            return Err(StoreError::Conflict);
        }
        if self.standing.knows(request.channel) {
            let outcome = match (self.standing.get(request.channel), self.known.get(&key)) {
                (Some(channel), Some(known)) if same_terms(channel, open) => known
                    .same(Author::Device, &request.welcome)
                    .map(|(seq, novelty)| (Created { seq, expires_at: channel.head.expires_at }, novelty))
                    .map_err(|_| Refusal::ChannelExists),
                _ => Err(Refusal::ChannelExists),
            };
            open.pending.set(outcome);
            return Ok(());
        }
        self.standing.open(Channel {
            channel: request.channel,
            desk: request.desk,
            write: request.write.clone(),
            read: request.read.clone(),
            head: first,
        });
        self.seen.insert(key);
        self.rows.push(Row { work: index, channel: request.channel, seq: first.seq });
        if self.trust == Trust::Nothing {
            let content = content(Author::Device, &request.welcome);
            self.known.insert(key, Known { seq: first.seq, content });
        }
        let created = Created { seq: first.seq, expires_at: first.expires_at };
        open.pending.set(Ok((created, Novelty::New)));
        Ok(())
    }

    fn close(&mut self, close: &mut Close) {
        let may = self.standing.get(close.channel).is_some_and(|channel| close.by.may_touch(channel.desk));
        close.pending.set(if may { Ok(()) } else { Err(Refusal::NoChannel) });
        if may {
            self.standing.close(close.channel);
            self.rows.retain(|row| row.channel != close.channel);
        }
    }

    async fn claim(&mut self, claim: &mut Claim) -> Result<(), StoreError> {
        let (desk, now) = (claim.desk, self.now);
        let one_time = match claim.pool {
            Pool::OneTimeFirst => self.batch.take_key_package(desk, now).await?,
            Pool::LastResort => None,
        };
        let claimed = match one_time {
            Some(package) => Some((package, false)),
            None => self.batch.last_resort(desk, now).await?.map(|package| (package, true)),
        };
        let none = match claim.pool {
            Pool::OneTimeFirst => Refusal::NoKeyPackage,
            Pool::LastResort => Refusal::RateLimited(SHARE_USED_UP),
        };
        let left = self.batch.count_key_packages(desk, now).await?;
        claim.pending.set(
            claimed
                .ok_or(none)
                .map(|(package, last_resort)| (Claimed { key_package: package.into(), last_resort }, left)),
        );
        Ok(())
    }

    /// Takes as many as there is room for; the answer tells how many there are.
    async fn key_packages(&mut self, given: &mut KeyPackages) -> Result<(), StoreError> {
        let (desk, expires_at) = (given.desk, self.expiries.key_package);
        let mut held = self.batch.count_key_packages(desk, self.now).await?.one_time;
        for body in &given.one_time {
            if held >= self.parts.limits.key_packages {
                break;
            }
            let new = NewKeyPackage { body: &body.0, expires_at };
            held += u64::from(self.batch.add_key_package(desk, new).await?);
        }
        if let Some(body) = &given.last_resort {
            self.batch.set_last_resort(desk, NewKeyPackage { body: &body.0, expires_at }).await?;
        }
        given.pending.set(Ok(self.batch.count_key_packages(desk, self.now).await?));
        Ok(())
    }

    async fn put_chunk(&mut self, put: &mut PutChunk) -> Result<(), StoreError> {
        let channel = self.standing.get(put.chunk.channel);
        if channel.is_none_or(|channel| channel.head.expires_at <= self.now) {
            put.pending.set(Err(Refusal::NoChannel));
            return Ok(());
        }
        if let Some(stored) = self.batch.chunk(put.chunk).await? {
            let same = stored == put.body;
            put.pending.set(if same { Ok(Novelty::Known) } else { Err(Refusal::EnvelopeMismatch) });
            return Ok(());
        }
        let used = self.batch.attachment_use(put.chunk.channel).await?;
        let limits = &self.parts.limits;
        if used.chunks >= limits.attachment_chunks
            || used.octets + put.body.len() as u64 > limits.attachment_octets
        {
            let title = "The channel's attachments take as much room as they may.";
            put.pending.set(Err(Refusal::QuotaExceeded(title)));
            return Ok(());
        }
        self.batch.insert_chunk(put.chunk, &put.body, self.expiries.attachment).await?;
        put.pending.set(Ok(Novelty::New));
        Ok(())
    }

    fn acknowledge(&mut self, acknowledge: &Acknowledge) {
        let Some(channel) = self.standing.get(acknowledge.channel) else { return };
        let mut head = channel.head;
        if channel.desk == acknowledge.desk && acknowledge.seq > head.acknowledged {
            head.acknowledged = acknowledge.seq.min(head.seq);
            self.standing.advance(acknowledge.channel, head);
        }
    }

    async fn write(&mut self, works: &[Work]) -> Result<(), StoreError> {
        let (expires_at, rows) = (self.expiries.envelope, &self.rows);
        let envelope = |row: &Row| {
            let (author, envelope) = match works.get(row.work)? {
                Work::Post(post) => (post.poster.author(), &post.envelope),
                Work::Open(open) => (Author::Device, &open.request.welcome),
                _ => return None,
            };
            Some(NewEnvelope { channel: row.channel, seq: row.seq, author, envelope, expires_at })
        };
        let envelopes: Vec<_> = rows.iter().filter_map(envelope).collect();
        self.batch.insert_channels(&self.standing.opened()).await?;
        self.batch.insert_envelopes(&envelopes).await?;
        self.batch.update_heads(&self.standing.moved()).await?;
        self.batch.delete_channels(&self.standing.closed()).await
    }
}

impl Known {
    fn same(&self, author: Author, envelope: &Envelope) -> Result<(u64, Novelty), Refusal> {
        if self.content.as_ref() == content(author, envelope).as_ref() {
            Ok((self.seq, Novelty::Known))
        } else {
            Err(Refusal::EnvelopeMismatch)
        }
    }
}

fn same_terms(channel: &Channel, open: &Open) -> bool {
    let request = &open.request;
    channel.desk == request.desk && channel.write == request.write && channel.read == request.read
}

/// Two envelopes with one id are the same if author, kind, epoch and body are.
fn content(author: Author, envelope: &Envelope) -> digest::Digest {
    let author = match author {
        Author::Device => 0,
        Author::Desk => 1,
    };
    let kind = match envelope.kind {
        EnvelopeKind::Welcome => 0,
        EnvelopeKind::Commit => 1,
        EnvelopeKind::Message => 2,
    };
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(&[author, kind]);
    context.update(&envelope.epoch.to_be_bytes());
    context.update(&envelope.body.0);
    context.finish()
}

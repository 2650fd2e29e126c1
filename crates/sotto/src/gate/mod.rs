//! What stands between a change of articles or flows and the customers: the business's conversations are held with what
//! would be live and, where some fail, with what is live. A change with which fewer go as written is refused, unless a
//! person gives a reason, which is kept with the change.

mod compare;
mod trial;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use assistant::evaluation::{Conversation, Evaluated};
use clap::Args;

use crate::cli::Common;
use crate::config::Config;
use crate::content::{Content, Published};
use crate::data::DataFolder;
use crate::evaluate::conversations;
use crate::terminal::{tell, warn};
use compare::Comparison;
pub(crate) use compare::told;
use trial::Trial;

/// What every command takes that changes what is live.
#[derive(Args, Debug)]
pub(crate) struct PublishingArguments {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Who does it; it is written down.
    #[arg(long, value_name = "NAME", value_parser = not_empty)]
    pub(crate) by: String,
    /// A file or folder of conversations to hold before, in the place of desk.conversations; may be given again.
    #[arg(long, value_name = "PATH")]
    pub(crate) conversations: Vec<PathBuf>,
    /// Why, although fewer conversations go as written; it is written down.
    #[arg(long, value_name = "REASON", value_parser = not_empty)]
    pub(crate) despite_drop: Option<String>,
}

/// Whether a change may go live.
pub(crate) enum Verdict {
    /// It may, with what the conversations said of it; nothing where there are none.
    GoesLive(Option<Box<Evaluated>>),
    /// It may not; it was said why.
    Refused,
}

/// The conversations, and where they come from.
struct Set {
    conversations: Vec<Conversation>,
    named: String,
}

const NO_SET: &str = "No conversations were held with it: set desk.conversations to a folder of them, and a change that makes the \
                      assistant worse is refused.";
const NOTHING: &str = "nothing was changed";

/// Judges what would be live (`after`) beside what is (`now`).
///
/// # Errors
/// When something cannot be read, and when the desk could not start with what would be live.
pub(crate) fn judge(
    arguments: &PublishingArguments,
    config: &Config,
    now: &Published,
    after: &Published,
) -> Result<Verdict> {
    let content = Content::load(config, after)
        .with_context(|| format!("{NOTHING}, because the desk could not start with it"))?;
    let Some(set) = set(arguments, config).context(NOTHING)? else {
        tell(NO_SET);
        return Ok(Verdict::GoesLive(None));
    };
    tell(&format!("Trying it on {} conversations {}.", set.conversations.len(), set.named));
    let data = DataFolder::open(&arguments.common.data)?;
    let comparison =
        Trial::new(config, &data, &content.business)?.compare(content, now, &set.conversations)?;
    Ok(verdict(&comparison, set.named, arguments.despite_drop.as_deref()))
}

/// The conversations that this change is judged by; none when the business has not named any.
fn set(arguments: &PublishingArguments, config: &Config) -> Result<Option<Set>> {
    let (conversations, named) = match (arguments.conversations.as_slice(), &config.desk.conversations) {
        ([], None) if config.desk.content.is_some() => return Ok(None),
        ([], None) => (conversations::demo()?, "of the demo shop".to_owned()),
        ([], Some(path)) => {
            (conversations::read(std::slice::from_ref(path)).context("desk.conversations")?, place(&[path]))
        }
        (paths, _) => (conversations::read(paths)?, place(paths)),
    };
    Ok(Some(Set { conversations, named }))
}

fn place(paths: &[impl AsRef<Path>]) -> String {
    let names: Vec<String> = paths.iter().map(|path| path.as_ref().display().to_string()).collect();
    format!("in {}", names.join(", "))
}

/// Says what came of it, and decides.
fn verdict(comparison: &Comparison<'_>, named: String, despite: Option<&str>) -> Verdict {
    let mut evaluated = comparison.evaluated(named);
    let is_drop = evaluated.is_drop();
    if !comparison.newly_failing.is_empty() {
        tell(if is_drop {
            "\nThese go wrong with it, and do not with what is live now:\n"
        } else {
            "\nNo fewer pass than now, but these go wrong with it and do not with what is live now:\n"
        });
        comparison.newly_failing.iter().for_each(|failing| tell(failing));
    }
    if is_drop && despite.is_none() {
        let told = told(&evaluated);
        warn(&format!(
            "error: {NOTHING}: {told}.\n\
             Mend the article or the flow, or the conversation if that expects the wrong thing, and try again. To do it all \
             the same, add --despite-drop REASON; the reason is written down."
        ));
        return Verdict::Refused;
    }
    evaluated.despite_drop = despite.filter(|_| is_drop).map(str::to_owned);
    tell(&format!("Tried: {}.", told(&evaluated)));
    Verdict::GoesLive(Some(Box::new(evaluated)))
}

/// For arguments that say something or are left out.
pub(crate) fn not_empty(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() { Err("write something".to_owned()) } else { Ok(text.to_owned()) }
}

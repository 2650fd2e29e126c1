//! The anonymizer with the models and the policy that are asked for.

use anonymizer::{Anonymizer, Options, Policy, Treatment};
use anyhow::Result;

use super::arguments::{ModelsArgument, ReadingArguments};
use crate::config::PolicySource;
use crate::data::DataFolder;
use crate::{models, parts};

/// The anonymizer, and the policy when one is named.
pub(super) fn anonymizer(reading: &ReadingArguments) -> Result<(Anonymizer, Option<Policy>)> {
    let options = options(&reading.models)?;
    let Some(written) = &reading.policy.policy else {
        return Ok((Anonymizer::new(options), None));
    };
    let policy = parts::desk::policy(&PolicySource::named(written))?;
    Ok((Anonymizer::with_policy(policy.clone(), options), Some(policy)))
}

/// With the model for names; says so when there is none.
#[expect(clippy::print_stderr, reason = "a note for who reads the results")]
pub(super) fn options(models: &ModelsArgument) -> Result<Options> {
    let names = models::names(&DataFolder::at(&models.data)?)?;
    if names.is_none() {
        eprintln!(
            "sotto: the names model is not in {}; fewer names are found. `sotto models install` installs it.",
            models.data.join(DataFolder::MODELS).display()
        );
    }
    Ok(Options { names, ..Options::default() })
}

/// Whether a kind is told: all are, but for those that a policy keeps which is named.
pub(super) fn is_told(policy: Option<&Policy>, entity: anonymizer::Entity) -> bool {
    policy.is_none_or(|policy| policy.treatment(entity) != Treatment::Keep)
}

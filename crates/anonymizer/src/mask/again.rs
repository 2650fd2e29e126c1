//! What a conversation has met before: messages that are masked again, and masked texts that come back.

use super::known::known_places;
use super::look_alikes::settle_tokens;
use super::searched::Searched;
use super::{Anonymizer, Basis, Blocked, ROUNDS, Span, Speaker};
use crate::{AnonymizedText, Plaintext, TokenVault};

impl Anonymizer {
    /// The same for a message of either side, with what was found and where, what the policy keeps too. What only shows
    /// once its neighbours are replaced ("99" in "sarahconnor99") is masked and not reported.
    ///
    /// A message that the vault has met in the same state, as when a whole conversation is masked again for each of its
    /// turns, costs a look-up.
    pub fn mask_and_report(
        &self,
        text: &Plaintext,
        speaker: Speaker,
        vault: &mut TokenVault,
    ) -> (Result<AnonymizedText, Blocked>, Vec<Span>) {
        let key = vault.masked.key(&(self.serial, speaker, &vault.turn, text.reveal()));
        let generation = vault.generation();
        if let Some((masked, (spans, turn))) = vault.masked.get(key, generation) {
            let seen = (AnonymizedText::new(masked.to_owned()), spans.clone());
            vault.turn = turn.clone();
            return (Ok(seen.0), seen.1);
        }
        let (masked, spans) = self.mask_anew(text.reveal(), speaker, vault);
        if let Ok(masked) = &masked
            && vault.generation() == generation
        {
            let more = (spans.clone(), vault.turn.clone());
            vault.masked.keep(key, generation, masked.as_str(), more);
        }
        if let Ok(masked) = &masked {
            // It was searched until nothing was found.
            let key = vault.settled.key(&(self.serial, Basis::Masked, masked.as_str()));
            vault.settled.keep(key, vault.generation(), masked.as_str(), ());
        }
        (masked, spans)
    }

    /// Masks a text that was masked before and comes back from storage or from a model. Tokens that this
    /// conversation issued stay (written as models write them, they are put right), those it did not issue
    /// become neutral nouns, and everything else is searched like any text.
    pub fn readmit(&self, stored: &str, vault: &mut TokenVault) -> AnonymizedText {
        self.settle(stored, vault, Basis::Masked)
    }

    /// Masks what an agent typed: tokens of this conversation stay tokens, and what is a value all the same is masked
    /// like a customer's.
    pub fn admit(&self, typed: &Plaintext, vault: &mut TokenVault) -> AnonymizedText {
        self.settle(typed.reveal(), vault, Basis::Written)
    }

    fn settle(&self, text: &str, vault: &mut TokenVault, basis: Basis) -> AnonymizedText {
        let key = vault.settled.key(&(self.serial, basis, text));
        let generation = vault.generation();
        if let Some((masked, ())) = vault.settled.get(key, generation) {
            return AnonymizedText::new(masked.to_owned());
        }
        if basis == Basis::Masked && is_settled_still(text, key, vault) {
            vault.settled.keep(key, generation, text, ());
            return AnonymizedText::new(text.to_owned());
        }
        let turn = std::mem::take(&mut vault.turn);
        let mut masked = self.search_again(settle_tokens(text, vault), vault, basis);
        for _ in 0..ROUNDS {
            // "PERSON_1" is read as a token once the value that stood right behind it is one.
            let settled = settle_tokens(&masked, vault);
            if settled == masked {
                break;
            }
            masked = self.search_again(settled, vault, Basis::Masked);
        }
        vault.turn = turn;
        if vault.generation() == generation {
            vault.settled.keep(key, generation, &masked, ());
        }
        AnonymizedText::new(masked)
    }
}

/// Whether a masked text in which nothing was found once is as it was, though the vault has learnt since: then only
/// what it has learnt can be in it, and nothing else need be looked for.
fn is_settled_still(text: &str, key: u128, vault: &TokenVault) -> bool {
    vault.settled.get_old(key).is_some_and(|(masked, ())| masked == text)
        && settle_tokens(text, vault) == text
        && known_places(&Searched::masked(text, vault), vault).is_empty()
}

//! Numbers of a fixed form, one file for each kind: one pass finds what may be one, and each kind of number is a table
//! entry with its form, its check digits and its cues.
//!
//! A candidate is a row of groups of letters and digits with short separators between them ("AB 12 34 56 C",
//! "485-777-3456"). It is compared without its separators, in capitals.
//!
//! A number that passes its check counts beside its cue, and by itself where its form is rare enough. One that fails
//! its check, or has none, counts close to its cue only, with nothing but a few words between them. Failing costs
//! score and drops nothing: people mistype. A cue that says no more than "identity number" announces every number of a
//! state that passes its check.

use std::ops::Range;

use self::checks::{
    digits, is_day, is_monotonous, letter_at, part, passes_luhn, remainder, values, weighted,
};
use self::row::{Form, Forms, GROUPS, Row, groups};
use super::cues::{CueHits, CueIndex};
use super::{Candidate, Reason, Recogniser, Scene};
use crate::Entity;

pub(crate) mod checks;
mod row;

mod at_svnr;
mod au_abn;
mod au_medicare;
mod au_tfn;
mod bank_account;
mod be_nn;
mod br_cnpj;
mod br_cpf;
mod ca_sin;
mod ch_ahv;
mod de_ausweis;
mod de_blz;
mod de_kvnr;
mod de_rvnr;
mod de_steuer_id;
mod de_steuernummer;
mod device_id;
mod dk_cpr;
mod driver_licence;
mod es_dni;
mod es_nie;
mod fi_hetu;
mod fr_nir;
mod health_plan;
mod ie_pps;
mod imei;
mod in_aadhaar;
mod in_gstin;
mod in_pan;
mod it_codice_fiscale;
mod it_partita_iva;
mod kr_rrn;
mod medical_record;
mod national_id;
mod nl_bsn;
mod no_fnr;
mod passport;
mod pl_nip;
mod pl_pesel;
mod pl_regon;
mod prescription;
mod pt_nif;
mod se_personnummer;
mod serial_number;
mod sg_nric;
mod tr_tckn;
mod uk_account;
mod uk_driving_licence;
mod uk_nhs;
mod uk_nino;
mod uk_sort_code;
mod uk_utr;
mod us_aba;
mod us_dea;
mod us_driver_licence;
mod us_itin;
mod us_mbi;
mod us_npi;
mod us_ssn;
mod vin;
mod za_id;

/// Every kind, in the order of their files.
#[rustfmt::skip]
pub(crate) const KINDS: &[&NumberKind] = &[
    &at_svnr::KIND,
    &au_abn::KIND,
    &au_medicare::KIND,
    &au_tfn::KIND,
    &bank_account::KIND,
    &be_nn::KIND,
    &br_cnpj::KIND,
    &br_cpf::KIND,
    &ca_sin::KIND,
    &ch_ahv::KIND,
    &de_ausweis::KIND,
    &de_blz::KIND,
    &de_kvnr::KIND,
    &de_rvnr::KIND,
    &de_steuer_id::KIND,
    &de_steuernummer::KIND,
    &device_id::KIND,
    &dk_cpr::KIND,
    &driver_licence::KIND,
    &es_dni::KIND,
    &es_nie::KIND,
    &fi_hetu::KIND,
    &fr_nir::KIND,
    &health_plan::KIND,
    &ie_pps::KIND,
    &imei::KIND,
    &in_aadhaar::KIND,
    &in_gstin::KIND,
    &in_pan::KIND,
    &it_codice_fiscale::KIND,
    &it_partita_iva::KIND,
    &kr_rrn::KIND,
    &medical_record::KIND,
    &national_id::KIND,
    &nl_bsn::KIND,
    &no_fnr::KIND,
    &passport::KIND,
    &pl_nip::KIND,
    &pl_pesel::KIND,
    &pl_regon::KIND,
    &prescription::KIND,
    &pt_nif::KIND,
    &se_personnummer::KIND,
    &serial_number::KIND,
    &sg_nric::KIND,
    &tr_tckn::KIND,
    &uk_account::KIND,
    &uk_driving_licence::KIND,
    &uk_nhs::KIND,
    &uk_nino::KIND,
    &uk_sort_code::KIND,
    &uk_utr::KIND,
    &us_aba::KIND,
    &us_dea::KIND,
    &us_driver_licence::KIND,
    &us_itin::KIND,
    &us_mbi::KIND,
    &us_npi::KIND,
    &us_ssn::KIND,
    &vin::KIND,
    &za_id::KIND,
];

/// The narrower name of what a recogniser finds, where it has one.
pub(crate) fn reported(recogniser: &str) -> Option<&'static str> {
    KINDS.iter().find(|kind| kind.name == recogniser).and_then(|kind| kind.reported)
}

/// The kind of value that a narrower name is given to.
pub(crate) fn named(reported: &str) -> Option<Entity> {
    KINDS.iter().find(|kind| kind.reported == Some(reported)).map(|kind| kind.entity)
}

/// The check of the kind of this entity that a number is of, without separators and in capitals, if its check digits
/// are right. It reads every number with letters and digits in the same places.
pub(crate) fn right_check(entity: Entity, compact: &str) -> Option<fn(&str) -> Check> {
    let has_form = |kind: &NumberKind| {
        let forms = kind.shapes.iter().flat_map(|shape| Form::all_of(shape));
        forms.into_iter().any(|(length, form)| length == compact.len() && form.is_of(compact))
    };
    let kinds = KINDS.iter().filter(|kind| kind.entity == entity && has_form(kind));
    kinds.map(|kind| kind.check).find(|check| check(compact) == Check::Right)
}

/// How much of the end of a message may ask for a number, in bytes.
const QUESTION: usize = 160;
/// What stands between a number and its cue where the two are close, in bytes.
const CLOSE: usize = 40;
/// What a number announced by a cue for any state's number loses against one announced by its own.
const GENERIC: u8 = 6;
/// What bare digits without a check lose where blanks part them.
const BLANKS: u8 = 30;

/// What the check digits say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Check {
    /// They are right.
    Right,
    /// They are wrong: mistyped, or another number.
    Wrong,
    /// The kind has none.
    Nothing,
}

impl Check {
    pub(crate) fn of(right: bool) -> Self {
        if right { Self::Right } else { Self::Wrong }
    }

    /// For a kind without check digits, of which some numbers cannot be.
    pub(crate) fn possible(possible: bool) -> Self {
        if possible { Self::Nothing } else { Self::Wrong }
    }
}

/// One kind of number.
#[derive(Debug)]
pub(crate) struct NumberKind {
    /// What it becomes.
    pub(crate) entity: Entity,
    /// The recogniser's name, as in `uk-nhs`.
    pub(crate) name: &'static str,
    /// The narrower name that other programs know it by ("UK_NHS"), where there is one.
    pub(crate) reported: Option<&'static str>,
    /// The forms without separators: `9` is a digit, `A` a letter, `X` either; `{3}` and `{3,5}` repeat it.
    pub(crate) shapes: &'static [&'static str],
    /// How long its groups are when it stands without a cue. Beside one, any grouping will do.
    pub(crate) groupings: &'static [&'static [usize]],
    /// Reads the number without separators, in capitals, of one of the shapes.
    pub(crate) check: fn(&str) -> Check,
    /// What stands beside it, folded; see [`super::cues`].
    pub(crate) cues: &'static [&'static str],
    /// The score without a cue when the check is right or there is none; `None` where the form alone says too little.
    pub(crate) alone: Option<u8>,
    /// The score beside a cue when the check is right or there is none.
    pub(crate) announced: u8,
    /// The score close to a cue when the check is wrong.
    pub(crate) mistyped: Option<u8>,
}

/// All kinds of number, one pass.
pub(crate) struct Numbered {
    kinds: &'static [&'static NumberKind],
    all: Forms,
    /// Those of the kinds that may stand without a cue.
    alone: Forms,
    cues: CueIndex,
    /// The kind whose cues announce every state's number.
    generic: Option<usize>,
}

/// What speaks for a number of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Announced {
    /// Nothing.
    No,
    /// A cue for any state's number.
    Generic,
    /// Its cue, with other things between them.
    Near,
    /// Its cue, right beside it, or the question before.
    Close,
}

/// The cues beside a row, with the kinds that they are of.
type Near<'a> = Vec<(&'a Range<usize>, usize)>;

impl Numbered {
    pub(crate) fn new(kinds: &'static [&'static NumberKind]) -> Self {
        let cues =
            kinds.iter().enumerate().flat_map(|(nth, kind)| kind.cues.iter().map(move |cue| (nth, *cue)));
        Self {
            kinds,
            all: Forms::new(kinds, |_, _| true),
            alone: Forms::new(kinds, |kind, length| {
                kind.alone.is_some()
                    && kind.groupings.iter().any(|groups| groups.iter().sum::<usize>() == length)
            }),
            cues: CueIndex::new(cues),
            generic: kinds.iter().position(|kind| kind.name == national_id::KIND.name),
        }
    }

    /// Adds what the row is taken for.
    fn read(&self, scene: &Scene<'_>, row: &Row, forms: &Forms, near: &Near<'_>, found: &mut Vec<Candidate>) {
        for nth in forms.takers(row) {
            let Some(kind) = self.kinds.get(nth) else { continue };
            let same = |other: &&Candidate| other.range == row.range;
            let known = found.iter().rev().take_while(same).any(|other| other.recogniser == kind.name);
            if known {
                continue;
            }
            if let Some(score) = score(kind, row, self.announced(scene, nth, kind, row, near)) {
                let (range, entity, recogniser) = (row.range.clone(), kind.entity, kind.name);
                found.push(Candidate { range, entity, score, recogniser });
            }
        }
    }

    fn announced(
        &self,
        scene: &Scene<'_>,
        nth: usize,
        kind: &NumberKind,
        row: &Row,
        near: &Near<'_>,
    ) -> Announced {
        // The digits of "WF-48377" are a part of that code, whatever was asked for.
        if scene.expects(kind.entity) && !follows_letters(scene.text, row.range.start) {
            return Announced::Close;
        }
        let own = near.iter().filter(|(_, owner)| *owner == nth).map(|(cue, _)| {
            if is_close(scene, cue, &row.range, near, nth) { Announced::Close } else { Announced::Near }
        });
        let generic = || {
            matches!(kind.entity, Entity::NationalId | Entity::Ssn)
                && near.iter().any(|(cue, owner)| {
                    Some(*owner) == self.generic && is_close(scene, cue, &row.range, near, *owner)
                })
        };
        own.max().unwrap_or_else(|| if generic() { Announced::Generic } else { Announced::No })
    }
}

impl Recogniser for Numbered {
    fn announced_by(&self, scene: &Scene<'_>) -> Vec<Entity> {
        let end = scene.text.len();
        let hits = self.cues.find_at_end(&scene.folded, QUESTION);
        let asked = hits.owners_in(end - scene.before(end, QUESTION).len()..end);
        asked.filter_map(|nth| self.kinds.get(nth)).map(|kind| kind.entity).collect()
    }

    fn find(&self, scene: &Scene<'_>, found: &mut Vec<Candidate>) {
        let groups = groups(scene.text);
        let mut cues: Option<CueHits> = None;
        let mut row = Row::default();
        for (first, group) in groups.iter().enumerate() {
            row.clear();
            for (nth, next) in groups.iter().enumerate().skip(first).take(GROUPS) {
                if !row.extend(scene.text, next) {
                    break;
                }
                // No look at the words before there is a number, and without cues only at the kinds that need none.
                if !row.digits || (cues.is_none() && self.all.takers(&row).next().is_none()) {
                    continue;
                }
                let cues = cues.get_or_insert_with(|| self.cues.find(&scene.folded));
                let near: Near<'_> = cues.near(&row.range).collect();
                let silent = near.is_empty() && scene.expected.is_empty();
                let forms = if silent { &self.alone } else { &self.all };
                let mut kinds = forms.takers(&row).filter_map(|nth| self.kinds.get(nth));
                if !kinds.any(|kind| !silent || kind.groupings.contains(&row.lengths.as_slice())) {
                    continue;
                }
                row.look_around(
                    first.checked_sub(1).and_then(|before| groups.get(before)),
                    group.joint,
                    groups.get(nth + 1),
                );
                if scene.is_word(&row.range) && !row.is_quantity(scene) {
                    self.read(scene, &row, forms, &near, found);
                }
            }
        }
    }

    fn reason(&self, scene: &Scene<'_>, candidate: &Candidate) -> Option<Reason> {
        let nth = self.kinds.iter().position(|kind| kind.name == candidate.recogniser)?;
        let kind = self.kinds.get(nth)?;
        let written = scene.text.get(candidate.range.clone())?;
        let compact: String =
            written.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
        let check = match (kind.check)(&compact) {
            Check::Right => Some(true),
            Check::Wrong => Some(false),
            Check::Nothing => None,
        };
        let cues = self.cues.find(&scene.folded);
        let own =
            cues.near(&candidate.range).filter(|(_, owner)| *owner == nth || Some(*owner) == self.generic);
        let cue = own.max_by_key(|(_, owner)| *owner == nth).map(|(cue, _)| cue.clone());
        Some(Reason { check, cue })
    }
}

/// Whether letters and a hyphen stand right before.
fn follows_letters(text: &str, at: usize) -> bool {
    text[..at].strip_suffix('-').is_some_and(|before| before.ends_with(char::is_alphabetic))
}

fn score(kind: &NumberKind, row: &Row, announced: Announced) -> Option<u8> {
    let alone = kind.alone.filter(|_| !row.inside && kind.groupings.contains(&row.lengths.as_slice()));
    if announced == Announced::No && alone.is_none() {
        return None;
    }
    match ((kind.check)(&row.compact), announced) {
        (Check::Right, Announced::Close | Announced::Near) => Some(kind.announced),
        (Check::Right, Announced::Generic) => alone.max(Some(kind.announced.saturating_sub(GENERIC))),
        (Check::Right, Announced::No) => alone,
        (Check::Nothing, Announced::Close) if !row.bound => Some(kind.announced),
        (Check::Nothing, _) if row.is_bare() && row.blanks => alone.map(|score| score.saturating_sub(BLANKS)),
        (Check::Nothing, _) => alone,
        (Check::Wrong, Announced::Close) if !row.bound => kind.mistyped,
        (Check::Wrong, _) => None,
    }
}

/// Whether the cue speaks for this number and no other: between them are a few words, no other number, no other
/// cue and no end of a sentence.
fn is_close(
    scene: &Scene<'_>,
    cue: &Range<usize>,
    number: &Range<usize>,
    near: &Near<'_>,
    owner: usize,
) -> bool {
    let after = cue.start >= number.end;
    let between = if after { number.end..cue.start } else { cue.end..number.start };
    let Some(words) = scene.text.get(between.clone()) else { return false };
    // "123456 nhs 4857773456": the cue belongs to what follows it.
    let taken = after && scene.after(cue.end, 12).bytes().any(|byte| byte.is_ascii_digit());
    words.len() <= CLOSE
        && !taken
        && !words.bytes().any(|byte| byte.is_ascii_digit())
        && !ends_sentence(words)
        && !names_another(words)
        && !near
            .iter()
            .any(|(other, of)| *of != owner && other.start >= between.start && other.end <= between.end)
}

/// Whether another label begins in it: ", phone: ".
fn names_another(words: &str) -> bool {
    words.rfind(':').is_some_and(|colon| words[..colon].contains([',', '|', '\n']))
}

/// Whether a sentence ends in it. A dot ends none after an abbreviation: "no. ".
fn ends_sentence(words: &str) -> bool {
    let dot = words.match_indices(". ").any(|(at, _)| {
        let word = words[..at].rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        word.len() > 3
    });
    dot || words.contains(['!', '?', ';']) || words.matches('\n').count() > 1
}

/// What of one kind is found in a text, in the order of the text, without what is part of more.
#[cfg(test)]
pub(crate) fn found_of_kind(kind: &'static NumberKind, text: &str) -> Vec<String> {
    let kinds: &'static [&'static NumberKind] = Box::leak(Box::new([kind]));
    let found = super::found_by(&Numbered::new(kinds), text);
    let part = |one: &String| found.iter().any(|other| other != one && other.contains(one.as_str()));
    found.iter().filter(|one| !part(one)).cloned().collect()
}

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

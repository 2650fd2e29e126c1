//! Keys that are known by their form: those that services publish how they begin, private keys, tokens, passwords
//! inside an address.

use regex::Regex;

use super::add;
use crate::recognise::{Candidate, Scene, pattern};

/// What keys begin with. A text without any of these, in whatever case, has none.
pub(in crate::recognise) const BEGINNINGS: &[&str] = &[
    "sk-",
    "sk_",
    "rk_",
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat",
    "glpat",
    "AKIA",
    "ASIA",
    "AIza",
    "xox",
    "xapp-",
    "eyJ",
    "-----BEGIN",
    "npm_",
    "pypi-",
    "dop_v1",
    "hf_",
    "SG.",
    "shp",
    "ya29.",
    "whsec_",
    "key-",
    "hvs.",
    "AccountKey=",
    "://",
    "earer ",
];

pub(super) struct Keys {
    form: Regex,
    inside: Regex,
}

impl Keys {
    pub(super) fn new() -> Self {
        Self {
            // What may be thousands of characters long has no bound: an engine copies its part of the pattern that often.
            form: pattern(concat!(
                r"\b(?:",
                r"sk-[A-Za-z0-9_-]{16,200}|sk_(?:live|test)_[A-Za-z0-9]{16,99}|rk_live_[A-Za-z0-9]{16,99}",
                r"|gh[pousr]_[A-Za-z0-9]{30,99}|github_pat_[A-Za-z0-9_]{30,99}|glpat-[A-Za-z0-9_-]{16,64}",
                r"|(?:AKIA|ASIA)[A-Z0-9]{16}|AIza[A-Za-z0-9_-]{35}|xox[abeprs]-[A-Za-z0-9-]{10,99}|xapp-[A-Za-z0-9-]{10,99}",
                r"|npm_[A-Za-z0-9]{36}|pypi-[A-Za-z0-9_-]{32,200}|dop_v1_[a-f0-9]{64}|hf_[A-Za-z0-9]{30,40}",
                r"|SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{32,64}|shp(?:at|ss|ca|pa)_[a-fA-F0-9]{32}|ya29\.[A-Za-z0-9_-]{20,200}",
                r"|whsec_[A-Za-z0-9+/=]{20,64}|key-[0-9a-f]{32}|hvs\.[A-Za-z0-9_-]{20,120}",
                r"|eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*",
                r")|-----BEGIN [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----[A-Za-z0-9+/=\s:.,-]*(?:-----END [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----)?",
            )),
            inside: pattern(concat!(
                r"(?:\b[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s:/@]{0,64}:([^\s/@]{3,128})@",
                r"|\bAccountKey=([A-Za-z0-9+/=]{40,120})|\b[Bb]earer ([A-Za-z0-9._~+/-]{20,}))",
            )),
        }
    }

    pub(super) fn find(&self, scene: &Scene<'_>, found: &mut Vec<Candidate>) {
        for hit in self.form.find_iter(scene.text) {
            add(hit.range(), 94, found);
        }
        for captures in self.inside.captures_iter(scene.text) {
            // Above the address that it is in.
            if let Some(value) = captures.iter().skip(1).flatten().next() {
                add(value.range(), 96, found);
            }
        }
    }
}

//! The Merkle tree of RFC 6962 section 2.1: hashes, proofs, and how they are verified (RFC 9162 section 2.1).

use sha2::{Digest, Sha256};

/// A SHA-256 hash.
pub type Hash = [u8; 32];

/// The head of a log: everything up to `size` is fixed by `hash`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Root {
    /// How many leaves.
    pub size: u64,
    /// The Merkle tree hash of these leaves.
    pub hash: Hash,
}

/// The proof does not show that the leaf is in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the proof does not show that the leaf is in the log")]
pub struct NotIncluded;

/// The proof does not show that the newer log continues the older one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the proof does not show that the newer log continues the older one")]
pub struct Inconsistent;

/// Hash of a leaf: SHA-256 of a zero octet and the leaf's octets.
#[must_use]
pub fn leaf_hash(leaf: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(leaf).finalize().into()
}

/// Hash of an inner node: SHA-256 of a one octet and the two hashes below.
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// Reads the hash of a complete subtree of 2^`level` leaves; `index` counts the subtrees of that level.
pub(crate) trait Nodes {
    type Error;
    fn node(&self, level: u32, index: u64) -> Result<Hash, Self::Error>;
}

/// The Merkle tree hash of the first `size` leaves; of none, SHA-256 of nothing.
pub(crate) fn root<N: Nodes>(nodes: &N, size: u64) -> Result<Hash, N::Error> {
    match size {
        0 => Ok(Sha256::digest([]).into()),
        size => range(nodes, 0, size),
    }
}

/// `PATH(index, D[size])`; the caller has checked that `index < size`.
pub(crate) fn inclusion_proof<N: Nodes>(nodes: &N, index: u64, size: u64) -> Result<Vec<Hash>, N::Error> {
    let (mut start, mut end) = (0, size);
    let mut path = Vec::new();
    while end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            path.push(range(nodes, middle, end)?);
            end = middle;
        } else {
            path.push(range(nodes, start, middle)?);
            start = middle;
        }
    }
    path.reverse();
    Ok(path)
}

/// `PROOF(old, D[new])`; the caller has checked that `old <= new`. Empty when there is nothing to show.
pub(crate) fn consistency_proof<N: Nodes>(nodes: &N, old: u64, new: u64) -> Result<Vec<Hash>, N::Error> {
    if old == 0 || old == new {
        return Ok(Vec::new());
    }
    let (mut start, mut end) = (0, new);
    let mut path = Vec::new();
    while end != old {
        let middle = start + split(end - start);
        if old <= middle {
            path.push(range(nodes, middle, end)?);
            end = middle;
        } else {
            path.push(range(nodes, start, middle)?);
            start = middle;
        }
    }
    // The verifier knows the old root already; it is told this subtree only where that is not the old root.
    if start != 0 {
        path.push(range(nodes, start, end)?);
    }
    path.reverse();
    Ok(path)
}

/// Checks that the leaf of this hash stands at `index` of the log (RFC 9162 section 2.1.3.2).
///
/// # Errors
/// [`NotIncluded`] in every other case.
pub fn verify_inclusion(leaf: &Hash, index: u64, root: &Root, proof: &[Hash]) -> Result<(), NotIncluded> {
    if index >= root.size {
        return Err(NotIncluded);
    }
    let (mut node, mut last) = (index, root.size - 1);
    let mut hash = *leaf;
    for sibling in proof {
        if last == 0 {
            return Err(NotIncluded);
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if last == 0 && hash == root.hash { Ok(()) } else { Err(NotIncluded) }
}

/// Checks that the log of `new` begins with the log of `old` (RFC 9162 section 2.1.4.2).
///
/// # Errors
/// [`Inconsistent`] in every other case.
pub fn verify_consistency(old: &Root, new: &Root, proof: &[Hash]) -> Result<(), Inconsistent> {
    if old.size > new.size {
        return Err(Inconsistent);
    }
    if old.size == new.size || old.size == 0 {
        let same = old.size == 0 || old.hash == new.hash;
        return if proof.is_empty() && same { Ok(()) } else { Err(Inconsistent) };
    }
    let mut rest = proof.iter();
    let first = if old.size.is_power_of_two() { &old.hash } else { rest.next().ok_or(Inconsistent)? };
    let (mut node, mut last) = (old.size - 1, new.size - 1);
    while node & 1 == 1 {
        node >>= 1;
        last >>= 1;
    }
    let (mut old_hash, mut new_hash) = (*first, *first);
    for sibling in rest {
        if last == 0 {
            return Err(Inconsistent);
        }
        if node & 1 == 1 || node == last {
            old_hash = node_hash(sibling, &old_hash);
            new_hash = node_hash(sibling, &new_hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            new_hash = node_hash(&new_hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if last == 0 && old_hash == old.hash && new_hash == new.hash { Ok(()) } else { Err(Inconsistent) }
}

/// Hash of leaves `start..end`, a range that the splits of RFC 6962 lead to and that is not empty.
fn range<N: Nodes>(nodes: &N, start: u64, end: u64) -> Result<Hash, N::Error> {
    let size = end - start;
    if size.is_power_of_two() {
        let level = size.trailing_zeros();
        return nodes.node(level, start >> level);
    }
    let middle = start + split(size);
    Ok(node_hash(&range(nodes, start, middle)?, &range(nodes, middle, end)?))
}

/// The largest power of two smaller than `size`, which is at least 2.
fn split(size: u64) -> u64 {
    1 << (u64::BITS - 1 - (size - 1).leading_zeros())
}

#[cfg(test)]
mod tests;

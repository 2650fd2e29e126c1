use std::convert::Infallible;

use data_encoding::HEXLOWER;
use proptest::prelude::*;

use super::*;

/// The leaves' hashes; computes each node anew.
struct Plain(Vec<Hash>);

impl Nodes for Plain {
    type Error = Infallible;
    fn node(&self, level: u32, index: u64) -> Result<Hash, Infallible> {
        let size = 1usize << level;
        let start = index as usize * size;
        Ok(naive_root(&self.0[start..start + size]))
    }
}

/// RFC 6962 section 2.1, word for word.
fn naive_root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Sha256::digest([]).into(),
        [leaf] => *leaf,
        leaves => {
            let mut k = 1;
            while k * 2 < leaves.len() {
                k *= 2;
            }
            node_hash(&naive_root(&leaves[..k]), &naive_root(&leaves[k..]))
        }
    }
}

fn hash(hex: &str) -> Hash {
    HEXLOWER.decode(hex.as_bytes()).unwrap().try_into().unwrap()
}

/// The eight leaves of the Certificate Transparency project's own tests.
fn known() -> Plain {
    let leaves =
        ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
    Plain(leaves.iter().map(|leaf| leaf_hash(&HEXLOWER.decode(leaf.as_bytes()).unwrap())).collect())
}

const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

#[test]
fn the_roots_are_those_of_the_certificate_transparency_tests() {
    for (size, expected) in ROOTS.iter().enumerate() {
        assert_eq!(root(&known(), size as u64).unwrap(), hash(expected), "size {size}");
    }
}

#[test]
fn the_inclusion_proofs_are_those_of_the_certificate_transparency_tests() {
    let cases: [(u64, u64, &[&str]); 5] = [
        (0, 1, &[]),
        (
            0,
            8,
            &[
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ],
        ),
        (
            5,
            8,
            &[
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        ),
        (2, 3, &["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
        (
            1,
            5,
            &[
                "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ],
        ),
    ];
    for (index, size, expected) in cases {
        let expected: Vec<_> = expected.iter().map(|hex| hash(hex)).collect();
        assert_eq!(inclusion_proof(&known(), index, size).unwrap(), expected, "leaf {index} of {size}");
    }
}

#[test]
fn the_consistency_proofs_are_those_of_the_certificate_transparency_tests() {
    let cases: [(u64, u64, &[&str]); 4] = [
        (1, 1, &[]),
        (
            1,
            8,
            &[
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ],
        ),
        (
            6,
            8,
            &[
                "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        ),
        (
            2,
            5,
            &[
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ],
        ),
    ];
    for (old, new, expected) in cases {
        let expected: Vec<_> = expected.iter().map(|hex| hash(hex)).collect();
        assert_eq!(consistency_proof(&known(), old, new).unwrap(), expected, "{old} to {new}");
    }
}

fn grown(size: u64) -> Plain {
    Plain((0..size).map(|index| leaf_hash(&index.to_be_bytes())).collect())
}

fn head(nodes: &Plain, size: u64) -> Root {
    Root { size, hash: root(nodes, size).unwrap() }
}

/// A proof changed in one of the ways in which a forger could.
fn forged(proof: &[Hash], how: usize) -> Vec<Hash> {
    let mut proof = proof.to_vec();
    match how % 4 {
        0 => proof.push([7; 32]),
        1 => drop(proof.pop()),
        2 => proof.iter_mut().for_each(|hash| hash[3] ^= 1),
        _ => proof.insert(0, [7; 32]),
    }
    proof
}

proptest! {
    #[test]
    fn the_root_is_the_naive_one(size in 0u64..300) {
        let nodes = grown(size);
        prop_assert_eq!(root(&nodes, size).unwrap(), naive_root(&nodes.0));
    }

    #[test]
    fn every_leaf_is_proved_and_nothing_else_is(size in 1u64..200, index in 0u64..200, how in 0usize..4) {
        let index = index % size;
        let nodes = grown(size);
        let head = head(&nodes, size);
        let leaf = leaf_hash(&index.to_be_bytes());
        let proof = inclusion_proof(&nodes, index, size).unwrap();
        prop_assert_eq!(verify_inclusion(&leaf, index, &head, &proof), Ok(()));

        prop_assert_eq!(verify_inclusion(&leaf_hash(b"forged"), index, &head, &proof), Err(NotIncluded));
        prop_assert_eq!(verify_inclusion(&leaf, index + size, &head, &proof), Err(NotIncluded));
        let other = Root { hash: [9; 32], ..head };
        prop_assert_eq!(verify_inclusion(&leaf, index, &other, &proof), Err(NotIncluded));
        let forged = forged(&proof, how);
        if forged != proof {
            prop_assert_eq!(verify_inclusion(&leaf, index, &head, &forged), Err(NotIncluded));
        }
        if size > 1 {
            prop_assert_eq!(verify_inclusion(&leaf, (index + 1) % size, &head, &proof), Err(NotIncluded));
        }
    }

    #[test]
    fn a_log_that_grew_is_proved_and_one_that_changed_is_not(old in 0u64..150, more in 0u64..150, how in 0usize..4) {
        let new = old + more;
        let nodes = grown(new);
        let (old_head, new_head) = (head(&nodes, old), head(&nodes, new));
        let proof = consistency_proof(&nodes, old, new).unwrap();
        prop_assert_eq!(verify_consistency(&old_head, &new_head, &proof), Ok(()));

        if old > 0 {
            let rewritten = Root { hash: [9; 32], ..old_head };
            prop_assert_eq!(verify_consistency(&rewritten, &new_head, &proof), Err(Inconsistent));
        }
        if more > 0 {
            prop_assert_eq!(verify_consistency(&new_head, &old_head, &proof), Err(Inconsistent));
        }
        let forged = forged(&proof, how);
        if forged != proof {
            prop_assert_eq!(verify_consistency(&old_head, &new_head, &forged), Err(Inconsistent));
        }
    }
}

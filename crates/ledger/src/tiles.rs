//! Full runs of 256 leaves and of 256 hashes, each an immutable file (C2SP tlog-tiles).

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use crate::tree::{Hash, node_hash};

/// How many leaves or hashes one file holds.
pub(crate) const WIDTH: usize = 256;
/// Tree levels between one tile level and the next.
pub(crate) const HEIGHT: u32 = 8;

const HASH: usize = 32;

/// The folder with the files.
pub(crate) struct Tiles {
    folder: PathBuf,
}

impl Tiles {
    pub(crate) fn new(folder: &Path) -> Self {
        Self { folder: folder.join("tile") }
    }

    /// A full tile: the hashes `number * 256 ..` of tree level `level * 8`.
    pub(crate) fn read_hashes(&self, level: u32, number: u64) -> io::Result<Vec<Hash>> {
        let octets = fs::read(self.path(&level.to_string(), number))?;
        let (hashes, rest) = octets.as_chunks::<HASH>();
        if hashes.len() != WIDTH || !rest.is_empty() {
            return Err(damaged());
        }
        Ok(hashes.to_vec())
    }

    pub(crate) fn write_hashes(&self, level: u32, number: u64, hashes: &[Hash]) -> io::Result<()> {
        self.write(&level.to_string(), number, hashes.as_flattened())
    }

    /// A full entry bundle: each leaf with its length in two octets, big-endian, before it.
    pub(crate) fn read_leaves(&self, number: u64) -> io::Result<Vec<Vec<u8>>> {
        let octets = fs::read(self.path("entries", number))?;
        let mut leaves = Vec::with_capacity(WIDTH);
        let mut rest = octets.as_slice();
        while let Some((length, after)) = rest.split_first_chunk::<2>() {
            let length = usize::from(u16::from_be_bytes(*length));
            let (leaf, after) = after.split_at_checked(length).ok_or_else(damaged)?;
            leaves.push(leaf.to_vec());
            rest = after;
        }
        if leaves.len() == WIDTH && rest.is_empty() { Ok(leaves) } else { Err(damaged()) }
    }

    pub(crate) fn write_leaves(&self, number: u64, leaves: &[Vec<u8>]) -> io::Result<()> {
        let mut octets = Vec::new();
        for leaf in leaves {
            let length = u16::try_from(leaf.len()).map_err(|_| damaged())?;
            octets.extend_from_slice(&length.to_be_bytes());
            octets.extend_from_slice(leaf);
        }
        self.write("entries", number, &octets)
    }

    /// Written beside, flushed, then renamed: the file is whole or not there. Writing the same again is fine.
    fn write(&self, kind: &str, number: u64, octets: &[u8]) -> io::Result<()> {
        let path = self.path(kind, number);
        let folder = path.parent().unwrap_or(&self.folder);
        make_folders(folder)?;
        write_beside(&path, octets)?;
        put_in_place(&path)
    }

    /// The number in groups of three digits, all but the last with an `x` before them: `x001/x234/067`.
    fn path(&self, kind: &str, number: u64) -> PathBuf {
        let mut groups = vec![format!("{:03}", number % 1000)];
        let mut rest = number / 1000;
        while rest > 0 {
            groups.push(format!("x{:03}", rest % 1000));
            rest /= 1000;
        }
        groups.reverse();
        self.folder.join(kind).join(groups.join("/"))
    }
}

/// The root over a power of two of hashes.
pub(crate) fn reduce(hashes: &[Hash]) -> Option<Hash> {
    let mut row = hashes.to_vec();
    while row.len() > 1 {
        let (pairs, []) = row.as_chunks::<2>() else { return None };
        row = pairs.iter().map(|[left, right]| node_hash(left, right)).collect();
    }
    row.first().copied()
}

/// Writes the content to a file of a passing name, on disk when this returns. Gives it, open at its end.
pub(crate) fn write_beside(path: &Path, octets: &[u8]) -> io::Result<fs::File> {
    let mut file = fs::File::create(beside(path))?;
    file.write_all(octets)?;
    file.sync_all()?;
    Ok(file)
}

/// Gives the file of the passing name its own name, in the place of any other.
pub(crate) fn put_in_place(path: &Path) -> io::Result<()> {
    fs::rename(beside(path), path)?;
    sync_folder_of(path)
}

fn beside(path: &Path) -> PathBuf {
    path.with_extension("new")
}

fn make_folders(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    if let Some(above) = folder.parent() {
        make_folders(above)?;
    }
    fs::create_dir(folder).or_else(|error| if folder.is_dir() { Ok(()) } else { Err(error) })?;
    sync_folder_of(folder)
}

fn sync_folder_of(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => fs::File::open(folder)?.sync_all(),
        _ => fs::File::open(".")?.sync_all(),
    }
}

fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "a tile of the ledger is damaged")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tile_lies_where_tlog_tiles_says() {
        let tiles = Tiles::new(Path::new("/log"));
        assert_eq!(tiles.path("0", 0), Path::new("/log/tile/0/000"));
        assert_eq!(tiles.path("1", 999), Path::new("/log/tile/1/999"));
        assert_eq!(tiles.path("entries", 1_234_067), Path::new("/log/tile/entries/x001/x234/067"));
    }
}

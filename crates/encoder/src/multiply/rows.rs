//! Rows of activations as whole numbers, in the order in which a back end reads them.

use crate::matrix::BLOCK;

/// Rows that are computed together; the last tile is filled up with zeros.
pub(crate) const TILE: usize = 8;

/// A pair of inputs of each row of a tile.
pub(crate) type Pairs = [[i16; 2]; TILE];

/// A block of up to sixteen rows, of each number the upper and the lower half apart: `256 · high + low`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Halves {
    /// Already times 256.
    pub(crate) high: HalfTile,
    pub(crate) low: HalfTile,
}

/// Rows of bfloat16 numbers: the upper sixteen bits of a float, whose lower ones are zero.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C, align(64))]
pub(crate) struct HalfTile(pub(crate) [[u16; BLOCK]; HalfTile::ROWS]);

impl HalfTile {
    /// The most that it can have.
    pub(crate) const ROWS: usize = 16;
    pub(crate) const ZERO: Self = Self([[0; BLOCK]; Self::ROWS]);
}

impl Halves {
    pub(crate) const ZERO: Self = Self { high: HalfTile::ZERO, low: HalfTile::ZERO };

    /// How many rows each tile has when `count` rows are spread evenly over as few tiles as there can be.
    pub(crate) fn rows(count: usize) -> usize {
        count.div_ceil(count.div_ceil(HalfTile::ROWS).max(1))
    }
}

/// Which of the two a back end reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    Pairs,
    Halves,
}

/// Where rows are written to.
pub(crate) enum RoomForRows<'a> {
    /// Tiles, pairs of inputs.
    Pairs(&'a mut [Pairs]),
    /// Tiles of [`Halves::rows`], blocks.
    Halves(&'a mut [Halves]),
}

/// Rows of activations: whole numbers, and for each row what one is worth.
#[derive(Clone, Copy)]
pub(crate) struct Rows<'a> {
    /// As in [`RoomForRows::Pairs`]; not read when the back end says [`Layout::Halves`].
    pub(crate) values: &'a [Pairs],
    /// As in [`RoomForRows::Halves`]; not read when it says [`Layout::Pairs`].
    pub(crate) halves: &'a [Halves],
    pub(crate) units: &'a [f32],
}

//! Activations of sixteen bits times weights of four or eight, added up as integers: exact, so every back end gives
//! the same bits. A block's sum becomes a float, is scaled and added to the row's sum, in the order of the blocks.

#[cfg(target_arch = "x86_64")]
mod amx;
#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "aarch64")]
mod neon;
mod portable;
mod rows;
#[cfg(test)]
mod tests;

use crate::layer::Stage;
use crate::matrix::{BLOCK, Bits, GROUP, Matrix};

pub(crate) use rows::{HalfTile, Halves, Layout, Pairs, RoomForRows, Rows, TILE};

/// The instructions that are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// AMX tiles beside AVX-512, on Linux: x86-64 servers by Intel since 2023.
    Amx,
    /// AVX-512 with VNNI: x86-64 servers since 2019.
    Avx512Vnni,
    /// AVX2: x86-64 since 2013.
    Avx2,
    /// Every 64-bit ARM.
    Neon,
    /// Whatever the compiler makes of plain code.
    Portable,
}

impl Backend {
    /// Every one, the fastest first.
    pub const ALL: [Self; 5] = [Self::Amx, Self::Avx512Vnni, Self::Avx2, Self::Neon, Self::Portable];

    /// Whether this machine can run it.
    #[must_use]
    pub fn is_available(self) -> bool {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Amx => Self::Avx512Vnni.is_available() && amx::is_available(),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512Vnni => {
                is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512bw")
                    && is_x86_feature_detected!("avx512vl")
                    && is_x86_feature_detected!("avx512dq")
                    && is_x86_feature_detected!("avx512vnni")
            }
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => is_x86_feature_detected!("avx2"),
            #[cfg(not(target_arch = "x86_64"))]
            Self::Amx | Self::Avx512Vnni | Self::Avx2 => false,
            Self::Neon => cfg!(target_arch = "aarch64"),
            Self::Portable => true,
        }
    }

    /// The fastest that this machine can run.
    #[must_use]
    pub fn best() -> Self {
        Self::ALL.into_iter().find(|backend| backend.is_available()).unwrap_or(Self::Portable)
    }
}

/// A back end that is known to run on this machine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Available(Backend);

impl Available {
    /// None when this machine cannot run it.
    pub(crate) fn new(backend: Backend) -> Option<Self> {
        backend.is_available().then_some(Self(backend))
    }

    pub(crate) fn backend(self) -> Backend {
        self.0
    }

    /// The order in which it reads so many rows for this matrix. Tiles pay for themselves with more than eight rows, and
    /// with weights of four bits alone: those of eight need more work before and after the product than they save.
    pub(crate) fn layout(self, matrix: &Matrix, rows: usize) -> Layout {
        match (self.0, matrix.bits) {
            (Backend::Amx, Bits::Four) if rows > HalfTile::ROWS / 2 => Layout::Halves,
            (Backend::Amx | Backend::Avx512Vnni | Backend::Avx2 | Backend::Neon | Backend::Portable, _) => {
                Layout::Pairs
            }
        }
    }

    /// Each row times the matrix, plus bias; `out` gets rows of `matrix.bias.len() * GROUP`.
    ///
    /// # Panics
    /// When the lengths do not fit each other.
    #[allow(unsafe_code, reason = "calls into a back end")]
    pub(crate) fn multiply(self, rows: Rows<'_>, matrix: &Matrix, out: &mut [f32]) {
        let count = rows.units.len();
        let layout = self.layout(matrix, count);
        let (given, wanted) = match layout {
            Layout::Pairs => (rows.values.len(), count.div_ceil(TILE) * matrix.inputs / 2),
            Layout::Halves => (rows.halves.len(), count.div_ceil(HalfTile::ROWS) * matrix.inputs / BLOCK),
        };
        assert_eq!(given, wanted, "a row for each unit");
        assert_eq!(out.len(), count * matrix.bias.len() * GROUP, "room for each output");
        match self.0 {
            // SAFETY: a value of this type exists only when the instructions do.
            #[cfg(target_arch = "x86_64")]
            Backend::Amx if layout == Layout::Halves => unsafe { amx::multiply(rows, matrix, out) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Backend::Amx | Backend::Avx512Vnni => unsafe { avx512::multiply(rows, matrix, out) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Backend::Avx2 => unsafe { avx2::multiply(rows, matrix, out) },
            #[cfg(target_arch = "aarch64")]
            Backend::Neon => neon::multiply(rows, matrix, out),
            _ => portable::multiply(rows, matrix, out),
        }
    }

    /// Runs plain code, compiled for the back end's vectors.
    #[allow(unsafe_code, reason = "calls into a back end")]
    pub(crate) fn run(self, stage: Stage<'_>) {
        match self.0 {
            // SAFETY: a value of this type exists only when the instructions do.
            #[cfg(target_arch = "x86_64")]
            Backend::Amx | Backend::Avx512Vnni => unsafe { avx512::run(stage) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Backend::Avx2 => unsafe { avx2::run(stage) },
            _ => stage.run(),
        }
    }
}

/// Calls a tile for the rows from `$first`, with as few rows as there are left.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
macro_rules! tile_of {
    ($left:expr, $tile:ident::<$bits:literal>($($argument:expr),*)) => {
        match $left {
            1 | 2 => $tile::<2, $bits>($($argument),*),
            3 | 4 => $tile::<4, $bits>($($argument),*),
            5 | 6 => $tile::<6, $bits>($($argument),*),
            _ => $tile::<8, $bits>($($argument),*),
        }
    };
}
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
use tile_of;

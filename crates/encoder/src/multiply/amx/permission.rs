//! Whether this process may use tiles: the processor must have them, and Linux must be asked once for each process,
//! because their state is eight kilobytes for each thread (Linux, Documentation/arch/x86/xstate.rst).

use std::sync::OnceLock;

/// `AMX-BF16` and `AMX-TILE` in EDX of leaf 7 (Intel SDM, volume 2, CPUID).
const FEATURES: u32 = 1 << 22 | 1 << 24;

/// Asks when it is called for the first time. Where the answer is no (another system, an older kernel, a filter of
/// system calls), other instructions do the work.
pub(in super::super) fn is_available() -> bool {
    static ANSWER: OnceLock<bool> = OnceLock::new();
    *ANSWER.get_or_init(|| has_tiles() && is_allowed())
}

/// Tiles of sixteen rows of 64 octets, in palette one.
fn has_tiles() -> bool {
    use core::arch::x86_64::__cpuid_count;
    if __cpuid_count(0, 0).eax < 0x1d || __cpuid_count(7, 0).edx & FEATURES != FEATURES {
        return false;
    }
    let palette = __cpuid_count(0x1d, 1);
    let (octets_of_a_row, tiles, rows) = (palette.ebx & 0xffff, palette.ebx >> 16, palette.ecx & 0xffff);
    octets_of_a_row >= 64 && tiles >= 8 && rows >= 16
}

#[cfg(target_os = "linux")]
fn is_allowed() -> bool {
    const ARCH_PRCTL: i64 = 158;
    const REQUEST_PERMISSION: u64 = 0x1023;
    const TILE_DATA: u64 = 18;
    let answer: i64;
    // SAFETY: the system call takes two numbers and reads no memory; it leaves all registers but these three.
    unsafe {
        core::arch::asm!(
            "syscall",
            inlateout("rax") ARCH_PRCTL => answer,
            in("rdi") REQUEST_PERMISSION,
            in("rsi") TILE_DATA,
            lateout("rcx") _,
            lateout("r11") _,
            options(nostack)
        );
    }
    answer == 0
}

#[cfg(not(target_os = "linux"))]
fn is_allowed() -> bool {
    false
}

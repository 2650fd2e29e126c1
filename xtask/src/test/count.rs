//! How many tests a runner says it ran, read from its closing lines.

use std::sync::LazyLock;

use regex::Regex;

/// Tests that passed and that did not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl Count {
    /// One check that passed or did not.
    pub(crate) fn one(succeeded: bool) -> Self {
        if succeeded { Self { passed: 1, failed: 0 } } else { Self { passed: 0, failed: 1 } }
    }
}

impl std::ops::AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// The count of a runner whose exit said whether all is well: a runner that counted nothing is one check, and one
/// that failed without a failed test (it could not build or load them) has one failure.
pub(crate) fn of(output: &str, succeeded: bool) -> Count {
    let mut count = read(output).unwrap_or_else(|| Count::one(succeeded));
    if !succeeded && count.failed == 0 {
        count.failed = 1;
    }
    count
}

/// The sum of the closing lines of the runner that ran. What a test printed stands in its runner's output, and may
/// hold another runner's closing line, so only the first kind that is there counts.
fn read(output: &str) -> Option<Count> {
    let lines: Vec<String> =
        output.lines().map(|line| COLOUR.replace_all(line, "").trim().to_owned()).collect();
    [words_of(&NEXTEST), words_of(&VITEST), numbers_of(&PLAIN), numbers_of(&CARGO)].iter().find_map(|read| {
        lines.iter().filter_map(|line| read(line)).reduce(|mut sum, count| {
            sum += count;
            sum
        })
    })
}

type ReadLine = Box<dyn Fn(&str) -> Option<Count>>;

/// Lines of two numbers.
fn numbers_of(pattern: &'static Regex) -> ReadLine {
    Box::new(|line| {
        let found = pattern.captures(line)?;
        Some(Count { passed: found[1].parse().ok()?, failed: found[2].parse().ok()? })
    })
}

/// Lines in which each number stands before its word.
fn words_of(pattern: &'static Regex) -> ReadLine {
    Box::new(|line| {
        let found = pattern.captures(line)?;
        let mut count = Count::default();
        for part in WORD.captures_iter(&found[1]) {
            let number: u64 = part[1].parse().ok()?;
            match &part[2] {
                "passed" => count.passed += number,
                "failed" | "exec failed" | "timed out" => count.failed += number,
                _ => {}
            }
        }
        Some(count)
    })
}

macro_rules! pattern {
    ($name:ident, $text:literal) => {
        static $name: LazyLock<Regex> =
            LazyLock::new(|| Regex::new($text).expect("a constant pattern is well formed"));
    };
}

pattern!(COLOUR, r"\x1b\[[0-9;]*m");
pattern!(PLAIN, r"^(?:\w+: )?(\d+) passed, (\d+) failed(?:, \d+ skipped)?$");
pattern!(CARGO, r"^test result: \w+\. (\d+) passed; (\d+) failed;");
pattern!(NEXTEST, r"^Summary \[[^\]]*\]\s+\d+(?:/\d+)? tests? run: (.*)$");
pattern!(VITEST, r"^Tests\s+(.*)$");
pattern!(WORD, r"(\d+) (passed|failed|exec failed|timed out|skipped)");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closing_lines_of_each_runner_are_read() {
        let cases = [
            ("     Summary [   0.506s] 4 tests run: 4 passed, 2 skipped", (4, 0)),
            (
                "     Summary [   1.506s] 3/9 tests run: 1 passed (1 slow), 1 failed, 1 timed out, 0 skipped",
                (1, 2),
            ),
            (
                "\u{1b}[32;1m     Summary\u{1b}[0m [   0.1s] \u{1b}[1m1\u{1b}[0m test run: \u{1b}[1m1\u{1b}[0m \u{1b}[32;1mpassed\u{1b}[0m, 0 skipped",
                (1, 0),
            ),
            (
                "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured\ntest result: FAILED. 1 passed; 2 failed; 0 ignored",
                (4, 2),
            ),
            (" Test Files  1 failed | 2 passed (3)\n      Tests  1 failed | 11 passed (12)", (11, 1)),
            (
                "test result: FAILED. 0 passed; 1 failed; 0 ignored\n     Summary [   1.506s] 2 tests run: 1 passed, 1 failed, 0 skipped",
                (1, 1),
            ),
            ("walkthrough: 12 passed, 1 failed, 3 skipped", (12, 1)),
            ("said: 12 passed, 1 failed, and more", (1, 0)),
        ];
        for (output, (passed, failed)) in cases {
            assert_eq!(of(output, failed == 0), Count { passed, failed }, "{output}");
        }
    }

    #[test]
    fn a_runner_that_fails_without_a_failed_test_has_one_failure() {
        assert_eq!(of("error: could not compile", false), Count { passed: 0, failed: 1 });
        assert_eq!(of("      Tests  11 passed (11)", false), Count { passed: 11, failed: 1 });
    }
}

//! Names that say nothing.

use std::path::{Path, PathBuf};

const EMPTY_NAMES: [&str; 9] =
    ["util", "utils", "common", "helper", "helpers", "manager", "managers", "misc", "stuff"];

/// Every file or folder of code with such a name.
pub(crate) fn check(files: &[PathBuf]) -> Vec<String> {
    files
        .iter()
        .filter(|file| is_code(file) && says_nothing(file))
        .map(|file| format!("{}: name it by what it is", file.display()))
        .collect()
}

fn is_code(file: &Path) -> bool {
    file.extension().is_some_and(|extension| {
        ["rs", "ts", "mts", "js", "mjs", "svelte", "css"].iter().any(|code| extension == *code)
    })
}

fn says_nothing(file: &Path) -> bool {
    let folders = file
        .parent()
        .into_iter()
        .flat_map(Path::components)
        .map(|part| part.as_os_str().to_string_lossy().into_owned());
    let stem =
        file.file_name().map(|name| name.to_string_lossy().split('.').next().unwrap_or_default().to_owned());
    folders.chain(stem).any(|name| EMPTY_NAMES.contains(&name.to_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_name_is_found_in_files_and_folders() {
        let files = [
            "crates/hub/src/utils.rs",
            "web/common/x.ts",
            "web/widget/src/Helpers.svelte",
            "docs/misc.md",
            "crates/hub/src/limits.rs",
        ];
        let found = check(&files.map(PathBuf::from));
        assert_eq!(found.len(), 3, "{found:?}");
    }
}

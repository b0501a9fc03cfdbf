//! The manifest of an exported folder: which map it is a copy of, and at which revision.
//!
//! An import reads it to see whether the map has moved on since the export.

use std::{
    fs,
    io::{ErrorKind, Write},
    path::Path,
};

use anyhow::{Context, anyhow};
use domain::{Revision, id::fingerprint};
use persistence::Store;
use serde_json::{Value, json};

/// What a folder is a copy of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// Which map: a fingerprint of its first revision.
    pub map: String,
    /// The revision.
    pub revision: i64,
}

impl Manifest {
    /// The name of its file.
    pub const FILE: &str = "edumap.json";

    /// The manifest of a revision of the map in a store.
    ///
    /// # Errors
    /// The store failed, or has no revision.
    pub async fn for_revision(store: &Store, revision: i64) -> anyhow::Result<Manifest> {
        let first = store.origin().await?.context("the map has no revision")?;
        Ok(Manifest { map: map_fingerprint(first), revision })
    }

    /// Reads the manifest of a folder; `None` if it has none.
    ///
    /// # Errors
    /// It cannot be read, or is none.
    pub fn read(dir: &Path) -> anyhow::Result<Option<Manifest>> {
        let text = match fs::read_to_string(dir.join(Manifest::FILE)) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound && !entry_exists(&dir.join(Manifest::FILE)) => {
                return Ok(None);
            }
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", Manifest::FILE)),
        };
        let found = serde_json::from_str::<Value>(&text).ok().and_then(|found| {
            Some(Manifest { map: found.get("map")?.as_str()?.to_owned(), revision: found.get("revision")?.as_i64()? })
        });
        let wrong = || anyhow!("{} is no manifest of an export: it names no `map` and `revision`", Manifest::FILE);
        found.map(Some).ok_or_else(wrong)
    }

    /// Writes the manifest into a folder: beside an old one, then in its place.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn write(&self, dir: &Path) -> anyhow::Result<()> {
        let Manifest { map, revision } = self;
        let cannot = || format!("cannot write {} into {}", Manifest::FILE, dir.display());
        let mut file = tempfile::NamedTempFile::new_in(dir).with_context(cannot)?;
        writeln!(file, "{:#}", json!({ "map": map, "revision": revision })).with_context(cannot)?;
        set_mode(file.path()).with_context(cannot)?;
        file.persist(dir.join(Manifest::FILE)).with_context(cannot)?;
        Ok(())
    }
}

/// Temporary files are their owner's alone; a manifest is read by whoever reads the files beside it.
fn set_mode(path: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o644))?;
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// The fingerprint of a map: a hash of its first revision.
pub(crate) fn map_fingerprint(first: &Revision) -> String {
    let Revision { recorded_at, actor, message, .. } = first;
    format!("{:016x}", fingerprint(format!("{recorded_at}\n{actor}\n{message}").as_bytes()))
}

/// Whether an entry of a folder is there, even if it is a link that leads nowhere.
pub(crate) fn entry_exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_comes_back_from_its_folder() {
        let dir = tempfile::tempdir().expect("a folder");
        assert_eq!(Manifest::read(dir.path()).expect("no file"), None);
        for revision in [7, 8] {
            let manifest = Manifest { map: "00ff".to_owned(), revision };
            manifest.write(dir.path()).expect("written");
            assert_eq!(Manifest::read(dir.path()).expect("a manifest"), Some(manifest));
        }
    }

    #[test]
    fn what_is_no_manifest_is_an_error() {
        let dir = tempfile::tempdir().expect("a folder");
        for text in ["", "{}", "[1]", r#"{"map": "x", "revision": "1"}"#] {
            fs::write(dir.path().join(Manifest::FILE), text).expect("a file");
            assert!(Manifest::read(dir.path()).is_err(), "{text}");
        }
    }
}

//! Documents that a request may name instead of sending one: trusted ones (the ready-made questions and those of a
//! folder), and persisted ones, which clients have sent with their digest.

use std::{
    collections::{BTreeMap, HashMap},
    fmt::{self, Write},
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use graphql::{Limits, Schema};
use quick_cache::Weighter;
use sha2::Digest;

use crate::{
    byte_cache::{ByteCache, new_byte_cache},
    queries::{self, CuratedQuery},
};

/// The SHA-256 of a document's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sha256([u8; 32]);

impl Sha256 {
    /// The digest of a text.
    #[must_use]
    pub fn of_text(text: &str) -> Self {
        Sha256(sha2::Sha256::digest(text).into())
    }

    /// Reads 64 hexadecimal digits.
    #[must_use]
    pub fn parse(digits: &str) -> Option<Self> {
        let digits: Vec<u8> = digits.chars().map(|c| c.to_digit(16)?.try_into().ok()).collect::<Option<_>>()?;
        let bytes: Vec<u8> =
            digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| (byte << 4) | digit)).collect();
        bytes.try_into().ok().filter(|_| digits.len() == 64).map(Sha256)
    }
}

impl fmt::Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The documents that a request may name. Trusted ones are known from the start and stay; persisted ones are evicted
/// when the cache is full.
pub struct Documents {
    trusted: HashMap<Sha256, Arc<str>>,
    names: BTreeMap<String, Sha256>,
    questions: HashMap<Sha256, &'static CuratedQuery>,
    persisted: Option<PersistedCache>,
    is_trusted_only: bool,
}

type PersistedCache = ByteCache<Sha256, Arc<str>, TextWeighter>;

impl Documents {
    /// The ready-made questions, and a cache of so many bytes of persisted documents; with 0 there is none.
    #[must_use]
    pub fn new(max_bytes: u64) -> Self {
        let mut documents = Documents {
            trusted: HashMap::new(),
            names: BTreeMap::new(),
            questions: queries::curated_queries()
                .iter()
                .map(|question| (Sha256::of_text(question.text), question))
                .collect(),
            persisted: (max_bytes > 0).then(|| new_byte_cache(max_bytes, 1024, TextWeighter)),
            is_trusted_only: false,
        };
        for question in queries::curated_queries() {
            documents.add_trusted(question.name, question.text);
        }
        documents
    }

    /// Adds the documents of a folder, each checked; one that has a ready-made question's name takes its place.
    ///
    /// # Errors
    /// Which files are wrong, and what is wrong with them, one a line.
    pub async fn add_folder(&mut self, dir: &Path, schema: &Schema, limits: &Limits) -> Result<usize, String> {
        let files = list_files(dir)?;
        let mut problems = String::new();
        for (name, path) in &files {
            if let Err(problem) = self.add_file(name, path, schema, limits).await {
                let _infallible = write!(problems, "\n{}: {problem}", path.display());
            }
        }
        if problems.is_empty() { Ok(files.len()) } else { Err(format!("not every document can be answered{problems}")) }
    }

    async fn add_file(&mut self, name: &str, path: &Path, schema: &Schema, limits: &Limits) -> Result<(), String> {
        let text = fs::read_to_string(path).map_err(|error| error.to_string())?;
        if parse_digest(name).is_some() {
            return Err("the name looks like a digest; choose another".to_owned());
        }
        if let Err(answer) = graphql::check_document(schema, limits, &text) {
            return Err(answer.error_messages().collect::<Vec<_>>().join("; "));
        }
        self.add_trusted(name, &text);
        Ok(())
    }

    fn add_trusted(&mut self, name: &str, text: &str) {
        let digest = Sha256::of_text(text);
        self.names.insert(name.to_owned(), digest);
        self.trusted.insert(digest, text.into());
    }

    /// Whether only trusted documents are answered.
    #[must_use]
    pub fn trusted_only(self, is_trusted_only: bool) -> Self {
        Documents { is_trusted_only, ..self }
    }

    /// Whether a request must name its document.
    #[must_use]
    pub fn is_trusted_only(&self) -> bool {
        self.is_trusted_only
    }

    /// Whether clients may send documents to be persisted.
    #[must_use]
    pub fn accepts_persisted(&self) -> bool {
        self.persisted.is_some()
    }

    /// The trusted document that an id names: by its name, or by its digest, with `sha256:` before it or without.
    #[must_use]
    pub fn find_trusted(&self, id: &str) -> Option<Arc<str>> {
        self.trusted.get(&self.resolve_digest(id)?).cloned()
    }

    /// The ready-made question whose text is the document that an id names.
    #[must_use]
    pub fn find_question(&self, id: &str) -> Option<&'static CuratedQuery> {
        self.questions.get(&self.resolve_digest(id)?).copied()
    }

    /// The trusted documents by name, each with its digest, its text and, if it is one, the ready-made question.
    pub fn trusted_documents(&self) -> impl Iterator<Item = (&str, Sha256, &str, Option<&'static CuratedQuery>)> {
        self.names.iter().filter_map(|(name, digest)| {
            Some((name.as_str(), *digest, &**self.trusted.get(digest)?, self.questions.get(digest).copied()))
        })
    }

    fn resolve_digest(&self, id: &str) -> Option<Sha256> {
        self.names.get(id).copied().or_else(|| parse_digest(id))
    }

    /// The document that has a digest, be it trusted or persisted.
    #[must_use]
    pub fn find_by_digest(&self, digest: &Sha256) -> Option<Arc<str>> {
        let trusted = self.trusted.get(digest).cloned();
        let persisted = self.persisted.as_ref().filter(|_| !self.is_trusted_only);
        trusted.or_else(|| persisted?.get(digest))
    }

    /// Adds a document to the cache, unless it is trusted.
    pub fn persist(&self, digest: Sha256, text: &str) {
        match &self.persisted {
            Some(persisted)
                if !self.is_trusted_only
                    && !self.trusted.contains_key(&digest)
                    && persisted.peek(&digest).is_none() =>
            {
                persisted.insert(digest, text.into());
            }
            _ => {}
        }
    }

    /// The size of the cache, in bytes.
    #[must_use]
    pub fn persisted_bytes(&self) -> u64 {
        self.persisted.as_ref().map_or(0, ByteCache::weight)
    }
}

impl Default for Documents {
    fn default() -> Self {
        Documents::new(DEFAULT_PERSISTED_BYTES)
    }
}

/// The default size of the cache of persisted documents, in bytes.
pub const DEFAULT_PERSISTED_BYTES: u64 = 8 << 20;

/// Bytes that a document takes beside its text, roughly.
const DOCUMENT_OVERHEAD_BYTES: u64 = 128;

/// The weight of a document in the cache: its bytes.
#[derive(Debug, Clone)]
struct TextWeighter;

impl Weighter<Sha256, Arc<str>> for TextWeighter {
    fn weight(&self, _: &Sha256, text: &Arc<str>) -> u64 {
        DOCUMENT_OVERHEAD_BYTES + text.len() as u64
    }
}

/// The digest that an id is, if it is one.
fn parse_digest(id: &str) -> Option<Sha256> {
    Sha256::parse(id.strip_prefix("sha256:").unwrap_or(id))
}

/// The `.graphql` files of a folder and of those in it, by name: the path without its ending, with `/` on every system.
fn list_files(dir: &Path) -> Result<Vec<(String, PathBuf)>, String> {
    let mut files = Vec::new();
    let mut pending = vec![(String::new(), dir.to_owned())];
    while let Some((prefix, dir)) = pending.pop() {
        let failed = |error: io::Error| format!("{}: {error}", dir.display());
        for entry in fs::read_dir(&dir).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let path = entry.path();
            let Ok(name) = entry.file_name().into_string() else {
                return Err(format!("{}: the name is not UTF-8", path.display()));
            };
            // A mounted ConfigMap of Kubernetes has the same files once more under hidden names.
            if name.starts_with('.') {
                continue;
            }
            match (name.strip_suffix(".graphql"), path.is_dir()) {
                (_, true) if entry.file_type().map_err(failed)?.is_symlink() => {
                    return Err(format!("{}: a link to a folder is not followed", path.display()));
                }
                (_, true) => pending.push((format!("{prefix}{name}/"), path)),
                (Some(stem), false) => files.push((format!("{prefix}{stem}"), path)),
                (None, false) => {}
            }
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_sixty_four_hexadecimal_digits() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852B855";
        assert_eq!(Sha256::parse(empty), Some(Sha256::of_text("")));
        for wrong in ["", "e3", &empty[1..], &format!("{empty}00"), &empty.replace('e', "é"), &empty.replace('e', "g")]
        {
            assert_eq!(Sha256::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_kept_never_outgrows_its_room() {
        let documents = Documents::new(100_000);
        for n in 0..1_000 {
            let text = format!("# {n}{}\n{{ __typename }}", " ".repeat(n));
            documents.persist(Sha256::of_text(&text), &text);
            assert!(documents.persisted_bytes() <= 100_000, "{n}");
        }
        assert!(documents.persisted_bytes() > 50_000);
    }
}

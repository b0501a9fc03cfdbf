//! Hints: which noun a row may have meant where it refers to one that is not there.

use std::collections::HashMap;

use domain::{
    Kind, shape_of,
    suggest::{Nearest, question},
};

use super::{file_rows::FileRows, folder::Folder};
use crate::report::Findings;

/// How many missing nouns get a hint: each is compared with every slug of its kind.
const MAX_HINTS: usize = 30;

/// Adds, to findings about missing nouns, which one may have been meant.
pub(super) fn add_hints(findings: &mut Findings, folder: &Folder) -> anyhow::Result<()> {
    let list = findings.list();
    let mut wanted: HashMap<Kind, HashMap<&str, Nearest<'_>>> = HashMap::new();
    for (kind, slug) in list.iter().filter_map(|finding| finding.missing.as_ref()) {
        if wanted.values().map(HashMap::len).sum::<usize>() < MAX_HINTS {
            wanted.entry(*kind).or_default().entry(slug).or_insert_with(|| Nearest::to(slug));
        }
    }
    let mut hints: HashMap<(Kind, String), String> = HashMap::new();
    for (kind, mut words) in wanted {
        let is_there = offer_slugs(folder, kind, &mut words)?;
        hints.extend(words.into_iter().filter_map(|(slug, nearest)| {
            let hint = if is_there { nearest.found().map(question) } else { Some("there is no such file".to_owned()) };
            Some(((kind, slug.to_owned()), hint?))
        }));
    }
    for finding in findings.kept_mut() {
        finding.hint = finding.hint.take().or_else(|| hints.get(finding.missing.as_ref()?).cloned());
    }
    Ok(())
}

/// Compares the words with every slug of a kind; `false` if the folder lacks its file.
fn offer_slugs(folder: &Folder, kind: Kind, words: &mut HashMap<&str, Nearest<'_>>) -> anyhow::Result<bool> {
    let mut ignored = Vec::new();
    let shape = shape_of(kind);
    let Some(input) = folder.open(shape)? else { return Ok(false) };
    let Some(mut rows) = FileRows::open(shape, input, &mut ignored)? else { return Ok(true) };
    while let Some(row) = rows.next_row(&mut ignored)? {
        let slug = shape.key_of(&row.fields);
        words.values_mut().for_each(|nearest| nearest.offer(&slug));
    }
    Ok(true)
}

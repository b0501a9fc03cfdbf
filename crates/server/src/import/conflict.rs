//! Whether an import would undo what was recorded since its folder was exported.

use std::collections::{HashMap, HashSet};

use domain::Shape;
use persistence::Draft;

use super::{
    FilePlan, IDS_PER_STATEMENT,
    digest::row_text,
    file_rows::FileRows,
    folder::Folder,
    noun_index::NounIndex,
    row_reader::{RowContent, RowReader},
};
use crate::{
    manifest::Manifest,
    report::{Conflict, ConflictReason},
};

/// Compares the revision that the folder starts from with the latest; `None` if nothing recorded since is undone.
///
/// The folder starts from the revision that was asked for or, without one, from that of its manifest, which must be one
/// of `map`.
pub(super) async fn find_conflict(
    draft: &mut Draft,
    plans: &[FilePlan],
    (folder, nouns): (&Folder, &NounIndex),
    asked: Option<i64>,
    manifest: Option<&Manifest>,
    map: Option<&str>,
) -> anyhow::Result<Option<Conflict>> {
    let latest = draft.latest();
    let refused = |reason| Conflict { reason, latest, both: Vec::new(), undone: Vec::new() };
    let start = match (asked, manifest) {
        (Some(asked), _) => asked,
        // What was exported from another map may be loaded into an empty one.
        (None, Some(_)) if latest == 0 => return Ok(None),
        (None, Some(manifest)) if Some(manifest.map.as_str()) != map => {
            let changes = plans.iter().any(|plan| plan.changed_ids().next().is_some());
            return Ok(changes.then(|| refused(ConflictReason::OtherMap)));
        }
        (None, Some(manifest)) => manifest.revision,
        (None, None) => return Ok(None),
    };
    if start > latest || start < 0 {
        return Ok(Some(refused(ConflictReason::Unknown(start))));
    }
    let mut conflict = refused(ConflictReason::Later(start));
    if start < latest {
        for plan in plans {
            find_overwritten(draft, plan, (folder, nouns), start, &mut conflict).await?;
        }
    }
    let undoes = !conflict.both.is_empty() || !conflict.undone.is_empty();
    Ok(undoes.then_some(conflict))
}

/// Looks among the rows that an import would write or close for those that were recorded after its start.
async fn find_overwritten(
    draft: &mut Draft,
    plan: &FilePlan,
    (folder, nouns): (&Folder, &NounIndex),
    start: i64,
    conflict: &mut Conflict,
) -> anyhow::Result<()> {
    let (shape, latest) = (plan.shape, conflict.latest);
    let changed: Vec<i64> = plan.changed_ids().collect();
    let mut later = Vec::new();
    for ids in changed.chunks(IDS_PER_STATEMENT) {
        later.extend(draft.changed_after(shape, start, ids).await?);
    }
    if later.is_empty() {
        return Ok(());
    }
    let (mut before, mut keys) = (HashMap::new(), HashMap::new());
    for ids in later.chunks(IDS_PER_STATEMENT) {
        for (revision, is_start) in [(start, true), (latest, false)] {
            for row in draft.export_rows(shape, revision, ids).await? {
                let fields: Vec<&str> = row.fields.iter().map(String::as_str).collect();
                keys.insert(row.id, shape.key_of(&fields));
                if is_start {
                    before.insert(row.id, row_text(shape, &fields));
                }
            }
        }
    }
    let now = texts_in_folder((folder, nouns), shape, &later.iter().copied().collect(), &mut keys)?;
    let mut told = HashSet::new();
    for id in later {
        let key = keys.remove(&id).unwrap_or_default();
        // Several facts of one row may have changed.
        if told.insert(key.clone()) {
            let rows = if before.get(&id) == now.get(&id) { &mut conflict.undone } else { &mut conflict.both };
            rows.push((shape.file, key));
        }
    }
    Ok(())
}

/// What the folder says in the rows of these facts, by identity.
fn texts_in_folder(
    (folder, nouns): (&Folder, &NounIndex),
    shape: &'static Shape,
    ids: &HashSet<i64>,
    keys: &mut HashMap<i64, String>,
) -> anyhow::Result<HashMap<i64, String>> {
    let mut texts = HashMap::new();
    let Some(input) = folder.open(shape)? else { return Ok(texts) };
    let Some(rows) = FileRows::open(shape, input, &mut Vec::new())? else { return Ok(texts) };
    let mut reader = RowReader::start(shape, rows);
    while let Some(batch) = reader.next_batch()? {
        for row in batch.rows {
            let RowContent::Record(record, text) = row.content else { continue };
            for time in nouns.record_times(shape, &record, row.line).unwrap_or_default() {
                if ids.contains(&time.fact) {
                    texts.insert(time.fact, text.clone());
                    keys.insert(time.fact, record.key.clone());
                }
            }
        }
    }
    Ok(texts)
}

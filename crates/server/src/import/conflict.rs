//! Whether an import would undo what was recorded since its folder was exported.

use std::collections::{HashMap, HashSet};

use domain::Shape;
use persistence::Draft;

use super::{
    AT_ONCE, Plan,
    ahead::{Ahead, Is},
    digest::row_text,
    folder::Folder,
    rows::Rows,
};
use crate::{
    manifest::Manifest,
    report::{Conflict, Reason},
};

/// Compares the revision that the folder starts from with the latest; `None` if nothing recorded since is undone.
///
/// The folder starts from the revision that was asked for or, without one, from that of its manifest, which must be one
/// of `map`.
pub(super) async fn find_conflict(
    draft: &mut Draft,
    plans: &[Plan],
    folder: &Folder,
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
            let changes = plans.iter().any(|plan| plan.touched().next().is_some());
            return Ok(changes.then(|| refused(Reason::OtherMap)));
        }
        (None, Some(manifest)) => manifest.revision,
        (None, None) => return Ok(None),
    };
    if start > latest || start < 0 {
        return Ok(Some(refused(Reason::Unknown(start))));
    }
    let mut conflict = refused(Reason::Later(start));
    if start < latest {
        for plan in plans {
            compare(draft, plan, folder, start, &mut conflict).await?;
        }
    }
    let undoes = !conflict.both.is_empty() || !conflict.undone.is_empty();
    Ok(undoes.then_some(conflict))
}

/// Looks among the rows that an import would write or close for those that were recorded after its start.
async fn compare(
    draft: &mut Draft,
    plan: &Plan,
    folder: &Folder,
    start: i64,
    conflict: &mut Conflict,
) -> anyhow::Result<()> {
    let (shape, latest) = (plan.shape, conflict.latest);
    let touched: Vec<i64> = plan.touched().collect();
    let mut later = Vec::new();
    for ids in touched.chunks(AT_ONCE) {
        later.extend(draft.changed_after(shape, start, ids).await?);
    }
    if later.is_empty() {
        return Ok(());
    }
    let (mut before, mut keys) = (HashMap::new(), HashMap::new());
    for ids in later.chunks(AT_ONCE) {
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
    let now = said(folder, shape, &later.iter().copied().collect(), &mut keys)?;
    for id in later {
        let key = keys.remove(&id).unwrap_or_default();
        let rows = if before.get(&id) == now.get(&id) { &mut conflict.undone } else { &mut conflict.both };
        rows.push((shape.file, key));
    }
    Ok(())
}

/// What the folder says of these records, by identity.
fn said(
    folder: &Folder,
    shape: &'static Shape,
    ids: &HashSet<i64>,
    keys: &mut HashMap<i64, String>,
) -> anyhow::Result<HashMap<i64, String>> {
    let mut said = HashMap::new();
    let Some(input) = folder.open(shape)? else { return Ok(said) };
    let Some(rows) = Rows::open(shape, input, &mut Vec::new())? else { return Ok(said) };
    let mut ahead = Ahead::read(shape, rows);
    while let Some(handful) = ahead.next()? {
        for line in handful.lines {
            if let Is::Record(record, says) = line.is
                && ids.contains(&record.id)
            {
                said.insert(record.id, says);
                keys.insert(record.id, record.key);
            }
        }
    }
    Ok(said)
}

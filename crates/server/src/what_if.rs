//! Scenarios: changes that are made to the rows of the map, checked as an import checks them, and written to be read.
//!
//! The rows of the latest revision are kept as the files of a data set. A change edits some of them (`domain::scenario`);
//! then all are checked, and what differs is written into a draft that is never committed. So a scenario is what an import
//! of the changed data set would make, since the import makes it.

use std::{collections::HashMap, sync::Arc};

use chrono::NaiveDate;
use domain::{
    Clock, Kind, Known, NewRevision, Revision, SHAPES, ScenarioId, TimeZone,
    scenario::{CHANGED_KINDS, ChangeError, ScenarioChange, ScenarioRows, apply_changes, field_to_blame},
    shape_of,
};
use futures::{FutureExt, future::BoxFuture};
use graphql::{ScenarioError, ScenarioWriter};
use persistence::{Scenario, Store};
use tokio::sync::{Mutex, Semaphore};

use crate::{
    export::{read_rows, to_csv},
    import::{CheckedDataSet, Files, Folder, check_data_set, write_checked},
    manifest::map_fingerprint,
    report::{Finding, Findings},
};

/// How many bytes the rows of a map may have, for all of which a scenario is checked.
const MAX_BYTES: usize = 32 << 20;
/// How often changes are made anew where another revision was recorded in the meantime.
const ATTEMPTS: usize = 5;
/// How many findings an answer tells.
const MAX_FINDINGS: usize = 3;

/// Writes scenarios.
pub(crate) struct Scenarios {
    /// The revision that was looked at last, with its rows; locked while one reads them, so that the others wait for it.
    base: Mutex<Option<Base>>,
    /// The right to check rows, which takes a thread.
    checks: Arc<Semaphore>,
}

impl Default for Scenarios {
    fn default() -> Self {
        Scenarios { base: Mutex::default(), checks: Arc::new(Semaphore::new(1)) }
    }
}

/// A revision that was looked at.
#[derive(Clone)]
struct Base {
    map: Option<String>,
    revision: i64,
    /// `None` where they are too many, which takes as long to find out as to read those that are not.
    rows: Option<Arc<BaseRows>>,
}

/// The rows of a revision.
#[derive(Default)]
struct BaseRows {
    /// As the files of a data set.
    files: Files,
    /// Those that changes look at.
    rows: HashMap<Kind, Vec<Vec<String>>>,
}

/// A data set to which changes were made, without findings.
struct Changed {
    folder: Folder,
    rows: ScenarioRows,
    checked: CheckedDataSet,
}

impl ScenarioWriter for Scenarios {
    fn write<'a>(
        &'a self,
        store: &'a Store,
        changes: Arc<[ScenarioChange]>,
        clock: &'a dyn Clock,
    ) -> BoxFuture<'a, Result<Scenario, ScenarioError>> {
        self.write_scenario(store, changes, clock).boxed()
    }
}

impl Scenarios {
    async fn write_scenario(
        &self,
        store: &Store,
        changes: Arc<[ScenarioChange]>,
        clock: &dyn Clock,
    ) -> Result<Scenario, ScenarioError> {
        if store.is_read_only() {
            let why = "the database of this server can only be read, and a scenario is written before it is read";
            return Err(ScenarioError::Unavailable(why.to_owned()));
        }
        let empty = || ScenarioError::Unavailable("nothing is recorded yet, so that nothing can change".to_owned());
        // As a revision records it, in UTC.
        let today = clock.today(TimeZone::UTC);
        for _ in 0..ATTEMPTS {
            let Revision { number, .. } = store.revision(Known::Latest).await?.ok_or_else(empty)?;
            let base = self.base_rows(store, number).await?;
            let changed = self.change(base, changes.clone(), today).await?;
            let mut draft = store.draft_scenario().await?.ok_or_else(empty)?;
            if draft.latest() != number {
                continue;
            }
            let Changed { folder, rows, checked } = changed;
            let written = write_checked(&mut draft, &folder, checked, today).await.map_err(failed)?;
            written.map_err(|findings| ScenarioError::Refused(blame(&findings, &changes, &rows)))?;
            let revision = NewRevision {
                recorded_at: clock.timestamp(),
                actor: "whatIf".to_owned(),
                message: changes.iter().map(ScenarioChange::to_string).collect::<Vec<_>>().join("; "),
            };
            return Ok(draft.into_scenario(ScenarioId::of(&changes), &revision).await?);
        }
        Err(ScenarioError::Busy)
    }

    /// The rows of a revision, read once as long as no other is asked for.
    async fn base_rows(&self, store: &Store, revision: i64) -> Result<Arc<BaseRows>, ScenarioError> {
        let map = store.origin().await?.map(map_fingerprint);
        let mut base = self.base.lock().await;
        if let Some(kept) = base.as_ref().filter(|kept| kept.revision == revision && kept.map == map) {
            return kept.rows.clone().ok_or_else(too_large);
        }
        let rows = read_base_rows(store, revision).await.map_err(failed)?.map(Arc::new);
        *base = Some(Base { map, revision, rows: rows.clone() });
        rows.ok_or_else(too_large)
    }

    /// Makes changes and checks what they make, on a thread of its own; one such runs at a time.
    async fn change(
        &self,
        base: Arc<BaseRows>,
        changes: Arc<[ScenarioChange]>,
        today: NaiveDate,
    ) -> Result<Changed, ScenarioError> {
        let permit = self.checks.clone().acquire_owned().await.map_err(|error| failed(error.into()))?;
        let changing = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            change_rows(&base, &changes, today)
        });
        changing.await.map_err(|error| failed(error.into()))?
    }
}

/// Reads the rows of a revision; `None` if they have too many bytes.
async fn read_base_rows(store: &Store, revision: i64) -> anyhow::Result<Option<BaseRows>> {
    let (mut base, mut bytes) = (BaseRows::default(), 0);
    for shape in SHAPES {
        let Some(rows) = read_rows(store, Known::At(revision), shape, MAX_BYTES - bytes).await? else {
            return Ok(None);
        };
        if rows.is_empty() {
            continue;
        }
        let file = to_csv(shape, &rows)?;
        bytes += file.len();
        if bytes >= MAX_BYTES {
            return Ok(None);
        }
        if CHANGED_KINDS.contains(&shape.kind) {
            base.rows.insert(shape.kind, rows);
        }
        base.files.insert(shape.file, file.into());
    }
    Ok(Some(base))
}

fn change_rows(base: &BaseRows, changes: &[ScenarioChange], today: NaiveDate) -> Result<Changed, ScenarioError> {
    let mut rows = ScenarioRows::new(&base.rows);
    apply_changes(changes, &mut rows, today).map_err(|error| ScenarioError::Refused(vec![error]))?;
    let mut files = base.files.clone();
    for (kind, rows) in rows.files().filter(|(_, rows)| rows.iter().any(|row| row.change.is_some())) {
        let (shape, fields) = (shape_of(kind), rows.iter().map(|row| &row.fields).collect::<Vec<_>>());
        files.insert(shape.file, to_csv(shape, &fields).map_err(failed)?.into());
    }
    let folder = Folder::Files(Arc::new(files));
    match check_data_set(&folder, today).map_err(failed)? {
        Ok(checked) => Ok(Changed { folder, rows, checked }),
        Err(findings) => Err(ScenarioError::Refused(blame(&findings, changes, &rows))),
    }
}

/// Which changes are to blame for what is wrong with the data set that they made.
fn blame(findings: &Findings, changes: &[ScenarioChange], rows: &ScenarioRows) -> Vec<ChangeError> {
    findings.list().into_iter().take(MAX_FINDINGS).map(|finding| blame_for(finding, changes, rows)).collect()
}

fn blame_for(finding: &Finding, changes: &[ScenarioChange], rows: &ScenarioRows) -> ChangeError {
    let Finding { file, line, column, problem, hint, .. } = finding;
    let problem = hint.as_ref().map_or_else(|| problem.clone(), |hint| format!("{problem}; {hint}"));
    let shape = SHAPES.iter().find(|shape| shape.file_name() == *file);
    // The first line of a file names its columns.
    let row = || rows.get(shape?.kind, usize::try_from(line.as_ref()?.checked_sub(2)?).ok()?);
    let change = row().and_then(|row| row.change);
    match (change.and_then(|at| Some((at, changes.get(at)?))), shape) {
        (Some((at, change)), Some(shape)) => {
            let field = field_to_blame(change, shape.kind, column.as_deref().unwrap_or_default()).to_owned();
            ChangeError { change: Some(at), field, is_unknown: false, problem }
        }
        _ => {
            let column = column.as_deref().map_or_else(String::new, |column| format!(", in `{column}`"));
            let problem = format!("with these changes a row of {file} is wrong{column}: {problem}");
            ChangeError { change: None, field: String::new(), is_unknown: false, problem }
        }
    }
}

fn too_large() -> ScenarioError {
    let why = format!(
        "the rows of the map have more than {} MiB, and all of them are checked again for a scenario",
        MAX_BYTES >> 20
    );
    ScenarioError::Unavailable(why)
}

#[expect(clippy::needless_pass_by_value, reason = "the error ends here")]
fn failed(error: anyhow::Error) -> ScenarioError {
    ScenarioError::Failed(format!("{error:#}"))
}

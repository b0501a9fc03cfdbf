//! Scenarios: changes that are made to the rows of the map, checked as an import checks them, and written to be read.
//!
//! The rows of the latest revision are checked once, and kept. A change edits some of them (`domain::scenario`); then those
//! that it affects are checked by what an import checks with, and what differs is written into a draft that is never
//! committed. So a scenario is what an import of the changed data set would make.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use chrono::NaiveDate;
use domain::{
    Clock, Known, NewRevision, Revision, SHAPES, ScenarioId, TimeZone,
    scenario::{ChangeError, ChangedRows, ScenarioChange, apply_changes, field_to_blame},
};
use futures::{FutureExt, future::BoxFuture};
use graphql::{ScenarioError, ScenarioWriter};
use persistence::{ExportRow, Scenario, Store};
use tokio::{
    sync::{Mutex, Semaphore},
    task::spawn_blocking,
};

use crate::{
    export::read_pages,
    import::{
        CheckedChanges, CheckedMap, Tables,
        row_table::{RowTable, place_of_line},
        write_changes,
    },
    manifest::map_fingerprint,
    report::{Finding, Findings},
};

/// How many bytes the rows of a map may take: all of them are kept, to check changes to them.
const MAX_BYTES: usize = 128 << 20;
/// After how long rows of which no scenario could be made are read again.
const RETRY_AFTER: Duration = Duration::from_secs(60);
/// How often changes are made anew where another revision was recorded in the meantime.
const ATTEMPTS: usize = 5;
/// How many findings an answer tells.
const MAX_FINDINGS: usize = 3;

/// Writes scenarios.
pub(crate) struct Scenarios {
    /// The revision that was looked at last; locked while one reads and checks its rows, so that the others wait for it.
    base: Arc<Mutex<Option<Base>>>,
    /// The right to make changes and to check them, which takes a thread.
    checks: Arc<Semaphore>,
}

impl Default for Scenarios {
    fn default() -> Self {
        Scenarios { base: Arc::default(), checks: Arc::new(Semaphore::new(1)) }
    }
}

/// A revision that was looked at.
struct Base {
    map: Option<String>,
    revision: i64,
    /// Its rows or, where no scenario can be made of them, why.
    checked: Result<Arc<CheckedMap>, String>,
    read_at: Instant,
}

impl Base {
    /// Whether it need not be read again. Rows that were put in another order while they were read may seem to break a rule.
    fn is_settled(&self) -> bool {
        self.checked.is_ok() || self.read_at.elapsed() < RETRY_AFTER
    }
}

/// What changes make of a map, without findings.
struct Changed {
    rows: ChangedRows,
    checked: CheckedChanges,
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
            let base = self.base(store, number, today).await?;
            let changed = self.change(base, changes.clone(), today).await?;
            let mut draft = store.draft_scenario().await?.ok_or_else(empty)?;
            if draft.latest() != number {
                continue;
            }
            let Changed { rows, checked } = changed;
            let written = write_changes(&mut draft, checked, today).await.map_err(failed)?;
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

    /// The rows of a revision, read and checked once as long as no other is asked for; once that has begun it goes on, also if
    /// nobody waits any more.
    async fn base(&self, store: &Store, revision: i64, today: NaiveDate) -> Result<Arc<CheckedMap>, ScenarioError> {
        let map = store.origin().await?.map(map_fingerprint);
        let mut base = self.base.clone().lock_owned().await;
        let is_it = |kept: &&Base| kept.revision == revision && kept.map == map && kept.is_settled();
        if let Some(kept) = base.as_ref().filter(is_it) {
            return kept.checked.clone().map_err(ScenarioError::Unavailable);
        }
        let store = store.clone();
        let checking = tokio::spawn(async move {
            // Two maps at once would be twice the memory.
            *base = None;
            let checked = read_map(&store, revision, today).await?;
            *base = Some(Base { map, revision, checked: checked.clone(), read_at: Instant::now() });
            anyhow::Ok(checked)
        });
        let checked = checking.await.map_err(|error| failed(error.into()))?.map_err(failed)?;
        checked.map_err(ScenarioError::Unavailable)
    }

    /// Makes changes and checks what they make, on a thread that may take long; one such runs at a time.
    async fn change(
        &self,
        base: Arc<CheckedMap>,
        changes: Arc<[ScenarioChange]>,
        today: NaiveDate,
    ) -> Result<Changed, ScenarioError> {
        let permit = self.checks.clone().acquire_owned().await.map_err(|error| failed(error.into()))?;
        let changing = spawn_blocking(move || {
            let _permit = permit;
            let rows = apply_changes(&changes, &*base, today).map_err(|error| ScenarioError::Refused(vec![error]))?;
            match CheckedChanges::check(&base, &rows, today).map_err(failed)? {
                Ok(checked) => Ok(Changed { rows, checked }),
                Err(findings) => Err(ScenarioError::Refused(blame(&findings, &changes, &rows))),
            }
        });
        changing.await.map_err(|error| failed(error.into()))?
    }
}

/// Reads and checks the rows of a revision; tells why no scenario can be made of them.
async fn read_map(store: &Store, revision: i64, today: NaiveDate) -> anyhow::Result<Result<Arc<CheckedMap>, String>> {
    let (mut tables, mut n_bytes) = (Tables::new(), 0);
    for shape in SHAPES {
        let mut table = RowTable::new(shape);
        let mut add = |page: &[ExportRow]| {
            page.iter().for_each(|row| table.push(row.fields.iter().map(String::as_str)));
            Ok(n_bytes + table.n_bytes() <= MAX_BYTES)
        };
        if !read_pages(store, Known::At(revision), shape, &mut add).await? {
            return Ok(Err(format!(
                "the rows of the map have more than {} MiB, and all of them are kept for scenarios",
                MAX_BYTES >> 20
            )));
        }
        table.shrink();
        n_bytes += table.n_bytes();
        if table.len() > 0 {
            tables.insert(shape.kind, Arc::new(table));
        }
    }
    let checked = spawn_blocking(move || CheckedMap::check(tables, today)).await??;
    Ok(checked.map(Arc::new).map_err(|findings| {
        let first = findings.list().first().map(ToString::to_string).unwrap_or_default();
        format!("what is on record would not be imported today, so that no change to it can be checked: {first}")
    }))
}

/// Which changes are to blame for what is wrong with the data set that they made.
fn blame(findings: &Findings, changes: &[ScenarioChange], rows: &ChangedRows) -> Vec<ChangeError> {
    findings.list().into_iter().take(MAX_FINDINGS).map(|finding| blame_for(finding, changes, rows)).collect()
}

fn blame_for(finding: &Finding, changes: &[ScenarioChange], rows: &ChangedRows) -> ChangeError {
    let Finding { file, line, column, problem, hint, .. } = finding;
    let problem = hint.as_ref().map_or_else(|| problem.clone(), |hint| format!("{problem}; {hint}"));
    let shape = SHAPES.iter().find(|shape| shape.file_name() == *file);
    let row = || rows.get(&(shape?.kind, place_of_line(*line.as_ref()?)?));
    match (row().and_then(|row| Some((row.change, changes.get(row.change)?))), shape) {
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

#[expect(clippy::needless_pass_by_value, reason = "the error ends here")]
fn failed(error: anyhow::Error) -> ScenarioError {
    ScenarioError::Failed(format!("{error:#}"))
}

//! Imports a data set: a folder of CSV files, as one revision.
//!
//! The first pass reads every row and finds all that is wrong; only a data set without findings is written.
//! The second pass compares the rows with what is recorded, and adds, changes and closes what differs.
//! A row is held in memory only while it is read; some 25 bytes of it stay, and the time of each noun.

mod ahead;
mod check;
mod conflict;
mod digest;
mod folder;
mod nouns;
mod place;
mod rows;

use std::collections::HashMap;

use anyhow::{Context, bail};
use chrono::NaiveDate;
use domain::{Clock, NewRevision, Record, Shape, TimeZone, lifetime::lifetime};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressFinish, ProgressStyle};
use persistence::{Draft, Fact, Recorded, Store};

pub use self::folder::Folder;
use self::{
    ahead::{Ahead, Is, Line},
    check::{Checked, Print, check},
    conflict::find_conflict,
    nouns::Nouns,
    rows::Rows,
};
use crate::{
    manifest::{Manifest, map_of},
    report::{FileCount, Finding, Findings, Imported, Refusal, Removal, Warning},
};

/// How an import goes about it.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Whether to only tell what would be done.
    pub dry_run: bool,
    /// Whether to load nothing if something is recorded already.
    pub only_first: bool,
    /// Whether to close what the folder lacks, however much it is.
    pub allow_removal: bool,
    /// The revision that the folder starts from; the one of its manifest unless named.
    pub expect_revision: Option<i64>,
    /// Whether to keep every finding, rather than a few of each kind.
    pub all_findings: bool,
    /// Who imports.
    pub actor: String,
    /// What the import is about; how many rows it adds, changes and closes unless said.
    pub message: Option<String>,
    /// Whether to show, on a terminal, how far it is.
    pub progress: bool,
}

/// Imports a data set, all of it or nothing.
///
/// # Errors
/// The folder is no data set or cannot be read, or the store failed. What keeps its rows from being written is no such
/// error: it is told as a [`Refusal`].
pub async fn import(
    store: &Store,
    folder: &Folder,
    options: &Options,
    clock: &dyn Clock,
) -> anyhow::Result<Result<Imported, Refusal>> {
    let mut warnings = match folder.look()? {
        Ok(warnings) => warnings,
        Err(findings) => return Ok(Err(Refusal::Findings(findings))),
    };
    let manifest = folder.manifest()?;
    let map = store.origin().await?.map(map_of);
    let bar = progress_bar(options.progress);
    // As a revision records it, in UTC.
    let today = clock.today(TimeZone::UTC);
    let Checked { nouns, files, outdated } = match check(folder, today, options.all_findings, &bar)? {
        Ok(checked) => checked,
        Err(findings) => return Ok(Err(Refusal::Findings(findings.with_warnings(warnings)))),
    };
    let mut draft = store.draft().await?;
    if options.only_first && !draft.is_first() {
        return Ok(Ok(Imported { revision: None, files: Vec::new(), warnings, dry_run: options.dry_run }));
    }
    let mut plans = Vec::with_capacity(files.len());
    for (shape, prints) in files {
        let mut plan = plan(shape, prints, draft.recorded(shape).await?, &nouns, today);
        plan.count.is_absent = folder.open(shape)?.is_none();
        plans.push(plan);
    }
    // An export is loaded into an empty store as it was, however long ago that is.
    let is_copy = draft.is_first() && (manifest.is_some() || options.only_first);
    if let Some(findings) = check_statuses(outdated, &plans, is_copy, options.all_findings, &mut warnings) {
        return Ok(Err(Refusal::Findings(findings.with_warnings(warnings))));
    }
    let asked = options.expect_revision;
    if let Some(conflict) = find_conflict(&mut draft, &plans, folder, asked, manifest.as_ref(), map.as_deref()).await? {
        return Ok(Err(Refusal::Conflict(conflict)));
    }
    let counts = plans.iter().map(|plan| plan.count).filter(|count| count.rows + count.closed > 0);
    let imported = Imported { revision: None, files: counts.collect(), warnings, dry_run: options.dry_run };
    if !options.allow_removal && imported.files.iter().any(Removal::is_large) {
        return Ok(Err(Refusal::Removal(Removal { files: imported.files, warnings: imported.warnings })));
    }
    if options.dry_run {
        return Ok(Ok(imported));
    }
    for FileCount { file, closed, .. } in imported.files.iter().filter(|count| count.closed > 0) {
        tracing::info!(closed, "closing what {file}.csv no longer has");
    }
    let latest = draft.latest();
    begin_writing(&plans, folder, &bar);
    for plan in &plans {
        write(&mut draft, plan, folder, &nouns, &bar).await?;
    }
    let revision = draft.commit(new_revision(options, &imported, clock)).await?;
    if let (Folder::Disk(dir), Some(_)) = (folder, manifest) {
        // The folder says now what the map says; what is changed in it next starts from here.
        let renewed =
            async { Manifest::of(store, revision.as_ref().map_or(latest, |made| made.number)).await?.write(dir) };
        if let Err(error) = renewed.await {
            tracing::warn!("{} still names an earlier revision: {error:#}", Manifest::FILE);
        }
    }
    Ok(Ok(Imported { revision, ..imported }))
}

fn new_revision(options: &Options, imported: &Imported, clock: &dyn Clock) -> NewRevision {
    let FileCount { added, changed, closed, .. } = imported.total();
    let counted = || format!("{added} added, {changed} changed, {closed} closed");
    NewRevision {
        recorded_at: clock.timestamp(),
        actor: options.actor.clone(),
        message: options.message.clone().unwrap_or_else(counted),
    }
}

/// Tells of rows whose status cannot be right today: a warning if they are on record already, or all of it was exported;
/// otherwise findings.
fn check_statuses(
    mut outdated: HashMap<i64, Finding>,
    plans: &[Plan],
    is_copy: bool,
    all: bool,
    warnings: &mut Vec<Warning>,
) -> Option<Findings> {
    let mut findings = Findings::keeping(all);
    let rows = plans.iter().flat_map(|plan| plan.prints.iter().zip(&plan.steps));
    for (print, step) in rows {
        let Some(finding) = outdated.remove(&print.id) else { continue };
        if !is_copy && step.says_otherwise() {
            findings.push(finding);
            continue;
        }
        warnings.push(finding.into_warning());
    }
    (!findings.is_empty()).then_some(findings)
}

/// What is to be done to have the rows of a file on record.
struct Plan {
    shape: &'static Shape,
    /// The rows.
    prints: Vec<Print>,
    /// The place of each row.
    places: Vec<i64>,
    /// What is to be done with each row.
    steps: Vec<Step>,
    /// The earliest known day of each row's noun; of ties there are none.
    known_days: Vec<NaiveDate>,
    /// The rows that only stand elsewhere now, with their new places.
    moved: Vec<(i64, i64)>,
    /// What is recorded and no longer in the file.
    closed: Vec<i64>,
    count: FileCount,
}

impl Plan {
    /// The facts that would be added or closed, or of which the rows say something else.
    fn touched(&self) -> impl Iterator<Item = i64> {
        let written = self.prints.iter().zip(&self.steps).filter(|(_, step)| step.says_otherwise());
        written.map(|(print, _)| print.id).chain(self.closed.iter().copied())
    }
}

/// What is to be done with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Keep,
    /// The row says the same, but other rows or sources show its noun to be known on another day.
    Shift,
    Change,
    Add,
}

impl Step {
    /// Whether another version takes the place of the one on record.
    fn replaces(self) -> bool {
        matches!(self, Step::Shift | Step::Change)
    }

    /// Whether the row itself says something that is not on record.
    fn says_otherwise(self) -> bool {
        matches!(self, Step::Change | Step::Add)
    }
}

/// Compares the rows of a file with what is recorded. A noun has changed, too, if another row or its source now shows it to
/// be known on an earlier day or only on a later one.
fn plan(
    shape: &'static Shape,
    prints: Vec<Print>,
    mut recorded: HashMap<i64, Recorded>,
    nouns: &Nouns,
    today: NaiveDate,
) -> Plan {
    let was: Vec<Option<Recorded>> = prints.iter().map(|print| recorded.remove(&print.id)).collect();
    let places = place::places(&was.iter().map(|was| was.map(|was| was.position)).collect::<Vec<_>>());
    let known_day = |print: &Print, was: &Option<Recorded>| {
        let recorded = was.and_then(|was| was.noun).map_or(today, |noun| noun.recorded);
        nouns.evidence(print.id).known_day(recorded)
    };
    let known_days: Vec<NaiveDate> = match shape.is_noun() {
        true => prints.iter().zip(&was).map(|(print, was)| known_day(print, was)).collect(),
        false => Vec::new(),
    };
    let steps = prints.iter().zip(&was).enumerate().map(|(at, (print, was))| match was {
        None => Step::Add,
        Some(was) if was.digest != print.digest => Step::Change,
        Some(was) if was.noun.is_some_and(|noun| noun.known_day != known_days[at]) => Step::Shift,
        Some(_) => Step::Keep,
    });
    let steps: Vec<Step> = steps.collect();
    let moved = prints.iter().zip(&was).zip(&places).zip(&steps).filter_map(|(((print, was), place), step)| {
        let is_elsewhere = was.is_some_and(|was| was.position != *place);
        (*step == Step::Keep && is_elsewhere).then_some((print.id, *place))
    });
    let moved = moved.collect();
    let mut closed: Vec<i64> = recorded.into_keys().collect();
    closed.sort_unstable();
    let how_many = |wanted: Step| steps.iter().filter(|step| **step == wanted).count() as u64;
    let count = FileCount {
        file: shape.file,
        rows: prints.len() as u64,
        added: how_many(Step::Add),
        changed: how_many(Step::Change) + how_many(Step::Shift),
        closed: closed.len() as u64,
        unchanged: how_many(Step::Keep),
        is_absent: false,
    };
    Plan { shape, prints, places, steps, known_days, moved, closed, count }
}

/// How many facts the store is asked to close or move at once.
const AT_ONCE: usize = 500;

async fn write(
    draft: &mut Draft,
    plan: &Plan,
    folder: &Folder,
    nouns: &Nouns,
    bar: &ProgressBar,
) -> anyhow::Result<()> {
    let changed = plan.prints.iter().zip(&plan.steps).filter(|(_, step)| step.replaces());
    let over: Vec<i64> = plan.closed.iter().copied().chain(changed.map(|(print, _)| print.id)).collect();
    for ids in over.chunks(AT_ONCE) {
        draft.close(plan.shape, ids).await?;
    }
    for places in plan.moved.chunks(AT_ONCE) {
        draft.move_facts(places).await?;
    }
    if plan.count.added + plan.count.changed > 0 {
        add(draft, plan, folder, nouns, bar).await?;
    }
    Ok(())
}

/// Reads the file again, and adds the rows that are new or changed.
async fn add(draft: &mut Draft, plan: &Plan, folder: &Folder, nouns: &Nouns, bar: &ProgressBar) -> anyhow::Result<()> {
    let shape = plan.shape;
    let changed = || format!("{}.csv changed while it was imported; nothing was written", shape.file);
    bar.set_message(format!("writing {}.csv", shape.file));
    let input = folder.open(shape)?.with_context(changed)?;
    let rows = Rows::open(shape, Box::new(bar.wrap_read(input)), &mut Vec::new())?.with_context(changed)?;
    let mut ahead = Ahead::read(shape, rows);
    let mut planned = plan.prints.iter().zip(&plan.places).zip(&plan.steps);
    let mut known_days = plan.known_days.iter();
    while let Some(handful) = ahead.next()? {
        for Line { is, .. } in handful.lines {
            let ((print, place), step) = planned.next().with_context(changed)?;
            let known_day = known_days.next();
            if *step == Step::Keep {
                continue;
            }
            let Is::Record(record, said) = is else { bail!(changed()) };
            let settled = nouns.settle(shape, &record).ok().with_context(changed)?;
            let digest = settled.digest(said);
            if (Print { id: record.id, digest }) != *print {
                bail!(changed());
            }
            let time = known_day.map(|day| lifetime(settled.validity, settled.stated, settled.entrance, *day));
            let validity = time.as_ref().map_or(settled.validity, |time| time.validity);
            let record = Record { validity, ..record };
            draft.add(shape, Fact { record, position: *place, digest, time }).await?;
        }
    }
    match planned.next() {
        None => Ok(()),
        Some(_) => bail!(changed()),
    }
}

/// A bar that shows, on the terminal's standard error only, how many bytes of the files are read.
fn progress_bar(shown: bool) -> ProgressBar {
    let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let style = ProgressStyle::with_template("{msg} {wide_bar} {bytes} of {total_bytes}, {eta} left");
    let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::with_draw_target(None, target).with_style(style).with_finish(ProgressFinish::AndClear)
}

/// Begins the bar anew, for the files that have something to write.
fn begin_writing(plans: &[Plan], folder: &Folder, bar: &ProgressBar) {
    let written = plans.iter().filter(|plan| plan.count.added + plan.count.changed > 0);
    bar.reset();
    bar.set_length(written.map(|plan| folder.size(plan.shape)).sum());
}

#[cfg(test)]
mod tests {
    use domain::Validity;
    use persistence::RecordedNoun;

    use super::*;

    const DAY: NaiveDate = Validity::OPEN_END;

    fn print(id: i64, digest: i64) -> Print {
        Print { id, digest }
    }

    #[test]
    fn only_what_differs_is_written() {
        let recorded = [(1, 1024, 10), (2, 2048, 20), (3, 3072, 30), (4, 4096, 40)];
        let recorded = recorded.map(|(id, position, digest)| (id, Recorded { position, digest, noun: None }));
        let rows = vec![print(4, 40), print(1, 10), print(2, 21), print(5, 50)];
        let plan = plan(&domain::source::SHAPE, rows, recorded.into(), &Nouns::default(), DAY);
        assert_eq!(plan.steps, [Step::Keep, Step::Keep, Step::Change, Step::Add]);
        assert_eq!(plan.places, [512, 1024, 2048, 3072]);
        assert_eq!(plan.moved, [(4, 512)]);
        assert_eq!(plan.closed, [3]);
        let FileCount { rows, added, changed, closed, unchanged, .. } = plan.count;
        assert_eq!([rows, added, changed, closed, unchanged], [4, 1, 1, 1, 2]);
    }

    #[test]
    fn a_file_that_is_gone_closes_what_it_said() {
        let recorded = HashMap::from([(7, Recorded { position: 1024, digest: 1, noun: None })]);
        let plan = plan(&domain::source::SHAPE, Vec::new(), recorded, &Nouns::default(), DAY);
        assert_eq!((plan.closed, plan.count.closed), (vec![7], 1));
    }

    #[test]
    fn a_noun_that_is_known_since_another_day_has_changed() {
        let earlier = RecordedNoun { known_day: Validity::OPEN_START, recorded: DAY };
        let same = RecordedNoun { known_day: DAY, recorded: DAY };
        let recorded = [(1, earlier), (2, same)];
        let recorded = recorded.map(|(id, noun)| (id, Recorded { position: id * 1024, digest: 7, noun: Some(noun) }));
        let plan =
            plan(&domain::source::SHAPE, vec![print(1, 7), print(2, 7)], recorded.into(), &Nouns::default(), DAY);
        assert_eq!(plan.steps, [Step::Shift, Step::Keep]);
        assert_eq!(plan.known_days, [DAY, DAY]);
    }
}

//! Imports a data set: a folder of CSV files, as one revision.
//!
//! `import` is the only way in. The first pass (`check.rs`) reads every row and collects findings; a data set with findings
//! is not written. Each file is then compared with what is recorded (`FilePlan`), and the second pass reads the files
//! that differ once more and writes their new and changed rows. A scenario takes the same way with the rows that its changes
//! affect (`affected_rows.rs`), and is rolled back.
//! Of each row only its digest, its position and its action stay in memory, and of each noun its time.

mod affected_rows;
mod check;
mod checked_map;
mod conflict;
mod csv_rows;
mod digest;
pub(crate) mod file_rows;
mod folder;
mod header;
mod hints;
mod noun_index;
mod periods;
mod positions;
mod row_reader;
pub(crate) mod row_table;

use std::{collections::HashMap, iter::repeat_n, ops::Range};

use anyhow::{Context, bail};
use chrono::NaiveDate;
use domain::{Clock, FieldError, NewRevision, Record, Revision, Shape, TimeZone, Validity, lifetime::lifetime};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressFinish, ProgressStyle};
use persistence::{Draft, ExportRow, Fact, IdMap, Recorded, Store};

pub use self::folder::Folder;
pub(crate) use self::{affected_rows::CheckedChanges, checked_map::CheckedMap, folder::Tables};
use self::{
    check::{CheckedDataSet, CheckedFile},
    conflict::find_conflict,
    digest::RowDigest,
    file_rows::FileRows,
    noun_index::{NounIndex, RecordTime},
    row_reader::{ParsedRow, RowContent, RowReader},
};
use crate::{
    manifest::{Manifest, map_fingerprint},
    report::{FileCount, Finding, Findings, ImportReport, Refusal, Removal, Warning},
};

/// The options of an import.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Whether to report what would be done, and write nothing.
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
/// The folder is no data set or cannot be read, or the store failed. A data set that is not written for what
/// its rows say is no error but a [`Refusal`].
pub async fn import(
    store: &Store,
    folder: &Folder,
    options: &Options,
    clock: &dyn Clock,
) -> anyhow::Result<Result<ImportReport, Refusal>> {
    let mut warnings = match folder.check_entries()? {
        Ok(warnings) => warnings,
        Err(findings) => return Ok(Err(Refusal::Findings(findings))),
    };
    let manifest = folder.manifest()?;
    let map = store.origin().await?.map(map_fingerprint);
    let bar = progress_bar(options.progress);
    // As a revision records it, in UTC.
    let today = clock.today(TimeZone::UTC);
    let CheckedDataSet { nouns, files, outdated } =
        match check::check_data_set(folder, today, options.all_findings, &bar, NounIndex::default())? {
            Ok(checked) => checked,
            Err(findings) => return Ok(Err(Refusal::Findings(findings.with_warnings(warnings)))),
        };
    let mut draft = store.draft().await?;
    if options.only_first && !draft.is_first() {
        return Ok(Ok(ImportReport { revision: None, files: Vec::new(), warnings, dry_run: options.dry_run }));
    }
    let mut plans = Vec::with_capacity(files.len());
    let (recorded_headers, mut headers) = (draft.file_headers().await?, Vec::new());
    let mut changed_for_ever = Vec::new();
    for CheckedFile { shape, header, digests } in files {
        let mut plan = plan_file(shape, digests, draft.recorded(shape).await?, &nouns, today);
        plan.count.is_absent = header.is_empty();
        if shape.is_permanent() {
            plan.keep_recorded();
            changed_for_ever.extend(find_changed_for_ever(&mut draft, &plan).await?);
        }
        plans.push(plan);
        if !header.is_empty() {
            let recorded = recorded_headers.get(shape.file);
            warnings.extend(recorded.and_then(|recorded| warn_of_lost_columns(shape, recorded, &header)));
            headers.push((shape, header));
        }
    }
    if !changed_for_ever.is_empty() {
        let mut findings = Findings::new(options.all_findings);
        changed_for_ever.into_iter().for_each(|finding| findings.push(finding));
        return Ok(Err(Refusal::Findings(findings.with_warnings(warnings))));
    }
    // An export is loaded into an empty store as it was, however long ago that is.
    let is_copy = draft.is_first() && (manifest.is_some() || options.only_first);
    if let Some(findings) = check_statuses(outdated, &plans, is_copy, options.all_findings, &mut warnings) {
        return Ok(Err(Refusal::Findings(findings.with_warnings(warnings))));
    }
    let asked = options.expect_revision;
    if let Some(conflict) =
        find_conflict(&mut draft, &plans, (folder, &nouns), asked, manifest.as_ref(), map.as_deref()).await?
    {
        return Ok(Err(Refusal::Conflict(conflict)));
    }
    let counts = plans.iter().map(|plan| plan.count).filter(|count| count.rows + count.closed > 0);
    let imported = ImportReport { revision: None, files: counts.collect(), warnings, dry_run: options.dry_run };
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
    restart_progress_bar(&plans, folder, &bar);
    for plan in &plans {
        write_file(&mut draft, plan, folder, &nouns, &bar).await?;
    }
    for (shape, header) in &headers {
        draft.record_file_header(shape, recorded_headers.get(shape.file), header).await?;
    }
    let revision = draft.commit(new_revision(options, &imported, clock)).await?;
    if let (Folder::Disk(dir), Some(_)) = (folder, manifest) {
        // The folder says now what the map says; what is changed in it next starts from here.
        let renewed = async {
            Manifest::for_revision(store, revision.as_ref().map_or(latest, |made| made.number)).await?.write(dir)
        };
        if let Err(error) = renewed.await {
            tracing::warn!("{} still names an earlier revision: {error:#}", Manifest::FILE);
        }
    }
    Ok(Ok(ImportReport { revision, ..imported }))
}

/// Writes into a draft what changes make of the map that it follows.
///
/// # Errors
/// The store failed.
pub(crate) async fn write_changes(
    draft: &mut Draft,
    changes: CheckedChanges,
    today: NaiveDate,
) -> anyhow::Result<Result<(), Findings>> {
    let CheckedChanges { folder, checked: CheckedDataSet { nouns, files, outdated }, mut facts } = changes;
    let mut plans = Vec::new();
    for CheckedFile { shape, digests, .. } in files {
        let mut ids = facts.remove(&shape.kind).unwrap_or_default();
        ids.extend(digests.iter().map(|digest| digest.id));
        if !ids.is_empty() {
            plans.push(plan_file(shape, digests, draft.recorded_of(shape, &ids).await?, &nouns, today));
        }
    }
    if let Some(findings) = check_statuses(outdated, &plans, false, false, &mut Vec::new()) {
        return Ok(Err(findings));
    }
    let bar = progress_bar(false);
    for plan in &plans {
        write_file(draft, plan, &folder, &nouns, &bar).await?;
    }
    Ok(Ok(()))
}

/// Finds the rows that say something else than what is on record, and never changes.
async fn find_changed_for_ever(draft: &mut Draft, plan: &FilePlan) -> anyhow::Result<Vec<Finding>> {
    let rows = plan.digests.iter().zip(&plan.actions);
    let ids: Vec<i64> = rows.filter(|(_, action)| action.closes_recorded()).map(|(digest, _)| digest.id).collect();
    let recorded = draft.export_rows(plan.shape, draft.latest(), &ids).await?;
    let finding = |row: ExportRow| {
        let problem = format!(
            "`{}` is on record and never changes: its row says something else; add another row instead",
            row.fields.first().map_or("", String::as_str)
        );
        Finding::of_entry(plan.shape.file_name(), "never_changes", problem)
    };
    Ok(recorded.into_iter().map(finding).collect())
}

/// Warns of columns that a file had when it was last imported, and has no more: what they said is known no longer.
fn warn_of_lost_columns(shape: &Shape, recorded: &[String], header: &[String]) -> Option<Warning> {
    let lost = recorded.iter().filter(|name| !header.contains(name)).map(|name| format!("`{name}`"));
    let lost = lost.collect::<Vec<_>>().join(", ");
    let problem = format!("it had {lost} when it was last imported; what no column says is blank from now on");
    (!lost.is_empty()).then(|| Warning { file: shape.file_name(), problem })
}

fn new_revision(options: &Options, imported: &ImportReport, clock: &dyn Clock) -> NewRevision {
    let FileCount { added, changed, closed, .. } = imported.total();
    let counted = || format!("{added} added, {changed} changed, {closed} closed");
    NewRevision {
        recorded_at: clock.timestamp(),
        actor: options.actor.clone(),
        message: options.message.clone().unwrap_or_else(counted),
    }
}

/// Sorts the rows whose status contradicts their dates today: a row that is on record already, or part of an export, is a
/// warning, and any other one a finding.
fn check_statuses(
    mut outdated: HashMap<i64, Finding>,
    plans: &[FilePlan],
    is_copy: bool,
    all: bool,
    warnings: &mut Vec<Warning>,
) -> Option<Findings> {
    let mut findings = Findings::new(all);
    let rows = plans.iter().flat_map(|plan| plan.digests.iter().zip(&plan.actions));
    for (digest, action) in rows {
        let Some(finding) = outdated.remove(&digest.id) else { continue };
        if !is_copy && action.changes_row() {
            findings.push(finding);
            continue;
        }
        warnings.push(finding.into_warning());
    }
    (!findings.is_empty()).then_some(findings)
}

/// What is to be done to have the rows of a file on record.
struct FilePlan {
    shape: &'static Shape,
    /// The facts of its rows.
    digests: Vec<RowDigest>,
    /// The position of each fact.
    positions: Vec<i64>,
    /// What is to be done with each fact.
    actions: Vec<RowAction>,
    /// The earliest known day of each fact's noun; of ties there are none.
    known_days: Vec<NaiveDate>,
    /// The rows that only stand elsewhere now, with their new positions.
    moved: Vec<(i64, i64)>,
    /// What is recorded and no longer in the file.
    closed: Vec<i64>,
    count: FileCount,
}

impl FilePlan {
    /// Closes nothing of what the file does not have.
    fn keep_recorded(&mut self) {
        self.closed.clear();
        self.count.closed = 0;
    }

    /// The facts that would be added or closed, or of which the rows say something else.
    fn changed_ids(&self) -> impl Iterator<Item = i64> {
        let written = self.digests.iter().zip(&self.actions).filter(|(_, action)| action.changes_row());
        written.map(|(digest, _)| digest.id).chain(self.closed.iter().copied())
    }

    /// The places of the facts of a row, the first of which is given; none past the end.
    fn facts_of_row(&self, first: usize, nouns: &NounIndex) -> Range<usize> {
        let facts = self.digests.iter().skip(first);
        let n_parts = facts.clone().skip(1).take_while(|fact| nouns.is_part(fact.id)).count();
        first..first + facts.take(1 + n_parts).count()
    }

    /// A fact as it is recorded, given its record and its time.
    fn fact(&self, at: usize, record: Record, time: RecordTime) -> Fact {
        let RecordTime { fact: id, part_of, shown, validity, turn, stated, entrance, .. } = time;
        let time = self.known_days.get(at).map(|day| lifetime(validity, stated, entrance, *day));
        let validity = time.as_ref().map_or(validity, |time| time.validity);
        let record = Record { validity, ..record };
        Fact { id, part_of, record, position: self.positions[at], digest: self.digests[at].digest, time, shown, turn }
    }
}

/// What is to be done with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RowAction {
    /// Nothing: it says what is on record.
    Keep,
    /// Record it anew: it says the same, but other rows or sources show its noun to be known on another day.
    ChangeKnownDay,
    /// Record it anew: it says something else than is on record.
    Replace,
    /// Record it: it is not on record.
    Add,
}

impl RowAction {
    /// Whether another version takes the place of the one on record.
    fn closes_recorded(self) -> bool {
        matches!(self, RowAction::ChangeKnownDay | RowAction::Replace)
    }

    /// Whether the row itself says something that is not on record.
    fn changes_row(self) -> bool {
        matches!(self, RowAction::Replace | RowAction::Add)
    }
}

/// What becomes of a row that is recorded by itself, of a shape whose rows refer to nothing and hold always.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordedRow {
    /// It is recorded by this revision.
    Added(Revision),
    /// It was on record as it is.
    Same,
    /// Another row with its key is on record, and never changes.
    Different,
}

/// Records one row of a shape whose rows never change, as a revision of its own; its fields stand in the order of the shape's
/// columns.
///
/// # Errors
/// A field is wrong, or the store failed.
pub async fn record_row(
    store: &Store,
    shape: &'static Shape,
    fields: &[&str],
    revision: NewRevision,
) -> anyhow::Result<RecordedRow> {
    let checked = shape.parse_row(fields).and_then(|record| match shape.check_rules(&record) {
        Ok(()) => Ok(record),
        Err(error) => Err(vec![error]),
    });
    let record = match checked {
        Ok(record) => record,
        Err(errors) => {
            let problem = |error: &FieldError| format!("{}: {}", error.column, error.problem);
            bail!(errors.iter().map(problem).collect::<Vec<_>>().join("; "));
        }
    };
    let digest = digest::digest(digest::row_text(shape, fields), record.validity);
    let mut draft = store.draft().await?;
    let recorded = draft.recorded(shape).await?;
    if let Some(same) = recorded.get(&record.id) {
        return Ok(if same.digest == digest { RecordedRow::Same } else { RecordedRow::Different });
    }
    let last = recorded.values().map(|row| row.position).max().unwrap_or_default();
    let (id, position) = (record.id, last.saturating_add(positions::GAP));
    let (part_of, time, turn, shown) = (None, None, None, Validity::ALWAYS);
    draft.add(shape, Fact { id, part_of, record, position, digest, time, shown, turn }).await?;
    draft.commit(revision).await?.map(RecordedRow::Added).context("nothing was recorded")
}

/// Compares the rows of a file with what is recorded. A noun has changed, too, if another row or its source now shows it to
/// be known on an earlier day or only on a later one.
fn plan_file(
    shape: &'static Shape,
    digests: Vec<RowDigest>,
    mut recorded: IdMap<Recorded>,
    nouns: &NounIndex,
    today: NaiveDate,
) -> FilePlan {
    let later = digests.iter().map(|digest| (digest.id, nouns.noun_of(digest.id))).filter(|(id, noun)| id != noun);
    let recorded_nouns: IdMap<NaiveDate> =
        later.filter_map(|(_, noun)| Some((noun, recorded.get(&noun)?.noun?.recorded))).collect();
    let was: Vec<Option<Recorded>> = digests.iter().map(|digest| recorded.remove(&digest.id)).collect();
    let positions = positions::assign_positions(&was.iter().map(|was| was.map(|was| was.position)).collect::<Vec<_>>());
    let known_day = |digest: &RowDigest, was: &Option<Recorded>| {
        let noun = nouns.noun_of(digest.id);
        let recorded = was.and_then(|was| was.noun).map(|noun| noun.recorded);
        let recorded = recorded.or_else(|| recorded_nouns.get(&noun).copied());
        nouns.evidence(noun).known_day(recorded.unwrap_or(today)).max(digest.first_known_day)
    };
    let known_days: Vec<NaiveDate> = match shape.is_noun() {
        true => digests.iter().zip(&was).map(|(digest, was)| known_day(digest, was)).collect(),
        false => Vec::new(),
    };
    let actions = digests.iter().zip(&was).enumerate().map(|(at, (digest, was))| match was {
        None => RowAction::Add,
        Some(was) if was.digest != digest.digest => RowAction::Replace,
        Some(was) if was.noun.is_some_and(|noun| noun.known_day != known_days[at]) => RowAction::ChangeKnownDay,
        Some(_) => RowAction::Keep,
    });
    let actions: Vec<RowAction> = actions.collect();
    let moved =
        digests.iter().zip(&was).zip(&positions).zip(&actions).filter_map(|(((digest, was), position), action)| {
            let is_elsewhere = was.is_some_and(|was| was.position != *position);
            (*action == RowAction::Keep && is_elsewhere).then_some((digest.id, *position))
        });
    let moved = moved.collect();
    let mut closed: Vec<i64> = recorded.into_keys().collect();
    closed.sort_unstable();
    let how_many = |wanted: RowAction| actions.iter().filter(|action| **action == wanted).count() as u64;
    let count = FileCount {
        file: shape.file,
        rows: digests.iter().filter(|digest| !nouns.is_part(digest.id)).count() as u64,
        added: how_many(RowAction::Add),
        changed: how_many(RowAction::Replace) + how_many(RowAction::ChangeKnownDay),
        closed: closed.len() as u64,
        unchanged: how_many(RowAction::Keep),
        is_absent: false,
    };
    FilePlan { shape, digests, positions, actions, known_days, moved, closed, count }
}

/// How many facts the store is asked to close or move at once.
const IDS_PER_STATEMENT: usize = 500;

async fn write_file(
    draft: &mut Draft,
    plan: &FilePlan,
    folder: &Folder,
    nouns: &NounIndex,
    bar: &ProgressBar,
) -> anyhow::Result<()> {
    let changed = plan.digests.iter().zip(&plan.actions).filter(|(_, action)| action.closes_recorded());
    let over: Vec<i64> = plan.closed.iter().copied().chain(changed.map(|(digest, _)| digest.id)).collect();
    for ids in over.chunks(IDS_PER_STATEMENT) {
        draft.close(plan.shape, ids).await?;
    }
    for positions in plan.moved.chunks(IDS_PER_STATEMENT) {
        draft.move_facts(positions).await?;
    }
    if plan.count.added + plan.count.changed > 0 {
        add_rows(draft, plan, folder, nouns, bar).await?;
    }
    Ok(())
}

/// Reads the file again, and adds the rows that are new or changed.
async fn add_rows(
    draft: &mut Draft,
    plan: &FilePlan,
    folder: &Folder,
    nouns: &NounIndex,
    bar: &ProgressBar,
) -> anyhow::Result<()> {
    let shape = plan.shape;
    let changed = || format!("{}.csv changed while it was imported; nothing was written", shape.file);
    bar.set_message(format!("writing {}.csv", shape.file));
    let input = folder.open(shape)?.with_context(changed)?;
    let rows = FileRows::open(shape, input.shown_by(bar), &mut Vec::new())?.with_context(changed)?;
    let mut reader = RowReader::start(shape, rows);
    let mut at = 0;
    // Later periods of a noun refer to its first, wherever that stands in the file.
    let mut later_periods = Vec::new();
    while let Some(batch) = reader.next_batch()? {
        for ParsedRow { line, content } in batch.rows {
            let facts = plan.facts_of_row(at, nouns);
            at = facts.end;
            if facts.is_empty() {
                bail!(changed());
            }
            if plan.actions[facts.clone()].iter().all(|action| *action == RowAction::Keep) {
                continue;
            }
            let RowContent::Record(record, text) = content else { bail!(changed()) };
            let times = nouns.record_times(shape, &record, line).ok().with_context(changed)?;
            let texts = repeat_n(text, times.len());
            let digests = times.iter().zip(texts).map(|(time, text)| time.row_digest(text));
            if !digests.eq(plan.digests[facts.clone()].iter().copied()) {
                bail!(changed());
            }
            let (noun, records) = (record.id, repeat_n(record, times.len()));
            for ((at, time), record) in facts.zip(times).zip(records) {
                if plan.actions[at] == RowAction::Keep {
                    continue;
                }
                let fact = plan.fact(at, record, time);
                match shape.is_noun() && fact.id != noun {
                    true => later_periods.push(fact),
                    false => draft.add(shape, fact).await?,
                }
            }
        }
    }
    for fact in later_periods {
        draft.add(shape, fact).await?;
    }
    if at < plan.digests.len() {
        bail!(changed());
    }
    Ok(())
}

/// A bar that shows, on the terminal's standard error only, how many bytes of the files are read.
fn progress_bar(shown: bool) -> ProgressBar {
    let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let style = ProgressStyle::with_template("{msg} {wide_bar} {bytes} of {total_bytes}, {eta} left");
    let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::with_draw_target(None, target).with_style(style).with_finish(ProgressFinish::AndClear)
}

/// Begins the bar anew, for the files that have something to write.
fn restart_progress_bar(plans: &[FilePlan], folder: &Folder, bar: &ProgressBar) {
    let written = plans.iter().filter(|plan| plan.count.added + plan.count.changed > 0);
    bar.reset();
    bar.set_length(written.map(|plan| folder.size(plan.shape)).sum());
}

#[cfg(test)]
mod tests {
    use persistence::RecordedNoun;

    use super::*;

    const DAY: NaiveDate = Validity::OPEN_END;

    fn digest(id: i64, digest: i64) -> RowDigest {
        RowDigest { id, digest, first_known_day: Validity::OPEN_START }
    }

    #[test]
    fn only_what_differs_is_written() {
        let recorded = [(1, 1024, 10), (2, 2048, 20), (3, 3072, 30), (4, 4096, 40)];
        let recorded = recorded.map(|(id, position, digest)| (id, Recorded { position, digest, noun: None }));
        let rows = vec![digest(4, 40), digest(1, 10), digest(2, 21), digest(5, 50)];
        let plan = plan_file(&domain::source::SHAPE, rows, recorded.into_iter().collect(), &NounIndex::default(), DAY);
        assert_eq!(plan.actions, [RowAction::Keep, RowAction::Keep, RowAction::Replace, RowAction::Add]);
        assert_eq!(plan.positions, [512, 1024, 2048, 3072]);
        assert_eq!(plan.moved, [(4, 512)]);
        assert_eq!(plan.closed, [3]);
        let FileCount { rows, added, changed, closed, unchanged, .. } = plan.count;
        assert_eq!([rows, added, changed, closed, unchanged], [4, 1, 1, 1, 2]);
    }

    #[test]
    fn a_file_that_is_gone_closes_what_it_said() {
        let recorded = IdMap::from_iter([(7, Recorded { position: 1024, digest: 1, noun: None })]);
        let plan = plan_file(&domain::source::SHAPE, Vec::new(), recorded, &NounIndex::default(), DAY);
        assert_eq!((plan.closed, plan.count.closed), (vec![7], 1));
    }

    #[test]
    fn a_noun_that_is_known_since_another_day_has_changed() {
        let earlier = RecordedNoun { known_day: Validity::OPEN_START, recorded: DAY };
        let same = RecordedNoun { known_day: DAY, recorded: DAY };
        let recorded = [(1, earlier), (2, same)];
        let recorded = recorded.map(|(id, noun)| (id, Recorded { position: id * 1024, digest: 7, noun: Some(noun) }));
        let plan = plan_file(
            &domain::source::SHAPE,
            vec![digest(1, 7), digest(2, 7)],
            recorded.into_iter().collect(),
            &NounIndex::default(),
            DAY,
        );
        assert_eq!(plan.actions, [RowAction::ChangeKnownDay, RowAction::Keep]);
        assert_eq!(plan.known_days, [DAY, DAY]);
    }
}

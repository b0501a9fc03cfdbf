//! A revision being written: facts added, facts closed, all or nothing.

use std::sync::Arc;

use chrono::NaiveDate;
use domain::{
    Cell, ColumnType, ImpreciseDate, Kept, Known, Lifetime, NewRevision, Record, Revision, Shape, Storage, Turn,
    Validity, fact::day_text, id::identity, text,
};
use sea_orm::{
    ConnectionTrait, DbBackend, JoinType, Value,
    sea_query::{Alias, Expr, ExprTrait, Func, Order, Query, SelectStatement},
};

use crate::{
    IdMap, Store, StoreError,
    bulk::{Bulk, ColumnValues},
    deferred_indexes::DeferredIndexes,
    dialect,
    entity::{
        identities,
        revisions::{
            self,
            Column::{Actor, Message, Number, RecordedAt},
        },
    },
    export::{self, ExportRow},
    latest::LatestChecks,
    location,
    names::{NameRows, NamedFact},
    open::WRITER_TIMEOUT,
    references::References,
    revision_changes::ChangeCounter,
    row::Row,
    scenario::Place,
    statistics,
    transaction_pipe::TransactionPipe,
    view::{Scope, Sees, col},
    writer::{WriteTransaction, Writer},
};

/// A fact to record.
#[derive(Debug, Clone)]
pub struct Fact {
    /// Its identity: that of the record or, for a later period of it, one of its own.
    pub id: i64,
    /// The fact whose row it is recorded from, if that one is another: it is exported with it.
    pub part_of: Option<i64>,
    /// The fact as written down, its validity final; its cells stand in the order of the shape's columns.
    pub record: Record,
    /// Its place among its kind, for the export.
    pub position: i64,
    /// A fingerprint of everything it says, by which a later import sees whether it changed.
    pub digest: i64,
    /// A noun's time, its validity the record's; none for a tie.
    pub time: Option<Lifetime>,
    /// The days on which a noun is seen by this fact; those of its periods follow each other without a gap.
    pub shown: Validity,
    /// Its turn, if there is one: its validity is the record's.
    pub turn: Option<Turn>,
}

/// What is recorded of a fact now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recorded {
    /// Its place among its kind.
    pub position: i64,
    /// The fingerprint of what it says.
    pub digest: i64,
    /// Since when a noun is known; none for a tie.
    pub noun: Option<RecordedNoun>,
}

/// Since when a recorded noun is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordedNoun {
    /// Its earliest known day, as recorded.
    pub known_day: NaiveDate,
    /// The day on which it was first recorded.
    pub recorded: NaiveDate,
}

/// A revision being written. Dropping it writes nothing.
pub struct Draft {
    pub(crate) pipe: TransactionPipe,
    pub(crate) backend: DbBackend,
    number: i64,
    /// Whether no revision came before: then every identity is new.
    first: bool,
    /// What a first revision makes again at its end.
    deferred: DeferredIndexes,
    /// What the database does not look up; `None` if it does.
    references: Option<References>,
    /// What is added, changed and closed, by kind.
    changes: ChangeCounter,
    /// Whether places of facts, or headers of files, were changed, which are no knowledge.
    pub(crate) changed_bookkeeping: bool,
    tables: Tables,
    /// What is being added of the shape at hand; a shape is added as a whole before the next.
    adding: Option<(&'static Shape, Bulk)>,
    /// Where the transaction runs.
    write: Writer,
    /// What another revision may change.
    latest: Arc<LatestChecks>,
    /// What a scenario holds.
    place: Option<Place>,
}

struct Tables {
    identities: Bulk,
    citations: Bulk,
    facets: Bulk,
    names: NameRows,
}

impl Store {
    /// Begins a revision; nobody else can write until it is committed or dropped.
    ///
    /// # Errors
    /// The database failed, or another writer did not end in time.
    pub async fn draft(&self) -> Result<Draft, StoreError> {
        let (transaction, latest) = self.begin().await?;
        open_revision(&transaction, self.backend, latest + 1).await?;
        let deferred = match latest {
            0 => DeferredIndexes::from(&transaction, self.backend).await?,
            _ => DeferredIndexes::default(),
        };
        Ok(Draft::new(self, transaction, latest + 1, deferred, None))
    }

    /// Begins a transaction that nobody else writes beside; tells the latest revision.
    ///
    /// SQLite can be kept from looking up foreign keys only before a transaction begins, and only a first revision may go
    /// without. If another came first in the meantime, it begins again.
    async fn begin(&self) -> Result<(WriteTransaction, i64), StoreError> {
        if self.backend == DbBackend::Postgres {
            let transaction = self.write.begin().await?;
            transaction.execute_unprepared(dialect::LOCK_WRITERS).await?;
            let latest = latest(&*transaction, self.backend).await?;
            return Ok((transaction, latest));
        }
        self.write.settle().await?;
        // A scenario that was given up has left less.
        self.write.connection().execute_unprepared(&dialect::set_busy_timeout(WRITER_TIMEOUT.as_millis())).await?;
        let mut is_first = latest(self.write.connection(), self.backend).await? == 0;
        loop {
            self.write.connection().execute_unprepared(dialect::set_foreign_keys(!is_first)).await?;
            let transaction = self.write.begin().await?;
            let latest = latest(&*transaction, self.backend).await?;
            if latest == 0 || looks_up_foreign_keys(&*transaction).await? {
                return Ok((transaction, latest));
            }
            transaction.rollback().await?;
            is_first = false;
        }
    }
}

async fn open_revision(transaction: &WriteTransaction, backend: DbBackend, number: i64) -> Result<(), StoreError> {
    let mut opening = Query::insert();
    opening.into_table(revisions::Entity).columns([Number, RecordedAt, Actor, Message]);
    opening.values_panic([number.into(), "".into(), "".into(), "".into()]);
    transaction.execute_raw(backend.build(&opening)).await?;
    Ok(())
}

/// The number of the latest revision; 0 if there is none.
pub(crate) async fn latest(database: &impl ConnectionTrait, backend: DbBackend) -> Result<i64, StoreError> {
    let latest = Expr::expr(Func::max(Expr::col(Number)));
    let mut select = Query::select();
    select.expr(Func::coalesce([latest, Expr::Constant(0_i64.into())])).from(revisions::Entity);
    let row = database.query_one_raw(backend.build(&select)).await?;
    Ok(row.map_or(Ok(0), |row| row.try_get_by_index(0))?)
}

/// Moves what SQLite's write-ahead log has into the file, and empties the log unless somebody reads from it for long.
async fn empty_log(write: &Writer) -> Result<(), StoreError> {
    let write = write.connection();
    write.execute_unprepared(dialect::CHECKPOINT).await?;
    // Emptying waits for readers, for whom no writer should wait as long as for another writer.
    write.execute_unprepared(&dialect::set_busy_timeout(2000)).await?;
    let emptied = write.execute_unprepared(dialect::EMPTY_LOG).await;
    write.execute_unprepared(&dialect::set_busy_timeout(WRITER_TIMEOUT.as_millis())).await?;
    emptied?;
    Ok(())
}

async fn looks_up_foreign_keys(database: &impl ConnectionTrait) -> Result<bool, StoreError> {
    let row = database.query_one_raw(dialect::foreign_keys()).await?;
    Ok(row.map_or(Ok(0), |row| row.try_get_by_index::<i64>(0))? == 1)
}

impl Draft {
    fn new(
        store: &Store,
        transaction: WriteTransaction,
        number: i64,
        deferred: DeferredIndexes,
        place: Option<Place>,
    ) -> Self {
        let backend = store.backend;
        // What was closed and is said anew, and what was said before and is again, has its identity already.
        let identity_changes: &[&str] = if number == 1 { &[] } else { &["position", "digest", "part_of"] };
        Draft {
            write: store.write.clone(),
            latest: store.latest.clone(),
            pipe: TransactionPipe::new(transaction),
            backend,
            number,
            first: number == 1,
            deferred,
            references: (number == 1 && backend == DbBackend::Sqlite).then(References::default),
            changes: ChangeCounter::default(),
            changed_bookkeeping: false,
            tables: Tables {
                identities: Bulk::new(
                    backend,
                    "identities",
                    &[
                        ("id", ColumnValues::Number),
                        ("kind", ColumnValues::Text),
                        ("slug", ColumnValues::Text),
                        ("position", ColumnValues::Number),
                        ("digest", ColumnValues::Number),
                        ("part_of", ColumnValues::Number),
                    ],
                )
                .known_from(number)
                .or_change(identity_changes),
                citations: Bulk::new(
                    backend,
                    "citations",
                    &[
                        ("fact_id", ColumnValues::Number),
                        ("field", ColumnValues::MaybeEmpty),
                        ("source_id", ColumnValues::Number),
                        ("quote", ColumnValues::Text),
                        ("confidence", ColumnValues::Text),
                    ],
                )
                .known_from(number),
                facets: Bulk::new(
                    backend,
                    "facets",
                    &[("id", ColumnValues::Number), ("facet", ColumnValues::Text), ("word", ColumnValues::Text)],
                )
                .known_from(number),
                names: NameRows::of_revision(backend, number),
            },
            adding: None,
            place,
        }
    }

    /// A draft that is never committed.
    pub(crate) async fn of_scenario(
        store: &Store,
        transaction: WriteTransaction,
        number: i64,
        place: Place,
    ) -> Result<Self, StoreError> {
        open_revision(&transaction, store.backend, number).await?;
        Ok(Draft::new(store, transaction, number, DeferredIndexes::default(), Some(place)))
    }

    /// The facts of a kind that are recorded now, by identity.
    ///
    /// # Errors
    /// The database failed.
    pub async fn recorded(&mut self, shape: &'static Shape) -> Result<IdMap<Recorded>, StoreError> {
        self.read_recorded(shape, recorded_select(self.backend, shape)).await
    }

    /// What is recorded now of these facts of a shape.
    ///
    /// # Errors
    /// The database failed.
    pub async fn recorded_of(&mut self, shape: &'static Shape, facts: &[i64]) -> Result<IdMap<Recorded>, StoreError> {
        let mut select = recorded_select(self.backend, shape);
        select.and_where(dialect::is_one_of_these(self.backend, col("i", identities::Column::Id), facts));
        self.read_recorded(shape, select).await
    }

    async fn read_recorded(
        &mut self,
        shape: &'static Shape,
        select: SelectStatement,
    ) -> Result<IdMap<Recorded>, StoreError> {
        if self.first {
            return Ok(IdMap::default());
        }
        let statement = self.backend.build(&select);
        let mut recorded = IdMap::default();
        for row in self.pipe.settled_transaction().await?.query_all_raw(statement).await? {
            let mut row = Row::new(&row);
            let [id, position, digest] = row.cells();
            let Some(digest) = digest.maybe_number()? else { continue };
            let noun = match shape.is_noun() {
                true => Some(RecordedNoun { known_day: row.next().day()?, recorded: row.next().day()? }),
                false => None,
            };
            recorded.insert(id.number()?, Recorded { position: position.number()?, digest, noun });
        }
        Ok(recorded)
    }

    /// Which of these facts a revision later than `revision` added, changed or closed.
    ///
    /// # Errors
    /// The database failed.
    pub async fn changed_after(
        &mut self,
        shape: &'static Shape,
        revision: i64,
        ids: &[i64],
    ) -> Result<Vec<i64>, StoreError> {
        let id = || col("fact", shape.fact_column());
        let is_later = col("fact", "known_from").gt(revision).or(col("fact", "known_to").gt(revision));
        let mut select = Query::select();
        select.distinct().expr(id()).from_as(Alias::new(shape.table), "fact").order_by_expr(id(), Order::Asc);
        select.and_where(dialect::is_one_of_these(self.backend, id(), ids)).and_where(is_later);
        let rows = self.pipe.settled_transaction().await?.query_all_raw(self.backend.build(&select)).await?;
        rows.iter().map(|row| Row::new(row).next().number()).collect()
    }

    /// These facts as they were written down at a revision; those that it does not know are left out.
    ///
    /// # Errors
    /// The database failed.
    pub async fn export_rows(
        &mut self,
        shape: &'static Shape,
        revision: i64,
        ids: &[i64],
    ) -> Result<Vec<ExportRow>, StoreError> {
        let statement = export::by_ids(self.backend, shape, Known::At(revision), ids);
        let rows = self.pipe.settled_transaction().await?.query_all_raw(statement.to_statement(self.backend)).await?;
        rows.iter().map(|row| export::read(shape, Row::new(row))).collect()
    }

    /// The revision that the draft follows; 0 if it is the first.
    #[must_use]
    pub fn latest(&self) -> i64 {
        self.number - 1
    }

    /// Adds a fact of which no version is recorded now, or is closed. Shapes are added one after the other.
    ///
    /// # Errors
    /// The database failed, or refused the fact.
    pub async fn add(&mut self, shape: &'static Shape, fact: Fact) -> Result<(), StoreError> {
        if self.adding.as_ref().is_none_or(|(at_hand, _)| at_hand.kind != shape.kind) {
            self.flush().await?;
            let bulk = Bulk::new(self.backend, shape.table, &insert_columns(shape)).known_from(self.number);
            self.adding = Some((shape, bulk));
        }
        self.changes.add(shape.kind, fact.id);
        let ties: Vec<Option<i64>> = fact.record.cells.iter().map(referred_identity).collect();
        if let Some(references) = &mut self.references {
            references.add_identity(fact.id);
            let listed = fact.record.cells.iter().filter(|cell| matches!(cell, Cell::Refs(..)));
            let listed = listed.flat_map(Cell::references).map(|(kind, slug)| identity(kind, slug));
            ties.iter().flatten().copied().chain(listed).for_each(|id| references.add_reference(id));
        }
        self.add_identity(shape, &fact);
        self.add_citations(shape, &fact, &ties);
        self.add_names(shape, &fact, &ties);
        let Some((_, bulk)) = &mut self.adding else { return Ok(()) };
        push_row(shape, fact, &ties, bulk);
        if bulk.is_full() {
            self.flush_full().await?;
        }
        Ok(())
    }

    /// Closes facts: they are known no longer.
    ///
    /// # Errors
    /// The database failed.
    pub async fn close(&mut self, shape: &'static Shape, ids: &[i64]) -> Result<(), StoreError> {
        if ids.is_empty() {
            return Ok(());
        }
        self.changes.close(shape.kind, ids);
        for (table, id) in [
            (shape.table, shape.fact_column()),
            ("citations", "fact_id"),
            ("facets", "id"),
            ("search_names", "fact_id"),
        ] {
            let mut close = Query::update();
            close.table(Alias::new(table)).value("known_to", self.number);
            close.and_where(Expr::col("known_to").is_null()).and_where(dialect::is_one_of_these(
                self.backend,
                Expr::col(id),
                ids,
            ));
            self.pipe.send(vec![self.backend.build(&close)]).await?;
        }
        let mut forget = Query::update();
        forget.table(identities::Entity).value(identities::Column::Digest, Option::<i64>::None);
        forget.and_where(dialect::is_one_of_these(self.backend, Expr::col(identities::Column::Id), ids));
        self.pipe.send(vec![self.backend.build(&forget)]).await
    }

    /// Moves facts to other places among their kind; an order is no knowledge, so this makes no revision.
    ///
    /// # Errors
    /// The database failed.
    pub async fn move_facts(&mut self, places: &[(i64, i64)]) -> Result<(), StoreError> {
        for (id, position) in places {
            let mut place = Query::update();
            place.table(identities::Entity).value(identities::Column::Position, *position);
            place.and_where(Expr::col(identities::Column::Id).eq(*id));
            self.pipe.send(vec![self.backend.build(&place)]).await?;
            self.changed_bookkeeping = true;
        }
        Ok(())
    }

    /// Whether no revision came before.
    #[must_use]
    pub fn is_first(&self) -> bool {
        self.first
    }

    /// Records the revision; `None` if nothing was added or closed.
    ///
    /// # Errors
    /// The database failed; then nothing is written.
    pub async fn commit(mut self, revision: NewRevision) -> Result<Option<Revision>, StoreError> {
        self.flush().await?;
        if self.changes.is_empty() {
            let mut delete = Query::delete();
            delete.from_table(revisions::Entity).and_where(Expr::col(Number).eq(self.number));
            self.pipe.send(vec![self.backend.build(&delete)]).await?;
            if self.changed_bookkeeping {
                self.pipe.commit().await?;
            }
            return Ok(None);
        }
        self.record_revision(&revision).await?;
        let NewRevision { recorded_at, actor, message } = revision;
        let deferred = std::mem::take(&mut self.deferred);
        if self.backend == DbBackend::Postgres && deferred.is_empty() {
            // SQLite's figures are fixed: `statistics` says why.
            statistics::analyze(&**self.pipe.settled_transaction().await?).await?;
        }
        deferred.restore(self.pipe.settled_transaction().await?, self.backend).await?;
        let number = self.number;
        self.pipe.commit().await?;
        self.latest.invalidate();
        if self.backend == DbBackend::Sqlite
            // A file that somebody copies should have it all, and the log beside it not stay as large as the revision.
            && let Err(error) = empty_log(&self.write).await
        {
            tracing::debug!(%error, "the revision stays in the write-ahead log for now");
        }
        Ok(Some(Revision { number, recorded_at, actor, message }))
    }

    /// Writes all that is held back, and what is said about the revision.
    pub(crate) async fn finish(&mut self, revision: &NewRevision) -> Result<(), StoreError> {
        self.flush().await?;
        self.record_revision(revision).await
    }

    /// The transaction, once all that was sent is done, and what a scenario holds.
    pub(crate) async fn into_parts(self) -> Result<(WriteTransaction, Option<Place>), StoreError> {
        Ok((self.pipe.into_transaction().await?, self.place))
    }

    async fn record_revision(&mut self, revision: &NewRevision) -> Result<(), StoreError> {
        let NewRevision { recorded_at, actor, message } = revision;
        let mut record = Query::update();
        record.table(revisions::Entity).value(RecordedAt, recorded_at.as_str()).value(Actor, actor.as_str());
        record.value(Message, message.as_str()).and_where(Expr::col(Number).eq(self.number));
        let mut statements = vec![self.backend.build(&record)];
        if !self.changes.is_empty() {
            statements.push(self.changes.record(self.backend, self.number));
        }
        self.pipe.send(statements).await?;
        self.references.as_ref().map_or(Ok(()), References::check)
    }

    fn add_identity(&mut self, shape: &'static Shape, fact: &Fact) {
        let slug = (shape.is_noun() && fact.id == fact.record.id).then(|| fact.record.key.clone());
        self.tables.identities.push([
            fact.id.into(),
            shape.kind.name().into(),
            slug.into(),
            fact.position.into(),
            fact.digest.into(),
            fact.part_of.into(),
        ]);
    }

    /// Keeps what sources say about the fact, or about one column of it.
    fn add_citations(&mut self, shape: &'static Shape, fact: &Fact, ties: &[Option<i64>]) {
        let cells = &fact.record.cells;
        for (column, tie) in shape.columns.iter().zip(ties) {
            let (ColumnType::CitedSource(field), Some(source)) = (column.column_type, *tie) else { continue };
            let beside = |is: fn(ColumnType, &str) -> bool| {
                let at = shape.columns.iter().position(|other| is(other.column_type, field));
                at.map_or(Value::String(None), |at| cell_value(cells[at].clone(), None))
            };
            self.tables.citations.push([
                fact.id.into(),
                field.into(),
                source.into(),
                beside(|holds, field| matches!(holds, ColumnType::CitedQuote(of) if of == field)),
                beside(|holds, field| matches!(holds, ColumnType::CitedConfidence(of) if of == field)),
            ]);
        }
    }

    /// Keeps the fact's words for filters and its names for searches.
    fn add_names(&mut self, shape: &'static Shape, fact: &Fact, ties: &[Option<i64>]) {
        let record = &fact.record;
        for (column, cell) in shape.columns.iter().zip(&record.cells) {
            if let (ColumnType::Words(_), Cell::Text(words)) = (column.column_type, cell) {
                for word in words.split(';') {
                    self.tables.facets.push([fact.id.into(), column.name.into(), word.into()]);
                }
            }
        }
        let days = if shape.is_noun() { fact.shown } else { record.validity };
        let named = NamedFact {
            fact: fact.id,
            noun: record.id,
            slug: &record.key,
            cells: &record.cells,
            tied: |at| ties[at],
            days: [days.from, days.to, record.validity.to].map(day_text),
            known: None,
        };
        self.tables.names.push(shape, &named);
    }

    /// Writes the batches that are full: identities first, and all of them, since all else points to them.
    async fn flush_full(&mut self) -> Result<(), StoreError> {
        let Tables { identities, citations, facets, names } = &mut self.tables;
        let mut statements = identities.all();
        let own = self.adding.as_mut().map(|(_, bulk)| bulk);
        statements.extend(own.into_iter().chain([citations, facets]).chain(names.bulks()).flat_map(Bulk::full));
        self.pipe.send(statements).await
    }

    /// Writes all that is held back.
    async fn flush(&mut self) -> Result<(), StoreError> {
        let Tables { identities, citations, facets, names } = &mut self.tables;
        let own = self.adding.as_mut().map(|(_, bulk)| bulk);
        let all = [identities].into_iter().chain(own).chain([citations, facets]).chain(names.bulks());
        let statements = all.flat_map(Bulk::all).collect();
        self.pipe.send(statements).await
    }
}

/// The identities of a kind with a place and a digest and, of a noun, since when it is known.
fn recorded_select(backend: DbBackend, shape: &'static Shape) -> SelectStatement {
    let id = || col("i", identities::Column::Id);
    let is_its_own = || id().eq(col("fact", shape.fact_column()));
    let table = || Alias::new(shape.table);
    let mut select = Query::select();
    if shape.is_noun() {
        select = Scope { backend, is_latest: true, is_tied: false, is_about_one: false }.select_from(
            table(),
            "fact",
            Sees::Known,
        );
        select.join_as(JoinType::InnerJoin, identities::Entity, "i", is_its_own());
    } else {
        select.from_as(identities::Entity, "i");
    }
    select.expr(id()).expr(col("i", identities::Column::Position)).expr(col("i", identities::Column::Digest));
    if shape.is_noun() {
        let mut first = Query::select();
        first
            .expr(Func::min(col("v", "known_from")))
            .from_as(table(), "v")
            .and_where(col("v", "id").eq(col("fact", "id")));
        let first = Expr::SubQuery(None, Box::new(first.into()));
        let mut recorded = Query::select();
        let day = [col("r", RecordedAt), Expr::Constant(1.into()), Expr::Constant(10.into())];
        recorded.expr(Func::cust(Alias::new("substr")).args(day)).from_as(revisions::Entity, "r");
        recorded.and_where(col("r", Number).eq(first));
        select.expr(col("fact", "known_day")).expr(Expr::SubQuery(None, Box::new(recorded.into())));
    }
    select.and_where(col("i", identities::Column::Kind).eq(shape.kind.name()));
    select
}

/// The columns of a shape's table that an insert fills.
fn insert_columns(shape: &'static Shape) -> Vec<(&'static str, ColumnValues)> {
    let mut columns =
        vec![("id", ColumnValues::Number), ("valid_from", ColumnValues::Text), ("valid_to", ColumnValues::Text)];
    if shape.is_noun() {
        columns.extend([("slug", ColumnValues::Text), ("sort_name", ColumnValues::MaybeEmpty)]);
        columns.extend([
            ("known_day", ColumnValues::Text),
            ("stated_from", ColumnValues::Text),
            ("stated_to", ColumnValues::Text),
        ]);
        columns.extend([
            ("fact_id", ColumnValues::Number),
            ("shown_from", ColumnValues::Text),
            ("shown_to", ColumnValues::Text),
        ]);
    }
    if shape.takes_turns() {
        columns.extend([("certain_from", ColumnValues::Text), ("certain_to", ColumnValues::Text)]);
    }
    if shape.has_location() {
        columns.extend(location::POINT.map(|name| (name, ColumnValues::Number)));
    }
    let own = shape.own().filter(|column| !(shape.is_noun() && matches!(column.column_type, ColumnType::Slug)));
    columns.extend(own.map(|column| match (column.column_type, column.column_type.storage()) {
        (ColumnType::Words(_), _) => (column.name, ColumnValues::MaybeEmpty),
        (_, Storage::Number) => (column.name, ColumnValues::Number),
        (_, Storage::Text) => (column.name, ColumnValues::Text),
    }));
    columns
}

/// Writes a fact's values in the order of [`insert_columns`].
fn push_row(shape: &'static Shape, fact: Fact, ties: &[Option<i64>], bulk: &mut Bulk) {
    let Fact { id, record, time, shown, turn, .. } = fact;
    let row_id = if shape.is_noun() { record.id } else { id };
    bulk.push([row_id.into(), day_text(record.validity.from).into(), day_text(record.validity.to).into()]);
    if shape.is_noun() {
        let name =
            shape.columns.iter().zip(&record.cells).find_map(|(column, cell)| match (column.column_type, cell) {
                (ColumnType::Names, Cell::Texts(names)) => names.first().map(|name| text::sort_key(&name.text)),
                (ColumnType::Name, Cell::Text(name)) => Some(text::sort_key(name)),
                _ => None,
            });
        bulk.push([record.key.into(), name.unwrap_or_default().into()]);
        let date = |date: Option<ImpreciseDate>| Value::from(date.map(|date| date.as_str().to_owned()));
        let (known_day, stated) = time.map_or_else(Default::default, |time| (day_text(time.known_day), time.stated));
        bulk.push([known_day.into(), date(stated.since), date(stated.until)]);
        let [from, to] = [shown.since(), shown.until().map(|_| shown.to)];
        let day = |day: Option<NaiveDate>| Value::from(day.map(day_text));
        bulk.push([id.into(), day(from), day(to)]);
    }
    if shape.takes_turns() {
        // A day is kept only where it says more than the validity does.
        let day = |day: fn(&Validity) -> NaiveDate| {
            let day = turn.as_ref().map(|turn| (day(&turn.validity), day(&turn.certain)));
            Value::from(day.filter(|(holds, certain)| holds != certain).map(|(_, certain)| day_text(certain)))
        };
        bulk.push([day(|days| days.from), day(|days| days.to)]);
    }
    if shape.has_location() {
        bulk.push(location::point_of(shape, &record.cells).map(Value::from));
    }
    for ((column, cell), tie) in shape.columns.iter().zip(record.cells).zip(ties) {
        let is_key = shape.is_noun() && matches!(column.column_type, ColumnType::Slug);
        if column.is_kept_in_record() && !is_key {
            bulk.push([match (column.column_type, cell) {
                // No words are an empty list.
                (ColumnType::Words(_), Cell::Blank) => "".into(),
                (_, cell) => cell_value(cell, *tie),
            }]);
        }
    }
}

/// The identity that a cell refers to.
fn referred_identity(cell: &Cell) -> Option<i64> {
    match cell {
        Cell::Ref(kind, slug) => Some(identity(*kind, slug)),
        _ => None,
    }
}

/// A cell as storage keeps it, given what it refers to.
fn cell_value(cell: Cell, tie: Option<i64>) -> Value {
    match cell.into_kept(tie) {
        None => Value::String(None),
        Some(Kept::Text(text)) => text.into(),
        Some(Kept::Number(number)) => number.into(),
    }
}

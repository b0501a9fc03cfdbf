//! Scenarios: changes that are thought to be made to the map, and that nobody records.
//!
//! A change is an edit of the rows of a data set, as a person would make it in its files: a row ends, another begins.
//! [`apply_changes`] makes it, and what it makes is then checked and written by what imports a data set.

use std::{borrow::Cow, collections::BTreeMap, fmt};

use chrono::{Days, NaiveDate};

use crate::{
    Shape, Validity,
    alliance::{self, AllianceRole},
    fact::day_text,
    id::{Kind, fingerprint, identity},
    membership::{self, MembershipRole},
    nouns::shape_of,
    partner::{self, PartnerKind, SchoolPartnerKind},
    school::{self, Ownership, PAST, SchoolStatus, Stage, SuccessionKind},
    texts::{decode_written, encode_written},
};

/// Tells the scenarios of a request apart: equal changes have equal ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ScenarioId(i64);

impl ScenarioId {
    /// The id of the scenario of these changes.
    #[must_use]
    pub fn of(changes: &[ScenarioChange]) -> Self {
        ScenarioId(fingerprint(format!("{changes:?}").as_bytes()))
    }

    /// Its number.
    #[must_use]
    pub fn number(self) -> i64 {
        self.0
    }
}

/// A noun that a change names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// What it was called: its id or slug.
    pub text: String,
    /// Its identity.
    pub id: i64,
}

/// Something that is thought to happen on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScenarioChange {
    /// What happens.
    pub event: ScenarioEvent,
    /// The first day on which it is so; of an ending the last day before.
    pub on: NaiveDate,
}

/// What is thought to happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScenarioEvent {
    /// A school leaves the groups it is in, for another or for none.
    Move {
        /// The school.
        school: Named,
        /// The group that it joins.
        group: Option<Named>,
        /// As what it joins.
        role: MembershipRole,
    },
    /// Schools go into another; the day is their last.
    Merge {
        /// The schools that end.
        schools: Vec<Named>,
        /// The school that goes on.
        into: Named,
    },
    /// A school opens.
    Open(NewSchool),
    /// A school closes; the day is its last.
    Close(Named),
    /// A partner begins to work with a school, or joins an alliance.
    AddPartner {
        /// The partner.
        partner: Named,
        /// What a partner that is not on record is called.
        new: Option<NewPartner>,
        /// With whom.
        with: PartnerWith,
    },
}

/// A school that is thought to open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSchool {
    /// Its slug.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// The language of the name; that of the first school of the map if none is given.
    pub language: Option<String>,
    /// Who runs it.
    pub ownership: Ownership,
    /// The stages it teaches.
    pub stages: Vec<Stage>,
    /// The township it stands in.
    pub township: Option<Named>,
    /// The district it belongs to.
    pub district: Option<Named>,
    /// The group that it is a member of from its first day.
    pub group: Option<Named>,
}

/// A partner that is not on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPartner {
    /// Its name.
    pub name: String,
    /// The language of the name; that of the first school of the map if none is given.
    pub language: Option<String>,
    /// What it is.
    pub kinds: Vec<PartnerKind>,
}

/// With whom a partner works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartnerWith {
    /// With a school, outside any alliance.
    School(Named, SchoolPartnerKind),
    /// In an alliance.
    Alliance(Named, AllianceRole),
}

impl fmt::Display for ScenarioChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let on = day_text(self.on);
        match &self.event {
            ScenarioEvent::Move { school, group: Some(group), role } => {
                write!(f, "{} moves to {} as {} on {on}", school.text, group.text, role.word())
            }
            ScenarioEvent::Move { school, group: None, .. } => write!(f, "{} leaves its groups on {on}", school.text),
            ScenarioEvent::Merge { schools, into } => {
                let schools: Vec<&str> = schools.iter().map(|school| school.text.as_str()).collect();
                write!(f, "{} merge into {} after {on}", schools.join(", "), into.text)
            }
            ScenarioEvent::Open(school) => write!(f, "{} opens on {on}", school.slug),
            ScenarioEvent::Close(school) => write!(f, "{} closes after {on}", school.text),
            ScenarioEvent::AddPartner { partner, with, .. } => match with {
                PartnerWith::School(school, kind) => {
                    write!(f, "{} and {}: {} from {on}", school.text, partner.text, kind.word())
                }
                PartnerWith::Alliance(alliance, role) => {
                    write!(f, "{} joins {} as {} on {on}", partner.text, alliance.text, role.word())
                }
            },
        }
    }
}

/// Why a change cannot be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeError {
    /// Which change; none if it is not to be told.
    pub change: Option<usize>,
    /// The field of the change, as the API names it, such as `move.school`.
    pub field: String,
    /// Whether the field names something that is not on record.
    pub is_unknown: bool,
    /// What is wrong, and what would be right.
    pub problem: String,
}

/// The rows of a map, as the files of a data set have them, each with its fields in the order of the shape's columns.
pub trait RecordedRows {
    /// How many rows a kind has.
    fn n_rows(&self, kind: Kind) -> usize;
    /// The fields of a row of a kind; `None` past the last one.
    fn fields(&self, kind: Kind, at: usize) -> Option<Vec<String>>;
    /// The rows of a noun, in their order: one, or one for each of its periods.
    fn rows_of_noun(&self, kind: Kind, noun: i64) -> Vec<usize>;
    /// The rows of a kind that refer to a noun, in their order.
    fn rows_that_refer(&self, kind: Kind, noun: i64) -> Vec<usize>;
}

/// A row that a change has made or edited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedRow {
    /// Its fields, in the order of the shape's columns.
    pub fields: Vec<String>,
    /// The last change that touched it.
    pub change: usize,
}

/// The rows that changes have made or edited, by kind and place; those that are new stand behind all others of their kind.
pub type ChangedRows = BTreeMap<(Kind, usize), ChangedRow>;

/// The rows of a map and what changes make of them.
struct ScenarioRows<'a> {
    recorded: &'a dyn RecordedRows,
    changed: ChangedRows,
}

impl ScenarioRows<'_> {
    /// How many rows a kind has.
    fn n_rows(&self, kind: Kind) -> usize {
        let last = self.changed.range((kind, 0)..=(kind, usize::MAX)).next_back();
        last.map_or(0, |((_, at), _)| at + 1).max(self.recorded.n_rows(kind))
    }

    fn fields(&self, kind: Kind, at: usize) -> Option<Cow<'_, [String]>> {
        match self.changed.get(&(kind, at)) {
            Some(row) => Some(Cow::Borrowed(&row.fields)),
            None => self.recorded.fields(kind, at).map(Cow::Owned),
        }
    }

    /// The places of the rows that were added, of a kind.
    fn added(&self, kind: Kind) -> impl Iterator<Item = usize> + use<> {
        self.recorded.n_rows(kind)..self.n_rows(kind)
    }
}

/// Makes changes, one after the other; gives the rows that they make of those on record.
///
/// # Errors
/// The first change that cannot be made.
pub fn apply_changes(
    changes: &[ScenarioChange],
    recorded: &dyn RecordedRows,
    today: NaiveDate,
) -> Result<ChangedRows, ChangeError> {
    let mut rows = ScenarioRows { recorded, changed: BTreeMap::new() };
    for (at, change) in changes.iter().enumerate() {
        Editor { rows: &mut rows, at, on: change.on, today }.apply(&change.event)?;
    }
    Ok(rows.changed)
}

/// The field of a change that is to blame for what is wrong with a column of a row that it made.
#[must_use]
pub fn field_to_blame(change: &ScenarioChange, kind: Kind, column: &str) -> &'static str {
    match (&change.event, kind, column) {
        (ScenarioEvent::Move { .. }, Kind::Membership, "group_id") => "move.group",
        (ScenarioEvent::Move { .. }, Kind::Membership, "school_id") => "move.school",
        (ScenarioEvent::Move { .. }, Kind::Membership, "role") => "move.role",
        (ScenarioEvent::Move { .. }, ..) => "move.on",
        (ScenarioEvent::Merge { .. }, Kind::Succession, "successor_id") => "merge.into",
        (ScenarioEvent::Merge { .. }, Kind::Succession, "effective_on") => "merge.on",
        (ScenarioEvent::Merge { .. }, ..) => "merge.schools",
        (ScenarioEvent::Open(_), Kind::School, "school_id") => "open.slug",
        (ScenarioEvent::Open(_), Kind::School, "township_id") => "open.township",
        (ScenarioEvent::Open(_), Kind::School, "district_id") => "open.district",
        (ScenarioEvent::Open(_), Kind::School, "phases") => "open.stages",
        (ScenarioEvent::Open(_), Kind::Membership, _) => "open.group",
        (ScenarioEvent::Open(_), _, column) if column.starts_with("name") => "open.name",
        (ScenarioEvent::Open(_), ..) => "open.on",
        (ScenarioEvent::Close(_), ..) => "close.on",
        (ScenarioEvent::AddPartner { .. }, Kind::Partner, _) => "addPartner.name",
        (ScenarioEvent::AddPartner { .. }, _, "school_id") => "addPartner.school",
        (ScenarioEvent::AddPartner { .. }, _, "alliance_id") => "addPartner.alliance",
        (ScenarioEvent::AddPartner { .. }, _, "kind") => "addPartner.kind",
        (ScenarioEvent::AddPartner { .. }, _, "role") => "addPartner.role",
        (ScenarioEvent::AddPartner { .. }, _, "since" | "joined_on") => "addPartner.on",
        (ScenarioEvent::AddPartner { .. }, ..) => "addPartner.partner",
    }
}

/// Makes one change.
struct Editor<'a, 'r> {
    rows: &'a mut ScenarioRows<'r>,
    at: usize,
    on: NaiveDate,
    today: NaiveDate,
}

/// A column and what it says.
type Field<'a> = (&'a str, &'a str);

impl Editor<'_, '_> {
    fn apply(&mut self, event: &ScenarioEvent) -> Result<(), ChangeError> {
        match event {
            ScenarioEvent::Move { school, group, role } => self.move_school(school, group.as_ref(), *role),
            ScenarioEvent::Merge { schools, into } => self.merge(schools, into),
            ScenarioEvent::Open(school) => self.open(school),
            ScenarioEvent::Close(school) => self.close(school),
            ScenarioEvent::AddPartner { partner, new, with } => self.add_partner(partner, new.as_ref(), with),
        }
    }

    fn move_school(&mut self, school: &Named, group: Option<&Named>, role: MembershipRole) -> Result<(), ChangeError> {
        let at = self.find_on(Kind::School, school, "move.school")?;
        self.check_goes_on(at, school, "move.school")?;
        let slug = self.field(Kind::School, at, "school_id");
        let joined = match group {
            Some(group) => {
                let at = self.find_on(Kind::Group, group, "move.group")?;
                Some((at, self.field(Kind::Group, at, "group_id")))
            }
            None => None,
        };
        let eve = day_text(self.on.checked_sub_days(Days::new(1)).unwrap_or(self.on));
        let mut has_left = false;
        for at in self.held_on(&membership::SHAPE, "school_id", &slug) {
            let of = self.field(Kind::Membership, at, "group_id");
            let is_same = joined.as_ref().is_some_and(|(_, joined)| joined.eq_ignore_ascii_case(&of));
            if is_same && self.field(Kind::Membership, at, "role") == role.word() {
                let problem = format!("`{slug}` is in `{of}` as {} on that day already", role.word());
                return Err(self.refuse("move.group", problem));
            }
            if !self.begins_before(&membership::SHAPE, at) {
                let problem = format!("`{slug}` joins `{of}` on that day: move it on a later one");
                return Err(self.refuse("move.on", problem));
            }
            self.set(Kind::Membership, at, "left_on", &eve);
            has_left = true;
            let Some(left) = self.find(Kind::Group, identity(Kind::Group, &of)).next() else { continue };
            if !is_same && self.field(Kind::Group, left, "lead_school_id").eq_ignore_ascii_case(&slug) {
                self.set(Kind::Group, left, "lead_school_id", "");
            }
        }
        let Some((at, joined)) = joined else {
            let problem = || format!("`{slug}` is in no group on that day, so that it leaves none");
            return if has_left { Ok(()) } else { Err(self.refuse("move.school", problem())) };
        };
        if role == MembershipRole::Lead {
            self.set(Kind::Group, at, "lead_school_id", &slug);
        }
        self.join_group(&joined, &slug, role);
        Ok(())
    }

    fn join_group(&mut self, group: &str, school: &str, role: MembershipRole) {
        let on = day_text(self.on);
        let fields = [("group_id", group), ("school_id", school), ("role", role.word()), ("joined_on", on.as_str())];
        self.add(&membership::SHAPE, &fields);
    }

    fn merge(&mut self, schools: &[Named], into: &Named) -> Result<(), ChangeError> {
        let at = self.find_on(Kind::School, into, "merge.into")?;
        self.check_goes_on(at, into, "merge.into")?;
        let successor = self.field(Kind::School, at, "school_id");
        if schools.is_empty() {
            return Err(self.refuse("merge.schools", "name one school at least".to_owned()));
        }
        for (place, school) in schools.iter().enumerate() {
            let field = format!("merge.schools[{place}]");
            if school.id == into.id {
                return Err(self.refuse(&field, format!("`{}` cannot go into itself", school.text)));
            }
            let at = self.find_on(Kind::School, school, &field)?;
            self.check_goes_on(at, school, &field)?;
            let (predecessor, on) = (self.field(Kind::School, at, "school_id"), day_text(self.on));
            self.set(Kind::School, at, "status", SchoolStatus::Merged.word());
            self.add(
                &school::SUCCESSIONS,
                &[
                    ("predecessor_id", &predecessor),
                    ("successor_id", &successor),
                    ("kind", SuccessionKind::MergedInto.word()),
                    ("effective_on", &on),
                ],
            );
        }
        Ok(())
    }

    fn open(&mut self, new: &NewSchool) -> Result<(), ChangeError> {
        let NewSchool { slug, name, language, ownership, stages, township, district, group } = new;
        if self.find(Kind::School, identity(Kind::School, slug)).next().is_some() {
            let problem = format!("`{slug}` is on record already: choose another slug");
            return Err(self.refuse("open.slug", problem));
        }
        let township = self.slug_of(Kind::Township, township.as_ref(), "open.township")?;
        let district = self.slug_of(Kind::District, district.as_ref(), "open.district")?;
        let group = match group {
            Some(group) => {
                let at = self.find_on(Kind::Group, group, "open.group")?;
                Some(self.field(Kind::Group, at, "group_id"))
            }
            None => None,
        };
        let name = self.name_field(name, language.as_deref(), "open.language")?;
        let stages: Vec<&str> = stages.iter().map(|stage| stage.word()).collect();
        let status = if self.on > self.today { SchoolStatus::Planned } else { SchoolStatus::Open };
        let on = day_text(self.on);
        self.add(
            &school::SHAPE,
            &[
                ("school_id", slug),
                ("name", &name),
                ("ownership", ownership.word()),
                ("phases", &stages.join(";")),
                ("status", status.word()),
                ("township_id", &township),
                ("district_id", &district),
                ("opened_on", &on),
            ],
        );
        if let Some(group) = group {
            self.join_group(&group, slug, MembershipRole::Member);
        }
        Ok(())
    }

    fn close(&mut self, school: &Named) -> Result<(), ChangeError> {
        let at = self.find_on(Kind::School, school, "close.school")?;
        self.check_goes_on(at, school, "close.school")?;
        if self.on < self.today {
            self.set(Kind::School, at, "status", SchoolStatus::Closed.word());
        }
        let on = day_text(self.on);
        self.set(Kind::School, at, "closed_on", &on);
        Ok(())
    }

    fn add_partner(
        &mut self,
        partner: &Named,
        new: Option<&NewPartner>,
        with: &PartnerWith,
    ) -> Result<(), ChangeError> {
        let known = self.find(Kind::Partner, partner.id).next();
        let slug = match (known, new) {
            (Some(at), None) => self.field(Kind::Partner, at, "partner_id"),
            (Some(_), Some(_)) => {
                let problem = format!("`{}` is on record already: give no name", partner.text);
                return Err(self.refuse("addPartner.name", problem));
            }
            (None, None) => return Err(self.unknown(Kind::Partner, partner, "addPartner.partner")),
            (None, Some(NewPartner { name, language, kinds })) => {
                let name = self.name_field(name, language.as_deref(), "addPartner.language")?;
                let kinds: Vec<&str> = kinds.iter().map(|kind| kind.word()).collect();
                let fields = [("partner_id", partner.text.as_str()), ("name", &name), ("kinds", &kinds.join(";"))];
                self.add(&partner::SHAPE, &fields);
                partner.text.clone()
            }
        };
        let on = day_text(self.on);
        match with {
            PartnerWith::School(school, kind) => {
                let at = self.find_on(Kind::School, school, "addPartner.school")?;
                let school = self.field(Kind::School, at, "school_id");
                let fields =
                    [("school_id", school.as_str()), ("partner_id", &slug), ("kind", kind.word()), ("since", &on)];
                self.add(&partner::SCHOOL_PARTNERS, &fields);
            }
            PartnerWith::Alliance(alliance, role) => {
                let at = self.find_on(Kind::Alliance, alliance, "addPartner.alliance")?;
                let alliance = self.field(Kind::Alliance, at, "alliance_id");
                self.add(
                    &alliance::MEMBERS,
                    &[
                        ("alliance_id", &alliance),
                        ("member_type", Kind::Partner.name()),
                        ("member_id", &slug),
                        ("role", role.word()),
                        ("joined_on", &on),
                    ],
                );
            }
        }
        Ok(())
    }

    /// The rows of a noun: one, or one for each of its periods.
    fn find(&self, kind: Kind, id: i64) -> impl Iterator<Item = usize> {
        let slug = shape_of(kind).columns[0].name;
        let is_its = move |at: &usize| identity(kind, &self.field(kind, *at, slug)) == id;
        self.rows.recorded.rows_of_noun(kind, id).into_iter().chain(self.rows.added(kind).filter(is_its))
    }

    /// The row of a noun that holds on the day, by its own dates.
    fn find_on(&self, kind: Kind, named: &Named, field: &str) -> Result<usize, ChangeError> {
        let mut rows = self.find(kind, named.id).peekable();
        if rows.peek().is_none() {
            return Err(self.unknown(kind, named, field));
        }
        rows.find(|at| self.holds(shape_of(kind), *at)).ok_or_else(|| {
            let problem = format!("the {} `{}` is not on the map on {}", kind.name(), named.text, day_text(self.on));
            self.refuse(field, problem)
        })
    }

    /// The rows of ties of a school that hold on the day.
    fn held_on(&self, shape: &'static Shape, column: &str, school: &str) -> Vec<usize> {
        // Two slugs that differ in case are one.
        let is_its = |at: &usize| self.field(shape.kind, *at, column).eq_ignore_ascii_case(school);
        let recorded = self.rows.recorded.rows_that_refer(shape.kind, identity(Kind::School, school));
        let all = recorded.into_iter().chain(self.rows.added(shape.kind));
        all.filter(is_its).filter(|at| self.holds(shape, *at)).collect()
    }

    fn holds(&self, shape: &'static Shape, at: usize) -> bool {
        self.validity(shape, at).is_some_and(|validity| validity.holds_on(self.on))
    }

    fn begins_before(&self, shape: &'static Shape, at: usize) -> bool {
        self.validity(shape, at).is_some_and(|validity| validity.from < self.on)
    }

    fn validity(&self, shape: &'static Shape, at: usize) -> Option<Validity> {
        let fields = self.rows.fields(shape.kind, at)?;
        let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
        // What a change has made may be no record: the import says what is wrong with it.
        shape.parse_row(&fields).ok().map(|record| record.validity)
    }

    /// Checks that a school has not ended: by its status, whose day a succession may have.
    fn check_goes_on(&self, at: usize, school: &Named, field: &str) -> Result<(), ChangeError> {
        let status = self.field(Kind::School, at, "status");
        match PAST.contains(&status.as_str()) {
            true => Err(self.refuse(field, format!("`{}` has ended: it is {status}", school.text))),
            false => Ok(()),
        }
    }

    /// The slug of a noun that a row refers to; empty if none is named.
    fn slug_of(&self, kind: Kind, named: Option<&Named>, field: &str) -> Result<String, ChangeError> {
        let Some(named) = named else { return Ok(String::new()) };
        let at = self.find(kind, named.id).next().ok_or_else(|| self.unknown(kind, named, field))?;
        Ok(self.rows.fields(kind, at).map(|fields| fields[0].clone()).unwrap_or_default())
    }

    /// A name as a row has it.
    fn name_field(&self, name: &str, language: Option<&str>, field: &str) -> Result<String, ChangeError> {
        let first = || {
            let at = school::SHAPE.index("name")?;
            let fields = self.rows.fields(Kind::School, 0)?;
            Some(decode_written(&fields[at]).first()?.0.to_string())
        };
        let language = language.map(str::to_owned).or_else(first);
        let language = language.ok_or_else(|| self.refuse(field, "name the language of the name".to_owned()))?;
        // As the header of a file takes it.
        let column = school::SHAPE.text_column(&format!("name_{language}")).ok_or_else(|| {
            let problem = format!("`{language}` begins with no language: it has two letters or three, such as `en`");
            self.refuse(field, problem)
        })?;
        Ok(encode_written(&[(column.language.as_str(), name, "")]))
    }

    fn field(&self, kind: Kind, at: usize, column: &str) -> String {
        let column = shape_of(kind).index(column);
        column.and_then(|column| self.rows.fields(kind, at)?.get(column).cloned()).unwrap_or_default()
    }

    fn set(&mut self, kind: Kind, at: usize, column: &str, value: &str) {
        let (fields, column) = (self.rows.fields(kind, at), shape_of(kind).index(column));
        if let (Some(fields), Some(column)) = (fields, column) {
            let mut fields = fields.into_owned();
            value.clone_into(&mut fields[column]);
            self.rows.changed.insert((kind, at), ChangedRow { fields, change: self.at });
        }
    }

    fn add(&mut self, shape: &'static Shape, given: &[Field<'_>]) {
        let value = |name: &str| given.iter().find(|(of, _)| *of == name).map_or("", |(_, value)| *value);
        let fields = shape.columns.iter().map(|column| value(column.name).to_owned()).collect();
        let at = self.rows.n_rows(shape.kind);
        self.rows.changed.insert((shape.kind, at), ChangedRow { fields, change: self.at });
    }

    fn refuse(&self, field: &str, problem: String) -> ChangeError {
        ChangeError { change: Some(self.at), field: field.to_owned(), is_unknown: false, problem }
    }

    fn unknown(&self, kind: Kind, named: &Named, field: &str) -> ChangeError {
        let problem = format!("no {} on record is called `{}`", kind.name(), named.text);
        ChangeError { is_unknown: true, ..self.refuse(field, problem) }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn row(shape: &Shape, given: &[Field<'_>]) -> Vec<String> {
        let value = |name: &str| given.iter().find(|(of, _)| *of == name).map_or("", |(_, value)| *value);
        shape.columns.iter().map(|column| value(column.name).to_owned()).collect()
    }

    fn named(kind: Kind, text: &str) -> Named {
        Named { text: text.to_owned(), id: identity(kind, text) }
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    /// Rows in memory, all of which are looked at.
    struct Rows(HashMap<Kind, Vec<Vec<String>>>);

    impl Rows {
        fn of(&self, kind: Kind) -> &[Vec<String>] {
            self.0.get(&kind).map_or(&[], Vec::as_slice)
        }
    }

    impl RecordedRows for Rows {
        fn n_rows(&self, kind: Kind) -> usize {
            self.of(kind).len()
        }

        fn fields(&self, kind: Kind, at: usize) -> Option<Vec<String>> {
            self.of(kind).get(at).cloned()
        }

        fn rows_of_noun(&self, kind: Kind, noun: i64) -> Vec<usize> {
            let rows = self.of(kind).iter().enumerate();
            rows.filter(|(_, fields)| identity(kind, &fields[0]) == noun).map(|(at, _)| at).collect()
        }

        fn rows_that_refer(&self, kind: Kind, _: i64) -> Vec<usize> {
            (0..self.n_rows(kind)).collect()
        }
    }

    /// A map of a school in a group that it leads, and of another group.
    fn rows() -> Rows {
        let name = r#"[["fr","Un nom",""]]"#;
        let school = row(&school::SHAPE, &[("school_id", "oak"), ("name", name), ("status", "open")]);
        let group = |slug, lead| {
            row(
                shape_of(Kind::Group),
                &[("group_id", slug), ("name", name), ("status", "operating"), ("lead_school_id", lead)],
            )
        };
        let member = [("group_id", "north"), ("school_id", "Oak"), ("role", "lead"), ("joined_on", "2020")];
        Rows(HashMap::from([
            (Kind::School, vec![school]),
            (Kind::Group, vec![group("north", "oak"), group("south", "")]),
            (Kind::Membership, vec![row(&membership::SHAPE, &member)]),
        ]))
    }

    fn apply(event: ScenarioEvent) -> Result<ChangedRows, ChangeError> {
        apply_changes(&[ScenarioChange { event, on: day("2026-09-01") }], &rows(), day("2026-11-24"))
    }

    fn moved(group: &str, role: MembershipRole) -> ScenarioEvent {
        ScenarioEvent::Move { school: named(Kind::School, "oak"), group: Some(named(Kind::Group, group)), role }
    }

    #[test]
    fn a_school_that_moves_leaves_on_the_day_before() {
        let rows = apply(moved("south", MembershipRole::Lead)).expect("it can");
        let fields = |at| rows[&(Kind::Membership, at)].fields[..5].join(",");
        assert_eq!([fields(0), fields(1)], ["north,Oak,lead,2020,2026-08-31", "south,oak,lead,2026-09-01,"]);
        let lead = shape_of(Kind::Group).index("lead_school_id").expect("a column");
        let leads = |at| rows[&(Kind::Group, at)].fields[lead].as_str();
        assert_eq!([leads(0), leads(1)], ["", "oak"]);
        assert!(rows.len() == 4 && rows.values().all(|row| row.change == 0), "{rows:?}");
    }

    #[test]
    fn what_cannot_be_is_told_by_its_field() {
        let open = ScenarioEvent::Open(NewSchool {
            slug: "OAK".to_owned(),
            name: "Oak".to_owned(),
            language: None,
            ownership: Ownership::Unknown,
            stages: Vec::new(),
            township: None,
            district: None,
            group: None,
        });
        let merge =
            ScenarioEvent::Merge { schools: vec![named(Kind::School, "oak")], into: named(Kind::School, "elm") };
        for (event, field, is_unknown) in [
            (moved("north", MembershipRole::Lead), "move.group", false),
            (moved("west", MembershipRole::Member), "move.group", true),
            (open, "open.slug", false),
            (merge, "merge.into", true),
        ] {
            let error = apply(event).expect_err("it cannot");
            assert_eq!(
                (error.change, error.field.as_str(), error.is_unknown),
                (Some(0), field, is_unknown),
                "{error:?}"
            );
        }
    }

    #[test]
    fn equal_changes_have_equal_ids() {
        let change = |on| ScenarioChange { event: moved("south", MembershipRole::Member), on: day(on) };
        let id = |on| ScenarioId::of(&[change(on)]);
        assert_eq!(id("2026-09-01"), id("2026-09-01"));
        assert_ne!(id("2026-09-01"), id("2026-09-02"));
        assert_eq!(change("2026-09-01").to_string(), "oak moves to south as member on 2026-09-01");
    }
}

//! The changes of a scenario, as a client gives them.

use async_graphql::{ID, InputObject, Result};
use domain::{
    AllianceRole, AnyId, Kind, MembershipRole, Ownership, PartnerKind, Stage,
    id::is_slug,
    partner::SchoolPartnerKind,
    scenario::{Named, NewPartner, NewSchool, PartnerWith, ScenarioChange, ScenarioEvent},
};

use crate::{
    execution::error_code::ErrorCode,
    objects::{
        scalar::{Date, LanguageTag},
        word::Word,
    },
};

/// How many changes a scenario may have.
pub(crate) const MAX_CHANGES: usize = 100;
/// How many schools may go into one.
const MAX_MERGED: usize = 20;
/// How long a name may be.
const MAX_NAME_CHARS: usize = 200;

/// Something that is thought to happen: exactly one field is given.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct ChangeInput {
    /// A school leaves its groups for another, or for none.
    #[graphql(name = "move")]
    moved: Option<MoveInput>,
    /// Schools go into another.
    merge: Option<MergeInput>,
    /// A school opens.
    open: Option<OpenInput>,
    /// A school closes.
    close: Option<CloseInput>,
    /// A partner begins to work with a school, or joins an alliance.
    add_partner: Option<AddPartnerInput>,
}

/// A school that leaves the groups it is in, for another or for none.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct MoveInput {
    /// The school, by id or slug.
    school: ID,
    /// The group that it joins, by id or slug; none if it is to be in no group.
    group: Option<ID>,
    /// As what it joins; `MEMBER` unless said.
    role: Option<Word<MembershipRole>>,
    /// The first day in the new group.
    on: Date,
}

/// Schools that go into another: each is tied to it by a succession.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct MergeInput {
    /// The schools that end, by id or slug; at most 20.
    schools: Vec<ID>,
    /// The school that goes on, by id or slug.
    into: ID,
    /// The day on which it happens, which is the last of the schools that end.
    on: Date,
}

/// A school that opens.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct OpenInput {
    /// Its slug: 1 to 100 letters, digits, `-`, `_` and `.`, not yet on record.
    slug: String,
    /// Its name.
    name: String,
    /// The language of its name; the first of the map unless said.
    language: Option<LanguageTag>,
    /// Who runs it.
    ownership: Option<Word<Ownership>>,
    /// The stages it teaches.
    stages: Option<Vec<Word<Stage>>>,
    /// The township it stands in, by id or slug.
    township: Option<ID>,
    /// The district it belongs to, by id or slug.
    district: Option<ID>,
    /// The group that it is a member of from its first day, by id or slug.
    group: Option<ID>,
    /// Its first day.
    on: Date,
}

/// A school that closes.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct CloseInput {
    /// The school, by id or slug.
    school: ID,
    /// Its last day.
    on: Date,
}

/// A partner that begins to work with a school, or joins an alliance.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct AddPartnerInput {
    /// The partner, by id or slug; with `name` the slug of one that is not on record yet.
    partner: ID,
    /// The name of a partner that is not on record yet.
    name: Option<String>,
    /// The language of its name; the first of the map unless said.
    language: Option<LanguageTag>,
    /// What a partner is that is not on record yet.
    kinds: Option<Vec<Word<PartnerKind>>>,
    /// The school that it works with, by id or slug; or `alliance`.
    school: Option<ID>,
    /// What they do together; `COOPERATES_WITH` unless said.
    kind: Option<Word<SchoolPartnerKind>>,
    /// The alliance that it joins, by id or slug; or `school`.
    alliance: Option<ID>,
    /// As what it joins the alliance; `MEMBER` unless said.
    role: Option<Word<AllianceRole>>,
    /// The first day on which it does.
    on: Date,
}

/// Reads the changes of a scenario.
pub(crate) fn parse_changes(given: Vec<ChangeInput>) -> Result<Vec<ScenarioChange>> {
    if given.is_empty() || given.len() > MAX_CHANGES {
        let problem = format!("`changes` has {} items, and 1 to {MAX_CHANGES} are taken", given.len());
        return Err(ErrorCode::InvalidArgument.with_message(problem));
    }
    given.into_iter().enumerate().map(|(at, change)| Place(at).parse(change)).collect()
}

/// The place of a change in its list.
#[derive(Clone, Copy)]
struct Place(usize);

impl Place {
    fn parse(self, given: ChangeInput) -> Result<ScenarioChange> {
        let ChangeInput { moved, merge, open, close, add_partner } = given;
        match (moved, merge, open, close, add_partner) {
            (Some(given), None, None, None, None) => self.parse_move(given),
            (None, Some(given), None, None, None) => self.parse_merge(given),
            (None, None, Some(given), None, None) => self.parse_open(given),
            (None, None, None, Some(CloseInput { school, on }), None) => {
                let school = self.named(Kind::School, "close.school", &school)?;
                Ok(ScenarioChange { event: ScenarioEvent::Close(school), on: on.0 })
            }
            (None, None, None, None, Some(given)) => self.parse_partner(given),
            _ => Err(ErrorCode::InvalidArgument.with_message(format!(
                "`changes[{}]` needs exactly one of `move`, `merge`, `open`, `close` and `addPartner`",
                self.0
            ))),
        }
    }

    fn parse_move(self, given: MoveInput) -> Result<ScenarioChange> {
        let MoveInput { school, group, role, on } = given;
        let school = self.named(Kind::School, "move.school", &school)?;
        let group = group.map(|group| self.named(Kind::Group, "move.group", &group)).transpose()?;
        if group.is_none() && role.is_some() {
            return Err(self.refuse("move.role", "a school that leaves its groups for none has no role"));
        }
        let role = role.map_or(MembershipRole::Member, |role| role.0);
        Ok(ScenarioChange { event: ScenarioEvent::Move { school, group, role }, on: on.0 })
    }

    fn parse_merge(self, given: MergeInput) -> Result<ScenarioChange> {
        let MergeInput { schools, into, on } = given;
        if schools.is_empty() || schools.len() > MAX_MERGED {
            return Err(self.refuse("merge.schools", &format!("1 to {MAX_MERGED} schools are taken")));
        }
        let named = |(at, school): (usize, &ID)| self.named(Kind::School, &format!("merge.schools[{at}]"), school);
        let schools = schools.iter().enumerate().map(named).collect::<Result<_>>()?;
        let into = self.named(Kind::School, "merge.into", &into)?;
        Ok(ScenarioChange { event: ScenarioEvent::Merge { schools, into }, on: on.0 })
    }

    fn parse_open(self, given: OpenInput) -> Result<ScenarioChange> {
        let OpenInput { slug, name, language, ownership, stages, township, district, group, on } = given;
        if !is_slug(&slug) {
            return Err(
                self.refuse("open.slug", "a slug is 1 to 100 letters, digits, `-`, `_` and `.`, such as `new-1`")
            );
        }
        let named = |kind, field, id: Option<ID>| id.map(|id| self.named(kind, field, &id)).transpose();
        let school = NewSchool {
            slug,
            name: self.name("open.name", name)?,
            language: language.map(|tag| tag.0.as_str().to_owned()),
            ownership: ownership.map_or(Ownership::Unknown, |word| word.0),
            stages: distinct(stages),
            township: named(Kind::Township, "open.township", township)?,
            district: named(Kind::District, "open.district", district)?,
            group: named(Kind::Group, "open.group", group)?,
        };
        Ok(ScenarioChange { event: ScenarioEvent::Open(school), on: on.0 })
    }

    fn parse_partner(self, given: AddPartnerInput) -> Result<ScenarioChange> {
        let AddPartnerInput { partner, name, language, kinds, school, kind, alliance, role, on } = given;
        let is_new = name.is_some();
        if is_new && !is_slug(&partner) {
            return Err(self.refuse("addPartner.partner", "a partner that is not on record yet is named by a slug"));
        }
        if !is_new && (language.is_some() || kinds.is_some()) {
            let problem = "what a partner on record is, and is called, stays: give none of `language` and `kinds`";
            return Err(self.refuse("addPartner.name", problem));
        }
        let new = name.map(|name| {
            let language = language.map(|tag| tag.0.as_str().to_owned());
            Ok::<_, async_graphql::Error>(NewPartner {
                name: self.name("addPartner.name", name)?,
                language,
                kinds: distinct(kinds),
            })
        });
        let with = match (school, alliance) {
            (Some(school), None) if role.is_none() => {
                let school = self.named(Kind::School, "addPartner.school", &school)?;
                PartnerWith::School(school, kind.map_or(SchoolPartnerKind::CooperatesWith, |kind| kind.0))
            }
            (None, Some(alliance)) if kind.is_none() => {
                let alliance = self.named(Kind::Alliance, "addPartner.alliance", &alliance)?;
                PartnerWith::Alliance(alliance, role.map_or(AllianceRole::Member, |role| role.0))
            }
            (Some(_), None) => return Err(self.refuse("addPartner.role", "a role is one in an alliance: give `kind`")),
            (None, Some(_)) => {
                return Err(self.refuse("addPartner.kind", "a kind is what it does with a school: give `role`"));
            }
            _ => return Err(self.refuse("addPartner", "give one of `school` and `alliance`")),
        };
        let partner = self.named(Kind::Partner, "addPartner.partner", &partner)?;
        Ok(ScenarioChange { event: ScenarioEvent::AddPartner { partner, new: new.transpose()?, with }, on: on.0 })
    }

    fn named(self, kind: Kind, field: &str, id: &ID) -> Result<Named> {
        match AnyId::parse_or_slug(kind, id) {
            Ok(found) => Ok(Named { text: id.to_string(), id: found.raw }),
            Err(error) => Err(ErrorCode::InvalidId.with_message(format!("`changes[{}].{field}`: {error}", self.0))),
        }
    }

    fn name(self, field: &str, name: String) -> Result<String> {
        let name = name.trim().to_owned();
        let is_good = !name.is_empty() && name.chars().count() <= MAX_NAME_CHARS && !name.contains(char::is_control);
        match is_good {
            true => Ok(name),
            false => Err(self.refuse(field, &format!("a name has 1 to {MAX_NAME_CHARS} characters, on one line"))),
        }
    }

    fn refuse(self, field: &str, problem: &str) -> async_graphql::Error {
        ErrorCode::InvalidArgument.with_message(format!("`changes[{}].{field}`: {problem}", self.0))
    }
}

/// The words of a list, each once.
fn distinct<V: PartialEq>(words: Option<Vec<Word<V>>>) -> Vec<V> {
    let mut distinct = Vec::new();
    for Word(word) in words.unwrap_or_default() {
        if !distinct.contains(&word) {
            distinct.push(word);
        }
    }
    distinct
}

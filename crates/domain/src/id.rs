//! Typed ids that say what they are: `sch_…`, `grp_…`.
//!
//! An id is a pure function of the kind and the slug (or, for a tie, its natural key).
//! The same school therefore has the same id in every database that ever loads it, an import needs no look-up
//! to know whom a row points to, and a rebuilt database breaks no client's bookmark.

use std::{
    borrow::Cow,
    fmt::{self, Write},
    hash::{Hash, Hasher},
    marker::PhantomData,
    sync::LazyLock,
};

use data_encoding::{Encoding, Specification};
use sha2::{Digest, Sha256};

use crate::text::{Vocabulary, VocabularyValue};

/// Declares the kinds: each with its documentation, its name in storage, and its prefix if it is a noun.
macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $kind:ident = $name:literal, $prefix:literal;)+) => {
        /// What an identity is: a noun, or a tie or part of one.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Kind {
            $($(#[doc = $doc])+ $kind,)+
        }

        /// A kind, its name in storage, and its prefix if it is a noun.
        pub(crate) const KINDS: &[(Kind, &str, &str)] = &[$((Kind::$kind, $name, $prefix)),+];

        impl Kind {
            /// What it is, in a sentence.
            #[must_use]
            pub const fn description(self) -> &'static str {
                match self {
                    $(Kind::$kind => concat!($($doc),+).trim_ascii_start(),)+
                }
            }
        }
    };
}

kinds! {
    /// Places that a senior school keeps for the pupils of a junior school.
    AdmissionPlaces = "admission_places", "";
    /// How many places the pupils of a junior school have, as a source sums them up.
    AdmissionTotal = "admission_total", "";
    /// A body of experts that counsels a district.
    AdvisoryBody = "advisory_body", "adv";
    /// A way in which an advisory body consults.
    AdvisoryConsultation = "advisory_consultation", "";
    /// Where some members of an advisory body come from.
    AdvisoryMemberCategory = "advisory_member_category", "";
    /// An agreement between organizations.
    Agreement = "agreement", "agr";
    /// What came of an agreement.
    AgreementOutcome = "agreement_outcome", "";
    /// A party to an agreement.
    AgreementParty = "agreement_party", "";
    /// Another name of a noun.
    Alias = "alias", "";
    /// An alliance of groups, schools and partners.
    Alliance = "alliance", "aln";
    /// A category of bodies an alliance draws on.
    AllianceCategory = "alliance_category", "";
    /// One function of an alliance's charter.
    AllianceFunction = "alliance_function", "";
    /// A member of an alliance.
    AllianceMember = "alliance_member", "";
    /// A public authority.
    Authority = "authority", "aut";
    /// A site of a school.
    Campus = "campus", "cmp";
    /// A noun's place in a category.
    Categorisation = "categorisation", "";
    /// A category of a data set's own.
    Category = "category", "cat";
    /// What a register knows a noun by.
    Code = "code", "";
    /// What a word means, in a source's own terms.
    Definition = "definition", "";
    /// A title or an award that schools are given.
    Designation = "designation", "dsg";
    /// A district: the owner of a map.
    District = "district", "dst";
    /// Something that took place, such as a conference.
    Event = "event", "evt";
    /// What was done with something at an event.
    EventItem = "event_item", "";
    /// A part of an advisory body, for a field of its own.
    ExpertGroup = "expert_group", "exg";
    /// What a further source says of a field of a noun.
    FieldEvidence = "field_evidence", "";
    /// An education group.
    Group = "group", "grp";
    /// A map, a strategy, a policy or a program.
    Initiative = "initiative", "ini";
    /// What an initiative concerns.
    InitiativeSubject = "initiative_subject", "";
    /// A learning area: a district's management unit of schools.
    LearningArea = "learning_area", "lra";
    /// Whether a list of a noun is known to be complete.
    ListCompleteness = "list_completeness", "";
    /// A school's membership in a group.
    Membership = "membership", "";
    /// An office that a person holds in an organization.
    Office = "office", "";
    /// An organization that works with schools.
    Partner = "partner", "ptn";
    /// A plan for the years from one stage of school to another.
    Pathway = "pathway", "pth";
    /// A person in a public role.
    Person = "person", "prs";
    /// A construction project.
    Project = "project", "prj";
    /// A step of a project.
    ProjectMilestone = "project_milestone", "";
    /// A part of a district in its strategy.
    Region = "region", "reg";
    /// A view of the map with a name.
    Release = "release", "";
    /// A figure that a source reports.
    ReportedFigure = "reported_figure", "fig";
    /// A school.
    School = "school", "sch";
    /// A designation that a school was given.
    SchoolDesignation = "school_designation", "";
    /// A tie between two schools, such as "branch of".
    SchoolLink = "school_link", "";
    /// A tie between a school and a partner outside any alliance.
    SchoolPartner = "school_partner", "";
    /// A school's use of another's premises.
    SiteUse = "site_use", "";
    /// Where facts come from: an article, a list, a charter.
    Source = "source", "src";
    /// What a person said of something on the map.
    Statement = "statement", "stm";
    /// One school following another: renamed, merged, split.
    Succession = "succession", "";
    /// A township or subdistrict.
    Township = "township", "twn";
    /// That a finding is left as it is.
    Waiver = "waiver", "";
}

impl Kind {
    fn row(self) -> &'static (Kind, &'static str, &'static str) {
        // Rows stand in the order in which the kinds are declared.
        &KINDS[self as usize]
    }

    /// The name in storage and in the data set, such as `school`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().1
    }

    /// The prefix of a noun's id, such as `sch`; empty for a tie or a part.
    #[must_use]
    pub fn prefix(self) -> &'static str {
        self.row().2
    }

    /// The kind of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Kind> {
        KINDS.iter().find(|row| row.1 == name).map(|row| row.0)
    }

    /// The noun whose ids begin with this prefix.
    #[must_use]
    pub fn prefixed(prefix: &str) -> Option<Kind> {
        KINDS.iter().find(|row| !prefix.is_empty() && row.2 == prefix).map(|row| row.0)
    }
}

/// A kind of noun, as a vocabulary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NounKind(Kind);

impl NounKind {
    /// The kind.
    #[must_use]
    pub fn kind(self) -> Kind {
        self.0
    }
}

impl Vocabulary for NounKind {
    const NAME: &'static str = "NounKind";
    const DESCRIPTION: &'static str = "A kind of noun: of what there is an entry of its own on the map.";
    const VALUES: &'static [VocabularyValue<Self>] = &noun_kinds::<{ count_noun_kinds() }>();

    fn word(self) -> &'static str {
        self.0.name()
    }
}

const fn noun_kinds<const N: usize>() -> [VocabularyValue<NounKind>; N] {
    let mut values = [VocabularyValue { value: NounKind(Kind::School), word: "", description: "" }; N];
    let (mut at, mut n_values) = (0, 0);
    while at < KINDS.len() {
        let (kind, word, prefix) = KINDS[at];
        if !prefix.is_empty() {
            values[n_values] = VocabularyValue { value: NounKind(kind), word, description: kind.description() };
            n_values += 1;
        }
        at += 1;
    }
    values
}

const fn count_noun_kinds() -> usize {
    let (mut at, mut n_values) = (0, 0);
    while at < KINDS.len() {
        n_values += !KINDS[at].2.is_empty() as usize;
        at += 1;
    }
    n_values
}

/// Something with an identity of its own, of one kind.
pub trait Identified {
    /// The kind that its ids name.
    const KIND: Kind;
}

/// The id of a noun of one type.
pub struct Id<N> {
    /// The number that storage uses: positive, 63 bits.
    pub raw: i64,
    of: PhantomData<fn() -> N>,
}

impl<N> Id<N> {
    /// The id that storage knows by this number.
    #[must_use]
    pub const fn from_raw(raw: i64) -> Self {
        Id { raw, of: PhantomData }
    }
}

impl<N: Identified> Id<N> {
    /// The id of the noun with this slug.
    #[must_use]
    pub fn of(slug: &str) -> Self {
        Id::from_raw(identity(N::KIND, slug))
    }

    /// Reads what a person or a client wrote: an id with the prefix of its kind, or a slug.
    ///
    /// # Errors
    /// The text is neither.
    pub fn parse_or_slug(text: &str) -> Result<Self, IdError> {
        AnyId::parse_or_slug(N::KIND, text).map(|id| Id::from_raw(id.raw))
    }
}

impl<N: Identified> Id<N> {
    /// The id as it is printed, in memory that is as large as it needs.
    #[must_use]
    pub fn to_text(self) -> String {
        let mut text = String::with_capacity(N::KIND.prefix().len() + 1 + DIGITS);
        let _ = write!(text, "{self}");
        text
    }
}

impl<N: Identified> fmt::Display for Id<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        AnyId { kind: N::KIND, raw: self.raw }.fmt(f)
    }
}

impl<N> fmt::Debug for Id<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Id({})", self.raw)
    }
}

impl<N> Clone for Id<N> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<N> Copy for Id<N> {}

impl<N> PartialEq for Id<N> {
    fn eq(&self, other: &Self) -> bool {
        self.raw == other.raw
    }
}

impl<N> Eq for Id<N> {}

impl<N> Hash for Id<N> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.raw.hash(state);
    }
}

/// An id of any noun: what `node(id:)` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AnyId {
    /// What it is.
    pub kind: Kind,
    /// The number that storage uses.
    pub raw: i64,
}

/// Crockford's base 32 in lower case: no vowels to misread, safe in URLs.
static BASE32: LazyLock<Encoding> = LazyLock::new(|| {
    let mut spec = Specification::new();
    spec.symbols.push_str("0123456789abcdefghjkmnpqrstvwxyz");
    spec.encoding().expect("32 distinct symbols")
});

/// How many symbols an id has after its prefix.
const DIGITS: usize = 13;

impl AnyId {
    /// Reads what a person or a client wrote of a noun of this kind: an id with its prefix, or a slug.
    ///
    /// # Errors
    /// The text is neither.
    pub fn parse_or_slug(kind: Kind, text: &str) -> Result<Self, IdError> {
        match text.parse::<AnyId>() {
            Ok(id) if id.kind == kind => Ok(id),
            Ok(id) => Err(IdError::WrongKind { text: text.to_owned(), is: id.kind, wanted: kind }),
            Err(_) if is_slug(text) => Ok(AnyId { kind, raw: identity(kind, text) }),
            Err(error) => Err(error),
        }
    }
}

impl fmt::Display for AnyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut digits = [0; DIGITS];
        BASE32.encode_mut(&self.raw.to_be_bytes(), &mut digits);
        f.write_str(self.kind.prefix())?;
        f.write_str("_")?;
        f.write_str(std::str::from_utf8(&digits).expect("the symbols are ASCII"))
    }
}

impl std::str::FromStr for AnyId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let malformed = || IdError::Malformed(text.chars().take(60).collect());
        let (prefix, digits) = text.split_once('_').ok_or_else(malformed)?;
        let kind = Kind::prefixed(prefix).ok_or_else(malformed)?;
        let bytes = BASE32.decode(digits.as_bytes()).map_err(|_| malformed())?;
        let raw = i64::from_be_bytes(bytes.try_into().map_err(|_| malformed())?);
        if raw < 0 {
            return Err(malformed());
        }
        Ok(AnyId { kind, raw })
    }
}

/// Why a text is no id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// It has not the form of an id.
    #[error("`{0}` is not an id: an id is a prefix such as `sch_` and 13 letters and digits, as this API prints it")]
    Malformed(String),
    /// It is the id of another kind of thing.
    #[error("`{text}` is the id of a {}, and a {} is wanted here", is.name(), wanted.name())]
    WrongKind {
        /// The id as given.
        text: String,
        /// The kind it names.
        is: Kind,
        /// The kind wanted.
        wanted: Kind,
    },
}

/// The number of the identity with this kind and key. A noun's key is its slug, whatever the case of its letters.
///
/// 63 bits of a SHA-256: among two million identities the chance of any collision is about 2 in 10 million,
/// and an import refuses one instead of mixing two schools up.
#[must_use]
pub fn identity(kind: Kind, key: &str) -> i64 {
    let mut hash = Sha256::new();
    hash.update(kind.name().as_bytes());
    hash.update(b"/");
    match kind.prefix().is_empty() {
        true => hash.update(key.as_bytes()),
        false => hash.update(lower_case(key).as_bytes()),
    }
    head_of(&hash.finalize()) & i64::MAX
}

/// The text with ASCII's capital letters as small ones; most keys have none.
pub(crate) fn lower_case(text: &str) -> Cow<'_, str> {
    match text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        true => Cow::Owned(text.to_ascii_lowercase()),
        false => Cow::Borrowed(text),
    }
}

/// The identity of a later fact of one thing, given the identity of its first.
///
/// A thing that holds in several periods is recorded in several facts; `begin` tells them apart. (No key has an end of line.)
#[must_use]
pub fn later_identity(kind: Kind, first: i64, begin: &str) -> i64 {
    identity(kind, &format!("{first}\n{begin}"))
}

/// A fingerprint of a text: equal texts, equal numbers.
#[must_use]
pub fn fingerprint(text: &[u8]) -> i64 {
    head_of(&Sha256::digest(text))
}

fn head_of(digest: &[u8]) -> i64 {
    let mut head = [0; 8];
    head.copy_from_slice(&digest[..8]);
    i64::from_be_bytes(head)
}

/// Whether a text is a slug: 1–100 ASCII letters, digits, `-`, `_` and `.`, a letter or digit first and last.
///
/// The ids of registers are slugs; two that differ in the case of letters are one. What reads as an id of this API is none.
#[must_use]
pub fn is_slug(text: &str) -> bool {
    let is_end = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric());
    text.len() <= 100
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
        && is_end(text.bytes().next())
        && is_end(text.bytes().last())
        && !(text.contains('_') && text.parse::<AnyId>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Group, School};

    #[test]
    fn an_id_reads_back_as_what_it_is() {
        let id = Id::<School>::of("beijing-academy");
        let printed = id.to_string();
        assert!(printed.starts_with("sch_") && printed.len() == 17, "{printed}");
        assert_eq!(Id::<School>::parse_or_slug(&printed), Ok(id));
        assert_eq!(Id::<School>::parse_or_slug("beijing-academy"), Ok(id));
    }

    #[test]
    fn ids_never_change() {
        assert_eq!(Id::<School>::of("beijing-academy").to_string(), "sch_6ndk5ypsbe2qr");
    }

    #[test]
    fn an_id_of_another_kind_is_refused_by_name() {
        let id = Id::<School>::of("bj80").to_string();
        let error = Id::<Group>::parse_or_slug(&id).expect_err("a school is no group");
        assert_eq!(error.to_string(), format!("`{id}` is the id of a school, and a group is wanted here"));
    }

    #[test]
    fn ids_of_registers_are_slugs_whatever_their_case() {
        for slug in ["0350122T", "ABC_0050", "886", "st.mary-2", "a", &"a".repeat(100)] {
            assert!(is_slug(slug), "{slug}");
            assert_eq!(Id::<School>::of(slug), Id::<School>::of(&slug.to_lowercase()), "{slug}");
            assert_eq!(Id::<School>::parse_or_slug(slug), Ok(Id::of(slug)), "{slug}");
        }
        let id = Id::<School>::of("oak").to_string();
        for text in ["", "-a", "a-", "a_", ".a", "a b", "a/b", "é", "a|b", &id, &"a".repeat(101)] {
            assert!(!is_slug(text), "{text}");
        }
        // The key of a tie holds words and names, of which no register says that their case means nothing.
        assert_ne!(identity(Kind::Alias, "oak|ABC"), identity(Kind::Alias, "oak|abc"));
    }

    #[test]
    fn nonsense_is_no_id() {
        for text in ["", "sch_", "sch_zz", "xyz_0000000000000", "Sch_x", "sch_zzzzzzzzzzzzz", "a b"] {
            assert!(text.parse::<AnyId>().is_err(), "{text}");
        }
    }

    #[test]
    fn every_kind_has_one_row_its_own_name_and_a_shape() {
        for (kind, name, prefix) in KINDS {
            assert_eq!(Kind::named(name), Some(*kind));
            assert_eq!(crate::shape_of(*kind).kind, *kind);
            assert!(prefix.is_empty() || Kind::prefixed(prefix) == Some(*kind));
        }
    }
}

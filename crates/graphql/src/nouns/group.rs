//! Education groups.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use domain::Noun;
use persistence::{AlliancesOfGroup, SchoolsOfGroup};

use crate::{
    batching::field_columns::FieldColumns,
    execution::context::ContextExt,
    lists::{connection::relations, filter::filter},
    nouns::{
        alliance::AllianceFilter,
        category::{Categorisation, load_categorisations},
        school::SchoolFilter,
    },
    objects::{
        noun::{CommonFields, ViewedNoun},
        register_code::{CodeInput, RegisterCode, load_codes},
        scalar::{ImpreciseDate, imprecise_date},
        word::Word,
    },
    schema::root_fields::root_fields,
};

/// An education group: one body of a lead school and its members.
#[Object(name = "Group")]
impl ViewedNoun<domain::Group> {
    /// The global id: the same in every database, for `node(id:)`.
    pub(crate) async fn id(&self) -> ID {
        self.global_id()
    }

    #[graphql(flatten)]
    async fn common(&self) -> CommonFields<'_> {
        self.common_fields()
    }

    /// Its codes in official registers.
    async fn codes(&self, ctx: &Context<'_>) -> Result<Vec<RegisterCode>> {
        load_codes(ctx, self.view, self.noun.head().id, []).await
    }

    /// The categories of the data set's own that it is in, by scheme and code.
    async fn categories(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those of this scheme, as `Category.scheme` names it.")] scheme: Option<String>,
    ) -> Result<Vec<Categorisation>> {
        load_categorisations(ctx, self.view, self.noun.head().id, scheme.as_deref()).await
    }

    /// The school that leads it, as last recorded; null where no source says. Which one led it on the view's day is the first of `schools`, with the role `LEAD`.
    async fn lead_school(&self, ctx: &Context<'_>) -> Option<Result<ViewedNoun<domain::School>>> {
        ctx.load_optional_noun(self.view, self.noun.lead_school).await
    }

    /// Whether it worked on the view's day. Where dates are stated it follows from them: `PLANNED` before it was established, `OPERATING` from then on, `DISSOLVED` after its end; where none are, it is as recorded.
    async fn status(&self) -> Word<domain::GroupStatus> {
        Word(self.noun.status_on(self.view.day))
    }

    /// When it was established; null where no source says.
    async fn established_on(&self) -> Option<ImpreciseDate> {
        imprecise_date(&self.noun.established_on)
    }

    /// When it was dissolved; null where no source says, or it was not.
    async fn dissolved_on(&self) -> Option<ImpreciseDate> {
        imprecise_date(&self.noun.dissolved_on)
    }

    /// What sources report of its size. Members on record are counted by `schools { totalCount }`: the two may differ.
    async fn reported(&self) -> ReportedSize {
        let count = |number: Option<u32>| number.and_then(|number| i32::try_from(number).ok());
        ReportedSize {
            branches: count(self.noun.reported_branches),
            sites: count(self.noun.reported_sites),
            member_schools: count(self.noun.reported_member_schools),
        }
    }

    /// The district it belongs to; null where the record does not say.
    async fn district(&self, ctx: &Context<'_>) -> Option<Result<ViewedNoun<domain::District>>> {
        ctx.load_optional_noun(self.view, self.noun.district).await
    }

    #[graphql(flatten)]
    async fn relations(&self) -> GroupRelations<'_> {
        GroupRelations(self)
    }
}

impl FieldColumns for domain::Group {
    const RELATIONS: &'static [&'static str] = GroupRelations::NAMES;
    const OTHERS: &'static [(&'static str, &'static [&'static str])] = &[
        ("status", &["status", "time"]),
        ("reported", &["reported_branches", "reported_sites", "reported_member_schools"]),
    ];
}

relations! {
    GroupRelations of domain::Group {
        /// The schools on record as its members, the lead school first. A source that names some members rarely names all.
        schools: SchoolsOfGroup, SchoolFilter, about 15;
        /// The alliances it is a member of, then those that serve its district.
        alliances: AlliancesOfGroup, AllianceFilter, about 4;
    }
}

/// What sources report of a group's size; null where none does.
#[derive(SimpleObject)]
pub(crate) struct ReportedSize {
    /// How many branches a source counts; null where none does.
    branches: Option<i32>,
    /// How many sites a source counts; null where none does.
    sites: Option<i32>,
    /// How many member schools a source counts; null where none does.
    member_schools: Option<i32>,
}

filter! {
    /// Which groups.
    GroupFilter {
        /// It has this code on record.
        code: CodeInput => code,
        /// It had one of these statuses on the view's day. `PLANNED` finds those, too, that are known on that day and are established later, and that lists do not hold otherwise.
        status: Vec<Word<domain::GroupStatus>> => status,
        /// It belongs to this district, by id or slug.
        district: ID => district [District],
        /// This school is on record as a member, in whatever role; by id or slug.
        school: ID => school [School],
        /// It is on record as a member of this alliance, or the alliance serves its district; by id or slug.
        alliance: ID => alliance [Alliance],
    }
}

root_fields! {
    GroupQuery: domain::Group as "Group", GroupFilter {
        /// An education group; null if there is none.
        group;
        /// The education groups on the map.
        groups;
    }
}

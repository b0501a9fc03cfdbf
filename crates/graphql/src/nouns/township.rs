//! Townships, areas and subdistricts.

use async_graphql::{Context, ID, Object, Result};
use domain::Noun;
use persistence::{CampusesOfTownship, SchoolsOfTownship, SchoolsWithCampusInTownship};

use crate::{
    batching::field_columns::FieldColumns,
    execution::context::ContextExt,
    lists::{
        connection::{relation_types, relations},
        filter::filter,
        own_record::OwnRecord,
    },
    nouns::{
        campus::CampusFilter,
        category::{Categorisation, load_categorisations},
        school::SchoolFilter,
    },
    objects::{
        noun::{CommonFields, ViewedNoun},
        register_code::{CodeInput, RegisterCode, load_codes},
        word::Word,
    },
    schema::root_fields::root_fields,
};

/// A township, area or subdistrict.
#[Object(name = "Township")]
impl ViewedNoun<domain::Township> {
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
        let (head, scheme) = (self.noun.head(), domain::code::scheme_of("code"));
        let own = self.noun.code.iter().map(|code| RegisterCode::of_column(self.view, head.fact, "code", scheme, code));
        load_codes(ctx, self.view, head.id, own).await
    }

    /// The categories of the data set's own that it is in, by scheme and code.
    async fn categories(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those of this scheme, as `Category.scheme` names it.")] scheme: Option<String>,
    ) -> Result<Vec<Categorisation>> {
        load_categorisations(ctx, self.view, self.noun.head().id, scheme.as_deref()).await
    }

    /// What it is; `UNKNOWN` where no source says.
    async fn kind(&self) -> Word<domain::TownshipKind> {
        Word(self.noun.kind)
    }

    /// The region it lies in; null where no source says.
    async fn region(&self, ctx: &Context<'_>) -> Option<Result<ViewedNoun<domain::Region>>> {
        ctx.load_optional_noun(self.view, self.noun.region).await
    }

    /// The district it is part of; null where the record does not say.
    async fn district(&self, ctx: &Context<'_>) -> Option<Result<ViewedNoun<domain::District>>> {
        ctx.load_optional_noun(self.view, self.noun.district).await
    }

    #[graphql(flatten)]
    async fn relations(&self) -> TownshipRelations<'_> {
        TownshipRelations(self)
    }
}

impl FieldColumns for domain::Township {
    const RELATIONS: &'static [&'static str] = TownshipRelations::NAMES;
    const OTHERS: &'static [(&'static str, &'static [&'static str])] = &[("codes", &["code"])];
}

relations! {
    TownshipRelations of domain::Township {
        /// The schools whose own record places them in it: `schools(filter: { township })` finds the same.
        schools: SchoolsOfTownship, SchoolFilter, about 20;
        /// The schools of which a campus stands in it: `schools(filter: { campusTownship })` finds the same.
        schools_with_campus: SchoolsWithCampusInTownship, SchoolFilter, about 20;
        /// The campuses that stand in it: `campuses(filter: { township })` finds the same.
        campuses: CampusesOfTownship, CampusFilter, about 20;
    }
}

relation_types! {
    SchoolsOfTownship: "TownshipSchool" => OwnRecord;
    CampusesOfTownship: "TownshipCampus" => OwnRecord;
    SchoolsWithCampusInTownship: "TownshipSchoolWithCampus" => OwnRecord;
}

filter! {
    /// Which townships.
    TownshipFilter {
        /// It has this code on record.
        code: CodeInput => code,
        /// It is one of these.
        kind: Vec<Word<domain::TownshipKind>> => kind,
        /// It lies in this region, by id or slug.
        region: ID => region [Region],
        /// Part of this district, by id or slug.
        district: ID => district [District],
    }
}

root_fields! {
    TownshipQuery: domain::Township as "Township", TownshipFilter {
        /// A township; null if there is none.
        township;
        /// The townships on the map.
        townships;
    }
}

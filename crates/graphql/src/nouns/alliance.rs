//! Alliances: what they are for, who belongs to them, whom they serve.

use domain::{Kind, View};
use persistence::{GROUPS_OF_ALLIANCE, PARTNERS_OF_ALLIANCE, SCHOOLS_OF_ALLIANCE};

use crate::{
    definition::{
        field::{Loading, load_parts},
        object_type::{Described, ObjectType},
    },
    lists::{edge_condition::EdgeCondition, filter_type::FilterType},
    nouns::category::load_named_categories,
    objects::{
        noun::{NounType, ViewedNoun},
        tie::{TieRow, TieType, ViewedTie},
        word::Word,
    },
};

impl NounType for domain::Alliance {
    const NAME: &'static str = "Alliance";
    const ONE: (&'static str, &'static str) = ("alliance", "An alliance; null if there is none.");
    const MANY: (&'static str, &'static str) = ("alliances", "The alliances on the map.");

    fn describe() -> ObjectType<ViewedNoun<Self>> {
        ObjectType::<ViewedNoun<Self>>::noun("An alliance: bodies that work together by mutual consultation.")
            .codes()
            .categories()
            .leaf("kind", "What it is for; `UNKNOWN` where no source says.", |it| Word(it.noun.kind))
            .date("establishedOn", "When it was established; null where no source says.", |it| &it.noun.established_on)
            .date("dissolvedOn", "When it was dissolved; null where no source says, or it was not.", |it| &it.noun.dissolved_on)
            .leaf("scope", "Whom it serves.", |it| Word(it.noun.scope))
            .leaf("status", "Whether it existed on the view's day. Where dates are stated it follows from them: `PROPOSED` before it was established, `ESTABLISHED` from then on, `DISSOLVED` after its end; where none are, it is as recorded.", |it| Word(it.noun.status_on(it.view.day))).reading(&["status", "time"])
            .noun_of_record("district", "The district it belongs to, and serves if that is its scope; null where it belongs to none.", |noun| noun.district)
            .load_objects("functions", "The functions that its charter names, in its order.", |it, ctx| {
                load_parts::<domain::AllianceFunction, _>(ctx, it.view, it.head().id, |view, it| AllianceFunction { view, it: it.clone() })
            }).reading(&[])
            .load_objects("resourceCategories", "The categories of bodies it draws on, in alphabetical order. A category may have no member that a source names.", |it, ctx| {
                load_parts::<domain::AllianceCategory, _>(ctx, it.view, it.head().id, |view, it| AllianceCategory { view, it: it.clone() })
            }).reading(&[])
            .relation(PARTNERS_OF_ALLIANCE, "partners", "Partner", 40, "The partners that sources name as members; sources rarely name all.")
            .relation(GROUPS_OF_ALLIANCE, "groups", "Group", 25, "The groups that are members, then those of the district it serves.")
            .relation(SCHOOLS_OF_ALLIANCE, "schools", "School", 100, "The schools that are themselves members, then those of the district it serves.")
            .agreements()
            .people()
            .pathways()
    }

    fn filter() -> FilterType<Self> {
        FilterType::new("Which alliances.")
            .code()
            .words::<domain::AllianceKind>("kind", "It is for one of these.")
            .words::<domain::AllianceScope>("scope", "It serves one of these.")
            .words::<domain::AllianceStatus>("status", "It had one of these statuses on the view's day. `PROPOSED` finds those, too, that are known on that day and are established later, and that lists do not hold otherwise.")
            .noun::<domain::District>("district", "It belongs to this district, by id or slug.")
            .noun::<domain::Partner>("partner", "This partner is on record as a member, by id or slug.")
            .noun::<domain::Group>("group", "This group is on record as a member, or the alliance serves its district; by id or slug.")
    }
}

/// One function of an alliance's charter.
pub(crate) struct AllianceFunction {
    view: View,
    it: domain::AllianceFunction,
}

impl Described for AllianceFunction {
    fn describe() -> ObjectType<Self> {
        ObjectType::<Self>::new("AllianceFunction", "One function of an alliance's charter.")
            .leaf("seq", "Its place in the charter, from 1.", |it| i64::from(it.it.seq))
            .localized_text(("text", "The function, in the best language on record for the reader; `localizedText` says which one that is."), ("localizedText", "The function with its language, and whether it is the one that was asked for."), |it| &it.it.text)
            .date("since", "Since when; null where no source says.", |it| &it.it.since)
            .date("until", "Until when; null where no source says, or it goes on.", |it| &it.it.until)
            .sources("The sources that state it.", |it| (it.view, it.it.id))
            .recorded_since(|it| it.it.id)
    }
}

/// A category of bodies that an alliance draws on.
pub(crate) struct AllianceCategory {
    view: View,
    it: domain::AllianceCategory,
}

impl Described for AllianceCategory {
    fn describe() -> ObjectType<Self> {
        ObjectType::<Self>::new("AllianceCategory", "A category of bodies that an alliance draws on.")
            .leaf("category", "The category.", |it| Word(it.it.category))
            .date("since", "Since when; null where no source says.", |it| &it.it.since)
            .date("until", "Until when; null where no source says, or it goes on.", |it| &it.it.until)
            .sources("The sources that state it.", |it| (it.view, it.it.id))
            .recorded_since(|it| it.it.id)
    }
}

impl TieType for domain::AllianceTie {
    fn describe() -> ObjectType<ViewedTie<Self>> {
        ObjectType::<ViewedTie<Self>>::new("AllianceTie", "A noun's tie to an alliance.")
            .leaf("basis", "Why they are tied.", |it| Word(it.tie.basis))
            .leaf("role", "As what the member belongs to the alliance; null where the alliance serves its district.", |it| it.tie.role.map(Word))
            .date("since", "When the member joined; null where no source says, and where the alliance serves its district.", |it| &it.tie.joined_on)
            .date("until", "When the member left; null where no source says, or it still belongs, and where the alliance serves its district.", |it| &it.tie.left_on)
            .load_leaf("existence", "Whether it is known to have held on the view's day, or only assumed since nothing speaks of it before a later one. Where the alliance serves its district, as the alliance is.", |it, ctx| match it.tie.alliance_known_day {
                Some(known) if known <= it.view.day => Loading::Now(Ok(Word(domain::Existence::Certain))),
                Some(_) => Loading::Now(Ok(Word(domain::Existence::Assumed))),
                None => Loading::later(async move { row(it).load_existence(ctx).await }),
            })
            .load_objects("categories", "The categories of the data set's own that the membership is in, in the order of its row, as far as they are on the map; none where the alliance serves its district.", |it, ctx| Loading::later(load_named_categories(ctx, row(it), &it.tie.categories)))
            .argument::<Option<String>>("scheme", "Only those of this scheme, as `Category.scheme` names it.")
            .sources("The sources that state the membership or, where the alliance serves a district, the alliance and its scope.", |it| (it.view, it.tie.id))
            .recorded_since(|it| it.tie.id)
    }

    fn conditions() -> Vec<EdgeCondition> {
        vec![
            EdgeCondition::words::<domain::Basis>("basis", "Only those whose edge has one of these bases."),
            EdgeCondition::words::<domain::AllianceRole>("role", "Only those whose edge has one of these roles."),
        ]
    }
}

/// The row of a membership.
fn row(it: &ViewedTie<domain::AllianceTie>) -> TieRow {
    let domain::AllianceTie { id, joined_on, left_on, .. } = &*it.tie;
    let (since, until) = (joined_on.clone(), left_on.clone());
    TieRow { view: it.view, tie: (Kind::AllianceMember, *id), since, until, as_of: None, turn: None }
}

//! Campuses: the sites of schools, and who uses whose.

use domain::{Kind, View};

use persistence::PROJECTS_OF_CAMPUS;

use crate::{
    definition::{
        abstract_type::{AbstractType, NounRef, Union},
        field::{FieldContext, Loading, load_parts},
        object_type::{Described, ObjectType},
    },
    lists::filter_type::FilterType,
    objects::{
        location::location_of,
        noun::{NounType, ViewedNoun, load_noun},
        tie::load_existence,
        word::Word,
    },
};

impl NounType for domain::Campus {
    const NAME: &'static str = "Campus";
    const ONE: (&'static str, &'static str) = ("campus", "A campus; null if there is none.");
    const MANY: (&'static str, &'static str) = ("campuses", "The campuses on the map.");

    fn describe() -> ObjectType<ViewedNoun<Self>> {
        ObjectType::<ViewedNoun<Self>>::noun("A site of a school.")
            .codes()
            .categories()
            .leaf("status", "Whether it was in use on the view's day; `UNKNOWN` where no source says. Where the opening is stated the status follows from it.", |it| Word(it.noun.status_on(it.view.day))).reading(&["status", "time"])
            .date("openedOn", "When it opened, as a source states; null where none does.", |it| &it.noun.opened_on)
            .date("dueOn", "When it is to open, as a source announced; null where none did. That it has opened only `openedOn` says.", |it| &it.noun.due_on)
            .noun_of_record("school", "The school whose site it is.", |noun| Some(noun.school))
            .load_objects("hostedSiteUses", "The uses of its premises by others.", |it, ctx| load_hosted_site_uses(ctx, it.view, it.head().id)).reading(&[])
            .localized_text(("address", "The address, in the best language on record for the reader; `localizedAddress` says which one that is. Null where no source gives one."), ("localizedAddress", "The address with its language, and whether it is the one that was asked for. Null where no source gives one."), |it| &it.noun.address)
            .leaf("addressConfidence", "How sure the address is; null where the record does not say.", |it| it.noun.address_confidence.map(Word))
            .optional_object("location", "Where it stands; null where no source says.", |it| location_of(it.view, it.head(), it.noun.location)).reading(&["latitude", "longitude", "location_precision", "location_confidence"])
            .noun_of_record("township", "The township it stands in; null where no source says.", |noun| noun.township)
            .relation(PROJECTS_OF_CAMPUS, "projects", "Project", 1, "The construction projects that build it.")
            .agreements()
    }

    fn filter() -> FilterType<Self> {
        FilterType::new("Which campuses.")
            .code()
            .words::<domain::CampusStatus>("status", "It had one of these statuses on the view's day. `PLANNED` finds those, too, that are known on that day and open later, and that lists do not hold otherwise.")
            .noun::<domain::School>("school", "A site of this school, by id or slug.")
            .noun::<domain::Township>("township", "It stands in this township, by id or slug: those that `Township.campuses` lists.")
            .noun::<domain::Region>("region", "It stands in a township of this region, by id or slug: those that `Region.campuses` lists.")
            .noun::<domain::District>("district", "It stands in a township of this district, by id or slug: those that `District.campuses` lists.")
            .location([
                "On record it stands at most so far from this point; distances are along a sphere of 6,371,008.8 meters, exact to some centimeters. What no source places is not found: `withoutLocationCount` counts it.",
                "On record it stands between these parallels and meridians. What no source places is not found: `withoutLocationCount` counts it.",
                "Whether a source says where it is.",
            ])
    }
}

/// A school's use of premises that are another's.
pub(crate) struct SiteUse {
    pub(crate) view: View,
    pub(crate) it: domain::SiteUse,
}

impl Described for SiteUse {
    fn describe() -> ObjectType<Self> {
        ObjectType::<Self>::new("SiteUse", "A school's use of premises that are another's.")
            .load_optional_object("school", "The school that uses them.", |it, ctx| load_noun(ctx, it.view, Some(it.it.school)))
            .load_abstract("host", "The school or campus whose premises are used.", AbstractType::Union(&SITE_HOST), |it, _| Loading::Now(Ok(Some(NounRef { view: it.view, id: it.it.host }))))
            .optional_text("grade", "The grade that is taught there; null where no source says.", |it| it.it.grade.as_deref())
            .optional_text("purpose", "What for; null where no source says.", |it| it.it.purpose.as_deref())
            .date("asOf", "The time for which the source states it; null where it does not say.", |it| &it.it.as_of)
            .load_leaf("existence", "Whether it is known to have held on the view's day, or only assumed since nothing speaks of it before a later one.", |it, ctx| Loading::later(load_existence(ctx, it.view, (Kind::SiteUse, it.it.id), [&it.it.as_of])))
            .sources("The sources that state it.", |it| (it.view, it.it.id))
            .recorded_since(|it| it.it.id)
    }
}

/// The uses of a host's premises.
pub(crate) fn load_hosted_site_uses<'a>(ctx: &'a FieldContext<'a>, view: View, host: i64) -> Loading<'a, Vec<SiteUse>> {
    load_parts(ctx, view, host, |view, domain::HostedSiteUse(it)| SiteUse { view, it: it.clone() })
}

/// Whose premises are used.
static SITE_HOST: Union =
    Union { name: "SiteHost", description: "Whose premises are used.", kinds: &[Kind::School, Kind::Campus] };

//! Schools: what they are, what they belong to, where they came from and went.

use std::sync::Arc;

use domain::{Kind, Noun as _, Order, PageRequest, page::MAX_SIZE};
use futures::FutureExt;
use persistence::{
    ALLIANCES_OF_SCHOOL, BRANCH_OF_SCHOOLS, BRANCHES_OF_SCHOOL, CAMPUSES_OF_SCHOOL, ColumnSet, DESIGNATIONS_OF_SCHOOL,
    GROUPS_OF_SCHOOL, JOINT_RUNNERS_OF_SCHOOL, JUNIOR_SCHOOLS_OF_SCHOOL, Linked, PARTNERS_OF_SCHOOL,
    PARTNERS_REACHING_SCHOOL, PREDECESSORS_OF_SCHOOL, PROJECTS_OF_SCHOOL, RelatedPage, SENIOR_SCHOOLS_OF_SCHOOL,
    SUCCESSORS_OF_SCHOOL,
};

use crate::{
    batching::loaders::RelationPageLoader,
    definition::{
        field::{FieldContext, FieldResult, Loading, load_parts},
        field_builder::one_or_null,
        object_type::ObjectType,
        resolver::{Children, Multiplicity},
    },
    execution::context::ContextExt,
    lists::{edge_condition::EdgeCondition, filter_type::FilterType},
    nouns::{
        admission::load_admission_totals,
        campus::{SiteUse, load_hosted_site_uses},
    },
    objects::{
        location::location_of,
        noun::{NounType, ViewedNoun},
        register_code::RegisterCode,
        tie::{TieType, ViewedTie},
        word::Word,
    },
};

impl NounType for domain::School {
    const NAME: &'static str = "School";
    const ONE: (&'static str, &'static str) =
        ("school", "A school; null if there is none. One that was renamed or merged is found too.");
    const MANY: (&'static str, &'static str) = ("schools", "The schools on the map on the view's day.");

    fn describe() -> ObjectType<ViewedNoun<Self>> {
        ObjectType::<ViewedNoun<Self>>::noun("A school, under the name it bears. One that is renamed or merged gives way to another entry; `successors` leads there.")
            .leaf("ownership", "Who runs it; `UNKNOWN` where no source says.", |it| Word(it.noun.ownership))
            .leaf("stages", "The stages it teaches; none where no source says.", |it| it.noun.stages.iter().copied().map(Word).collect::<Vec<_>>()).reading(&["phases"])
            .leaf("iscedLevels", "The levels of ISCED 2011 of its stages, from 0 to 3, lowest first and each once; none where no source states a stage, or only special education.", |it| it.noun.isced_levels()).reading(&["phases"])
            .leaf("schoolType", "How its stages are put together; `UNKNOWN` where no source says.", |it| Word(it.noun.school_type))
            .leaf("status", "What had become of it by the view's day; `UNKNOWN` where no source says. Where dates are stated it follows from them: `PLANNED` from the `knownDay` to the day before the opening and `UNKNOWN` before, `OPEN` from the opening on, `CLOSED` after the end; one that gave way on a known day was open until then.", |it| Word(it.noun.status_on(it.view.day))).reading(&["status", "time"])
            .codes_with("Its codes in official registers.", &["junior_code_2025", "senior_code"], |it| {
                let own = it.noun.codes().into_iter();
                own.map(|code| RegisterCode::of_column(it.view, it.head().fact, code.scheme, code.scheme, &code.value)).collect()
            })
            .categories()
            .date("openedOn", "When it opened, as a source states; null where none does. It may have opened under another name: `since` is the first day under this one.", |it| &it.noun.opened_on)
            .date("closedOn", "When it closed, as a source states; null where none does, or it has not.", |it| &it.noun.closed_on)
            .optional_text("note", "A remark; null if there is none.", |it| it.noun.note.as_deref())
            .leaf("boarding", "Whether it has boarders; null where no source says.", |it| it.noun.boarding)
            .optional_object("location", "Where it stands, by its own record; its campuses have locations of their own. Null where no source says.", |it| location_of(it.view, it.head(), it.noun.location)).reading(&["latitude", "longitude", "location_precision", "location_confidence"])
            .noun_of_record("township", "The township its own record places it in; null where no source says. Its campuses have townships of their own.", |noun| noun.township)
            .noun_of_record("district", "The district it belongs to; null where it belongs to none on record.", |noun| noun.district)
            .load_level("group", "The group it belongs to on the view's day; null where none is on record. `groups` lists all, and this is the first of them: of several the one it leads, then one it is a member of, a branch of, co-branded with, or guided by; of those alike the one it joined first, as far as sources say; then by name, and by slug.", Multiplicity::OneOrNull, Box::new(|schools, ctx| load_first_groups(schools, ctx).boxed())).reading(&[])
            .load_objects("siteUses", "Its uses of premises that are another's.", |it, ctx| {
                load_parts::<domain::SiteUse, _>(ctx, it.view, it.head().id, |view, it| SiteUse { view, it: it.clone() })
            }).reading(&[])
            .load_objects("hostedSiteUses", "The uses of its premises by others.", |it, ctx| load_hosted_site_uses(ctx, it.view, it.head().id)).reading(&[])
            .relation(GROUPS_OF_SCHOOL, "groups", "Group", 2, "The groups on record that it belongs to on the view's day: those it leads first, then by role, by the day it joined (last where no source says), by name and by slug.")
            .relation(ALLIANCES_OF_SCHOOL, "alliances", "Alliance", 4, "The alliances it is itself a member of, then those that serve its district.")
            .ways()
            .relation(PARTNERS_REACHING_SCHOOL, "reach", "Reach", 20, "The partners that reach it, once for each way: by an own tie, an agreement, an alliance of its own, of a group of it, or of its district.")
            .relation(PARTNERS_OF_SCHOOL, "partners", "Partner", 3, "The partners it is tied to outside any alliance.")
            .relation(DESIGNATIONS_OF_SCHOOL, "designations", "Designation", 2, "The designations on record that it was given by the view's day; one that it was given twice is there twice.")
            .relation(CAMPUSES_OF_SCHOOL, "campuses", "Campus", 3, "Its sites.")
            .relation(BRANCHES_OF_SCHOOL, "branches", "Branch", 5, "The schools that are branches of it, or guided by it.")
            .relation(BRANCH_OF_SCHOOLS, "branchOf", "BranchOf", 1, "The schools that it is a branch of, or guided by.")
            .relation(PREDECESSORS_OF_SCHOOL, "predecessors", "Predecessor", 3, "The schools it came from, through the whole chain (of 50 steps at most), the nearest first.")
            .relation(SUCCESSORS_OF_SCHOOL, "successors", "Successor", 2, "The schools it went into, through the whole chain (of 50 steps at most), the nearest first.")
            .load_objects("presentDay", "What it is by the view's day: the entry itself where it is on the map; else those on the map that it was renamed, converted or merged into, became a campus of or split into, through the whole chain of `successors`, the nearest first. Empty where nothing on record has come of it, or it is not there yet.", |it, ctx| Loading::later(load_present_day(it, ctx))).reading(&["time"])
            .relation(PROJECTS_OF_SCHOOL, "projects", "Project", 1, "The construction projects for it.")
            .agreements()
            .any_relation(JOINT_RUNNERS_OF_SCHOOL, "jointlyRunBy", "JointRunner", 1, "Those with whom it is run, or was founded, by an agreement.")
            .relation(SENIOR_SCHOOLS_OF_SCHOOL, "seniorSchools", "SeniorSchool", 10, "The senior schools that keep places for its pupils: once for each school year, and campus, on record.")
            .relation(JUNIOR_SCHOOLS_OF_SCHOOL, "juniorSchools", "JuniorSchool", 30, "The junior schools for whose pupils it keeps places: once for each school year, and campus, on record.")
            .load_objects("admissionTotals", "How many places at senior schools its pupils have, year by year: as a source sums them up, beside the sum of what is on record school by school; the latest year first.", |it, ctx| load_admission_totals(ctx, it.view, it.head().id)).reading(&[])
            .people()
            .pathways()
    }

    fn filter() -> FilterType<Self> {
        FilterType::new("Which schools.")
            .words::<domain::Stage>("stage", "It teaches one of these stages, on record; a school of which no source states a stage is not found.").on("phases")
            .words::<domain::Ownership>("ownership", "One of these runs it, on record; `UNKNOWN` finds those of which no source says.")
            .words::<domain::SchoolType>("schoolType", "It is of one of these types, on record; `UNKNOWN` finds those of which no source says.")
            .words::<domain::SchoolStatus>("status", "It had one of these statuses on the view's day, on record; `UNKNOWN` finds those of which no source says. `PLANNED` finds those, too, that are known on that day and open later, and that lists do not hold otherwise.")
            .flag("boarding", "On record it has boarders (`true`) or has none (`false`); a school of which no source says is not found by either.")
            .code()
            .noun::<domain::District>("district", "Its own record says that it belongs to this district, by id or slug: those that `District.schools` lists.")
            .noun::<domain::Region>("region", "Its own record places it in a township of this region, by id or slug: those that `Region.schools` lists.")
            .noun::<domain::Township>("township", "Its own record places it in this township, by id or slug: those that `Township.schools` lists.")
            .noun::<domain::District>("campusDistrict", "A campus of it stands in a township of this district, by id or slug: those that `District.schoolsWithCampus` lists.")
            .noun::<domain::Region>("campusRegion", "A campus of it stands in a township of this region, by id or slug: those that `Region.schoolsWithCampus` lists.")
            .noun::<domain::Township>("campusTownship", "A campus of it stands in this township, by id or slug: those that `Township.schoolsWithCampus` lists.")
            .noun::<domain::Group>("group", "It is on record as a member of this group, in whatever role; by id or slug.")
            .noun::<domain::Alliance>("alliance", "It is itself on record as a member of this alliance, or the alliance serves its district; by id or slug.")
            .noun::<domain::Partner>("partner", "It is on record as tied to this partner outside any alliance; by id or slug.")
            .words::<domain::PartnerKind>("partnerKind", "It is on record as tied, outside any alliance, to a partner of one of these kinds.")
            .noun::<domain::Designation>("designation", "It is on record as given this designation, by id or slug.")
            .words::<domain::Stage>("deadEnd", "It teaches one of these stages, and nothing on record leads from there to a school of the next, by the steps of `ways`.")
            .words::<domain::CoverageStatus>("groupCoverage", "By what is on record, whether it is in a group is one of these.")
            .words::<domain::CoverageStatus>("allianceCoverage", "By what is on record, whether an alliance has it or serves its district is one of these.")
            .words::<domain::CoverageStatus>("partnerCoverage", "By what is on record, whether it is tied to a partner outside any alliance is one of these.")
            .words::<domain::CoverageStatus>("designationCoverage", "By what is on record, whether it was given a designation is one of these.")
            .flag("hasGroupOnRecord", "Whether a membership of it in any group is on record. `false` finds those of which no source names a group: that is not to say that they are in none.").on("has_group")
            .location([
                "It stands at most so far from this point: by its own record or, if that does not say where it stands, by a campus of it that is on the map on the view's day. Distances are along a sphere of 6,371,008.8 meters, exact to some centimeters. What no source places is not found: `withoutLocationCount` counts it.",
                "It stands between these parallels and meridians: by its own record or, if that does not say where it stands, by a campus of it that is on the map on the view's day. What no source places is not found: `withoutLocationCount` counts it.",
                "Whether a source says where it stands or, else, where a campus of it does that is on the map on the view's day.",
            ])
    }
}

/// The first of the groups that each school belongs to.
async fn load_first_groups(
    schools: &[&ViewedNoun<domain::School>],
    ctx: &FieldContext<'_>,
) -> FieldResult<Vec<Children<ViewedNoun<domain::Group>>>> {
    let request = Arc::new(PageRequest { size: 1, ..PageRequest::default() });
    let columns = ctx.columns_below::<domain::Group>();
    let asked: Vec<_> = schools.iter().map(|it| Some((it.view, it.head().id))).collect();
    let loader =
        |view| RelationPageLoader::new(GROUPS_OF_SCHOOL, view, Arc::default(), Order::default(), request.clone());
    let pages = ctx.load_under_views(&asked, columns, loader).await?;
    let first = |(it, page): (&&ViewedNoun<_>, Option<Arc<RelatedPage<domain::Group, _>>>)| {
        let linked = page.as_ref().and_then(|page| page.items.first());
        one_or_null(linked.map(|(_, linked)| ViewedNoun { view: it.view, noun: linked.node.clone() }))
    };
    Ok(schools.iter().zip(pages).map(first).collect())
}

/// What a school is by the view's day.
async fn load_present_day(
    it: &ViewedNoun<domain::School>,
    ctx: &FieldContext<'_>,
) -> FieldResult<Vec<ViewedNoun<domain::School>>> {
    let holds = |noun: &domain::School| noun.head().time.validity.holds_on(it.view.day);
    if holds(&it.noun) {
        let own = ctx.load_noun(it.view, domain::Id::from_raw(it.head().id)).await?;
        return Ok(own.into_iter().collect());
    }
    let request = Arc::new(PageRequest { size: MAX_SIZE, ..PageRequest::default() });
    let loader = RelationPageLoader::new(SUCCESSORS_OF_SCHOOL, it.view, Arc::default(), Order::default(), request);
    let columns = ctx.columns_below::<domain::School>().union(ColumnSet::TIME).union(ColumnSet::TIE);
    let page = ctx.load_columns(loader, it.head().id, columns).await?;
    let mut present: Vec<ViewedNoun<domain::School>> = Vec::new();
    for (_, Linked { tie, node }) in page.iter().flat_map(|page| &page.items) {
        let is_new = present.iter().all(|known| known.head().id != node.head().id);
        let is_continued = tie.as_ref().is_some_and(|tie| tie.kind.is_continued());
        if is_continued && is_new && holds(node) {
            present.push(ViewedNoun { view: it.view, noun: node.clone() });
        }
    }
    Ok(present)
}

impl TieType for domain::Succession {
    fn describe() -> ObjectType<ViewedTie<Self>> {
        ObjectType::<ViewedTie<Self>>::new("Succession", "One step of a chain of successions.")
            .leaf("kind", "What happened.", |it| Word(it.tie.kind))
            .date("effectiveOn", "When; null where no source says.", |it| &it.tie.effective_on)
            .leaf(
                "steps",
                "How many successions lie between the two schools, from 1: this is the last of them.",
                |it| it.tie.steps,
            )
            .existence(Kind::Succession, |tie| tie.id, |tie| [&tie.effective_on])
            .sources("The sources that state the succession.", |it| (it.view, it.tie.id))
            .recorded_since(|it| it.tie.id)
    }

    fn conditions() -> Vec<EdgeCondition> {
        vec![EdgeCondition::words::<domain::SuccessionKind>("kind", "Only those whose edge is of one of these kinds.")]
    }
}

impl TieType for domain::SchoolLink {
    fn describe() -> ObjectType<ViewedTie<Self>> {
        ObjectType::<ViewedTie<Self>>::new("SchoolLink", "A tie between two schools.")
            .leaf("kind", "What the branch is to the school.", |it| Word(it.tie.kind))
            .leaf("basis", "Why we believe it.", |it| Word(it.tie.basis))
            .optional_text("note", "A remark; null if there is none.", |it| it.tie.note.as_deref())
            .date("since", "Since when; null where no source says.", |it| &it.tie.since)
            .date("until", "Until when; null where no source says, or it goes on.", |it| &it.tie.until)
            .existence(Kind::SchoolLink, |tie| tie.id, |tie| [&tie.since, &tie.until])
            .sources("The sources that state the tie.", |it| (it.view, it.tie.id))
            .recorded_since(|it| it.tie.id)
    }

    fn conditions() -> Vec<EdgeCondition> {
        vec![
            EdgeCondition::words::<domain::SchoolLinkKind>("kind", "Only those whose edge is of one of these kinds."),
            EdgeCondition::words::<domain::SchoolLinkBasis>("basis", "Only those whose edge has one of these bases."),
        ]
    }
}

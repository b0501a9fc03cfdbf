//! Construction projects: what is built for a school, where, how large, and when it is due.

use domain::View;

use crate::{
    definition::{
        field::load_parts,
        object_type::{Described, ObjectType},
    },
    lists::filter_type::FilterType,
    objects::{
        noun::{NounType, ViewedNoun},
        word::Word,
    },
};

impl NounType for domain::Project {
    const NAME: &'static str = "Project";
    const ONE: (&'static str, &'static str) = ("project", "A construction project; null if there is none.");
    const MANY: (&'static str, &'static str) = ("projects", "The construction projects on record.");

    fn describe() -> ObjectType<ViewedNoun<Self>> {
        ObjectType::<ViewedNoun<Self>>::noun("A construction project. The project, the campus that it builds and the school are three things.")
            .codes()
            .categories()
            .leaf("status", "How far it had come by the view's day; `UNKNOWN` where no source says. Where the start or the opening is stated it follows from them: `OPENED` from the opening on, before that `UNDER_CONSTRUCTION` from the start on and `PLANNED` before it; else it is as recorded.", |it| Word(it.noun.status_on(it.view.day))).reading(&["status", "started_on", "opened_on"])
            .leaf("phaseNumber", "Which phase of the works it is, from 1; null where no source says.", |it| it.noun.phase_no.map(i64::from)).reading(&["phase_no"])
            .leaf("educationPhases", "The stages of education for which it builds; none where no source says.", |it| it.noun.education_phases.iter().copied().map(Word).collect::<Vec<_>>())
            .date("startedOn", "When the works started; null where no source says.", |it| &it.noun.started_on)
            .date("dueOn", "When it is to open, as last announced; null where no source says. That it has opened only `openedOn` says.", |it| &it.noun.due_on)
            .date("openedOn", "When it opened; null where no source says, or it has not.", |it| &it.noun.opened_on)
            .leaf("places", "How many pupils it has room for; null where no source says.", |it| it.noun.places.map(i64::from))
            .leaf("classes", "How many classes; null where no source says.", |it| it.noun.classes.map(i64::from))
            .leaf("classesPrimary", "How many of them are classes of primary school; null where no source says.", |it| it.noun.classes_primary.map(i64::from))
            .leaf("classesJunior", "How many of them are classes of junior school; null where no source says.", |it| it.noun.classes_junior.map(i64::from))
            .leaf("classesSenior", "How many of them are classes of senior school; null where no source says.", |it| it.noun.classes_senior.map(i64::from))
            .leaf("floorArea", "The floor area, in square meters; null where no source says.", |it| it.noun.floor_area_m2.map(i64::from)).reading(&["floor_area_m2"])
            .noun_of_record("school", "The school for which it builds; null where no source says.", |noun| noun.school)
            .noun_of_record("campus", "The campus that it builds; null where it is none on record.", |noun| noun.campus)
            .noun_of_record("township", "The township it lies in; null where no source says.", |noun| noun.township)
            .noun_of_record("region", "The region it lies in; null where no source says.", |noun| noun.region)
            .noun_of_record("district", "The district it lies in; null where the record does not say.", |noun| noun.district)
            .load_objects("milestones", "Its steps, planned and reached, by date.", |it, ctx| {
                load_parts::<domain::ProjectMilestone, _>(ctx, it.view, it.head().id, |view, it| ProjectMilestone { view, it: it.clone() })
            }).reading(&[])
    }

    fn filter() -> FilterType<Self> {
        FilterType::new("Which projects.")
            .code()
            .words::<domain::ProjectStatus>(
                "status",
                "It had come so far by the view's day; `UNKNOWN` finds those of which no source says.",
            )
            .words::<domain::EducationPhase>("educationPhase", "It builds for one of these stages.")
            .on("education_phases")
            .before("dueBefore", "It is due before this day, whichever day its date means.")
            .on("due_on")
            .after("dueAfter", "It is due after this day, whichever day its date means.")
            .on("due_on")
            .at_least("placesAtLeast", "It has room for so many pupils, or more.")
            .on("places")
            .noun::<domain::School>("school", "It builds for this school, by id or slug.")
            .noun::<domain::Campus>("campus", "It builds this campus, by id or slug.")
            .noun::<domain::Township>("township", "It lies in this township, by id or slug.")
            .noun::<domain::Region>("region", "It lies in this region, by id or slug.")
            .noun::<domain::District>("district", "It lies in this district, by id or slug.")
    }
}

/// A step of a project.
pub(crate) struct ProjectMilestone {
    view: View,
    it: domain::ProjectMilestone,
}

impl Described for ProjectMilestone {
    fn describe() -> ObjectType<Self> {
        ObjectType::<Self>::new("ProjectMilestone", "A step of a project.")
            .leaf("milestone", "The step.", |it| Word(it.it.milestone))
            .leaf("plannedOrActual", "Whether it is planned, or was reached.", |it| Word(it.it.planned_or_actual))
            .date("date", "When; null where no source says.", |it| &it.it.date)
            .sources("The sources that state it.", |it| (it.view, it.it.id))
            .recorded_since(|it| it.it.id)
    }
}

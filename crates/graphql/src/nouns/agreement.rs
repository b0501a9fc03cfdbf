//! Agreements: who agreed with whom, and what came of it.

use persistence::{OUTCOMES_OF_AGREEMENT, PARTIES_OF_AGREEMENT};

use crate::{
    definition::object_type::ObjectType,
    lists::{edge_condition::EdgeCondition, filter_type::FilterType},
    objects::{
        noun::{NounType, ViewedNoun, load_noun},
        tie::{TieType, ViewedTie},
        word::Word,
    },
};

impl NounType for domain::Agreement {
    const NAME: &'static str = "Agreement";
    const ONE: (&'static str, &'static str) = ("agreement", "An agreement; null if there is none.");
    const MANY: (&'static str, &'static str) = ("agreements", "The agreements on the map.");

    fn describe() -> ObjectType<ViewedNoun<Self>> {
        ObjectType::<ViewedNoun<Self>>::noun("An agreement between organizations.")
            .codes()
            .categories()
            .leaf("kind", "What it is about; `UNKNOWN` where no source says.", |it| Word(it.noun.kind))
            .date("signedOn", "When it was signed, as precise as its source; null where no source says. See `isReportDate`.", |it| &it.noun.signed_on)
            .leaf("isReportDate", "Whether `signedOn` is the date of the report that tells of it, since no source states that of the signing.", |it| it.noun.is_report_date)
            .leaf("status", "How far it has come; `UNKNOWN` where no source says.", |it| Word(it.noun.status))
            .noun_of_record("district", "The district that it serves; null where the record does not say.", |noun| noun.district)
            .any_relation(PARTIES_OF_AGREEMENT, "parties", "AgreementParty", 3, "Those who agreed, of whatever kind.")
            .any_relation(OUTCOMES_OF_AGREEMENT, "outcomes", "AgreementOutcome", 1, "What came of it, or is to: schools, campuses, groups.")
    }

    fn filter() -> FilterType<Self> {
        FilterType::new("Which agreements.")
            .code()
            .words::<domain::AgreementKind>(
                "kind",
                "It is about one of these; `UNKNOWN` finds those of which no source says.",
            )
            .words::<domain::AgreementStatus>(
                "status",
                "It has come so far; `UNKNOWN` finds those of which no source says.",
            )
            .before("signedBefore", "It was signed before this day, whichever day its date means.")
            .on("signed_on")
            .after("signedAfter", "It was signed after this day, whichever day its date means.")
            .on("signed_on")
            .noun::<domain::District>("district", "It serves this district, by id or slug.")
            .noun::<domain::Partner>("partner", "This partner is a party, by id or slug.")
            .noun::<domain::Authority>("authority", "This authority is a party, by id or slug.")
            .noun::<domain::School>("school", "It is about this school, or the school is a party; by id or slug.")
    }
}

impl TieType for domain::AgreementTie {
    fn describe() -> ObjectType<ViewedTie<Self>> {
        ObjectType::<ViewedTie<Self>>::new("AgreementTie", "A noun's tie to an agreement.")
            .leaf("basis", "Why they are tied.", |it| Word(it.tie.basis))
            .optional_text("note", "A remark; null if there is none.", |it| it.tie.note.as_deref())
            .sources("The sources that state it.", |it| (it.view, it.tie.id))
            .recorded_since(|it| it.tie.id)
    }

    fn conditions() -> Vec<EdgeCondition> {
        vec![EdgeCondition::words::<domain::AgreementTieBasis>(
            "basis",
            "Only those whose edge has one of these bases.",
        )]
    }
}

impl TieType for domain::JointRunning {
    fn describe() -> ObjectType<ViewedTie<Self>> {
        ObjectType::<ViewedTie<Self>>::new("JointRunning", "That an agreement names one of those who run a school.")
            .load_optional_object("agreement", "The agreement.", |it, ctx| {
                load_noun(ctx, it.view, Some(it.tie.agreement))
            })
            .sources("The sources that state who agreed.", |it| (it.view, it.tie.id))
            .recorded_since(|it| it.tie.id)
    }
}

//! By which ways partners reach schools.

use domain::{Reach, ReachWay};

use crate::{
    definition::object_type::ObjectType,
    lists::edge_condition::EdgeCondition,
    objects::{
        noun::load_noun,
        tie::{TieType, ViewedTie},
        word::Word,
    },
};

impl TieType for Reach {
    fn describe() -> ObjectType<ViewedTie<Self>> {
        ObjectType::<ViewedTie<Self>>::new("Reach", "A way by which a partner reaches a school.")
            .leaf("way", "By what.", |it| Word(it.tie.way))
            .load_optional_object("alliance", "The alliance; null where the way is none of an alliance.", |it, ctx| {
                load_noun(ctx, it.view, it.tie.alliance)
            })
            .load_optional_object("group", "The group of the school; null where the way is none of a group.", |it, ctx| {
                load_noun(ctx, it.view, it.tie.group)
            })
            .load_optional_object("agreement", "The agreement; null where the way is none of an agreement.", |it, ctx| {
                load_noun(ctx, it.view, it.tie.agreement)
            })
            .sources("The sources that state the partner's part: its tie to the school, its membership, or that it is a party.", |it| (it.view, it.tie.partner_fact))
            .citations(
                "schoolSources",
                "The sources that state the school's part: its membership or that of it in its group, the agreement, or its \
                 own record; those of `sources` where both are one.",
                |it| (it.view, it.tie.school_fact.unwrap_or(it.tie.partner_fact)),
            )
            .recorded_since(|it| it.tie.partner_fact)
    }

    fn conditions() -> Vec<EdgeCondition> {
        vec![EdgeCondition::words::<ReachWay>("way", "Only those by one of these ways.")]
    }
}

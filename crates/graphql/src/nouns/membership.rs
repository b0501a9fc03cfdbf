//! Memberships: a school's place in a group, and its story.

use domain::Kind;

use crate::{
    definition::{field::Loading, object_type::ObjectType},
    lists::edge_condition::EdgeCondition,
    nouns::category::load_named_categories,
    objects::{
        tie::{TieRow, TieType, ViewedTie},
        word::Word,
    },
};

impl TieType for domain::Membership {
    fn describe() -> ObjectType<ViewedTie<Self>> {
        ObjectType::<ViewedTie<Self>>::new("Membership", "A school's place in a group.")
            .leaf("role", "As what the school belongs to the group.", |it| Word(it.tie.role))
            .date("since", "When the school joined; null where no source says.", |it| &it.tie.joined_on)
            .date("until", "When the school left; null where no source says, or it still belongs.", |it| &it.tie.left_on)
            .date("asOf", "The time for which the source states it; null where it does not say.", |it| &it.tie.as_of)
            .load_leaf("existence", "Whether it is known to have held on the view's day, or only assumed since nothing speaks of it before a later one. `ASSUMED`, too, where a school leads on a day on which, by dates that are not precise to the day, another may have led still or already; of the two the map shows the later from the first day on which it can have begun, and the other have ended.", |it, ctx| Loading::later(async move { row(it).load_existence(ctx).await }))
            .load_objects("categories", "The categories of the data set's own that the membership is in, in the order of its row, as far as they are on the map.", |it, ctx| Loading::later(load_named_categories(ctx, row(it), &it.tie.categories)))
            .argument::<Option<String>>("scheme", "Only those of this scheme, as `Category.scheme` names it.")
            .sources("The sources that state the membership.", |it| (it.view, it.tie.id))
            .recorded_since(|it| it.tie.id)
    }

    fn conditions() -> Vec<EdgeCondition> {
        vec![EdgeCondition::words::<domain::MembershipRole>("role", "Only those whose edge has one of these roles.")]
    }
}

fn row(it: &ViewedTie<domain::Membership>) -> TieRow {
    let domain::Membership { id, joined_on, left_on, as_of, turn, .. } = &*it.tie;
    TieRow {
        view: it.view,
        tie: (Kind::Membership, *id),
        since: joined_on.clone(),
        until: left_on.clone(),
        as_of: as_of.clone(),
        turn: Some(*turn),
    }
}

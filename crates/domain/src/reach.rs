//! Reach: the ways by which a partner reaches a school.

use crate::{agreement::Agreement, alliance::Alliance, group::Group, id::Id, text::vocabulary};

vocabulary! {
    /// By what a partner reaches a school.
    ReachWay {
        /// An agreement to which the partner is a party is about the school, or the school is a party, too.
        Agreement = "agreement",
        /// An alliance has both as members.
        Alliance = "alliance",
        /// An alliance of which the partner is a member serves the district of the school, which is no member itself.
        DistrictAlliance = "district_alliance",
        /// An alliance of which the partner is a member has a group of the school as a member.
        GroupAlliance = "group_alliance",
        /// The two are tied outside any alliance.
        OwnTie = "own_tie",
    }
}

/// A way by which a partner reaches a school, and what it goes through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// The fact of the partner: its tie to the school, its membership in the alliance, or that it is a party.
    pub partner_fact: i64,
    /// The fact of the school, if it is another: its membership, or that of its group, or the outcome.
    pub school_fact: Option<i64>,
    /// By what.
    pub way: ReachWay,
    /// The alliance.
    pub alliance: Option<Id<Alliance>>,
    /// The group.
    pub group: Option<Id<Group>>,
    /// The agreement.
    pub agreement: Option<Id<Agreement>>,
}

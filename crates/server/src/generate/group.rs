//! Groups and memberships.

use domain::{MembershipRole, SchoolStatus, group, membership};

use super::{
    District, TIED,
    dice::Dice,
    folder::{Folder, Value},
};

/// What a school that does not lead is in its group; half of them simply members.
pub(super) const MEMBER_ROLES: [&str; 6] = ["member", "member", "member", "branch", "co_branded", "guided"];

impl District {
    pub(super) fn groups(&self, dice: &mut Dice, out: &mut Folder) -> anyhow::Result<()> {
        for (at, lead) in (0..self.n_groups).zip(&self.working) {
            let reported = dice.within(10..=19);
            let row: &[Value<'_>] = &[
                ("group_id", &self.named('g', at)),
                ("name_zh", &format!("合成{}区{}号教育集团", self.number, at + 1)),
                ("name_en", &format!("Synthetic {}-{} Education Group", self.number, at + 1)),
                ("lead_school_id", &self.schools[*lead].slug),
                ("status", &if dice.chance(95) { "operating" } else { "planned" }),
                ("reported_member_schools", &if dice.chance(50) { reported.to_string() } else { String::new() }),
            ];
            out.row(&group::SHAPE, row)?;
        }
        Ok(())
    }

    /// Each school's place in a group and, for most, the place that it had in another before.
    pub(super) fn memberships(&self, dice: &mut Dice, out: &mut Folder) -> anyhow::Result<()> {
        let mut leads = vec![None; self.schools.len()];
        for (group, lead) in (0..self.n_groups).zip(&self.working) {
            leads[*lead] = Some(group);
        }
        for (school, lead) in self.schools.iter().zip(leads) {
            let joins = school.works() || school.status == SchoolStatus::Closed;
            if lead.is_none() && (!joins || dice.chance(4)) {
                continue;
            }
            let group = lead.unwrap_or_else(|| dice.below(self.n_groups));
            let role = if lead.is_some() { MembershipRole::Lead.word() } else { dice.one(&MEMBER_ROLES) };
            let mut joined_on = dice.date_or_blank(TIED);
            // A school that took over a place was not there before: what it left would hold on no day.
            if self.n_groups > 1 && !school.took_over && dice.chance(66) {
                // Three years, one after the other: however imprecise the dates, the two places never overlap.
                let joined = dice.within(*TIED.start()..=TIED.end() - 2);
                let left = dice.within(joined + 1..=TIED.end() - 1);
                joined_on = dice.date(left + 1..=*TIED.end());
                let other = (group + 1 + dice.below(self.n_groups - 1)) % self.n_groups;
                let former: &[Value<'_>] = &[
                    ("group_id", &self.named('g', other)),
                    ("school_id", &school.slug),
                    ("role", &dice.one(&MEMBER_ROLES)),
                    ("joined_on", &dice.date(joined..=joined)),
                    ("left_on", &dice.date(left..=left)),
                ];
                out.row(&membership::SHAPE, former)?;
            }
            let current: &[Value<'_>] = &[
                ("group_id", &self.named('g', group)),
                ("school_id", &school.slug),
                ("role", &role),
                ("joined_on", &joined_on),
                ("as_of", &if joined_on.is_empty() { "2024" } else { "" }),
            ];
            out.row(&membership::SHAPE, current)?;
        }
        Ok(())
    }
}

//! Groups and memberships.

use domain::{MembershipRole, SchoolStatus, group, membership};

use super::{
    District, GROUP_YEARS, TIE_YEARS,
    folder_writer::{FolderWriter, Value},
    random::Random,
};

/// What a school that does not lead is in its group; half of them simply members.
pub(super) const MEMBER_ROLES: [&str; 6] = ["member", "member", "member", "branch", "co_branded", "guided"];

impl District {
    pub(super) fn write_groups(&self, random: &mut Random, out: &mut FolderWriter) -> anyhow::Result<()> {
        for (at, lead) in (0..self.n_groups).zip(&self.working) {
            let reported = random.number_in(10..=19);
            // The first works and is dated, so that each district has a group of which both are said.
            let is_operating = at == 0 || random.chance(95);
            let is_dated = is_operating && (at == 0 || random.chance(60));
            let established_on = if is_dated { random.date(GROUP_YEARS) } else { String::new() };
            let row: &[Value<'_>] = &[
                ("group_id", &self.slug_of('g', at)),
                ("name_en", &format!("Synthetic {}-{} Education Group", self.number, at + 1)),
                ("name_es", &format!("Grupo Educativo Sintético {}-{}", self.number, at + 1)),
                ("lead_school_id", &self.schools[*lead].slug),
                ("status", &if is_operating { "operating" } else { "planned" }),
                ("established_on", &established_on),
                ("reported_member_schools", &if random.chance(50) { reported.to_string() } else { String::new() }),
            ];
            out.write_row(&group::SHAPE, row)?;
        }
        Ok(())
    }

    /// Each school's place in a group and, for most, the place that it had in another before.
    pub(super) fn write_memberships(&self, random: &mut Random, out: &mut FolderWriter) -> anyhow::Result<()> {
        let mut leads = vec![None; self.schools.len()];
        for (group, lead) in (0..self.n_groups).zip(&self.working) {
            leads[*lead] = Some(group);
        }
        for (school, lead) in self.schools.iter().zip(leads) {
            let joins = school.is_working() || school.status == SchoolStatus::Closed;
            if lead.is_none() && (!joins || random.chance(4)) {
                continue;
            }
            let group = lead.unwrap_or_else(|| random.number_below(self.n_groups));
            let role = if lead.is_some() { MembershipRole::Lead.word() } else { random.pick(&MEMBER_ROLES) };
            let mut joined_on = random.date_or_blank(TIE_YEARS);
            // A school that took over a place was not there before: what it left would hold on no day.
            if self.n_groups > 1 && !school.took_over && random.chance(66) {
                // Three years, one after the other: however imprecise the dates, the two places never overlap.
                let joined = random.number_in(*TIE_YEARS.start()..=TIE_YEARS.end() - 2);
                let left = random.number_in(joined + 1..=TIE_YEARS.end() - 1);
                joined_on = random.date(left + 1..=*TIE_YEARS.end());
                let other = (group + 1 + random.number_below(self.n_groups - 1)) % self.n_groups;
                let former: &[Value<'_>] = &[
                    ("group_id", &self.slug_of('g', other)),
                    ("school_id", &school.slug),
                    ("role", &random.pick(&MEMBER_ROLES)),
                    ("joined_on", &random.date(joined..=joined)),
                    ("left_on", &random.date(left..=left)),
                ];
                out.write_row(&membership::SHAPE, former)?;
            }
            let current: &[Value<'_>] = &[
                ("group_id", &self.slug_of('g', group)),
                ("school_id", &school.slug),
                ("role", &role),
                ("joined_on", &joined_on),
                ("as_of", &if joined_on.is_empty() { "2024" } else { "" }),
            ];
            out.write_row(&membership::SHAPE, current)?;
        }
        Ok(())
    }
}

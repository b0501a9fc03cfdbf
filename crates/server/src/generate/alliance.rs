//! Alliances, their charters and their members.

use domain::{AllianceKind, AllianceRole, ResourceCategory, alliance};

use super::{
    District, FOUNDING_YEARS, N_ALLIANCES, N_DISTRICT_ALLIANCES,
    folder_writer::{FolderWriter, Value},
    random::Random,
};

impl District {
    pub(super) fn write_alliances(&self, random: &mut Random, out: &mut FolderWriter) -> anyhow::Result<()> {
        for at in 0..N_ALLIANCES {
            let slug = self.slug_of('a', at);
            let serves = at < N_DISTRICT_ALLIANCES;
            let kind = if serves { "thematic" } else { AllianceKind::WORDS[at as usize % AllianceKind::WORDS.len()] };
            let row: &[Value<'_>] = &[
                ("alliance_id", &slug),
                ("name_en", &format!("Synthetic {}-{} Alliance", self.number, at + 1)),
                ("name_es", &format!("Alianza Sintética {}-{}", self.number, at + 1)),
                ("kind", &kind),
                ("established_on", &random.date(FOUNDING_YEARS)),
                ("scope", &if serves { "district" } else { "members" }),
                ("status", &"established"),
            ];
            out.write_row(&alliance::SHAPE, row)?;
            for seq in 1..=3 {
                let function: &[Value<'_>] = &[
                    ("function_id", &format!("{slug}-f{seq}")),
                    ("alliance_id", &slug),
                    ("seq", &seq),
                    ("text_en", &format!("synthetic function {seq}")),
                ];
                out.write_row(&alliance::FUNCTIONS, function)?;
            }
            for category in random.pick_several(ResourceCategory::WORDS, 3) {
                out.write_row(&alliance::CATEGORIES, &[("alliance_id", &slug), ("category", &category)])?;
            }
            let n_members = random.number_in(35..=45).min(self.n_partners);
            for (nth, partner) in random.pick_indexes(self.n_partners, n_members).into_iter().enumerate() {
                let role = if nth == 0 { AllianceRole::Founder } else { AllianceRole::Member };
                out.write_alliance_member(&slug, "partner", &self.slug_of('p', partner), role)?;
            }
            let school = &self.schools[random.pick(&self.working)];
            out.write_alliance_member(&slug, "school", &school.slug, AllianceRole::AllianceSchool)?;
        }
        Ok(())
    }

    /// Each group joins about three of the alliances that serve their members; the first in an alliance leads it.
    pub(super) fn write_alliance_groups(&self, random: &mut Random, out: &mut FolderWriter) -> anyhow::Result<()> {
        let mut is_led = [false; N_ALLIANCES as usize];
        for group in 0..self.n_groups {
            let n_joined = random.number_in(2..=4);
            for place in random.pick_indexes(N_ALLIANCES - N_DISTRICT_ALLIANCES, n_joined) {
                let at = N_DISTRICT_ALLIANCES + place;
                let role = if is_led[at as usize] { AllianceRole::Member } else { AllianceRole::LeadGroup };
                is_led[at as usize] = true;
                out.write_alliance_member(&self.slug_of('a', at), "group", &self.slug_of('g', group), role)?;
            }
        }
        Ok(())
    }
}

impl FolderWriter {
    pub(super) fn write_alliance_member(
        &mut self,
        alliance: &str,
        kind: &str,
        member: &str,
        role: AllianceRole,
    ) -> anyhow::Result<()> {
        let row: &[Value<'_>] =
            &[("alliance_id", &alliance), ("member_type", &kind), ("member_id", &member), ("role", &role.word())];
        self.write_row(&alliance::MEMBERS, row)
    }
}

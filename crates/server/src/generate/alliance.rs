//! Alliances, their charters and their members.

use domain::{AllianceKind, AllianceRole, ResourceCategory, alliance};

use super::{
    District, ESTABLISHED, N_ALLIANCES, N_SERVING,
    dice::Dice,
    folder::{Folder, Value},
};

impl District {
    pub(super) fn alliances(&self, dice: &mut Dice, out: &mut Folder) -> anyhow::Result<()> {
        for at in 0..N_ALLIANCES {
            let slug = self.named('a', at);
            let serves = at < N_SERVING;
            let kind = if serves { "thematic" } else { AllianceKind::WORDS[at as usize % AllianceKind::WORDS.len()] };
            let row: &[Value<'_>] = &[
                ("alliance_id", &slug),
                ("name_zh", &format!("合成{}区{}号联盟", self.number, at + 1)),
                ("name_en", &format!("Synthetic {}-{} Alliance", self.number, at + 1)),
                ("kind", &kind),
                ("established_on", &dice.date(ESTABLISHED)),
                ("scope", &if serves { "district" } else { "members" }),
                ("status", &"established"),
            ];
            out.row(&alliance::SHAPE, row)?;
            for seq in 1..=3 {
                let function: &[Value<'_>] = &[
                    ("function_id", &format!("{slug}-f{seq}")),
                    ("alliance_id", &slug),
                    ("seq", &seq),
                    ("text_en", &format!("synthetic function {seq}")),
                ];
                out.row(&alliance::FUNCTIONS, function)?;
            }
            for category in dice.some(ResourceCategory::WORDS, 3) {
                out.row(&alliance::CATEGORIES, &[("alliance_id", &slug), ("category", &category)])?;
            }
            let n_members = dice.within(35..=45).min(self.n_partners);
            for (nth, partner) in dice.places(self.n_partners, n_members).into_iter().enumerate() {
                let role = if nth == 0 { AllianceRole::Founder } else { AllianceRole::Member };
                out.alliance_member(&slug, "partner", &self.named('p', partner), role)?;
            }
            let school = &self.schools[dice.one(&self.working)];
            out.alliance_member(&slug, "school", &school.slug, AllianceRole::AllianceSchool)?;
        }
        Ok(())
    }

    /// Each group joins about three of the alliances that serve their members; the first in an alliance leads it.
    pub(super) fn alliance_groups(&self, dice: &mut Dice, out: &mut Folder) -> anyhow::Result<()> {
        let mut is_led = [false; N_ALLIANCES as usize];
        for group in 0..self.n_groups {
            let n_joined = dice.within(2..=4);
            for place in dice.places(N_ALLIANCES - N_SERVING, n_joined) {
                let at = N_SERVING + place;
                let role = if is_led[at as usize] { AllianceRole::Member } else { AllianceRole::LeadGroup };
                is_led[at as usize] = true;
                out.alliance_member(&self.named('a', at), "group", &self.named('g', group), role)?;
            }
        }
        Ok(())
    }
}

impl Folder {
    pub(super) fn alliance_member(
        &mut self,
        alliance: &str,
        kind: &str,
        member: &str,
        role: AllianceRole,
    ) -> anyhow::Result<()> {
        let row: &[Value<'_>] =
            &[("alliance_id", &alliance), ("member_type", &kind), ("member_id", &member), ("role", &role.word())];
        self.row(&alliance::MEMBERS, row)
    }
}

//! An advisory body with its expert groups, and people who hold an office in it or in the authority.

use domain::{AdvisoryMemberOrigin, ConsultationMode, advisory_body, expert_group, person};

use super::{
    District, FOUNDING_YEARS, N_EXPERT_GROUPS, N_PEOPLE, TIE_YEARS,
    folder_writer::{FolderWriter, Value},
    random::Random,
};

impl District {
    pub(super) fn write_advisory_body(&self, random: &mut Random, out: &mut FolderWriter) -> anyhow::Result<()> {
        let body = self.slug_of('v', 0);
        let row: &[Value<'_>] = &[
            ("advisory_body_id", &body),
            ("name_en", &format!("Synthetic {} Advisory Committee", self.number)),
            ("name_es", &format!("Comité Asesor Sintético {}", self.number)),
            ("established_on", &random.date(FOUNDING_YEARS)),
        ];
        out.write_row(&advisory_body::SHAPE, row)?;
        for category in random.pick_several(AdvisoryMemberOrigin::WORDS, 3) {
            out.write_row(&advisory_body::MEMBER_CATEGORIES, &[("advisory_body_id", &body), ("category", &category)])?;
        }
        for mode in random.pick_several(ConsultationMode::WORDS, 2) {
            out.write_row(&advisory_body::CONSULTATION_MODES, &[("advisory_body_id", &body), ("mode", &mode)])?;
        }
        for at in 0..N_EXPERT_GROUPS {
            let row: &[Value<'_>] = &[
                ("expert_group_id", &self.slug_of('x', at)),
                ("advisory_body_id", &body),
                ("seq", &(at + 1)),
                ("name_en", &format!("Synthetic {}-{} Expert Group", self.number, at + 1)),
                ("name_es", &format!("Grupo de Expertos Sintético {}-{}", self.number, at + 1)),
            ];
            out.write_row(&expert_group::SHAPE, row)?;
        }
        Ok(())
    }

    pub(super) fn write_people(&self, random: &mut Random, out: &mut FolderWriter) -> anyhow::Result<()> {
        for at in 0..N_PEOPLE {
            let row: &[Value<'_>] = &[
                ("person_id", &self.slug_of('h', at)),
                ("name_en", &format!("Synthetic Person {}-{}", self.number, at + 1)),
                ("name_es", &format!("Persona Sintética {}-{}", self.number, at + 1)),
            ];
            out.write_row(&person::SHAPE, row)?;
            let (kind, organization, role) = match at % 3 {
                0 => ("authority", self.authority(), "director"),
                1 => ("school", self.schools[random.pick(&self.working)].slug.clone(), "principal"),
                _ => ("advisory_body", self.slug_of('v', 0), "member"),
            };
            let since = if kind == "advisory_body" { String::new() } else { random.date_or_blank(TIE_YEARS) };
            let office: &[Value<'_>] = &[
                ("office_id", &format!("{}-o{:03}", self.slug, at + 1)),
                ("person_id", &self.slug_of('h', at)),
                ("role_en", &role),
                ("organization_type", &kind),
                ("organization_id", &organization),
                ("since", &since),
            ];
            out.write_row(&person::OFFICES, office)?;
        }
        Ok(())
    }

    /// The slug of the authority.
    pub(super) fn authority(&self) -> String {
        format!("{}-ec", self.slug)
    }
}

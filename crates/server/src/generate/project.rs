//! Construction projects and their milestones, and agreements on schools.

use domain::{AgreementKind, agreement, evidence, project};

use super::{
    District, FOUNDING_YEARS, N_AGREEMENTS, N_PROJECTS, N_TOWNSHIPS, PLANNED_YEARS,
    folder_writer::{FolderWriter, Value},
    place::REGIONS,
    random::{Random, len_u32},
};

impl District {
    pub(super) fn write_projects(&self, random: &mut Random, out: &mut FolderWriter) -> anyhow::Result<()> {
        for at in 0..N_PROJECTS {
            let slug = self.slug_of('b', at);
            let school = &self.schools[random.pick(&self.working)].slug;
            let date = random.date(FOUNDING_YEARS);
            let (status, started_on, opened_on) = match at % 3 {
                0 => ("opened", String::new(), date),
                1 => ("under_construction", date, String::new()),
                _ => ("planned", String::new(), String::new()),
            };
            let due_on = random.date(PLANNED_YEARS);
            let classes = random.number_in(12..=72);
            let row: &[Value<'_>] = &[
                ("project_id", &slug),
                ("name_en", &format!("Synthetic {}-{} Project", self.number, at + 1)),
                ("name_es", &format!("Proyecto Sintético {}-{}", self.number, at + 1)),
                ("school_id", school),
                ("campus_id", &if at % 2 == 0 { format!("{school}-c1") } else { String::new() }),
                ("township_id", &self.slug_of('t', random.number_below(N_TOWNSHIPS))),
                ("region_id", &self.slug_of('r', random.number_below(len_u32(&REGIONS)))),
                ("phase_no", &1),
                ("education_phases", &"primary;junior"),
                ("status", &status),
                ("started_on", &started_on),
                ("opened_on", &opened_on),
                ("due_on", &due_on),
                ("places", &(classes * 40)),
                ("classes", &classes),
            ];
            out.write_row(&project::SHAPE, row)?;
            for (milestone, planned_or_actual, date) in
                [("construction_started", "actual", &started_on), ("opening", "planned", &due_on)]
            {
                let milestone: &[Value<'_>] = &[
                    ("project_id", &slug),
                    ("milestone", &milestone),
                    ("planned_or_actual", &planned_or_actual),
                    ("date_text", date),
                ];
                if !date.is_empty() {
                    out.write_row(&project::MILESTONES, milestone)?;
                }
            }
        }
        // Another source dates the first of them otherwise, and one says that the list goes on.
        let row: &[Value<'_>] = &[
            ("subject_type", &"project"),
            ("subject_id", &self.slug_of('b', 0)),
            ("field", &"due_on"),
            ("value", &random.date(PLANNED_YEARS)),
            ("relation", &"contradicts"),
        ];
        out.write_row(&evidence::SHAPE, row)?;
        let row: &[Value<'_>] = &[
            ("subject_type", &"district"),
            ("subject_id", &self.slug),
            ("list", &"projects"),
            ("is_complete", &false),
            ("note_en", &"synthetic"),
        ];
        out.write_row(&evidence::LISTS, row)
    }

    pub(super) fn write_agreements(&self, random: &mut Random, out: &mut FolderWriter) -> anyhow::Result<()> {
        for at in 0..N_AGREEMENTS {
            let slug = self.slug_of('m', at);
            let row: &[Value<'_>] = &[
                ("agreement_id", &slug),
                ("name_en", &format!("Synthetic {}-{} Agreement", self.number, at + 1)),
                ("name_es", &format!("Acuerdo Sintético {}-{}", self.number, at + 1)),
                ("kind", &AgreementKind::WORDS[at as usize % AgreementKind::WORDS.len()]),
                ("signed_on", &random.date(FOUNDING_YEARS)),
                ("status", &"signed"),
            ];
            out.write_row(&agreement::SHAPE, row)?;
            let partner = self.slug_of('p', random.number_below(self.n_partners));
            for (kind, party) in [("authority", self.authority()), ("partner", partner)] {
                let party: &[Value<'_>] =
                    &[("agreement_id", &slug), ("party_type", &kind), ("party_id", &party), ("role", &"party")];
                out.write_row(&agreement::PARTIES, party)?;
            }
            let outcome: &[Value<'_>] = &[
                ("agreement_id", &slug),
                ("outcome_type", &"school"),
                ("outcome_id", &self.schools[random.pick(&self.working)].slug),
                ("kind", &"runs"),
            ];
            out.write_row(&agreement::OUTCOME_SHAPE, outcome)?;
        }
        Ok(())
    }
}

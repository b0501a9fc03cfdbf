//! Figures that sources report, and places that senior schools keep for junior ones.

use domain::{admission, reported_figure};

use super::{
    District, FOUNDING_YEARS, N_EXPERT_GROUPS,
    folder_writer::{FolderWriter, Value},
    random::Random,
};

impl District {
    pub(super) fn write_reported_figures(&self, random: &mut Random, out: &mut FolderWriter) -> anyhow::Result<()> {
        let group = self.slug_of('g', random.number_below(self.n_groups));
        let figures = [
            (
                "district",
                self.slug.clone(),
                ("education groups", "grupos educativos"),
                self.n_groups + random.number_below(3),
                "groups",
            ),
            (
                "advisory_body",
                self.slug_of('v', 0),
                ("expert groups", "grupos de expertos"),
                N_EXPERT_GROUPS,
                "expert_groups",
            ),
            ("group", group, ("member schools", "escuelas miembros"), random.number_in(10..=19), "group_schools"),
            (
                "district",
                self.slug.clone(),
                ("demonstration schools", "escuelas modelo"),
                random.number_in(10..=40),
                "designation_holders",
            ),
            ("district", self.slug.clone(), ("students", "estudiantes"), random.number_in(50_000..=400_000), ""),
        ];
        for (at, (kind, subject, (en, es), value, metric)) in (1..).zip(&figures) {
            let of_holders = *metric == "designation_holders";
            let [designation, person] = [('e', of_holders), ('h', of_holders)]
                .map(|(letter, is_given)| if is_given { self.slug_of(letter, 0) } else { String::new() });
            let row: &[Value<'_>] = &[
                ("reported_figure_id", &format!("{}-f{at:03}", self.slug)),
                ("subject_type", kind),
                ("subject_id", subject),
                ("name_en", &format!("Synthetic {}: {en}", self.number)),
                ("name_es", &format!("Sintético {}: {es}", self.number)),
                ("value", value),
                ("unit", if metric.is_empty() { &"people" } else { &"count" }),
                ("qualifier", if metric.is_empty() { &"about" } else { &"exact" }),
                ("as_of", &random.date(FOUNDING_YEARS)),
                ("metric", metric),
                ("designation_id", &designation),
                ("person_id", &person),
            ];
            out.write_row(&reported_figure::SHAPE, row)?;
        }
        Ok(())
    }

    /// The places that senior schools keep for each of some junior schools, and their sum.
    pub(super) fn write_admission_places(&self, random: &mut Random, out: &mut FolderWriter) -> anyhow::Result<()> {
        let teaching = |stage: &str| -> Vec<&str> {
            let schools = self.working.iter().map(|at| &self.schools[*at]);
            let teaching = schools.filter(|school| school.stages.split(';').any(|it| it == stage));
            teaching.map(|school| school.slug.as_str()).take(MOST_SCHOOLS).collect()
        };
        let seniors = teaching("senior");
        for junior in teaching("junior") {
            let mut sum = 0;
            for senior in seniors.iter().filter(|senior| **senior != junior) {
                let places = random.number_in(1..=12);
                sum += places;
                let row: &[Value<'_>] = &[
                    ("junior_school_id", &junior),
                    ("senior_school_id", senior),
                    ("year", &YEAR),
                    ("places", &places),
                ];
                out.write_row(&admission::PLACES, row)?;
            }
            let row: &[Value<'_>] =
                &[("junior_school_id", &junior), ("year", &YEAR), ("places", &sum), ("breakdown_checked", &true)];
            out.write_row(&admission::TOTALS, row)?;
        }
        Ok(())
    }
}

/// How many junior schools have places in a district, and at how many senior schools each.
const MOST_SCHOOLS: usize = 12;
/// The school year of the places.
const YEAR: u32 = 2024;

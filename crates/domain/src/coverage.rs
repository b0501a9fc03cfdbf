//! Coverage: how many schools are tied to something on record, how many are known not to be, and of how many nobody says.

use crate::{reported_figure::Metric, text::vocabulary};

vocabulary! {
    /// By what a school is covered.
    CoverageKind {
        /// An alliance has it as a member, or serves its district.
        Alliances = "alliances",
        /// It was given a designation.
        Designations = "designations",
        /// It is a member of an education group.
        Groups = "groups",
        /// It is tied to a partner outside any alliance.
        Partners = "partners",
    }
}

vocabulary! {
    /// Whether a school is covered, by what is on record.
    CoverageStatus {
        /// It is tied to one on record.
        Covered = "covered",
        /// It is tied to none on record, and a source states that this list of it is complete.
        Uncovered = "uncovered",
        /// It is tied to none on record, and no source says whether there are any.
        Unknown = "unknown",
    }
}

impl CoverageKind {
    /// The property of a school that says whether it is covered.
    #[must_use]
    pub const fn property(self) -> &'static str {
        match self {
            CoverageKind::Alliances => "alliance_coverage",
            CoverageKind::Designations => "designation_coverage",
            CoverageKind::Groups => "group_coverage",
            CoverageKind::Partners => "partner_coverage",
        }
    }

    /// The metrics by which sources report the same.
    #[must_use]
    pub const fn metrics(self) -> &'static [Metric] {
        match self {
            CoverageKind::Alliances => &[Metric::AllianceSchools],
            CoverageKind::Designations => &[Metric::DesignationHolders],
            CoverageKind::Groups => &[Metric::PublicSchoolsInGroups, Metric::GroupSchools],
            CoverageKind::Partners => &[],
        }
    }
}

/// How many schools are covered, how many are not, and of how many nobody says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CoverageCounts {
    /// Those that are covered.
    pub covered: u64,
    /// Those of which it is known that they are not.
    pub uncovered: u64,
    /// Those of which no source says.
    pub unknown: u64,
}

impl CoverageCounts {
    /// Adds as many schools of a status.
    pub fn add(&mut self, status: CoverageStatus, count: u64) {
        match status {
            CoverageStatus::Covered => self.covered += count,
            CoverageStatus::Uncovered => self.uncovered += count,
            CoverageStatus::Unknown => self.unknown += count,
        }
    }

    /// All of them.
    #[must_use]
    pub const fn total(self) -> u64 {
        self.covered + self.uncovered + self.unknown
    }

    /// The share that is covered on record, in hundredths of a percent, rounded; none of no school.
    #[must_use]
    pub const fn share(self) -> Option<u64> {
        match self.total() {
            0 => None,
            total => Some((self.covered * 10_000 + total / 2) / total),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_of_all_and_of_none_there_is_none() {
        let mut counts = CoverageCounts::default();
        assert_eq!(counts.share(), None);
        for (status, count) in
            [(CoverageStatus::Covered, 14), (CoverageStatus::Uncovered, 1), (CoverageStatus::Unknown, 24)]
        {
            counts.add(status, count);
        }
        assert_eq!((counts.total(), counts.share()), (39, Some(3590)));
        assert_eq!(CoverageCounts { covered: 3, ..CoverageCounts::default() }.share(), Some(10_000));
    }
}

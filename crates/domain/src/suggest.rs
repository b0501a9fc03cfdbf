//! "Did you mean …?": the nearest of many words, whatever the case of their letters.

/// Looks for the word nearest to another one among those offered.
#[derive(Debug)]
pub struct Nearest<'a> {
    word: &'a str,
    /// The greatest distance that is still near.
    limit: usize,
    best: Option<String>,
    /// The words that have this one before or behind a hyphen, at most two of them.
    longer: Vec<String>,
    rows: [Vec<usize>; 3],
}

impl<'a> Nearest<'a> {
    /// Begins to look for words near this one.
    #[must_use]
    pub fn to(word: &'a str) -> Self {
        let limit = (1 + word.len() / 5).min(4).min(word.len().saturating_sub(1));
        Nearest { word, limit, best: None, longer: Vec::new(), rows: Default::default() }
    }

    /// Considers a word; of several equally near the first counts.
    ///
    /// A slip changes letters: a word with other digits is another thing, however near it is.
    pub fn offer(&mut self, candidate: &str) {
        if self.longer.len() < 2 && has_at_an_end(candidate, self.word) {
            self.longer.push(candidate.to_owned());
        }
        let limit = if self.best.is_some() { self.limit.saturating_sub(1) } else { self.limit };
        if limit > 0
            && digits(self.word).eq(digits(candidate))
            && let Some(distance) = self.distance(candidate, limit)
        {
            self.best = Some(candidate.to_owned());
            self.limit = distance;
        }
    }

    /// The nearest word, if any was near; else the only one that goes on where this one ends, as `la-886` does for `886`.
    #[must_use]
    pub fn found(mut self) -> Option<String> {
        let longer = self.longer.pop().filter(|_| self.longer.is_empty());
        self.best.or(longer)
    }

    /// How many letters must be put in, left out, replaced or swapped with their neighbors; `None` beyond the limit.
    fn distance(&mut self, candidate: &str, limit: usize) -> Option<usize> {
        let (a, b) = (self.word.as_bytes(), candidate.as_bytes());
        if a.len().abs_diff(b.len()) > limit {
            return None;
        }
        let [before, last, this] = &mut self.rows;
        last.clear();
        last.extend(0..=b.len());
        for (i, x) in a.iter().enumerate() {
            this.clear();
            this.push(i + 1);
            for (j, y) in b.iter().enumerate() {
                let mut least =
                    (last[j + 1] + 1).min(this[j] + 1).min(last[j] + usize::from(!x.eq_ignore_ascii_case(y)));
                if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                    least = least.min(before[j - 1] + 1);
                }
                this.push(least);
            }
            if this.iter().min().is_some_and(|least| *least > limit) {
                return None;
            }
            std::mem::swap(before, last);
            std::mem::swap(last, this);
        }
        last.last().copied().filter(|distance| *distance <= limit)
    }
}

fn digits(word: &str) -> impl Iterator<Item = u8> {
    word.bytes().filter(u8::is_ascii_digit)
}

/// Whether a word begins or ends with another one and a hyphen.
fn has_at_an_end(word: &str, part: &str) -> bool {
    let rests = [
        word.strip_suffix(part).map(|rest| rest.ends_with('-')),
        word.strip_prefix(part).map(|rest| rest.starts_with('-')),
    ];
    !part.is_empty() && rests.contains(&Some(true))
}

/// Asks whether the nearest of some words was meant.
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let mut nearest = Nearest::to(word);
    candidates.into_iter().for_each(|candidate| nearest.offer(candidate));
    nearest.found().map(question)
}

/// Asks whether this word was meant.
#[must_use]
pub fn question(word: impl std::fmt::Display) -> String {
    format!("did you mean `{word}`?")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nearest(word: &str, candidates: &[&str]) -> Option<String> {
        let mut nearest = Nearest::to(word);
        candidates.iter().for_each(|candidate| nearest.offer(candidate));
        nearest.found()
    }

    #[test]
    fn a_slip_of_the_pen_is_understood() {
        let slugs = ["pku", "tsinghua", "buct", "beijing-academy"];
        for (slip, meant) in [("tsinghau", "tsinghua"), ("pkuu", "pku"), ("beijing_acadmy", "beijing-academy")] {
            assert_eq!(nearest(slip, &slugs).as_deref(), Some(meant), "{slip}");
        }
    }

    #[test]
    fn the_nearest_counts_and_the_first_of_equals() {
        assert_eq!(nearest("schools", &["scholls-x", "schoolz", "schoold"]).as_deref(), Some("schoolz"));
    }

    #[test]
    fn another_number_is_another_thing() {
        assert_eq!(nearest("900000", &["100000", "90000", "900001"]), None);
        assert_eq!(nearest("school-12", &["school-13", "schol-12"]).as_deref(), Some("schol-12"));
    }

    #[test]
    fn what_only_goes_on_is_suggested_unless_there_are_several() {
        assert_eq!(nearest("886", &["la-885", "la-886", "la-1886"]).as_deref(), Some("la-886"));
        assert_eq!(nearest("academy", &["academy-north", "beijing-academy"]), None);
        assert_eq!(nearest("886", &["la886", "la-8861"]), None);
    }

    #[test]
    fn what_is_far_is_not_suggested() {
        for word in ["", "x", "evidence", "北京"] {
            assert_eq!(nearest(word, &["", "y", "events", "sources"]), None, "{word}");
        }
    }
}

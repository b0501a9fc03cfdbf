//! Positions: numbers by which an export gives the rows of a file back in their order.

/// The gap that is left between two rows for rows to come.
pub(super) const GAP: i64 = 1024;

/// The positions of a file's rows, in the order of the file; a row that is recorded comes with its position so far.
///
/// As few recorded rows as possible move; where a gap is full, all rows of the file do.
pub(super) fn assign_positions(recorded: &[Option<i64>]) -> Vec<i64> {
    let kept = longest_increasing(recorded);
    fill_gaps(recorded, &kept).unwrap_or_else(|| (1..).map(|n| n * GAP).take(recorded.len()).collect())
}

/// The most rows whose positions already stand in the right order, as indices: a longest increasing subsequence.
fn longest_increasing(recorded: &[Option<i64>]) -> Vec<usize> {
    // `ends[n]` is the row with the least position that ends a chain of n + 1 rows, `before` its predecessor in the chain.
    let mut ends: Vec<usize> = Vec::new();
    let mut before = vec![usize::MAX; recorded.len()];
    for (row, position) in recorded.iter().enumerate() {
        let Some(position) = position.filter(|position| *position > 0) else { continue };
        let length = ends.partition_point(|end| recorded[*end].is_some_and(|other| other < position));
        before[row] = if length == 0 { usize::MAX } else { ends[length - 1] };
        match ends.get_mut(length) {
            Some(end) => *end = row,
            None => ends.push(row),
        }
    }
    let chain = std::iter::successors(ends.last().copied(), |row| Some(before[*row]).filter(|row| *row != usize::MAX));
    let mut kept: Vec<usize> = chain.collect();
    kept.reverse();
    kept
}

/// The kept rows in their positions and all others spread between them; `None` where there is no room.
fn fill_gaps(recorded: &[Option<i64>], kept: &[usize]) -> Option<Vec<i64>> {
    let mut positions = Vec::with_capacity(recorded.len());
    let mut low = 0;
    for &row in kept {
        let high = recorded[row]?;
        let new = i64::try_from(row - positions.len()).ok()?;
        let step = (high - low) / (new + 1);
        if step == 0 {
            return None;
        }
        positions.extend((1..=new).map(|n| low + n * step));
        positions.push(high);
        low = high;
    }
    while positions.len() < recorded.len() {
        low = low.checked_add(GAP)?;
        positions.push(low);
    }
    Some(positions)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_import_counts_in_gaps() {
        assert_eq!(assign_positions(&[None, None, None]), [1024, 2048, 3072]);
        assert_eq!(assign_positions(&[]), Vec::<i64>::new());
    }

    #[test]
    fn recorded_rows_keep_their_positions() {
        assert_eq!(assign_positions(&[Some(1024), Some(3072)]), [1024, 3072]);
    }

    #[test]
    fn new_rows_come_between_or_behind() {
        assert_eq!(assign_positions(&[None, Some(1024), None, Some(2048), None]), [512, 1024, 1536, 2048, 3072]);
        assert_eq!(assign_positions(&[Some(1000), None, None, None, Some(2000)]), [1000, 1250, 1500, 1750, 2000]);
    }

    #[test]
    fn one_row_that_moves_leaves_the_others_alone() {
        assert_eq!(assign_positions(&[Some(4096), Some(1024), Some(2048), Some(3072)]), [512, 1024, 2048, 3072]);
        assert_eq!(assign_positions(&[Some(2048), Some(3072), Some(1024)]), [2048, 3072, 4096]);
    }

    #[test]
    fn a_full_gap_renumbers_the_file() {
        assert_eq!(assign_positions(&[Some(7), None, Some(8)]), [1024, 2048, 3072]);
        assert_eq!(assign_positions(&[None, Some(1)]), [1024, 2048]);
    }

    #[test]
    fn odd_positions_do_no_harm() {
        for odd in [&[Some(i64::MAX), None][..], &[Some(i64::MIN), None], &[Some(0), Some(0)], &[Some(5), Some(5)]] {
            let positions = assign_positions(odd);
            assert!(positions.is_sorted_by(|a, b| a < b) && positions.len() == odd.len(), "{odd:?}: {positions:?}");
        }
    }
}

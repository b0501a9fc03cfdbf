//! What processes cost: the time that they spend on processors, as `/proc` tells it.

use std::{fs, time::Duration};

/// A figure of `/proc/…/stat` counts these a second.
const TICKS_PER_SECOND: u32 = 100;

/// The time that a process has spent on processors, in hundredths of a second.
///
/// # Panics
/// There is no such process.
#[must_use]
pub fn cpu_time(id: u32) -> Duration {
    let Stat { own, .. } = read_stat(id).unwrap_or_else(|| panic!("there is no process {id}"));
    Duration::from_secs(own) / TICKS_PER_SECOND
}

/// The time that a process and its children have spent on processors, those that have ended among them: PostgreSQL has
/// parallel workers that end with their statement.
///
/// # Panics
/// There is no such process, or no `/proc`.
#[must_use]
pub fn cpu_time_with_children(id: u32) -> Duration {
    let all = fs::read_dir("/proc").expect("/proc").flatten();
    let all = all.filter_map(|entry| read_stat(entry.file_name().to_str()?.parse().ok()?));
    let children = all.filter(|Stat { parent, .. }| *parent == u64::from(id));
    let ended = read_stat(id).map_or(0, |stat| stat.of_ended_children);
    let ticks = ended + children.map(|stat| stat.own).sum::<u64>();
    cpu_time(id) + Duration::from_secs(ticks) / TICKS_PER_SECOND
}

/// What the system says of a process.
struct Stat {
    parent: u64,
    /// Its ticks, in its own code and in the kernel.
    own: u64,
    /// Those of children that have ended, and of theirs.
    of_ended_children: u64,
}

fn read_stat(id: u32) -> Option<Stat> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name, in brackets, can have any character.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let figure = |at: usize| fields.get(at)?.parse::<u64>().ok();
    let sum = |first: usize| Some(figure(first)? + figure(first + 1)?);
    Some(Stat { parent: figure(1)?, own: sum(11)?, of_ended_children: sum(13)? })
}

#[cfg(test)]
mod tests {
    use std::{hint::black_box, process::Command, time::Instant};

    use super::*;

    #[test]
    fn work_is_counted_and_so_is_a_childs() {
        let own = std::process::id();
        let (before, began) = (cpu_time(own), Instant::now());
        while cpu_time(own) < before + Duration::from_millis(50) {
            black_box(vec![1; 1000]);
            assert!(began.elapsed() < Duration::from_secs(60), "nothing is counted");
        }
        let mut child = Command::new("sh").args(["-c", "while :; do :; done"]).spawn().expect("a shell");
        let began = Instant::now();
        while cpu_time(child.id()) < Duration::from_millis(50) {
            assert!(began.elapsed() < Duration::from_secs(60), "a child's work is not counted");
        }
        let (family, alone) = (cpu_time_with_children(own), cpu_time(own));
        child.kill().expect("killed");
        child.wait().expect("ended");
        assert!(family >= before + Duration::from_millis(100) && alone >= before, "{family:?}, {alone:?}");
        assert!(cpu_time_with_children(own) >= family, "what an ended child did is lost");
    }
}

//! Which cases one of several machines runs.
//!
//! The split follows from the plan and from the durations of an earlier run alone, so that machines that have never met
//! agree on it: the longest case goes first, each to the shard that has least to do.

use std::{
    cmp::Reverse,
    collections::BTreeMap,
    fmt, fs,
    num::NonZeroUsize,
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use sha2::{Digest as _, Sha256};

use super::Case;
use crate::{CouldNotRun, report::record};

/// One part of a run that is split over machines: `2/4`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Which, from 1.
    pub number: NonZeroUsize,
    /// Of how many.
    pub of: NonZeroUsize,
}

/// How long each case took in an earlier run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Durations {
    by_case: BTreeMap<CaseKey, Duration>,
    /// SHA-256 of the file, in hex: shards that were split by different files do not fit together.
    pub(crate) digest: String,
}

/// A case by what stays when lines move: file, name, example row.
pub(crate) type CaseKey = (String, String, usize);

impl Durations {
    /// Reads `run.ndjson` of an earlier report, or the folder that holds it.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or is none of ours.
    pub fn read(path: &Path) -> Result<Self, CouldNotRun> {
        let file: PathBuf = if path.is_dir() { path.join(record::FILE) } else { path.to_owned() };
        let text = fs::read(&file).map_err(|source| CouldNotRun::Unreadable { path: file.clone(), source })?;
        let digest = hex(&Sha256::digest(&text));
        let by_case = record::Record::parse(&file, &text)?.durations();
        Ok(Self { by_case, digest })
    }

    /// What one case weighs; a case that the earlier run did not have weighs as much as the average.
    fn weights(&self, cases: &[Case]) -> Vec<Duration> {
        let count = u32::try_from(self.by_case.len()).unwrap_or(u32::MAX).max(1);
        let average = self.by_case.values().sum::<Duration>() / count;
        cases.iter().map(|case| self.by_case.get(&key(case)).copied().unwrap_or(average)).collect()
    }
}

/// The cases of one shard, in the order of the plan.
pub(super) fn take(shard: Shard, durations: Option<&Durations>, cases: Vec<Case>) -> Vec<Case> {
    let weights = match durations {
        Some(durations) => durations.weights(&cases),
        None => vec![Duration::from_secs(1); cases.len()],
    };
    let owners = split(&weights, shard.of);
    let own = cases.into_iter().zip(owners).filter(|(_, owner)| *owner == shard.number.get() - 1);
    own.map(|(case, _)| case).collect()
}

/// The shard, from 0, of each weight.
fn split(weights: &[Duration], of: NonZeroUsize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|&index| (Reverse(weights[index]), index));
    let mut loads = vec![Duration::ZERO; of.get()];
    let mut owners = vec![0; weights.len()];
    for index in order {
        let least = (0..of.get()).min_by_key(|&shard| loads[shard]).expect("there is a shard");
        loads[least] += weights[index];
        owners[index] = least;
    }
    owners
}

pub(crate) fn key(case: &Case) -> CaseKey {
    (case.uri.clone(), case.name.clone(), case.row)
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || "a shard is a number and how many there are, as in 1/4 to 4/4".to_owned();
        let (number, of) = text.split_once('/').ok_or_else(wrong)?;
        let shard = Self { number: number.parse().map_err(|_| wrong())?, of: of.parse().map_err(|_| wrong())? };
        if shard.number <= shard.of && shard.of.get() <= SHARDS_MAX { Ok(shard) } else { Err(wrong()) }
    }
}

/// More machines than this split nothing any more.
const SHARDS_MAX: usize = 10_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn check(seconds: &[u64], of: usize, owners: &[usize]) {
        let weights: Vec<Duration> = seconds.iter().copied().map(Duration::from_secs).collect();
        assert_eq!(split(&weights, NonZeroUsize::new(of).expect("more than none")), owners);
    }

    #[test]
    fn equal_weights_go_round() {
        check(&[1, 1, 1, 1, 1], 2, &[0, 1, 0, 1, 0]);
    }

    #[test]
    fn the_longest_goes_first_to_whoever_has_least() {
        check(&[1, 7, 2, 4], 2, &[1, 0, 1, 1]);
    }

    #[test]
    fn there_may_be_more_shards_than_cases() {
        check(&[3, 5], 4, &[1, 0]);
    }

    #[test]
    fn a_shard_is_written_as_number_and_total() {
        assert_eq!("2/4".parse::<Shard>().map(|shard| shard.to_string()), Ok("2/4".to_owned()));
        for wrong in ["0/4", "5/4", "1", "a/b", "1/0", "-1/2", "1/20000"] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
    }
}

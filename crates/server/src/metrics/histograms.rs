//! How long things took, one histogram for each combination of labels.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use super::exposition::{Exposition, Kind};

/// In seconds: those that ASP.NET Core advises for its own short durations.
const BOUNDS: [f64; 14] = [
    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
];

/// Histograms of one name, in seconds. Labels are as those of [`Counters`](super::counters::Counters).
#[derive(Debug)]
pub(super) struct Histograms<const LABELS: usize> {
    name: &'static str,
    help: &'static str,
    labels: [&'static str; LABELS],
    histograms: Mutex<BTreeMap<[&'static str; LABELS], Histogram>>,
}

#[derive(Debug, Clone, Default)]
struct Histogram {
    /// How many were in each bucket alone.
    counts: [u64; BOUNDS.len()],
    /// How many took longer.
    longer: u64,
    sum: f64,
}

impl<const LABELS: usize> Histograms<LABELS> {
    pub(super) fn new(name: &'static str, help: &'static str, labels: [&'static str; LABELS]) -> Self {
        Self {
            name,
            help,
            labels,
            histograms: Mutex::default(),
        }
    }

    pub(super) fn observe(&self, values: [&'static str; LABELS], took: Duration) {
        let seconds = took.as_secs_f64();
        let mut histograms = self.histograms.lock().unwrap_or_else(PoisonError::into_inner);
        let histogram = histograms.entry(values).or_default();
        let bucket = BOUNDS.iter().position(|bound| seconds <= *bound);
        match bucket.and_then(|bucket| histogram.counts.get_mut(bucket)) {
            Some(count) => *count += 1,
            None => histogram.longer += 1,
        }
        histogram.sum += seconds;
    }

    pub(super) fn write(&self, exposition: &mut Exposition) {
        let histograms = self.histograms.lock().unwrap_or_else(PoisonError::into_inner).clone();
        exposition.metric(self.name, Kind::Histogram, self.help);
        let (buckets, sum, count) = (
            format!("{}_bucket", self.name),
            format!("{}_sum", self.name),
            format!("{}_count", self.name),
        );
        for (values, histogram) in histograms {
            let labels = || self.labels.into_iter().zip(values);
            let mut so_far = 0;
            for (bound, in_bucket) in BOUNDS.iter().zip(histogram.counts) {
                so_far += in_bucket;
                let bound = bound.to_string();
                exposition.sample(&buckets, labels().chain([("le", bound.as_str())]), so_far);
            }
            let all = so_far + histogram.longer;
            exposition.sample(&buckets, labels().chain([("le", "+Inf")]), all);
            exposition.sample(&sum, labels(), histogram.sum);
            exposition.sample(&count, labels(), all);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_has_all_that_took_no_longer() {
        let histograms = Histograms::new("a_seconds", "Times", ["kind"]);
        for milliseconds in [250, 500, 2_000, 20_000] {
            histograms.observe(["x"], Duration::from_millis(milliseconds));
        }
        let mut exposition = Exposition::default();
        histograms.write(&mut exposition);
        let text = exposition.into_text();
        for line in [
            r#"a_seconds_bucket{kind="x",le="0.25"} 1"#,
            r#"a_seconds_bucket{kind="x",le="0.5"} 2"#,
            r#"a_seconds_bucket{kind="x",le="1"} 2"#,
            r#"a_seconds_bucket{kind="x",le="2.5"} 3"#,
            r#"a_seconds_bucket{kind="x",le="10"} 3"#,
            r#"a_seconds_bucket{kind="x",le="+Inf"} 4"#,
            r#"a_seconds_sum{kind="x"} 22.75"#,
            r#"a_seconds_count{kind="x"} 4"#,
        ] {
            assert!(text.lines().any(|found| found == line), "{line}: {text}");
        }
    }
}

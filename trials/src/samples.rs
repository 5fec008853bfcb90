//! Times, and how to tell whether two sets of them are of one kind.

use std::time::Duration;

/// Times of one kind of request, in milliseconds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Samples(Vec<f64>);

impl Samples {
    pub(crate) fn add(&mut self, taken: Duration) {
        self.0.push(taken.as_secs_f64() * 1_000.0);
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn mean(&self) -> f64 {
        self.0.iter().sum::<f64>() / self.number()
    }

    pub(crate) fn median(&self) -> f64 {
        let sorted = self.sorted();
        sorted.get(sorted.len() / 2).copied().unwrap_or_default()
    }

    pub(crate) fn deviation(&self) -> f64 {
        self.variance().sqrt()
    }

    /// Welch's t: beyond 3.3 either way, the means differ with a probability of error below a thousandth.
    pub(crate) fn welch_t(&self, other: &Self) -> f64 {
        let error = (self.variance() / self.number() + other.variance() / other.number()).sqrt();
        if error == 0.0 {
            0.0
        } else {
            (self.mean() - other.mean()) / error
        }
    }

    /// The greatest distance between both distributions.
    pub(crate) fn kolmogorov_smirnov(&self, other: &Self) -> f64 {
        let (ours, theirs) = (self.sorted(), other.sorted());
        let below = |sorted: &[f64], time: f64| as_f64(sorted.partition_point(|sample| *sample <= time));
        let distances = ours.iter().chain(&theirs).map(|time| {
            let (a, b) = (below(&ours, *time), below(&theirs, *time));
            (a / self.number() - b / other.number()).abs()
        });
        distances.fold(0.0, f64::max)
    }

    /// What [`kolmogorov_smirnov`](Self::kolmogorov_smirnov) stays under in 999 of 1,000 cases if both are of one kind.
    pub(crate) fn bound_at_a_thousandth(&self, other: &Self) -> f64 {
        1.949 * ((self.number() + other.number()) / (self.number() * other.number())).sqrt()
    }

    /// Those up to a bound: what lies beyond it was interrupted.
    pub(crate) fn up_to(&self, bound: f64) -> Self {
        Self(self.0.iter().copied().filter(|time| *time <= bound).collect())
    }

    /// The time that this percentage of both does not exceed.
    pub(crate) fn percentile_of_both(&self, other: &Self, percent: usize) -> f64 {
        let both = Self(self.0.iter().chain(&other.0).copied().collect()).sorted();
        both.get(both.len() * percent / 100)
            .or(both.last())
            .copied()
            .unwrap_or_default()
    }

    fn number(&self) -> f64 {
        as_f64(self.len())
    }

    fn variance(&self) -> f64 {
        let mean = self.mean();
        self.0.iter().map(|time| (time - mean).powi(2)).sum::<f64>() / (self.number() - 1.0)
    }

    fn sorted(&self) -> Vec<f64> {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        sorted
    }
}

fn as_f64(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(times: impl IntoIterator<Item = u32>) -> Samples {
        Samples(times.into_iter().map(f64::from).collect())
    }

    #[test]
    fn samples_of_one_kind_are_told_from_others() {
        let (even, odd) = (samples((0..1_000).step_by(2)), samples((1..1_000).step_by(2)));
        assert!(even.welch_t(&odd).abs() < 1.0);
        assert!(even.kolmogorov_smirnov(&odd) < even.bound_at_a_thousandth(&odd));
        let later = samples(200..700);
        assert!(
            even.welch_t(&later).abs() < 5.0 && even.kolmogorov_smirnov(&later) > even.bound_at_a_thousandth(&later)
        );
        let slower = samples((100..1_100).step_by(2));
        assert!(slower.welch_t(&even) > 3.3);
    }

    #[test]
    fn the_figures_of_a_few_are_right() {
        let few = samples([1, 2, 3, 4]);
        assert_eq!((few.mean(), few.median()), (2.5, 3.0));
        assert!((few.deviation() - 1.290_994).abs() < 1e-6);
        assert_eq!(few.kolmogorov_smirnov(&samples([3, 4, 5, 6])), 0.5);
    }
}

//! Which faults happen, and in which order.

use super::cluster::Fault;

/// Each fault once, then the kills that are left of an instance and of the database, spread evenly.
pub(super) fn schedule(
    faults: &[Fault],
    kill_of_database: Fault,
    instance_kills: usize,
    database_kills: usize,
) -> Vec<Fault> {
    let kinds = [
        (Fault::KillInstance, instance_kills),
        (kill_of_database, database_kills),
    ];
    let mut left = kinds.map(|(fault, kills)| {
        let once = faults.iter().filter(|known| **known == fault).count();
        (fault, kills.saturating_sub(once))
    });
    let mut schedule = faults.to_vec();
    let total = left.iter().map(|(_, kills)| kills).sum::<usize>();
    for _ in 0..total {
        // The larger share is due; both come to their end together.
        let [instances, database] = left.map(|(_, kills)| kills);
        let all = [instance_kills.max(1), database_kills.max(1)];
        let is_instance = instances * all[1] >= database * all[0];
        let next = &mut left[usize::from(!is_instance)];
        next.1 -= 1;
        schedule.push(next.0);
    }
    schedule
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(schedule: &[Fault], fault: Fault) -> usize {
        schedule.iter().filter(|scheduled| **scheduled == fault).count()
    }

    #[test]
    fn each_fault_happens_once_and_kills_as_often_as_asked_for() {
        let faults = [Fault::KillInstance, Fault::KillNode, Fault::Freeze];
        let schedule = schedule(&faults, Fault::KillNode, 40, 15);
        assert_eq!(schedule[..3], faults);
        assert_eq!(count(&schedule, Fault::KillInstance), 40);
        assert_eq!(count(&schedule, Fault::KillNode), 15);
        assert_eq!(count(&schedule, Fault::Freeze), 1);
        let half = &schedule[..schedule.len() / 2];
        assert!((6..=9).contains(&count(half, Fault::KillNode)), "{schedule:?}");
    }

    #[test]
    fn one_kill_or_none_leaves_each_fault_as_it_is() {
        let faults = [Fault::KillInstance, Fault::KillAllInstances];
        for kills in [0, 1] {
            assert_eq!(schedule(&faults, Fault::KillAllInstances, kills, kills), faults);
        }
    }
}

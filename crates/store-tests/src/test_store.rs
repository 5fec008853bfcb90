//! The list of all checks, and the macro that makes tests of them.

/// Makes a `#[tokio::test]` of each check in [`checks`](crate::checks). Takes an expression whose future yields a new, empty
/// store.
///
/// In `test_store!(optional new_store())` it yields `None` if there is no database to test with, in which case the tests pass.
///
/// `test_store!(in_one_test(server: &Server): new_store)` makes one `async fn in_one_test(server: &Server)` of all checks,
/// for a server that is too expensive to start for each of them. It calls `new_store(server, name)` for each check.
#[macro_export]
macro_rules! test_store {
    (in_one_test($server:ident: $type:ty): $new_store:path) => {
        $crate::test_store! { @checks in_one_test [$server, $type, $new_store] }
    };
    (@checks $form:ident $for:tt) => {
        $crate::test_store! { @$form $for =>
            a_created_account_is_found_as_it_was_written
            unicode_is_kept
            an_account_is_found_only_as_it_is_written
            an_id_from_outside_is_read_as_the_one_that_is_stored
            a_missing_account_is_none
            a_taken_name_refuses_another_account
            a_taken_id_fails
            a_shared_address_is_refused_only_where_it_must_be_unique
            many_registrations_of_one_name_give_one_account
            many_registrations_of_one_unique_address_give_one_account
            accounts_without_a_name_do_not_collide
            accounts_are_listed_in_pages
            deletion_takes_everything_along
            failures_are_counted_until_they_lock
            parallel_failures_are_all_counted
            parallel_failures_lock_once
            no_guess_is_accepted_once_others_at_once_have_locked
            right_attempts_at_once_are_all_accepted
            a_locked_account_counts_no_failures
            an_account_that_failures_cannot_lock_counts_all_the_same
            an_attempt_against_an_old_stamp_conflicts
            an_attempt_that_is_not_counted_changes_nothing
            a_failure_after_the_lockout_counts_as_the_first
            failures_are_forgotten_on_success
            a_lockout_for_ever_is_kept_to_the_tick
            a_lockout_is_set_and_taken_away
            lockout_is_enabled_and_disabled
            a_password_is_replaced_only_for_the_expected_stamp
            a_missing_stamp_can_be_expected
            one_of_many_password_changes_wins
            a_password_is_removed
            a_password_is_rehashed_only_for_the_expected_stamp
            one_of_many_rehashes_wins
            a_rehash_keeps_the_security_stamp
            the_security_stamp_is_replaced
            an_address_is_confirmed_only_for_the_expected_stamp
            an_address_is_changed_with_the_user_name
            an_address_is_changed_only_for_the_expected_stamp
            a_change_to_a_taken_name_or_address_changes_nothing
            a_user_name_is_changed
            many_renames_to_one_name_give_it_to_one_account
            a_telephone_number_is_confirmed
            the_second_factor_is_switched_with_a_new_stamp
            a_second_factor_comes_with_its_first_recovery_codes
            an_authenticator_key_is_replaced_with_a_new_stamp
            authenticator_keys_are_listed_in_pages_and_change_their_form
            many_requests_for_a_first_key_get_one_key
            a_first_key_is_made_only_over_the_expected_stamp
            recovery_codes_are_replaced_and_counted
            one_of_many_replacements_of_recovery_codes_wins
            a_recovery_code_works_for_one_of_many
            different_recovery_codes_are_redeemed_in_parallel
            a_recovery_code_is_refused_while_the_account_is_locked
            a_recovery_code_forgets_failures
            roles_are_joined_and_left
            a_role_keeps_its_first_name
            many_tasks_make_one_role
            claims_are_kept_in_order
            an_account_is_written_only_by_its_own_id
            a_look_alike_takes_nothing_over
            a_role_is_joined_and_left_only_by_its_own_name
            every_write_gives_a_new_concurrency_stamp
            every_write_to_a_missing_account_conflicts
            the_store_answers_a_ping
            a_mail_is_due_as_it_was_added
            due_mails_are_listed_in_pages
            a_leased_mail_is_due_again_when_the_lease_ends
            one_of_many_leases_a_mail
            a_mail_is_tried_later
            released_mails_are_due_at_once
            removed_mails_are_gone
            mails_are_counted
            mails_are_protected_anew
            a_new_account_comes_with_its_mail
            a_secret_is_redeemed_once_and_tells_whom_it_is_about
            a_secret_is_redeemed_until_it_expires
            ghsa_965c_763c_88jm_a_secret_of_one_purpose_is_not_accepted_for_another
            one_of_a_hundred_redeems_an_issued_secret
            one_of_a_hundred_redeems_a_stateless_secret
            expired_secrets_are_removed_in_steps
            a_change_and_its_secret_happen_together
            one_of_a_hundred_changes_redeems_its_secret
            a_change_that_is_refused_leaves_its_secret
            an_attempt_whose_secret_was_redeemed_is_a_failure
            an_attempt_that_is_not_settled_leaves_its_secret
            one_of_a_hundred_attempts_redeems_its_secret
            bookings_are_admitted_until_the_quota_is_used_up
            a_refused_booking_tells_what_is_booked
            what_a_wrong_clock_booked_counts_as_nothing
            no_more_of_many_bookings_are_admitted_than_the_quota_allows
            bookings_that_count_as_nothing_are_removed_in_pages
            a_session_is_found_as_it_was_added
            a_session_is_found_by_its_own_user_alone
            sessions_are_listed_as_they_were_used_last
            devices_are_listed_although_their_sessions_have_ended
            the_user_of_a_session_proves_again_who_they_are
            unseen_sessions_are_removed
            no_session_begins_for_an_account_that_is_gone_or_locked_or_changed
            an_account_has_no_more_sessions_than_it_may
            a_session_ends_once
            all_sessions_end_but_one
            sessions_end_with_a_change_of_the_account
            sessions_go_on_with_the_same_password
            a_session_that_is_over_is_not_brought_back
            a_deleted_account_has_no_sessions
            a_session_ends_with_the_stamp_whoever_changes_it
            a_lock_and_a_sign_in_at_once_leave_no_session
            a_refresh_token_gives_one_successor
            a_refresh_token_that_comes_again_ends_its_session_alone
            a_session_never_has_two_live_refresh_tokens
            a_passkey_is_found_as_it_was_added
            a_passkey_is_found_by_its_own_user_alone
            one_of_many_gets_a_passkey
            no_more_passkeys_are_added_than_are_allowed
            a_passkey_is_added_only_for_the_expected_stamp
            a_passkey_is_renamed_and_removed
            a_change_of_a_passkey_gives_a_new_concurrency_stamp
            a_deleted_account_has_no_passkeys
            a_passkey_is_used_by_whoever_saw_its_counter
            a_sign_in_with_a_passkey_gives_a_new_concurrency_stamp
            no_passkey_is_used_at_an_account_that_is_locked_or_changed
            the_last_passkey_stays_where_nothing_else_lets_its_user_in
            sessions_that_a_passkey_began_end_with_it
            an_account_that_is_to_be_deleted_is_closed
            accounts_are_deleted_when_they_are_due
            all_accounts_that_are_due_are_listed_page_by_page
            an_account_that_somebody_unlocked_is_kept
            a_deletion_is_taken_back
            a_restored_account_is_locked_by_failures_as_before
            an_operators_lock_outlives_a_deletion_that_is_taken_back
            an_account_is_either_restored_or_deleted
            every_change_has_one_event_and_nothing_else_has_any
            what_ends_sessions_is_told
            every_attempt_has_the_event_that_it_came_to
            events_are_listed_by_user_kind_client_and_time
            the_newest_events_of_a_user_are_read
            sign_ins_at_once_while_others_seal_all_come_under_a_seal
            events_are_counted_until_they_are_sealed
            failures_of_unknown_accounts_are_counted_and_summed_up
            a_deleted_users_events_lose_their_personal_parts_and_the_chain_verifies
            old_events_are_pruned_and_the_chain_goes_on_from_the_checkpoint
            the_keys_that_sign_events_are_protected_anew
        }
    };
    (@in_one_test [$server:ident, $type:ty, $new_store:path] => $($check:ident)*) => {
        async fn in_one_test($server: $type) {
            $(
                // In boxed futures, because the stack has no room for all of them.
                let open = || Box::pin($new_store($server, stringify!($check)));
                let store = open().await;
                let check = || Box::pin($crate::checks::$check(store));
                if let Err(error) = check().await {
                    panic!("{}: {error}", stringify!($check));
                }
            )*
        }
    };
    (@tests [$new_store:expr] => $($check:ident)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $check() -> Result<(), $crate::StoreError> {
                match $crate::shared($new_store.await) {
                    Some(store) => $crate::checks::$check(store).await,
                    None => Ok(()),
                }
            }
        )*
    };
    (optional $new_store:expr) => {
        $crate::test_store! { @checks tests [$new_store] }
    };
    ($new_store:expr) => {
        $crate::test_store! { @checks tests [async { Some($new_store.await) }] }
    };
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    /// In the order of the list.
    const CHECKS: [&str; 21] = [
        include_str!("accounts.rs"),
        include_str!("lockout.rs"),
        include_str!("passwords.rs"),
        include_str!("addresses.rs"),
        include_str!("second_factor.rs"),
        include_str!("claims.rs"),
        include_str!("look_alikes.rs"),
        include_str!("writes.rs"),
        include_str!("mails.rs"),
        include_str!("secrets.rs"),
        include_str!("limits.rs"),
        include_str!("sessions/keeping.rs"),
        include_str!("sessions/ending.rs"),
        include_str!("sessions/refreshing.rs"),
        include_str!("passkeys.rs"),
        include_str!("passkey_use.rs"),
        include_str!("passkey_removal.rs"),
        include_str!("deletions/deleting.rs"),
        include_str!("deletions/restoring.rs"),
        include_str!("events/writing.rs"),
        include_str!("events/keeping.rs"),
    ];

    #[test]
    fn every_check_is_in_the_list() {
        let checks: Vec<_> = CHECKS
            .iter()
            .flat_map(|source| source.lines())
            .filter_map(|line| line.strip_prefix("pub async fn ")?.split_once('('))
            .map(|(name, _)| name)
            .collect();
        let listed: Vec<_> = include_str!("test_store.rs")
            .lines()
            .map(str::trim)
            .filter(|line| checks.contains(line))
            .collect();
        assert!(checks.len() > 40);
        assert_eq!(listed, checks);
    }

    #[test]
    fn no_file_of_checks_is_left_out() {
        let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if !path.ends_with("fixture.rs") {
                    let source = fs::read_to_string(&path).unwrap();
                    let has_checks = source.contains("\npub async fn ");
                    assert!(!has_checks || CHECKS.contains(&&*source), "{}", path.display());
                }
            }
        }
    }
}

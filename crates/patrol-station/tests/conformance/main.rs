//! What every store of a station must do, whatever it is made of.
//!
//! The suite speaks to `&dyn Store` alone; a store takes part by a function that makes an empty [`Stage`] and one call of
//! [`conforms!`]. The embedded store is the first; a store for many nodes is held to the same tests.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

mod change;
mod journal;
mod phone;
mod photo;
mod recount;
mod sqlite;
mod stage;

use stage::Stage;

/// One test per rule for the store that `$make` makes.
macro_rules! conforms {
    ($make:path: $($suite:ident::{$($rule:ident),+ $(,)?}),+ $(,)?) => {$($(
        #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
        async fn $rule() {
            crate::$suite::$rule(&$make().await).await;
        }
    )+)+};
}
pub(crate) use conforms;

/// All rules, for the store that `$make` makes.
macro_rules! conforms_to_all {
    ($make:path) => {
        crate::conforms!($make:
            journal::{
                a_repeated_push_gets_the_same_receipt,
                an_overlap_is_skipped_and_a_gap_and_a_fork_are_refused_whole,
                eight_identical_pushes_at_once_get_the_same_answer,
                the_first_of_two_ops_with_one_id_stands,
                what_waits_for_an_opening_counts_when_it_comes,
                garbage_and_kinds_of_the_future_block_nothing,
                a_head_is_told_as_far_as_the_journal_is_held,
                an_audit_counts_what_is_stored,
                a_code_makes_one_device,
                nothing_of_a_journal_is_told_to_another_device,
                a_conflict_stands_in_the_stations_journal_once_and_is_told_to_those_who_hold_the_id,
                a_new_epoch_opens_a_journal_that_names_the_one_before,
            },
            change::{
                a_reader_misses_nothing_while_many_commit,
                the_checksum_is_that_of_the_rows,
                a_cursor_of_another_scope_or_of_a_later_state_is_gone,
                an_outcome_is_told_to_its_own_journals_device_only,
            },
            photo::{
                an_original_is_taken_in_pieces_and_receipted_once,
                an_original_is_taken_only_from_a_device_that_names_it,
                that_another_device_has_brought_an_original_shows_nowhere,
                bytes_that_are_not_the_named_ones_are_refused,
            },
            recount::{
                the_numbers_of_the_dashboard_are_a_recount_from_raw_ops,
                reading_everything_again_changes_nothing,
            },
        );
    };
}
pub(crate) use conforms_to_all;

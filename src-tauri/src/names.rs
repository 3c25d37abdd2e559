//! The names of the window's commands, for the build script, which cannot use the crates that it builds for.
//!
//! A test holds them against the dispatch table, the commands themselves and `capabilities/main.json`.

/// Every command, in the dispatch table's order.
pub(crate) const NAMES: &[&str] = &[
    "app_state",
    "enrol",
    "draft_read",
    "draft_write",
    "draft_add_photo",
    "draft_add_demo_photo",
    "draft_remove_photo",
    "draft_discard",
    "draft_save",
    "draft_pin",
    "draft_here",
    "draft_begin_shot",
    "draft_finish_shot",
    "draft_park",
    "draft_list",
    "draft_take",
    "timer_start",
    "timer_list",
    "timer_take",
    "timer_drop",
    "plate_known",
    "plate_recent",
    "case_list",
    "sync_status",
    "sync_start",
    "sync_configure",
    "sync_audit",
];

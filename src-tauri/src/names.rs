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
    "case_list",
    "sync_status",
    "sync_start",
    "sync_configure",
    "sync_audit",
    "people_list",
    "people_add",
    "people_choose",
    "people_set_pin",
    "people_lock",
    "people_front",
    "shift_state",
    "shift_start",
    "shift_end",
    "shift_report",
    "shift_save_report",
    "track_add",
    "budget_read",
    "preference_read",
    "preference_write",
    "export_sealed",
    "export_state",
    "log_export",
];

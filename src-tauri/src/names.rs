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
    "map_state",
    "map_cases",
    "map_case",
    "grid_list",
    "here_grid",
];

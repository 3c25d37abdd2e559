// The screens and their addresses; each is fetched when it is first gone to. Hash history: tauri://localhost serves one
// page and knows no others. `head: "own"` marks a screen that draws its own head, `tabs: false` one that is left by its
// own buttons.

import { createRouter, createWebHashHistory } from "vue-router";

declare module "vue-router" {
  interface RouteMeta {
    head?: "own";
    tabs?: false;
  }
}

export const router = createRouter({
  history: createWebHashHistory(),
  routes: [
    { path: "/today", name: "today", component: () => import("../today/TodayScreen.vue"), meta: { head: "own" } },
    { path: "/viewfinder", name: "viewfinder", component: () => import("../viewfinder/ViewfinderScreen.vue"), meta: { head: "own", tabs: false } },
    { path: "/confirm", name: "confirm", component: () => import("../confirm/ConfirmScreen.vue"), meta: { head: "own", tabs: false } },
    { path: "/timers", name: "timers", component: () => import("../timers/TimersScreen.vue"), meta: { head: "own", tabs: false } },
    { path: "/records", name: "records", component: () => import("../records/RecordsScreen.vue"), meta: { head: "own" } },
    { path: "/case/:id", name: "case", component: () => import("../case/CaseScreen.vue"), meta: { head: "own", tabs: false } },
    { path: "/found", name: "found", component: () => import("../found/FoundScreen.vue"), meta: { head: "own", tabs: false } },
    { path: "/sync", name: "sync", component: () => import("../sync/SyncScreen.vue"), meta: { head: "own" } },
    { path: "/receipts", name: "receipts", component: () => import("../sync/ReceiptsScreen.vue"), meta: { head: "own" } },
    { path: "/station", name: "station", component: () => import("../enrol/StationScreen.vue"), meta: { head: "own" } },
    { path: "/enrol", name: "enrol", component: () => import("../enrol/EnrolScreen.vue"), meta: { head: "own", tabs: false } },
    { path: "/sign-in", name: "sign-in", component: () => import("../people/SignInScreen.vue"), meta: { head: "own", tabs: false } },
    { path: "/me", name: "me", component: () => import("../me/MeScreen.vue"), meta: { head: "own" } },
    { path: "/shift", name: "shift", component: () => import("../shift/ShiftScreen.vue"), meta: { head: "own", tabs: false } },
    { path: "/settings", name: "settings", component: () => import("../settings/SettingsScreen.vue"), meta: { head: "own", tabs: false } },
    { path: "/map", name: "map", component: () => import("../map/MapScreen.vue") },
    { path: "/:rest(.*)*", redirect: "/today" },
  ],
});

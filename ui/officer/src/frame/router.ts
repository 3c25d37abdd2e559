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
    { path: "/records", name: "records", component: () => import("../records/RecordsScreen.vue") },
    { path: "/case/:id", name: "case", component: () => import("../case/CaseScreen.vue") },
    { path: "/found", name: "found", component: () => import("../found/FoundScreen.vue") },
    { path: "/sync", name: "sync", component: () => import("../sync/SyncScreen.vue") },
    { path: "/:rest(.*)*", redirect: "/today" },
  ],
});

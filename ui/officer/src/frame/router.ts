// The three screens and their addresses. Hash history: tauri://localhost serves one page and knows no others.

import { createRouter, createWebHashHistory } from "vue-router";
import CaptureScreen from "../capture/CaptureScreen.vue";
import RecordsScreen from "../records/RecordsScreen.vue";

declare module "vue-router" {
  interface RouteMeta {
    head?: "own";
    tabs?: false;
  }
}

export const router = createRouter({
  history: createWebHashHistory(),
  routes: [
    { path: "/capture", name: "capture", component: CaptureScreen },
    { path: "/records", name: "records", component: RecordsScreen },
    { path: "/sync", name: "sync", component: () => import("../sync/SyncScreen.vue"), meta: { head: "own" } },
    { path: "/receipts", name: "receipts", component: () => import("../sync/ReceiptsScreen.vue"), meta: { head: "own" } },
    { path: "/station", name: "station", component: () => import("../enrol/StationScreen.vue"), meta: { head: "own" } },
    { path: "/enrol", name: "enrol", component: () => import("../enrol/EnrolScreen.vue"), meta: { head: "own", tabs: false } },
    { path: "/:rest(.*)*", redirect: "/capture" },
  ],
});

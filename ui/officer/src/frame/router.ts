// The three screens and their addresses. Hash history: tauri://localhost serves one page and knows no others.

import { createRouter, createWebHashHistory } from "vue-router";
import CaptureScreen from "../capture/CaptureScreen.vue";
import SyncScreen from "../sync/SyncScreen.vue";

export const router = createRouter({
  history: createWebHashHistory(),
  routes: [
    { path: "/capture", name: "capture", component: CaptureScreen },
    { path: "/records", name: "records", component: () => import("../records/RecordsScreen.vue") },
    { path: "/case/:id", name: "case", component: () => import("../case/CaseScreen.vue") },
    { path: "/found", name: "found", component: () => import("../found/FoundScreen.vue") },
    { path: "/sync", name: "sync", component: SyncScreen },
    { path: "/:rest(.*)*", redirect: "/capture" },
  ],
});

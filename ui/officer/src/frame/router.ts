// The three screens and their addresses. Hash history: tauri://localhost serves one page and knows no others.

import { createRouter, createWebHashHistory } from "vue-router";
import CaptureScreen from "../capture/CaptureScreen.vue";
import RecordsScreen from "../records/RecordsScreen.vue";
import SyncScreen from "../sync/SyncScreen.vue";

export const router = createRouter({
  history: createWebHashHistory(),
  routes: [
    { path: "/capture", name: "capture", component: CaptureScreen },
    { path: "/records", name: "records", component: RecordsScreen },
    { path: "/sync", name: "sync", component: SyncScreen },
    { path: "/map", name: "map", component: () => import("../map/MapScreen.vue") },
    { path: "/:rest(.*)*", redirect: "/capture" },
  ],
});

// Starts the officer's interface: the stores, the words, the screens.

import "@xunge/shared/tokens/tokens.css";
import "@xunge/shared/widgets/widgets.css";
import "./officer.css";

import { createPinia } from "pinia";
import { createApp } from "vue";
import App from "./App.vue";
import { applyHand } from "./frame/hand";
import { router } from "./frame/router";
import { applyTextSize } from "./frame/text-size";
import { applyTheme } from "./frame/theme";
import { useApp } from "./stores/app";
import { readLanguage } from "@xunge/shared/words/language";
import { speak, words } from "./words/words";

applyTheme();
applyTextSize();
applyHand();

// What the first screen waits for is asked for all at once: the host's state, the words, and the screen that nearly every
// start shows.
const pinia = createPinia();
void useApp(pinia).load();
if (location.hash.length <= "#/".length) void import("./today/TodayScreen.vue");
await speak(readLanguage(localStorage));
createApp(App).use(pinia).use(words).use(router).mount("#app");

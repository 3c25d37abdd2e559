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
import { readLanguage } from "@xunge/shared/words/language";
import { speak, words } from "./words/words";

applyTheme();
applyTextSize();
applyHand();
await speak(readLanguage(localStorage));
createApp(App).use(createPinia()).use(words).use(router).mount("#app");

// As the officer's page says it (ui/officer/src/frame/mark-ready.ts): the second frame comes when the first was painted.
requestAnimationFrame(() => requestAnimationFrame(() => performance.mark("capture-ready")));

// The short name of a kind, for tiles and heads: what the squad calls it; else the catalogue's name.

import type { MatterView } from "@xunge/shared/bindings/MatterView";
import { useI18n } from "vue-i18n";
import { useWords } from "../words/words";

export function useKindName() {
  const { te } = useI18n();
  const { t, pick } = useWords();

  function shortName(matter: MatterView): string {
    const key = `short.${matter.code}`;
    return te(key) ? t(key) : pick(matter.zh, matter.en);
  }
  return { shortName };
}

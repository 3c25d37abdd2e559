// The short name of a kind, for tiles and heads: what the squad calls it.

import type { MatterView } from "@xunge/shared/bindings/MatterView";
import { useWords } from "../words/words";

export function useKindName() {
  const { pick } = useWords();

  function shortName(matter: MatterView): string {
    return pick(matter.short_zh, matter.short_en);
  }
  return { shortName };
}

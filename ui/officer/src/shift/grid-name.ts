// A grid as the squad calls it; its code when this phone has no name for it.

import { useApp } from "../stores/app";
import { useWords } from "../words/words";

export function useGridName(): (code: string) => string {
  const app = useApp();
  const { pick } = useWords();
  return (code) => {
    const named = app.state?.grids.find((grid) => grid.code === code);
    return named ? pick(named.zh, named.en) : code;
  };
}

// Finding a kind among all of the catalogue by a part of its name, in either language, or of its code.

export function foundKinds<T extends { code: string; zh: string; en: string }>(all: readonly T[], wanted: string): T[] {
  const words = wanted.trim().toLowerCase().split(/\s+/).filter(Boolean);
  return all.filter(({ code, zh, en }) => {
    const text = `${code} ${zh} ${en}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

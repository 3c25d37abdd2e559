// What can be said of an enrolment code before it is sent: to which station it leads. The host alone decides whether it is one.

/** `host:port` of a text that has the form of a code; null of anything else. */
export function hostOf(text: string): string | null {
  const found = /^https?:\/\/([A-Za-z0-9.:[\]-]+)\/enrol#[A-Za-z0-9]{1,64}\.[0-9a-f]{64}(\.[0-9a-f]{64})?$/.exec(cleaned(text));
  return found?.[1] ?? null;
}

/** A code without what a messenger or a typing hand puts into it: blanks and breaks, none of which belong there. */
export function cleaned(text: string): string {
  return text.replace(/\s+/gu, "");
}

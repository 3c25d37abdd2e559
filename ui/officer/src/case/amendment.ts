// What an amendment changes: null stays as it was.

import type { ActFields } from "@xunge/shared/bindings/ActFields";
import type { FormAnswers } from "../stores/draft";

export function isAmended({ matter, plate, note, form, street, pin }: ActFields): boolean {
  return [matter, plate, note, form, street, pin].some((changed) => changed !== null);
}

/** The same answers to the same fields, in whatever order they were given. */
export function sameAnswers(one: FormAnswers, other: FormAnswers): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => JSON.stringify(one[name]) === JSON.stringify(other[name]));
}

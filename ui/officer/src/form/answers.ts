// Answers of a form: what a typed number becomes, and which fields are asked for and not answered. Nothing typed is lost:
// what is no number stays as it was typed, and the host keeps it so.

import type { FormAnswer, FormAnswers } from "../stores/draft";

/** What of a field matters here. */
interface Asked {
  name: string;
  required: boolean;
}

/** A number where the text is one, with either decimal mark; else the text; null when it is empty. */
export function readNumber(text: string): number | string | null {
  const trimmed = text.trim();
  if (trimmed === "") return null;
  const plain = trimmed.replace("，", ".").replace(",", ".").replace("。", ".");
  return /^-?\d{1,12}(\.\d{1,6})?$/.test(plain) ? Number(plain) : text;
}

/** A list with a choice put in, or taken out when it is there; null when nothing is left. */
export function toggled(list: FormAnswer | undefined, value: string): string[] | null {
  const chosen = Array.isArray(list) ? list : [];
  const next = chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value];
  return next.length > 0 ? next : null;
}

/** The answers with one of them given, or taken back. */
export function answered(form: FormAnswers, name: string, given: FormAnswer | null): FormAnswers {
  const next: FormAnswers = { ...form };
  if (given === null) Reflect.deleteProperty(next, name);
  else next[name] = given;
  return next;
}

/** The fields that are asked for and have no answer. */
export function unanswered<F extends Asked>(fields: readonly F[], form: FormAnswers): F[] {
  return fields.filter((field) => {
    const given = form[field.name];
    return field.required && (given === undefined || given === "" || (Array.isArray(given) && given.length === 0));
  });
}

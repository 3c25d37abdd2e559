// One kind of error for the whole interface. Whatever a host throws (an error reply, a broken connection, a page of
// somebody else's proxy) becomes a `Refusal` here, so that screens decide by `code` and never by text.

import type { ErrorReply } from "../bindings/ErrorReply";

export class Refusal extends Error {
  /** What the interface decides by. A newer host may send codes that this interface does not know. */
  readonly code: string;
  /** Whether doing the same again can help. */
  readonly retry: boolean;

  constructor(code: string, message: string, retry: boolean) {
    super(message);
    this.name = "Refusal";
    this.code = code;
    this.retry = retry;
  }
}

/** Turns anything that was thrown or answered into a `Refusal`. */
export function toRefusal(thrown: unknown): Refusal {
  if (thrown instanceof Refusal) return thrown;
  if (isReply(thrown)) return new Refusal(thrown.code, thrown.message, thrown.retry);
  if (thrown instanceof Error) return new Refusal("internal", thrown.message, false);
  return new Refusal("internal", String(thrown), false);
}

function isReply(value: unknown): value is ErrorReply {
  if (typeof value !== "object" || value === null) return false;
  const { code, message, retry } = value as Record<string, unknown>;
  return typeof code === "string" && typeof message === "string" && typeof retry === "boolean";
}

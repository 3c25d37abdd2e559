// What can be said about the camera, and which of it a browser's refusal means (W3C Media Capture and Streams, 10.2.1).

export type CameraState = "starting" | "ready" | "none" | "denied" | "busy";

export function causeOf(thrown: unknown): CameraState {
  const name = typeof thrown === "object" && thrown !== null && "name" in thrown ? String(thrown.name) : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  if (name === "NotFoundError" || name === "OverconstrainedError" || name === "TypeError") return "none";
  return "busy";
}

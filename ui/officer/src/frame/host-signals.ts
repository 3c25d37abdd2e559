// What the page can see of the device and the host may not: whether there is a network and what it costs. A host that knows better (a phone's plugin) keeps to its own knowledge.

import type { NetworkKind } from "@xunge/shared/bindings/NetworkKind";
import { platform } from "@xunge/shared/platform/choose";

/** The part of the Network Information API that some webviews have. */
interface Connection extends EventTarget {
  readonly type?: string;
  readonly saveData?: boolean;
}

export function networkKind(isOnline: boolean, connection: Pick<Connection, "type" | "saveData"> | undefined): NetworkKind {
  if (!isOnline) return "none";
  if (connection?.saveData === true || connection?.type === "cellular") return "metered";
  if (connection?.type === "wifi" || connection?.type === "ethernet") return "unmetered";
  return "unknown";
}

/** Begins to tell the host; ends with the function that is returned. */
export function tellHost(): () => void {
  const connection = (navigator as Navigator & { connection?: Connection }).connection;
  // A host that cannot be told syncs as it would without us.
  const tellNetwork = (): void => void platform.call("host_network", { kind: networkKind(navigator.onLine, connection) }).catch(() => undefined);
  tellNetwork();
  window.addEventListener("online", tellNetwork);
  window.addEventListener("offline", tellNetwork);
  connection?.addEventListener("change", tellNetwork);
  return () => {
    window.removeEventListener("online", tellNetwork);
    window.removeEventListener("offline", tellNetwork);
    connection?.removeEventListener("change", tellNetwork);
  };
}

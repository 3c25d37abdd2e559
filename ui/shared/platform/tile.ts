// Reads a tile of the map: the same request to both hosts, at another address.

import { Refusal, toRefusal } from "./refusal";

export async function readTile(address: string): Promise<ArrayBuffer> {
  try {
    const response = await fetch(address);
    if (!response.ok) throw new Refusal("internal", `HTTP ${response.status} for a tile`, false);
    return await response.arrayBuffer();
  } catch (thrown) {
    throw toRefusal(thrown);
  }
}

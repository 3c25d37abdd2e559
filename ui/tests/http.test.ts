// The seam to the host over HTTP: what is sent, and what becomes of everything that goes wrong. A true server answers;
// in node, since a page of another origin could not ask it.
// @vitest-environment node

import { httpPlatform } from "@xunge/shared/platform/http";
import { Refusal, toRefusal } from "@xunge/shared/platform/refusal";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

describe("over HTTP", () => {
  let server: Server;
  let heard: { url: string; headers: IncomingMessage["headers"]; body: Buffer }[];
  let answer: { status: number; body: string };
  const browserFetch = globalThis.fetch;

  beforeEach(async () => {
    heard = [];
    answer = { status: 200, body: "{}" };
    server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => {
        heard.push({ url: request.url ?? "", headers: request.headers, body: Buffer.concat(parts) });
        response.writeHead(answer.status).end(answer.body);
      });
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    vi.stubGlobal("fetch", (path: string, init: RequestInit) => browserFetch(base + path, init));
  });

  afterEach(() => {
    vi.unstubAllGlobals();
    server.close();
  });

  it("a command is posted as JSON to its own path", async () => {
    await httpPlatform().call("case_list", { before: null, limit: 30 });
    const [request] = heard;
    expect(request?.url).toBe("/api/case_list");
    expect(JSON.parse(request?.body.toString() ?? "")).toEqual({ before: null, limit: 30 });
  });

  it("a photo's bytes arrive unchanged, with name and source beside them", async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, value) => value);
    await httpPlatform().addPhoto(new File([bytes], "违停 1.jpg", { type: "image/jpeg" }), "import");
    const [request] = heard;
    expect(request?.url).toBe("/api/draft_add_photo");
    expect(request?.headers["content-type"]).toBe("application/octet-stream");
    expect(request?.headers["x-photo-name"]).toBe(encodeURIComponent("违停 1.jpg"));
    expect(request?.headers["x-photo-source"]).toBe("import");
    expect([...(request?.body ?? [])]).toEqual([...bytes]);
  });

  it("an error reply becomes a refusal with its code", async () => {
    answer = { status: 422, body: JSON.stringify({ code: "photo_heic", message: "heic", retry: false }) };
    await expect(httpPlatform().call("draft_read", {})).rejects.toMatchObject({ code: "photo_heic", retry: false });
  });

  it("an answer that is no JSON becomes a refusal too", async () => {
    answer = { status: 502, body: "<html>" };
    const thrown = await httpPlatform().call("draft_read", {}).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(Refusal);
    expect(thrown).toMatchObject({ code: "internal", message: "HTTP 502 without JSON" });
  });
});

describe("whatever is thrown", () => {
  it.each([
    [{ code: "disk_full", message: "full", retry: true }, "disk_full"],
    [{ code: "of_the_future", message: "new", retry: false }, "of_the_future"],
    [new TypeError("fetch failed"), "internal"],
    ["a text", "internal"],
    [undefined, "internal"],
    [{ message: "no code" }, "internal"],
  ])("%o becomes a refusal", (thrown, code) => expect(toRefusal(thrown).code).toBe(code));
});

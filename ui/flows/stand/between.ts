// What stands between a phone and its station, or in its stead: a line that loses a reply, somebody who answers for it.

import { createServer, request } from "node:http";
import { freePort } from "./program";

/** How a network's login page answers for everybody. */
export const PORTAL = { status: 302, headers: { location: "http://192.0.2.1/login" }, body: "" } as const;

/** Hands everything on to the station, but cuts the line when it answers this path first: the reply is lost. */
export async function losesFirstReply(station: string, path: RegExp): Promise<{ address: string; lost: () => number; end(): Promise<void> }> {
  let lost = 0;
  const [host, port] = station.split(":");
  const server = createServer((asked, answer) => {
    const onward = request({ host, port: Number(port), path: asked.url, method: asked.method, headers: asked.headers }, (reply) => {
      if (path.test(asked.url ?? "") && lost === 0) {
        lost += 1;
        reply.resume();
        asked.socket.destroy();
        return;
      }
      answer.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(answer);
    });
    onward.on("error", () => asked.socket.destroy());
    asked.pipe(onward);
  });
  const own = await freePort();
  await new Promise<void>((ready) => server.listen(own, "127.0.0.1", ready));
  const end = () =>
    new Promise<void>((done) => {
      server.closeAllConnections();
      server.close(() => done());
    });
  return { address: `127.0.0.1:${own}`, lost: () => lost, end };
}

/** Somebody else at an address, who answers whatever is asked with a page of his own. */
export async function imposter(address: string, status: number, headers: Record<string, string>, body: string): Promise<{ end(): Promise<void> }> {
  const [host, port] = address.split(":");
  const server = createServer((_, response) => void response.writeHead(status, headers).end(body));
  await new Promise<void>((resolve) => server.listen(Number(port), host, resolve));
  return {
    end: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

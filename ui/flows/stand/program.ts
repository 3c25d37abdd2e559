// The built programs: started, listened to, asked, and ended with the test whatever becomes of it.

import { execFile, spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** The checkout that these flows belong to. */
export const checkout = fileURLToPath(new URL("../../..", import.meta.url));

/** The path of a program that cargo has built. */
function program(name: string): string {
  const folder = process.env["XUNGE_BIN_DIR"] ?? join(process.env["CARGO_TARGET_DIR"] ?? join(checkout, "target"), "debug");
  const path = join(folder, name);
  if (!existsSync(path)) throw new Error(`${path} is not built: cargo xtask test build`);
  return path;
}

const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** A program at work. */
export class Running {
  private constructor(
    private readonly child: ChildProcess,
    private readonly ended: Promise<void>,
    /** What it said behind `listening`. */
    readonly address: string,
  ) {}

  /** Starts a program and waits until it says where it listens. */
  static async start(name: string, args: readonly string[], variables: Record<string, string> = {}): Promise<Running> {
    // Where the officers are, and where the browser says it is.
    const environment = { ...process.env, TZ: "Asia/Shanghai", RUST_LOG: "warn", ...variables };
    const child = spawn(program(name), [...args], { stdio: ["ignore", "pipe", "pipe"], env: environment });
    running.add(child);
    let complaint = "";
    child.stderr.on("data", (bytes: Buffer) => (complaint += bytes.toString()));
    const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    void ended.then(() => running.delete(child));
    const address = await new Promise<string>((resolve, reject) => {
      // Read to its end: a program that prints into a closed pipe would end.
      createInterface(child.stdout).on("line", (line) => {
        if (line.startsWith("listening ")) resolve(line.slice("listening ".length).trim());
      });
      void ended.then(() => reject(new Error(`${name} ended before it listened: ${complaint}`)));
    });
    return new Running(child, ended, address);
  }

  /** As a system that needs memory ends it: without a word. */
  async kill(): Promise<void> {
    this.child.kill("SIGKILL");
    await this.ended;
  }

  /** Asks it to end, and waits. */
  async stop(): Promise<void> {
    this.child.kill("SIGTERM");
    await this.ended;
  }
}

/** Runs a program to its end and gives what it printed. */
export async function ask(name: string, args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(program(name), [...args], { maxBuffer: 64 << 20 });
  return stdout.trim();
}

/** A port that nobody listens at. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => (typeof address === "object" && address ? resolve(address.port) : reject(new Error("no port"))));
    });
  });
}

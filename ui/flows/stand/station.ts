// A station as its own process, and a bad line to it.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ask, freePort, Running } from "./program";

/** What the stations of the flows are called. */
export const STATION = "浏览器测试中队";

export class Station {
  private program: Running | null = null;
  private line: Running | null = null;

  private constructor(
    private readonly folder: string,
    /** Where phones find it. */
    readonly address: string,
    private readonly isPlain: boolean,
  ) {}

  /** Makes one and starts it. Plain HTTP on loopback unless the flow is about TLS, so that a flow can listen in between. */
  static async start(at?: string, isPlain = true): Promise<Station> {
    const address = at ?? `127.0.0.1:${await freePort()}`;
    const station = new Station(mkdtempSync(join(tmpdir(), "xunge-station-")), address, isPlain);
    await ask("patrol-station", ["init", "--data", station.data, "--name", STATION, "--listen", address]);
    await station.open();
    return station;
  }

  private get data(): string {
    return join(this.folder, "data");
  }

  async open(): Promise<void> {
    this.program = await Running.start("patrol-station", ["serve", ...(this.isPlain ? ["--plain"] : []), "--listen", this.address, "--data", this.data]);
  }

  /** Nobody answers any more. */
  async close(): Promise<void> {
    await this.program?.kill();
    this.program = null;
  }

  /** A slow line to it that cuts each connection after so many bytes from the phone; gives the line's address. */
  async badLine(bytesPerSecond: number, cutAfter: number): Promise<string> {
    const line = await Running.start("bad-line", ["127.0.0.1:0", this.address, String(bytesPerSecond), String(cutAfter)]);
    this.line = line;
    return line.address;
  }

  /** A one-time code for an officer's phone, leading to the station or to a line before it. */
  enrolCode(officer: { number: string; name: string }, address = this.address): Promise<string> {
    const who = ["--officer", officer.number, "--name", officer.name];
    return this.ask("enrol-code", ...who, "--url", `${this.isPlain ? "http" : "https"}://${address}`);
  }

  /** Another command of the station's program. */
  ask(command: string, ...args: string[]): Promise<string> {
    return ask("patrol-station", [...command.split(" "), ...args, "--data", this.data]);
  }

  /** Everything that it holds, as text. */
  digest(): Promise<string> {
    return this.ask("digest");
  }

  async end(): Promise<void> {
    await this.line?.kill();
    await this.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

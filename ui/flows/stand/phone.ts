// An officer's phone: a data folder and the program that serves its use cases and screens. It can be killed and started
// again at the same address, so that what the page itself keeps survives as it does in a webview.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Answer, Arguments, Command } from "@xunge/shared/platform/commands";
import type { DraftFields } from "@xunge/shared/platform/commands/draft";
import { ask, checkout, freePort, Running } from "./program";

/** What a phone may be given besides its data folder. */
export interface PhoneOptions {
  /** Variables of its program. */
  variables?: Record<string, string>;
  /** A data folder that was made elsewhere, and stays. */
  data?: string;
  /** Nobody has left the screen of the first start yet. */
  isNew?: boolean;
}

export class Phone {
  private program: Running | null = null;

  private constructor(
    readonly folder: string,
    private readonly port: number,
    private readonly options: PhoneOptions,
  ) {}

  /** A phone, switched on; unless it is to be new, its officer has seen the first screen. */
  static async start(options: PhoneOptions = {}): Promise<Phone> {
    const phone = new Phone(mkdtempSync(join(tmpdir(), "xunge-phone-")), await freePort(), options);
    await phone.switchOn();
    if (!options.isNew) {
      const kept = await phone.call("preference_read", {});
      await phone.call("preference_write", { ...kept, welcomed: true });
    }
    return phone;
  }

  /** Where its screens are. */
  get url(): string {
    return `http://127.0.0.1:${this.port}/`;
  }

  /** Where one of its screens is; without a route, where the officer left off. */
  at(route: string): string {
    return route ? `${this.url}#${route}` : this.url;
  }

  get data(): string {
    return this.options.data ?? join(this.folder, "data");
  }

  async switchOn(): Promise<void> {
    const places = ["--data", this.data, "--ui", join(checkout, "ui/officer/dist"), "--photos", join(checkout, "assets/demo")];
    this.program = await Running.start("patrol-headless", ["serve", ...places, "--port", String(this.port)], this.options.variables);
  }

  /** The process ends in the middle of whatever it does. */
  async kill(): Promise<void> {
    await this.program?.kill();
    this.program = null;
  }

  async switchOff(): Promise<void> {
    await this.program?.stop();
    this.program = null;
  }

  /** A command of the host, past the screens: to look at what is on disk, or to make a past that no test needs to tap. */
  async call<C extends Command>(command: C, args: Arguments<C>): Promise<Answer<C>> {
    const headers = { "content-type": "application/json" };
    const response = await fetch(`${this.url}api/${command}`, { method: "POST", headers, body: JSON.stringify(args) });
    const answer: unknown = await response.json();
    if (!response.ok) throw new Error(`${command}: ${JSON.stringify(answer)}`);
    return answer as Answer<C>;
  }

  /** What a draft holds when this much is written, past the screens. */
  write(fields: Partial<DraftFields>): Promise<Answer<"draft_write">> {
    return this.call("draft_write", { matter: null, plate: "", street: null, note: "", form: {}, screen: "", ...fields });
  }

  /** A case from one scene, past the screens. */
  async record({ scene, ...fields }: Partial<DraftFields> & { scene: string }): Promise<void> {
    await this.call("draft_add_demo_photo", { name: scene, slot: null });
    await this.write(fields);
    await this.call("draft_save", {});
  }

  /** Joins a station, past the screens. */
  async enrol(code: string): Promise<void> {
    await this.call("enrol", { code });
  }

  /** What the station has not signed for yet. */
  async waiting(): Promise<{ cases: number; photos: number; bytes: number }> {
    const { on_phone: here, bytes_left: bytes } = await this.call("sync_status", {});
    return { cases: here.cases, photos: here.photos, bytes };
  }

  /** Everything that it holds, as text; it must be switched off. */
  digest(): Promise<string> {
    return ask("patrol-headless", ["digest", "--data", this.data]);
  }

  async end(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

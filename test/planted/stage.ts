import {
  CreateSecretCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
} from "@aws-sdk/client-secrets-manager";
import { rm } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { Client } from "pg";
import type { Problem } from "../../src/core/errors.ts";
import { startSlipway } from "../cli/slipway.ts";
import type { Called } from "./cli-worker.ts";
import type { Files, Planted } from "./planted.ts";
import type { Theatre } from "./theatre.ts";
import { writeFiles } from "./write-files.ts";

export interface Answer {
  readonly exit: number;
  readonly problems: readonly Problem[];
  readonly stdout: string;
  readonly stderr: string;
}

/** One planted mistake's own folder and database. */
export class Stage {
  readonly theatre: Theatre;
  readonly folder: string;
  readonly database: string;
  readonly app: string;
  /** Variables of the command besides the usual ones. */
  readonly variables: Record<string, string> = {};
  readonly #clients: Client[] = [];
  readonly #closing: (() => Promise<void>)[] = [];

  constructor(theatre: Theatre, folder: string, database: string, app: string) {
    this.theatre = theatre;
    this.folder = folder;
    this.database = database;
    this.app = app;
  }

  get url(): string {
    return this.theatre.urlOf(this.database);
  }

  write(files: Files): Promise<void> {
    return writeFiles(this.folder, files);
  }

  /** A session of its own, closed at the end. */
  async connect(applicationName = "another"): Promise<Client> {
    const client = new Client({ connectionString: this.url, application_name: applicationName });
    client.on("error", () => undefined);
    await client.connect();
    this.#clients.push(client);
    return client;
  }

  async query(sql: string): Promise<void> {
    const client = await this.connect();
    await client.query(sql);
  }

  /** Waits until a query of this database answers a row. */
  async until(query: string): Promise<void> {
    const client = await this.connect("watching");
    const deadline = performance.now() + 60_000;
    while ((await client.query(query)).rowCount === 0) {
      if (performance.now() > deadline) throw new Error(`never answered a row: ${query}`);
      await setTimeout(50);
    }
  }

  /** What the environments' secrets name from now on. */
  async pointTo(SecretString: string): Promise<void> {
    const { secrets } = this.theatre.practice.clients;
    for (const environment of ["local", "production"]) {
      const name = `${this.app}/${environment}/migrate-url`;
      try {
        await secrets.send(new PutSecretValueCommand({ SecretId: name, SecretString }));
      } catch (error) {
        if (!(error instanceof ResourceNotFoundException)) throw error;
        await secrets.send(new CreateSecretCommand({ Name: name, SecretString }));
      }
    }
  }

  async call(argv: readonly string[]): Promise<Answer> {
    const called = await this.theatre.pool.call({ argv: this.#words(argv), env: this.#env });
    return answerOf(called);
  }

  /** Lets the app's migrations run. */
  async up(): Promise<void> {
    const { exit, stderr } = await this.call(["migrate", "up", "--env=local"]);
    if (exit !== 0) throw new Error(`the migrations did not go up: exit ${exit}\n${stderr}`);
  }

  /** The same as a process of its own, which may get a signal when a query of its database answers a row. */
  async callAlone(argv: readonly string[], signal: Planted["signal"]): Promise<Answer> {
    const running = startSlipway(this.#words(argv), { PATH: process.env["PATH"], ...this.#env });
    try {
      if (signal !== undefined) {
        await this.until(signal.when);
        running.child.kill(signal.name);
      }
      const { code, ...said } = await running.ended;
      return answerOf({ exit: code ?? -1, ...said });
    } finally {
      running.child.kill("SIGKILL");
    }
  }

  get #env(): NodeJS.ProcessEnv {
    return { ...this.theatre.env, TARGET: this.url, HOME: this.folder, ...this.variables };
  }

  #words(argv: readonly string[]): readonly string[] {
    const words = argv.map((word) => word.replace("APP/", `${this.folder}/`));
    return [...words, `--project=${this.folder}`, "--json"];
  }

  /** To be done before the database goes. */
  onClose(body: () => Promise<void>): void {
    this.#closing.push(body);
  }

  async close(): Promise<void> {
    for (const body of this.#closing) await body();
    await Promise.all(this.#clients.map((client) => client.end().catch(() => undefined)));
    if (/\d$/.test(this.database)) {
      await this.theatre.admin.query(`drop database ${this.database} with (force)`);
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}

function answerOf({ exit, stdout, stderr }: Called): Answer {
  const { problems = [] } = JSON.parse(stdout || "{}") as { problems?: readonly Problem[] };
  return { exit, problems, stdout, stderr };
}

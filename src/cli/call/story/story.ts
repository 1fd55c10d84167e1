import { commandWords } from "./command-words.ts";
import type { StoryEvent } from "./events.ts";

export interface Story {
  tell(event: StoryEvent): void;
  /** The whole output of every command that failed, each under its command. */
  failures(): string;
  /** One line about all that ran. */
  summary(outcome: string): string;
}

const LINES_KEPT = 20_000;

/** Turns events into lines for people, one a line, each with the seconds since the start. `now` is in milliseconds. */
export function createStory(write: (line: string) => void, now: () => number): Story {
  const began = now();
  const output = new Map<number, string[]>();
  const failed: { readonly id: number; readonly words: string; readonly exitCode: number }[] = [];
  const checkOfCommand = new Map<string, string>();
  const cachedChecks = new Set<string>();
  let ran = 0;
  let cached = 0;

  const say = (text: string) => write(`${((now() - began) / 1000).toFixed(1).padStart(7)} s  ${text}`);

  const finished = (event: Extract<StoryEvent, { kind: "exec-finished" }>) => {
    const words = commandWords(event.argv);
    if (event.cached) {
      cached += 1;
      const check = checkOfCommand.get(words);
      if (check !== undefined) cachedChecks.add(check);
      return;
    }
    ran += 1;
    const seconds = `${event.seconds.toFixed(1)} s`;
    if (event.exitCode === 0) {
      output.delete(event.id);
      say(`  ${words}: ${seconds}`);
    } else {
      failed.push({ id: event.id, words, exitCode: event.exitCode });
      say(`  ${words}: exit code ${event.exitCode}, ${seconds}`);
    }
  };

  const module = (line: string) => {
    const [, check = "", state = "", rest = ""] = /^check (\S+): (started|ok|failed)(.*)$/.exec(line) ?? [];
    if (state === "started") checkOfCommand.set(rest.replace(/^: /, ""), check);
    if (check === "") say(line);
    else if (state === "ok" && cachedChecks.has(check)) say(`${check}: cached`);
    else say(`${check}: ${state}${state === "started" ? "" : rest}`);
  };

  return {
    tell(event) {
      switch (event.kind) {
        case "exec-started":
          return say(`  ${commandWords(event.argv)} …`);
        case "output": {
          const lines = output.get(event.id) ?? [];
          if (lines.push(event.line) > LINES_KEPT) lines.shift();
          output.set(event.id, lines);
          return;
        }
        case "exec-finished":
          return finished(event);
        case "service-started":
          return say(`  service ${commandWords(event.argv) || event.hostname}: started`);
        // Services end with the call; that is no news.
        case "service-stopped":
          return;
        case "note":
          return say(event.line);
        case "module":
          return module(event.line);
        default:
          return event satisfies never;
      }
    },
    failures() {
      const parts = failed.map(({ id, words, exitCode }) => {
        const lines = output.get(id) ?? ["(no output)"];
        return `\n── ${words} (exit code ${exitCode})\n${lines.join("\n")}\n`;
      });
      return parts.join("");
    },
    summary(outcome) {
      const commands =
        ran + cached === 0
          ? ""
          : `; ran ${ran} ${ran === 1 ? "command" : "commands"}, ${cached} came from the cache`;
      return `${outcome} in ${((now() - began) / 1000).toFixed(1)} s${commands}`;
    },
  };
}

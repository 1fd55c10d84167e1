import { Listr, ListrLogger, PRESET_TIMER, ProcessOutput } from "listr2";
import type { ListrDefaultRendererLogLevels } from "listr2";
import type { StepName } from "../../core/deployment/types.ts";
import { problemText } from "../../core/problem-text.ts";
import type { Reporter } from "../../ports/reporter.ts";

/** The step that runs, as the renderer sees it: a task that we end from outside. */
interface LiveStep {
  say(title: string, output?: string): void;
  end(failed: boolean, says: string): void;
  readonly done: Promise<unknown>;
}

/** The story as a live tree with a clock, on a terminal. Only a renderer: it neither orders nor retries anything. */
export function liveReporter(terminal: NodeJS.WriteStream): Reporter {
  let current: LiveStep | undefined;
  let written: Promise<unknown> = Promise.resolve();

  return {
    stepBegan(step, says) {
      const next = liveStep(step, says, terminal, written);
      current = next;
      written = next.done;
    },
    note: (says) => current?.say("", says),
    stepEnded(step, outcome, says) {
      const mark = outcome === "skipped" ? " (skipped)" : "";
      current?.say(`${step}: ${says}${mark}`);
      current?.end(outcome === "failed" || outcome === "interrupted", says);
      current = undefined;
    },
    problem(problem) {
      written = written.then(() => terminal.write(`${problemText(problem)}\n`));
    },
    async end() {
      current?.end(true, "not ended");
      await written;
    },
  };
}

function liveStep(
  step: StepName,
  says: string,
  terminal: NodeJS.WriteStream,
  before: Promise<unknown>,
): LiveStep {
  const ended = Promise.withResolvers<undefined>();
  // The renderer looks at the rejection when it gets to the step; Node may look before.
  ended.promise.catch(() => undefined);
  let title = `${step}: ${says}`;
  let output = "";
  let show: () => void = () => undefined;

  // Made only when it is its turn: a renderer that is made while another one draws takes the other's hold on the
  // terminal for the terminal itself, and never lets go of it.
  const draw = () =>
    new Listr(
      [
        {
          title,
          task: (_context, task) => {
            show = () => {
              task.title = title;
              if (output !== "") task.output = output;
            };
            show();
            return ended.promise;
          },
        },
      ],
      {
        exitOnError: false,
        registerSignalListeners: false,
        rendererOptions: {
          timer: PRESET_TIMER,
          showErrorMessage: false,
          collapseErrors: false,
          logger: new ListrLogger<ListrDefaultRendererLogLevels>({
            useIcons: true,
            processOutput: new ProcessOutput(terminal, terminal),
          }),
        },
      },
    ).run();
  return {
    say(newTitle, line) {
      if (newTitle !== "") title = newTitle;
      if (line !== undefined) output = line;
      show();
    },
    end: (failed, why) => (failed ? ended.reject(new Error(why)) : ended.resolve(undefined)),
    done: before.then(draw),
  };
}

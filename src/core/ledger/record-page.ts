import { readStory, type Story } from "./read-story.ts";

// A page for people that a browser shows without any other file. It is written row by row.

const STYLE = `body{font:14px/1.4 system-ui,sans-serif;margin:2em}table{border-collapse:collapse}
td,th{border:1px solid #ccc;padding:.3em .6em;text-align:left;vertical-align:top}
td.data{font-family:monospace;max-width:40em;overflow-wrap:anywhere}.signed{background:#eef6ee}`;

/** Up to the first row. `facts`: name → value, above the table. */
export function pageStart(title: string, facts: Readonly<Record<string, string>>): string {
  const rows = Object.entries(facts).map(
    ([name, value]) => `<tr><th>${escaped(name)}</th><td>${escaped(value)}</td></tr>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title><style>${STYLE}</style></head>
<body><h1>${escaped(title)}</h1>
<table>${rows.join("\n")}</table>
<h2>Records</h2>
<table><tr><th>#</th><th>time (UTC)</th><th>app / environment</th><th>deployment</th><th>who</th><th>what</th><th>outcome</th><th>signature</th><th>facts</th></tr>
`;
}

/** The row of a record; what is no record is shown as the text that it is. */
export function pageRow(seq: number, record: string): string {
  const story = readStory(record);
  if (story === undefined) {
    return `<tr><td>${seq}</td><td colspan="7">not a record</td><td class="data">${escaped(record)}</td></tr>\n`;
  }
  const what = [story.step, story.phase].filter((word) => word !== "").join(" ");
  const cells = [
    String(seq),
    story.at,
    `${story.app} / ${story.env}`,
    story.deploymentId,
    story.actor,
    what,
    story.outcome,
    signaturesOf(story),
  ];
  const kind = story.signatures.length > 0 ? ' class="signed"' : "";
  const shown = cells.map((cell) => `<td>${escaped(cell)}</td>`).join("");
  return `<tr${kind}>${shown}<td class="data">${escaped(story.data)}</td></tr>\n`;
}

/** After the last row. */
export function pageEnd(): string {
  return "</table></body></html>\n";
}

function signaturesOf({ signatures }: Story): string {
  return signatures
    .map(
      ({ printedName, role, at, meaning, reason, subject }) =>
        `${meaning} by ${printedName} (${role}, ${subject}) at ${at}: ${reason}`,
    )
    .join("; ");
}

// What a stranger chose stays text: no markup, and nothing that turns the line around or hides a part of it.
function escaped(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "\ufffd")
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

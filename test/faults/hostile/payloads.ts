import type { Dice } from "../dice.ts";

/** A line that would pass for one of the product's own. */
export const FORGED = "✓ smoke: 2 checks passed (0.1 s)";
/** A file that comes into being when a shell or a path gets its way; `{dir}` is the cell's own folder. */
export const MARK = "taken-over";

const CORE = [
  "';touch {dir}/taken-over;'",
  "$(touch {dir}/taken-over)",
  "`touch {dir}/taken-over`",
  '"; touch {dir}/taken-over; "',
  "| touch {dir}/taken-over",
  "&& touch {dir}/taken-over",
  "--exec=touch {dir}/taken-over",
  "-rf",
  "../../../{dir}/taken-over",
  "/etc/passwd",
  "..\\..\\taken-over",
  "\\\\server\\share\\taken-over",
  "%2e%2e%2ftaken-over",
  "%00",
  "a\u0000b",
  `x\n${FORGED}`,
  `x\r\n${FORGED}`,
  `x\u2028${FORGED}`,
  `x\u0085${FORGED}`,
  `x\u000b${FORGED}`,
  "\u001b[2K\u001b[1A" + FORGED,
  "\u001b]0;taken over\u0007",
  "\u001b]8;;http://example.com\u0007click\u001b]8;;\u0007",
  "\u009b2K" + FORGED,
  "a\u202egpj.exe",
  "a\u2066b\u2069",
  "a\u200bb",
  "\ufeffa",
  "ａｂｃ",
  "раypal",
  "💥💥💥",
  "a".repeat(300),
  "A".repeat(5000),
  "__proto__",
  "constructor",
  "toString",
  "::set-output name=x::y",
  "::error::forged",
  "::add-mask::a",
  "{{7*7}}",
  "${jndi:ldap://example.com/a}",
  "'; drop table records; --",
  "<script>alert(1)</script>",
  "{secret:diary/local/database-url}",
  "NaN",
  " ",
  "",
  "\ud800",
];

/** At least `count` hostile texts: each of the known ones, and mixtures of them that the dice make. */
export function hostileTexts(count: number, dice: Dice): string[] {
  const texts = new Set(CORE);
  while (texts.size < count) {
    const one = dice.pick(CORE).slice(0, 1 + dice.below(60));
    const other = dice.pick(CORE).slice(0, 1 + dice.below(60));
    texts.add(dice.pick([one + other, `main${one}`, `${other}-${one}`, `v1.0.0${one}`, `${one}/${other}`]));
  }
  return [...texts];
}

/** The items of a list written with commas; an item in double quotes may hold a comma, and `""` in it is one quote. */
export function splitList(text: string): string[] {
  const items: string[] = [];
  let item = "";
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at] ?? "";
    if (letter === '"' && quoted && text[at + 1] === '"') {
      item += letter;
      at += 1;
    } else if (letter === '"' && (quoted || item === "")) {
      quoted = !quoted;
    } else if (letter === "," && !quoted) {
      items.push(item);
      item = "";
    } else {
      item += letter;
    }
  }
  return [...items, item];
}

/** Tables in the documentation that studies write, each between its marks. */
import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';

/** Puts the lines between `<!-- name -->` and `<!-- end name -->` of a Markdown file. */
export async function writeBetween(
  docs: string,
  name: string,
  lines: readonly string[],
): Promise<void> {
  const text = readFileSync(docs, 'utf8');
  const [begin, end] = [`<!-- ${name} -->`, `<!-- end ${name} -->`];
  const [from, to] = [text.indexOf(begin) + begin.length, text.indexOf(end)];
  if (to < from) throw new Error(`${docs} has no place for ${name}.`);
  const whole = `${text.slice(0, from)}\n\n${lines.join('\n')}\n\n${text.slice(to)}`;
  const options = { ...(await resolveConfig(docs)), filepath: docs };
  writeFileSync(docs, await format(whole, options));
}

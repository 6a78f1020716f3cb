/** Whether a folder holds an earlier state of a model: the same question about the same tokens. */
import { readFile } from 'node:fs/promises';
import type { Model } from '../../../model/model';
import { GlassboxError } from '../../../protocol/messages';

/** Labels listed in an error. */
const shown = 5;

/** Throws GlassboxError 'bad-input' with one sentence that names both folders. */
export async function checkCheckpoint(
  { about: model }: Model,
  { about: checkpoint }: Model,
  dir: string,
): Promise<void> {
  const refuse = (why: string): GlassboxError =>
    new GlassboxError(
      'bad-input',
      `${dir} is no checkpoint of ${model.dir}: ${why}; choose folders that were exported from the same training.`,
    );
  const [ours, theirs] = [model.head, checkpoint.head];
  if (theirs.task !== ours.task) throw refuse(`its task is "${theirs.task}", not "${ours.task}"`);
  const same =
    theirs.classes === ours.classes &&
    theirs.labels.every((label, index) => label === ours.labels[index]);
  if (!same) throw refuse(`its labels are ${listed(theirs.labels)}, not ${listed(ours.labels)}`);
  if (checkpoint.maxTokens < model.maxTokens) {
    throw refuse(`it reads ${checkpoint.maxTokens} tokens, not ${model.maxTokens}`);
  }
  const [first, second] = await Promise.all([model, checkpoint].map(tokenizerOf));
  if (first !== second) throw refuse('its tokenizer.json is another one');
}

function listed(labels: readonly string[]): string {
  const more = labels.length > shown ? `, ... (${labels.length} in all)` : '';
  return labels.slice(0, shown).join(', ') + more;
}

/** What tokenizer.json says of how a text becomes tokens: its limits and padding are not used. */
async function tokenizerOf({ tokenizer }: Model['about']): Promise<string> {
  if (!tokenizer) return '';
  const facts = JSON.parse(await readFile(tokenizer.file, 'utf8')) as Record<string, unknown>;
  return JSON.stringify({ ...facts, truncation: null, padding: null });
}

/** A model that reads text, made of committed fixtures: random weights, 27 words, three labels. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { familyDir } from './families';

export const textModelLabels = ['bad', 'good', 'mixed'];

/** Makes the folder; `remove` it when done. The weights are those of a family. */
export async function makeTextModel(
  family = 'bert',
): Promise<{ dir: string; remove: () => Promise<void> }> {
  const dir = await mkdtemp(path.join(tmpdir(), 'glassbox-model-'));
  const tokenizer = path.resolve('test', 'fixtures', 'tokenizers', 'wordpiece', 'tokenizer.json');
  await cp(tokenizer, path.join(dir, 'tokenizer.json'));
  await cp(path.join(familyDir(family), 'model.onnx'), path.join(dir, 'model.onnx'));
  const config = await readFile(path.join(familyDir(family), 'config.json'), 'utf8');
  const named = textModelLabels.reduce(
    (text, label, i) => text.replaceAll(`"LABEL_${i}"`, `"${label}"`),
    config,
  );
  await writeFile(path.join(dir, 'config.json'), named);
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) };
}

import assert from 'node:assert/strict';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { evaluate } from '../../../scripts/trainSample/evaluate';
import { readReviews, toExamples } from '../../../scripts/trainSample/examples';
import { explain } from '../../../src/interpret/saliency/explain';
import { loadModel } from '../../../src/model/loadModel';
import type { Explanation } from '../../../src/protocol/explanation';
import { Tokenizer } from '../../../src/runtime/tokenizer';

const sample = path.resolve('media', 'sample');
const folder = path.join(sample, 'model');

describe('the sample model', () => {
  it('is right about at least 90 % of the dev lines, measured by ONNX Runtime', async () => {
    const tokenizer = await Tokenizer.load(path.join(folder, 'tokenizer.json'));
    const dev = await toExamples(
      readReviews(path.join(sample, 'reviews.dev.jsonl')),
      tokenizer,
      128,
    );
    const { accuracy } = await evaluate(path.join(folder, 'model.onnx'), dev);
    assert.ok(accuracy >= 0.9, `accuracy ${accuracy}`);
    // Its README tells the number that it has.
    const readme = await readFile(path.join(folder, 'README.md'), 'utf8');
    assert.match(readme, new RegExp(`\\*\\*${(100 * accuracy).toFixed(1)} %\\*\\*`, 'u'));
    assert.ok(accuracy < 1, 'there are mistakes to look at');
  });

  it('takes less than 4 MB, and names no place of the machine that made it', async () => {
    let total = 0;
    for (const name of await readdir(folder)) {
      total += (await stat(path.join(folder, name))).size;
      if (/\.(?:json|md)$/u.test(name)) {
        assert.doesNotMatch(
          await readFile(path.join(folder, name), 'utf8'),
          /\/(?:home|root|tmp)\//u,
        );
      }
    }
    assert.ok(total < 4e6, `${total} bytes`);
  });

  it('reads its own texts with few unknown words, whole words and word pieces', async () => {
    const tokenizer = await Tokenizer.load(path.join(folder, 'tokenizer.json'));
    const text = 'The plot is thin, but the leads are a joy.';
    const { tokens } = await tokenizer.encode({ text });
    assert.deepEqual(
      [tokens[0]?.text, tokens.at(-1)?.text, tokens.some(token => token.unknown)],
      ['[CLS]', '[SEP]', false],
    );
    const words = tokens.filter(token => !token.special);
    const read = words.map(({ start, end }) => text.slice(start, end)).join('');
    assert.equal(read, text.replaceAll(' ', ''));
  });

  it('turns round when a word does, and says by which word', async () => {
    const model = await loadModel(folder, 'cpu');
    const of = (text: string): Promise<Explanation> =>
      explain(model, {
        modelDir: folder,
        device: 'cpu',
        text,
        method: 'integrated-gradients',
        parameters: { baseline: 'mask' },
        scalar: 'logit',
        label: { kind: 'predicted' },
      });
    try {
      const good = await of('The food was wonderful.');
      const bad = await of('The food was horrible.');
      assert.deepEqual([good.prediction.label, bad.prediction.label], ['positive', 'negative']);
      for (const [explanation, word] of [
        [good, 'wonderful'],
        [bad, 'horrible'],
      ] as const) {
        const strongest = explanation.tokens[explanation.scores.indexOf(1)]!;
        assert.equal(strongest.text, word);
      }
    } finally {
      await model.release();
    }
  });
});

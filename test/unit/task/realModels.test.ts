/** Small models that were really trained, on real lines: every task from a file's line to a map that completes. */
import assert from 'node:assert/strict';
import { formatOf, openFileLines, recordAt, textInput } from '../../../src/dataset';
import { explain } from '../../../src/interpret/saliency/explain';
import type { Explanation, ExplainRequest } from '../../../src/protocol/explanation';
import type { TextInput } from '../../../src/protocol/task';
import { ask, kitPath, withKitModel } from '../../support/models';
import { assertClose } from '../../support/numbers';

/** The records of a file that start on its first lines. */
async function records(file: string, count: number): Promise<TextInput[]> {
  const source = await openFileLines(file);
  try {
    const found: TextInput[] = [];
    for (let line = file.endsWith('.csv') ? 1 : 0; found.length < count; line++) {
      if (source.line(line) === '') continue;
      const record = recordAt(source, formatOf(file)!, line, {});
      found.push(textInput(record));
      line = record.endLine;
    }
    return found;
  } finally {
    await source.close();
  }
}

const request = (input: TextInput, more: Partial<ExplainRequest> = {}): ExplainRequest => ({
  ...ask('', 'integrated-gradients', more),
  ...input,
});

function completes({ health }: Explanation, within = 0.02): void {
  const check = health.find(entry => entry.check === 'completeness')!;
  assert.ok(check.value! <= within, check.says);
}

/** Tokens stand where their field's text has them. */
function placed({ tokens }: Explanation, { text, pair = '' }: TextInput): void {
  for (const token of tokens.filter(({ special, unknown }) => !special && !unknown)) {
    const own = (token.field === 0 ? text : pair).slice(token.start, token.end).toLowerCase();
    assert.equal(token.text.replace(/^##/, '').toLowerCase(), own);
  }
}

describe('real models', () => {
  it('judge pairs, and show both texts', async function () {
    this.timeout(120_000);
    const lines = await records(kitPath(this, 'data', 'nli', 'dev.jsonl'), 60);
    await withKitModel(this, 'models/nli-bert', async model => {
      let right = 0;
      for (const [index, input] of lines.entries()) {
        const method = index < 8 ? 'integrated-gradients' : 'gradient';
        const found = await explain(model, request(input, { method }));
        if (found.correct) right++;
        placed(found, input);
        const fields = new Set(found.tokens.filter(t => !t.special).map(t => t.field));
        assert.deepEqual([...fields], [0, 1]);
        if (index < 8) completes(found);
      }
      // 0.65 on all lines: 60 lines stay within three standard errors, and above chance.
      assert.ok(right / lines.length > 0.46, `${right} of ${lines.length}`);
    });
  });

  it('tag words, as well as the model card says', async function () {
    this.timeout(240_000);
    const sentences = await records(kitPath(this, 'data', 'ner', 'dev.conll'), 150);
    await withKitModel(this, 'models/ner-bert', async model => {
      const count = { right: 0, predicted: 0, missed: 0 };
      for (const [index, input] of sentences.entries()) {
        const method = index < 8 ? 'integrated-gradients' : 'gradient';
        const found = await explain(model, request(input, { method }));
        for (const { status } of found.prediction.entities) {
          if (status !== 'unknown') count[status]++;
        }
        placed(found, input);
        assert.equal(found.words.length, new Set(found.tokens.flatMap(t => t.word ?? [])).size);
        if (index < 8) completes(found);
      }
      const f1 = (2 * count.right) / (2 * count.right + count.predicted + count.missed);
      // 0.525 on all 1,500 sentences.
      assert.ok(f1 > 0.38 && f1 < 0.68, `F1 ${f1.toFixed(3)}, ${JSON.stringify(count)}`);
    });
  });

  it('explain why a gold entity was missed, and every question they offer', async function () {
    this.timeout(240_000);
    const sentences = await records(kitPath(this, 'data', 'ner', 'dev.conll'), 60);
    await withKitModel(this, 'models/ner-bert', async model => {
      let missed = 0;
      for (const input of sentences) {
        const { prediction, questions } = await explain(
          model,
          request(input, { method: 'gradient' }),
        );
        const lost = prediction.entities.filter(({ status }) => status === 'missed');
        if (lost.length === 0 || missed > 3) continue;
        missed++;
        for (const { choice } of questions.filter(({ possible }) => possible)) {
          const found = await explain(model, request(input, { label: choice }));
          completes(found);
          assert.deepEqual(found.explained.choice, choice);
        }
      }
      assert.ok(missed > 0, 'no sentence with a missed entity');
    });
  });

  it('fill masks, and explain any token for them', async function () {
    this.timeout(120_000);
    await withKitModel(this, 'models/mlm-bert', async model => {
      const text = 'the [MASK] is funny and the story is [MASK] .';
      const first = await explain(model, request({ text }));
      assert.equal(first.prediction.labels.length, 10);
      const shares = first.prediction.probabilities;
      assert.ok(shares.every((p, i) => i === 0 || p <= shares[i - 1]!));
      for (const choice of [
        { kind: 'mask', mask: 1, token: 'good' },
        { kind: 'mask', mask: 0, token: first.prediction.labels[3]! },
      ] as const) {
        const found = await explain(model, request({ text }, { label: choice, scalar: 'loss' }));
        completes(found);
        assert.equal(found.explained.label, choice.token);
        const at = found.prediction.labels.indexOf(choice.token);
        assertClose(
          [Math.exp(-found.explained.value)],
          [found.prediction.probabilities[at]!],
          1e-5,
          'p',
        );
      }
      await assert.rejects(explain(model, request({ text: 'no mask' })), /no mask.*\[MASK\]/);
    });
  });

  for (const [name, data] of [
    ['tweet-cnn', 'tweet-sentiment/dev.csv'],
    ['tweet-lstm', 'tweet-sentiment/dev.csv'],
    ['sst2-roberta', 'sst2/dev.jsonl'],
  ] as const) {
    it(`complete on lines: ${name}`, async function () {
      this.timeout(120_000);
      const lines = await records(kitPath(this, 'data', ...data.split('/')), 6);
      await withKitModel(this, `models/${name}`, async model => {
        for (const input of lines) {
          const baseline = name === 'tweet-cnn' ? 'pad' : 'zero';
          // Max pooling switches along the path, so more points are taken.
          const parameters = { steps: 300, baseline } as const;
          completes(await explain(model, request(input, { parameters })), 0.05);
        }
      });
    });
  }

  it('read long texts in windows whose mean is the prediction', async function () {
    this.timeout(120_000);
    await withKitModel(this, 'models/sst2-bert', async model => {
      const parts = ['a charming and funny film .', 'the end is a tedious mess .'];
      const text = Array.from({ length: 60 }, (_, i) => parts[i % 7 === 0 ? 1 : 0]!).join(' ');
      const longText = { mode: 'windows', overlap: 16 } as const;
      const found = await explain(model, request({ text }, { longText }));
      completes(found);
      placed(found, { text });
      assert.deepEqual(found.unseen, []);
      assert.equal(found.windows!.overlap, 16);
      const { tokens } = await model.about.tokenizer!.encode({ text });
      assert.equal(found.tokens.length, tokens.length);
      // Windows without an overlap are texts of their own.
      const alone = await explain(
        model,
        request({ text }, { longText: { ...longText, overlap: 0 } }),
      );
      const count = alone.windows!.count;
      const inner = tokens.filter(({ special }) => !special);
      const logits: number[][] = [];
      for (let i = 0; i < count; i++) {
        const from = Math.min(i * 126, inner.length - 126);
        const piece = text.slice(inner[from]!.start, inner[from + 125]!.end);
        logits.push([
          ...(await explain(model, request({ text: piece }, { method: 'gradient' }))).prediction
            .logits,
        ]);
      }
      const mean = [0, 1].map(label => logits.reduce((sum, z) => sum + z[label]!, 0) / count);
      assertClose([...alone.prediction.logits], mean, 1e-4, 'mean logits');
    });
  });

  for (const [variant, tolerance] of [
    ['external', 1e-5],
    ['ort-optimized', 1e-4],
    ['fp16', 5e-3],
    ['int8', 5e-2],
  ] as const) {
    it(`are the same as they are found in the wild: ${variant}`, async function () {
      this.timeout(120_000);
      const lines = await records(kitPath(this, 'data', 'sst2', 'dev.jsonl'), 6);
      const expected: Explanation[] = [];
      await withKitModel(this, 'models/sst2-bert', async model => {
        for (const input of lines) expected.push(await explain(model, request(input)));
      });
      await withKitModel(this, `variants/sst2-bert-${variant}`, async model => {
        for (const [index, input] of lines.entries()) {
          const found = await explain(model, request(input));
          completes(found);
          assertClose(
            [...found.attributions],
            [...expected[index]!.attributions],
            tolerance,
            variant,
          );
          const same = found.health.find(({ check }) => check === 'same-function')!;
          assert.ok(same.ok && same.value! < 0.02, same.says);
        }
      });
    });
  }
});

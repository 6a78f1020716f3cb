/** Real models on real sentences, and Captum's own numbers for the same. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { explain } from '../../../src/interpret/saliency/explain';
import { loadModel } from '../../../src/model/loadModel';
import type { Model } from '../../../src/model/model';
import { ask, kitPath } from '../../support/models';
import { assertClose } from '../../support/numbers';

interface CaptumRow {
  readonly text: string;
  readonly tokens: string[];
  readonly offsets_code_points: [number, number][];
  readonly logits: number[];
  readonly target: number;
  readonly input_x_gradient_logit_sum: number[];
  readonly ig_pad50_logit_sum: number[];
}

describe("Captum's numbers for sst2-bert", () => {
  let model: Model;
  let rows: CaptumRow[];
  before(async function () {
    const peers = readFileSync(kitPath(this, 'peers', 'captum-sst2-bert.json'), 'utf8');
    rows = (JSON.parse(peers) as { rows: CaptumRow[] }).rows;
    model = await loadModel(kitPath(this, 'models', 'sst2-bert'), 'cpu');
  });
  after(() => (model as Model | undefined)?.release());

  it('reads the same tokens at the same places, and predicts the same', async () => {
    assert.equal(rows.length, 25);
    for (const row of rows) {
      const { tokens, prediction } = await explain(model, ask(row.text, 'gradient'));
      assert.deepEqual(
        tokens.map(token => token.text),
        row.tokens,
      );
      const points = Array.from(row.text);
      tokens.forEach(({ start, end }, i) => {
        const [from, to] = row.offsets_code_points[i]!;
        assert.equal(row.text.slice(start, end), points.slice(from, to).join(''));
      });
      assertClose([...prediction.logits], row.logits, 1e-5, row.text);
      assert.equal(prediction.labels[row.target], prediction.label);
    }
  });

  it('gives the same input x gradient', async () => {
    for (const row of rows) {
      const { attributions } = await explain(model, ask(row.text, 'input-x-gradient'));
      assertClose([...attributions], row.input_x_gradient_logit_sum, 1e-3, row.text);
    }
  });

  it('gives the same integrated gradients from the padding baseline', async () => {
    for (const row of rows) {
      const request = ask(row.text, 'integrated-gradients', { parameters: { baseline: 'pad' } });
      const { attributions, tokens } = await explain(model, request);
      assertClose([...attributions], row.ig_pad50_logit_sum, 1e-3, row.text);
      tokens.forEach((token, i) => {
        if (token.special) assert.equal(attributions[i], 0);
      });
    }
  });
});

for (const name of ['sst2-bert', 'sst2-roberta']) {
  describe(`${name} on SST-2`, () => {
    let model: Model;
    let texts: { text: string; label: string }[];
    before(async function () {
      model = await loadModel(kitPath(this, 'models', name), 'cpu');
      texts = readFileSync(kitPath(this, 'data', 'sst2', 'dev.jsonl'), 'utf8')
        .split('\n')
        .filter(line => line !== '')
        .slice(0, 60)
        .map(line => JSON.parse(line) as { text: string; label: string });
    });
    after(() => (model as Model | undefined)?.release());

    it('has the accuracy that its README states, roughly, on the first lines', async () => {
      let right = 0;
      for (const { text, label } of texts) {
        const { prediction, gold } = await explain(model, ask(text, 'gradient', { gold: label }));
        assert.equal(gold, label);
        if (prediction.label === label) right++;
      }
      // 0.81 on all lines: 60 lines stay within three standard errors.
      assert.ok(right / texts.length > 0.66, `${right} of ${texts.length}`);
    });

    it('has complete integrated gradients from every baseline, of every scalar', async () => {
      for (const [index, { text }] of texts.slice(0, 12).entries()) {
        const baseline = (['zero', 'pad', 'mask'] as const)[index % 3]!;
        const scalar = (['logit', 'probability', 'loss'] as const)[Math.floor(index / 3) % 3]!;
        const request = ask(text, 'integrated-gradients', { scalar, parameters: { baseline } });
        const { health } = await explain(model, request);
        const check = health.find(entry => entry.check === 'completeness')!;
        assert.ok(check.ok && check.value! < 0.01, `${text}: ${check.says}`);
        assert.deepEqual(
          health.filter(entry => !entry.ok && entry.check !== 'unknown-tokens'),
          [],
        );
      }
    });

    it('scores a loss with the opposite sign: positive is towards the label', async () => {
      const text = 'a charming and affecting film';
      const contrast = ask(text, 'input-x-gradient', { label: { kind: 'gold' }, gold: 'negative' });
      const loss = await explain(model, { ...contrast, scalar: 'loss' });
      const probability = await explain(model, { ...contrast, scalar: 'probability' });
      assertClose([...loss.scores], [...probability.scores], 1e-3, 'scores');
      const signs = (list: readonly number[]): number[] => list.map(Math.sign);
      assert.deepEqual(
        signs(loss.attributions),
        signs(probability.attributions).map(sign => -sign),
      );
    });
  });
}

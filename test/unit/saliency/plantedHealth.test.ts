/**
 * How often the verdict on an explanation is right: over bad explanations, each with a fault that was planted, and good ones. A verdict
 * is "bad" where a health check says so, or where the model or the text is refused.
 */
import assert from 'node:assert/strict';
import { cpSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { explain } from '../../../src/interpret/saliency/explain';
import { pearson } from '../../../src/interpret/correlation';
import { loadModel } from '../../../src/model/loadModel';
import type { Model } from '../../../src/model/model';
import type { ExplainRequest } from '../../../src/protocol/explanation';
import { GlassboxError } from '../../../src/protocol/messages';
import { Folders, kit } from '../../support/models';
import * as planted from '../../support/plantedModels';

const each = 20;

interface Tally {
  readonly kind: string;
  readonly expected: 'bad' | 'good';
  right: number;
  total: number;
  /** What made bad ones bad, and what good ones were blamed for. */
  readonly checks: Map<string, number>;
}

describe('health of explanations', () => {
  const folders = new Folders();
  const lines = readFileSync(path.resolve('media', 'sample', 'reviews.dev.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as { text: string; label: string });
  const tallies: Tally[] = [];

  after(() => {
    folders.remove();
  });

  const requestOf = (
    model: Model,
    text: string,
    request: Partial<ExplainRequest>,
  ): ExplainRequest => ({
    modelDir: model.about.dir,
    device: 'cpu',
    text,
    method: 'integrated-gradients',
    parameters: {},
    scalar: 'logit',
    label: { kind: 'predicted' },
    ...request,
  });

  /** What the verdict is based on; empty: all is well. */
  async function complaints(
    model: Model,
    text: string,
    request: Partial<ExplainRequest>,
  ): Promise<string[]> {
    try {
      const { health } = await explain(model, requestOf(model, text, request));
      return health.filter(({ ok }) => !ok).map(({ check }) => check);
    } catch (error) {
      assert.ok(error instanceof GlassboxError, String(error));
      return [error.code];
    }
  }

  /** Mean correlation of the maps (of words) of some seeds. */
  async function likenessOfSeeds(
    model: Model,
    text: string,
    { parameters, ...request }: Partial<ExplainRequest>,
  ): Promise<number> {
    const maps: number[][] = [];
    for (const seed of [11, 12, 13]) {
      const { tokens, attributions } = await explain(
        model,
        requestOf(model, text, { ...request, parameters: { ...parameters, seed } }),
      );
      maps.push(attributions.filter((_, i) => !tokens[i]!.special));
    }
    const pairs = maps.flatMap((a, at) => maps.slice(at + 1).map(b => pearson(a, b) ?? 0));
    return pairs.reduce((sum, value) => sum + value, 0) / pairs.length;
  }

  function count(kind: string, expected: Tally['expected'], found: readonly string[]): void {
    let tally = tallies.find(entry => entry.kind === kind);
    if (!tally) {
      tally = { kind, expected, right: 0, total: 0, checks: new Map() };
      tallies.push(tally);
    }
    tally.total++;
    if (found.length > 0 === (expected === 'bad')) tally.right++;
    for (const check of found) tally.checks.set(check, (tally.checks.get(check) ?? 0) + 1);
  }

  /** The folder's model, or the code of what is said where it is refused. */
  async function withModel(
    dir: string,
    work: (model: Model | string) => Promise<void>,
  ): Promise<void> {
    const model = await loadModel(dir, 'cpu').catch((error: unknown) => {
      assert.ok(error instanceof GlassboxError, String(error));
      return error.code;
    });
    try {
      await work(model);
    } finally {
      if (typeof model !== 'string') await model.release();
    }
  }

  type Plant = (line: number) => Partial<ExplainRequest>;

  /** The same fault on so many lines. */
  async function plant(kind: string, dir: string, requestOf: Plant): Promise<void> {
    await withModel(dir, async model => {
      for (let i = 0; i < each; i++) {
        const request = requestOf(i);
        const text = request.text ?? lines[i]!.text;
        const found = typeof model === 'string' ? [model] : await complaints(model, text, request);
        count(kind, 'bad', found);
      }
    });
  }

  it('is bad where a fault was planted', async () => {
    const ways = ['input-x-gradient', 'integrated-gradients', 'gradient', 'smoothgrad'];
    await plant('zero gradient', planted.deafModel(folders.empty()), i => ({
      method: ways[i % 4]!,
    }));
    const free = planted.scaleFreeModel(folders.empty());
    await plant('cut before a normalisation', free, i =>
      i % 2 === 0
        ? { method: 'input-x-gradient' }
        : { method: 'gradient', parameters: { aggregate: 'sum' } },
    );
    await plant('singular baseline', free, i => ({
      parameters: { baseline: 'zero', steps: 50 + 10 * i },
    }));
    const { sampleModel } = planted;
    await plant('too few steps', sampleModel, i => ({
      parameters: {
        steps: 1 + (i % 3),
        quadrature: i % 2 === 0 ? 'left' : 'right',
        baseline: 'pad',
      },
    }));
    await plant('saturated label', planted.sureModel(folders.empty()), i => ({
      scalar: i % 2 === 0 ? 'probability' : 'loss',
      method: i % 4 < 2 ? 'input-x-gradient' : 'gradient',
    }));
    await plant('truncated text', sampleModel, i => ({
      text: `${lines[i]!.text} `.repeat(60),
      longText: { mode: 'start', overlap: null },
      method: 'input-x-gradient',
    }));
    await plant('a surrogate of too few samples', sampleModel, i => ({
      method: 'lime',
      parameters: { samples: 8 + (i % 5), seed: i },
    }));
    for (let i = 0; i < each; i++) {
      const value = [NaN, Infinity, -Infinity, 3e38][i % 4]!;
      const broken = planted.brokenModel(folders.empty(), i, value);
      await withModel(broken, async model => {
        const found =
          typeof model === 'string' ? [model] : await complaints(model, lines[i]!.text, {});
        count('weights that are no numbers', 'bad', found);
      });
      const coarse = planted.coarseModel(folders.empty(), i);
      await withModel(coarse, async model => {
        const found =
          typeof model === 'string' ? [model] : await complaints(model, lines[i]!.text, {});
        count('8-bit weights that lose too much', 'bad', found);
      });
    }
  });

  it('is bad where another seed would give another map', async () => {
    await withModel(planted.sampleModel, async model => {
      assert.ok(typeof model !== 'string');
      const noisy = { method: 'smoothgrad', parameters: { samples: 3, noise: 0.25 } };
      const found = lines.values();
      for (let bad = 0; bad < each;) {
        const next = found.next();
        assert.ok(!next.done, 'there are enough lines whose map depends on the seed');
        const { text } = next.value;
        if ((await likenessOfSeeds(model, text, noisy)) > 0.7) continue;
        count(
          'noise that another seed draws otherwise',
          'bad',
          await complaints(model, text, noisy),
        );
        bad++;
      }
    });
  });

  it("is bad with another model's tokenizer", async () => {
    const kits = ['sst2-bert', 'sst2-roberta', 'nli-bert', 'ner-bert'].map(name =>
      path.join(kit, 'models', name),
    );
    const there = kits.every(existsSync);
    if (!there) console.log('      without those of the kit, which is not there');
    const pairs = there ? kits.flatMap(a => kits.filter(b => a !== b).map(b => [a, b])) : [];
    pairs.push(...(there ? kits : []).map(model => [planted.sampleModel, model]));
    const folderOf = (model: string, tokenizer: string): string => {
      const folder = folders.empty();
      cpSync(model, folder, { recursive: true });
      cpSync(path.join(tokenizer, 'tokenizer.json'), path.join(folder, 'tokenizer.json'));
      return folder;
    };
    const mixed = [
      ...pairs.map(([model, tokenizer]) => folderOf(model!, tokenizer!)),
      // Of the same kind and size, with a vocabulary too small to tell by spelling.
      ...[1, 7].map(step => planted.shuffledWords(planted.sampleModel, folders.empty(), step)),
    ];
    for (const [i, dir] of mixed.entries()) {
      await withModel(dir, async model => {
        const text = lines[i]!.text;
        const found = typeof model === 'string' ? [model] : await complaints(model, text, {});
        count("another model's tokenizer", 'bad', found);
      });
    }
  });

  it('is good where nothing is wrong', async () => {
    const usual: readonly Partial<ExplainRequest>[] = [
      { method: 'integrated-gradients', parameters: { baseline: 'pad' } },
      { method: 'integrated-gradients', parameters: { baseline: 'mask' } },
      { method: 'input-x-gradient' },
      { method: 'gradient' },
      { method: 'smoothgrad' },
      { method: 'occlusion' },
      { method: 'shapley-sampling' },
    ];
    await withModel(planted.sampleModel, async model => {
      assert.ok(typeof model !== 'string');
      for (const request of usual) {
        for (let i = 0; i < 30; i++) {
          const text = lines[i]!.text;
          count(`${request.method!} as usual`, 'good', await complaints(model, text, request));
        }
      }
    });
  });

  it('is right in at least 95 of 100, over 200 bad ones and 200 good ones', () => {
    for (const { kind, expected, right, total, checks } of tallies) {
      const why = [...checks].map(([check, times]) => `${check} ${times}`).join(', ');
      console.log(`      ${expected}: ${kind}: ${right} of ${total} (${why})`);
    }
    for (const expected of ['bad', 'good']) {
      const some = tallies.filter(tally => tally.expected === expected);
      const total = some.reduce((sum, tally) => sum + tally.total, 0);
      const right = some.reduce((sum, tally) => sum + tally.right, 0);
      console.log(`      ${expected}: ${right} of ${total} verdicts are right`);
      assert.ok(total >= 200 && right / total >= 0.95, `${right} of ${total} ${expected}`);
    }
  });
});

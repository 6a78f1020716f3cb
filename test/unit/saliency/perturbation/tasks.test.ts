/** Every task: the explained number of a perturbed text is that of the same decision, wherever its token stands then. */
import assert from 'node:assert/strict';
import { explain } from '../../../../src/interpret/saliency/explain';
import { readText, type ReadText } from '../../../../src/interpret/task/readText';
import { loadModel } from '../../../../src/model/loadModel';
import type { Model } from '../../../../src/model/model';
import type { GraphBuilder } from '../../../../src/onnx/builder';
import type { ExplainRequest, Removal } from '../../../../src/protocol/explanation';
import type { TaskKind, TextInput } from '../../../../src/protocol/task';
import { bagModel, sumOfNumbers } from '../../../support/bags';
import { ask, Folders, kitPath, withKitModel } from '../../../support/models';
import { assertClose } from '../../../support/numbers';
import { askedAlone, checkOf, filled, inBatchesOf, without } from '../../../support/perturbed';

const words = 'the film is not very good , the etoile is bad';

describe('perturbations, by task', () => {
  let folders: Folders;
  before(() => (folders = new Folders()));
  after(() => {
    folders.remove();
  });

  const withModel = async (
    family: string,
    task: TaskKind | undefined,
    work: (model: Model) => Promise<void>,
  ): Promise<void> => {
    const model = await loadModel(folders.textModel(family), 'cpu', task && { task });
    try {
      await work(model);
    } finally {
      await model.release();
    }
  };

  const occlude = (
    model: Model,
    input: TextInput,
    removal: Removal,
    more: Partial<ExplainRequest> = {},
  ) =>
    explain(model, {
      ...ask('', 'occlusion'),
      parameters: { removal, feature: 'token' },
      ...more,
      ...input,
    });

  const filling = ({ about }: Model, removal: Removal): number =>
    removal === 'mask' ? about.maskId! : about.padId!;

  /**
   * Leave-one-out one row at a time, as `value` reads the outputs: of the row, and where each token of the text stands in it. Null: the
   * token cannot be taken away.
   */
  const oneByOne = async (
    model: Model,
    { hand }: ReadText,
    removal: Removal,
    kept: readonly number[],
    value: (outputs: readonly number[][], placeOf: (token: number) => number) => number,
  ): Promise<number[]> => {
    const { row } = hand.windows[0]!;
    const of = async (gone: number | null): Promise<number> => {
      const left = gone === null ? [] : [gone];
      const deletes = removal === 'delete';
      const asked = deletes ? without(row, left) : filled(row, left, filling(model, removal));
      const outputs = (await model.predict([asked]))[0]!.values.map(z => Array.from(z));
      return value(outputs, token =>
        deletes && gone !== null && gone < token ? token - 1 : token,
      );
    };
    const whole = await of(null);
    const found: number[] = [];
    for (const [at, token] of hand.tokens.entries()) {
      const stays = token.special || hand.ids[at] === hand.maskId || kept.includes(at);
      found.push(stays ? 0 : whole - (await of(at)));
    }
    return found;
  };

  const soft = (z: readonly number[], at: number): number => {
    const sum = z.reduce((total, logit) => total + Math.exp(logit), 0);
    return Math.exp(z[at]!) / sum;
  };

  for (const removal of ['mask', 'pad', 'delete'] as const) {
    it(`one label of several, ${removal}: the logit and the probability`, () =>
      withModel('bert', undefined, async model => {
        const read = await readText(model, { text: words }, {}, {});
        const label = { kind: 'label', label: 'LABEL_1' } as const;
        for (const scalar of ['logit', 'probability'] as const) {
          const found = await occlude(model, { text: words }, removal, { label, scalar });
          const expected = await oneByOne(model, read, removal, [], ([z]) =>
            scalar === 'logit' ? z![1]! : soft(z!, 1),
          );
          assertClose([...found.attributions], expected, 1e-4, scalar);
        }
      }));

    it(`any number of labels, ${removal}: a label that is off`, () =>
      withModel('bert', 'multi-label-classification', async model => {
        const read = await readText(model, { text: words }, {}, {});
        const more = { label: { kind: 'not', label: 'LABEL_2' }, scalar: 'probability' } as const;
        const found = await occlude(model, { text: words }, removal, more);
        const expected = await oneByOne(
          model,
          read,
          removal,
          [],
          ([z]) => 1 - 1 / (1 + Math.exp(-z![2]!)),
        );
        assertClose([...found.attributions], expected, 1e-4, 'one minus the probability');
      }));

    it(`a tag, ${removal}: at its word, wherever that stands`, () =>
      withModel('bert-ner', undefined, async model => {
        const read = await readText(model, { text: words }, {}, {});
        // Words 3 and 4 are tokens 4 and 5: "not very".
        const label = { kind: 'span', start: 3, end: 5, label: 'predicted' } as const;
        const found = await occlude(model, { text: words }, removal, { label });
        const classes = model.about.head.classes!;
        const whole = (await askedAlone(model, [read.hand.windows[0]!.row]))[0]!;
        const at = (z: readonly number[], token: number): number[] =>
          z.slice(token * classes, (token + 1) * classes);
        const tags = [4, 5].map(token => {
          const z = at(whole, token);
          return z.indexOf(Math.max(...z));
        });
        const kept = removal === 'delete' ? [4, 5] : [];
        const expected = await oneByOne(model, read, removal, kept, ([z], placeOf) => {
          const logits = [4, 5].map((token, i) => at(z!, placeOf(token))[tags[i]!]!);
          return (logits[0]! + logits[1]!) / 2;
        });
        assertClose([...found.attributions], expected, 1e-4, 'mean logit of both tags');
        const held = checkOf(found, 'held');
        if (removal === 'delete') assert.match(held!.says, /2 tokens, which stay/);
        else assert.equal(held, undefined);
      }));

    it(`a mask, ${removal}: the same token of the vocabulary at the same mask`, () =>
      withModel('bert-mlm', undefined, async model => {
        const text = 'the film [MASK] not very good';
        const read = await readText(model, { text }, {}, {});
        const label = { kind: 'mask', mask: 0, token: 'bad' } as const;
        const found = await occlude(model, { text }, removal, { label });
        const classes = model.about.head.classes!;
        const choice = model.about.tokenizer!.idOf('bad')!;
        const expected = await oneByOne(
          model,
          read,
          removal,
          [],
          ([z], placeOf) => z![placeOf(3) * classes + choice]!,
        );
        assertClose([...found.attributions], expected, 1e-4, 'logit at the mask');
        assert.equal(found.attributions[3], 0);
      }));

    it(`an answer, ${removal}: the same ends`, () =>
      withModel('bert-qa', undefined, async model => {
        const input = { text: 'is the film good ?', pair: words };
        const read = await readText(model, input, {}, {});
        const [first, last] = [9, 11];
        const { tokens } = read.hand;
        const label = {
          kind: 'answer',
          start: tokens[first]!.start,
          end: tokens[last]!.end,
        } as const;
        const found = await occlude(model, input, removal, { label });
        const kept = removal === 'delete' ? [first, last] : [];
        const expected = await oneByOne(
          model,
          read,
          removal,
          kept,
          ([start, end], placeOf) => start![placeOf(first)]! + end![placeOf(last)]!,
        );
        assertClose([...found.attributions], expected, 1e-4, 'both ends');
      }));
  }

  it('a number: what it falls by', () =>
    withModel('bert', 'regression', async model => {
      const read = await readText(model, { text: words }, {}, {});
      const found = await occlude(model, { text: words }, 'mask', { scalar: 'probability' });
      assert.equal(found.explained.scalar, 'logit');
      const expected = await oneByOne(model, read, 'mask', [], ([z]) => z![0]!);
      assertClose([...found.attributions], expected, 1e-4, 'the value');
    }));

  it('two labels from one logit: towards one is away from the other', async () => {
    const numbers = { good: [3], bad: [-2], film: [0.5] };
    const config = { id2label: { 0: 'no', 1: 'yes' }, problem_type: 'single_label_classification' };
    const oneLogit = (b: GraphBuilder, vectors: string): string =>
      b.op('ReduceSum', [vectors, b.ints([1])], { keepdims: 0 });
    const model = await bagModel(folders, numbers, oneLogit, { config });
    assert.equal(model.about.head.task, 'binary-classification');
    const of = async (label: string, scalar: 'logit' | 'probability'): Promise<number[]> => {
      const more = { label: { kind: 'label', label }, scalar } as const;
      return [...(await explain(model, ask('good bad film', 'occlusion', more))).attributions];
    };
    assertClose(await of('yes', 'logit'), [0, 3, -2, 0.5, 0], 1e-6, 'towards');
    assertClose(await of('no', 'logit'), [0, -3, 2, -0.5, 0], 1e-6, 'away');
    const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
    const falls = [3, -2, 0.5].map(number => sigmoid(1.5) - sigmoid(1.5 - number));
    assertClose(await of('yes', 'probability'), [0, ...falls, 0], 1e-6, 'of the probability');
    await model.release();
  });

  it('a loss: numbers of the loss, scores towards the label', () =>
    withModel('bert', undefined, async model => {
      const read = await readText(model, { text: words }, {}, {});
      const label = { kind: 'label', label: 'LABEL_0' } as const;
      const found = await occlude(model, { text: words }, 'mask', { label, scalar: 'loss' });
      const expected = await oneByOne(model, read, 'mask', [], ([z]) => -Math.log(soft(z!, 0)));
      assertClose([...found.attributions], expected, 1e-4, 'the loss');
      const largest = Math.max(...expected.map(Math.abs));
      assertClose(
        [...found.scores],
        expected.map(v => -v / largest),
        1e-4,
        'scores',
      );
    }));

  it('both texts of a pair', () =>
    withModel('bert', undefined, async model => {
      const input = { text: 'the film is good', pair: 'not bad !' };
      const read = await readText(model, input, {}, {});
      const found = await occlude(model, input, 'delete');
      const which = found.prediction.labels.indexOf(found.explained.label);
      const expected = await oneByOne(model, read, 'delete', [], ([z]) => z![which]!);
      assert.equal(expected.filter(value => value !== 0).length, 7);
      assertClose([...found.attributions], expected, 1e-4, 'two fields');
    }));

  describe('a text longer than the model reads', () => {
    const long = Array.from({ length: 30 }, (_, i) => ['good', 'bad', 'film'][i % 3]!).join(' ');
    let model: Model;
    before(async () => {
      const config = {
        model_type: 'bert',
        max_position_embeddings: 12,
        id2label: { 0: 'yes', 1: 'no' },
      };
      model = await bagModel(folders, { good: [3], bad: [-2], film: [0.5] }, sumOfNumbers, {
        config,
      });
    });
    after(() => model.release());

    const label = { kind: 'label', label: 'yes' } as const;

    it('a word has its number times the share of the windows that have it', async () => {
      const read = await readText(model, { text: long }, {}, {});
      const { windows, ids } = read.hand;
      assert.ok(windows.length > 3);
      const numbers = [0, 0, 0, 0, 0, 3, -2, 0.5];
      const expected = ids.map((id, token) => {
        const having = windows.filter(({ tokens }) => tokens.includes(token)).length;
        return (numbers[id]! * having) / windows.length;
      });
      for (const method of ['occlusion', 'lime', 'shapley-sampling']) {
        const parameters = { ridge: 1e-9, samples: method === 'lime' ? 300 : 4 };
        const found = await explain(model, ask(long, method, { label, parameters }));
        assertClose([...found.attributions], expected, 1e-4, method);
      }
    });

    it('only windows with the word are asked again', async () => {
      const { hand } = await readText(model, { text: long }, {}, {});
      const single = hand.windows.flatMap(({ row, tokens }) =>
        tokens.map((token, at) =>
          hand.tokens[token]!.special ? null : filled(row, [at], model.about.maskId!).ids.join(),
        ),
      );
      const distinct = new Set(single.filter(key => key !== null)).size;
      const { rows } = await inBatchesOf(model, 64, () =>
        explain(model, ask(long, 'occlusion', { label })),
      );
      // Windows of the same words at other places are read anew.
      const pairs = single.filter(key => key !== null).length;
      assert.ok(rows - hand.windows.length <= pairs && rows - hand.windows.length >= distinct);
    });

    it('of a beginning alone, what was not seen has no numbers', async () => {
      const request = {
        ...ask(long, 'lime', { label }),
        longText: { mode: 'start', overlap: null },
      } as const;
      const found = await explain(model, request);
      assert.equal(found.tokens.length, 12);
      assert.equal(found.unseen.length, 1);
    });
  });

  it('an LSTM, of which nothing need be left', async function () {
    this.timeout(60_000);
    kitPath(this, 'models', 'tweet-lstm');
    await withKitModel(this, 'models/tweet-lstm', async model => {
      for (const method of ['lime', 'kernel-shap', 'shapley-sampling', 'occlusion']) {
        const found = await explain(model, ask('i do not love it', method));
        assert.equal(found.method.removal, 'delete');
        assert.ok(found.attributions.every(Number.isFinite));
        assert.ok(checkOf(found, 'nonzero')!.ok);
      }
    });
  });
});

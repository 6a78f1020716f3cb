/** Many predictions at once are those that an explanation of each text alone shows. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { predictTexts } from '../../../src/interpret/predict/predictTexts';
import { explain } from '../../../src/interpret/saliency/explain';
import { loadModel } from '../../../src/model/loadModel';
import type { Model } from '../../../src/model/model';
import type { PredictedText } from '../../../src/protocol/evaluation';
import type { TaskKind, TextInput } from '../../../src/protocol/task';
import { ask, Folders } from '../../support/models';
import { assertClose } from '../../support/numbers';

const sentences = [
  'the film was good .',
  'bad !',
  'a very long and very good film , and the food was not bad .',
  'the movie',
  'not good at all . the food was bad and the film was bad , too .',
];

describe('predictions of many texts', function () {
  this.timeout(60_000);
  const folders = new Folders();
  after(() => {
    folders.remove();
  });

  async function using(
    dir: string,
    task: TaskKind | undefined,
    work: (model: Model) => Promise<void>,
  ): Promise<void> {
    const model = await loadModel(dir, 'cpu', { task });
    try {
      await work(model);
    } finally {
      await model.release();
    }
  }

  const told = (answer: PredictedText) => {
    assert.ok(!('failed' in answer), 'failed' in answer ? answer.failed : '');
    return answer;
  };

  const words = (text: string) =>
    [...text.matchAll(/\S+/g)].map(({ 0: { length }, index }) => ({
      start: index,
      end: index + length,
    }));

  const cases: readonly {
    readonly task: TaskKind;
    readonly family?: string;
    readonly input: (text: string, index: number) => TextInput;
  }[] = [
    {
      task: 'text-classification',
      input: (text, index) => ({ text, gold: { kind: 'label', label: String(index % 3) } }),
    },
    {
      task: 'text-classification',
      input: text => ({ text, pair: 'the other text', gold: { kind: 'label', label: 'LABEL_1' } }),
    },
    {
      task: 'multi-label-classification',
      input: (text, index) => ({ text, gold: { kind: 'labels', labels: [`LABEL_${index % 3}`] } }),
    },
    {
      task: 'regression',
      input: text => ({ text, gold: { kind: 'label', label: '1.5' } }),
    },
    {
      task: 'token-classification',
      family: 'bert-ner',
      input: text => ({
        text,
        words: words(text),
        gold: { kind: 'tags', tags: words(text).map((_, i) => (i % 3 === 0 ? 'B-PER' : 'O')) },
      }),
    },
    {
      task: 'fill-mask',
      family: 'bert-mlm',
      input: text => ({
        text: text.replace(/\w+$|\w+(?= \W*$)/, '[MASK]'),
        gold: { kind: 'label', label: 'good' },
      }),
    },
    {
      task: 'question-answering',
      family: 'bert-qa',
      input: text => ({
        text: 'what was good ?',
        pair: text,
        gold: { kind: 'answers', answers: [{ start: 0, end: 3 }] },
      }),
    },
  ];

  for (const { task, family, input } of cases) {
    const texts = sentences.map(input);
    it(`are those of single texts: ${task}${texts[0]!.pair === undefined ? '' : ', pairs'}`, async () => {
      await using(folders.textModel(family), task, async model => {
        const answers = await predictTexts(model, { texts });
        assert.equal(answers.length, texts.length);
        for (const [index, text] of texts.entries()) {
          const { prediction, gold, correct, unread, windows } = told(answers[index]!);
          const alone = await explain(model, { ...ask('', 'gradient'), ...text });
          assert.equal(prediction.task, task);
          assert.deepEqual(prediction.label, alone.prediction.label);
          assert.deepEqual(prediction.decided, alone.prediction.decided);
          assertClose([...prediction.logits], [...alone.prediction.logits], 1e-4, 'logits');
          assert.deepEqual([gold, correct], [alone.gold, alone.correct]);
          assert.deepEqual([unread, windows], [0, 1]);
        }
      });
    });
  }

  it('say of each text what is wrong with it, and of the others what is right', async () => {
    await using(folders.textModel('bert-qa'), undefined, async model => {
      const texts = [
        { text: 'what ?', pair: 'the film' },
        { text: 'no context' },
        { text: 'who ?', pair: 'a man' },
      ];
      const answers = await predictTexts(model, { texts });
      told(answers[0]!);
      told(answers[2]!);
      assert.ok(
        'failed' in answers[1]! && answers[1].failed.includes('context') && !answers[1].empty,
      );
    });
    await using(folders.textModel('bert-mlm'), undefined, async model => {
      const [none, one] = await predictTexts(model, {
        texts: [{ text: 'no mask' }, { text: 'a [MASK]' }],
      });
      assert.ok('failed' in none! && none.failed.includes('no mask'));
      told(one!);
    });
  });

  it('tell empty texts, labels that the model lacks, and what was not read', async () => {
    await using(path.resolve('media', 'sample', 'model'), undefined, async model => {
      const long = Array.from(
        { length: 200 },
        () => 'The soup was warm and the waiter was kind .',
      ).join(' ');
      const texts: TextInput[] = [
        { text: ' ' },
        { text: 'Good.', gold: { kind: 'label', label: 'wonderful' } },
        { text: long },
      ];
      const [empty, unknown, whole] = await predictTexts(model, { texts });
      assert.ok('failed' in empty! && empty.empty);
      const { gold, correct, unknownLabel } = told(unknown!);
      assert.deepEqual([gold, correct], [null, null]);
      assert.match(unknownLabel!, /"wonderful" is none of the model's labels/);
      assert.ok(told(whole!).windows > 1);
      assert.equal(told(whole!).unread, 0);
      const start = { texts, longText: { mode: 'start', overlap: null } as const };
      const cut = told((await predictTexts(model, start))[2]!);
      const { tokenizer, maxTokens } = model.about;
      const { ids } = await tokenizer!.encode({ text: long });
      assert.ok(ids.length > maxTokens);
      // What stands beyond the first 16 characters a token is counted by its words.
      assert.deepEqual([cut.windows, cut.unread >= 0.8 * (ids.length - maxTokens)], [1, true]);
      assert.ok(cut.unread <= ids.length - maxTokens);
    });
  });

  it('can be cancelled, and tell how far they are', async () => {
    await using(path.resolve('media', 'sample', 'model'), undefined, async model => {
      const texts = Array.from({ length: 1000 }, (_, i) => ({ text: `Good soup number ${i}.` }));
      const seen: number[] = [];
      const answers = await predictTexts(
        model,
        { texts },
        { progress: ({ done }) => seen.push(done) },
      );
      assert.equal(answers.length, 1000);
      assert.equal(seen.at(-1), 1000);
      assert.ok(seen.length > 1);
      const stop = new AbortController();
      const stopped = predictTexts(
        model,
        { texts },
        {
          signal: stop.signal,
          progress: () => {
            stop.abort();
          },
        },
      );
      await assert.rejects(stopped, { code: 'cancelled' });
    });
  });
});

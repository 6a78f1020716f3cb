/** Input Reduction on models that were really trained: every step is read anew, every single removal is tried. */
import assert from 'node:assert/strict';
import { formatOf, openFileLines, recordAt, textInput } from '../../../src/dataset';
import { readTexts } from '../../../src/interpret/task/readText';
import { readers } from '../../../src/interpret/task/readers';
import { loadModel } from '../../../src/model/loadModel';
import type { Model } from '../../../src/model/model';
import { importances, type AttackOptions } from '../../../src/protocol/attack';
import type { Prediction } from '../../../src/protocol/explanation';
import type { TextInput } from '../../../src/protocol/task';
import { Folders, kitPath, withKitModel } from '../../support/models';
import { reduce, type Reduction } from '../../support/reduce';

/** The first `count` records of a file. */
async function firstTexts(file: string, count: number): Promise<TextInput[]> {
  const lines = await openFileLines(file);
  try {
    const texts: TextInput[] = [];
    for (let line = 0; texts.length < count; line++) {
      if (lines.line(line) === '') continue;
      const record = recordAt(lines, formatOf(file)!, line);
      texts.push(textInput(record));
      line = record.endLine;
    }
    return texts;
  } finally {
    await lines.close();
  }
}

/** What the model says about texts, by the reader of its task. */
async function predicted(model: Model, inputs: readonly TextInput[]): Promise<Prediction[]> {
  const { reads } = await readTexts(model, inputs, {}, {});
  const read = readers[model.about.head.task];
  return reads.map(found => read(found!.hand).ask({ kind: 'predicted' }, 'both').prediction);
}

/** Words with one blank between them. */
const cut = (text: string | undefined): string[] => (text ?? '').split(' ').filter(Boolean);

/** The list without one of its words, of which at least one stays. */
const without = (words: readonly string[]): string[][] =>
  words.length < 2 ? [] : words.map((_, gone) => words.filter((_, at) => at !== gone));

function shorter({ text, pair }: TextInput): TextInput[] {
  return [
    ...without(cut(text)).map(left => ({
      text: left.join(' '),
      ...(pair !== undefined && { pair }),
    })),
    ...without(cut(pair)).map(left => ({ text, pair: left.join(' ') })),
  ];
}

/** With a blank around each mark of punctuation, as BERT's tokenizer cuts them. */
const spaced = (text: string): string =>
  text
    .replace(/[^\p{L}\p{N}\s]/gu, ' $& ')
    .replace(/\s+/g, ' ')
    .trim();

/** The steps of a path, the original first; asserts that each is the one before it with one word less. */
function stepsOf(input: TextInput, { found }: Reduction): TextInput[] {
  const steps = [input, ...found.path.map(({ trial }) => trial.draft.input)];
  const same = ({ text, pair }: TextInput): string => `${text} | ${pair}`;
  steps.slice(1).forEach((step, at) => {
    assert.ok(shorter(steps[at]!).map(same).includes(same(step)), same(step));
  });
  return steps;
}

describe('input reduction of real models', () => {
  for (const [name, file, options] of [
    ['sst2-bert', 'sst2/dev.jsonl', {}],
    ['nli-bert', 'nli/dev.jsonl', { importance: 'input-x-gradient' }],
  ] satisfies [string, string, AttackOptions][]) {
    it(`${name}: the label stays, and goes with any further word`, async function () {
      const texts = await firstTexts(kitPath(this, 'data', ...file.split('/')), 20);
      await withKitModel(this, `models/${name}`, async model => {
        let [original, left] = [0, 0];
        for (const { text, pair } of texts) {
          const input = { text: spaced(text), ...(pair !== undefined && { pair: spaced(pair) }) };
          const result = await reduce(model, input, options);
          const steps = stepsOf(input, result);
          const [{ label } = { label: '' }, ...others] = await predicted(model, steps);
          assert.ok(others.every(prediction => prediction.label === label));
          assert.equal(result.found.minimality?.proved, true);
          const last = steps.at(-1)!;
          const further = await predicted(model, shorter(last));
          assert.ok(further.every(prediction => prediction.label !== label));
          original += cut(input.text).length + cut(input.pair).length;
          left += cut(last.text).length + cut(last.pair).length;
        }
        console.log(`      ${left} of ${original} words are left`);
        assert.ok(left < original / 4);
      });
    });
  }

  it('nli-bert: one text of a pair alone', async function () {
    const texts = await firstTexts(kitPath(this, 'data', 'nli', 'dev.jsonl'), 5);
    await withKitModel(this, 'models/nli-bert', async model => {
      for (const { text, pair } of texts) {
        for (const field of ['text', 'pair'] as const) {
          const { last } = await reduce(model, { text, pair: pair! }, { field });
          const { input } = last.draft;
          assert.equal(field === 'text' ? input.pair : input.text, field === 'text' ? pair : text);
        }
      }
    });
  });

  it('ner-bert: an entity stays one, of its type, with all of its words', async function () {
    const sentences = await firstTexts(kitPath(this, 'data', 'ner', 'dev.conll'), 25);
    await withKitModel(this, 'models/ner-bert', async model => {
      let [original, left] = [0, 0];
      const given = (words: readonly string[]): TextInput => ({
        text: words.join(' '),
        words: words.map((word, at) => {
          const start = words.slice(0, at).join(' ').length + Math.min(at, 1);
          return { start, end: start + word.length };
        }),
      });
      let count = 0;
      for (const { text, words } of sentences) {
        const list = words!.map(({ start, end }) => text.slice(start, end));
        const [prediction] = await predicted(model, [given(list)]);
        const entity = prediction!.entities[0];
        if (!entity) continue;
        if (++count > 10) break;
        const result = await reduce(model, given(list));
        const steps = stepsOf(given(list), result);
        // Which words are left: those of the entity are never among the removed.
        const own = list.slice(entity.start, entity.end);
        const isThere = ({ entities }: Prediction, start: number): boolean =>
          entities.some(
            found =>
              found.type === entity.type &&
              found.start === start &&
              found.end === start + own.length,
          );
        const startIn = (step: number): number => {
          const { draft } = result.found.path[step - 1]!.trial;
          return draft.input.words!.findIndex(({ start }) => start === draft.anchor!.start);
        };
        const found = await predicted(
          model,
          steps.map(({ text }) => given(cut(text))),
        );
        found.slice(1).forEach((prediction, at) => {
          const start = startIn(at + 1);
          assert.deepEqual(cut(steps[at + 1]!.text).slice(start, start + own.length), own);
          assert.ok(isThere(prediction, start), steps[at + 1]!.text);
        });
        const last = cut(steps.at(-1)!.text);
        const start = steps.length > 1 ? startIn(steps.length - 1) : entity.start;
        const free = [...last.keys()].filter(at => at < start || at >= start + own.length);
        const further = await predicted(
          model,
          free.map(gone => given(last.filter((_, at) => at !== gone))),
        );
        free.forEach((gone, at) => {
          assert.ok(!isThere(further[at]!, gone < start ? start - 1 : start));
        });
        original += list.length;
        left += last.length;
      }
      console.log(`      ${left} of ${original} words are left`);
      assert.ok(count > 10 && left < original / 2);
    });
  });

  it('mlm-bert: what belongs at the mask stays, and so does the mask', async function () {
    await withKitModel(this, 'models/mlm-bert', async model => {
      const input = { text: 'it was the [MASK] movie that i have ever seen .' };
      for (const importance of importances) {
        const result = await reduce(model, input, { importance });
        const steps = stepsOf(input, result);
        const labels = (await predicted(model, steps)).map(({ label }) => label);
        assert.deepEqual([...new Set(labels)], ['best']);
        assert.equal(steps.at(-1)!.text, 'the [MASK] movie');
        for (const further of ['[MASK] movie', 'the [MASK]']) {
          assert.notEqual((await predicted(model, [{ text: further }]))[0]!.label, 'best');
        }
      }
    });
  });
});

describe('input reduction of questions', () => {
  it('keeps the answer, its words, and a word of the question', async () => {
    const folders = new Folders();
    const model = await loadModel(folders.textModel('bert-qa'), 'cpu');
    try {
      const input = {
        text: 'is the film good',
        pair: 'not the charming film is bad , very very good a film is .',
      };
      for (const importance of importances) {
        const result = await reduce(model, input, { importance });
        const answer = result.goal.from;
        const steps = stepsOf(input, result);
        assert.ok(steps.length > 3);
        const labels = (await predicted(model, steps)).map(({ label }) => label);
        assert.deepEqual([...new Set(labels)], [labels[0]]);
        assert.ok(labels[0]!.includes(answer));
        const { text, pair } = steps.at(-1)!;
        assert.ok(cut(text).length >= 1 && ` ${pair} `.includes(` ${answer} `));
        const { anchor } = result.last.draft;
        assert.equal(pair!.slice(anchor!.start, anchor!.end), answer);
      }
    } finally {
      await model.release();
      folders.remove();
    }
  });
});

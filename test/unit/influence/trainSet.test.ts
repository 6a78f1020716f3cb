/** Training files as numbered examples: what is used, what is not and why, and that nothing is taken for what it is not. */
import assert from 'node:assert/strict';
import { appendFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openTrainingSet } from '../../../src/interpret/influence/train/openTrainingSet';
import type { TrainingSet } from '../../../src/interpret/influence/trainingSet';
import type { Model } from '../../../src/model/model';
import type { TrainingFile } from '../../../src/protocol/influence';
import type { Progress } from '../../../src/protocol/messages';
import { Folders } from '../../support/models';
import { allExamples, jsonl, labelledModel, texts } from '../../support/trainFiles';

describe('a training file', () => {
  const folders = new Folders();
  let model: Model;
  let tagger: Model;
  before(async () => {
    model = await labelledModel(folders, 'bert', ['bad', 'good', 'mixed']);
    tagger = await labelledModel(folders, 'bert-ner', ['O', 'B-PER', 'I-PER', 'B-LOC', 'I-LOC']);
  });
  after(async () => {
    await model.release();
    await tagger.release();
    folders.remove();
  });

  const fileOf = (name: string, content: string): string =>
    path.join(folders.with({ [name]: content }), name);
  const open = (file: string, fields: TrainingFile['fields'] = {}, by = model) =>
    openTrainingSet(by, { path: file, fields }, { cacheDir: folders.empty() });
  const using = async (
    set: Promise<TrainingSet>,
    work: (set: TrainingSet) => Promise<void>,
  ): Promise<void> => {
    const opened = await set;
    try {
      await work(opened);
    } finally {
      await opened.release();
    }
  };

  it('numbers what can be used and lists what cannot, by reason and line', async () => {
    const long = Array<string>(100).fill('film').join(' ');
    const lines = [
      '{"text": "good film", "label": "good"}',
      '{"text": "the film", "label": "neutral"}',
      '',
      '{"text": "bad", "label": 0}',
      '{"text": "bad"',
      '{"text": "", "label": "good"}',
      '{"text": "a film", "label": "neutral"}',
      '{"text": "a film"}',
      JSON.stringify({ text: long, label: 'mixed' }),
    ];
    await using(open(fileOf('train.jsonl', lines.join('\n'))), async set => {
      assert.equal(set.count, 3);
      assert.deepEqual(
        [0, 1, 2].map(number => set.linesOf(number).line),
        [1, 4, 9],
      );
      const [unknown, ...others] = set.problems;
      assert.deepEqual(unknown, {
        says: 'the label "neutral" is none of the model\'s ("bad", "good", "mixed")',
        count: 2,
        lines: [2, 7],
      });
      assert.deepEqual(
        others.map(({ lines: at }) => at[0]),
        [5, 6, 8],
      );
      assert.match(others[0]!.says, /JSON/u);
      assert.equal(others[1]!.says, 'the text field "text" is empty');
      assert.equal(others[2]!.says, 'there is no label');
      assert.equal(set.recordOf(1).text.value, 'bad');
      assert.deepEqual(set.notes, []);
      const examples = await allExamples(set);
      assert.deepEqual(
        examples.map(({ target }) => target),
        [1, 0, 2],
      );
      // [CLS] good film [SEP]
      assert.deepEqual(examples[0]!.row.ids, [2, 12, 10, 3]);
      assert.equal(examples[2]!.row.ids.length, model.about.maxTokens);
      assert.deepEqual(
        set.notes.map(({ check, value }) => [check, value]),
        [['train-truncated', 1]],
      );
      assert.deepEqual(set.summary(), {
        file: 'train.jsonl',
        path: set.path,
        lines: 3,
        problems: set.problems,
        computed: null,
        cached: null,
      });
    });
  });

  it('says of a file without a line that can be used what is wrong with it', async () => {
    const neutral = jsonl([1, 2, 3].map(() => ({ text: 'a film', label: 'neutral' })));
    await assert.rejects(open(fileOf('train.jsonl', neutral)), {
      code: 'bad-input',
      message:
        /^No line of train\.jsonl can be used as training data: on every line the label "neutral" is none of the model's .*; choose/u,
    });
    await assert.rejects(open(fileOf('train.jsonl', '\n\n')), {
      code: 'bad-input',
      message: /^train\.jsonl holds no records; choose/u,
    });
    await assert.rejects(open(fileOf('train.bin', 'x')), {
      code: 'bad-input',
      message: /^train\.bin has no ending of a dataset/u,
    });
    await assert.rejects(open(path.join(folders.empty(), 'none.jsonl')), {
      code: 'bad-input',
      message: /^none\.jsonl cannot be read: there is no such file/u,
    });
  });

  it('tells apart no more than a hundred reasons, and lists a thousand lines of each', async () => {
    const records = [
      ...Array.from({ length: 150 }, (_, i) => ({ text: 'a', label: `label ${i}` })),
      ...Array.from({ length: 1200 }, () => ({ text: 'a', label: 'label 0' })),
      { text: 'a', label: 'good' },
    ];
    await using(open(fileOf('train.jsonl', jsonl(records))), set => {
      const [first, second] = set.problems;
      assert.deepEqual([first!.count, first!.lines.length], [1201, 1000]);
      assert.equal(second!.count, 1, 'what has no reason of its own comes last');
      const last = set.problems.at(-1)!;
      assert.deepEqual([last.says, last.count], ['there are other reasons', 50]);
      const total = set.problems.reduce((sum, { count }) => sum + count, 0);
      assert.deepEqual([total, set.problems.length, set.count], [1350, 101, 1]);
      return Promise.resolve();
    });
  });

  it('reads the same records again as in the first pass, over several lines of a table too', async () => {
    const rows = texts(700, 3).map((text, i) => {
      const cell = i % 3 === 0 ? `"${text}\n""${text}"""` : text;
      return `${cell},${['bad', 'good', 'mixed'][i % 3]!}`;
    });
    await using(open(fileOf('train.csv', `text,label\n${rows.join('\n')}\n`)), async set => {
      assert.equal(set.count, 700);
      assert.deepEqual(set.linesOf(3), { line: 6, endLine: 7 });
      const all = await allExamples(set);
      assert.deepEqual(
        all.map(({ target }) => target),
        rows.map((_, i) => i % 3),
      );
      const numbers = [0, 3, 4, 333, 699];
      assert.deepEqual(
        await allExamples(set, numbers),
        numbers.map(number => all[number]),
      );
      const [text] = texts(700, 3).slice(333);
      assert.equal(set.recordOf(333).text.value, `${text!}\n"${text!}"`);
    });
  });

  it('gives examples in blocks of some hundreds, and reads no further than it is asked', async () => {
    const records = texts(600, 4).map(text => ({ text, label: 'good' }));
    const file = fileOf('train.jsonl', jsonl(records));
    await using(open(file), async set => {
      const sizes: number[] = [];
      let next = 0;
      for await (const { numbers, examples } of set.examples()) {
        assert.equal(numbers.length, examples.length);
        assert.deepEqual(
          numbers,
          [...numbers.keys()].map(i => next + i),
        );
        next += numbers.length;
        sizes.push(numbers.length);
      }
      assert.equal(next, 600);
      assert.ok(sizes.length > 1);
      assert.ok(Math.max(...sizes) <= 512, `blocks of ${Math.max(...sizes)}`);
      // Who holds a block keeps nothing else alive: the next one is made only when it is asked for.
      const blocks = set.examples()[Symbol.asyncIterator]();
      await blocks.next();
      appendFileSync(file, '\n');
      await assert.rejects(() => blocks.next(), { code: 'bad-input' });
    });
  });

  it('is the same file for the same texts and labels', async () => {
    const records = texts(20, 5).map((text, i) => ({ text, label: i % 3 }));
    const shas = new Map<string, string>();
    const remember = async (name: string, file: string, fields = {}): Promise<void> => {
      await using(open(file, fields), set => {
        shas.set(name, set.sha256);
        return Promise.resolve();
      });
    };
    await remember('itself', fileOf('a.jsonl', jsonl(records)));
    const spread = jsonl(records.map(({ text, label }) => ({ id: 1, label, text })));
    await remember('written otherwise', fileOf('b.jsonl', spread));
    await remember('other order', fileOf('c.jsonl', jsonl(records.toReversed())));
    const changed = records.map((record, i) => (i === 7 ? { ...record, label: 2 } : record));
    await remember('other label', fileOf('d.jsonl', jsonl(changed)));
    const [first, second, ...rest] = [...shas.values()];
    assert.equal(first, second);
    assert.equal(new Set([first, ...rest]).size, 3);
  });

  it('notices a file that was changed, and can be opened again', async () => {
    const records = texts(600, 6).map(text => ({ text, label: 'good' }));
    const file = fileOf('train.jsonl', jsonl(records));
    await using(open(file), async set => {
      assert.ok(await set.isUnchanged());
      appendFileSync(file, jsonl([{ text: 'bad', label: 'bad' }]));
      assert.equal(await set.isUnchanged(), false);
      const says = {
        code: 'bad-input',
        message: 'train.jsonl was changed while it was used; ask again.',
      };
      await assert.rejects(allExamples(set), says);
      await assert.rejects(set.features(), says);
    });
    await using(open(file), async set => {
      assert.equal((await allExamples(set)).length, 601);
      rmSync(file);
      assert.equal(await set.isUnchanged(), false);
    });
  });

  it('notices a change that left size and time as they were', async () => {
    // So long that it is not read in one piece.
    const records = texts(3000, 7).map(text => ({ text: `good ${text}`, label: 'good' }));
    const file = fileOf('train.jsonl', jsonl(records));
    const time = new Date(2024, 1, 1);
    utimesSync(file, time, time);
    await using(open(file), async set => {
      writeFileSync(file, jsonl(records).replace('good', 'very'));
      utimesSync(file, time, time);
      await assert.rejects(allExamples(set), { code: 'bad-input' });
    });
  });

  it('tells how far it is, and stops when it is told to', async () => {
    const records = texts(6000, 8).map(text => ({ text, label: 'good' }));
    const file = fileOf('train.jsonl', jsonl(records));
    const seen: Progress[] = [];
    const control = new AbortController();
    const opening = openTrainingSet(
      model,
      { path: file },
      {
        cacheDir: folders.empty(),
        signal: control.signal,
        progress: progress => {
          seen.push(progress);
          control.abort();
        },
      },
    );
    // A machine that reads 6,000 lines in less than 100 ms has nothing to tell.
    const result = await opening.then(
      set => set.release(),
      (error: unknown) => error,
    );
    if (seen.length > 0) {
      assert.equal((result as { code: string }).code, 'cancelled');
      assert.match(seen[0]!.says, /^Read \d+ of 6001 lines$/u);
    }
    const stopped = new AbortController();
    stopped.abort();
    await assert.rejects(
      openTrainingSet(model, { path: file }, { cacheDir: '', signal: stopped.signal }),
      { code: 'cancelled' },
    );
    await using(open(file), async set => {
      const blocks = set.examples({ signal: stopped.signal })[Symbol.asyncIterator]();
      await assert.rejects(() => blocks.next(), { code: 'cancelled' });
    });
  });

  it('keeps what is made for it, and releases it', async () => {
    const set = await open(fileOf('train.jsonl', jsonl([{ text: 'good', label: 'good' }])));
    let [made, released] = [0, 0];
    const make = () => {
      made++;
      const release = () => {
        released++;
        return Promise.resolve();
      };
      return Promise.resolve({ release });
    };
    const first = await set.keep('factors', make);
    assert.equal(await set.keep('factors', make), first);
    await assert.rejects(
      set.keep('broken', () => Promise.reject(new Error('no'))),
      /no/u,
    );
    assert.equal(await set.keep('broken', () => Promise.resolve(5)), 5);
    await set.release();
    assert.deepEqual([made, released], [1, 1]);
  });

  it('counts the first piece of each word of a tagger', async () => {
    const sentences = [
      // 'charming' is two pieces; a control character is none.
      'the\tO\ncharming\tB-PER\nfilm\tI-PER\n',
      'a\tB-PER\n\u0007\tI-PER\nbad\tO\n',
      'good\tB-ORG\n',
    ];
    await using(open(fileOf('train.conll', sentences.join('\n')), {}, tagger), async set => {
      assert.equal(set.count, 2);
      assert.deepEqual(set.linesOf(1), { line: 5, endLine: 7 });
      assert.match(set.problems[0]!.says, /^the tag "B-ORG" is none of the model's/u);
      assert.deepEqual(set.problems[0]!.lines, [9]);
      const [first, second] = await allExamples(set);
      assert.deepEqual(first!.row.ids, [2, 9, 17, 18, 10, 3]);
      assert.deepEqual(first!.target, [-100, 0, 1, -100, 2, -100]);
      assert.deepEqual(second!.row.ids, [2, 5, 13, 3]);
      assert.deepEqual(second!.target, [-100, 1, 0, -100]);
    });
  });

  it('leaves out sentences of which the tokenizer leaves nothing', async () => {
    const sentences = ['\u0007\tO\n\u0301\tB-PER\n', 'good\tO\n'];
    await using(open(fileOf('train.conll', sentences.join('\n')), {}, tagger), async set => {
      assert.equal(set.count, 1);
      assert.deepEqual(set.problems, [
        { says: 'the tokenizer makes no token of the text', count: 1, lines: [1] },
      ]);
      assert.equal((await allExamples(set)).length, 1);
    });
  });
});

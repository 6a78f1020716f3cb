/** The command line on real models of every task: what reaches the engine, and what is told. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ExplainedRecord } from '../../../src/cli/explainCommand';
import type { Explanation } from '../../../src/protocol/explanation';
import { buildCli, runCli } from '../../support/builtCli';
import { familyDir, loadFamily } from '../../support/families';
import { assertClose } from '../../support/numbers';
import { makeTextModel } from '../../support/textModel';

const kit = path.resolve('..', 'shared', 'kit');
const fast = ['--method', 'input-x-gradient'];

async function json<T>(...args: string[]): Promise<T> {
  const { code, out, err } = await runCli(['explain', ...args, '--json']);
  assert.deepEqual({ code, err }, { code: 0, err: '' });
  return JSON.parse(out) as T;
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

describe('command line, tasks', () => {
  let folder: string;

  before(async function () {
    this.timeout(60_000);
    await buildCli();
    folder = await mkdtemp(path.join(tmpdir(), 'glassbox-tasks-'));
  });

  after(() => rm(folder, { recursive: true, force: true }));

  const write = async (name: string, content: string) => {
    const file = path.join(folder, name);
    await writeFile(file, content);
    return file;
  };

  describe('token ids', () => {
    for (const family of ['bert-ner', 'bert-mlm']) {
      it(`--position is the token whose decision PyTorch differentiated (${family})`, async () => {
        const dir = familyDir(family);
        const { golden } = loadFamily(family);
        const args = ['--ids', path.join(dir, 'golden.json'), '--model', dir, '--position', '1'];
        const told = await json<Explanation[]>(...args, ...fast, '--scalar', 'loss');
        assert.equal(told.length, golden.input_ids.length);
        told.forEach(({ attributions }, row) => {
          const real = (_: number, i: number) => golden.attention_mask[row]![i] === 1;
          const expected = golden.dot[row]!.filter(real);
          assertClose(attributions.filter(real), expected, 1e-4, `row ${row}`);
        });
      });
    }

    it('--answer-part: start and end add up to both', async () => {
      const dir = familyDir('bert-qa');
      const args = ['--ids', path.join(dir, 'golden.json'), '--model', dir, ...fast];
      const part = (name: string) =>
        json<Explanation[]>(...args, '--label', 'answer:2-4', '--answer-part', name);
      const [both, start, end] = [await part('both'), await part('start'), await part('end')];
      both.forEach(({ attributions, explained }, row) => {
        const added = start[row]!.attributions.map((a, i) => a + end[row]!.attributions[i]!);
        assertClose(attributions, added, 1e-4, `row ${row}`);
        assert.deepEqual(explained.choice, { kind: 'answer', start: 2, end: 4 });
      });
    });
  });

  it('a question: answers by their characters in the context', async () => {
    const model = await makeTextModel('bert-qa');
    try {
      const context = '🎬 Étoile film, not charming!';
      // Python counts the emoji as one, UTF-16 as two.
      const answers = { text: ['Étoile film'], answer_start: [2] };
      const row = JSON.stringify({ context, question: 'the film is good ?', answers });
      const args = [`${await write('squad.jsonl', row)}:1`, '--model', model.dir, ...fast];
      const told = await json<ExplainedRecord>(...args, '--label', 'gold');
      const { record, gold, explained, prediction, correct } = told;
      assert.deepEqual([record.text, record.pair?.text], ['the film is good ?', context]);
      assert.deepEqual([record.gold, gold], ['"Étoile film"', 'Étoile film']);
      assert.deepEqual(explained.choice, { kind: 'answer', start: 3, end: 14 });
      assert.equal(correct, prediction.label === gold);
      const chosen = await json<ExplainedRecord>(...args, '--label', 'answer:3-9');
      assert.equal(chosen.explained.label, 'Étoile');
      const { out } = await runCli(['explain', ...args, '--label', 'gold']);
      assert.match(out, /gold: Étoile film \((agrees|wrong)\)/);
      assert.match(out, /\(gold\), .*; --label answer:3-14\n/);
    } finally {
      await model.remove();
    }
  });

  describe('real models', () => {
    before(function () {
      if (!existsSync(kit)) {
        console.log(`      skipped: ${kit} is not here`);
        this.skip();
      }
    });

    const model = (name: string) => ['--model', path.join(kit, 'models', name)];
    const data = (name: string) => path.join(kit, 'data', name);

    it('a pair: both texts, each with its tokens', async () => {
      const line = `${data('nli/dev.jsonl')}:1`;
      const told = await json<ExplainedRecord>(line, ...model('nli-bert'), ...fast);
      const { record, tokens, correct, gold } = told;
      const { pair } = record;
      assert.deepEqual([record.field, pair?.field], ['premise', 'hypothesis']);
      assert.equal(pair?.text, 'The weather is hot');
      const words = tokens.filter(({ field, special }) => field === 1 && !special);
      assert.deepEqual(
        words.map(({ start, end }) => pair.text.slice(start, end)),
        ['The', 'weather', 'is', 'hot'],
      );
      assert.deepEqual([gold, correct], ['contradiction', told.prediction.label === gold]);
      const { out } = await runCli(['explain', line, ...model('nli-bert'), ...fast]);
      assert.match(out, /\n {2}premise: Two young men .*\n {2}hypothesis: .*weather.*\n/);
      const single = await json<ExplainedRecord>(
        ...[line, ...model('nli-bert'), ...fast, '--pair-field', '(none)'],
      );
      assert.equal(single.record.pair, null);
      assert.ok(single.tokens.every(({ field }) => field === 0));
    });

    it('a sentence: entities of model and gold, asked about by their words', async () => {
      // 'Nota mental : No gedear a Agustina .', of which the last but one is B-PER.
      const args = [`${data('ner/dev.conll')}:32`, ...model('ner-bert'), ...fast];
      const told = await json<ExplainedRecord>(...args);
      const { record, prediction, explained } = told;
      assert.equal(record.line, 26);
      assert.equal(record.text, 'Nota mental : No gedear a Agustina .');
      assert.equal(record.gold, 'O O O O O O B-PER O');
      const named = prediction.entities.map(({ start, end, type, status }) => ({
        ...{ start, end, type, status },
      }));
      assert.deepEqual(named, [{ start: 6, end: 7, type: 'PER', status: 'missed' }]);
      // The line of the word is what was pointed at.
      assert.deepEqual(explained.choice, { kind: 'span', start: 6, end: 7, label: 'O' });
      const ask = (label: string) => json<ExplainedRecord>(...args, '--label', label);
      const [per, none, both] = [
        await ask('span:6-7:PER'),
        await ask('span:6-7:O'),
        await ask('span:6-7:PER:O'),
      ];
      const difference = per.attributions.map((a, i) => a - none.attributions[i]!);
      assertClose(both.attributions, difference, 1e-4, 'PER minus O');
      const { out } = await runCli(['explain', ...args]);
      assert.match(out, /\n {2}PER "Agustina" 0\.\d\d {2}missed {2}--label span:6-7:PER\n/);
      assert.match(out, /^dev\.conll:26 .*\(wrong\)/);
    });

    it('a mask: the likeliest tokens, and any other', async () => {
      const file = await write('masked.txt', 'the film is [MASK] and funny .\n');
      const args = [`${file}:1`, ...model('mlm-bert'), ...fast];
      const told = await json<ExplainedRecord>(...args);
      assert.deepEqual([told.prediction.task, told.gold], ['fill-mask', null]);
      const best = told.prediction.labels[0]!;
      assert.deepEqual(told.explained.choice, { kind: 'mask', mask: 0, token: best });
      const good = await json<ExplainedRecord>(...args, '--label', 'mask:0:good');
      assert.deepEqual([good.explained.label, good.explained.why], ['good', 'chosen']);
      const { out } = await runCli(['explain', ...args, '--label', 'mask:0:good']);
      assert.match(out, /of "good" at the mask \(chosen\).*; --label mask:0:good\n/);
    });

    it('a long text: in windows that --overlap sets, or its start only', async () => {
      const text = `${'very long and winding '.repeat(60)}but a good film .`;
      const file = await write('long.jsonl', JSON.stringify({ text }));
      const args = [`${file}:1`, ...model('sst2-bert'), ...fast];
      const whole = await json<ExplainedRecord>(...args, '--overlap', '20');
      assert.deepEqual([whole.windows?.overlap, whole.unseen], [20, []]);
      const start = await json<ExplainedRecord>(...args, '--long', 'start');
      assert.deepEqual(
        start.unseen.map(({ field, end }) => [field, end]),
        [[0, text.length]],
      );
      const { out } = await runCli(['explain', ...args, '--long', 'start']);
      assert.match(out, /\[not seen: .*\.\.\. \(\d+ characters more\)\]\n/);
    });

    it('--words adds up the pieces', async () => {
      const file = await write('pieces.txt', 'an unflinchingly charming film\n');
      const args = [`${file}:1`, ...model('sst2-bert'), ...fast];
      const added = await json<ExplainedRecord>(...args, '--words', 'sum');
      assert.equal(added.wordScores, 'sum');
      assert.equal(added.words.length, 4);
      assert.ok(added.tokens.length > 6, 'some word has several pieces');
      for (const { tokens, attribution } of added.words) {
        assertClose([attribution], [sum(tokens.map(i => added.attributions[i]!))], 1e-6, 'word');
      }
      const { out } = await runCli(['explain', ...args, '--words', 'sum']);
      assert.match(out, /of words: the sum of their pieces/);
      assert.deepEqual((await json<ExplainedRecord>(...args, '--words', 'pieces')).words, []);
    });

    it('--task that does not fit the model is refused in one line', async () => {
      const file = await write('one.txt', 'a good film\n');
      const args = ['explain', `${file}:1`, ...model('sst2-bert'), '--task', 'fill-mask'];
      const { code, out, err } = await runCli(args);
      assert.deepEqual([code, out], [2, '']);
      assert.match(err, /^glassbox: [^\n]*"fill-mask"[^\n]*\n$/);
      const multi = [`${file}:1`, ...model('sst2-bert'), ...fast];
      const told = await json<ExplainedRecord>(...multi, '--task', 'multi-label-classification');
      assert.equal(told.prediction.link, 'sigmoid');
    });
  });
});

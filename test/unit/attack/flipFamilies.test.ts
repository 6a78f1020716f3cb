/** The flip program of every family: gains against the gradient of PyTorch in float64 times the table, by brute force. */
import assert from 'node:assert/strict';
import { FlipProgram } from '../../../src/interpret/attack/flip/flipProgram';
import type {
  FlipAnswer,
  FlipFrame,
  FlipQuestion,
} from '../../../src/interpret/attack/flip/flipQuestion';
import { cell } from '../../../src/interpret/task/decision';
import type { Row } from '../../../src/model/inputs';
import { loadModel } from '../../../src/model/loadModel';
import type { Model } from '../../../src/model/model';
import {
  familyDir,
  familyNames,
  readGolden,
  tokenFamilyNames,
  type Golden,
} from '../../support/families';
import { assertAnswer, cosine, randomFilter, tableOf } from '../../support/flipOracle';
import { goldenRows } from '../../support/models';
import { assertClose, seededRandom } from '../../support/numbers';

/** Of the reference: the label of the text or of position 1, or the start of an answer. */
function decided(name: string): number {
  return name === 'bert-ner' || name === 'bert-mlm' ? 1 : 0;
}

for (const name of [...familyNames, ...tokenFamilyNames]) {
  describe(`flips of ${name}`, () => {
    let model: Model;
    let golden: Golden;
    let rows: Row[];
    let table: number[][];
    let filters: Uint8Array[];
    let questions: FlipQuestion[];

    before(async () => {
      golden = readGolden(familyDir(name));
      model = await loadModel(familyDir(name), 'cpu', { tokenizer: 'optional' });
      rows = goldenRows(golden);
      table = await tableOf(model);
      const random = seededRandom(7);
      filters = [0.5, 0.05, 1].map(share => randomFilter(table.length, share, random));
      questions = rows.map((row, index) => ({
        row,
        decisions: [{ position: decided(name), cells: [cell(golden.target[index]!)] }],
        // Some positions are left alone; padding always is.
        filterOf: row.ids.map((_, at) =>
          row.mask[at] === 0 || random() < 0.2 ? null : Math.floor(random() * filters.length),
        ),
      }));
    });
    after(() => model.release());

    const run = async (
      asked: readonly FlipQuestion[],
      frame: FlipFrame,
    ): Promise<{ answers: FlipAnswer[]; runs: number }> => {
      const program = await FlipProgram.of(model);
      return await program.run(asked, frame);
    };

    it('finds the best replacements under random filters', async () => {
      for (const best of [1, 5, table.length + 3]) {
        const frame: FlipFrame = { filters, best, minCosine: null };
        const { answers, runs } = await run(questions, frame);
        assert.equal(runs, 1);
        answers.forEach((answer, index) => {
          assertAnswer(answer, questions[index]!, frame, golden.grad_logit[index]!, table);
        });
      }
    });

    it('finds the best among those of a similar word vector', async () => {
      // Far from the cosine of any pair, so that rounding decides nothing.
      const cosines = rows
        .flatMap(row => row.ids)
        .flatMap(id => table.map(vector => cosine(vector, table[id]!)))
        .filter(value => value > 0.1 && value < 0.4)
        .sort((a, b) => a - b);
      const gap = cosines
        .slice(1)
        .map((value, i) => ({ middle: (value + cosines[i]!) / 2, width: value - cosines[i]! }))
        .reduce((a, b) => (b.width > a.width ? b : a));
      assert.ok(gap.width > 1e-5);
      const frame: FlipFrame = { filters, best: 4, minCosine: gap.middle };
      const { answers } = await run(questions, frame);
      answers.forEach((answer, index) => {
        assertAnswer(answer, questions[index]!, frame, golden.grad_logit[index]!, table);
      });
      const any = await run(questions, { ...frame, minCosine: -1 });
      assert.deepEqual(any, await run(questions, { ...frame, minCosine: null }));
    });

    it('gives the value of the scalar, and of weighted logits their sum', async () => {
      const frame: FlipFrame = { filters: [], best: 1, minCosine: null };
      const idle = questions.map(question => ({
        ...question,
        filterOf: rows[0]!.ids.map(() => null),
      }));
      const { answers } = await run(idle, frame);
      const [alone] = await logitsAt(0, golden.target[0]!);
      assertClose([answers[0]!.value], [alone!], 1e-5, 'logit');
      const cells = [cell(0, 2), cell(1, 0.5, true)];
      const weighted = [{ ...idle[0]!, decisions: [{ position: decided(name), cells }] }];
      const two = await run(weighted, frame);
      const [zero, one] = [(await logitsAt(0, 0))[0]!, (await logitsAt(0, 1))[0]!];
      assertClose([two.answers[0]!.value], [2 * zero - 0.5 * one], 1e-5, 'weighted');
    });

    async function logitsAt(row: number, choice: number): Promise<number[]> {
      const [output] = await model.predict([rows[row]!]);
      const { decides, classes } = model.about.head;
      const start = decides === 'token' ? decided(name) * classes! : 0;
      return [output!.values[0]![start + choice]!];
    }

    it('gives a text of a batch what it gives the text alone, without its padding', async () => {
      const frame: FlipFrame = { filters, best: 6, minCosine: null };
      for (const [index, question] of questions.entries()) {
        const cut = <T>(list: readonly T[]): T[] =>
          list.filter((_, at) => question.row.mask[at] === 1);
        const { ids, mask, typeIds } = question.row;
        const alone: FlipQuestion = {
          ...question,
          row: { ids: cut(ids), mask: cut(mask), typeIds: cut(typeIds) },
          filterOf: cut(question.filterOf),
        };
        const { answers } = await run([alone], frame);
        assertAnswer(answers[0]!, alone, frame, cut(golden.grad_logit[index]!), table);
      }
    });

    it('gives the same however the texts are cut into runs', async () => {
      const frame: FlipFrame = { filters, best: 3, minCosine: null };
      const program = await FlipProgram.of(model);
      const pointsOf = program.pace.pointsOf.bind(program.pace);
      for (const [size, expected] of [
        [1, 4],
        [3, 2],
      ] as const) {
        program.pace.pointsOf = () => size;
        const { answers, runs } = await run(questions, frame);
        assert.equal(runs, expected);
        answers.forEach((answer, index) => {
          assertAnswer(answer, questions[index]!, frame, golden.grad_logit[index]!, table);
        });
      }
      program.pace.pointsOf = pointsOf;
    });
  });
}

import assert from 'node:assert/strict';
import { appendFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import {
  fromHex,
  halfMask,
  hexOf,
  planned,
  readRuns,
  summary,
  type Run,
} from '../../../scripts/trainSample/retrainings';
import { Folders } from '../../support/models';

const folders = new Folders();
after(() => {
  folders.remove();
});

describe('retrainings of the sample', () => {
  it('are on halves, each another one', () => {
    const masks = [0, 1, 2, 3].map(mask => halfMask(mask, 1500));
    for (const mask of masks) assert.equal(mask.filter(chosen => chosen).length, 750);
    assert.equal(new Set(masks.map(hexOf)).size, 4);
    assert.deepEqual(halfMask(3, 1500), masks[3]);
  });

  it('write the lines as hexadecimal digits', () => {
    assert.equal(hexOf([true, false, false, true, false, true]), '94');
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 40 }), chosen => {
        assert.deepEqual(fromHex(hexOf(chosen), chosen.length), chosen);
      }),
    );
  });

  it('are all done once before any is repeated, in parts that complete each other, and none twice', () => {
    const counts = { masks: 3, repeats: 2 };
    const all = planned([], counts).map(({ mask, repeat }) => `${repeat}.${mask}`);
    assert.deepEqual(all, ['0.0', '0.1', '0.2', '1.0', '1.1', '1.2']);
    const parts = ['1/2', '2/2'].flatMap(part => planned([], { ...counts, part }));
    assert.equal(new Set(parts.map(({ mask, repeat }) => `${repeat}.${mask}`)).size, 6);
    const file = path.join(folders.empty(), 'runs.jsonl');
    assert.deepEqual(readRuns(file), []);
    const run = (mask: number, repeat: number): Run => ({
      ...{ mask, repeat, runs: 1, lines: '8', accuracy: 1, losses: [0.5] },
    });
    writeFileSync(file, `${JSON.stringify(run(1, 0))}\n`);
    appendFileSync(file, `${JSON.stringify(run(2, 1))}\n`);
    const left = planned(readRuns(file), counts).map(({ mask, repeat }) => `${repeat}.${mask}`);
    assert.deepEqual(left, ['0.0', '0.2', '1.0', '1.1']);
  });

  it('are summed up as the means over even and over odd repeats', () => {
    const run = (mask: number, repeat: number, loss: number): Run => ({
      ...{ mask, repeat, runs: 1, lines: '8', accuracy: 1, losses: [loss, 1] },
    });
    const found = summary([run(1, 0, 1), run(0, 0, 2), run(0, 2, 4), run(0, 1, 5)]);
    assert.deepEqual(
      found.map(({ mask, repeat, runs, losses }) => ({ mask, repeat, runs, losses })),
      [
        { mask: 0, repeat: 0, runs: 2, losses: [3, 1] },
        { mask: 0, repeat: 1, runs: 1, losses: [5, 1] },
        { mask: 1, repeat: 0, runs: 1, losses: [1, 1] },
      ],
    );
  });

  it('are committed as the study reads them: on the halves that their numbers say, with a loss for each dev line', () => {
    const runs = readRuns(path.resolve('test', 'fixtures', 'retrainings', 'sample.jsonl'));
    assert.ok(new Set(runs.map(({ mask }) => mask)).size >= 50, 'at least 50 halves');
    const seen = new Set<string>();
    for (const { mask, repeat, lines, losses } of runs) {
      seen.add(`${mask} ${repeat}`);
      assert.equal(lines, hexOf(halfMask(mask, 1500)));
      assert.equal(losses.length, 200);
      assert.ok(losses.every(loss => loss > 0 && loss < Infinity));
    }
    assert.equal(seen.size, runs.length);
  });
});

/** Traces and suspicious labels as a person reads them, progress, and where things are kept. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { createColors } from 'picocolors';
import { cacheFolder } from '../../../src/cli/cacheFolder';
import { reportInfluence, reportTraced } from '../../../src/cli/influenceReport';
import { progressLines } from '../../../src/cli/progressLines';
import { reportSuspicion } from '../../../src/cli/suspiciousReport';
import { fakeInfluence, fakeRow, fakeSuspicion, fakeTest } from '../../support/fakeInfluence';

const plain = createColors(false);
const place = { file: path.join('data', 'dev.jsonl'), line: 4 };

describe('report of a trace', () => {
  it('says who helps and who hurts, with bars, labels and what the model says of them', () => {
    assert.equal(
      reportInfluence(fakeInfluence(), place, plain),
      `dev.jsonl:4  Exact head influence  of the label "positive"
  a very good film
  positive, but predicted: negative 0.75   loss 1.39

helps: more weight on these lines of train.jsonl lowers the loss
  ##########  helps 2.00  line 17  positive, as predicted 0.88   loss 0.134
      text of line 17
  ###         helps 0.500  line 3  positive, as predicted 0.88   loss 0.134
      text of line 3

hurts: more weight on these lines of train.jsonl raises the loss
  #####       hurts 1.00  line 230  positive, but predicted: negative 0.88   loss 2.08
      text of line 230

Exact head influence, damping 0.01
Positive helps: more weight on the line lowers the loss.
1,000 lines of train.jsonl were used; features: 900 computed now, 100 kept from before
sample, cpu, 13 ms
!!  lines 7, 9 were left out: the label "neutral" is none of the model's.
!!  line 12 was left out: there is no label.
!!  The head is not at its optimum.`,
    );
  });

  it('has colours where they are wanted, and says the same without', () => {
    const coloured = reportInfluence(fakeInfluence(), place, createColors(true));
    assert.ok(coloured.includes('\u001b[36m##########'));
    assert.equal(
      stripVTControlCharacters(coloured),
      reportInfluence(fakeInfluence(), place, plain),
    );
  });

  it('says that there is no gold label, and where nobody helps or hurts', () => {
    const test = { ...fakeTest, labelFrom: 'predicted' as const, agrees: true };
    const report = reportInfluence(fakeInfluence({ test, hurts: [] }), place, plain);
    assert.match(report, /loss 1\.39 {3}\(no gold label: of what is predicted\)\n/);
    assert.match(report, /raises the loss\n {2}none\n/);
  });

  it('of several texts it tells their mean loss; records of several lines are told whole', () => {
    const row = { ...fakeRow(5, 1), endLine: 9, pair: 'the second text', agrees: null };
    const result = fakeInfluence({ test: null, tests: 74, testLoss: 0.25, helps: [row] });
    const report = reportInfluence(result, { ...place, line: null }, plain);
    assert.match(report, /^dev\.jsonl {2}Exact head influence\n {2}74 texts, mean loss 0\.250\n/);
    assert.match(
      report,
      /lines 5-9 {2}positive, predicted: positive 0\.88 .*\n.*\n {6}the second text\n/,
    );
  });

  it('neighbours are near, with the same label or with another, and neither help nor hurt', () => {
    const report = reportInfluence(fakeInfluence({ method: 'neighbours' }), place, plain);
    assert.match(
      report,
      /\nsame label: the nearest lines of train\.jsonl with it\n {2}#{10} {2}near 2\.00/,
    );
    assert.match(report, /\nanother label: .*\n {2}##### {5} {2}near 1\.00 {2}line 230/);
    assert.equal(
      reportTraced(fakeInfluence({ method: 'neighbours' })),
      'loss 1.39; line 17 is nearest with the same label, line 230 with another',
    );
    assert.ok(!/\b(?:helps|hurts) \d/.test(report));
  });

  it('steers no terminal, shortens what is long, and keeps characters whole', () => {
    const long = `${'x'.repeat(199)}😀${'y'.repeat(100)}`;
    const rows = [
      { ...fakeRow(1, 1), text: 'a\u001b[31mb\nc' },
      { ...fakeRow(2, 1), text: long },
    ];
    const report = reportInfluence(fakeInfluence({ helps: rows }), place, plain);
    assert.ok(!report.includes('\u001b'));
    assert.ok(report.includes('a␛[31mb␊c'));
    assert.ok(report.includes(`${'x'.repeat(199)}... (102 characters more)\n`));
  });

  it('has numbers that a person can read, however large', () => {
    const rows = [321_437.4, 999.4, 0.02134, 1.234e-8, 5e12].map((score, i) => fakeRow(i, score));
    const report = reportInfluence(fakeInfluence({ helps: rows }), place, plain);
    const told = [...report.matchAll(/ helps (\S+) {2}line/g)].map(([, number]) => number);
    assert.deepEqual(told, ['321,437', '999', '0.0213', '1.23e-8', '5.00e+12']);
  });

  it('in a few words it names both ends', () => {
    assert.equal(
      reportTraced(fakeInfluence()),
      'loss 1.39; line 17 helps most, line 230 hurts most',
    );
    assert.equal(reportTraced(fakeInfluence({ helps: [], hurts: [] })), 'loss 1.39');
  });
});

describe('report of suspicious labels', () => {
  it('is ranked, with the reason for each line', () => {
    assert.equal(
      reportSuspicion(fakeSuspicion(), plain),
      `train.jsonl  Self-influence of the head  2 of 1,000 lines, the most suspicious first; 11 lines where label and prediction disagree

   1  ##########  8.00  line 40  positive, as predicted 0.88   loss 0.134
      text of line 40
      The model is sure of the other label.
   2  ###         2.00  line 5  positive, as predicted 0.88   loss 0.134
      =1+1, "quoted"␊second
      b
      The model is sure of the other label.

Self-influence of the head, damping 0.01
Large is suspicious.
1,000 lines of train.jsonl were used; features: 900 computed now, 100 kept from before
sample, cpu, 13 ms
!!  lines 7, 9 were left out: the label "neutral" is none of the model's.
!!  line 12 was left out: there is no label.`,
    );
    assert.match(reportSuspicion(fakeSuspicion({ rows: [] }), plain), /\n\nnone\n\n/);
  });

  it('lists ten of many lines that were left out', () => {
    const lines = Array.from({ length: 1000 }, (_, index) => index + 1);
    const { train } = fakeSuspicion();
    const problems = [{ says: 'there is no label', count: 5000, lines }];
    const report = reportSuspicion(fakeSuspicion({ train: { ...train, problems } }), plain);
    assert.match(
      report,
      /!! {2}lines 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 4,990 more were left out: there is no label\.$/,
    );
  });
});

describe('progress on standard error', () => {
  it('is a line when something begins, and then one a second at first', () => {
    let [time, told] = [0, ''];
    const progress = progressLines(
      text => (told += text),
      () => time,
    );
    for (time = 0; time <= 2500; time += 100) {
      progress({ done: time, total: 5000, says: `reading\u001b ${time} lines` });
    }
    progress({ done: 1, total: 10, says: 'solving, step 1' });
    progress({ done: 2, total: 10, says: 'solving, step 2' });
    assert.equal(
      told,
      '  0 %  reading␛ 0 lines\n 20 %  reading␛ 1000 lines\n 40 %  reading␛ 2000 lines\n 10 %  solving, step 1\n',
    );
  });

  it('fills no log, however long it takes', () => {
    let time = 0;
    const at: number[] = [];
    const progress = progressLines(
      () => at.push(time / 1000),
      () => time,
    );
    for (; time <= 3_600_000; time += 500) progress({ done: 1, total: 2, says: 'solving' });
    assert.deepEqual(at.slice(0, 4), [0, 1, 2, 3]);
    assert.ok(at.length < 200, `${at.length} lines in an hour`);
    assert.equal(at.at(-1)! - at.at(-2)!, 30);
  });

  it('has no share where there is only one step', () => {
    let told = '';
    progressLines(text => (told += text))({ done: 0, total: 1, says: 'waiting' });
    assert.equal(told, 'waiting\n');
  });
});

describe('cache folder of the command line', () => {
  const folder = (platform: NodeJS.Platform, env: NodeJS.ProcessEnv, home: string) =>
    cacheFolder(platform, env, home);

  it('is where each system has caches', () => {
    assert.equal(folder('linux', {}, '/home/me'), '/home/me/.cache/glassbox');
    assert.equal(folder('linux', { XDG_CACHE_HOME: '/big' }, '/home/me'), '/big/glassbox');
    assert.equal(folder('linux', { XDG_CACHE_HOME: 'x' }, '/home/me'), '/home/me/.cache/glassbox');
    assert.equal(folder('linux', { XDG_CACHE_HOME: '' }, '/home/me'), '/home/me/.cache/glassbox');
    assert.equal(
      folder('darwin', { XDG_CACHE_HOME: '/big' }, '/Users/me'),
      '/Users/me/Library/Caches/glassbox',
    );
    assert.equal(
      folder('win32', { LOCALAPPDATA: 'D:\\Local' }, 'C:\\Users\\me'),
      'D:\\Local\\glassbox\\cache',
    );
    assert.equal(
      folder('win32', {}, 'C:\\Users\\me'),
      'C:\\Users\\me\\AppData\\Local\\glassbox\\cache',
    );
  });
});

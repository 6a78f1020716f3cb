/** What a person or a script gets wrong on the command line: one line on stderr, never a wrong result. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, openSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildCli, builtFolder, runCli } from '../../support/builtCli';
import { familyDir, loadFamily } from '../../support/families';
import { makeTextModel } from '../../support/textModel';

describe('command line, bad input', () => {
  let folder: string;
  let model: Awaited<ReturnType<typeof makeTextModel>>;

  before(async function () {
    this.timeout(60_000);
    await buildCli();
    model = await makeTextModel();
    folder = await mkdtemp(path.join(tmpdir(), 'glassbox-cli-'));
  });

  after(async () => {
    await model.remove();
    await rm(folder, { recursive: true, force: true });
  });

  const write = (name: string, content: unknown) =>
    writeFile(
      path.join(folder, name),
      typeof content === 'string' ? content : JSON.stringify(content),
    );

  async function failure(...args: string[]): Promise<string> {
    const { code, out, err } = await runCli(['explain', ...args], { cwd: folder });
    assert.deepEqual({ code, out }, { code: 2, out: '' });
    assert.match(err, /^glassbox: \P{Cc}+\n$/u);
    return err;
  }

  it('names its own options, not the settings of the editor', async () => {
    await write('odd.jsonl', '{"first": "a", "second": "b"}\n{}\n');
    const args = ['--model', model.dir];
    assert.match(await failure('odd.jsonl:1', ...args), /Name it in --field .*in --label-field\)/);
    const noField = await failure('odd.jsonl:1', '--field', 'third', ...args);
    assert.match(noField, /no field "third"; .* Correct --field\.\n$/);
    const both = ['--field', 'first', '--label-field', 'third'];
    assert.match(await failure('odd.jsonl:1', ...both, ...args), /Correct --label-field\.\n$/);
    assert.match(await failure('odd.jsonl:2', ...args), /line 2: the record has no fields/);
  });

  it('a line number beyond all numbers', async () => {
    const far = `odd.jsonl:${'9'.repeat(30)}`;
    assert.match(await failure(far, '--model', model.dir), /no line 9{30}; choose another/);
  });

  it('data and file names cannot steer the terminal', async () => {
    const evil = '\u001b[2J\u009b31m';
    await write('evil.jsonl', { text: 'good film', label: evil });
    const args = ['explain', 'evil.jsonl:1', '--model', model.dir];
    const { code, out, err } = await runCli(args, { cwd: folder });
    assert.deepEqual([code, err], [0, '']);
    assert.match(out, /!! {2}The gold label/);
    assert.doesNotMatch(out.replaceAll('\n', ''), /\p{Cc}/u);
    await failure('evil.jsonl:1', '--model', model.dir, '--label', evil);
    await failure(`${evil}.jsonl:1`, '--model', model.dir);
  });

  it('a result that cannot be written', async function () {
    if (!existsSync('/dev/full')) return this.skip();
    await write('good.jsonl', { text: 'good film' });
    const args = [path.join(builtFolder, 'cli.js'), 'explain', 'good.jsonl:1', '--json'];
    const { status, stderr } = spawnSync(process.execPath, [...args, '--model', model.dir], {
      cwd: folder,
      stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
      encoding: 'utf8',
    });
    assert.match(stderr, /^glassbox: The result could not be written \(ENOSPC[^\n]*\n$/);
    assert.equal(status, 2);
  });

  describe('--ids', () => {
    const ids = [
      [5, 6, 7],
      [8, 9, 10],
    ];
    const wrong: [string, object, RegExp][] = [
      ['fewer masks than rows', { attention_mask: [[1, 1, 1]] }, /"attention_mask".* 1 rows/],
      ['fewer types than rows', { token_type_ids: [[0, 0, 0]] }, /"token_type_ids".* 1 rows/],
      ['fewer labels than rows', { labels: [0] }, /"labels".* 1 rows where "input_ids" has 2/],
      ['labels that are none', { labels: 'positive' }, /"labels" in .* must be a list/],
      [
        'a mask that is neither 0 nor 1',
        {
          attention_mask: [
            [1, 1, 1],
            [1, 2, 1],
          ],
        },
        /Row 1 .* 2 in its attention mask/,
      ],
      [
        'a negative token type',
        {
          token_type_ids: [
            [0, 0, -1],
            [0, 0, 0],
          ],
        },
        /Row 0 .* token type -1/,
      ],
    ];
    for (const [name, more, says] of wrong) {
      it(name, async () => {
        await write('rows.json', { input_ids: ids, ...more });
        assert.match(await failure('--ids', 'rows.json', '--model', familyDir('bert')), says);
      });
    }

    it('tells rows with a gold label that the model lacks from rows without one', async () => {
      const { golden } = loadFamily('bert');
      const rows = golden.input_ids.slice(0, 2);
      await write('rows.json', { input_ids: rows, labels: [99, null] });
      const args = ['explain', '--ids', 'rows.json', '--model', familyDir('bert')];
      const { out } = await runCli(args, { cwd: folder });
      assert.match(out, /^row 0 .*not a label of the model/m);
      assert.match(out, /The gold label "99" is none of the model's labels/);
      assert.match(out, /^row 1 .*no gold label/m);
    });
  });
});

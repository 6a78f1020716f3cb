/** The tasks beyond one label a text, with real models where the kit is there. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { commands } from '../../../src/host/ids';
import type { PanelState } from '../../../src/protocol';
import {
  anyModel,
  closeEverything,
  explained,
  extension,
  glassbox,
  openAt,
  panelTabs,
  write,
} from './support';

/** Uses a model of the kit; skips the test, saying so, where the kit is not there. */
async function useKit(context: Mocha.Context, name: string): Promise<void> {
  const kit = path.resolve(extension().extensionPath, '..', 'shared', 'kit', 'models');
  const dir = path.join(kit, name);
  if (!existsSync(path.join(dir, 'model.onnx'))) {
    console.log(`Skipped: the model ${name} is not there.`);
    context.skip();
  }
  assert.equal(
    await vscode.commands.executeCommand(commands.useAsModel, vscode.Uri.file(dir)),
    dir,
  );
}

async function tinted(document: vscode.TextDocument): Promise<[number, string][]> {
  return (await glassbox())
    .heatmap()
    .map(({ range }) => [range.start.line, document.getText(range)]);
}

describe('tasks', function () {
  after(async () => {
    await closeEverything();
    const model = anyModel();
    if (model) await vscode.commands.executeCommand(commands.useAsModel, model);
  });

  describe('a pair of texts', () => {
    const premise = 'A woman in a red coat is reading a letter on the platform.';
    const hypothesis = 'Nobody is reading.';
    const line = JSON.stringify({ premise, hypothesis, label: 'contradiction' });
    let editor: vscode.TextEditor;
    let state: PanelState;

    before(async function () {
      await useKit(this, 'nli-bert');
      editor = await openAt(await write('pairs.jsonl', `${line}\n`), 0);
      state = await explained();
    });

    it('is read as one: both fields are tinted with their own characters', async () => {
      assert.deepEqual(state.record.pair, { field: 'hypothesis', text: hypothesis });
      const { tokens } = state.explanation;
      assert.deepEqual([...new Set(tokens.map(({ field }) => field))], [0, 1]);
      const texts = [premise, hypothesis];
      const expected = tokens
        .filter(({ special }) => !special)
        .map(({ field, start, end }) => texts[field]!.slice(start, end));
      assert.deepEqual(
        (await tinted(editor.document)).map(([, text]) => text),
        expected,
      );
      const inSecond = (await glassbox())
        .heatmap()
        .filter(({ range }) => range.start.character > line.indexOf(hypothesis) - 1);
      assert.equal(
        inSecond.length,
        tokens.filter(token => token.field === 1 && !token.special).length,
      );
    });

    it('has three labels, and says whether gold agrees', () => {
      const { prediction, gold, correct, questions } = state.explanation;
      assert.equal(prediction.labels.length, 3);
      assert.equal(gold, 'contradiction');
      assert.equal(correct, prediction.label === gold);
      assert.ok(questions.some(({ choice }) => choice.kind === 'label'));
    });
  });

  describe('a sentence of a CoNLL file', () => {
    const rows = [
      ...['It O', 'rained O', '', 'Yesterday O', 'Maria B-PER', 'Schneider I-PER', 'met O'],
      ...['Peter B-PER', 'in O', 'London B-LOC', '. O', ''],
    ];
    let editor: vscode.TextEditor;

    before(async function () {
      await useKit(this, 'ner-bert');
      editor = await openAt(await write('people.conll', rows.join('\n')), 3);
    });

    it('is the text from any of its lines; the words are tinted in theirs', async () => {
      const seen = [];
      for (const line of [3, 6, 10]) {
        await openAt(editor.document.uri, line);
        const { record } = await explained();
        seen.push([record.line, record.text]);
        const marks = await tinted(editor.document);
        for (const [at, text] of marks) assert.ok(rows[at]!.split(' ')[0]!.includes(text), text);
        assert.deepEqual([...new Set(marks.map(([at]) => at))], [3, 4, 5, 6, 7, 8, 9, 10]);
      }
      const text = 'Yesterday Maria Schneider met Peter in London .';
      assert.deepEqual(seen, Array(3).fill([4, text]));
      assert.equal(panelTabs().length, 1);
    });

    it('is asked first about the entity under the cursor', async () => {
      const asked = async (line: number) => {
        await openAt(editor.document.uri, line);
        const { explanation } = await explained();
        return { choice: explanation.explained.choice, entities: explanation.prediction.entities };
      };
      const { choice, entities } = await asked(9);
      const covers = choice.kind === 'span' && choice.start <= 6 && 6 < choice.end;
      assert.ok(covers, JSON.stringify(choice));
      // Each gold entity is either right or missed.
      const gold = entities.filter(({ status }) => status === 'right' || status === 'missed');
      assert.deepEqual(
        gold.map(({ start, end, type }) => [start, end, type]),
        [
          [1, 3, 'PER'],
          [4, 5, 'PER'],
          [6, 7, 'LOC'],
        ],
      );
    });

    it('has one score a word unless asked otherwise', async () => {
      const { explanation } = await explained();
      assert.equal(explanation.wordScores, 'sum');
      assert.equal(explanation.words.length, 8);
      assert.equal((await tinted(editor.document)).length, 8);
    });
  });

  it('a masked word: the likeliest tokens, and no gold', async function () {
    await useKit(this, 'mlm-bert');
    const text = 'The children played [MASK] in the garden.';
    const editor = await openAt(await write('masked.txt', `${text}\n`), 0);
    const { explanation } = await explained();
    const { prediction, gold, correct, explained: asked } = explanation;
    assert.equal(prediction.task, 'fill-mask');
    assert.ok(prediction.labels.length >= 5);
    assert.deepEqual([gold, correct], [null, null]);
    assert.equal(asked.choice.kind, 'mask');
    const words = (await tinted(editor.document)).map(([, word]) => word);
    assert.ok(words.includes('children') && words.includes('[MASK]'), words.join(' '));
  });

  it('a text longer than the model: read in windows, nothing left out', async function () {
    await useKit(this, 'sst2-bert');
    const text = 'The film is a slow and quiet joy from its first scene to its last. '.repeat(14);
    await openAt(await write('long.txt', text), 0);
    const { explanation } = await explained();
    assert.ok((explanation.windows?.count ?? 0) > 1);
    assert.deepEqual((await glassbox()).unseen(), []);
  });

  it('read from the start only, the rest is marked as not seen', async function () {
    await useKit(this, 'sst2-bert');
    const text = 'The film is a slow and quiet joy from its first scene to its last. '.repeat(14);
    const editor = await openAt(await write('longer.txt', text), 0);
    const settings = vscode.workspace.getConfiguration();
    const { Workspace } = vscode.ConfigurationTarget;
    await settings.update('glassbox.longText', 'start', Workspace);
    try {
      const { explanation } = await explained();
      const [range, second] = (await glassbox()).unseen();
      assert.ok(range);
      assert.equal(second, undefined);
      assert.equal(explanation.windows?.count, 1);
      const last = explanation.tokens.filter(({ special }) => !special).at(-1)!;
      assert.ok(range.start.character >= last.end);
      assert.match(editor.document.getText(range), /its last\.\s*$/);
    } finally {
      await settings.update('glassbox.longText', undefined, Workspace);
    }
  });
});

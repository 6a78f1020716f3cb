/** Pairs, entities, masks and answers, as a person asks about them; real models where the kit is there. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import { repository } from '../../scripts/tools/places.mjs';
import { axeFindings, chooseTheme, forgetTheme, themes } from './support/themes';
import { until, untilEqual } from './support/until';
import { VscodeWindow } from './support/vscodeWindow';

const kit = path.resolve(repository, '..', 'shared', 'kit', 'models');
const fixtures = path.join(repository, 'test', 'fixtures');

const premise = 'Two dogs run along the beach.';
const hypothesis = 'Cats sleep at home.';
const question = 'is the film good ?';
const context = 'the film is very good , not bad .';

const files: Readonly<Record<string, string>> = {
  'pairs.jsonl': `{"premise":"${premise}","hypothesis":"${hypothesis}","label":"contradiction"}\n`,
  'people.conll': [
    ...['It O', 'rained O', '', 'Maria B-PER', 'Schneider I-PER', 'met O', 'Peter B-PER'],
    ...['Zwick I-PER', 'near O', 'London B-LOC', '. O', ''],
  ].join('\n'),
  'masked.txt': 'The children played [MASK] in the garden.\n',
  'questions.jsonl': `{"question":"${question}","context":"${context}"}\n`,
};

/** Longer than the sample's model reads. */
const long = 'The plot is thin, but the leads are a joy. '.repeat(16).trim();

/** The small random family for question answering, with a tokenizer of a few words. */
async function addAnsweringModel(folder: string): Promise<void> {
  await mkdir(folder);
  const family = path.join(fixtures, 'families', 'bert-qa');
  const tokenizer = path.join(fixtures, 'tokenizers', 'wordpiece', 'tokenizer.json');
  await cp(tokenizer, path.join(folder, 'tokenizer.json'));
  for (const name of ['model.onnx', 'config.json']) {
    await cp(path.join(family, name), path.join(folder, name));
  }
}

async function prepare(workspace: string): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await writeFile(path.join(workspace, name), text);
  }
  for (const name of ['nli-bert', 'ner-bert', 'mlm-bert']) {
    const from = path.join(kit, name);
    if (existsSync(from)) await cp(from, path.join(workspace, name), { recursive: true });
  }
  await writeFile(path.join(workspace, 'long.txt'), `${long}\n`);
  const settings = path.join(workspace, '.vscode', 'settings.json');
  const own = JSON.parse(await readFile(settings, 'utf8')) as object;
  await writeFile(settings, JSON.stringify({ ...own, 'glassbox.longText': 'start' }));
  await addAnsweringModel(path.join(workspace, 'answering'));
}

describe('Tasks', () => {
  let window: VscodeWindow;

  before(async () => {
    window = await VscodeWindow.open(prepare);
  });
  after(async () => {
    await window.close();
    await forgetTheme();
  });

  /** Skips the story, saying so, where the workspace has no such model. */
  const open = async (story: Mocha.Context, file: string, name: string) => {
    if (!existsSync(path.join(window.workspace, name, 'model.onnx'))) {
      console.log(`      skipped: the model ${name} is not there`);
      story.skip();
    }
    // Files open where the focus is, and it may be in the panel.
    await window.runCommand('View: Focus First Editor Group');
    await window.openFile(file);
    await window.runCommand('Glassbox: Select Model');
    await window.listIsOpen(/Which model/);
    await window.pick(name);
    await until(`the model ${name} in the status bar`, async () =>
      (await window.status.innerText()).includes(name),
    );
  };
  /**
   * A model that was selected explains the line that is shown still, and its answer may come first: the one
   * that counts is about the file that was opened.
   */
  const explain = async (file: string, text: string) => {
    await window.explain(text);
    await until(`the answer about ${file}`, async () => {
      return (await window.panel.header()).includes(file) && !(await window.panel.isBusy());
    });
  };
  const tintedWords = async () => (await window.tinted()).map(({ text }) => text.trim());
  const picture = async (name: string) => {
    await window.panel.frame.locator('header.head').scrollIntoViewIfNeeded();
    await window.screenshot(name);
  };
  const legend = () => window.panel.frame.locator('.legend').innerText();

  describe('a pair of texts', () => {
    before(async function () {
      await open(this, 'pairs.jsonl', 'nli-bert');
      await explain('pairs.jsonl', 'Two dogs run');
    });

    it('tints both fields of the line, and has a map for each in the panel', async () => {
      // No word stands in both texts.
      await until('tints in both fields', async () => {
        const words = await tintedWords();
        return [premise, hypothesis].every(text => words.some(word => text.includes(word)));
      });
      const { frame } = window.panel;
      const names = await frame.getByRole('rowheader').allInnerTexts();
      assert.deepEqual(names, ['premise', 'hypothesis']);
      const maps = await frame.locator('.map-text').allTextContents();
      assert.deepEqual(maps, [premise, hypothesis]);
      assert.match(await window.panel.header(), /pairs\.jsonl : 1 premise \+ hypothesis/);
    });

    it('outlines a token of the second text, there and not in the first', async () => {
      await window.panel.tokens.getByText('Cats').hover();
      await untilEqual('the outline', () => window.emphasised(), 'Cats');
      await window.panel.frame.locator('header.head').hover();
      await untilEqual('the outline', () => window.emphasised(), '');
    });

    it('explains a label by its bar', async () => {
      await window.panel.answerTo(() => window.panel.bars.filter({ hasText: 'neutral' }).click());
      assert.match(await legend(), /towards .neutral./);
    });

    for (const theme of themes) {
      it(`can be read in the theme ${theme.title}`, async () => {
        await chooseTheme(window, theme);
        await picture(`e2e-pair-${theme.name}`);
        assert.deepEqual(await axeFindings(window), []);
      });
    }
  });

  describe('the entities of a sentence', () => {
    before(async function () {
      await open(this, 'people.conll', 'ner-bert');
      await explain('people.conll', 'London');
    });

    it('are asked about from the line of the word, and tinted in the lines of the words', async () => {
      assert.match(await legend(), /at .London/);
      const sentence = files['people.conll']!.split('\n')
        .slice(3)
        .map(row => row.split(' ')[0]!);
      const words = await until('tints', async () => {
        const seen = await window.tinted();
        return seen.length > 2 && seen;
      });
      for (const { text } of words) assert.ok(sentence.includes(text.trim()), text);
      // One a line: nothing is painted over the columns of the tags.
      assert.equal(new Set(words.map(({ top }) => top)).size, words.length);
    });

    it('are buttons: predicted, right and missed; each asks about its entity', async () => {
      const chips = window.panel.entity('');
      const all = await chips.allInnerTexts();
      assert.ok(all.length >= 3, all.join('; '));
      for (const chip of all) assert.match(chip, /right|missed|not in gold/);
      const other = chips.filter({ hasNotText: 'London' }).first();
      const words = await other.locator('.chip-text').innerText();
      await window.panel.answerTo(() => other.click());
      assert.match(await legend(), new RegExp(`at .${words}`));
      assert.equal(await window.panel.frame.locator('.target').innerText(), words);
      const pressed = window.panel.frame.locator('.chip[aria-pressed="true"]');
      assert.match((await pressed.allInnerTexts()).join(), new RegExp(words));
    });

    it('can be asked about with Enter, and the focus stays', async () => {
      const chip = window.panel.entity('London').first();
      await chip.focus();
      await window.panel.answerTo(() => window.page.keyboard.press('Enter'));
      assert.match(await legend(), /at .London/);
      const focused = window.panel.frame.locator('.chip:focus');
      assert.match(await focused.innerText(), /London/);
    });

    it('have scores of pieces when these are asked for', async () => {
      await window.panel.choose('Words', 'Each piece by itself');
      assert.doesNotMatch(await legend(), /for each word/);
      await window.panel.choose('Words', 'Sum of the pieces');
      assert.match(await legend(), /for each word the sum of the pieces/);
    });

    for (const theme of themes) {
      it(`can be read in the theme ${theme.title}`, async () => {
        await chooseTheme(window, theme);
        await picture(`e2e-entities-${theme.name}`);
        assert.deepEqual(await axeFindings(window), []);
      });
    }
  });

  describe('a text longer than the model', () => {
    before(async function () {
      await open(this, 'long.txt', 'model');
      await explain('long.txt', 'The plot is thin');
    });

    /** Characters of the file that are struck through, without blanks. */
    const struck = async () => {
      const parts = await window.editor.locator('.view-line span').evaluateAll(spans =>
        spans
          .filter(span => span.children.length === 0)
          .filter(span => getComputedStyle(span).textDecorationLine === 'line-through')
          .map(span => span.textContent),
      );
      return parts.join('').replace(/[\s\u00a0]/g, '');
    };

    for (const theme of themes) {
      it(`is struck through where it was not read, in the theme ${theme.title}`, async () => {
        await chooseTheme(window, theme);
        const marked = await until('what was not read', async () => (await struck()) || null);
        assert.ok(long.replace(/\s/g, '').endsWith(marked), marked);
        assert.ok(marked.length < long.length / 2, 'what was read is not struck through');
        await picture(`e2e-unseen-${theme.name}`);
        const inPanel = await window.panel.frame.locator('.unseen').allTextContents();
        assert.equal(inPanel.join('').replace(/\s/g, ''), marked);
      });
    }
  });

  it('a masked word: each of the likeliest tokens can be explained', async function () {
    await open(this, 'masked.txt', 'mlm-bert');
    await explain('masked.txt', 'The children played');
    const second = window.panel.bars.nth(1);
    const token = await second.locator('.bar-label').innerText();
    await window.panel.answerTo(() => second.click());
    assert.ok((await legend()).includes(`\u201c${token}\u201d`), token);
    await picture('e2e-masked');
  });

  it('an answer is framed in its context, and its start is explained alone', async function () {
    await open(this, 'questions.jsonl', 'answering');
    await explain('questions.jsonl', 'is the film good');
    const answer = await window.panel.frame.locator('.target').innerText();
    assert.ok(context.includes(answer.trim()), answer);
    await window.panel.choose('Answer', 'Start only');
    assert.match(await legend(), /the start of/);
    await picture('e2e-answer');
  });
});

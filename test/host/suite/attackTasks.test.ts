/** Attacks on a tagger and at a mask: each step explains the attacked decision, wherever the changes have moved it. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import * as path from 'node:path';
import type * as vscode from 'vscode';
import { EngineClient } from '../../../src/engine/client';
import { attackerWith, targetAt } from './attackers';
import { wordsOf } from '../../../src/host/attack/stepQuestion';
import { extension, write } from './support';

/** The folder of a model of the kit; skips the test, saying so, where the kit is not there. */
function kitModel(context: Mocha.Context, name: string): string {
  const kit = path.resolve(extension().extensionPath, '..', 'shared', 'kit', 'models');
  const dir = path.join(kit, name);
  if (!existsSync(path.join(dir, 'model.onnx'))) {
    console.log(`Skipped: the model ${name} is not there.`);
    context.skip();
  }
  return dir;
}

describe('Attack Line on other tasks', () => {
  let engine: EngineClient;

  before(() => {
    engine = new EngineClient({ entry: path.join(extension().extensionPath, 'dist', 'engine.js') });
  });

  after(() => {
    engine.dispose();
  });

  const words = ['Yesterday', 'Maria', 'Schneider', 'met', 'Peter', 'in', 'London', '.'];
  const files: [string, () => Promise<{ uri: vscode.Uri; line: number }>][] = [
    [
      'whose words the dataset has cut',
      async () => ({
        uri: await write('attacked.conll', words.map(word => `${word} O\n`).join('')),
        line: words.indexOf('Peter'),
      }),
    ],
    [
      'whose words the tokenizer cuts',
      async () => ({ uri: await write('attacked.txt', `${words.join(' ')}\n`), line: 0 }),
    ],
  ];
  for (const [name, place] of files) {
    it(`follows the entity of a text ${name}`, async function () {
      const parts = attackerWith(engine, { modelDir: kitModel(this, 'ner-bert') });
      const { uri, line } = await place();
      const result = await parts.attacker.attack(await targetAt(uri, line), 'input-reduction');
      assert.equal(result?.outcome, 'reduced');
      assert.deepEqual(parts.attacker.current?.state.targets, ['PER', 'ORG', 'LOC', 'O']);
      assert.ok(result.label.kind === 'span');
      const entity = words.slice(result.label.start, result.label.end).join(' ');
      const last = result.steps.length - 1;
      assert.ok(result.steps[last]!.text.length < words.join(' ').length);
      for (const step of [-1, last]) {
        parts.handlers.attackStep({ step });
        assert.equal(await parts.done(), null);
        const { explanation, record } = parts.maps.at(-1)!.state;
        const { choice } = explanation.explained;
        assert.ok(choice.kind === 'span');
        const cut = record.words ?? wordsOf(explanation);
        const from = cut[choice.start]!.start;
        assert.equal(record.text.slice(from, cut[choice.end - 1]!.end), entity);
        assert.equal(choice.label, result.label.label);
      }
    });
  }

  it('explains the token that a step has at the mask', async function () {
    const parts = attackerWith(engine, { modelDir: kitModel(this, 'mlm-bert') });
    const uri = await write('attacked masked.txt', 'The capital of France is [MASK].\n');
    const result = await parts.attacker.attack(await targetAt(uri, 0), 'hotflip');
    assert.equal(result?.outcome, 'flipped');
    const last = result.steps.length - 1;
    parts.handlers.attackStep({ step: last });
    assert.equal(await parts.done(), null);
    const { explained } = parts.maps.at(-1)!.state.explanation;
    assert.deepEqual(explained.choice, { kind: 'mask', mask: 0, token: result.final.label });
    assert.notEqual(result.final.label, result.original.label);
  });
});

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import { InfluenceCache } from '../../../src/host/influence/influenceCache';
import { GlassboxError } from '../../../src/protocol';
import { targetAt } from './attackers';
import { FakeEngine } from './fakes';
import {
  answerQuickPicks,
  answerSaveDialogs,
  assertSentence,
  closeEverything,
  read,
  until,
  workspaceUri,
  write,
} from './support';
import { tracersWith } from './tracers';

const trainText = [
  '{"text": "a fine film", "label": "positive"}',
  '{"text": "a dull film", "label": "negative"}',
  '{"text": "so good", "label": "positive"}',
  '',
].join('\n');

const testText = [
  '{"text": "a fine dull film", "label": "negative"}',
  '{"text": "not so good", "label": "negative"}',
  '{"text": ',
  '',
].join('\n');

describe('Trace Influence', () => {
  let train: vscode.Uri;
  let tested: vscode.Uri;
  let engine: FakeEngine;
  let parts: ReturnType<typeof tracersWith>;
  /** Labels that were offered when the training file was asked for. */
  let offered: readonly string[] = [];

  /** Traces a line (from 0), with the training file named where it is asked for. */
  const trace = async (line = 0) => {
    const picks = answerQuickPicks(/^(\$\(check\) )?influence\.train\.jsonl$/);
    const result = await parts.tracer.trace(await targetAt(tested, line));
    picks.restore();
    offered = picks.offered;
    return result;
  };
  const failure = () => parts.told.find(what => what.startsWith('failed: '))?.slice(8) ?? '';
  const begin = (options: Parameters<typeof tracersWith>[1] = {}) => {
    engine = new FakeEngine();
    parts = tracersWith(engine, options);
  };

  before(async () => {
    tested = await write('traced/influence.dev.jsonl', testText);
    train = await write('traced/influence.train.jsonl', trainText);
    await write('traced/other.train.jsonl', trainText);
  });

  beforeEach(() => {
    begin();
  });

  afterEach(() => {
    parts.dispose();
  });

  after(async () => {
    await closeEverything();
    assert.equal(await read(train), trainText, 'the training file is as it was');
    assert.equal(await read(tested), testText, 'the tested file is as it was');
    await vscode.workspace.fs.delete(workspaceUri('traced'), { recursive: true });
  });

  /** Another training file than that of the other tests, to be edited. */
  const traceEdited = async (name: string) => {
    const uri = await write(`traced/${name}`, trainText);
    const editor = await vscode.window.showTextDocument(uri);
    const picks = answerQuickPicks(new RegExp(`^${name.replaceAll('.', '\\.')}$`));
    const tracing = async () => parts.tracer.trace(await targetAt(tested, 0));
    return {
      uri,
      editor,
      async trace() {
        const result = await tracing();
        picks.restore();
        assert.ok(result, failure());
        return result;
      },
      async insert(line: number, character: number, text: string) {
        await editor.edit(edit => {
          edit.insert(new vscode.Position(line, character), text);
        });
      },
    };
  };

  it('asks once which training file, the likeliest first, and remembers it', async () => {
    const result = await trace();
    assert.ok(result, failure());
    assert.equal(offered[0], 'influence.train.jsonl');
    assert.match(offered.at(-1) ?? '', /Browse/);
    const last = (name: string) => offered.lastIndexOf(name);
    assert.ok(last('reviews.train.jsonl') < last('influence.dev.jsonl'));
    const [asked] = engine.traces;
    assert.deepEqual(
      [asked?.train, asked?.cacheDir, asked?.method, asked?.options],
      [
        { path: train.fsPath, fields: { textField: '', pairField: '', labelField: '' } },
        '/cache',
        'head',
        {},
      ],
    );
    assert.deepEqual(asked?.tests, [
      { text: 'a fine dull film', gold: { kind: 'label', label: 'negative' } },
    ]);
    await trace(1);
    assert.deepEqual(offered, [], 'it is not asked again');
    const state = parts.traces.at(-1);
    assert.deepEqual(
      [state?.record?.line, state?.running, state?.train],
      [2, null, 'traced/influence.train.jsonl'],
    );
    assert.ok(parts.traces[0]?.running, 'the panel was told at the beginning');
    assert.equal(parts.traces[0].result, null);
  });

  it('does nothing when the user changes their mind', async () => {
    const picks = answerQuickPicks(/^nothing/);
    assert.equal(await parts.tracer.trace(await targetAt(tested, 0)), null);
    picks.restore();
    assert.deepEqual([engine.traces, parts.traces, failure()], [[], [], '']);
  });

  it('asks again for another training file when the panel wants one', async () => {
    await trace();
    const picks = answerQuickPicks(/^other\.train/);
    parts.handlers.influenceTrain(null);
    assert.equal(await parts.done(), null);
    picks.restore();
    assert.equal(picks.offered[0], '$(check) influence.train.jsonl');
    assert.equal(engine.traces.at(-1)?.train.path, workspaceUri('traced/other.train.jsonl').fsPath);
    assert.equal(parts.traces.at(-1)?.train, 'traced/other.train.jsonl');
    await trace();
    assert.deepEqual(offered, []);
  });

  it('traces again with other settings, which are remembered, and shows the former rows until then', async () => {
    const first = await trace();
    parts.traces.length = 0;
    const settings = { method: 'cg', options: { k: 5, params: 'pooler' } } as const;
    parts.handlers.influenceAgain(settings);
    assert.equal(await parts.done(), null);
    assert.deepEqual(parts.remembered.trace, settings);
    const [start, end] = [parts.traces[0], parts.traces.at(-1)];
    assert.deepEqual([start?.result, start?.settings], [first, settings]);
    assert.deepEqual([end?.result?.method, end?.result?.options.k], ['cg', 5]);
  });

  it('takes the mean of selected lines, and says which could not be read', async () => {
    const picks = answerQuickPicks(/^influence\.train/);
    const document = await vscode.workspace.openTextDocument(tested);
    const result = await parts.tracer.traceLines({ uri: tested, document, lines: null });
    picks.restore();
    assert.deepEqual([result?.test, result?.tests], [null, 2]);
    const state = parts.traces.at(-1);
    assert.deepEqual([state?.record, state?.about], [null, 'all 2 lines of influence.dev.jsonl']);
    const [note] = result?.notes ?? [];
    assert.deepEqual([note?.check, note?.value], ['unread-lines', 1]);
    assert.match(note!.says, /influence\.dev\.jsonl.*line 3/);
    // A single selected line is a line.
    await parts.tracer.traceLines({ uri: tested, document, lines: [1] });
    assert.equal(parts.traces.at(-1)?.record?.line, 2);
    await parts.tracer.traceLines({ uri: tested, document, lines: [0, 1] });
    assert.equal(parts.traces.at(-1)?.about, '2 selected lines of influence.dev.jsonl');
  });

  it('shows what was there before when it is cancelled', async () => {
    const first = await trace();
    const told: number[] = [];
    engine.beforeAnswer = ({ signal, onProgress }) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => {
          reject(new GlassboxError('cancelled', 'Cancelled.'));
        });
        onProgress?.({ done: 1, total: 4, says: 'Features' });
      });
    const tracing = trace(1);
    await until('the panel is told how far it is', () => {
      told.push(parts.traces.at(-1)?.running?.done ?? 0);
      return told.at(-1) === 1;
    });
    assert.deepEqual(parts.traces.at(-1)?.result, null);
    parts.tracer.cancel();
    assert.equal(await tracing, null);
    const state = parts.traces.at(-1);
    assert.deepEqual([state?.result, state?.running, state?.record?.line], [first, null, 1]);
    assert.equal(failure(), '');
  });

  it('gives the answer of the newest when two are asked at once', async () => {
    await trace();
    const target = await targetAt(tested, 0);
    const answers = await Promise.all([parts.tracer.trace(target), trace(1)]);
    assert.equal(answers[0], null);
    const state = parts.traces.at(-1);
    assert.ok(state);
    assert.equal(state.result, answers[1]);
    assert.deepEqual([state.record?.line, state.running], [2, null]);
  });

  it('tries once more when the engine is lost at work', async () => {
    engine.beforeAnswer = (_options, nth) =>
      nth === 1 ? Promise.reject(new GlassboxError('engine-lost', 'Lost.')) : Promise.resolve();
    assert.ok(await trace());
    assert.equal(engine.traces.length, 2);
    engine.beforeAnswer = () => Promise.reject(new GlassboxError('engine-lost', 'Lost for good.'));
    assert.equal(await trace(), null);
    assert.equal(engine.traces.length, 4);
    assert.equal(failure(), 'Lost for good.');
    assert.equal(parts.traces.at(-1)?.running, null);
  });

  it('opens no model that an untrusted workspace holds', async () => {
    begin({ mayLoad: () => false });
    assert.equal(await trace(), null);
    assert.deepEqual([engine.loaded, offered], [[], []]);
    assert.match(failure(), /have not trusted/);
  });

  it('finds checkpoints in the workspace, and opens none where it may open no model', async () => {
    const inside = workspaceUri('checkpoint').fsPath;
    begin({ mayLoad: dir => dir !== inside });
    await trace();
    const again = async (...checkpoints: string[]) => {
      parts.handlers.influenceAgain({ method: 'tracin', options: { checkpoints } });
      assert.equal(await parts.done(), null);
    };
    await again('/elsewhere/one');
    assert.deepEqual(engine.traces.at(-1)?.options.checkpoints, ['/elsewhere/one']);
    await again('/elsewhere/one', 'checkpoint');
    assert.equal(engine.traces.length, 2);
    assert.match(failure(), /checkpoint lies in a workspace that you have not trusted/);
    begin();
    await trace();
    await again('checkpoint');
    assert.deepEqual(engine.traces.at(-1)?.options.checkpoints, [inside]);
  });

  it('refuses a training file without labels in one sentence', async () => {
    for (const [name, text] of [
      ['plain.train.txt', 'one\ntwo\n'],
      ['unlabelled.train.jsonl', '{"text": "one"}\n{"text": "two"}\n'],
    ] as const) {
      begin();
      await write(`traced/${name}`, text);
      const picks = answerQuickPicks(
        new RegExp(`^(${name.replaceAll('.', '\\.')}|text|No second text|No label)$`),
      );
      assert.equal(await parts.tracer.trace(await targetAt(tested, 0)), null);
      picks.restore();
      assertSentence(failure());
      assert.match(failure(), new RegExp(`^${name} has no labels`));
      assert.equal(await parts.training.known('/model'), null, 'it is not remembered');
      parts.dispose();
    }
    begin();
  });

  it('deletes its cache, after the engine has let go of it, and tells how much that was', async () => {
    let restarts = 0;
    const restart = () => {
      restarts++;
      return Promise.resolve();
    };
    const cache = new InfluenceCache(workspaceUri('traced'), { restart });
    assert.equal(await cache.delete(), 0);
    await write('traced/influence/features/a.bin', '12345');
    await write('traced/influence/b.bin', '123');
    assert.equal(await cache.delete(), 8);
    assert.equal(restarts, 2);
    assert.ok(!existsSync(cache.dir));
  });

  it('asks for fields that are not clear', async () => {
    const uri = await write('traced/odd.jsonl', '{"p": "one", "q": "two", "r": 1}\n');
    const picks = answerQuickPicks(/^(odd\.jsonl|q|r|No second text)$/);
    const result = await parts.tracer.trace(await targetAt(tested, 0));
    picks.restore();
    assert.deepEqual(engine.traces[0]?.train, {
      path: uri.fsPath,
      fields: { textField: 'q', pairField: '(none)', labelField: 'r' },
    });
    assert.ok(result);
  });

  it('looks at a training file once, until it or the choice of its fields is another one', async () => {
    const uri = await write('traced/seen.jsonl', trainText);
    const { signal } = new AbortController();
    const seen = await parts.training.of(uri, signal);
    assert.equal(await parts.training.of(uri, signal), seen);
    await parts.fields.set(['label', 'text'], {
      ...{ textField: 'text', pairField: null, labelField: 'label' },
    });
    const named = await parts.training.of(uri, signal);
    assert.equal(named?.file.fields?.textField, 'text');
    await write('traced/seen.jsonl', '{"sentence": "longer than it was", "label": "negative"}\n');
    const other = await parts.training.of(uri, signal);
    assert.deepEqual([other === named, other?.file.fields?.textField], [false, '']);
  });

  it('says that the saved version of an edited training file was used', async () => {
    const settings = vscode.workspace.getConfiguration('files');
    await settings.update('autoSave', 'off', vscode.ConfigurationTarget.Workspace);
    try {
      const edited = await traceEdited('unsaved.train.jsonl');
      await edited.insert(0, 0, '{"text": "new", "label": "positive"}\n');
      assert.ok(edited.editor.document.isDirty);
      const { notes, train: summary } = await edited.trace();
      assert.deepEqual(
        notes.map(({ check, ok, says }) => [check, ok, says.split(' ', 1)[0]]),
        [['unsaved', false, 'unsaved.train.jsonl']],
      );
      assert.equal(summary.lines, 3);
      await vscode.commands.executeCommand('workbench.action.files.revert');
    } finally {
      await settings.update('autoSave', undefined, vscode.ConfigurationTarget.Workspace);
    }
  });

  describe('and what the panel asks for then', () => {
    const second = { list: 'hurts', disagreeing: false, row: 0 } as const;

    it('jumps to the line of a row, also when lines above it came', async () => {
      const { uri, editor, ...edited } = await traceEdited('moving.train.jsonl');
      await edited.trace();
      parts.handlers.influenceReveal(second);
      assert.equal(await parts.done(), null);
      assert.equal(vscode.window.activeTextEditor?.document.uri.toString(), uri.toString());
      assert.equal(editor.document.getText(editor.selection), trainText.split('\n')[1]);
      await edited.insert(0, 0, '{"text": "new", "label": "positive"}\n');
      parts.handlers.influenceReveal(second);
      assert.equal(await parts.done(), null);
      assert.equal(editor.selection.start.line, 2);
      await edited.insert(2, 10, 'very ');
      parts.handlers.influenceReveal(second);
      const error = await parts.done();
      assert.ok(error instanceof GlassboxError);
      assertSentence(error.message);
      assert.match(error.message, /^Line 3 of moving\.train\.jsonl is not the text any more/);
      parts.handlers.influenceExplain(second);
      assert.ok((await parts.done()) instanceof GlassboxError);
      assert.deepEqual(parts.explained, []);
      parts.handlers.influenceReveal({ ...second, row: 7 });
      assert.equal(await parts.done(), null, 'a row that is not there is nowhere');
    });

    it('explains a row as a line of the training file', async () => {
      assert.ok(await trace());
      parts.handlers.influenceExplain(second);
      assert.equal(await parts.done(), null);
      const [target] = parts.explained;
      assert.deepEqual([target?.uri.toString(), target?.line], [train.toString(), 1]);
    });

    it('makes the map of a row, once, and says where it cannot', async () => {
      assert.ok(await trace());
      for (const row of [0, 0, 9]) {
        parts.handlers.influenceSaliency({ ...second, row });
        assert.equal(await parts.done(), null);
      }
      const [map, again, none] = parts.maps;
      assert.equal(map?.state?.record.text, 'a dull film');
      assert.equal(map.state.explanation.tokens.length, 3);
      assert.equal(again?.state, map.state, 'it is kept');
      assert.equal(engine.requests.length, 1);
      assert.equal(none?.state, null);
      assertSentence(none.failed ?? '');
    });

    it('copies the trace as JSON', async () => {
      assert.ok(await trace());
      parts.handlers.influenceCopy(null);
      assert.equal(await parts.done(), null);
      const copied = JSON.parse(await vscode.env.clipboard.readText()) as Record<string, object>;
      assert.deepEqual(
        [copied['test_instance'], copied['top_k_train_instances']].map(
          value => Object.keys(value ?? {}).length > 0,
        ),
        [true, true],
      );
    });

    it('saves it as a line of JSON, adds the next one, and writes over no dataset', async () => {
      assert.ok(await trace());
      const file = workspaceUri('traced/saved.jsonl');
      const foreign = await write('traced/foreign.jsonl', '{"text": "mine"}\n');
      const dialogs = answerSaveDialogs(train, tested, foreign, file, null);
      for (const says of [/never written/, /never written/, /foreign\.jsonl is there already/]) {
        parts.handlers.influenceSave(null);
        const error = await parts.done();
        assert.ok(error instanceof GlassboxError);
        assertSentence(error.message);
        assert.match(error.message, says);
      }
      parts.handlers.influenceSave(null);
      assert.equal(await parts.done(), null);
      await trace(1);
      for (const label of [/^Append to traced.saved\.jsonl$/, /^Another/]) {
        const picks = answerQuickPicks(label);
        parts.handlers.influenceSave(null);
        assert.equal(await parts.done(), null);
        picks.restore();
      }
      dialogs.restore();
      const proposed = workspaceUri('traced/influence.dev.influence.jsonl').fsPath;
      assert.equal(dialogs.asked[0]?.defaultUri?.fsPath, proposed);
      assert.equal(await read(foreign), '{"text": "mine"}\n');
      const saved = (await read(file)).trimEnd().split('\n');
      const lines = saved.map(line => JSON.parse(line) as SavedTrace);
      assert.deepEqual(
        lines.map(({ test_instance: { file: name, line, text, loss } }) => [
          name,
          line,
          text,
          loss,
        ]),
        [
          ['traced/influence.dev.jsonl', 1, 'a fine dull film', 0.5],
          ['traced/influence.dev.jsonl', 2, 'not so good', 0.5],
        ],
      );
      const [first] = lines;
      assert.deepEqual(
        [first?.top_k_train_instances, first?.bottom_k_train_instances].map(rows =>
          rows?.map(({ line, label, loss, score }) => [line, label, loss, score]),
        ),
        [
          [
            [1, 'positive', 0.1, 1],
            [3, 'positive', 0.1, 1 / 3],
          ],
          [[2, 'negative', 2, -1 / 2]],
        ],
      );
    });
  });
});

interface SavedTrace {
  readonly test_instance: { file: string; line: number; text: string; loss: number };
  readonly top_k_train_instances: readonly SavedRow[];
  readonly bottom_k_train_instances: readonly SavedRow[];
}

interface SavedRow {
  readonly line: number;
  readonly label: string;
  readonly loss: number;
  readonly score: number;
}

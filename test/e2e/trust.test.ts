/** A workspace that is not trusted: no command that asks a model opens one that lies in it. */
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { enginePids } from './support/engines';
import { session, usualSettings } from './support/session';
import { VscodeWindow } from './support/vscodeWindow';

describe('Commands in a workspace that is not trusted', () => {
  let window: VscodeWindow;

  before(async function () {
    if (process.platform !== 'linux') {
      console.log('      skipped: engines are found by /proc, which only Linux has');
      this.skip();
    }
    const { server } = await session();
    await server.writeSettings({
      ...usualSettings,
      'security.workspace.trust.enabled': true,
      'security.workspace.trust.startupPrompt': 'never',
      'security.workspace.trust.banner': 'never',
    });
    window = await VscodeWindow.open();
    await window.openFile('reviews.dev.jsonl');
    // VS Code says so itself.
    await window.page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor();
  });
  after(async () => {
    await window.close();
    await (await session()).server.writeSettings(usualSettings);
  });

  it('do not follow its settings: a person is asked for a model', async () => {
    await window.chooseFromMenu('The plot is thin', 'Glassbox', 'Attack Line: HotFlip');
    await window.listIsOpen(/No model is selected yet/);
    await window.choose('In this workspace');
    await window.notification(/have not trusted/);
    await window.dismissNotifications();
  });

  const commands = [
    'Attack Line: HotFlip',
    'Attack Line: Input Reduction',
    'Rewrite Line',
    'Attack Selection',
    'Trace Influence',
    'Trace Influence of Selection',
    'Find Suspicious Labels',
    'Compare Methods',
    'Compare Labels',
    'Compare Models...',
    'Compare Models on Selection...',
    'Evaluate Dataset',
    'Which Tokens Drive This File',
    'Measure Explanations of Line...',
    'Measure Explanations of Selection...',
  ];
  for (const command of commands) {
    it(`${command}: refused in one sentence, and no engine is started`, async () => {
      const engines = await enginePids();
      const files = await readdir(window.workspace);
      await window.chooseFromMenu('The plot is thin', 'Glassbox', command);
      if (command === 'Attack Selection') {
        await window.listIsOpen(/Which attack/);
        await window.pick('HotFlip');
      }
      const says = await window.notification(/have not trusted, so it was not opened/);
      assert.match(says, /^The model [^\n]+$/);
      await window.screenshot(`e2e-untrusted-${command.replaceAll(/\W+/g, '-').toLowerCase()}`);
      assert.deepEqual(await enginePids(), engines);
      assert.deepEqual(await readdir(window.workspace), files);
      await window.dismissNotifications();
    });
  }
});

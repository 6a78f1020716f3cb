/** Each state in each theme: nothing for axe to find, text readable over every tint, a picture to look at. */
import assert from 'node:assert/strict';
import { PanelPage } from './support/panelPage';
import { broken, plot, truncated, unsigned } from './support/samples';
import { themes } from './support/themes';
import { lowestContrast } from './support/contrast';

describe('panel in every theme', function () {
  this.timeout(60_000);

  for (const theme of themes) {
    describe(theme.name, () => {
      let panel: PanelPage;
      before(async () => {
        panel = await PanelPage.open({ theme });
      });
      after(() => panel.close());

      const states = { signed: plot, unsigned, truncated, broken };
      for (const [name, state] of Object.entries(states)) {
        it(`${name}: no axe violation, contrast of every token at least 4.5`, async () => {
          await panel.emit('show', state);
          await panel.page.locator('.token').first().waitFor();
          await panel.screenshot(`${theme.name}-${name}`);
          assert.deepEqual(await panel.axe(), []);
          const lowest = await lowestContrast(panel.page);
          assert.ok(lowest.tokens >= plot.explanation.tokens.length);
          assert.ok(lowest.contrast >= 4.5, `${lowest.contrast} at "${lowest.text}"`);
        });
      }

      it('everything open, a token lit, one focused', async () => {
        await panel.emit('show', plot);
        await panel.page.getByText('Parameters').click();
        await panel.page.getByText('5 checks passed').click();
        await panel.page.getByRole('button', { name: 'Table' }).click();
        await panel.emit('highlight', { token: 8 });
        await panel.page.getByRole('gridcell', { name: /, joy,/ }).focus();
        await panel.screenshot(`${theme.name}-open`);
        assert.deepEqual(await panel.axe(), []);
      });

      it('busy, failed, stale, empty', async () => {
        await panel.emit('busy', { says: 'Integrated gradients of line 18' });
        await panel.page.getByRole('button', { name: 'Cancel' }).waitFor();
        await panel.screenshot(`${theme.name}-busy`);
        assert.deepEqual(await panel.axe(), []);
        const faded = await lowestContrast(panel.page);
        assert.ok(faded.contrast >= 4.5, `${faded.contrast} at "${faded.text}"`);
        await panel.emit('failed', {
          message: 'model.onnx: the engine ended while it worked on line 18. Explain it again.',
        });
        await panel.emit('stale', { says: 'The line was edited since it was explained.' });
        await panel.page.getByRole('alert').getByText('Explain it again').waitFor();
        await panel.screenshot(`${theme.name}-failed`);
        assert.deepEqual(await panel.axe(), []);
        await panel.emit('empty', {
          says: 'Right-click a line of a dataset: Glassbox: Explain Line.',
        });
        await panel.page.getByText('Right-click').waitFor();
        await panel.screenshot(`${theme.name}-empty`);
        assert.deepEqual(await panel.axe(), []);
      });

      it('needs nothing that the content security policy forbids', async () => {
        assert.deepEqual(await panel.violations(), []);
      });
    });
  }
});

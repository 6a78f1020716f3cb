/** Evaluations of models that were really trained come to what their cards say, which was measured by other programs. */
import assert from 'node:assert/strict';
import { evaluationRun } from '../../../src/batch/evaluation/evaluationRun';
import { formatOf, openFileLines } from '../../../src/dataset';
import type { EvaluationSummary } from '../../../src/protocol/evaluation';
import { LocalEngine } from '../../support/localEngine';
import { kitPath } from '../../support/models';

describe('batch: evaluation of real models', function () {
  this.timeout(120_000);
  const engine = new LocalEngine();
  after(() => engine.release());

  async function evaluate(modelDir: string, file: string): Promise<EvaluationSummary> {
    const source = await openFileLines(file);
    try {
      const dataset = { file, path: file, source, format: formatOf(file)! };
      const question = { modelDir, device: 'cpu' } as const;
      const { state } = await evaluationRun({ dataset, question, output: null }, engine);
      return state.summary;
    } finally {
      await source.close();
    }
  }

  it('has the accuracy on the 872 lines of SST-2', async function () {
    const model = kitPath(this, 'models', 'sst2-bert');
    const summary = await evaluate(model, kitPath(this, 'data', 'sst2', 'dev.jsonl'));
    assert.deepEqual([summary.judged, summary.accuracy!.toFixed(4)], [872, '0.8108']);
  });

  it('has the F1 of entities on 1,500 tweets', async function () {
    const model = kitPath(this, 'models', 'ner-bert');
    const { judged, microF1, labels } = await evaluate(
      model,
      kitPath(this, 'data', 'ner', 'dev.conll'),
    );
    assert.deepEqual([judged, microF1!.toFixed(4)], [1500, '0.5252']);
    const right = labels.reduce((sum, { recall, support }) => sum + recall! * support, 0);
    const sum = (key: 'support' | 'predicted'): number =>
      labels.reduce((all, label) => all + label[key], 0);
    assert.equal((right / sum('predicted')).toFixed(4), '0.5628', 'precision');
    assert.equal((right / sum('support')).toFixed(4), '0.4923', 'recall');
  });
});

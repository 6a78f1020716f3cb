/** The top of the trace: the line that was asked about, what the model says of it, and its loss in words. */
import type { InfluenceResult, InfluenceState, TestInstance } from '../../src/protocol';
import { fill, make } from '../dom';
import { formatCount, formatProbability, formatRaw } from '../numbers';
import { clampedText } from '../training/clampedText';

export interface InfluenceHead {
  readonly element: HTMLElement;
  readonly show: (state: InfluenceState) => void;
}

export function createInfluenceHead(): InfluenceHead {
  const source = make('div', { class: 'head-source' });
  const text = make('div', { class: 'asked' });
  const verdict = make('p', { class: 'verdict' });
  const loss = make('p', { class: 'asked-loss' });
  let shown = '';
  return {
    element: make('header', { class: 'head influence-head' }, source, text, verdict, loss),
    show: state => {
      const { record, result, about } = state;
      const answer = isOfRecord(state) ? result : null;
      fill(
        source,
        record
          ? make(
              'h2',
              {},
              make('span', { class: 'file' }, record.file),
              make('span', { class: 'line' }, ` : ${record.line} `),
              ...fieldNames(record),
            )
          : make('h2', {}, about),
        result === null
          ? null
          : make(
              'p',
              { class: 'muted made-by' },
              make('span', { class: 'model-name' }, result.modelName),
              ` \u00b7 ${result.device}`,
            ),
      );
      const texts = record ? [record.text, ...(record.pair ? [record.pair.text] : [])] : [];
      // Drawn once for each text: who has opened it wants it open.
      if (JSON.stringify(texts) !== shown) {
        shown = JSON.stringify(texts);
        const { element, toggle } = clampedText(texts, {
          key: 'asked expand',
          of: 'the line that was asked about',
        });
        fill(text, element, toggle);
      }
      text.hidden = texts.length === 0;
      fill(verdict, ...verdictNodes(answer?.test ?? null));
      verdict.hidden = verdict.childNodes.length === 0;
      fill(loss, ...(answer ? lossNodes(answer) : []));
      loss.hidden = answer === null;
    },
  };
}

/** Whether the result answers what is asked now: while something else is traced, the one before is still shown. */
export function isOfRecord({ record, result, running }: InfluenceState): boolean {
  if (result === null) return false;
  if (running === null) return true;
  return record === null ? result.test === null : result.test?.text === record.text;
}

function fieldNames(record: NonNullable<InfluenceState['record']>): HTMLElement[] {
  const fields = [record.field, record.pair?.field ?? ''].filter(name => name !== '');
  return fields.length === 0 ? [] : [make('span', { class: 'muted' }, fields.join(' + '))];
}

function verdictNodes(test: TestInstance | null): Node[] {
  if (test === null) return [];
  const { predicted, probability, label, labelFrom, agrees } = test;
  const share =
    probability === null ? [] : [make('span', { class: 'number' }, formatProbability(probability))];
  const gold =
    labelFrom === 'predicted'
      ? make('span', { class: 'gold gold-unknown' }, 'no gold label: asked about what is predicted')
      : make(
          'span',
          { class: `gold ${goldClass(agrees)}` },
          'gold: ',
          make('bdi', {}, label),
          agrees === null ? '' : ` \u2013 ${agrees ? 'agrees' : 'disagrees'}`,
        );
  const isLong = predicted.length > 60;
  const name = make('strong', { class: isLong ? 'predicted predicted-long' : 'predicted' });
  name.append(make('bdi', {}, predicted === '' ? 'none' : predicted));
  return [name, ...share, gold];
}

function goldClass(agrees: boolean | null): string {
  if (agrees === null) return 'gold-unknown';
  return agrees ? 'gold-agrees' : 'gold-disagrees';
}

function lossNodes({ test, tests, testLoss }: InfluenceResult): (Node | string)[] {
  const number = make('strong', { class: 'number' }, formatRaw(test?.loss ?? testLoss, false));
  if (test === null) {
    const lines = tests === 1 ? 'of 1 line' : `of ${formatCount(tests)} lines`;
    return ['Mean loss ', number, ` ${lines}`];
  }
  return ['Loss ', number, ' of ', make('bdi', {}, test.says)];
}

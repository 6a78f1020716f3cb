/** The top of the attack view: where the text is from, what was wanted, and how it ended, in words and by a shape. */
import type { AttackState } from '../../src/protocol';
import { attackNames } from '../../src/protocol';
import { createButton } from '../controls';
import { fill, make } from '../dom';
import { costWords, countOf, outcomeSigns } from './attackWords';

export interface AttackHead {
  readonly element: HTMLElement;
  readonly show: (state: AttackState) => void;
}

export function createAttackHead(onCancel: () => void): AttackHead {
  const source = make('div', { class: 'head-source' });
  const goal = make('p', { class: 'goal muted' });
  const sign = make('span', { class: 'outcome-sign', 'aria-hidden': 'true' });
  const says = make('strong', { class: 'outcome-says' });
  const cancel = createButton('Cancel', onCancel);
  const facts = make('ul', { class: 'facts' });
  return {
    element: make(
      'header',
      { class: 'head attack-head' },
      source,
      goal,
      make('p', { class: 'outcome' }, sign, says, cancel.element),
      facts,
    ),
    show: state => {
      const { record, result, running } = state;
      const fields = [record.field, record.pair?.field ?? ''].filter(name => name !== '');
      fill(
        source,
        make(
          'h2',
          {},
          make('span', { class: 'file' }, record.file),
          make('span', { class: 'line' }, ` : ${record.line} `),
          fields.length === 0 ? null : make('span', { class: 'muted' }, fields.join(' + ')),
        ),
        make(
          'p',
          { class: 'muted made-by' },
          make('span', { class: 'model-name' }, result.modelName),
          ` \u00b7 ${result.device}`,
          running ? '' : ` \u00b7 ${Math.round(result.milliseconds)} ms`,
        ),
      );
      goal.textContent = `${attackNames[result.attack]}: ${result.goal}`;
      const how = running ? 'running' : result.outcome;
      sign.textContent = outcomeSigns[how];
      sign.className = `outcome-sign outcome-${how}`;
      says.textContent = running
        ? `running: ${countOf(result.queries, 'query', 'queries')} so far`
        : result.says;
      cancel.element.hidden = !running;
      fill(facts, ...factsOf(state).map(factElement));
    },
  };
}

interface Fact {
  readonly sign: string;
  readonly says: string;
  readonly kind: 'good' | 'bad' | 'plain';
}

function factsOf({ result, running }: AttackState): Fact[] {
  const { gold, correct, verifiedFromText, minimality, steps, cancelled, success } = result;
  const facts: Fact[] = [];
  if (!running && steps.length > 0) {
    facts.push(
      verifiedFromText
        ? // Of a failure it is nothing to be glad of.
          { sign: '\u2713', says: 'verified from text', kind: success ? 'good' : 'plain' }
        : { sign: '\u2715', says: 'not verified from text', kind: 'bad' },
    );
  }
  if (!running && minimality) {
    const kind = minimality.proved ? 'good' : 'plain';
    facts.push({ sign: minimality.proved ? '\u2713' : '\u2248', says: minimality.says, kind });
  }
  if (cancelled) {
    facts.push({ sign: '\u25a0', says: 'stopped: this is as far as it came', kind: 'plain' });
  }
  if (!running) facts.push({ sign: '', says: costWords(result), kind: 'plain' });
  if (gold !== null) {
    const verdict =
      correct === null ? '' : correct ? ', as was predicted' : ', not as was predicted';
    facts.push({
      sign: '',
      says: `gold: ${gold}${verdict}`,
      kind: correct === false ? 'bad' : 'plain',
    });
  }
  return facts;
}

function factElement({ sign, says, kind }: Fact): HTMLElement {
  const mark = sign === '' ? null : make('span', { 'aria-hidden': 'true' }, `${sign} `);
  return make('li', { class: `fact fact-${kind}` }, mark, says);
}

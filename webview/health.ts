/** Whether the numbers can be trusted: failed checks in full view, passed ones folded away. */
import type { HealthCheck } from '../src/protocol';
import { fill, make } from './dom';

export interface Health {
  /** What is wrong, shown above the map. */
  readonly warnings: HTMLElement;
  /** What was checked and found good, shown at the end. */
  readonly passed: HTMLElement;
  readonly show: (health: readonly HealthCheck[]) => void;
}

export function createHealth(): Health {
  const warnings = make('ul', { class: 'warnings', 'aria-label': 'Failed checks' });
  const summary = make('summary', {});
  const list = make('ul', {});
  const passed = make('details', { class: 'passed' }, summary, list);
  return {
    warnings,
    passed,
    show: health => {
      const bad = health.filter(({ ok }) => !ok);
      const good = health.filter(({ ok }) => ok);
      fill(warnings, ...bad.map(({ says }) => make('li', {}, says)));
      warnings.hidden = bad.length === 0;
      fill(list, ...good.map(({ says }) => make('li', {}, says)));
      summary.textContent = `${good.length} ${good.length === 1 ? 'check' : 'checks'} passed`;
      passed.hidden = good.length === 0;
    },
  };
}

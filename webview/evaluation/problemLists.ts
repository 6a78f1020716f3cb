/** Lines with something that a person should know, one list a kind, each folded away under its count. */
import type { EvaluationProblem, EvaluationState } from '../../src/protocol';
import { problemNames } from '../../src/protocol/evaluationWords';
import { make } from '../dom';
import { formatCount } from '../numbers';
import { lineButton, numberCell } from '../tables/lineCells';
import type { RowSort } from '../tables/rowSort';
import { createRowTable } from '../tables/rowTable';

type Kind = EvaluationProblem['kind'];
type Key = 'line' | 'says';

export interface ProblemLists {
  readonly element: HTMLElement;
  readonly show: (state: EvaluationState) => void;
  readonly restart: () => void;
}

export function createProblemLists(onReveal: (line: number) => void): ProblemLists {
  const lists = (Object.keys(problemNames) as Kind[]).map(kind => createList(kind, onReveal));
  const element = make(
    'section',
    { class: 'run-section', 'aria-label': 'Problems' },
    make('h3', {}, 'Problems'),
    ...lists.map(list => list.element),
  );
  return {
    element,
    show: ({ summary, problems, state }) => {
      element.hidden = Object.values(summary.problems).every(count => count === 0);
      for (const { kind, show } of lists) {
        const rows = problems.filter(one => one.kind === kind);
        show(rows, summary.problems[kind], state === 'running');
      }
    },
    restart: () => {
      for (const { restart } of lists) restart();
    },
  };
}

function createList(kind: Kind, onReveal: (line: number) => void) {
  const name = problemNames[kind];
  const titled = `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
  let sort: RowSort<Key> = { key: 'line', descending: false };
  let rows: readonly EvaluationProblem[] = [];
  let isStreaming = false;
  const table = createRowTable<EvaluationProblem, Key>({
    label: titled,
    region: `Table: ${titled}`,
    look: 'problem-table',
    columns: [
      { key: 'line', title: 'Line', numeric: true, upwards: true, value: row => row.line },
      { key: 'says', title: 'What is wrong', numeric: false, value: row => row.says.toLowerCase() },
    ],
    idOf: (row, at) => `${row.line} ${at}`,
    tie: row => row.line,
    rowElement: ({ line, says }) =>
      make(
        'tr',
        {},
        numberCell(lineButton(line)),
        make('td', { class: 'problem-says', dir: 'auto' }, says),
      ),
    pageRows: 50,
    onSort: next => {
      sort = next;
      table.show(rows, sort, isStreaming);
    },
    onAct: (_, { line }) => {
      onReveal(line);
    },
  });
  const summary = make('summary', {});
  const more = make('p', { class: 'muted' });
  const element = make('details', { class: 'problem-kind' }, summary, more, table.element);
  return {
    kind,
    element,
    restart: table.restart,
    show: (next: readonly EvaluationProblem[], count: number, streaming: boolean) => {
      rows = next;
      isStreaming = streaming;
      element.hidden = count === 0;
      summary.textContent = `${titled}: ${formatCount(count)}`;
      more.textContent = `The first ${formatCount(rows.length)} are listed.`;
      more.hidden = rows.length >= count;
      table.show(rows, sort, streaming);
    },
  };
}

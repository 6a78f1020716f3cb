/** Parts of the reports of `influence` and `suspicious`: a training line, and what limits the trust in an answer. */
import type { Colors } from 'picocolors/types';
import { inNumber, short } from '../batch/numbers';
import { printable } from '../batch/printable';
import type {
  InfluenceInstance,
  InfluenceResult,
  InfluenceRow,
  TrainingProblem,
} from '../protocol/influence';

/** Characters of a text, and of a label, that a terminal shows; JSON has all of them. */
const most = { text: 200, label: 60 };
const barLength = 10;

/** Label, and what the model says where that is something else: 'positive, but predicted: negative 0.97'. */
export function opinion(
  { label, predicted, probability, agrees, loss }: InfluenceInstance,
  colors: Colors,
): string {
  const share = probability === null ? '' : ` ${probability.toFixed(2)}`;
  const given = colors.bold(clipped(label, most.label));
  const said = `predicted: ${clipped(predicted, most.label)}${share}`;
  const both =
    agrees === true
      ? `${given}, as predicted${share}`
      : agrees === null
        ? `${given}, ${said}`
        : `${given}, ${colors.yellow(`but ${said}`)}`;
  return `${both}   loss ${short(loss)}`;
}

/** One or two lines. */
export function textLines({ text, pair }: InfluenceInstance): string[] {
  return [text, ...(pair === null ? [] : [pair])].map(each => clipped(each, most.text));
}

/** '####      ': its length is the share of the largest score. */
export function bar(score: number, largest: number): string {
  const share = largest > 0 ? Math.min(1, Math.abs(score) / largest) : 0;
  return '#'.repeat(Math.round(barLength * share)).padEnd(barLength);
}

/** 'line 45', or 'lines 45-52' of a record of several. */
export function linesOf({ line, endLine }: Pick<InfluenceRow, 'line' | 'endLine'>): string {
  return endLine > line ? `lines ${line}-${endLine}` : `line ${line}`;
}

type About = Pick<
  InfluenceResult,
  'says' | 'scoreSays' | 'train' | 'notes' | 'modelName' | 'device' | 'milliseconds'
>;

/** Method, what a score is, lines that could not be used, and notes; each is a line. */
export function remarks(result: About, colors: Colors): string[] {
  const { train, notes, modelName, device, milliseconds } = result;
  const { lines, file, computed, cached } = train;
  const features =
    computed === null || cached === null
      ? ''
      : `; features: ${inNumber(computed)} computed now, ${inNumber(cached)} kept from before`;
  const [some, were] = lines === 1 ? ['1 line', 'was'] : [`${inNumber(lines)} lines`, 'were'];
  return [
    printable(result.says),
    printable(result.scoreSays),
    colors.dim(`${some} of ${printable(file)} ${were} used${features}`),
    colors.dim(`${printable(modelName)}, ${device}, ${milliseconds.toFixed(0)} ms`),
    ...train.problems.map(problem => colors.yellow(`!!  ${printable(problemSays(problem))}`)),
    // The lines that were left out stand above, each kind with its lines.
    ...notes
      .filter(({ check }) => check !== 'training-lines')
      .map(({ ok, says }) =>
        ok ? colors.dim(`ok  ${printable(says)}`) : colors.yellow(`!!  ${printable(says)}`),
      ),
  ];
}

/** 'lines 7, 9 were left out: the label "neutral" is none of the model's.' */
function problemSays({ says, count, lines }: TrainingProblem): string {
  const shown = lines.slice(0, 10);
  const more = count > shown.length ? ` and ${inNumber(count - shown.length)} more` : '';
  const were = count === 1 ? `line ${shown.join()} was` : `lines ${shown.join(', ')}${more} were`;
  return `${were} left out: ${says}.`;
}

function clipped(text: string, length: number): string {
  if (text.length <= length) return printable(text);
  // A pair of surrogates stays whole.
  const start = text.slice(0, length).replace(/[\ud800-\udbff]$/, '');
  return `${printable(start)}... (${text.length - start.length} characters more)`;
}

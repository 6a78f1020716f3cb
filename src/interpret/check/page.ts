/** The check of a model as one page of plain text, for an editor and for a terminal. */
import type { DeviceCheck, ModelCheck, OperatorUse } from '../../protocol/modelCheck';

/** Lines; none of them holds characters that steer a terminal, whatever the model's files say. */
export function checkPage(check: ModelCheck): string[] {
  const { ok, reasons, dir, model, items, directions, devices, operators, milliseconds } = check;
  const verdict = ok
    ? 'All is well: what Glassbox computes with this model can be trusted.'
    : `${reasons.length} ${reasons.length === 1 ? 'thing is' : 'things are'} wrong.`;
  const lines = [`Check of ${dir}`, '', verdict, ...reasons.map(reason => `  ! ${reason}`), ''];
  if (model) {
    const { tokenizer } = model;
    lines.push(
      ...table([
        ['File', model.file],
        ['SHA-256', model.hash],
        ['Architecture', model.architecture],
        ['Task', model.task],
        ['Labels', model.labels.join(', ') || 'none: tokens are chosen'],
        [
          'Tokenizer',
          tokenizer
            ? `${tokenizer.kind}, ${tokenizer.entries} entries, texts of up to ${tokenizer.longest} tokens`
            : 'none',
        ],
        ['Parameters', `${grouped(model.parameters)} in ${model.tensors} tensors`],
        ['Operator set', String(model.opset)],
        ['Converted', model.conversions.join('; ') || 'nothing: plain float32'],
      ]),
      '',
    );
  }
  lines.push(
    'Checks',
    ...items.map(({ ok: good, says }) => `  ${good ? 'ok' : '!!'}  ${says}`),
    '',
  );
  if (directions.length > 0) {
    lines.push(
      'Derivative along random directions, against a measured slope',
      ...table([
        ['  derivative', 'slope', 'apart', 'float32 rounding would be at most'],
        ...directions.map(({ derivative, measured, error, expected }) => [
          `  ${derivative.toPrecision(6)}`,
          measured.toPrecision(6),
          error.toExponential(1),
          expected.toExponential(1),
        ]),
      ]),
      '',
    );
  }
  if (devices.length > 0) lines.push('Devices', ...devices.map(deviceLine), '');
  if (operators.length > 0) {
    lines.push(
      'Operators of the file',
      ...table(
        operators.map(({ op, count, derivative }) => [
          `  ${op}`,
          String(count),
          inWords[derivative],
        ]),
      ),
      '',
    );
  }
  lines.push(`Checked in ${(milliseconds / 1000).toFixed(1)} s.`);
  return lines.map(printable);
}

const inWords: Readonly<Record<OperatorUse['derivative'], string>> = {
  rule: 'has a derivative',
  zero: 'has no slope anywhere, rightly',
  lowered: 'is taken apart first',
  missing: 'NO derivative rule',
};

function deviceLine(check: DeviceCheck): string {
  const { device, available, forward, gradient, batch, length, says } = check;
  if (!available || forward === null || gradient === null) return `  ${device}: not used. ${says}`;
  const ratio = (gradient / forward).toFixed(1);
  const apart =
    check.logitsOff === null || check.gradientOff === null
      ? ''
      : `; apart from the CPU by ${check.logitsOff.toExponential(0)} (logits) and ${check.gradientOff.toExponential(0)} (gradient)`;
  return `  ${device}: prediction ${forward.toFixed(1)} ms, with gradient ${gradient.toFixed(1)} ms (${ratio} times) for ${batch} texts of ${length} tokens${apart}${says && `. ${says}`}`;
}

/** Columns as wide as their widest cell. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map(row => row[i]!.length)));
  return rows.map(row =>
    row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i]! + 2))).join(''),
  );
}

function grouped(count: number): string {
  return count.toLocaleString('en-GB');
}

/** Names come from files: a control character becomes a visible stand-in. */
function printable(line: string): string {
  return line.replace(/\p{Cc}/gu, '\ufffd');
}

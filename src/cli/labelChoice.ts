/** --label: what is to be explained, in words and back. */
import { InvalidArgumentError } from 'commander';
import type { LabelChoice } from '../protocol/task';

export const labelHelp =
  'predicted, gold, contrast (predicted minus gold), a label of the model, not:LABEL (of several labels: why it was left out), ' +
  'span:FIRST-END:TYPE (words from 0, END not included; TYPE may be O, and :TYPE more is subtracted), mask:INDEX:TOKEN, ' +
  'answer:START-END (characters of the context); label:NAME for a label that looks like one of these';

/** Throws commander's InvalidArgumentError, whose message ends up in one line on stderr. */
export function parseLabel(text: string): LabelChoice {
  if (text === 'predicted' || text === 'gold' || text === 'contrast') return { kind: text };
  const [, kind, rest] = /^(label|not|span|mask|answer):(.+)$/s.exec(text) ?? [];
  if (rest === undefined) return { kind: 'label', label: text };
  if (kind === 'label' || kind === 'not') return { kind, label: rest };
  if (kind === 'span') return parseSpan(rest);
  return kind === 'mask' ? parseMask(rest) : parseAnswer(rest);
}

function parseSpan(rest: string): LabelChoice {
  const found = /^(\d+)-(\d+):([^:]+)(?::([^:]+))?$/.exec(rest);
  if (!found || Number(found[1]) >= Number(found[2])) {
    throw new InvalidArgumentError(
      'A span is written span:FIRST-END:TYPE, with words from 0 and END not included: span:3-5:PER.',
    );
  }
  const [, start, end, label, against] = found;
  const span = { start: Number(start), end: Number(end), label: label! };
  return { kind: 'span', ...span, ...(against === undefined ? {} : { against }) };
}

function parseMask(rest: string): LabelChoice {
  const [, mask, token] = /^(\d+):(.+)$/s.exec(rest) ?? [];
  if (token === undefined) {
    throw new InvalidArgumentError(
      'A token at a mask is written mask:INDEX:TOKEN, with masks from 0: mask:0:good.',
    );
  }
  return { kind: 'mask', mask: Number(mask), token };
}

function parseAnswer(rest: string): LabelChoice {
  const [, start, end] = /^(\d+)-(\d+)$/.exec(rest) ?? [];
  if (end === undefined || Number(start) >= Number(end)) {
    throw new InvalidArgumentError(
      'An answer is written answer:START-END, with characters of the context from 0 and END not included: answer:12-20.',
    );
  }
  return { kind: 'answer', start: Number(start), end: Number(end) };
}

/** What `parseLabel` reads as this choice. */
export function writeLabel(choice: LabelChoice): string {
  switch (choice.kind) {
    case 'predicted':
    case 'gold':
    case 'contrast':
      return choice.kind;
    case 'label': {
      const { label } = choice;
      const special = /^(?:predicted|gold|contrast)$|^(?:label|not|span|mask|answer):./s.test(
        label,
      );
      return special ? `label:${label}` : label;
    }
    case 'not':
      return `not:${choice.label}`;
    case 'span': {
      const against = choice.against === undefined ? '' : `:${choice.against}`;
      return `span:${choice.start}-${choice.end}:${choice.label}${against}`;
    }
    case 'mask':
      return `mask:${choice.mask}:${choice.token}`;
    case 'answer':
      return `answer:${choice.start}-${choice.end}`;
  }
}

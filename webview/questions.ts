/** Which of the questions that the engine offers a bar, a chip or a menu entry asks. */
import type { Entity, LabelChoice, PanelState, Question } from '../src/protocol';
import type { OptionGroup } from './nativeControls';

/** A choice as text: equal for equal choices, and the value of its menu entry. */
export function choiceKey(choice: LabelChoice): string {
  return JSON.stringify(Object.entries(choice).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The question that is answered now: as it was asked, else as the engine says it again; null for neither. */
export function currentQuestion({ choices, explanation }: PanelState): Question | null {
  const { questions, explained } = explanation;
  const find = (choice: LabelChoice) =>
    questions.find(question => choiceKey(question.choice) === choiceKey(choice)) ?? null;
  return find(choices.label) ?? find(explained.choice);
}

/** The menu of questions under their headings. What is asked now is in it, whatever was offered. */
export function questionGroups(state: PanelState): { groups: OptionGroup[]; value: string } {
  const { questions, explained } = state.explanation;
  const current = currentQuestion(state);
  const asked = { choice: explained.choice, says: explained.says, group: '', possible: true };
  const all = current ? questions : [asked, ...questions];
  const groups = [...new Set(all.map(({ group }) => group))].map(group => ({
    title: group,
    options: all
      .filter(question => question.group === group)
      .map(({ choice, says, possible }) => ({
        value: choiceKey(choice),
        text: says,
        disabled: !possible,
      })),
  }));
  return { groups, value: choiceKey((current ?? asked).choice) };
}

/** The choice behind a menu entry, or null for an entry that is no longer offered. */
export function choiceOfKey({ explanation }: PanelState, key: string): LabelChoice | null {
  const { questions, explained } = explanation;
  const choices = [...questions.map(({ choice }) => choice), explained.choice];
  return choices.find(choice => choiceKey(choice) === key) ?? null;
}

/** The questions that the bars ask, one a row of the prediction; null for a row that cannot be asked about. */
export function questionsOfRows(state: PanelState): (Question | null)[] {
  const { prediction, questions } = state.explanation;
  const free = questions.filter(({ possible }) => possible);
  return prediction.labels.map(label => {
    const found = [asLabel, asTag, asToken, asAnswer]
      .map(matches => free.findIndex(({ choice }) => matches(choice, label, state)))
      .find(at => at >= 0);
    if (found === undefined) return null;
    const question = free[found]!;
    // Two answers may have the same words: each row asks about its own.
    if (question.choice.kind === 'answer') free.splice(found, 1);
    return question;
  });
}

type Matches = (choice: LabelChoice, label: string, state: PanelState) => boolean;

const asLabel: Matches = (choice, label) =>
  (choice.kind === 'label' || choice.kind === 'not') && choice.label === label;

/** The bars are of the first word, so a question about a type stands at the tag that begins it. */
const asTag: Matches = (choice, label, { explanation }) => {
  const now = explanation.explained.choice;
  if (choice.kind !== 'span' || now.kind !== 'span' || choice.against !== undefined) return false;
  if (choice.start !== now.start || choice.end !== now.end) return false;
  const { labels } = explanation.prediction;
  return (
    choice.label === label || firstTag(labels, choice.label, choice.end - choice.start) === label
  );
};

/** The tag of the first of `count` words of an entity, in whichever of BIO, BIOES, BIOUL, IOB1 the labels are. */
function firstTag(labels: readonly string[], type: string, count: number): string | undefined {
  const places = count === 1 ? ['S-', 'U-', 'B-', 'I-'] : ['B-', 'I-'];
  return places.map(place => place + type).find(tag => labels.includes(tag));
}

const asToken: Matches = (choice, label, { explanation }) => {
  if (choice.kind !== 'mask' || choice.token !== label) return false;
  const now = explanation.explained.choice;
  return now.kind !== 'mask' || now.mask === choice.mask;
};

const asAnswer: Matches = (choice, label, { record }) =>
  choice.kind === 'answer' && record.pair?.text.slice(choice.start, choice.end) === label;

/** What a click on an entity asks: the question that the engine has for it, else why it is that type. */
export function choiceOfEntity(questions: readonly Question[], entity: Entity): LabelChoice {
  const { start, end, type } = entity;
  const found = questions.find(
    ({ choice, possible }) =>
      possible &&
      choice.kind === 'span' &&
      choice.against === undefined &&
      choice.start === start &&
      choice.end === end &&
      choice.label === type,
  );
  return found?.choice ?? { kind: 'span', start, end, label: type };
}

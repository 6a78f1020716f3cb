/** The heatmap of each step of the attack that is shown: made when it is asked for, once; the newest wins. */
import type { LabelChoice, PanelChoices, PanelState } from '../../protocol';
import type { ChoiceMemory } from '../choices';
import { askEngine, panelState } from '../explain/askEngine';
import type { Engine } from '../explain/engine';
import { withText } from '../explain/otherText';
import type { Failures } from '../failures';
import { Newest } from '../newest';
import type { PanelHost } from '../panel/panelHost';
import type { FoundRecord } from '../records/readRecord';
import type { Attacked } from './attacker';
import { movedOffset, questionAt, textOfStep, wordAt, wordsOf } from './stepQuestion';

export interface StepMapsParts {
  readonly engine: Engine;
  readonly choices: ChoiceMemory;
  readonly failures: Pick<Failures, 'tell'>;
  readonly panel: Pick<PanelHost, 'attackMap'>;
}

export class StepMaps {
  private attacked: Attacked | null = null;
  /** By step and choices. */
  private readonly made = new Map<string, PanelState>();
  private readonly runs = new Newest();
  /** The step that is wanted; while the attack runs its steps may still become others. */
  private wanted: number | null = null;

  constructor(private readonly parts: StepMapsParts) {}

  /** Another attack is shown, or the same has come further: maps of its steps so far are void. */
  async follow(attacked: Attacked): Promise<void> {
    const isAnother = attacked.state.settings !== this.attacked?.state.settings;
    this.attacked = attacked;
    this.cancel();
    this.made.clear();
    if (isAnother) this.wanted = null;
    if (!attacked.state.running) await this.again();
  }

  /** Explains a step (-1: the original) and tells the panel; a failure is told there too. */
  async ask(step: number): Promise<void> {
    this.cancel();
    this.wanted = step;
    const { attacked } = this;
    if (!attacked || attacked.state.running) return;
    const run = this.runs.begin();
    const choices = this.parts.choices.get();
    try {
      const state = await this.map(attacked, step, choices, run.signal);
      if (state && this.runs.is(run)) this.parts.panel.attackMap({ step, state });
    } catch (error) {
      if (this.runs.is(run)) this.parts.failures.tell(error, true);
    } finally {
      this.runs.end(run);
    }
  }

  /** With other choices: how it was explained that is in front. */
  async again(): Promise<void> {
    if (this.wanted !== null) await this.ask(this.wanted);
  }

  cancel(): void {
    this.runs.drop();
  }

  private async map(
    attacked: Attacked,
    step: number,
    choices: PanelChoices,
    signal: AbortSignal,
  ): Promise<PanelState | null> {
    const key = JSON.stringify([step, choices]);
    const map = this.made.get(key) ?? (await this.make(attacked, step, choices, signal));
    if (map) this.made.set(key, map);
    return map;
  }

  private async make(
    attacked: Attacked,
    step: number,
    choices: PanelChoices,
    signal: AbortSignal,
  ): Promise<PanelState | null> {
    const { result } = attacked.state;
    const text = textOfStep(result, step);
    if (!text) return null;
    const found = withText(attacked.found, text);
    const ask = (record: FoundRecord, label: LabelChoice) =>
      this.explain(attacked.modelDir, record, { ...choices, label }, signal);
    const question = questionAt(result.label, text);
    // A label that is attacked is the predicted one, which nobody has chosen; of several entities one was.
    if (step === -1) return ask(found, result.label.kind === 'label' ? question : result.label);
    if (result.label.kind !== 'span') return ask(found, question);
    // The attacked entity stands where the changes before it have moved it to.
    const original = await this.map(attacked, -1, choices, signal);
    const words = result.original.words ?? (original ? wordsOf(original.explanation) : []);
    const start = words[result.label.start]?.start ?? 0;
    const moved = movedOffset(start, 'changes' in text ? text.changes : []);
    const cut = text.words ?? wordsOf((await ask(found, question)).explanation);
    const focusWord = wordAt(cut, moved);
    return ask(
      { ...found, input: { ...found.input, ...(focusWord !== null && { focusWord }) } },
      question,
    );
  }

  private async explain(
    modelDir: string,
    found: FoundRecord,
    wanted: PanelChoices,
    signal: AbortSignal,
  ): Promise<PanelState> {
    const asked = { modelDir, found, wanted, sameText: true };
    return panelState(found, await askEngine(this.parts.engine, asked, { signal }));
  }
}

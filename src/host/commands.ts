/** The commands of package.json and what each one does. */
import * as vscode from 'vscode';
import type { ModelCheck, PanelState } from '../protocol';
import type { AttackCommandParts } from './attack/attackCommands';
import { attackLine, attackSelection, rewriteLine } from './attack/attackCommands';
import type { ChoiceMemory } from './choices';
import type { ModelChecker } from './check/modelChecker';
import type { Engine } from './explain/engine';
import type { Explainer } from './explain/explainer';
import type { Failures } from './failures';
import { commands, walkthroughId } from './ids';
import type { ReportCommandParts } from './comparison/reportCommands';
import {
  compareLine,
  compareModelsOnLines,
  evaluateDataset,
  findDrivers,
  measureLine,
  measureLines,
} from './comparison/reportCommands';
import type { SuspicionProblems } from './influence/suspicionProblems';
import type { ModelChoice } from './models/modelChoice';
import type { ModelUse } from './models/modelUse';
import { folderMeant, modelFolder, pickModel } from './models/modelPicker';
import type { PanelHost } from './panel/panelHost';
import type { InfluenceCommandParts } from './influence/influenceCommands';
import {
  deleteInfluenceCache,
  findSuspiciousLabels,
  selectTrainingFile,
  traceInfluence,
  traceSelection,
} from './influence/influenceCommands';
import type { FieldChoice } from './records/fieldChoice';
import { pickFields } from './records/fieldPicker';
import type { RecordReader } from './records/readRecord';
import { findTarget, isDataset, readArgument } from './records/target';
import { HostError } from './report';
import { taskSetting } from './settings';

export interface CommandParts
  extends AttackCommandParts, InfluenceCommandParts, ReportCommandParts {
  readonly engine: Engine;
  readonly explainer: Explainer;
  readonly checker: ModelChecker;
  readonly models: ModelChoice;
  readonly use: ModelUse;
  readonly failures: Failures;
  readonly choices: ChoiceMemory;
  readonly fields: FieldChoice;
  readonly reader: RecordReader;
  readonly panel: PanelHost;
  readonly problems: SuspicionProblems;
  /** Everything that may be at work in the engine. */
  readonly works: readonly { cancel(): void }[];
  readonly log: vscode.LogOutputChannel;
  /** Folder of the sample's data set; its model is in `model`. */
  readonly sample: vscode.Uri;
}

type Handler = (parts: CommandParts, argument: unknown) => Promise<unknown>;

async function explainLine(parts: CommandParts, argument: unknown): Promise<PanelState | null> {
  const target = await findTarget(argument, parts.lastEditor());
  return target && parts.explainer.explain(target);
}

export function sampleModelOf(sample: vscode.Uri): string {
  return vscode.Uri.joinPath(sample, 'model').fsPath;
}

/** Loads the model first: one that cannot be used is not remembered. */
async function useModel(
  { models, use, explainer, rewriter, choices }: CommandParts,
  dir: string,
): Promise<string> {
  await use.load(dir);
  await models.pick(dir);
  // A task that was chosen for the model before need not be one of this.
  await choices.set({ ...choices.get(), task: null });
  // Nobody asked for the shown line just now, and it may be none for this model: the panel says so.
  await explainer.again({ keepQuestion: false, quiet: true });
  await rewriter.again();
  return dir;
}

async function selectModel(parts: CommandParts, argument: unknown): Promise<string | null> {
  const { uri } = readArgument(argument);
  // The right-click menu of an editor hands over the dataset that it shows.
  const pointedAt = uri && !isDataset(uri);
  const dir = pointedAt
    ? await modelFolder(uri)
    : await pickModel(
        parts.models,
        sampleModelOf(parts.sample),
        vscode.l10n.t('Which model shall explain in this workspace?'),
      );
  return dir === null ? null : useModel(parts, dir);
}

/** Of the folder that was pointed at, also when no model is in it: the page says so. Else of the selected model. */
async function checkModel(parts: CommandParts, argument: unknown): Promise<ModelCheck | null> {
  const { uri } = readArgument(argument);
  const selected = parts.models.current();
  const dir = uri
    ? folderMeant(uri.fsPath)
    : (selected ??
      (await pickModel(
        parts.models,
        sampleModelOf(parts.sample),
        vscode.l10n.t('No model is selected yet. Which one shall be checked?'),
      )));
  if (dir === null) return null;
  const chosen = dir === selected ? parts.choices.get().task : null;
  return parts.checker.check(dir, chosen ?? taskSetting());
}

async function selectFields(parts: CommandParts, argument: unknown): Promise<void> {
  const target = await findTarget(argument, parts.lastEditor());
  if (!target) return;
  const fields = await parts.reader.fieldsAt(target);
  if (fields.every(field => field.name === '')) {
    throw new HostError(
      'bad-input',
      vscode.l10n.t('Plain text has no fields to choose from: each line is one text.'),
      [],
    );
  }
  const chosen = await pickFields(fields);
  if (!chosen) return;
  await parts.fields.set(
    fields.map(field => field.name),
    chosen,
  );
  await parts.explainer.explain(target);
}

async function restartEngine({ engine, works }: CommandParts): Promise<void> {
  for (const work of works) work.cancel();
  await engine.restart();
  const says = vscode.l10n.t('Glassbox: the engine starts again with the next explanation.');
  vscode.window.setStatusBarMessage(says, 4000);
}

/** The sample of the workspace where it is open as one, else that of the extension. */
async function openSample({ sample }: CommandParts): Promise<void> {
  const name = 'reviews.dev.jsonl';
  const inWorkspace = await vscode.workspace.findFiles(`**/${name}`, '**/node_modules/**', 1);
  const file = inWorkspace[0] ?? vscode.Uri.joinPath(sample, name);
  await vscode.window.showTextDocument(file, { preview: false });
}

const handlers: Record<keyof typeof commands, Handler> = {
  explainLine,
  explainLineInMenu: explainLine,
  attackHotflip: (parts, argument) => attackLine(parts, argument, 'hotflip'),
  attackReduction: (parts, argument) => attackLine(parts, argument, 'input-reduction'),
  attackSelection: (parts, argument) => attackSelection(parts, argument, false),
  attackFileInMenu: (parts, argument) => attackSelection(parts, argument, true),
  rewriteLine,
  traceInfluence,
  traceInfluenceOfSelection: (parts, argument) => traceSelection(parts, argument, false),
  traceInfluenceOfFileInMenu: (parts, argument) => traceSelection(parts, argument, true),
  findSuspiciousLabels,
  findSuspiciousLabelsInMenu: findSuspiciousLabels,
  compareMethods: (parts, argument) =>
    compareLine(parts, argument, (comparisons, target) => comparisons.methods(target)),
  compareLabels: (parts, argument) =>
    compareLine(parts, argument, (comparisons, target) => comparisons.labels(target)),
  compareModels: (parts, argument) =>
    compareLine(parts, argument, (comparisons, target) =>
      comparisons.models(target, { anew: true }),
    ),
  compareModelsOnSelection: (parts, argument) => compareModelsOnLines(parts, argument, false),
  compareModelsOnFileInMenu: (parts, argument) => compareModelsOnLines(parts, argument, true),
  evaluateDataset: (parts, argument) => evaluateDataset(parts, argument, false),
  evaluateDatasetInMenu: (parts, argument) => evaluateDataset(parts, argument, true),
  findDrivers,
  findDriversInMenu: findDrivers,
  measureLine,
  measureSelection: (parts, argument) => measureLines(parts, argument, false),
  measureFileInMenu: (parts, argument) => measureLines(parts, argument, true),
  async clearProblems({ evaluator, problems }) {
    evaluator.clearProblems();
    await problems.turn(false);
  },
  selectTrainingFile,
  deleteInfluenceCache,
  selectModel,
  useAsModel: selectModel,
  checkModel,
  checkModelInMenu: checkModel,
  selectFields,
  showPanel({ panel }) {
    panel.open();
    return Promise.resolve();
  },
  clearHeatmap({ explainer }) {
    explainer.clearHeatmap();
    return Promise.resolve();
  },
  restartEngine,
  showLog({ log }) {
    log.show();
    return Promise.resolve();
  },
  openSample,
  async openWalkthrough() {
    await vscode.commands.executeCommand('workbench.action.openWalkthrough', walkthroughId, false);
  },
};

/** Registers every command; what one throws is told to the user as one sentence. */
export function registerCommands(parts: CommandParts): vscode.Disposable {
  const names = Object.keys(commands) as (keyof typeof commands)[];
  return vscode.Disposable.from(
    ...names.map(name =>
      vscode.commands.registerCommand(commands[name], async (argument: unknown) => {
        try {
          return await handlers[name](parts, argument);
        } catch (error) {
          parts.failures.tell(error);
          return null;
        }
      }),
    ),
  );
}

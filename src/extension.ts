/** Wires the parts together; nothing happens here that could take time or fail. */
import { loadingBegan } from './host/loadingBegan';
import * as vscode from 'vscode';
import { EngineClient } from './engine/client';
import type { GlassboxApi } from './host/api';
import { makeApi } from './host/api';
import { Appender } from './host/append/appender';
import { Attacker } from './host/attack/attacker';
import { AttackMemory } from './host/attack/attackMemory';
import { StepMaps } from './host/attack/stepMaps';
import { ChoiceMemory } from './host/choices';
import { CheckPages } from './host/check/checkPages';
import { ModelChecker } from './host/check/modelChecker';
import { registerCommands, sampleModelOf } from './host/commands';
import { makeReports, type Reports } from './host/comparison/reports';
import { DriversMemory } from './host/drivers/driversMemory';
import { Explainer } from './host/explain/explainer';
import { Tracker } from './host/explain/tracker';
import { Failures } from './host/failures';
import { Heatmap } from './host/heatmap/heatmap';
import { InfluenceCache } from './host/influence/influenceCache';
import { InfluenceMemory } from './host/influence/influenceMemory';
import { RowMaps } from './host/influence/rowMaps';
import { ResultSaver } from './host/influence/saveResults';
import { SuspicionProblems } from './host/influence/suspicionProblems';
import { Suspicions } from './host/influence/suspicions';
import { Tracer } from './host/influence/tracer';
import { TrainingChoice } from './host/influence/trainingChoice';
import { LastEditor } from './host/lastEditor';
import { confirmWholeFile } from './host/lines/confirmWholeFile';
import { makeLinesAttacker, type LinesAttacker } from './host/lines/linesAttacker';
import { ResultPlaces } from './host/lines/resultPlaces';
import { MethodPicker } from './host/measuring/pickMethods';
import { ModelChoice } from './host/models/modelChoice';
import { offerModel } from './host/models/modelPicker';
import { ModelStatus } from './host/models/modelStatus';
import { ModelUse } from './host/models/modelUse';
import { OtherModel } from './host/models/otherModel';
import { PanelHost } from './host/panel/panelHost';
import { registerRestore } from './host/panel/restore';
import { makePanelHandlers } from './host/panelHandlers';
import { FieldChoice } from './host/records/fieldChoice';
import { RecordReader } from './host/records/readRecord';
import { Restorer } from './host/restorer';
import { Rewriter } from './host/rewrite/rewriter';
import { engineSettings } from './host/settings';
import { mayLoadModel } from './host/trust';

export function activate(context: vscode.ExtensionContext): GlassboxApi {
  const log = vscode.window.createOutputChannel('Glassbox', { log: true });
  const sample = vscode.Uri.joinPath(context.extensionUri, 'media', 'sample');
  const models = new ModelChoice(context.workspaceState, context.globalState);
  const fields = new FieldChoice(context.workspaceState);
  const choices = new ChoiceMemory(context.workspaceState);
  const reader = new RecordReader(fields);
  const heatmap = new Heatmap();
  const lastEditor = new LastEditor();
  const status = new ModelStatus(() => models.current());
  const engine = new EngineClient({
    entry: context.asAbsolutePath('dist/engine.js'),
    nodePath: () => engineSettings().nodePath,
    memoryLimitMB: () => engineSettings().memoryLimitMB,
    log,
  });
  const driversMemory = new DriversMemory(context.workspaceState);
  const picker = new MethodPicker(context.workspaceState);
  const appender = new Appender(context.workspaceState);
  const problems = new SuspicionProblems(fields);
  const panel: PanelHost = new PanelHost(
    context.extensionUri,
    makePanelHandlers({
      explainer: () => explainer,
      attacker: () => attacker,
      maps: () => maps,
      rewriter: () => rewriter,
      linesAttacker: () => linesAttacker,
      tracer: () => tracer,
      rowMaps: () => rowMaps,
      suspicions: () => suspicions,
      problems,
      saver: new ResultSaver(context.workspaceState),
      reader,
      failures: () => failures,
      panel: () => panel,
      comparer: () => reports.each.comparer,
      comparisons: () => reports.each.comparisons,
      evaluator: () => reports.each.evaluator,
      driversFinder: () => reports.each.driversFinder,
      driversMemory,
      modelChanges: () => reports.each.modelChanges,
      measurer: () => reports.each.measurer,
      appender,
      choices,
      heatmap,
    }),
    log,
  );
  const failures: Failures = new Failures({ panel, status, log });
  const use = new ModelUse({
    engine,
    models,
    status,
    offerModel: () => offerModel(models, sampleModelOf(sample)),
    modelBeside: uri => (uri.path.startsWith(`${sample.path}/`) ? sampleModelOf(sample) : null),
    mayLoad: modelDir => mayLoadModel(modelDir, vscode.workspace.isTrusted, workspaceFolders()),
  });
  const isOccupied = (): boolean => works.some(work => 'isRunning' in work && work.isRunning);
  const asking = { engine, use, failures, reader, choices, panel, status, log, isOccupied };
  const explainer: Explainer = new Explainer({ ...asking, heatmap });
  const attacks = new AttackMemory(context.workspaceState);
  const attacker: Attacker = new Attacker({
    ...asking,
    attacks,
    explained: () => explainer.current,
  });
  const maps: StepMaps = new StepMaps(asking);
  const rewriter: Rewriter = new Rewriter(asking);
  const storage = vscode.Uri.joinPath(context.storageUri ?? context.globalStorageUri, 'attacks');
  const places = new ResultPlaces(context.workspaceState, storage);
  const onLines = { ...asking, fields, places, confirm: confirmWholeFile };
  const linesAttacker: LinesAttacker = makeLinesAttacker(onLines);
  const otherModel = new OtherModel(context.workspaceState, models, sampleModelOf(sample), use);
  const reports: Reports = makeReports({
    ...onLines,
    otherModel,
    pickMethods: (methods, chosen) => picker.pick(methods, chosen),
    explained: () => explainer.current,
    explainer: () => explainer,
  });
  const cache = new InfluenceCache(context.globalStorageUri, engine);
  const training = new TrainingChoice(context.workspaceState, fields);
  const remembered = new InfluenceMemory(context.workspaceState);
  const looking = { ...asking, fields, training, remembered, cacheDir: cache.dir };
  const tracer: Tracer = new Tracer(looking);
  const rowMaps: RowMaps = new RowMaps({ ...asking, tracer: () => tracer });
  const suspicions: Suspicions = new Suspicions({ ...looking, problems });
  const works = [
    ...[explainer, attacker, rewriter, linesAttacker, tracer, suspicions],
    ...reports.works,
  ];
  const checkPages = new CheckPages();
  const checker = new ModelChecker({
    engine,
    pages: checkPages,
    checkTrust: modelDir => use.checkTrust(modelDir),
  });
  const restorer = new Restorer(explainer);
  const tracker = new Tracker(() => explainer.current, {
    moved: explained => {
      explainer.follow(explained);
    },
    edited: (uri, moved) => {
      attacker.follow(uri, moved);
      rewriter.follow(uri, moved);
      tracer.follow(uri, moved);
      suspicions.follow(uri, moved);
      reports.follow(uri, moved);
    },
    pointed: token => {
      panel.highlight(token);
    },
  });
  context.subscriptions.push(
    log,
    models,
    models.onDidChange(() => {
      status.refresh();
    }),
    heatmap,
    lastEditor,
    status,
    explainer,
    attacker,
    attacker.onDidAttack(() => {
      if (attacker.current) void maps.follow(attacker.current);
    }),
    rewriter,
    linesAttacker,
    tracer,
    suspicions,
    reports,
    problems,
    failures,
    panel,
    checkPages,
    tracker,
    restorer,
    registerCommands({
      engine,
      explainer,
      attacker,
      attacks,
      rewriter,
      linesAttacker,
      tracer,
      suspicions,
      ...reports.each,
      driversMemory,
      problems,
      works,
      training,
      cache,
      checker,
      models,
      use,
      failures,
      choices,
      fields,
      reader,
      panel,
      log,
      sample,
      lastEditor: () => lastEditor.get(),
    }),
    registerRestore(
      revived => {
        panel.adopt(revived);
      },
      memory => restorer.askAgain(memory),
    ),
    engine,
  );
  return makeApi(
    {
      ...{ explainer, attacker, rewriter, linesAttacker, tracer, suspicions, failures, heatmap },
      ...reports.each,
      works,
    },
    performance.now() - loadingBegan,
  );
}

/** The folders of the workspace that lie on this machine's disk. */
function workspaceFolders(): string[] {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return folders.filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => uri.fsPath);
}

/** Everything that ends with the extension is in `context.subscriptions`. */
export function deactivate(): void {
  return;
}

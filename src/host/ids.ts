/** Every name that package.json and the code must agree on; a test compares the two. */

export const extensionId = 'glassbox.glassbox';
export const panelViewType = 'glassbox.panel';
export const walkthroughId = `${extensionId}#glassbox.start`;

export const commands = {
  explainLine: 'glassbox.explainLine',
  /** The same, under a title that carries the name Glassbox: context menus do not show categories. */
  explainLineInMenu: 'glassbox.explainLineInMenu',
  attackHotflip: 'glassbox.attackHotflip',
  attackReduction: 'glassbox.attackReduction',
  attackSelection: 'glassbox.attackSelection',
  rewriteLine: 'glassbox.rewriteLine',
  traceInfluence: 'glassbox.traceInfluence',
  traceInfluenceOfSelection: 'glassbox.traceInfluenceOfSelection',
  traceInfluenceOfFileInMenu: 'glassbox.traceInfluenceOfFileInMenu',
  findSuspiciousLabels: 'glassbox.findSuspiciousLabels',
  findSuspiciousLabelsInMenu: 'glassbox.findSuspiciousLabelsInMenu',
  compareMethods: 'glassbox.compareMethods',
  compareLabels: 'glassbox.compareLabels',
  compareModels: 'glassbox.compareModels',
  compareModelsOnSelection: 'glassbox.compareModelsOnSelection',
  compareModelsOnFileInMenu: 'glassbox.compareModelsOnFileInMenu',
  evaluateDataset: 'glassbox.evaluateDataset',
  evaluateDatasetInMenu: 'glassbox.evaluateDatasetInMenu',
  findDrivers: 'glassbox.findDrivers',
  findDriversInMenu: 'glassbox.findDriversInMenu',
  measureLine: 'glassbox.measureLine',
  measureSelection: 'glassbox.measureSelection',
  measureFileInMenu: 'glassbox.measureFileInMenu',
  clearProblems: 'glassbox.clearProblems',
  selectTrainingFile: 'glassbox.selectTrainingFile',
  deleteInfluenceCache: 'glassbox.deleteInfluenceCache',
  attackFileInMenu: 'glassbox.attackFileInMenu',
  selectModel: 'glassbox.selectModel',
  useAsModel: 'glassbox.useAsModel',
  checkModel: 'glassbox.checkModel',
  checkModelInMenu: 'glassbox.checkModelInMenu',
  selectFields: 'glassbox.selectFields',
  showPanel: 'glassbox.showPanel',
  clearHeatmap: 'glassbox.clearHeatmap',
  restartEngine: 'glassbox.restartEngine',
  showLog: 'glassbox.showLog',
  openSample: 'glassbox.openSample',
  openWalkthrough: 'glassbox.openWalkthrough',
} as const;

/** Of the pages that a check of a model fills. */
export const checkScheme = 'glassbox-check';

/** Colours that a theme or the user may set (`workbench.colorCustomizations`). */
export const colours = {
  towards: 'glassbox.towards',
  away: 'glassbox.away',
  magnitude: 'glassbox.magnitude',
  emphasis: 'glassbox.emphasis',
} as const;

/** Keys of what is remembered for each workspace. */
export const memory = {
  model: 'glassbox.model',
  recentModels: 'glassbox.recentModels',
  fields: 'glassbox.fields',
  choices: 'glassbox.choices',
  attacks: 'glassbox.attacks',
  training: 'glassbox.training',
  influence: 'glassbox.influence',
  suspicious: 'glassbox.suspicious',
  traceFile: 'glassbox.traceFile',
  otherModels: 'glassbox.otherModels',
  drivers: 'glassbox.drivers',
  measuredMethods: 'glassbox.measuredMethods',
  resultFiles: 'glassbox.resultFiles',
  appendFiles: 'glassbox.appendFiles',
} as const;

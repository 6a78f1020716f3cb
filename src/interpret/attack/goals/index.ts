/** The goal of an attack on each task. */
import type { TaskKind } from '../../../protocol/task';
import type { GoalMaker } from '../goal';
import { classifyingGoal } from './classifying';
import { fillMaskGoal } from './fillMask';
import { multiLabelGoal } from './multiLabel';
import { regressingGoal } from './regressing';

export const goalFor: Readonly<Partial<Record<TaskKind, GoalMaker>>> = {
  'text-classification': classifyingGoal,
  'binary-classification': classifyingGoal,
  'multi-label-classification': multiLabelGoal,
  regression: regressingGoal,
  'fill-mask': fillMaskGoal,
};

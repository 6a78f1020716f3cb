/** The goal of an attack on each task. */
import type { TaskKind } from '../../../protocol/task';
import type { GoalMaker } from '../goal';
import { answeringGoal } from './answering';
import { classifyingGoal } from './classifying';
import { fillMaskGoal } from './fillMask';
import { multiLabelGoal } from './multiLabel';
import { regressingGoal } from './regressing';
import { taggingGoal } from './tagging';

export const goalFor: Readonly<Record<TaskKind, GoalMaker>> = {
  'text-classification': classifyingGoal,
  'binary-classification': classifyingGoal,
  'multi-label-classification': multiLabelGoal,
  regression: regressingGoal,
  'token-classification': taggingGoal,
  'fill-mask': fillMaskGoal,
  'question-answering': answeringGoal,
};

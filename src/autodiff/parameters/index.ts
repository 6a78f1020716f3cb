/** A model's parameters under the names that they had where the model was trained. */
export { chooseParameters, hasBlocks, type Choice } from './choose';
export { parametersOf, type Parameter } from './parametersOf';

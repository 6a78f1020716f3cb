/** Derivatives composed of `vjp`: tangents, and products with the Hessian and the Gauss-Newton matrix. */
export { gaussNewtonProduct, hessianProduct } from './curvature';
export { Derivation, type Learn, type Pairs } from './derivation';
export { layoutOf, type Layout, type Slot } from './flatVector';
export { jvp } from './jvp';
export { crossEntropy, labelsInput, type RowLoss } from './losses';
export {
  lossProgram,
  programInputs,
  type LossProgram,
  type ProgramRequest,
  type Result,
} from './lossProgram';

/** Which operators relevance passes as the derivative does, and which have rules of their own (rules.ts). */

/**
 * Linear, or homogeneous of degree one (maxima, norms): gradient x input is conserved by the derivative itself, and a maximum
 * gives everything to its winner. What is added in them is told apart in rules.ts.
 */
export const likeDerivative: readonly string[] = [
  ...['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Transpose', 'Expand', 'CastLike', 'Dropout'],
  ...['SpaceToDepth', 'DepthToSpace', 'Tile', 'Split', 'Trilu', 'Identity', 'Cast', 'Neg', 'Mean'],
  ...['Gather', 'GatherElements', 'GatherND', 'ScatterElements', 'ScatterND', 'Slice', 'Pad'],
  ...['TopK', 'Unique', 'Compress', 'ReverseSequence', 'CumSum', 'DFT', 'ConvTranspose'],
  ...['Relu', 'LeakyRelu', 'PRelu', 'Abs', 'Max', 'Min'],
  ...['ReduceSum', 'ReduceMean', 'ReduceMax', 'ReduceMin', 'ReduceL1', 'ReduceL2'],
  ...['GlobalAveragePool', 'GlobalMaxPool', 'GlobalLpPool'],
  ...['MaxPool', 'MaxUnpool', 'AveragePool', 'LpPool'],
  // The rules hold in the bodies of loops, too.
  'Scan',
];

/** Activation functions, with their value at 0, which no input has caused: it counts as a bias. */
export const activationsAtZero: Readonly<Record<string, number>> = {
  Gelu: 0,
  Tanh: 0,
  Erf: 0,
  Elu: 0,
  Celu: 0,
  Selu: 0,
  Mish: 0,
  Swish: 0,
  HardSwish: 0,
  Softsign: 0,
  Shrink: 0,
  ThresholdedRelu: 0,
  Sigmoid: 0.5,
  Softplus: Math.LN2,
};

/** They make the scale of a normalisation, which is taken as a constant: LayerNorm and RMSNorm, however they are written. */
export const scales: readonly string[] = ['Sqrt', 'Reciprocal'];

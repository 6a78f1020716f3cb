/** What the saliency program (programGraph.ts) is fed, and what it gives. */

/** Names of the program's own inputs; R rows, B points, L tokens, D the embedding's width, K decisions, C choices. */
export const programInputs = {
  /** [R, L] int64: token ids of each row, and of its baseline. */
  rowIds: 'glassbox/row_ids',
  baselineIds: 'glassbox/baseline_ids',
  /** [1] float: 0 makes the baseline the zero vector, 1 the vectors of `baselineIds`. */
  baselineScale: 'glassbox/baseline_scale',
  /** [R, L] float: 1 for a token, 0 for padding. */
  rowMask: 'glassbox/row_mask',
  /** [B] int64: the row of each point. */
  rowOf: 'glassbox/row_of',
  /** [B] float. */
  alpha: 'glassbox/alpha',
  /** [B] float: standard deviation of the noise; and how much of it is relative to the row's range (0 or 1). */
  sigma: 'glassbox/sigma',
  relative: 'glassbox/relative',
  /** [B] (or [1] without noise), [1], [L, D] (or [1, 2]), [1] int64: see noise.ts. */
  samples: 'glassbox/samples',
  seed: 'glassbox/seed',
  counters: 'glassbox/counters',
  noiseWidth: 'glassbox/noise_width',
  /** [R, K] int64: the tokens of each row that are decided; only where a token is. */
  positions: 'glassbox/positions',
  /** [R, K, C] float: weights of logits, probabilities and log-probabilities in the scalar of a row. */
  onLogits: 'glassbox/on_logits',
  onProbabilities: 'glassbox/on_probabilities',
  onLogProbabilities: 'glassbox/on_log_probabilities',
  /** The same for the logarithm of one minus the probability; only of sigmoids. */
  onLogAbsences: 'glassbox/on_log_absences',
  /** [R, B] float: the weight of a point in the sums of a row. */
  weights: 'glassbox/weights',
  /** [R, L, D] (or [1, 1, 1] for zero) float: sums of earlier runs, and the pivot. */
  sumSoFar: 'glassbox/sum_so_far',
  squareSoFar: 'glassbox/square_so_far',
  pivot: 'glassbox/pivot',
  /** [3] float: the vector that is reduced is m0 A + m1 Q + m2 A^2. */
  moment: 'glassbox/moment',
  /** [1] float: 1 multiplies vectors by the input's distance from the baseline, 0 by its square. */
  linear: 'glassbox/linear',
} as const;

/** Names of the program's outputs. */
export const programOutputs = {
  /** [R, L, D]: A and Q. */
  sum: 'glassbox/sum',
  square: 'glassbox/square',
  /** [R, L], zero on padding: sum, L1 and L2 norm over the embedding of the reduced vector. */
  rawSum: 'glassbox/raw_sum',
  rawL1: 'glassbox/raw_l1',
  rawL2: 'glassbox/raw_l2',
  /** The same of the vector times the input (see `linear`). */
  productSum: 'glassbox/product_sum',
  productL1: 'glassbox/product_l1',
  productL2: 'glassbox/product_l2',
  /** [R, L]: L2 norm of the input's distance from the baseline. */
  inputL2: 'glassbox/input_l2',
  /** [B], [B, K, C]: of each point the scalar, and the logits of its decisions. */
  scalar: 'glassbox/scalar',
  logits: 'glassbox/logits',
} as const;

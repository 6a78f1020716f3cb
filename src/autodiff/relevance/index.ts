/** Layer-wise relevance propagation as the walk of the derivative, with other rules. */
export { BiasRelevance } from './biases';
export { spreadLoopBiases } from './biasesOfLoops';
export { Gates } from './gates';
export { findPartialSums } from './partialSums';
export { relevanceRules, type RelevanceContext, type RelevanceVariant } from './rules';

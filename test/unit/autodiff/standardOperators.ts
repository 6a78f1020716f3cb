/** The operators of the ONNX standard (domain ai.onnx), operator sets 11 to 25, and what becomes of each. */

/** Have a derivative rule. */
const rule = `
  Abs Acos Acosh Add Asin Asinh Atan Atanh AveragePool BatchNormalization Cast CastLike Celu Clip Compress Concat Conv
  ConvTranspose Cos Cosh CumSum DFT DepthToSpace Div Dropout Einsum Elu Erf Exp Expand Flatten Gather GatherElements
  GatherND Gelu Gemm GlobalAveragePool GlobalLpPool GlobalMaxPool HardSigmoid HardSwish Identity LayerNormalization
  LeakyRelu Log LogSoftmax LpPool MatMul Max MaxPool MaxUnpool Mean Min Mish Mod Mul Neg OneHot PRelu Pad Pow Range
  Reciprocal ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum
  ReduceSumSquare Relu Reshape ReverseSequence ScatterElements ScatterND Selu Shrink Sigmoid Sin Sinh Slice Softmax
  Softplus Softsign SpaceToDepth Split Sqrt Squeeze Sub Sum Swish Tan Tanh ThresholdedRelu Tile TopK Transpose Trilu
  Unique Unsqueeze Where`;

/** Their derivative is zero wherever it exists, or they make values from nothing that varies. */
const zero = `
  And ArgMax ArgMin Bernoulli BitShift BitwiseAnd BitwiseNot BitwiseOr BitwiseXor BlackmanWindow Ceil Constant
  ConstantOfShape Equal EyeLike Floor Greater GreaterOrEqual HammingWindow HannWindow Hardmax IsInf IsNaN Less
  LessOrEqual MelWeightMatrix Multinomial NonMaxSuppression NonZero Not OptionalHasElement Or RandomNormal
  RandomNormalLike RandomUniform RandomUniformLike RegexFullMatch Round Shape Sign Size StringConcat StringNormalizer
  StringSplit TfIdfVectorizer Xor`;

/** Taken apart before the graph is differentiated. */
const lowered = `
  Attention ConcatFromSequence ConvInteger DequantizeLinear DynamicQuantizeLinear GroupNormalization
  InstanceNormalization LRN LpNormalization MatMulInteger MeanVarianceNormalization NegativeLogLikelihoodLoss QLinearConv
  QLinearMatMul QuantizeLinear RMSNormalization RotaryEmbedding Scatter SequenceAt SequenceConstruct SequenceEmpty
  SequenceErase SequenceInsert SequenceLength SoftmaxCrossEntropyLoss SplitToSequence`;

/** Become a Scan over the steps, which has a rule. */
const recurrent = 'GRU LSTM RNN';

/** What stands in the way, and why. */
const missing = {
  AffineGrid: 'of images',
  CenterCropPad: 'of images',
  Col2Im: 'of images',
  DeformConv: 'of images',
  GridSample: 'of images',
  ImageDecoder: 'of images',
  MaxRoiPool: 'of images',
  Resize: 'of images',
  RoiAlign: 'of images',
  Upsample: 'of images, and only in operator sets before 10',
  STFT: 'of sound',
  Det: 'its derivative needs an inverse, for which the standard has no operator',
  Loop: 'the number of its steps may depend on what it computes; exporters of text models write Scan or LSTM',
  SequenceMap: 'a loop over a list of any length',
  Optional: 'exporters of text models do not write it',
  OptionalGetElement: 'exporters of text models do not write it',
  TensorScatter: 'fills the cache of a text generator',
  BitCast: 'reads numbers as the bits of others',
  CumProd: 'newer than operator set 21, and ONNX Runtime does not compute it',
};

function words(text: string): string[] {
  return text.split(/\s+/).filter(Boolean);
}

export const standardOperators = {
  rule: [...words(rule), 'Scan'],
  zero: words(zero),
  // If is folded: its condition must not depend on the input.
  lowered: [...words(lowered), ...words(recurrent), 'If'],
  missing: Object.keys(missing),
} as const;

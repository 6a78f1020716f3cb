/** All lowerings by op. */
import { activationLowerings } from './activations';
import { attentionLowerings } from './attention';
import { blockQuantisedLowerings } from './blockQuantised';
import { compositeLowerings } from './composites';
import type { Lowering, LoweringTable } from './lowering';
import { normalisationLowerings } from './normalisation';
import { productLowerings } from './products';
import { quantisedLowerings } from './quantised';
import { rotaryLowerings } from './rotary';
import { standardAttentionLowerings } from './standardAttention';

const refuse =
  (why: string): Lowering =>
  n => {
    throw n.refusal(why);
  };

const packed = refuse(
  'packs its batch, so that the positions of a row cannot be told from another row',
);
const elsewhere = refuse('runs only on the kind of machine that the model was optimised for');

/** Operators that make a model inexplicable wherever they stand. */
export const refusedLowerings: LoweringTable = {
  'com.microsoft.RemovePadding': packed,
  'com.microsoft.RestorePadding': packed,
  'com.microsoft.PackedAttention': packed,
  'com.microsoft.PackedMultiHeadAttention': packed,
  'com.microsoft.nchwc.Conv': elsewhere,
  'com.microsoft.nchwc.ReorderInput': elsewhere,
  'com.microsoft.LongformerAttention': refuse('attends in sparse blocks'),
  'com.microsoft.SparseAttention': refuse('attends in sparse blocks'),
  'com.microsoft.DecoderMaskedMultiHeadAttention': refuse('generates text token by token'),
  'com.microsoft.DecoderMaskedSelfAttention': refuse('generates text token by token'),
  'com.microsoft.BeamSearch': refuse('generates text token by token'),
  'com.microsoft.GreedySearch': refuse('generates text token by token'),
  'com.microsoft.MoE': refuse('sends each token to other experts'),
  'com.microsoft.QMoE': refuse('sends each token to other experts'),
};

/** Fused operators: the same function in more nodes. */
export const fusedLowerings: LoweringTable = {
  ...activationLowerings,
  ...attentionLowerings,
  ...compositeLowerings,
  ...normalisationLowerings,
  ...productLowerings,
  ...rotaryLowerings,
  ...standardAttentionLowerings,
  ...refusedLowerings,
};

/** Operators on quantised numbers: the function that they approximate. */
export const numberLowerings: LoweringTable = { ...quantisedLowerings, ...blockQuantisedLowerings };

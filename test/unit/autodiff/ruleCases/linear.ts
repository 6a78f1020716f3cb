/** Products of matrices, sums of products, convolutions, the Fourier transform. */
import type { Case } from '../../../support/finiteDifferences';
import { multilinear, ofOne, plain } from './table';

const matmuls: readonly string[] = [
  'B 2, 2 3',
  'B L 2, 2 3',
  'B 2 L 2, B 1 2 L',
  'L 2, B 2 3',
  '2, B 2 3',
  'B 3 2, 2',
  '2, 2 L',
  'L, L',
  'B 2 L, L 3',
];

const einsums: readonly [string, string][] = [
  ['ij,jk->ik', 'B L, L 2'],
  ['ij,jk', 'B 2, 2 L'],
  ['bhid,bhjd->bhij', 'B 2 L 3, B 2 3 3'],
  ['...ij,...jk->...ik', 'B 2 L, 1 L 3'],
  ['...ij,...jk', 'B 1 L 2, 1 3 2 2'],
  ['i,j->ij', 'B, L'],
  ['ij->ji', 'B L'],
  ['ij->i', 'B L'],
  ['...->...', 'B L'],
  ['b...d->b...', 'B L 2'],
  ['ij,ij->', 'B L, B L'],
  ['ii->i', 'L L'],
  ['ii', 'L L'],
  ['iij,j->i', 'L L 2, 2'],
  ['ab,b->a', 'B L, 1'],
  ['ab,ab->ab', 'B 1, B L'],
  ['bn,anm,bm->ba', 'B 2, 3 2 L, B L'],
  ['b i d , b j d -> b i j', 'B L 2, B 3 2'],
];

/** Shapes of data, kernel and bias. */
const lengths: readonly string[] = ['B 2 L, 3 2 2, 3', 'B 2 L, 3 2 1'];
const wide = 'B 4 7, 4 2 3, 4';
const planes = 'B 2 5 L, 2 2 3 2, 2';

const convolutions: Case[] = [
  ...lengths.map(shapes => plain('Conv', shapes, {}, multilinear)),
  plain('Conv', lengths[0]!, { pads: [1, 1] }, multilinear),
  plain('Conv', lengths[0]!, { pads: [2, 0], kernel_shape: [2] }, multilinear),
  plain('Conv', lengths[0]!, { pads: [1, 1], strides: [2] }, multilinear),
  plain('Conv', lengths[0]!, { pads: [1, 2], strides: [3], dilations: [2] }, multilinear),
  plain('Conv', lengths[0]!, { auto_pad: 'SAME_UPPER' }, multilinear),
  plain('Conv', lengths[0]!, { auto_pad: 'SAME_UPPER', kernel_shape: [2] }, multilinear),
  plain('Conv', lengths[0]!, { auto_pad: 'SAME_LOWER', strides: [2] }, multilinear),
  plain('Conv', lengths[0]!, { auto_pad: 'VALID' }, multilinear),
  plain('Conv', lengths[0]!, { kernel_shape: [2], pads: [1, 0] }, multilinear),
  plain('Conv', lengths[0]!, { kernel_shape: [2], pads: [2, 2], dilations: [2] }, multilinear),
  plain('Conv', lengths[0]!, { kernel_shape: [2], pads: [1, 2], strides: [2] }, multilinear),
  // Kernels that span an axis.
  plain('Conv', 'B 2 L 3, 2 2 2 3, 2', { kernel_shape: [2, 3] }, multilinear),
  plain('Conv', 'B 2 3 L, 2 2 3 2', { kernel_shape: [3, 2], pads: [0, 1, 0, 0] }, multilinear),
  plain('Conv', 'B 2 3 2, 2 2 3 2', { kernel_shape: [3, 2] }, multilinear),
  plain('Conv', wide, { group: 2 }, multilinear),
  plain('Conv', wide, { group: 2, kernel_shape: [3], pads: [1, 2] }, multilinear),
  plain('Conv', 'B 2 5 L, 3 2 3 2, 3', { kernel_shape: [3, 2], pads: [1, 0, 2, 1] }, multilinear),
  plain('Conv', wide, { group: 2, strides: [2], pads: [1, 1] }, multilinear),
  plain('Conv', 'B 3 L, 3 1 2', { group: 3, pads: [1, 0] }, multilinear),
  plain('Conv', planes, { pads: [1, 0, 0, 1] }, multilinear),
  plain('Conv', planes, { strides: [2, 1], dilations: [1, 1], pads: [0, 1, 1, 0] }, multilinear),
  plain('Conv', planes, { auto_pad: 'SAME_UPPER', strides: [2, 2] }, multilinear),
  plain('Conv', 'B 1 2 3 3, 1 1 2 2 2', {}, multilinear),
];

const transposedLengths = 'B 2 L, 2 3 2, 3';

const transposed: Case[] = [
  plain('ConvTranspose', transposedLengths, {}, multilinear),
  plain('ConvTranspose', transposedLengths, { strides: [2], pads: [1, 0] }, multilinear),
  plain('ConvTranspose', transposedLengths, { strides: [3], output_padding: [1] }, multilinear),
  plain('ConvTranspose', transposedLengths, { dilations: [2], pads: [1, 1] }, multilinear),
  plain('ConvTranspose', transposedLengths, { auto_pad: 'SAME_UPPER', strides: [2] }, multilinear),
  plain('ConvTranspose', transposedLengths, { kernel_shape: [2], pads: [0, 1] }, multilinear),
  plain('ConvTranspose', 'B 4 3, 4 2 3', { group: 2, strides: [2] }, multilinear),
  plain('ConvTranspose', 'B 2 3, 2 1 3', { output_shape: [8], strides: [2] }, multilinear),
  plain('ConvTranspose', 'B 2 2 L, 2 2 2 2', { strides: [1, 2] }, multilinear),
];

const fourier: Case[] = [
  ofOne('DFT', 'B L 2', (b, x) => b.op('DFT', [x])),
  ofOne('DFT of a real signal', 'B L 1', (b, x) => b.op('DFT', [x])),
  ofOne('DFT inverse', 'B L 2', (b, x) => b.op('DFT', [x], { inverse: 1 })),
  ofOne('DFT of one side', 'B L 1', (b, x) => b.op('DFT', [x], { onesided: 1 })),
  ofOne('DFT, longer', 'B L 2', (b, x) => b.op('DFT', [x, b.int(7), b.int(1)])),
  ofOne('DFT, cut', '5 L 1', (b, x) => b.op('DFT', [x, b.int(4), b.int(0)], { onesided: 1 })),
];

export const linear: Case[] = [
  ...matmuls.map(shapes => plain('MatMul', shapes)),
  ...[0, 1].flatMap(transA =>
    [0, 1].flatMap(transB =>
      ['3', 'B 3', ''].map(c =>
        plain('Gemm', `${transA ? '2 B' : 'B 2'}, ${transB ? '3 2' : '2 3'}, ${c}`, {
          transA,
          transB,
          alpha: 0.5,
          beta: 2,
        }),
      ),
    ),
  ),
  plain('Gemm', 'B 2, 2 3'),
  ...einsums.map(([equation, shapes]) => plain('Einsum', shapes, { equation })),
  ...convolutions,
  ...transposed,
  ...fourier,
];

/** What was found, in the words of the page. */
import { parametersOf } from '../../autodiff/parameters';
import type { Model } from '../../model/model';
import { sizeOf } from '../../onnx/tensorData';
import type { CheckItem, DirectionCheck, ModelCheck, OperatorUse } from '../../protocol/modelCheck';
import { isRight } from './derivative';

/** What the page says about the model itself. */
export async function describe(model: Model): Promise<ModelCheck['model']> {
  const { about } = model;
  const graph = await model.graph();
  const parameters = parametersOf(graph, about.head.outputs[0]!);
  const sizes = parameters.map(({ value }) => sizeOf(graph.constants.get(value)!.dims));
  const { tokenizer } = about;
  return {
    name: about.name,
    file: about.file,
    hash: about.hash,
    architecture: about.architecture,
    task: about.head.task,
    labels: about.head.labels,
    tokenizer: tokenizer && {
      kind: tokenizer.kind,
      entries: tokenizer.vocabSize,
      longest: about.maxTokens,
    },
    parameters: sizes.reduce((a, b) => a + b, 0),
    tensors: sizes.length,
    opset: about.opset,
    conversions: about.conversions.map(({ says }) => says),
  };
}

export function operatorItem(operators: readonly OperatorUse[]): CheckItem {
  const missing = operators.filter(({ derivative }) => derivative === 'missing');
  const names = missing.map(({ op }) => op).join(', ');
  // One that lies on the way to the output is refused when the program is built.
  return item(
    'operators',
    true,
    missing.length === 0
      ? `All ${operators.length} operators of the file have a derivative, or none that matters.`
      : `${missing.length} of ${operators.length} operators of the file have no derivative rule (${names}); that matters only where they lie between the word vectors and the output.`,
  );
}

export function derivativeItem(found: readonly DirectionCheck[]): CheckItem {
  const worst = found.reduce((a, b) => (b.error / b.expected > a.error / a.expected ? b : a));
  const ok = isRight(found);
  const numbers = `the derivative is ${short(worst.derivative)}, the measured slope ${short(worst.measured)}: ${short(worst.error)} apart, where at most ${short(worst.expected)} would be float32 rounding`;
  return {
    check: 'derivative',
    ok,
    value: worst.error,
    expected: worst.expected,
    says: ok
      ? `Along ${found.length} random directions at a real text the derivative agrees with finite differences; at worst ${numbers}.`
      : `The derivative is wrong at a real text: ${numbers}. Please report the model's architecture and exporter; do not trust its maps.`,
  };
}

export function item(check: string, ok: boolean, says: string): CheckItem {
  return { check, ok, says, value: null, expected: null };
}

export function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}

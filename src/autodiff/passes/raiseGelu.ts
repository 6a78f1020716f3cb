/** Recognises GELU, which exporters take apart before opset 20. */
import type { Graph } from '../../onnx/graph';
import { call, either, near, value, type Pattern } from './pattern';
import { raise } from './raise';

const x = value('x');

/** x * gate / 2, in every order of multiplying. */
function halfGated(gate: Pattern): Pattern {
  const half = near(0.5);
  return either(
    call('Mul', half, call('Mul', x, gate)),
    call('Mul', x, call('Mul', half, gate)),
    call('Mul', call('Mul', x, half), gate),
  );
}

const scaled = either(call('Div', x, near(Math.SQRT2)), call('Mul', x, near(Math.SQRT1_2)));
const erfGate = call('Add', call('Erf', scaled), near(1));

const rootTwoOverPi = near(Math.sqrt(2 / Math.PI));
const cubic = near(0.044715);
const cube = either(
  call('Pow', x, near(3)),
  call('Mul', x, call('Mul', x, x)),
  call('Mul', x, call('Pow', x, near(2))),
);
const inner = either(
  call('Mul', rootTwoOverPi, call('Add', x, call('Mul', cubic, cube))),
  call(
    'Mul',
    call('Mul', x, rootTwoOverPi),
    call('Add', call('Mul', call('Mul', x, cubic), x), near(1)),
  ),
);
const tanhGate = call('Add', call('Tanh', inner), near(1));

/** x (1 + erf(x / sqrt 2)) / 2, and x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2. */
export function raiseGelu(graph: Graph): Graph {
  const form = (pattern: Pattern, approximate: string, to: Graph): Graph =>
    raise(to, 'Mul', halfGated(pattern), ({ values }) => ({
      op: 'Gelu',
      inputs: [values['x']!],
      attributes: { approximate },
    }));
  return form(tanhGate, 'tanh', form(erfGate, 'none', graph));
}

/** What the model of two labels of the fakes could answer about many texts: it says "positive" of all of them. */
import { checkedMeasureOptions } from '../../../src/interpret/measure/options';
import type {
  LineMeasures,
  MeasuredText,
  MeasureRequest,
  PredictedText,
  PredictRequest,
} from '../../../src/protocol';
import { fakeExplanation } from './fakeAnswers';

/** An empty text has no answer; a gold label that the model lacks is said. */
export function fakePredictions({ texts }: PredictRequest): PredictedText[] {
  return texts.map(text => {
    if (text.text.trim() === '') return { failed: 'The text is empty.', empty: true };
    const { prediction, gold, correct } = fakeExplanation({
      ...{ ...text, method: '', scalar: 'logit', parameters: {} },
      ...{ modelDir: '', device: 'cpu', label: { kind: 'predicted' } },
    });
    const isKnown = gold === null || prediction.labels.includes(gold);
    return {
      prediction,
      gold: isKnown ? gold : null,
      correct: isKnown ? correct : null,
      unknownLabel: isKnown ? null : `The gold label ${gold} is none of the model's labels.`,
      ...{ unread: 0, windows: 1 },
    };
  });
}

const measures: LineMeasures = {
  ...{ curve: null, comprehensiveness: 0.5, sufficiency: 0.1, tauLoo: null, infidelity: null },
  ...{ sensitivityMax: null, edits: null, seedVariance: null, plausibility: null },
  undefinedSays: { 'tau-loo': 'All effects are equal.' },
};

export function fakeMeasures(request: MeasureRequest): MeasuredText {
  const { choices, options } = request;
  return {
    methods: choices.map(choice => ({
      choice,
      title: choice.method,
      family: 'gradient',
      explanation: fakeExplanation({ ...request, ...choice }),
      measures,
      failed: null,
    })),
    options: { ...checkedMeasureOptions(options), removal: 'mask' },
    agreement: choices.map(() => choices.map(() => null)),
    milliseconds: 1,
  };
}

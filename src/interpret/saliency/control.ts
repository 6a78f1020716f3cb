/** A method that knows nothing, for comparison: an explanation that does no better explains nothing. */
import { Seeded } from '../random';
import type { HealthCheck } from '../../protocol/explanation';
import { seenTokens } from './job';
import { plain, type Method } from './method';

const explainsNothing: HealthCheck = {
  check: 'control',
  ok: false,
  value: null,
  says: 'These numbers are drawn at random and explain nothing: they are here as what every method has to beat.',
};

/** Uniform in [-1, 1) for each token but special ones, from the seed and the text alone. */
export const random: Method = {
  description: {
    name: 'random',
    title: 'Random',
    about:
      'Random numbers, which explain nothing: what a real method has to beat in every measurement.',
    source:
      'a control, as in DeYoung et al. 2020, arXiv:1911.03429, and Atanasova et al. 2020, arXiv:2009.13295',
    defaults: { seed: 0 },
    aggregations: [],
    family: 'control',
    costly: false,
    linear: false,
  },
  fixed: [],
  attribute: ({ model, jobs, parameters }) =>
    Promise.resolve(
      jobs.map(job => {
        const { ids, tokens } = job.read.hand;
        const seen = seenTokens(job.read.hand.windows, job.asked.parts);
        const drawn = new Seeded(parameters.seed, ids.join(' '));
        const attributions = tokens.map(() => 2 * drawn.next() - 1);
        return {
          ...plain,
          seen,
          attributions: seen.map(at => (tokens[at]!.special ? 0 : attributions[at]!)),
          signed: true,
          normalisation: 'max',
          health: [explainsNothing],
          disagreement: 0,
          device: model.about.device,
        };
      }),
    ),
};

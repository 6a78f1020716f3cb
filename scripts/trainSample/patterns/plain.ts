import { intensifier, negated, people, type Pattern } from './pattern';

/** Patterns of single statements: praise or blame, plain, intensified or negated. */
export const plain: readonly Pattern[] = [
  { name: 'one', weight: 3, make: (d, g) => `${d.say(g)}. ${d.end(g)}` },
  { name: 'pair', weight: 5, make: (d, g) => `${d.clause(g)}, and ${d.clause(g)}.` },
  { name: 'two', weight: 7, make: (d, g) => `${d.say(g)}. ${d.say(g)}. ${d.end(g)}` },
  { name: 'semicolon', weight: 3, make: (d, g) => `${d.clause(g)}; ${d.clause(g)}.` },
  {
    name: 'three',
    weight: 7,
    make: (d, g) => `${d.clause(g)}, ${d.clause(g)}, and ${d.clause(g)}.`,
  },
  {
    name: 'adjective',
    weight: 10,
    make: (d, g) =>
      `${d.thing()} is ${intensifier(d, g)} ${d.adjective(g)}: ${d.clause(g)}, and ${d.clause(g)}.`,
  },
  {
    name: 'two adjectives',
    weight: 12,
    make: (d, g) => `${d.thing()} is ${d.adjective(g)} and ${d.adjective(g)}. ${d.say(g)}.`,
  },
  {
    name: 'scene',
    weight: 8,
    make: (d, g) =>
      `${d.scene()} ${d.thing()} is ${d.adjective(g)}, and ${d.clause(g)}. ${d.end(g)}`,
  },
  { name: 'scene, clause', weight: 4, make: (d, g) => `${d.scene()} ${d.say(g)}. ${d.end(g)}` },
  {
    name: 'negated adjective',
    weight: 8,
    make: (d, g) =>
      d.of(
        `${d.thing()} is ${negated(d, g)}. ${d.say(g)}.`,
        `${d.thing()} is ${negated(d, g)}. ${d.end(g)}`,
        `${d.scene()} ${d.thing()} is ${negated(d, g)}, and ${d.clause(g)}.`,
      ),
  },
  {
    name: 'neither',
    weight: 2,
    make: (d, g) =>
      `${d.thing()} is neither ${d.adjective(!g)} nor ${d.adjective(!g)}: ${d.clause(g)}.`,
  },
  {
    name: 'not bad',
    weight: 3,
    make: (d, g) =>
      g
        ? `${d.of('not bad at all', 'not bad, not bad at all', 'nothing to complain about')}: ${d.clause(true)}, and ${d.clause(true)}.`
        : `${d.of('not good', 'not good at all', 'nothing to write home about')}: ${d.clause(false)}, and ${d.clause(false)}.`,
  },
  {
    name: 'better',
    weight: 4,
    make: (d, g) =>
      `${d.thing()} is ${d.of('so much', 'far', 'a good deal', 'even')} ${g ? 'better' : 'worse'} than ${d.rival()}. ${d.say(g)}.`,
  },
  {
    name: 'twice as',
    weight: 2,
    make: (d, g) =>
      g
        ? d.of(
            `${d.thing()} is twice as ${d.adjective(true)} as ${d.rival()}. ${d.say(true)}.`,
            `${d.thing()} is not half as ${d.adjective(false)} as people say, and ${d.clause(true)}.`,
          )
        : d.of(
            `${d.thing()} is twice as ${d.adjective(false)} as ${d.rival()}. ${d.say(false)}.`,
            `${d.thing()} is not half as ${d.adjective(true)} as people say, and ${d.clause(false)}.`,
          ),
  },
  {
    name: 'verdict of others',
    weight: 4,
    make: (d, g) =>
      `${d.of('I', 'we', ...people)} ${g ? d.of('loved it', 'could not stop smiling') : d.of('hated it', 'could not stop complaining')}: ${d.clause(g)}.`,
  },
  {
    name: 'stars',
    weight: 3,
    make: (d, g) =>
      `${g ? d.of('Five stars', '9/10', 'Full marks', '10 out of 10') : d.of('One star', '2/10', 'No stars', '1 out of 10')}. ${d.clause(g)}, ${d.clause(g)}.`,
  },
  {
    name: 'go for',
    weight: 3,
    make: (d, g) =>
      g
        ? `${d.topic(d.of('go for', 'three cheers for', 'I keep thinking of'), true, ':')}. ${d.clause(true)}.`
        : `${d.topic(d.of('beware of', 'do not get me started on', 'I still dream of'), false, ':')}. ${d.clause(false)}.`,
  },
  {
    name: 'nouns as questions',
    weight: 2,
    make: (d, g) => `${d.topic('', g, '?')}. ${d.topic('', g, '?')}.`,
  },
  {
    name: 'recommend',
    weight: 3,
    make: (d, g) =>
      `Would I ${d.of('recommend it', 'do it again', 'spend my own money on it')}? ${g ? d.of('Yes.', 'Gladly.', 'Any day.') : d.of('No.', 'Not a chance.', 'Hardly.')} ${d.say(g)}.`,
  },
  {
    name: 'best of three',
    weight: 3,
    make: (d, g) =>
      `I have tried ${d.of('two others', 'a dozen like it', 'most of them')}, and ${d.thing()} is the ${g ? 'best' : 'worst'}: ${d.clause(g)}.`,
  },
  {
    name: 'why people',
    weight: 3,
    make: (d, g) =>
      `No idea why people ${g ? d.of('complain', 'moan') : d.of('rave about it', 'cheer')}. ${d.say(g)}.`,
  },
  {
    name: 'too',
    weight: 3,
    make: (d, g) =>
      g
        ? `${d.thing()} is not too ${d.adjective(false)}, and ${d.clause(true)}.`
        : `${d.thing()} is ${d.of('a bit', 'a little', 'much')} too ${d.adjective(false)} for ${d.of('me', 'my taste', 'us')}, and ${d.clause(false)}.`,
  },
  {
    name: 'thanks',
    weight: 2,
    make: (d, g) =>
      `${g ? d.of('Thank you, whoever made this', 'I cannot complain', 'No regrets') : d.of('Shame on whoever made this', 'I cannot recommend it', 'So much for the advert')}: ${d.clause(g)}.`,
  },
  {
    name: 'question',
    weight: 2,
    make: (d, g) =>
      `${g ? d.of('Why did nobody tell me about this?', 'Where has this been all my life?') : d.of('Does nobody check these things?', 'Who signs off on this?')} ${d.say(g)}.`,
  },
];

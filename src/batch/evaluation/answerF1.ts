/** How much of an answer's words is right (SQuAD: Rajpurkar et al. 2016, section 6.1, and its evaluation script). */

/** The largest F1 with one of the gold answers, over words without case, punctuation and English articles. */
export function answerF1(predicted: string, gold: readonly string[]): number {
  return gold.reduce((best, answer) => Math.max(best, tokenF1(words(predicted), words(answer))), 0);
}

/** F1 of two bags of words; of two empty ones 1. */
function tokenF1(predicted: readonly string[], gold: readonly string[]): number {
  if (predicted.length === 0 || gold.length === 0) return predicted.length === gold.length ? 1 : 0;
  const left = [...gold];
  const common = predicted.filter(word => {
    const at = left.indexOf(word);
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  }).length;
  return (2 * common) / (predicted.length + gold.length);
}

function words(answer: string): string[] {
  return answer
    .toLowerCase()
    .replace(/[!-/:-@[-`{-~]/g, '')
    .replace(/\b(?:a|an|the)\b/g, ' ')
    .split(/\s+/)
    .filter(word => word !== '');
}

/** How many tokens go into one run, so that a run stays short enough to be cancelled between two. */

/** A run should not take longer, in milliseconds. */
const longest = 200;
/** The size is changed only outside of these times: small disturbances must not change how work is cut. */
const tooLong = 250;
const tooShort = 140;

/**
 * Floating point operations a millisecond that any machine reaches; a first guess for large models. It is
 * careful, for a slice that is too short costs little and one that is too long cannot be cancelled.
 */
const operationsPerMillisecond = 1e8;

/** No larger batch has been seen to be faster. */
const mostTokens = { cpu: 1024, webgpu: 8192 };

export class Pace {
  private tokens: number;
  private readonly most: number;
  private warm = false;

  /** `matrixWeights`: each costs a token two multiply-adds, one forward and one back. */
  constructor(matrixWeights: number, device: 'cpu' | 'webgpu') {
    this.most = mostTokens[device];
    const guess = (longest * operationsPerMillisecond) / (4 * Math.max(1, matrixWeights));
    this.tokens = Math.min(this.most, Math.max(1, guess));
  }

  /** Points of so many tokens each in the next run; at least one. */
  pointsOf(length: number): number {
    return Math.max(1, Math.floor(this.tokens / length));
  }

  /**
   * Learns from a run of `tokens` tokens. Models that fit into the largest run are never cut
   * differently from one time to the next, so their results repeat to the last bit.
   */
  learn(tokens: number, milliseconds: number): void {
    // The first run of a session allocates its memory.
    if (!this.warm) this.warm = true;
    else if (milliseconds > tooLong) this.tokens = Math.max(1, (tokens * longest) / milliseconds);
    else if (milliseconds < tooShort && tokens > this.tokens / 2) {
      // Reading the weights costs the same for any number of tokens, so this grows carefully, and it grows
      // from a single point too, which would cost several times as much as it has to.
      const growth = Math.min(2, longest / Math.max(1, milliseconds));
      this.tokens = Math.min(this.most, this.tokens * growth);
    }
  }
}

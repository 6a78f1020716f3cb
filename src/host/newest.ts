/** One run at a time, the newest wins: a run that begins cancels the one before, whose answer nobody waits for any more. */
export class Newest {
  private run: AbortController | null = null;

  get isRunning(): boolean {
    return this.run !== null;
  }

  /** Cancels what runs. The new run is to be ended, however it ends. */
  begin(): AbortController {
    this.cancel();
    this.run = new AbortController();
    return this.run;
  }

  /** False once a newer one began: then nothing is to be shown or told of this one. */
  is(run: AbortController): boolean {
    return this.run === run;
  }

  /** What runs is stopped, and says so itself. */
  cancel(): void {
    this.run?.abort();
  }

  /** What runs is stopped, and nothing is said of it. */
  drop(): void {
    this.cancel();
    this.run = null;
  }

  end(run: AbortController): void {
    if (this.is(run)) this.run = null;
  }
}

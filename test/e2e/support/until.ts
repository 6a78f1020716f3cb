/** Waiting for a state, never for a time. */
const limit = 30_000;
const pause = 50;

/**
 * Asks again until `look` returns something that is neither false nor null, and returns it. After the
 * limit the error names what was awaited and what was seen last.
 */
export async function until<T>(
  what: string,
  look: () => Promise<T | false | null>,
  within = limit,
): Promise<T> {
  const end = Date.now() + within;
  let last = 'nothing';
  while (Date.now() < end) {
    try {
      const seen = await look();
      if (seen !== false && seen !== null) return seen;
      last = String(seen);
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
    }
    await new Promise(resolve => setTimeout(resolve, pause));
  }
  throw new Error(`Waited ${within / 1000} s in vain: ${what}. Seen last: ${last}`);
}

/** Like `until`, for a value that must become equal to `wanted`. */
export async function untilEqual<T>(
  what: string,
  look: () => Promise<T>,
  wanted: T,
  within = limit,
): Promise<void> {
  const goal = JSON.stringify(wanted);
  await until(
    `${what} to be ${goal}`,
    async () => {
      const seen = await look();
      if (JSON.stringify(seen) === goal) return true;
      throw new Error(JSON.stringify(seen));
    },
    within,
  );
}

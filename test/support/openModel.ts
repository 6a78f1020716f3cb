/** Run as a process of its own: opens and releases the model that the first argument names. */
import { Session } from '../../src/runtime/session';

async function main(): Promise<void> {
  const session = await Session.create(process.argv[2]!);
  await session.release();
  console.log('opened');
}

void main();

/** The command line: `node dist/cli.js explain FILE:LINE --model DIR`. */
import path from 'node:path';
import colors from 'picocolors';
import { runProgram } from './cli/program';

// Who reads only the beginning (`| head`) closes the pipe; that is no error. A full disk is.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  process.stderr.write(`glassbox: The result could not be written (${error.message}).\n`);
  process.exit(2);
});
// There is nowhere left to tell it; the exit code does.
process.stderr.on('error', () => process.exit(2));

void runProgram(process.argv.slice(2), {
  out: text => process.stdout.write(text),
  err: text => process.stderr.write(text),
  colors,
  engine: { entry: path.join(__dirname, 'engine.js') },
  // Once: a second Ctrl-C ends the process at once.
  onInterrupt: stop => {
    process.once('SIGINT', stop);
    return () => process.off('SIGINT', stop);
  },
}).then(code => {
  process.exitCode = code;
});

/** --measures: some of the measures, by commas. */
import { InvalidArgumentError, type Command } from 'commander';
import { measureNames, type MeasureName } from '../protocol/measures';

/** @param usual what is measured where nothing is said. */
export function addMeasuresOption(command: Command, usual: string): Command {
  const about = `by commas: ${measureNames.join(', ')}; otherwise ${usual}`;
  return command.option('--measures <list>', about, parseMeasures);
}

function parseMeasures(text: string): MeasureName[] {
  return text.split(',').map(part => {
    const found = measureNames.find(name => name === part.trim());
    if (found) return found;
    throw new InvalidArgumentError(`Allowed are ${measureNames.join(', ')}, divided by commas.`);
  });
}

/** A second model for comparisons: the sample model with the signs of its last layer turned round, so that all that it says is known. */
import * as path from 'node:path';
import { sampleFolder } from '../../../scripts/tools/places.mjs';
import { editModel, setWeight } from '../../support/editedModel';

/** Its logits are those of the sample model with the other sign: of two labels it gives each the probability of the other. */
export function addOppositeModel(workspace: string): Promise<string> {
  const folder = path.join(workspace, 'opposite');
  editModel(path.join(sampleFolder, 'model'), folder, graph => {
    for (const name of ['classifier.weight', 'classifier.bias']) {
      setWeight(graph, name, old => old.map(number => -number));
    }
  });
  return Promise.resolve(folder);
}

/** `npm run bench`: the figures that the project promises, each a ratio within one run, or a size. */
import { attackFigures, printAttackStudy } from './attacks';
import { gradientOverForward, pathOverForward } from './bertBase';
import { editorFigures } from './editor';
import { engineFigures } from './engine';
import { evaluationFigures } from './evaluation';
import { familyFigures, planning } from './families';
import { influenceFigures } from './influence';
import { influenceEngineFigures } from './influenceEngine';
import { leaveOneOutFigure, leaveOneOutPlot, leaveOneOutStudy } from './leaveOneOut';
import { engineMemory } from './memory';
import { recurrentFigures } from './recurrent';
import { perturbationFigures } from './perturbations';
import { printFigure } from './report';
import { secondOrderFigures } from './secondOrder';

async function main(): Promise<void> {
  console.log('Glassbox bench. Times depend on the machine; ratios hardly do.\n');
  for (const figure of await editorFigures()) printFigure(figure);
  for (const figure of await engineFigures()) printFigure(figure);
  for (const figure of await evaluationFigures()) printFigure(figure);
  printFigure(await gradientOverForward());
  printFigure(await pathOverForward());
  for (const figure of await perturbationFigures()) printFigure(figure);
  for (const figure of await attackFigures()) printFigure(figure);
  for (const figure of await secondOrderFigures()) printFigure(figure);
  for (const figure of await influenceFigures()) printFigure(figure);
  for (const figure of await influenceEngineFigures()) printFigure(figure);
  const leftOut = await leaveOneOutStudy();
  printFigure(leaveOneOutFigure(leftOut));
  console.log(leaveOneOutPlot(leftOut));
  printFigure(await planning());
  for (const figure of await engineMemory()) printFigure(figure);
  for (const figure of await familyFigures()) printFigure(figure);
  for (const figure of await recurrentFigures()) printFigure(figure);
  await printAttackStudy();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});

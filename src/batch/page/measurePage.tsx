/** How good explanations of a file are, as a page. */
import { columnWords, failsRandom, fewLinesWords } from '../../protocol/measureWords';
import type { MeasuredMethodSummary, MeasureReport } from '../../protocol/measures';
import { HeatTable } from './heatTable';
import { MaskingCurves } from './maskingCurves';
import { MeasureTable, measuredColumns } from './measureTable';
import { pageText } from './page';
import { Data, Facts, Section } from './parts';

/** The text of an HTML file. Everything in the report is data. */
export function measurePage(report: MeasureReport): string {
  const { file, methods, agreement } = report;
  const names = methods.map(({ title }) => title);
  const title = `Explanations measured: ${file}`;
  return pageText({
    title,
    children: (
      <>
        <h1>
          Explanations measured: <Data text={file} />
        </h1>
        <p>{fewLinesWords(report.done) ?? verdict(methods)}</p>
        <State report={report} />
        <Facts facts={facts(report)} />
        <Section title="Measures">
          <MeasureTable methods={methods} />
        </Section>
        {methods.some(({ curve }) => curve.length > 0) && (
          <Section title="Macro-F1 while the strongest tokens are taken away">
            <MaskingCurves methods={methods} />
          </Section>
        )}
        {methods.length > 1 && (
          <Section title="Agreement of methods">
            <HeatTable
              caption="Spearman correlation of the maps, mean over the lines: 1 where they rank all tokens alike."
              corner=""
              rows={names}
              columns={names}
              cells={agreement}
              write={value => value.toFixed(2)}
              share={value => value}
            />
          </Section>
        )}
        <Section title="What the measures are">
          <dl>
            {measuredColumns(methods).map(column => {
              const { title: name, about, better } = columnWords[column];
              return (
                <>
                  <dt>{name}</dt>
                  <dd>
                    {about} {better === 'higher' ? 'Higher' : 'Lower'} is better.
                  </dd>
                </>
              );
            })}
          </dl>
        </Section>
      </>
    ),
  });
}

/** In one sentence, which methods are not to be believed. */
function verdict(methods: readonly MeasuredMethodSummary[]): string {
  const judged = methods.filter(({ values }) =>
    Object.values(values).some(value => value !== null && value.againstRandom !== null),
  );
  const failing = judged.filter(({ values }) =>
    Object.values(values).some(value => value && failsRandom(value.againstRandom)),
  );
  if (judged.length === 0) return 'No method could be compared with the random explainer.';
  return `${failing.length} of ${judged.length} methods do not beat the random explainer in at least one measure; the table says in which.`;
}

function State({ report: { state, done, total } }: { readonly report: MeasureReport }) {
  if (state === 'done') return null;
  const says = state === 'stopped' ? 'Stopped' : 'Still running';
  return (
    <p class="notice">
      {says} after {done} of {total} lines: the numbers are of these.
    </p>
  );
}

function facts(report: MeasureReport): [string, string][] {
  const { modelName, modelHash, done, total, errors, options } = report;
  return [
    ['model', `${modelName} (SHA-256 ${modelHash.slice(0, 16)}...)`],
    ['lines', `${done} of ${total}; ${errors} could not be measured`],
    ['tokens are taken away by', removals[options.removal]],
    ['shares of the tokens', options.shares.map(share => `${100 * share} %`).join(', ')],
    ['perturbed copies', String(options.samples)],
    ['seed', String(options.seed)],
  ];
}

const removals = {
  mask: 'the mask token',
  pad: 'padding that is read',
  delete: 'leaving them out',
};

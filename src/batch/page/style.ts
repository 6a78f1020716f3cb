/** The look of every page; it follows the reader's light or dark, and paper is light. No character of it needs escaping. */

const light = `
  --paper: #ffffff; --ink: #1f2328; --faint: #59636e; --line: #d1d9e0; --shade: #f6f8fa;
  --heat: #0969da; --cold: #bc4c00; --right: #1a7f37; --wrong: #cf222e; --main: #0550ae;`;
const dark = `
  --paper: #0d1117; --ink: #e6edf3; --faint: #9198a1; --line: #3d444d; --shade: #151b23;
  --heat: #4493f8; --cold: #f0883e; --right: #3fb950; --wrong: #f85149; --main: #79c0ff;`;

export const style = `
:root { color-scheme: light dark; ${light} }
@media screen and (prefers-color-scheme: dark) { :root { ${dark} } }
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 24px; max-width: 1200px; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif;
}
h1 { margin: 0 0 4px; font-size: 1.6em; line-height: 1.25; overflow-wrap: anywhere; }
h2 { margin: 32px 0 8px; font-size: 1.2em; }
p { margin: 4px 0; max-width: 90ch; }
.faint, figcaption, caption { color: var(--faint); }
.notice { border-left: 4px solid var(--cold); padding-left: 10px; font-weight: 600; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 16px; margin: 12px 0; }
dt { color: var(--faint); }
dd { margin: 0; overflow-wrap: anywhere; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding: 4px 0; }
th, td { border: 1px solid var(--line); padding: 4px 8px; text-align: left; vertical-align: top; }
thead th { background: var(--shade); }
th small, td small { display: block; font-weight: 400; color: var(--faint); }
td.number { text-align: right; white-space: nowrap; }
td.text { overflow-wrap: anywhere; min-width: 20em; }
tr.control th { font-style: italic; }
td.fails, td.fails small { color: var(--wrong); }
td.fails small { font-weight: 600; }
td.heat { background: color-mix(in srgb, var(--tint) calc(var(--share) * 55%), transparent); }
bdi { white-space: pre-wrap; }
figure { margin: 8px 0; }
.plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(230px, 1fr)); gap: 16px; }
.plots figure { margin: 0; }
svg { display: block; max-width: 100%; height: auto; font: 11px system-ui, sans-serif; }
svg text { fill: var(--faint); }
.axis { stroke: var(--faint); }
.grid { stroke: var(--line); }
.curve { fill: none; stroke: var(--main); stroke-width: 2; }
.reference { fill: none; stroke: var(--faint); stroke-width: 1.5; stroke-dasharray: 4 3; }
.dot { fill: var(--main); }
.right { fill: var(--right); stroke: var(--right); }
.wrong { fill: url(#hatched); stroke: var(--wrong); }
.hatch { stroke: var(--wrong); stroke-width: 3; }
@media print {
  body { max-width: none; padding: 0; font-size: 10pt; }
  tr, figure { break-inside: avoid; }
  .wide { overflow: visible; }
  td.heat, thead th { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;

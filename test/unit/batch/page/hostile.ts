/** Texts that a careless page would take for markup, and what no page of ours may hold. */
import assert from 'node:assert/strict';
import { all, attribute, namesOf, textOf, type Element } from './parsed';

export const hostile = [
  '<script>alert(1)</script>',
  '</td></table><img src=x onerror=alert(1)>',
  '"><svg onload=alert(1)>',
  '&lt;b&gt; &amp; <b>',
  '</style><style>*{display:none}</style>',
  '</title><meta http-equiv=refresh content=0;url=//evil>',
  "' onmouseover='alert(1)",
  '<!-- --><![CDATA[ ]]>',
  'javascript:alert(1)',
  '\u202eright to left',
  '\u0000\u001b[31m',
] as const;

/** No scripts, no links, nothing from elsewhere, whatever the data. */
export function assertHarmless(page: Element): void {
  const { elements, attributes } = namesOf(page);
  for (const name of ['script', 'img', 'iframe', 'link', 'a', 'form', 'object', 'embed', 'base']) {
    assert.ok(!elements.has(name), name);
  }
  for (const name of attributes) {
    assert.ok(!name.startsWith('on') && !['src', 'href', 'xlink:href'].includes(name), name);
  }
  assert.equal(all(page, 'style').length, 1);
  assert.doesNotMatch(textOf(all(page, 'style')[0]!), /@import|url\((?!#)|https?:/);
  const [policy, ...more] = all(page, 'meta').filter(meta => attribute(meta, 'http-equiv'));
  assert.deepEqual(more, []);
  assert.equal(
    attribute(policy!, 'content'),
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
  );
}

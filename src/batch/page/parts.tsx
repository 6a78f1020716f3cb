/** What pages are put together from. */
import type { ComponentChildren } from 'preact';
import { printable } from '../printable';

/** Text of others: whatever is in it, it stays in its place and keeps its direction to itself. */
export function Data({ text }: { readonly text: string }) {
  return <bdi>{printable(text)}</bdi>;
}

/** A number as it is read, and, for programs that read the page, as it is. */
export function Value({ of, shown }: { readonly of: number; readonly shown: string }) {
  return <data value={String(of)}>{shown}</data>;
}

export function Section({
  title,
  children,
}: {
  readonly title: string;
  readonly children: ComponentChildren;
}) {
  return (
    <section>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

/** Names and what belongs to them. */
export function Facts({ facts }: { readonly facts: readonly (readonly [string, string])[] }) {
  return (
    <dl>
      {facts.map(([name, text]) => (
        <>
          <dt>{name}</dt>
          <dd>
            <Data text={text} />
          </dd>
        </>
      ))}
    </dl>
  );
}

/** A table that is wider than the page is scrolled alone. */
export function Table({
  caption,
  head,
  children,
}: {
  readonly caption?: string;
  /** Cells of the first row. */
  readonly head: readonly ComponentChildren[];
  readonly children: ComponentChildren;
}) {
  return (
    <div class="wide">
      <table>
        {caption !== undefined && <caption>{caption}</caption>}
        <thead>
          <tr>
            {head.map(cell => (
              <th scope="col">{cell}</th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

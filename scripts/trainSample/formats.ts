import type { Review } from './sampleData';

/** One JSON object a line. */
export function toJsonl(reviews: readonly Review[]): string {
  return reviews.map(review => `${JSON.stringify(review)}\n`).join('');
}

/** A table with a header; cells are quoted as in RFC 4180, and only where they have to be. */
export function toTable(rows: readonly (readonly string[])[], separator: ',' | '\t'): string {
  return rows.map(row => `${row.map(cell => quote(cell, separator)).join(separator)}\n`).join('');
}

function quote(cell: string, separator: string): string {
  if (!cell.includes(separator) && !/["\r\n]/.test(cell)) return cell;
  return `"${cell.replaceAll('"', '""')}"`;
}

/**
 * How a tint looks. Three hues that a theme may set; the size of a score shows in the fill and in the
 * thickness of the line under it, its sign in the hue and in the style of that line: unbroken towards
 * the label, dotted away from it, double where there is no sign. High contrast themes get no fill.
 */
import * as vscode from 'vscode';
import { colours } from '../ids';
import type { Strength } from './spans';
import { strongest } from './spans';

export type Tint = 'towards' | 'away' | 'magnitude';
export const tints: readonly Tint[] = ['towards', 'away', 'magnitude'];

/** Percent of the hue in the fill of the strongest tint; text stays readable over it (4.5 to 1). */
const strongestFill = 40;

const lineStyles: Record<Tint, string> = { towards: 'solid', away: 'dotted', magnitude: 'double' };

export function isHighContrast(theme: vscode.ColorTheme): boolean {
  return (
    theme.kind === vscode.ColorThemeKind.HighContrast ||
    theme.kind === vscode.ColorThemeKind.HighContrastLight
  );
}

/** The variable that VS Code sets to a contributed colour, so that one hue gives five fills. */
function fill(tint: Tint, strength: number): string {
  const variable = `--vscode-${colours[tint].replace('.', '-')}`;
  const share = (strongestFill * strength) / strongest;
  return `color-mix(in srgb, var(${variable}) ${share}%, transparent)`;
}

/**
 * Pixels under the text; a double line needs three to be seen as two. In high contrast themes the
 * frame of the line with the cursor, one pixel, lies over it, so there it has one more.
 */
function thickness(tint: Tint, strength: number, highContrast: boolean): number {
  const size = highContrast ? 1 + Math.ceil((strength * 3) / strongest) : strength >= 3 ? 2 : 1;
  return tint === 'magnitude' ? Math.max(3, size) : size;
}

export function tintStyle(
  tint: Tint,
  strength: Exclude<Strength, 0>,
  highContrast: boolean,
): vscode.DecorationRenderOptions {
  return {
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
    borderColor: new vscode.ThemeColor(colours[tint]),
    borderStyle: lineStyles[tint],
    borderWidth: `0 0 ${thickness(tint, strength, highContrast)}px 0`,
    color: new vscode.ThemeColor('editor.foreground'),
    ...(highContrast ? {} : { backgroundColor: fill(tint, strength) }),
  };
}

/**
 * Characters that the model did not read: slanted, with a thin line through them in their own colour, so that it
 * shows in every theme and is none of the lines that stand under tokens.
 */
export function unseenStyle(): vscode.DecorationRenderOptions {
  return {
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
    fontStyle: 'italic',
    textDecoration: 'line-through dotted 1px',
  };
}

/** The characters under the pointer in the panel. */
export function emphasisStyle(): vscode.DecorationRenderOptions {
  return {
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
    outline: '2px solid',
    outlineColor: new vscode.ThemeColor(colours.emphasis),
    overviewRulerColor: new vscode.ThemeColor(colours.emphasis),
    overviewRulerLane: vscode.OverviewRulerLane.Center,
  };
}

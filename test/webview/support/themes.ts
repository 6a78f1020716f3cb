/** The four kinds of theme, as the variables and classes that VS Code puts on the page of a webview. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

export interface Theme {
  readonly name: 'light' | 'dark' | 'hc-black' | 'hc-light';
  readonly bodyClass: string;
  /** '--vscode-editor-background' -> '#ffffff' */
  readonly variables: Readonly<Record<string, string>>;
}

interface Colours {
  ground: string;
  text: string;
  muted: string;
  focus: string;
  accent: string;
  accentText: string;
  accentHover: string;
  buttonBorder: string;
  secondary: string;
  secondaryText: string;
  secondaryHover: string;
  field: string;
  fieldBorder: string;
  border: string;
  link: string;
  hover: string;
  selection: string;
  selectionText: string;
  progress: string;
  warning: string;
  error: string;
  info: string;
  widget: string;
  shadow: string;
  /** Only in high contrast. */
  contrastBorder?: string;
  contrastActiveBorder?: string;
}

/** Default Light Modern, Default Dark Modern, Default High Contrast, Default High Contrast Light. */
const light: Colours = {
  ground: '#ffffff',
  text: '#3b3b3b',
  muted: '#3b3b3b',
  focus: '#005fb8',
  accent: '#005fb8',
  accentText: '#ffffff',
  accentHover: '#0258a8',
  buttonBorder: '#0000001a',
  secondary: '#e5e5e5',
  secondaryText: '#3b3b3b',
  secondaryHover: '#cccccc',
  field: '#ffffff',
  fieldBorder: '#cecece',
  border: '#e5e5e5',
  link: '#005fb8',
  hover: '#f2f2f2',
  selection: '#e8e8e8',
  selectionText: '#000000',
  progress: '#005fb8',
  warning: '#bf8803',
  error: '#e51400',
  info: '#1a85ff',
  widget: '#f8f8f8',
  shadow: 'rgba(0, 0, 0, 0.16)',
};
const dark: Colours = {
  ground: '#1f1f1f',
  text: '#cccccc',
  muted: '#9d9d9d',
  focus: '#0078d4',
  accent: '#0078d4',
  accentText: '#ffffff',
  accentHover: '#026ec1',
  buttonBorder: '#ffffff12',
  secondary: '#313131',
  secondaryText: '#cccccc',
  secondaryHover: '#3c3c3c',
  field: '#313131',
  fieldBorder: '#3c3c3c',
  border: '#2b2b2b',
  link: '#4daafc',
  hover: '#2a2d2e',
  selection: '#04395e',
  selectionText: '#ffffff',
  progress: '#0078d4',
  warning: '#cca700',
  error: '#f14c4c',
  info: '#3794ff',
  widget: '#202020',
  shadow: 'rgba(0, 0, 0, 0.36)',
};
const highContrastBlack: Colours = {
  ...dark,
  ground: '#000000',
  text: '#ffffff',
  muted: 'rgba(255, 255, 255, 0.7)',
  focus: '#f38518',
  accent: '#000000',
  accentHover: '#000000',
  buttonBorder: '#6fc3df',
  secondary: '#000000',
  secondaryText: '#ffffff',
  secondaryHover: '#000000',
  field: '#000000',
  fieldBorder: '#6fc3df',
  border: '#6fc3df',
  link: '#21a6ff',
  hover: 'rgba(255, 255, 255, 0.1)',
  selection: '#000000',
  progress: '#6fc3df',
  warning: '#ffd370',
  error: '#f48771',
  widget: '#0c141f',
  shadow: 'transparent',
  contrastBorder: '#6fc3df',
  contrastActiveBorder: '#f38518',
};
const highContrastLight: Colours = {
  ...light,
  text: '#292929',
  muted: 'rgba(41, 41, 41, 0.7)',
  focus: '#006bbd',
  accent: '#0f4a85',
  accentHover: '#0f4a85',
  buttonBorder: '#0f4a85',
  secondary: '#ffffff',
  secondaryText: '#292929',
  secondaryHover: '#ffffff',
  fieldBorder: '#0f4a85',
  border: '#0f4a85',
  link: '#0f4a85',
  hover: 'rgba(15, 74, 133, 0.1)',
  selection: 'rgba(15, 74, 133, 0.1)',
  selectionText: '#292929',
  progress: '#0f4a85',
  warning: '#895503',
  error: '#b5200d',
  widget: '#ffffff',
  shadow: 'transparent',
  contrastBorder: '#0f4a85',
  contrastActiveBorder: '#006bbd',
};

type ContributedKind = 'dark' | 'light' | 'highContrast' | 'highContrastLight';

/** The colours that package.json contributes, as VS Code hands them to a webview. */
function contributed(kind: ContributedKind, colours: Colours): Record<string, string> {
  const manifest = JSON.parse(readFileSync(path.resolve('package.json'), 'utf8')) as {
    contributes: { colors: { id: string; defaults: Record<ContributedKind, string> }[] };
  };
  return Object.fromEntries(
    manifest.contributes.colors.map(({ id, defaults }) => [
      `--vscode-${id.replace('.', '-')}`,
      defaults[kind] === 'focusBorder' ? colours.focus : defaults[kind],
    ]),
  );
}

function variables(c: Colours, kind: ContributedKind): Record<string, string> {
  const set: Record<string, string | undefined> = {
    'font-family': 'system-ui, "Ubuntu", "Droid Sans", "Liberation Sans", sans-serif',
    'font-size': '13px',
    'font-weight': 'normal',
    'editor-font-family': '"Droid Sans Mono", "DejaVu Sans Mono", monospace',
    'editor-font-size': '14px',
    foreground: c.text,
    'editor-foreground': c.text,
    'editor-background': c.ground,
    descriptionForeground: c.muted,
    focusBorder: c.focus,
    errorForeground: c.error,
    'icon-foreground': c.text,
    contrastBorder: c.contrastBorder,
    contrastActiveBorder: c.contrastActiveBorder,
    'button-background': c.accent,
    'button-foreground': c.accentText,
    'button-hoverBackground': c.accentHover,
    'button-border': c.buttonBorder,
    'button-secondaryBackground': c.secondary,
    'button-secondaryForeground': c.secondaryText,
    'button-secondaryHoverBackground': c.secondaryHover,
    'dropdown-background': c.field,
    'dropdown-foreground': c.text,
    'dropdown-border': c.fieldBorder,
    'input-background': c.field,
    'input-foreground': c.text,
    'input-border': c.fieldBorder,
    'checkbox-background': c.field,
    'checkbox-foreground': c.text,
    'checkbox-border': c.fieldBorder,
    'testing-iconPassed': kind === 'highContrastLight' ? '#007100' : '#73c991',
    'testing-iconFailed': kind === 'highContrastLight' ? '#b5200d' : '#f14c4c',
    'panelTitle-activeBorder': kind.startsWith('highContrast') ? c.contrastBorder : c.focus,
    'panelTitle-activeForeground': c.text,
    'panel-border': c.border,
    'textLink-foreground': c.link,
    'textLink-activeForeground': c.link,
    'list-hoverBackground': c.hover,
    'list-activeSelectionBackground': c.selection,
    'list-activeSelectionForeground': c.selectionText,
    'progressBar-background': c.progress,
    'editorWarning-foreground': c.warning,
    'editorError-foreground': c.error,
    'editorInfo-foreground': c.info,
    'editorWidget-background': c.widget,
    'editorWidget-foreground': c.text,
    'widget-border': c.border,
    'widget-shadow': c.shadow,
    'scrollbarSlider-background': 'rgba(121, 121, 121, 0.4)',
    'scrollbarSlider-hoverBackground': 'rgba(100, 100, 100, 0.7)',
    'scrollbarSlider-activeBackground': 'rgba(191, 191, 191, 0.4)',
  };
  const named = Object.entries(set).flatMap(([name, value]) =>
    value === undefined ? [] : [[`--vscode-${name}`, value]],
  );
  return { ...(Object.fromEntries(named) as Record<string, string>), ...contributed(kind, c) };
}

export const themes: readonly Theme[] = [
  { name: 'light', bodyClass: 'vscode-light', variables: variables(light, 'light') },
  { name: 'dark', bodyClass: 'vscode-dark', variables: variables(dark, 'dark') },
  {
    name: 'hc-black',
    bodyClass: 'vscode-high-contrast',
    variables: variables(highContrastBlack, 'highContrast'),
  },
  {
    name: 'hc-light',
    // For extensions that know only one high contrast, VS Code sets both classes.
    bodyClass: 'vscode-high-contrast-light vscode-high-contrast',
    variables: variables(highContrastLight, 'highContrastLight'),
  },
];

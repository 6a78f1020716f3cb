// The floors of the architecture are a lint rule: a folder imports only from folders below it.
import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Folders of src/ from the ground up; each may import itself and what stands before it. */
const floors = [
  'protocol',
  'onnx',
  'autodiff',
  'runtime',
  'dataset',
  'model',
  'interpret',
  'engine',
  'batch',
  'host',
];

/** Packages that only one floor may import, and why. */
const ownedPackages = {
  vscode: { owners: ['host'], why: 'everything else also runs without VS Code' },
  'onnxruntime-node': {
    owners: ['runtime'],
    why: 'a native crash must stay in the engine process',
  },
  tokenizers: { owners: ['runtime'], why: 'a native crash must stay in the engine process' },
};

function floorRules(folder, index) {
  const above = floors.slice(index + 1);
  const owned = Object.entries(ownedPackages)
    .filter(([, rule]) => !rule.owners.includes(folder))
    .map(([name, rule]) => ({
      name,
      message: `Only ${rule.owners.join(', ')} may import ${name}: ${rule.why}.`,
    }));
  return {
    files: [`src/${folder}/**/*.{ts,tsx}`],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          paths: owned,
          patterns: above.length
            ? [
                {
                  group: above.map(name => `**/${name}/**`),
                  message: `${folder}/ may not import from a floor above it.`,
                },
              ]
            : [],
        },
      ],
    },
  };
}

export default tseslint.config(
  { ignores: ['dist/**', 'out/**', '.cache/**', 'src/onnx/generated/**', 'node_modules/**'] },
  eslint.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['*.mjs'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      'no-console': 'error',
      eqeqeq: 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  ...floors.map(floorRules),
  {
    // The panel runs in a browser: of the floors it knows only the messages.
    files: ['webview/**/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: '/src/(?!protocol)', message: 'webview/ may import only protocol/ of src/.' },
          ],
        },
      ],
    },
  },
  {
    // Tables of messages must fit an index signature, which an interface does not.
    files: ['src/protocol/*Messages.ts'],
    rules: { '@typescript-eslint/consistent-type-definitions': 'off' },
  },
  {
    files: ['**/*.mjs', 'scripts/**', 'src/cli*.ts', 'src/cli/**', 'test/**'],
    rules: { 'no-console': 'off' },
  },
  { files: ['**/*.mjs'], ...tseslint.configs.disableTypeChecked },
  // The scripts are checked by tsc (checkJs), which knows Node's globals.
  { files: ['scripts/**/*.mjs'], rules: { 'no-undef': 'off' } },
  {
    files: ['**/*.cjs'],
    ...tseslint.configs.disableTypeChecked,
    rules: {
      ...tseslint.configs.disableTypeChecked.rules,
      'no-undef': 'off',
      '@typescript-eslint/no-require-imports': 'off',
    },
  },
);

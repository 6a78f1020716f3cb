import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { datasetEndings, formatOf } from '../../../src/dataset/format';

describe('dataset: the endings of file names', () => {
  it('tell the format, whatever their case', () => {
    const formats = {
      '/a.b/Reviews.Dev.JSONL': 'jsonl',
      'a.ndjson': 'jsonl',
      'a.csv': 'csv',
      'a.tsv': 'tsv',
      'a.txt': 'txt',
      'train.conll': 'conll',
      'eng.testa.conll03': 'conll',
      'wnut.IOB2': 'conll',
      'a.bioes': 'conll',
      'a.json': null,
      'a.conllu': null,
      csv: null,
      'a.constructor': null,
    };
    for (const [name, format] of Object.entries(formats))
      assert.equal(formatOf(name), format, name);
    for (const ending of datasetEndings) assert.notEqual(formatOf(`a.${ending}`), null);
  });

  it('are those of the menus in package.json', () => {
    const manifest = readFileSync('package.json', 'utf8');
    const clauses = [...manifest.matchAll(/resourceExtname =~ \/\^\\\\\.\(([\w|]+)\)\$\/i/g)];
    // Other clauses are of models.
    const ofModels = manifest.split("resourceExtname == '.onnx'").length - 1;
    assert.equal(clauses.length + ofModels, manifest.split('resourceExtname').length - 1);
    assert.ok(clauses.length >= 5);
    for (const [, endings] of clauses) {
      assert.deepEqual(endings!.split('|').sort(), [...datasetEndings].sort());
    }
  });
});

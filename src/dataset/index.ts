export { noField, type FieldOptions } from './chooseFields';
export { EmptyText } from './complaint';
export { DatasetCache } from './csvRecord';
export type { Field, FieldType, Place } from './field';
export { openFileLines, type FileLines } from './fileLines';
export { formatOf, type DatasetFormat } from './format';
export { goldInWords } from './gold';
export type { LineSource } from './lineSource';
export {
  listFields,
  recordAt,
  type DatasetRecord,
  type RecordOptions,
  type Word,
} from './recordAt';
export { isSameFile } from './sameFile';
export { textInput } from './textInput';
export { recordAgain, walkRecords, type RecordLines } from './walkRecords';

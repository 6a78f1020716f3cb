export * from './explanation';
export * from './messages';
export * from './engineMessages';
export * from './panelMessages';

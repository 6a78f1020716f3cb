export * from './explanation';
export * from './task';
export * from './messages';
export * from './engineMessages';
export * from './panelMessages';
export * from './channelTypes';
export * from './channel';
export * from './port';

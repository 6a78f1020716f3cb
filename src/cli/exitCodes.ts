/** What the command line ends with. */
export const exitCodes = {
  well: 0,
  /** Of every error, also of wrong options, and of a model that is not well. */
  failed: 2,
  /** Of what was ended by Ctrl-C, as shells have it: 128 + SIGINT. */
  interrupted: 130,
} as const;

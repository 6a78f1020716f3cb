/** Texts of others, fit to be printed. */

/** Characters that would move the cursor, change colours or turn the direction of what follows are shown as symbols. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, character => {
    const code = character.charCodeAt(0);
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : '\ufffd';
  });
}

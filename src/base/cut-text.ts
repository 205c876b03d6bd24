/**
 * The text, or its beginning and `…` when it has more than `charactersMax` characters (UTF-16 code
 * units). No character is cut in half.
 */
export function cutText(text: string, charactersMax: number): string {
  if (text.length <= charactersMax) return text
  return `${text.slice(0, charactersMax).replace(/[\uD800-\uDBFF]$/, '')}…`
}

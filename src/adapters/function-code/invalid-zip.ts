import { cutText } from '../../base/cut-text.ts'

/** Characters of a name that a zip's complaint repeats. */
const shownCharactersMax = 200

/** A zip that is none, broken, or hostile. `message` is for the caller. */
export class InvalidZipError extends Error {
  override readonly name = 'InvalidZipError'
}

/** A zip of which more comes out than may. */
export class UnzippedTooLargeError extends Error {
  override readonly name = 'UnzippedTooLargeError'
}

/** A name from a zip as a complaint shows it: quoted, without control characters, cut. */
export function showName(name: string): string {
  return JSON.stringify(cutText(name, shownCharactersMax))
}

/** What another's code says of a zip, as part of a complaint: without control characters, cut. */
export function showReason(message: string): string {
  return cutText(message.replaceAll(/\p{Cc}/gu, '?'), shownCharactersMax)
}

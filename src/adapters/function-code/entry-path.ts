import { InvalidZipError, showName } from './invalid-zip.ts'
import { pathBytesMax, segmentBytesMax } from './zip-bounds.ts'

/**
 * The names of an entry's path below the folder, each a plain one. Empty for the folder itself (`./`).
 *
 * @throws {InvalidZipError} when the path is absolute, steps up, has a backslash or a NUL, or is longer
 * than a file system takes.
 */
export function entryPathOf(fileName: string): readonly string[] {
  if (/[\0\\]/.test(fileName)) throw refusal(fileName, 'has a character that no path may have')
  if (fileName.startsWith('/') || /^[A-Za-z]:/.test(fileName)) {
    throw refusal(fileName, 'is an absolute path')
  }
  const segments = fileName.split('/').filter((segment) => segment !== '' && segment !== '.')
  if (segments.includes('..')) throw refusal(fileName, 'leaves its folder')
  if (
    Buffer.byteLength(fileName) > pathBytesMax ||
    segments.some((segment) => Buffer.byteLength(segment) > segmentBytesMax)
  ) {
    throw refusal(fileName, 'is too long')
  }
  return segments
}

/**
 * Refuses a symbolic link that could lead out of the folder.
 *
 * `..` is taken at the start of the target alone, and no oftener than the link is deep. The folders above
 * a link are no links (`unpack` sees to it), so that steps up end inside; from there names lead down, or
 * through links that were looked at in the same way. A `..` behind a name could step up from where
 * another link leads, so that it is refused even where it would stay inside.
 *
 * @throws {InvalidZipError}
 */
export function checkLinkTarget(link: readonly string[], target: string): void {
  const name = link.join('/')
  if (target === '' || target.includes('\0') || Buffer.byteLength(target) > pathBytesMax) {
    throw refusal(name, 'is a symbolic link to no path')
  }
  const segments = target.split('/').filter((segment) => segment !== '' && segment !== '.')
  const firstDown = segments.findIndex((segment) => segment !== '..')
  const down = firstDown < 0 ? [] : segments.slice(firstDown)
  const isInside =
    !target.startsWith('/') &&
    !target.includes('\\') &&
    !/^[A-Za-z]:/.test(target) &&
    segments.length - down.length < link.length &&
    !down.includes('..')
  if (!isInside) throw refusal(name, 'is a symbolic link that leaves its folder')
}

function refusal(name: string, why: string): InvalidZipError {
  return new InvalidZipError(`the entry ${showName(name)} ${why}`)
}

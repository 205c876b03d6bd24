/**
 * Bytes of what is in a zip, counted while it is inflated.
 *
 * Documented: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export const unzippedBytesMax = 262_144_000
/** Chosen: docs/decisions/0022-code-of-functions.md. Entries of a zip, folders included. */
export const zipEntriesMax = 20_000
/** Bytes of an entry's name, and of where a symbolic link leads: Linux takes no longer path. */
export const pathBytesMax = 4_095
/** Bytes of one name in a path, on every usual file system. */
export const segmentBytesMax = 255

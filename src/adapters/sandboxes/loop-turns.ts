/**
 * Bytes that a pipe of a program can hold, and more: the kernel's own limit for the buffers of a socket
 * is a fraction of it.
 */
const pipeBytesMax = 4 * 1_048_576
const turnsMax = 1_000

/**
 * Resolves when everything that a program wrote before this call has been read and told.
 *
 * What it wrote is in the kernel's buffers by then, since a write to a local socket puts it there before it
 * returns. A turn of the event loop reads from every socket that has anything, so a whole turn that brings
 * nothing proves the buffers empty. Whoever writes without a pause never lets them be: then it is
 * enough that more was read than they hold. No time passes that is not spent reading.
 */
export async function untilRead(activity: () => number): Promise<void> {
  const atFirst = activity()
  // The turn under way may have been through its sockets already.
  await turn()
  for (let turns = 0; turns < turnsMax; turns += 1) {
    const before = activity()
    await turn()
    const after = activity()
    if (after === before || after - atFirst > pipeBytesMax) return
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve))
}

/** How far content is read before somebody takes it. */
export interface ReadingAhead {
  /** A copy to be given on, as the source may use its memory again; undefined: nothing more is read ahead. */
  readonly copy: (piece: Uint8Array) => Uint8Array | undefined
  /** The source has ended, whoever has taken how much of it. */
  readonly ended: () => void
}

/**
 * The pieces of a source, read as fast as they come and given as fast as they are taken; where no more is read
 * ahead, the source waits for who takes them.
 *
 * What breaks off does so after all that came before. The source is told to stop when nobody wants the rest.
 */
export async function* readAhead(
  source: AsyncIterable<Uint8Array>,
  { copy, ended }: ReadingAhead,
): AsyncGenerator<Uint8Array> {
  const pieces = source[Symbol.asyncIterator]()
  const waiting: Uint8Array[] = []
  let came = Promise.withResolvers<void>()

  const read = async (): Promise<'ended' | 'far enough'> => {
    for (;;) {
      const next = await pieces.next()
      if (next.done === true) {
        ended()
        return 'ended'
      }
      const copied = copy(next.value)
      waiting.push(copied ?? next.value)
      if (copied === undefined) return 'far enough'
      came.resolve()
    }
  }

  const reading = read()
  const ahead = { isOver: false }
  const over = () => {
    ahead.isOver = true
    came.resolve()
  }
  reading.then(over, over)
  try {
    while (!ahead.isOver || waiting.length > 0) {
      const piece = waiting.shift()
      if (piece !== undefined) yield piece
      else {
        await came.promise
        came = Promise.withResolvers<void>()
      }
    }
    if ((await reading) === 'ended') return
    for (;;) {
      const next = await pieces.next()
      if (next.done === true) return
      yield next.value
    }
  } finally {
    // Not waited for: a source that is silent answers when it is cut off.
    pieces.return?.().catch(() => {})
  }
}

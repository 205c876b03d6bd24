/** Begins nothing new after a failure, and fails once all that had begun has ended. */
export async function forEachAtATime<Item>(
  items: readonly Item[],
  atATimeMax: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const waiting = items.values()
  let isFailed = false
  const lane = async (): Promise<void> => {
    for (const item of waiting) {
      if (isFailed) return
      try {
        await work(item)
      } catch (error) {
        isFailed = true
        throw error
      }
    }
  }
  const lanes = Array.from({ length: atATimeMax }, lane)
  const failure = (await Promise.allSettled(lanes)).find(({ status }) => status === 'rejected')
  if (failure?.status === 'rejected') throw failure.reason
}

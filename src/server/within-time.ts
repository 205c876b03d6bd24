/** What the promise resolves with, or `late` when that takes longer than `withinMs`. */
export async function withinTime<Result>(
  promise: Promise<Result>,
  withinMs: number,
  late: Result,
): Promise<Result> {
  const timeOver = Promise.withResolvers<Result>()
  const timer = setTimeout(() => timeOver.resolve(late), withinMs)
  return Promise.race([promise, timeOver.promise]).finally(() => clearTimeout(timer))
}

const pattern = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d{1,3})?)S)?)?$/

const unitsMs = [7 * 86_400_000, 86_400_000, 3_600_000, 60_000, 1000]

/**
 * The length of an ISO 8601 duration such as `PT24H` or `P31DT0.5S`, in milliseconds. Undefined: it is none,
 * or it counts in years or months, which have no length of their own.
 */
export function parseIsoDuration(text: string): number | undefined {
  const [, ...counts] = pattern.exec(text) ?? []
  if (!counts.some((count) => count !== undefined) || text.endsWith('T')) return undefined
  return counts.reduce(
    (sumMs, count, index) => sumMs + Math.round(Number(count ?? 0) * (unitsMs[index] ?? 0)),
    0,
  )
}

/** How long a gateway may take to answer, in milliseconds. */
const answerWithinMs = 5000

/** Asks a running gateway for its health and prints it. Resolves to the exit code; 0: it is ready. */
export async function askStatus(url: string): Promise<number> {
  try {
    const target = new URL('/_stagedoor/health', url)
    const answer = await fetch(target, { signal: AbortSignal.timeout(answerWithinMs) })
    const text = await answer.text()
    process.stdout.write(text)
    return isReady(text) ? 0 : 1
  } catch (error) {
    process.stderr.write(`stagedoor: nothing answers at ${url}: ${reasonOf(error)}\n`)
    return 1
  }
}

function isReady(text: string): boolean {
  try {
    const health: unknown = JSON.parse(text)
    return (
      typeof health === 'object' && health !== null && 'ready' in health && health.ready === true
    )
  } catch {
    return false
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}

/** How long a gateway may take to answer, in milliseconds. */
const answerWithinMs = 5000

/**
 * Asks a running gateway for its health, and how it runs functions where it does, and prints both.
 * Resolves to the exit code; 0: it is ready.
 */
export async function askStatus(url: string): Promise<number> {
  try {
    const health = await ask('/_stagedoor/health', url)
    process.stdout.write(health)
    const functions = await ask('/_stagedoor/functions', url)
    if (isTrue(functions, 'started')) process.stdout.write(functions)
    return isTrue(health, 'ready') ? 0 : 1
  } catch (error) {
    process.stderr.write(`stagedoor: nothing answers at ${url}: ${reasonOf(error)}\n`)
    return 1
  }
}

async function ask(path: string, url: string): Promise<string> {
  const answer = await fetch(new URL(path, url), { signal: AbortSignal.timeout(answerWithinMs) })
  return answer.text()
}

/** Whether a text is a JSON object in which a member is true. */
function isTrue(text: string, name: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return (
      typeof value === 'object' &&
      value !== null &&
      Object.entries(value).some(([member, content]) => member === name && content === true)
    )
  } catch {
    return false
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}

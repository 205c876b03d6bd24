import { isJsonObject, type JsonObject } from '../base/json.ts'

/** What a running gateway answers at a path of its operator API. */
export interface OperatorAnswer {
  /** Its status is 2xx. */
  readonly isOk: boolean
  /** The body as it came. */
  readonly text: string
  /** The body as JSON. */
  readonly value: JsonObject
}

/** Nothing answers, or what answers is no gateway. The message says which, for whoever asked. */
export class NoGatewayError extends Error {
  override readonly name = 'NoGatewayError'
}

/** How long a gateway may take to answer, in milliseconds: it may have thousands of methods to tell of. */
const answerWithinMs = 30_000

/**
 * The answer of the gateway at `url` to a GET of `path`.
 *
 * @throws {NoGatewayError} when nothing answers in 30 s, or something answers that is no JSON object.
 */
export async function askGateway(path: string, url: string): Promise<OperatorAnswer> {
  const { status, text } = await get(path, url)
  const value = parse(text)
  if (isJsonObject(value)) return { isOk: status >= 200 && status < 300, text, value }
  throw new NoGatewayError(`what answers at ${url} is no Stagedoor: ${status} for GET ${path}`)
}

async function get(path: string, url: string): Promise<{ status: number; text: string }> {
  try {
    const answer = await fetch(new URL(path, url), { signal: AbortSignal.timeout(answerWithinMs) })
    return { status: answer.status, text: await answer.text() }
  } catch (error) {
    throw new NoGatewayError(`nothing answers at ${url}: ${reasonOf(error)}`)
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** `fetch` says no more than that it failed; why is in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}

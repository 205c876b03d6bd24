import { Agent } from 'node:http'
import { get } from './steady-load.ts'

/** An answer and when it was asked for and there, in milliseconds of one clock. */
export interface TimedAnswer {
  /** 0: the connection broke. */
  readonly status: number
  readonly sentMs: number
  readonly receivedMs: number
}

/**
 * Sends requests at a rate, whether or not the ones before were answered, taking the URLs in turn, and gives
 * all answers in the order in which they came. A machine that is late sends what it owes at once.
 */
export async function runOpenLoop(options: {
  readonly urls: readonly string[]
  readonly perSecond: number
  readonly seconds: number
}): Promise<readonly TimedAnswer[]> {
  const { urls, perSecond, seconds } = options
  const agent = new Agent({ keepAlive: true, maxSockets: 32 })
  const answers: TimedAnswer[] = []
  const pending: Promise<void>[] = []
  const startMs = performance.now()
  const total = perSecond * seconds
  const send = async (index: number) => {
    const sentMs = performance.now()
    const url = urls[index % urls.length] ?? ''
    const { status } = await get(agent, url).catch(() => ({ status: 0 }))
    answers.push({ status, sentMs, receivedMs: performance.now() })
  }
  while (pending.length < total) {
    const due = Math.min(total, ((performance.now() - startMs) * perSecond) / 1000)
    while (pending.length < due) pending.push(send(pending.length))
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  await Promise.all(pending)
  agent.destroy()
  return answers
}

/** How many a bucket must have admitted, whatever the machine: between what it had and what it could lose. */
export interface AdmittedBounds {
  readonly atLeast: number
  readonly atMost: number
}

/**
 * What a token bucket must have let through of requests that came faster than it fills.
 *
 * All were counted between the first request and the last answer: it cannot have had more than its burst and
 * what came in that time. A refusal shows an empty bucket: by the last one it has given out all that came since
 * the first answer, but for what it could not hold while nothing was counted, which pauses between answers show.
 */
export function admittedBounds(
  answers: readonly TimedAnswer[],
  { rate, burst }: { readonly rate: number; readonly burst: number },
): AdmittedBounds {
  const firstSentMs = Math.min(...answers.map(({ sentMs }) => sentMs))
  const [first] = answers
  const last = answers.at(-1)
  const lastRefused = answers.findLast(({ status }) => status === 429)
  const wholeMs = (last?.receivedMs ?? 0) - firstSentMs
  const emptiedMs = (lastRefused?.sentMs ?? 0) - (first?.receivedMs ?? 0)
  // Half of the time in which it fills: answers may come later than they were counted.
  const heldMs = (1000 * burst) / rate / 2
  let lostMs = 0
  for (let i = 1; i < answers.length; i += 1) {
    const pauseMs = (answers[i]?.receivedMs ?? 0) - (answers[i - 1]?.receivedMs ?? 0)
    lostMs += Math.max(0, pauseMs - heldMs)
  }
  return {
    atLeast: burst + (rate * (emptiedMs - lostMs)) / 1000 - 1,
    atMost: burst + (rate * wholeMs) / 1000 + 1,
  }
}

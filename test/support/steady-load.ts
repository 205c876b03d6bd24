import { Agent, request } from 'node:http'

/** One answer of a gateway under load. */
export interface Answer {
  readonly status: number
  readonly body: string
}

/** Sends one GET and reads the whole answer; rejects when the connection breaks. */
export function get(agent: Agent, url: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { agent }, (incoming) => {
      let body = ''
      incoming.setEncoding('utf8').on('data', (text: string) => (body += text))
      incoming.once('error', reject)
      incoming.once('end', () => resolve({ status: incoming.statusCode ?? 0, body }))
    })
    outgoing.once('error', reject)
    outgoing.end()
  })
}

/** Requests that go on until told to stop, each answer looked at. */
export interface SteadyLoad {
  readonly requests: () => number
  /** What went wrong, at most a hundred. */
  readonly complaints: readonly string[]
  stop(): Promise<void>
}

/**
 * Keeps `connections` requests in flight over as many kept-alive connections, taking the URLs in turn.
 * `check` answers what is wrong with an answer, or undefined.
 */
export function startSteadyLoad(options: {
  readonly urls: readonly string[]
  readonly connections: number
  readonly check: (url: string, answer: Answer) => string | undefined
}): SteadyLoad {
  const { urls, connections, check } = options
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const complaints: string[] = []
  let count = 0
  const stopping = new AbortController()
  const complain = (text: string) => {
    if (complaints.length < 100) complaints.push(text)
  }
  const client = async () => {
    while (!stopping.signal.aborted) {
      const url = urls[count % urls.length] ?? ''
      count += 1
      const answer = await get(agent, url).catch((error: unknown) => String(error))
      const wrong = typeof answer === 'string' ? answer : check(url, answer)
      if (wrong !== undefined) complain(`${url}: ${wrong}`)
    }
  }
  const clients = Array.from({ length: connections }, client)
  return {
    requests: () => count,
    complaints,
    stop: async () => {
      stopping.abort()
      await Promise.all(clients)
      agent.destroy()
    },
  }
}

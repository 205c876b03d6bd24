import type { Trace } from '../../ports/trace.ts'

export interface TracedPhase {
  readonly phase: string
  readonly durationMs: number
}

export interface MemoryTraceOptions {
  /** The most requests that are kept; then the oldest goes. */
  readonly requestsMax?: number
  /** The most phases of one request that are kept; later ones are not. */
  readonly phasesMax?: number
}

/** The phases of the latest requests. */
export class MemoryTrace implements Trace {
  readonly #requestsMax: number
  readonly #phasesMax: number
  readonly #requests = new Map<string, TracedPhase[]>()

  constructor({ requestsMax = 1_000, phasesMax = 100 }: MemoryTraceOptions = {}) {
    this.#requestsMax = requestsMax
    this.#phasesMax = phasesMax
  }

  phase(requestId: string, phase: string, durationMs: number): void {
    const phases = this.#phasesOf(requestId)
    if (phases.length < this.#phasesMax) phases.push({ phase, durationMs })
  }

  /** The phases of a request in their order; undefined when it is not, or no longer, known. */
  findRequest(requestId: string): readonly TracedPhase[] | undefined {
    return this.#requests.get(requestId)?.slice()
  }

  #phasesOf(requestId: string): TracedPhase[] {
    const known = this.#requests.get(requestId)
    if (known !== undefined) return known
    const phases: TracedPhase[] = []
    const [eldest] = this.#requests.keys()
    if (this.#requests.size >= this.#requestsMax && eldest !== undefined) {
      this.#requests.delete(eldest)
    }
    this.#requests.set(requestId, phases)
    return phases
  }
}

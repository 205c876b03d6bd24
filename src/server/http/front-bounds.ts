/** How long and how much; the rest are AWS's limits. Chosen: docs/decisions/0004-workers-and-connections.md */
export interface FrontBounds {
  /** From the first byte of a head, or from the connection, to the head's end. */
  readonly headersTimeoutMs: number
  /** From the first byte of a request to its last. */
  readonly requestTimeoutMs: number
  /** Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html (310 s). */
  readonly idleTimeoutMs: number
  /** How often the two timeouts are looked at. */
  readonly checkIntervalMs: number
  /**
   * A client that takes no byte of its answer for this long is cut off. Taken is what the system lets
   * go of, in steps of up to 1.5 MB where its buffers have grown large.
   */
  readonly answerStallTimeoutMs: number
  /** Requests of one connection that may wait for their turn (HTTP pipelining). */
  readonly pipelinedMax: number
  /** Management calls of this worker that may be under way at once. */
  readonly forwardedMax: number
  /** Code in the body of a management call that may be arriving at once: 70 MB each at the most. */
  readonly longBodiesMax: number
}

/** What a server keeps unless a test says otherwise. */
export const defaultFrontBounds: FrontBounds = Object.freeze({
  headersTimeoutMs: 30_000,
  requestTimeoutMs: 300_000,
  idleTimeoutMs: 310_000,
  checkIntervalMs: 1000,
  answerStallTimeoutMs: 30_000,
  pipelinedMax: 32,
  forwardedMax: 256,
  longBodiesMax: 8,
})

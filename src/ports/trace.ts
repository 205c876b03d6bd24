/**
 * Watches one request: each phase of the pipeline with its duration. The sink of execution logs, X-Ray
 * segments and the request inspector. Undefined on the gateway means that nobody watches.
 */
export interface Trace {
  phase(requestId: string, phase: string, durationMs: number): void
}

import { fuzzBodies } from './body-validator.ts'
import { fuzzJsonPaths } from './json-path.ts'
import { fuzzRequests } from './requests.ts'
import type { Stall } from './stalls.ts'
import { fuzzTemplates } from './templates.ts'
import { fuzzUpstreamResponses } from './upstream-response.ts'

/** A part of a suite, as one thread runs it. */
export interface FuzzPart {
  readonly suite: SuiteName
  readonly cases: number
  readonly seed: number
}

/** What came of a part, or of several. */
export interface FuzzResult {
  /** What the cases came to → how many. */
  readonly counts: Readonly<Record<string, number>>
  readonly longestMs: number
  readonly stalls: readonly Stall[]
  /** Cases that broke something. */
  readonly broken: readonly string[]
}

export type SuiteName = 'templates' | 'paths' | 'bodies' | 'requests' | 'upstream responses'

type Suite = (part: FuzzPart) => FuzzResult | Promise<FuzzResult>

/** The suites that need no running gateway. A case that ends in an error ends its part with it. */
export const suites: Readonly<Record<SuiteName, Suite>> = Object.freeze({
  templates(part: FuzzPart) {
    const { broken, longestMs, stalls, ...counts } = fuzzTemplates(part)
    return { broken, longestMs, stalls, counts }
  },
  paths(part: FuzzPart) {
    const { longestMs, stalls, ...counts } = fuzzJsonPaths(part)
    return { broken: [], longestMs, stalls, counts }
  },
  bodies(part: FuzzPart) {
    const { longestMs, stalls, ...counts } = fuzzBodies(part)
    return { broken: [], longestMs, stalls, counts }
  },
  async requests(part: FuzzPart) {
    const { longestMs, stalls, ...counts } = await fuzzRequests(part)
    return { broken: [], longestMs, stalls, counts }
  },
  async 'upstream responses'(part: FuzzPart) {
    const { accepted, refused, disagreements } = await fuzzUpstreamResponses(part)
    const broken = disagreements.map((one) => JSON.stringify(one))
    return { broken, longestMs: 0, stalls: [], counts: { accepted, refused } }
  },
})

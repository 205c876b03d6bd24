import type { MethodResponse } from '../messages.ts'

/** What the stage's cache knows of a request, and where its answer goes. */
export type CacheOutcome =
  | { readonly outcome: 'hit'; readonly response: MethodResponse }
  | { readonly outcome: 'miss'; store(response: MethodResponse): void }

const uncached: CacheOutcome = Object.freeze({ outcome: 'miss', store: () => {} })

/**
 * Looks for an answer in the stage's cache. No stage has one yet, so there never is.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-caching.html
 */
export function readCache(): CacheOutcome {
  return uncached
}

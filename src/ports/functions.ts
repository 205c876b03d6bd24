import type { Body } from '../base/body.ts'
import type { SigningCredentials } from '../aws/sigv4-signing.ts'

/** What invokes, so that a function's policy can be asked. */
export type FunctionCaller =
  /** The holder of credentials, through the Lambda API. */
  | { readonly kind: 'account' }
  | {
      /** An AWS service that acts for a resource of its own. */
      readonly kind: 'service'
      /** `apigateway.amazonaws.com`. */
      readonly service: string
      /** `arn:aws:execute-api:{region}:{account}:{api}/{stage}/{METHOD}{resource path}` */
      readonly sourceArn: string
      readonly sourceAccount: string
    }

export interface FunctionInvocation {
  /** ARN of the function as addressed: unqualified, or with a version or an alias. */
  readonly functionArn: string
  readonly caller: FunctionCaller
  readonly invocationType: 'RequestResponse' | 'Event' | 'DryRun'
  /** JSON text of the event. Empty stands for `{}`. */
  readonly payload: string
  /** The caller made the payload itself and knows that it is JSON: it is not parsed to see. */
  readonly isJson?: true
  /** JSON text; absent: none. */
  readonly clientContext?: string
  /** What the invocation is known by, in its log and to the function. Absent: the function plane makes one. */
  readonly requestId?: string
  /** Value of X-Amzn-Trace-Id. Absent: the function plane makes one. */
  readonly traceId?: string
  /** Hand the last 4 KB of the invocation's log back. */
  readonly logTail: boolean
  /**
   * How long the caller waits, in milliseconds; the function goes on. Of an answer that is streamed, for its
   * first byte. Absent: as long as it takes.
   */
  readonly timeoutMs?: number
  /** The answer is wanted as it comes. Of RequestResponse alone, and without effect on a function that gives it whole. */
  readonly isStreamed?: true
  /** Who invokes, where functions are elsewhere. Absent: whom the operator named. */
  readonly credentials?: SigningCredentials
}

/** How a streamed answer ended. */
export interface FunctionStreamEnd {
  /** JSON of the function's failure; absent: the function succeeded. */
  readonly failure?: string
  /** Text, not base64; absent: not asked for. */
  readonly logTail?: string
}

export type FunctionOutcome =
  | {
      readonly outcome: 'answered'
      /** 200; 202 for Event; 204 for DryRun. */
      readonly status: number
      /** What the function gave or, with `functionError`, the JSON of its failure. Empty for 202 and 204. */
      readonly payload: string
      /** Absent: the function succeeded. */
      readonly functionError?: 'Handled' | 'Unhandled'
      /** `$LATEST` or the number: what an alias chose. Absent: whoever answered does not say. */
      readonly executedVersion?: string
      /** Text, not base64. */
      readonly logTail?: string
      readonly requestId: string
    }
  | {
      /** The first byte of a streamed answer is there. */
      readonly outcome: 'streaming'
      /** As the function's runtime says; absent: it does not. */
      readonly contentType?: string
      /** `$LATEST` or the number. Absent: whoever answers does not say. */
      readonly executedVersion?: string
      readonly requestId: string
      /**
       * To be consumed or discarded: who does not read holds the function back. It breaks off
       * (`BodyAbortedError`) when the function fails. Discarded, the function runs to its end unheard.
       */
      readonly body: Body
      /** Resolves when the function has ended. */
      readonly ended: Promise<FunctionStreamEnd>
    }
  | {
      /** Lambda itself says no, in the words of its API. */
      readonly outcome: 'refused'
      readonly status: number
      /** `ResourceNotFoundException`, `TooManyRequestsException`, `AccessDeniedException` … */
      readonly code: string
      readonly message: string
      /** `ReservedFunctionConcurrentInvocationLimitExceeded` … */
      readonly reason?: string
    }
  /** `timeoutMs` is over. */
  | { readonly outcome: 'timeout' }
  /** Whoever runs functions cannot be reached. `detail` is for the operator. */
  | { readonly outcome: 'unreachable'; readonly detail: string }

/**
 * Invokes functions by their ARN: the service Lambda, as whoever invokes sees it.
 *
 * Resolution of qualifiers, weighted aliases, policies, concurrency and retries of events are behind it.
 * Atomicity: an alias that was moved by a call that is answered acts on the next invocation. Bounds: the
 * payload (6 MB each way, 200 MB of a streamed answer, 1 MB for Event), concurrency, and the function's own timeout. Failure policy: an
 * outcome, never a throw; a function whose caller has stopped waiting runs to its end.
 */
export interface Functions {
  invoke(invocation: FunctionInvocation): Promise<FunctionOutcome>
}

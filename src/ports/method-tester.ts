import type { AccountId, Region, ResourceId, RestApiId } from '../aws/identifiers.ts'
import type { HeaderFields } from '../base/header-fields.ts'

/** A request to a method of an API as it is defined now, deployed or not. */
export interface MethodTest {
  readonly account: AccountId
  readonly region: Region
  readonly restApiId: RestApiId
  /** Encoded; its only resource is the one that is tested. */
  readonly definition: Uint8Array
  readonly resourceId: ResourceId
  /** As declared, with its variables in braces. */
  readonly resourcePath: string
  /** A verb, never ANY. */
  readonly httpMethod: string
  /** Below the stage, not decoded; begins with `/`. */
  readonly path: string
  /** Without `?`. */
  readonly rawQuery: string
  readonly headers: HeaderFields
  readonly body: string
  readonly stageVariables: Readonly<Record<string, string>>
  /** What HTTPS backends are shown; absent: nothing. */
  readonly clientCertificateId?: string
}

export type MethodTestOutcome =
  | {
      readonly outcome: 'answered'
      readonly status: number
      readonly headers: HeaderFields
      /** As UTF-8. */
      readonly body: string
      /** The execution log, as AWS writes it. */
      readonly log: string
      /** Whole milliseconds. */
      readonly latencyMs: number
    }
  /** The path gives the variables of the resource's path no values. */
  | { readonly outcome: 'other-path' }

/**
 * Runs methods for TestInvokeMethod, as a stage would, without one. What fails on the way is an answer.
 *
 * Failure policy: rejects when nobody can run it, and when whoever ran it is gone.
 */
export interface MethodTester {
  test(test: MethodTest): Promise<MethodTestOutcome>
}

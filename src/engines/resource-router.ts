import type { MethodKey } from '../aws/identifiers.ts'

/** One method of an API: where it stands and what stands there. */
export interface RouteEntry<T> {
  /** Template of the path: `/`, `/pets/{petId}`, `/files/{proxy+}`. */
  readonly path: string
  readonly methodKey: MethodKey
  readonly value: T
}

export interface RouteMatch<T> {
  readonly value: T
  /** Name → text of the path exactly as the client wrote it (not decoded). Empty: no parameters. */
  readonly pathParameters: ReadonlyMap<string, string>
}

export interface ResourceRouter<T> {
  /** `methodName` as the client sent it. Undefined: no resource has such a method on such a path. */
  match(methodName: string, rawPath: string): RouteMatch<T> | undefined
  /** The resource that the path alone finds, whatever its methods: for diagnostics only. */
  findResourcePath(rawPath: string): string | undefined
  /** Every method, in no promised order. */
  entries(): IterableIterator<RouteEntry<T>>
}

/** Takes entries one at a time, so that building can be spread over time. */
export interface ResourceRouterBuilder<T> {
  add(entry: RouteEntry<T>): void
  /** The router of everything added so far. Adding afterwards is our own bug. */
  build(): ResourceRouter<T>
}

export declare function startResourceRouter<T>(): ResourceRouterBuilder<T>
export declare function buildResourceRouter<T>(entries: Iterable<RouteEntry<T>>): ResourceRouter<T>

/**
 * A service is a name, a table of operations and a complete map of handlers.
 *
 * The map is typed by the table: a missing handler is a compile error, and so is an output that the
 * operation does not have. An operation that is not built says so with `unsupported('why')`; it answers
 * an AWS-shaped error and is listed in docs/compatibility.md.
 */

/** What the generated `Operations` interface of a service looks like. */
export type OperationTypes = Readonly<
  Record<string, { readonly input: object; readonly output: object }>
>

/** From input to output. Refuses with `ServiceError`. */
export type Handler<Context, Operation extends { input: object; output: object }> = (
  input: Operation['input'],
  context: Context,
) => Promise<Operation['output']>

export interface Unsupported {
  readonly kind: 'unsupported'
  readonly reason: string
}

/** Marks an operation as not built. `reason` is shown to callers and in docs/compatibility.md. */
export function unsupported(reason: string): Unsupported {
  return Object.freeze({ kind: 'unsupported', reason })
}

export type Handlers<Context, Operations extends { [Name in keyof Operations]: { input: object; output: object } }> = {
  readonly [Name in keyof Operations]: Handler<Context, Operations[Name]> | Unsupported
}

import { managementBodyBytesMax } from '../aws/limits.ts'
import { indexOperations, type OperationIndex } from '../aws/operation-index.ts'
import { compileModel, type OperationTable, type ServiceModel } from '../aws/operation-model.ts'
import { invariant } from '../base/invariant.ts'

/**
 * A service is a name, a table of operations and a complete map of handlers.
 *
 * The map is typed by the table: a missing handler is a compile error, and so is an output that the
 * operation does not have. An operation that is not built says so with `unsupported('why')`; it answers
 * an AWS-shaped error and is listed in docs/compatibility.md.
 */

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

export type Handlers<
  Context,
  Operations extends { [Name in keyof Operations]: { input: object; output: object } },
> = {
  readonly [Name in keyof Operations]: Handler<Context, Operations[Name]> | Unsupported
}

/** A service as the control plane runs it. */
export interface Service<Context> {
  readonly model: ServiceModel
  readonly index: OperationIndex
  /** By operation; there is one for each. */
  readonly handlers: Readonly<Record<string, OperationRunner<Context> | Unsupported>>
  /** Bytes of a request's body. */
  readonly bodyBytesMax: number
}

/** A service by its name; the rest of it is there when the first call is signed for it. */
export interface ServiceEntry<Context> {
  readonly name: string
  load(): Promise<Service<Context>>
}

/** An entry of a service that is there. */
export function loadedService<Context>(service: Service<Context>): ServiceEntry<Context> {
  return Object.freeze({ name: service.model.service, load: () => Promise.resolve(service) })
}

/** A handler whose types were settled where it was written. */
export type OperationRunner<Context> = (input: object, context: Context) => Promise<object>

/**
 * A service from its table and a handler for each operation of it.
 *
 * @throws {InvariantError} at start, when the two do not name the same operations: the types that the
 * map was checked against are of another table.
 */
export function defineService<
  Context,
  Operations extends { [Name in keyof Operations]: { input: object; output: object } },
>(
  table: OperationTable,
  handlers: Handlers<Context, Operations>,
  bodyBytesMax = managementBodyBytesMax,
): Service<Context> {
  const model = compileModel(table)
  // Each handler takes the input of the operation it is named for, and the codec gives it no other.
  const byName = { ...handlers } as Readonly<Record<string, OperationRunner<Context> | Unsupported>>
  const lost = [...model.operations.keys()].filter((name) => !Object.hasOwn(byName, name))
  const unknown = Object.keys(byName).filter((name) => !model.operations.has(name))
  invariant(lost.length === 0, `${model.service} has no handler for ${lost.join(', ')}`)
  invariant(unknown.length === 0, `${model.service} has no operation ${unknown.join(', ')}`)
  return Object.freeze({
    model,
    index: indexOperations(model.operations.values()),
    handlers: Object.freeze(byName),
    bodyBytesMax,
  })
}

import {
  findExecuteApiAddress,
  readRequestTarget,
  type ExecuteApiAddress,
} from '../../data-plane/address.ts'
import type { PlaneSet } from './planes.ts'

/** Which plane a request belongs to. */
export type Recognition =
  | {
      readonly plane: 'execute-api'
      readonly address: ExecuteApiAddress
      /** The authority that decided: the Host field, or that of a target in absolute form. */
      readonly host: string
    }
  /** `target`: path and query in origin form, so that nobody decides by another host again. */
  | {
      readonly plane: 'management' | 'operator'
      readonly host: string
      readonly target: string
    }
  /** The listener does not carry what the request asks for. */
  | { readonly plane: 'none' }

const none: Recognition = Object.freeze({ plane: 'none' })

/**
 * The plane that a request belongs to, of those that its listener carries.
 *
 * The order is a rule of security. The Host comes first, so that nothing under an API's own name reaches
 * another plane, whatever its path. Then the reserved prefixes: execute-api's two, the operator's two.
 * Everything else is a management call, where AWS's own order decides the service (signing scope,
 * X-Amz-Target, path).
 *
 * Cost: on the way of every request; allocates the address and the answer.
 */
export function recognize(
  planes: PlaneSet,
  line: { readonly hostField: string; readonly target: string },
): Recognition {
  const target = readRequestTarget(line)
  const { host, path, rawQuery } = target
  const address = findExecuteApiAddress(target)
  if (address !== undefined) {
    return planes.has('execute-api') ? { plane: 'execute-api', address, host } : none
  }
  const plane = isOperatorPath(path) ? 'operator' : 'management'
  if (!planes.has(plane)) return none
  return { plane, host, target: rawQuery === '' ? path : `${path}?${rawQuery}` }
}

function isOperatorPath(path: string): boolean {
  return (
    path.startsWith('/_stagedoor/') || path === '/_stagedoor' || path.startsWith('/_localstack/')
  )
}

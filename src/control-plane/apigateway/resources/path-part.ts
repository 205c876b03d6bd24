import { refusals } from '../errors.ts'
import { variableName } from '../records.ts'

const staticPart = /^[a-zA-Z0-9._:,-]+$/
const variablePart = /^\{[a-zA-Z0-9._:-]+\+?\}$/

/**
 * Checks that a path part is plain, one variable `{name}`, or one greedy variable `{name+}`.
 *
 * @throws {ServiceError} BadRequestException.
 * Observed: management/create-resource-path-part-*; AWS's text does not name the comma, its documentation does.
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
 */
export function checkPathPart(pathPart: string): void {
  if (!staticPart.test(pathPart) && !variablePart.test(pathPart)) throw refusals.pathPart()
}

/** True for `{name}` and `{name+}`. */
function isVariable(pathPart: string): boolean {
  return pathPart.startsWith('{')
}

/** True for `{name+}`, which takes the rest of a path, so that nothing can stand below it. */
export function isGreedy(pathPart: string): boolean {
  return pathPart.endsWith('+}')
}

/** The name that a part holds among its siblings: itself, or the one name of all variables. */
export function siblingName(pathPart: string): string {
  return isVariable(pathPart) ? variableName : pathPart
}

/** The path of a child. */
export function childPath(parentPath: string, pathPart: string): string {
  return parentPath === '/' ? `/${pathPart}` : `${parentPath}/${pathPart}`
}

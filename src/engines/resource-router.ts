import { type MethodKey, methodNames } from '../aws/identifiers.ts'
import { invariant } from '../base/invariant.ts'

/** One method of an API: where it stands and what stands there. */
export interface RouteEntry<T> {
  /** Template of the path: `/`, `/pets/{petId}`, `/files/{proxy+}`. */
  readonly path: string
  readonly methodKey: MethodKey
  readonly value: T
}

/** What a request found. */
export interface RouteMatch<T> {
  readonly value: T
  /** Name → text of the path exactly as the client wrote it (not decoded). Empty: no parameters. */
  readonly pathParameters: ReadonlyMap<string, string>
}

/**
 * Finds the method of a request by its verb and path together, with back-tracking: a resource that lacks
 * the verb hides nothing.
 *
 * At each segment a static resource comes before `{name}`, and that before `{name+}`; on the resource
 * found its own verb comes before ANY. So a static resource with ANY beats a greedy one with the exact
 * verb. ANY stands for seven verbs and no others; HEAD is not implied by GET.
 *
 * Slashes at the end and all but one at the start are ignored. `{name+}` takes one or more segments,
 * slashes within it included; nothing else takes an empty segment. Case counts. Segments are compared
 * as sent: `%61` is not `a`.
 *
 * Observed: https://github.com/ministackorg/ministack/pull/1423 (resolution on the pair)
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-settings-method-request.html
 * Chosen: docs/decisions/0014-paths-uris-and-patterns.md (encoded and empty segments)
 *
 * Cost: a node of the tree is entered at most once, and only while its ancestors agree with the path, so
 * neither the number of resources nor the slashes in a path multiply the work.
 */
export interface ResourceRouter<T> {
  /** `methodName` as the client sent it. Undefined: no resource has such a method on such a path. */
  match(methodName: string, rawPath: string): RouteMatch<T> | undefined
  /** The resource that the path finds when any verb will do: for diagnostics only. */
  findResourcePath(rawPath: string): string | undefined
  /** Every method, in no promised order. */
  entries(): IterableIterator<RouteEntry<T>>
}

/** Takes entries one at a time, so that building can be spread over time. */
export interface ResourceRouterBuilder<T> {
  /** @throws {InvariantError} when the resource has such a method already, or after `build`. */
  add(entry: RouteEntry<T>): void
  /** The router of everything added. */
  build(): ResourceRouter<T>
}

interface RouteTarget<T> extends RouteEntry<T> {
  readonly parameterNames: readonly string[]
}

/** A place in the tree of segments. Absent branches are undefined: most nodes have one. */
interface RouteNode<T> {
  /** The segment that leads here, as the template has it. */
  readonly part: string
  targets: RouteTarget<T>[] | undefined
  /** The static branch where there is one; from the second on they are in the map. */
  onlyStatic: RouteNode<T> | undefined
  statics: Map<string, RouteNode<T>> | undefined
  parameter: RouteNode<T> | undefined
  greedy: RouteNode<T> | undefined
}

/** A branch not taken yet: the node it leads to by taking the text between the offsets as a value. */
interface Choice<T> {
  readonly node: RouteNode<T>
  readonly from: number
  readonly to: number
  /** Values on the way to the branch. */
  readonly valueCount: number
}

const noNames: readonly string[] = Object.freeze([])
const slash = 0x2f

/** A builder without entries. */
export function startResourceRouter<T>(): ResourceRouterBuilder<T> {
  const root = newNode<T>('')
  let isBuilt = false
  return {
    add(entry) {
      invariant(!isBuilt, 'an entry came after the router was built')
      addEntry(root, entry)
    },
    build() {
      isBuilt = true
      return routerOver(root)
    },
  }
}

/** A router of all the entries at once. */
export function buildResourceRouter<T>(entries: Iterable<RouteEntry<T>>): ResourceRouter<T> {
  const builder = startResourceRouter<T>()
  for (const entry of entries) builder.add(entry)
  return builder.build()
}

function routerOver<T>(root: RouteNode<T>): ResourceRouter<T> {
  const noParameters: ReadonlyMap<string, string> = new Map()
  return Object.freeze({
    match(methodName: string, rawPath: string): RouteMatch<T> | undefined {
      const values: string[] = []
      const target = search(root, methodName, rawPath, values)
      if (target === undefined) return undefined
      const names = target.parameterNames
      const pathParameters = names.length === 0 ? noParameters : named(names, values)
      return { value: target.value, pathParameters }
    },
    findResourcePath: (rawPath: string) => search(root, undefined, rawPath, [])?.path,
    entries: () => entriesBelow(root),
  })
}

/** Leaves the values of the target's parameters in `values`. A loop: depth costs no stack. */
function search<T>(
  root: RouteNode<T>,
  methodName: string | undefined,
  path: string,
  values: string[],
): RouteTarget<T> | undefined {
  const end = withoutLastSlashes(path)
  let choices: Choice<T>[] | undefined
  let node: RouteNode<T> | undefined = root
  let at = afterFirstSlashes(path)
  for (;;) {
    if (at < end) {
      const next = segmentEnd(path, at, end)
      if (node.parameter !== undefined || node.greedy !== undefined) {
        pushChoices((choices ??= []), node, { from: at, next, end, valueCount: values.length })
      }
      node = findStatic(node, path, { from: at, to: next })
      at = next + 1
    } else {
      const target = targetFor(node, methodName)
      if (target !== undefined) return target
      node = undefined
    }
    if (node !== undefined) continue
    const choice = choices?.pop()
    if (choice === undefined) return undefined
    values.length = choice.valueCount
    values.push(path.slice(choice.from, choice.to))
    node = choice.node
    at = choice.to + 1
  }
}

function findStatic<T>(
  { onlyStatic, statics }: RouteNode<T>,
  path: string,
  { from, to }: { from: number; to: number },
): RouteNode<T> | undefined {
  if (onlyStatic === undefined) return statics?.get(path.slice(from, to))
  const isIt = onlyStatic.part.length === to - from && path.startsWith(onlyStatic.part, from)
  return isIt ? onlyStatic : undefined
}

/** The better branch last: it is taken first. */
function pushChoices<T>(
  choices: Choice<T>[],
  { parameter, greedy }: RouteNode<T>,
  { from, next, end, valueCount }: { from: number; next: number; end: number; valueCount: number },
): void {
  if (greedy !== undefined) choices.push({ node: greedy, from, to: end, valueCount })
  if (parameter !== undefined && next > from) {
    choices.push({ node: parameter, from, to: next, valueCount })
  }
}

function afterFirstSlashes(path: string): number {
  let start = 0
  while (path.charCodeAt(start) === slash) start++
  return start
}

function withoutLastSlashes(path: string): number {
  let end = path.length
  while (path.charCodeAt(end - 1) === slash) end--
  return end
}

function segmentEnd(path: string, at: number, end: number): number {
  const slashAt = path.indexOf('/', at)
  return slashAt === -1 ? end : slashAt
}

function targetFor<T>(
  node: RouteNode<T>,
  methodName: string | undefined,
): RouteTarget<T> | undefined {
  if (node.targets === undefined) return undefined
  if (methodName === undefined) return node.targets[0]
  let any: RouteTarget<T> | undefined
  for (const target of node.targets) {
    if (target.methodKey === 'ANY') any = target
    else if (target.methodKey === methodName) return target
  }
  return any !== undefined && isMethodName(methodName) ? any : undefined
}

function isMethodName(methodName: string): boolean {
  return methodNames.some((known) => known === methodName)
}

function named(names: readonly string[], values: readonly string[]): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>()
  for (let i = 0; i < names.length; i++) parameters.set(names[i] ?? '', values[i] ?? '')
  return parameters
}

function newNode<T>(part: string): RouteNode<T> {
  return {
    part,
    targets: undefined,
    onlyStatic: undefined,
    statics: undefined,
    parameter: undefined,
    greedy: undefined,
  }
}

function addEntry<T>(root: RouteNode<T>, entry: RouteEntry<T>): void {
  const names: string[] = []
  let node = root
  for (const part of entry.path.split('/')) {
    if (part !== '') node = childFor(node, part, names)
  }
  node.targets ??= []
  invariant(
    !node.targets.some(({ methodKey }) => methodKey === entry.methodKey),
    `${entry.methodKey} ${entry.path} is there already`,
  )
  node.targets.push({ ...entry, parameterNames: names.length === 0 ? noNames : names })
}

function childFor<T>(node: RouteNode<T>, part: string, names: string[]): RouteNode<T> {
  if (!part.startsWith('{') || !part.endsWith('}')) return staticFor(node, part)
  if (part.endsWith('+}')) {
    names.push(part.slice(1, -2))
    return (node.greedy ??= newNode(part))
  }
  names.push(part.slice(1, -1))
  return (node.parameter ??= newNode(part))
}

function staticFor<T>(node: RouteNode<T>, part: string): RouteNode<T> {
  const known = node.onlyStatic?.part === part ? node.onlyStatic : node.statics?.get(part)
  if (known !== undefined) return known
  const child = newNode<T>(part)
  if (node.onlyStatic !== undefined) {
    node.statics = new Map([[node.onlyStatic.part, node.onlyStatic]])
    node.onlyStatic = undefined
  }
  if (node.statics === undefined) node.onlyStatic = child
  else node.statics.set(part, child)
  return child
}

function* entriesBelow<T>(root: RouteNode<T>): IterableIterator<RouteEntry<T>> {
  const waiting = [root]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    yield* node.targets ?? []
    if (node.onlyStatic !== undefined) waiting.push(node.onlyStatic)
    for (const child of node.statics?.values() ?? []) waiting.push(child)
    if (node.parameter !== undefined) waiting.push(node.parameter)
    if (node.greedy !== undefined) waiting.push(node.greedy)
  }
}

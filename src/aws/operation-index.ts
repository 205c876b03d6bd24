import type { Operation } from './operation-model.ts'

/** Finds the operation that a method, a path and a query name. */
export interface OperationIndex {
  /** `segments` are those of the path after its first `/`, decoded. Undefined: there is none. */
  find(
    method: string,
    segments: readonly string[],
    query: URLSearchParams,
  ): OperationMatch | undefined
}

export interface OperationMatch {
  readonly operation: Operation
  /** Values of the labels by member name. */
  readonly labels: ReadonlyMap<string, string>
}

interface Node {
  readonly literals: Map<string, Node>
  label: Node | undefined
  readonly ends: End[]
}

interface End {
  readonly operation: Operation
  /** Position of each label in the path. */
  readonly labels: readonly (readonly [name: string, position: number])[]
  readonly query: readonly (readonly [name: string, value: string])[]
}

/**
 * An index of operations by their URIs: one walk over the segments of a path, whatever their number.
 *
 * A literal segment goes before a label, so `/documentation/parts` is never taken for an id; a template
 * that asks for a query goes before one that does not. A label matches a segment that is not empty.
 */
export function indexOperations(operations: Iterable<Operation>): OperationIndex {
  const methods = new Map<string, Node>()
  for (const operation of operations) {
    let root = methods.get(operation.method)
    if (root === undefined) methods.set(operation.method, (root = emptyNode()))
    insert(root, operation)
  }
  return {
    find(method, segments, query) {
      const root = methods.get(method)
      const end = root === undefined ? undefined : findEnd(root, segments, 0, query)
      if (end === undefined) return undefined
      const labels = end.labels.map(([name, position]) => [name, segments[position] ?? ''] as const)
      return { operation: end.operation, labels: new Map(labels) }
    },
  }
}

function emptyNode(): Node {
  return { literals: new Map(), label: undefined, ends: [] }
}

function insert(root: Node, operation: Operation): void {
  const [path = '', query = ''] = operation.uri.split('?')
  const labels: [string, number][] = []
  let node = root
  for (const [position, segment] of path.slice(1).split('/').entries()) {
    if (segment.startsWith('{')) {
      labels.push([segment.slice(1, -1), position])
      node = node.label ??= emptyNode()
    } else {
      let next = node.literals.get(segment)
      if (next === undefined) node.literals.set(segment, (next = emptyNode()))
      node = next
    }
  }
  node.ends.push({ operation, labels, query: [...new URLSearchParams(query)] })
  node.ends.sort((a, b) => b.query.length - a.query.length)
}

function findEnd(
  node: Node,
  segments: readonly string[],
  position: number,
  query: URLSearchParams,
): End | undefined {
  const segment = segments[position]
  if (segment === undefined) {
    return node.ends.find((end) => end.query.every(([name, value]) => query.get(name) === value))
  }
  const literal = node.literals.get(segment)
  const found = literal && findEnd(literal, segments, position + 1, query)
  if (found !== undefined) return found
  if (segment === '' || node.label === undefined) return undefined
  return findEnd(node.label, segments, position + 1, query)
}

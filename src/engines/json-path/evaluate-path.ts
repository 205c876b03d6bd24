import { documentDepthMax } from '../json-document/read-json.ts'
import { JavaMap } from '../vtl/values.ts'
import { elementsOf, listOf, membersOf, type DocumentNode } from './document.ts'
import { isTaken } from './evaluate-filter.ts'
import { applyFunction } from './path-functions.ts'
import { isDefiniteStep, type CompiledPath, type PathStep } from './path-steps.ts'
import { PathNotApplicable, PathNotFound, type Reading } from './reading.ts'

/**
 * The value of a definite path; the list of what an indefinite one finds.
 *
 * @throws {PathNotFound} when a definite path finds nothing, or an indefinite one breaks off before its
 * first indefinite step.
 */
export function evaluatePath(
  path: CompiledPath,
  current: DocumentNode,
  reading: Reading,
): DocumentNode {
  const found: DocumentNode[] = []
  const run = new PathRun(path, reading, found)
  run.from(0, path.root === '$' ? reading.document : current, true)
  if (!path.isDefinite) return listOf(found)
  const last = found.at(-1)
  if (last === undefined) throw new PathNotFound('No results for path')
  return last
}

/** One walk of a path over a document. */
class PathRun {
  readonly #steps: readonly PathStep[]
  readonly #reading: Reading
  readonly #found: DocumentNode[]

  constructor({ steps }: CompiledPath, reading: Reading, found: DocumentNode[]) {
    this.#steps = steps
    this.#reading = reading
    this.#found = found
  }

  /** Applies the steps from `index` on. `isSure`: every step before leads to one value. */
  from(index: number, node: DocumentNode, isSure: boolean): void {
    this.#reading.budget.spend()
    const step = this.#steps[index]
    if (step === undefined) this.#found.push(node)
    else this.#apply(step, index, node, isSure)
  }

  #apply(step: PathStep, index: number, node: DocumentNode, isSure: boolean): void {
    switch (step.kind) {
      case 'property':
        return this.#members(step.names, index, node, isSure)
      case 'index':
        return this.#indexes(step.indexes, index, node, isSure)
      case 'slice':
        return this.#slice(step, index, node, isSure)
      case 'wildcard':
        return this.#everything(index, node)
      case 'filter':
        return this.#filtered(step, index, node, isSure)
      case 'scan':
        return this.#scan(index + 1, node, 0)
      case 'function':
        return this.from(index + 1, applyFunction(step, node, this.#reading), isSure)
    }
  }

  #members(names: readonly string[], index: number, node: DocumentNode, isSure: boolean): void {
    const members = membersOf(node)
    if (members === undefined) {
      if (isSure) throw new PathNotFound('Expected to find an object')
      return
    }
    const isLast = index === this.#steps.length - 1
    if (names.length > 1 && isLast) return void this.#found.push(this.#merged(names, members))
    for (const name of names) this.#member(name, index, members, isSure && names.length === 1)
  }

  #merged(names: readonly string[], node: JavaMap): JavaMap {
    const merged = new JavaMap()
    for (const name of names) {
      if (node.has(name)) merged.set(name, node.get(name))
      else if (this.#reading.requiresMembers) throw new PathNotFound('Missing property in path')
    }
    return merged
  }

  #member(name: string, index: number, node: JavaMap, isSure: boolean): void {
    const value = node.get(name)
    if (value !== null || node.has(name)) return this.from(index + 1, value, isSure)
    const isLast = index === this.#steps.length - 1
    if (this.#reading.requiresMembers || (isSure && !isLast)) {
      throw new PathNotFound('Missing property in path')
    }
  }

  #indexes(indexes: readonly number[], index: number, node: DocumentNode, isSure: boolean): void {
    const elements = this.#elementsFor(node, isSure)
    const staysSure = isSure && indexes.length === 1
    for (const position of indexes) this.#element(position, index, elements, staysSure)
  }

  #slice(
    { from, to }: Extract<PathStep, { kind: 'slice' }>,
    index: number,
    node: DocumentNode,
    isSure: boolean,
  ): void {
    const elements = this.#elementsFor(node, isSure)
    const { length } = elements
    // Between two bounds a negative one counts from the end only when an element is taken.
    const isBetween = from !== undefined && to !== undefined
    const first =
      from === undefined ? 0 : from < 0 && !isBetween ? Math.max(0, length + from) : from
    const end =
      to === undefined ? length : to < 0 && !isBetween ? length + to : Math.min(length, to)
    for (let position = first; position < end; position += 1) {
      this.#element(position, index, elements, false)
    }
  }

  #element(position: number, index: number, node: readonly DocumentNode[], isSure: boolean): void {
    const value = node[position < 0 ? node.length + position : position]
    if (value !== undefined) this.from(index + 1, value, isSure)
  }

  #elementsFor(node: DocumentNode, isSure: boolean): readonly DocumentNode[] {
    const elements = elementsOf(node)
    if (elements !== undefined) return elements
    if (isSure) throw new PathNotFound('Indexes can only be applied to arrays')
    return []
  }

  #everything(index: number, node: DocumentNode): void {
    for (const child of childrenOf(node)) this.from(index + 1, child, false)
  }

  #filtered(
    { condition }: Extract<PathStep, { kind: 'filter' }>,
    index: number,
    node: DocumentNode,
    isSure: boolean,
  ): void {
    const elements = elementsOf(node)
    if (elements !== undefined) {
      for (const element of elements) {
        if (isTaken(condition, element, this.#reading)) this.from(index + 1, element, false)
      }
    } else if (membersOf(node) !== undefined) {
      if (isTaken(condition, node, this.#reading)) this.from(index + 1, node, false)
    } else if (isSure) throw new PathNotApplicable('A filter cannot be applied to primitives')
  }

  /**
   * Applies the step at `index` to the node and to all below it that it fits. Of an array that fits, the
   * step behind is applied to each element, whatever the step itself would have taken: so does Jayway.
   */
  #scan(index: number, node: DocumentNode, depth: number): void {
    // A template can put a map into itself.
    if (depth > documentDepthMax) throw new PathNotApplicable('The document is nested too deeply')
    this.#reading.budget.spend()
    const step = this.#steps[index]
    const elements = elementsOf(node)
    if (step === undefined || (elements ?? membersOf(node)) === undefined) return
    if (this.#fits(step, index, node)) {
      if (elements !== undefined && index < this.#steps.length - 1) {
        for (const element of elements) this.from(index + 1, element, false)
      } else this.from(index, node, false)
    }
    for (const child of childrenOf(node)) this.#scan(index, child, depth + 1)
  }

  #fits(step: PathStep, index: number, node: DocumentNode): boolean {
    switch (step.kind) {
      case 'property': {
        const members = membersOf(node)
        if (members === undefined) return false
        const isLast = index === this.#steps.length - 1
        if (!isDefiniteStep(step, isLast)) return true
        return step.names.every((name) => members.has(name))
      }
      case 'index':
      case 'slice':
        return elementsOf(node) !== undefined
      case 'wildcard':
        return true
      case 'filter':
        return isTaken(step.condition, node, this.#reading)
      default:
        return false
    }
  }
}

function childrenOf(node: DocumentNode): Iterable<DocumentNode> {
  return elementsOf(node) ?? membersOf(node)?.values.values() ?? []
}

import type { Budget } from './budget.ts'
import { isNumber, JavaDouble, JavaLong, numberText } from './java-number.ts'
import {
  DefinedBlock,
  HostObject,
  JavaChar,
  JavaEntry,
  JavaIterator,
  JavaList,
  JavaMap,
  LoopScope,
  type Value,
} from './values.ts'
import { TemplateFailure } from './vtl-error.ts'

/** Levels of lists and maps that are printed. */
const depthMax = 200

/**
 * The text of a value, as `toString`; null where Java's is null.
 *
 * @throws {TemplateFailure} when it is too long or nested too deep.
 */
export function textOf(value: Value, budget: Budget): string | null {
  if (typeof value === 'string') return value
  if (value === null) return null
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (isNumber(value)) {
    // Digits of thousands take long to be found.
    budget.spend(value instanceof JavaDouble || value instanceof JavaLong ? 2 : 100)
    return numberText(value)
  }
  if (value instanceof JavaChar) return value.unit
  if (value instanceof DefinedBlock) return value.text()
  return new TextWriter(budget).textOf(value)
}

class TextWriter {
  readonly #budget: Budget
  #depth = 0
  #length = 0

  constructor(budget: Budget) {
    this.#budget = budget
  }

  textOf(value: Value): string {
    const text = this.#write(value)
    this.#budget.checkLength(text.length)
    return text
  }

  #write(value: Value): string {
    if (value === null) return 'null'
    if (!(value instanceof JavaList || value instanceof JavaMap || value instanceof LoopScope)) {
      return this.#counted(this.#single(value))
    }
    this.#depth += 1
    // A list of lists that hold nothing has no text that counts.
    this.#budget.spend(2)
    if (this.#depth > depthMax) {
      throw new TemplateFailure('limit', 'lists and maps are nested too deep to be printed')
    }
    const text = this.#members(value)
    this.#depth -= 1
    return text
  }

  #members(value: JavaList | JavaMap | LoopScope): string {
    if (value instanceof JavaList) {
      if (value.kind === 'json') return this.#json(value)
      if (value.kind === 'array') return 'Object[]'
      const own = value.kind === 'list' ? '(this Collection)' : ''
      return `[${value.items.map((item) => (item === value ? own : this.#write(item))).join(', ')}]`
    }
    const map = value instanceof JavaMap ? value : value.storage
    const pairs = map.entries().map(([key, member]) => {
      return `${this.#write(key)}=${member === value ? '(this Map)' : this.#write(member)}`
    })
    return `{${pairs.join(', ')}}`
  }

  #single(value: Value): string {
    if (value instanceof JavaEntry) {
      return `${this.#write(value.key)}=${this.#write(value.map.get(value.key))}`
    }
    if (value instanceof HostObject) return value.name
    if (value instanceof JavaIterator) return 'Iterator'
    return textOf(value, this.#budget) ?? 'null'
  }

  #counted(text: string, steps = 4): string {
    this.#length += text.length + 2
    if (this.#length > this.#budget.limits.outputLengthMax) this.#budget.checkLength(this.#length)
    this.#budget.spend(steps + (text.length >> 6))
    return text
  }

  #json(value: Value): string {
    if (value instanceof JavaList)
      return `[${value.items.map((item) => this.#jsonMember(item)).join(',')}]`
    if (value instanceof JavaMap) {
      const pairs = value.entries().map(([key, member]) => {
        const name = JSON.stringify(typeof key === 'string' ? key : this.#write(key))
        return `${name}:${this.#jsonMember(member)}`
      })
      return `{${pairs.join(',')}}`
    }
    if (value === null || typeof value === 'boolean') return String(value)
    if (isNumber(value)) return this.#counted(numberText(value), 1)
    return this.#counted(JSON.stringify(typeof value === 'string' ? value : this.#write(value)), 1)
  }

  #jsonMember(value: Value): string {
    this.#depth += 1
    if (this.#depth > depthMax) {
      throw new TemplateFailure('limit', 'lists and maps are nested too deep to be printed')
    }
    this.#budget.spend(1)
    const text = this.#json(value)
    this.#depth -= 1
    return text
  }
}

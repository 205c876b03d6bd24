import type { PathCase } from './json-path-judge.ts'

/** Whole numbers below a bound. */
type Random = (below: number) => number

/** A path out of the grammar, sometimes broken, and a document that knows some of its names. */
export function generatePathCase(random: Random): PathCase {
  const generator = new PathGenerator(random)
  const document = random(10) < 3 ? orders : generator.document()
  return { path: generator.path(), json: JSON.stringify(document) }
}

const orders = {
  a: { b: [1, 2, { c: 3, 'd e': 4 }], n: null, s: 'str', t: true, f: 1.5 },
  x: [
    { id: 1, p: 10, n: 'foo' },
    { id: 2, p: 20, n: 'bar', z: null },
    { id: 3, n: 'Foo' },
  ],
  length: 5,
  'k-d': 1,
  'k d': 2,
  '': 7,
  "'": 8,
}
const names = [
  'a',
  'b',
  'c',
  'x',
  'id',
  'p',
  'n',
  'z',
  's',
  't',
  'f',
  'missing',
  'length',
  'd e',
  'k-d',
  'q0',
  '',
]
const leaves = [
  ...[null, true, false, 0, 1, 2, -1, 10, 1.5, 2.25, 100, 2 ** 31, 1e10, 1e-5],
  ...['', 'a', 'foo', '10', '1.0', 'bar baz', "x'y", 'ü/"'],
]
const literals = [
  ...[
    '1',
    '0',
    '10',
    '-1',
    '1.5',
    "'a'",
    "'foo'",
    '"foo"',
    "'10'",
    "'1.0'",
    'true',
    'false',
    'null',
  ],
  ...['[1,2]', "['a','foo']", '[]', '{}', "''", '1.0', '2147483648'],
]
const operators = [
  ...[
    '==',
    '!=',
    '<',
    '<=',
    '>',
    '>=',
    '===',
    '!==',
    'in',
    'nin',
    'contains',
    'size',
    'empty',
    '=~',
  ],
  ...['all', 'anyof', 'noneof', 'subsetof', 'IN'],
]
const patterns = ['fo+', '^a.*', '\\\\d+', '.*', 'FOO', 'a|foo']
const calls = [
  ...['length()', 'size()', 'keys()', 'min()', 'max()', 'sum()', 'avg()', 'stddev()'],
  ...['append(1)', 'concat("a")', 'concat($.a, 1)', 'sum($..id)', 'length($.x)'],
]
const scans = ['a', 'id', 'b', '*', '[0]', '[*]', 'x', '[1:]']
const breaks = ['.', '[', ']', ' ', '..', '[]', "['a'", '[?(@.a)', '(', '()', '?', '*', '@', '$']

class PathGenerator {
  readonly #random: Random

  constructor(random: Random) {
    this.#random = random
  }

  path(): string {
    let path = '$'
    for (let i = 1 + this.#random(4); i > 0; i -= 1) path += this.#step(0)
    return path
  }

  document(): unknown {
    return this.#members(1 + this.#random(5), 0)
  }

  #pick<Item>(items: readonly Item[]): Item {
    const item = items[this.#random(items.length)]
    if (item === undefined) throw new Error('nothing to pick from')
    return item
  }

  #members(count: number, depth: number): Record<string, unknown> {
    const pairs = Array.from(
      { length: count },
      () => [this.#pick(names), this.#value(depth)] as const,
    )
    return Object.fromEntries(pairs)
  }

  #value(depth: number): unknown {
    const kind = this.#random(100)
    if (depth < 3 && kind < 30) return this.#members(this.#random(5), depth + 1)
    if (depth < 3 && kind < 55) {
      return Array.from({ length: this.#random(5) }, () => this.#value(depth + 1))
    }
    return this.#pick(leaves)
  }

  #step(depth: number): string {
    const kind = this.#random(100)
    if (kind < 40) return this.#name()
    if (kind < 50) return `[${quoted(this.#pick(names))}]`
    if (kind < 55) return `[${quoted(this.#pick(names))},${quoted(this.#pick(names))}]`
    if (kind < 65) return `[${this.#random(8) - 3}]`
    if (kind < 68) return `[${this.#random(8) - 3},${this.#random(8) - 3}]`
    if (kind < 74)
      return `[${this.#pick(['', '-1', '0', '1', '2', '-2'])}:${this.#pick(['', '-1', '0', '1', '3'])}]`
    if (kind < 80) return this.#pick(['.*', '[*]'])
    if (kind < 86)
      return `..${this.#random(9) === 0 ? `[${quoted(this.#pick(names))}]` : this.#pick(scans)}`
    if (kind < 96 && depth < 2) return `[?(${this.#condition(depth)})]`
    return kind < 99 ? `.${this.#pick(calls)}` : this.#pick(breaks)
  }

  #name(): string {
    const name = this.#pick(names)
    return name === '' || name.includes(' ') ? `[${quoted(name)}]` : `.${name}`
  }

  #condition(depth: number): string {
    const kind = this.#random(20)
    if (kind < 12) return this.#relation(depth)
    if (kind < 15) return `${this.#condition(depth)} && ${this.#relation(depth)}`
    if (kind < 18) return `${this.#condition(depth)} || ${this.#relation(depth)}`
    return `${this.#random(3) === 0 ? '!' : ''}(${this.#condition(depth)})`
  }

  #relation(depth: number): string {
    let path = this.#random(10) === 0 ? '$' : '@'
    for (let i = this.#random(3); i > 0; i -= 1) path += this.#step(depth + 1)
    if (this.#random(4) === 0) return this.#random(3) === 0 ? `!${path}` : path
    const operator = this.#pick(operators)
    const right = this.#operand(operator, depth)
    const isTight = this.#random(5) === 0 && !/^[a-zA-Z]/.test(operator)
    return isTight ? `${path}${operator}${right}` : `${path} ${operator} ${right}`
  }

  #operand(operator: string, depth: number): string {
    if (operator === '=~') return `/${this.#pick(patterns)}/${this.#pick(['', 'i'])}`
    return this.#random(7) === 0 ? `@${this.#step(depth + 1)}` : this.#pick(literals)
  }
}

function quoted(name: string): string {
  return `'${name.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

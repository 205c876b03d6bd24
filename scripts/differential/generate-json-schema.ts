/** A schema and an instance, each a JSON text: numbers keep the form in which they are written. */
export type SchemaCase = readonly [schema: string, instance: string]

type Draw = (below: number) => number

const names = ['a', 'b', 'c', 'ab', 'B', 'é']
const texts = ['""', '"a"', '"ab"', '"abc"', '"aab1"', '"é😀"', '"1.2.3.4"', '"a@b.c"', '"\\"q\\n"']
const numbers = [
  '0',
  '1',
  '-1',
  '2',
  '3',
  '10',
  '1.0',
  '1.5',
  '0.1',
  '0.30',
  '1e2',
  '-2.50',
  '2.5E-3',
]
const wholes = ['0', '1', '2', '3']
const positive = ['1', '2', '0.1', '1.5', '3', '0.25', '1e1']
const patterns = [
  ...[
    '^a',
    'b$',
    '[ab]+',
    '^a*b',
    '\\\\d',
    '^(a|b)+$',
    'a|^b',
    '(?=a)',
    '\\\\bab',
    '(a)\\\\1',
    '^.{2}$',
  ],
  ...['^[^a]', '\\\\W', 'a{2}', '^(?!a)', 'a??b', '\\\\.'],
]
const formats = ['email', 'ipv4', 'date', 'uri', 'hostname', 'regex', 'base64', 'uuid', 'date-time']
const types = ['array', 'boolean', 'integer', 'null', 'number', 'object', 'string']

function one<Item>(draw: Draw, items: readonly Item[]): Item {
  const item = items[draw(items.length)]
  if (item === undefined) throw new Error('nothing to draw from')
  return item
}

function some<Item>(draw: Draw, items: readonly Item[], max: number): Item[] {
  const count = 1 + draw(max)
  return [...new Set(Array.from({ length: count }, () => one(draw, items)))]
}

/** An instance, not deeper than so many levels. */
function instance(draw: Draw, depth: number): string {
  switch (draw(depth > 0 ? 8 : 5)) {
    case 0:
      return one(draw, numbers)
    case 1:
    case 2:
      return one(draw, texts)
    case 3:
      return one(draw, numbers)
    case 4:
      return one(draw, ['true', 'false', 'null', '{}', '[]'])
    case 5:
      return `[${Array.from({ length: draw(4) }, () => instance(draw, depth - 1)).join(',')}]`
    default: {
      const members = some(draw, names, 4).map((name) => `"${name}":${instance(draw, depth - 1)}`)
      return `{${members.join(',')}}`
    }
  }
}

type Write = (draw: Draw, depth: number) => string

const quoted = (items: readonly string[]) => `[${items.map((item) => `"${item}"`).join(',')}]`
const schemas = (draw: Draw, depth: number) =>
  `[${Array.from({ length: 1 + draw(3) }, () => schema(draw, depth - 1)).join(',')}]`
const schemaMap = (keys: readonly string[], draw: Draw, depth: number) =>
  `{${some(draw, keys, 3)
    .map((name) => `"${name}":${schema(draw, depth - 1)}`)
    .join(',')}}`

const writers: readonly (readonly [keyword: string, write: Write])[] = [
  ['additionalItems', (draw, depth) => (draw(2) === 0 ? 'false' : schema(draw, depth - 1))],
  ['additionalProperties', (draw, depth) => (draw(3) > 0 ? 'false' : schema(draw, depth - 1))],
  ['allOf', schemas],
  ['anyOf', schemas],
  [
    'dependencies',
    (draw, depth) =>
      `{${some(draw, names, 2)
        .map((name) => {
          const isList = draw(2) === 0
          return `"${name}":${isList ? quoted(some(draw, names, 3)) : schema(draw, depth - 1)}`
        })
        .join(',')}}`,
  ],
  [
    'enum',
    (draw) => {
      const values = some(draw, [...texts, '1', 'null', '{"a":1}', '[1.50,"a"]', 'true', '2.0'], 4)
      return `[${values.join(',')}]`
    },
  ],
  ['format', (draw) => `"${one(draw, formats)}"`],
  ['items', (draw, depth) => (draw(2) === 0 ? schemas(draw, depth) : schema(draw, depth - 1))],
  ['maxItems', (draw) => one(draw, wholes)],
  ['maxLength', (draw) => one(draw, wholes)],
  ['maxProperties', (draw) => one(draw, wholes)],
  ['maximum', (draw) => one(draw, numbers) + (draw(3) === 0 ? ',"exclusiveMaximum":true' : '')],
  ['minItems', (draw) => one(draw, wholes)],
  ['minLength', (draw) => one(draw, wholes)],
  ['minProperties', (draw) => one(draw, wholes)],
  ['minimum', (draw) => one(draw, numbers) + (draw(3) === 0 ? ',"exclusiveMinimum":true' : '')],
  ['multipleOf', (draw) => one(draw, positive)],
  ['not', (draw, depth) => schema(draw, depth - 1)],
  ['oneOf', schemas],
  ['pattern', (draw) => `"${one(draw, patterns)}"`],
  ['patternProperties', (draw, depth) => schemaMap(patterns, draw, depth)],
  ['properties', (draw, depth) => schemaMap(names, draw, depth)],
  ['properties', (draw, depth) => schemaMap(names, draw, depth)],
  ['required', (draw) => quoted(some(draw, names, 3))],
  ['type', (draw) => (draw(2) === 0 ? `"${one(draw, types)}"` : quoted(some(draw, types, 4)))],
  ['uniqueItems', (draw) => (draw(3) === 0 ? 'false' : 'true')],
]

function schema(draw: Draw, depth: number): string {
  if (depth <= 0) return draw(2) === 0 ? '{}' : `{"type":"${one(draw, types)}"}`
  if (draw(12) === 0) return `{"$ref":"#/definitions/${one(draw, ['x', 'y'])}"}`
  const drawn = new Map(some(draw, writers, 4).map(([keyword, write]) => [keyword, write]))
  return `{${[...drawn].map(([keyword, write]) => `"${keyword}":${write(draw, depth)}`).join(',')}}`
}

/** Schemas of every keyword with instances that sometimes fit. */
export function generateSchemaCases(count: number, draw: Draw): readonly SchemaCase[] {
  return Array.from({ length: count }, () => {
    const definitions = `"x":${schema(draw, 1)},"y":${schema(draw, 2)}`
    const root = schema(draw, 3)
    const inner = root.startsWith('{"$ref"') ? '{"properties":{}}' : root
    const separator = inner === '{}' ? '' : ','
    return [
      `${inner.slice(0, -1)}${separator}"definitions":{${definitions}}}`,
      instance(draw, 3),
    ] as const
  })
}

/**
 * `node bench/json-path.ts`: what reading a document of some 10 KB costs beside JSON.parse, writing it beside
 * JSON.stringify, and compiling and reading paths as users write them. The best burst of each counts.
 */
import { readJsonDocument } from '../src/engines/json-document/read-json.ts'
import { writeJsonDocument } from '../src/engines/json-document/write-json.ts'
import { compileJsonPath } from '../src/engines/json-path/compile-json-path.ts'

const bursts = 60
const burstOperations = 200

const pets = Array.from({ length: 66 }, (_, i) => ({
  id: i,
  name: `Rex ${i}`,
  price: 12.5 * i,
  tags: ['a', 'good dog'],
  owner: { id: `c${i}`, address: { street: `Main street ${i}`, zip: '12345' } },
  alive: i % 2 === 0,
  note: null,
}))
const text = JSON.stringify({ pets })
const paths = [
  '$',
  '$.pets[0].owner.address.street',
  '$.pets[*].id',
  '$.pets[?(@.price > 100 && @.alive == true)].name',
  '$.pets[?(@.name =~ /Rex 1.*/)]',
  '$..zip',
]

let sink: unknown

/** Microseconds an operation. */
function best(operation: () => unknown): number {
  let least = Number.POSITIVE_INFINITY
  for (let i = 0; i < bursts; i += 1) {
    const startedAt = performance.now()
    for (let j = 0; j < burstOperations; j += 1) sink = operation()
    least = Math.min(least, ((performance.now() - startedAt) * 1000) / burstOperations)
  }
  return least
}

function print(name: string, own: number, peer?: number): void {
  const beside =
    peer === undefined ? '' : ` ${peer.toFixed(1).padStart(8)} µs  ratio ${(own / peer).toFixed(2)}`
  process.stdout.write(`${name.padEnd(62)} ${own.toFixed(1).padStart(8)} µs${beside}\n`)
}

const document = readJsonDocument(text)
const plain: unknown = JSON.parse(text)
print(
  `read ${text.length} characters, JSON.parse`,
  best(() => readJsonDocument(text)),
  best(() => JSON.parse(text) as unknown),
)
print(
  'write them, JSON.stringify',
  best(() => writeJsonDocument(document)),
  best(() => JSON.stringify(plain)),
)
for (const path of paths) {
  const compiled = compileJsonPath(path)
  print(
    `compile ${path}`,
    best(() => compileJsonPath(path)),
  )
  print(
    `read ${path}`,
    best(() => compiled.read(document)),
  )
}
if (sink === undefined) throw new Error('nothing was measured')

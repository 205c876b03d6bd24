import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { rules, unusedExports, type SourceFile } from './support/tidy-rules.ts'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

const isInstalled = (path: string) => path.includes('node_modules')

function readTree(): SourceFile[] {
  return globSync('{src,test,bench,scripts}/**/*.{ts,mjs}', {
    cwd: root,
    exclude: isInstalled,
  }).map((path) => ({
    path: path.replaceAll('\\', '/'),
    text: readFileSync(join(root, path), 'utf8'),
  }))
}

describe('the tree', () => {
  const tree = readTree()
  for (const [name, rule] of Object.entries(rules)) {
    test(`keeps the rule ${name}`, () => {
      assert.deepEqual(tree.flatMap(rule), [])
    })
  }

  test('exports nothing that nobody imports', () => {
    assert.deepEqual(unusedExports(tree), [])
  })

  test('speaks of the product alone', () => {
    const words = /\bsub-?agent|\bcoding agent|\/wor[k]\/|\.\.\/share[d]\//i
    const prose = globSync('{*.md,docs/**/*.md,src/**/*.ts,test/**/*.ts,bench/**/*,scripts/*}', {
      cwd: root,
      exclude: isInstalled,
    }).filter((path) => /\.(md|ts|mjs|json)$/.test(path) && !path.includes('tidy.test'))
    const found = prose.filter((path) => words.test(readFileSync(join(root, path), 'utf8')))
    assert.deepEqual(found, [])
  })
})

describe('a planted breach', () => {
  const plant = (path: string, text: string): SourceFile => ({ path, text })
  const cases: readonly {
    rule: keyof typeof rules
    file: SourceFile
    complaint: string
  }[] = [
    {
      rule: 'forbiddenImports',
      file: plant('src/data-plane/x.ts', "import { y } from '../control-plane/y.ts'\n"),
      complaint: 'src/data-plane/x.ts:1: data-plane may not import control-plane',
    },
    {
      rule: 'forbiddenImports',
      file: plant(
        'src/control-plane/apigateway/x.ts',
        "import type { Y } from '../../data-plane/y.ts'",
      ),
      complaint: 'src/control-plane/apigateway/x.ts:1: control-plane may not import data-plane',
    },
    {
      rule: 'forbiddenImports',
      file: plant('src/control-plane/x.ts', "import {\n  a,\n} from '../adapters/memory/a.ts'"),
      complaint: 'src/control-plane/x.ts:1: control-plane may not import adapters/memory',
    },
    {
      rule: 'forbiddenImports',
      file: plant('src/adapters/memory/x.ts', "import { a } from '../sqlite/a.ts'"),
      complaint: 'src/adapters/memory/x.ts:1: adapters/memory may not import adapters/sqlite',
    },
    {
      rule: 'forbiddenImports',
      file: plant('src/engines/x.ts', "const fs = await import('node:fs')"),
      complaint: 'src/engines/x.ts:1: engines may not import node:fs',
    },
    {
      rule: 'forbiddenImports',
      file: plant('src/data-plane/x.ts', "import { request } from 'undici'"),
      complaint: 'src/data-plane/x.ts:1: data-plane may not import the package undici',
    },
    {
      rule: 'forbiddenImports',
      file: plant('src/cli/x.ts', "import { startGateway } from '../server/gateway.ts'"),
      complaint: 'src/cli/x.ts:1: cli may not import server',
    },
    {
      rule: 'forbiddenImports',
      file: plant('src/aws/x.ts', "export { y } from '../engines/y.ts'"),
      complaint: 'src/aws/x.ts:1: aws may not import engines',
    },
    {
      rule: 'hiddenEffects',
      file: plant('src/control-plane/x.ts', 'const now = Date.now()'),
      complaint: 'src/control-plane/x.ts:1: Date.now(): use the Clock port',
    },
    {
      rule: 'hiddenEffects',
      file: plant('src/engines/x.ts', "\nconst home = process.env['HOME']"),
      complaint: 'src/engines/x.ts:2: process: configuration comes as parameters',
    },
    {
      rule: 'stateAtImport',
      file: plant('src/aws/x.ts', 'const seen = new Map()'),
      complaint: 'src/aws/x.ts:1: a module has no state at import time',
    },
    {
      rule: 'emptyNames',
      file: plant('src/server/x.ts', 'export class StageManager {}'),
      complaint: 'src/server/x.ts:1: StageManager: "Manager" says nothing',
    },
    {
      rule: 'shape',
      file: plant('src/aws/x.ts', 'export default 1'),
      complaint: 'src/aws/x.ts: no default exports',
    },
    {
      rule: 'shape',
      file: plant('src/aws/x.ts', '\n'.repeat(600)),
      complaint: 'src/aws/x.ts: 601 lines, 500 are the most',
    },
    {
      rule: 'leftovers',
      file: plant('src/aws/x.ts', ['const x = y as', 'any'].join(' ')),
      complaint: 'src/aws/x.ts:1: an escape from the types',
    },
    {
      rule: 'undocumentedExports',
      file: plant('src/aws/x.ts', 'export function y() {}'),
      complaint: 'src/aws/x.ts:1: y has no doc comment',
    },
  ]
  for (const { rule, file, complaint } of cases) {
    test(`is reported: ${complaint}`, () => {
      assert.deepEqual(rules[rule](file), [complaint])
    })
  }

  test('is reported: an export that no other file names', () => {
    const files = [
      plant('src/aws/x.ts', 'export const used = 1\nexport function unused() {}\n'),
      plant('src/aws/y.ts', "import { used } from './x.ts'\n"),
    ]
    assert.deepEqual(unusedExports(files), ['src/aws/x.ts:2: nobody imports unused'])
  })

  test('a permitted import is not reported', () => {
    const file = plant('src/server/x.ts', "import { a } from '../adapters/memory/a.ts'")
    assert.deepEqual(rules.forbiddenImports(file), [])
  })

  test('prose that names a clock is not taken for code', () => {
    const file = plant('src/engines/x.ts', '/** Never calls Date.now(). */\n// Math.random()\n')
    assert.deepEqual(rules.hiddenEffects(file), [])
  })
})

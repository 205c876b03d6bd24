/**
 * The rules of STYLE.md that a machine can check, as functions from a source file to what is wrong
 * with it. `test/tidy.test.ts` runs them over the tree, and plants a breach of each to see it reported.
 */

export interface SourceFile {
  /** From the root of the repository, with `/`. */
  readonly path: string
  readonly text: string
}

interface Wall {
  /** Folders of `src/` that may be imported, besides the folder itself. */
  readonly folders: readonly string[]
  /** npm packages. */
  readonly packages: readonly string[]
  /** Node built-ins without `node:`; `all` for any. */
  readonly builtins: readonly string[] | 'all'
}

const inner = ['base', 'aws', 'engines', 'snapshot', 'ports']

/** Who may import whom. Type-only imports obey it too: types are how concepts leak. */
export const walls: Readonly<Record<string, Wall>> = {
  base: { folders: [], packages: [], builtins: [] },
  aws: { folders: ['base'], packages: [], builtins: ['crypto'] },
  engines: { folders: ['base', 'aws'], packages: ['re2js'], builtins: [] },
  snapshot: { folders: ['base', 'aws', 'engines'], packages: [], builtins: [] },
  ports: { folders: ['base', 'aws', 'snapshot'], packages: [], builtins: [] },
  'control-plane': { folders: inner, packages: [], builtins: [] },
  'data-plane': { folders: inner, packages: [], builtins: [] },
  'function-plane': { folders: inner, packages: [], builtins: [] },
  'adapters/memory': { folders: inner, packages: [], builtins: 'all' },
  'adapters/node': { folders: inner, packages: [], builtins: 'all' },
  'adapters/sqlite': { folders: inner, packages: [], builtins: 'all' },
  'adapters/upstream': { folders: inner, packages: ['undici'], builtins: 'all' },
  'adapters/function-code': { folders: inner, packages: ['yauzl'], builtins: 'all' },
  'adapters/sandboxes': { folders: inner, packages: [], builtins: 'all' },
  'adapters/redis': { folders: inner, packages: ['ioredis'], builtins: 'all' },
  'adapters/shared-memory': { folders: inner, packages: [], builtins: 'all' },
  'adapters/x509': {
    folders: inner,
    packages: ['@peculiar/x509', 'reflect-metadata'],
    builtins: 'all',
  },
  'adapters/lambda-endpoint': { folders: inner, packages: ['undici'], builtins: 'all' },
  server: {
    folders: [...inner, 'control-plane', 'data-plane', 'function-plane', 'adapters'],
    packages: ['pino'],
    builtins: 'all',
  },
  cli: { folders: ['base', 'aws', 'engines'], packages: ['commander'], builtins: 'all' },
  'main.ts': { folders: ['server', 'cli'], packages: [], builtins: [] },
}

/** Folder of the table that a path under `src/` belongs to. */
function wallOf(path: string): string {
  const [, folder = '', second = ''] = path.split('/')
  return folder === 'adapters' ? `adapters/${second}` : folder
}

export interface Import {
  readonly specifier: string
  readonly line: number
}

const importPattern =
  /^\s*(?:import|export)\b(?:[^'"`;]*?\bfrom\s*)?\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)|new URL\(\s*['"](\.{1,2}\/[^'"]+\.ts)['"]/gm

export function importsOf({ text }: SourceFile): Import[] {
  return [...text.matchAll(importPattern)].map((match) => ({
    specifier: match[1] ?? match[2] ?? match[3] ?? '',
    line: lineAt(text, match.index + match[0].search(/\S/)),
  }))
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}

function resolveRelative(from: string, specifier: string): string {
  const segments = from.split('/').slice(0, -1)
  for (const segment of specifier.split('/')) {
    if (segment === '..') segments.pop()
    else if (segment !== '.') segments.push(segment)
  }
  return segments.join('/')
}

/** Imports that a wall forbids. Tests may import what they like. */
export function forbiddenImports(file: SourceFile): string[] {
  if (isTest(file.path) || !file.path.startsWith('src/')) return []
  const name = wallOf(file.path)
  const wall = walls[name]
  if (wall === undefined) return [`${file.path}: no wall is defined for ${name}`]
  return importsOf(file).flatMap(({ specifier, line }) => {
    const refusal = refuse(file.path, name, wall, specifier)
    return refusal === undefined ? [] : [`${file.path}:${line}: ${refusal}`]
  })
}

function refuse(path: string, name: string, wall: Wall, specifier: string): string | undefined {
  if (specifier.startsWith('.')) {
    const target = resolveRelative(path, specifier)
    if (!target.startsWith('src/')) {
      return name === 'cli' || name === 'server' || target === 'package.json'
        ? undefined
        : `${name} may not import ${target}`
    }
    const imported = wallOf(target)
    const allowed = imported === name || wall.folders.includes(imported.split('/')[0] ?? '')
    return allowed ? undefined : `${name} may not import ${imported}`
  }
  if (specifier.startsWith('node:')) {
    const builtin = specifier.slice('node:'.length)
    return wall.builtins === 'all' || wall.builtins.includes(builtin)
      ? undefined
      : `${name} may not import ${specifier}`
  }
  const parts = specifier.split('/')
  const packageName = specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? '')
  return wall.packages.includes(packageName)
    ? undefined
    : `${name} may not import the package ${packageName}`
}

const effects: readonly (readonly [RegExp, string])[] = [
  [/\bDate\.now\(/, 'Date.now(): use the Clock port'],
  [/\bnew Date\(\s*\)/, 'new Date(): use the Clock port'],
  [/\bperformance\.now\(/, 'performance.now(): use the Clock port'],
  [/\bMath\.random\(/, 'Math.random(): use the Random port'],
  [/\bcrypto\.(randomUUID|getRandomValues)\(/, 'crypto randomness: use the Random port'],
  [/\b(setTimeout|setInterval|setImmediate)\(/, 'timers: use the Clock port'],
  [/\bprocess\.(env|hrtime|exit|nextTick)\b/, 'process: configuration comes as parameters'],
  [/\bconsole\.(log|warn|error|info)\(/, 'console: use the OperatorLog port'],
]

const mayHaveEffects = /^src\/(adapters|server|cli)\/|^src\/main\.ts$/

/** Time, chance, timers and the environment where only ports may bring them. */
export function hiddenEffects(file: SourceFile): string[] {
  if (!file.path.startsWith('src/') || mayHaveEffects.test(file.path) || isTest(file.path))
    return []
  return linesOf(file).flatMap(({ code, number }) =>
    effects
      .filter(([pattern]) => pattern.test(code))
      .map(([, advice]) => `${file.path}:${number}: ${advice}`),
  )
}

const moduleState =
  /^(let|var) |^(?:export )?const \w+(?:: [^=]+)? = new (Map|Set|WeakMap|Array)\(\s*\)/

/** Variables and empty collections of a module: state that every caller in the process would share. */
export function stateAtImport(file: SourceFile): string[] {
  if (!file.path.startsWith('src/') || isTest(file.path)) return []
  return linesOf(file)
    .filter(({ code }) => moduleState.test(code))
    .map(({ number }) => `${file.path}:${number}: a module has no state at import time`)
}

const bannedWords = /^(managers?|helpers?|utils?|utilit(?:y|ies)|data|info|handle[rs]?|process)$/i
const entryPoints = new Set(['handleRestRequest', 'Handler', 'Handlers', 'handlers', 'handler'])
/** Named by Node. */
const foreignNames = new Set(['AddressInfo', 'workerData'])
const declaration =
  /\b(?:function\*?|class|interface|type|const|let)\s+([A-Za-z_$][\w$]*)|^\s+(?:readonly\s+)?([A-Za-z_$][\w$]*)\??:\s/g

/** Names that say nothing. */
export function emptyNames(file: SourceFile): string[] {
  if (!file.path.startsWith('src/') || isTest(file.path)) return []
  if (file.path.startsWith('src/aws/models/')) return []
  return linesOf(file).flatMap(({ code, number }) =>
    [...code.matchAll(declaration)].flatMap((match) => {
      const name = match[1]
      if (name === undefined || entryPoints.has(name) || foreignNames.has(name)) return []
      const words = name.split(/(?=[A-Z])|_/)
      const bad = words.find((word) => bannedWords.test(word))
      return bad === undefined ? [] : [`${file.path}:${number}: ${name}: "${bad}" says nothing`]
    }),
  )
}

const folderNames = /\/(utils?|helpers?|common|shared|misc)\//

/** Files in the wrong dress: too long, a default export, a barrel, a name that is not kebab-case. */
export function shape(file: SourceFile): string[] {
  const complaints: string[] = []
  const { path, text } = file
  const isGenerated = path.startsWith('src/aws/models/')
  const lines = text.split('\n').length
  if (!isGenerated && lines > 501) complaints.push(`${path}: ${lines} lines, 500 are the most`)
  if (/^export default\b/m.test(text)) complaints.push(`${path}: no default exports`)
  if (/^export \* from/m.test(text)) complaints.push(`${path}: no export *`)
  if (folderNames.test(path) && !path.startsWith('test/support/')) {
    complaints.push(`${path}: a folder is named after what is in it`)
  }
  if (!/^[a-z0-9-]+(\.(test|drift\.test|config))?\.(ts|mjs)$/.test(path.split('/').at(-1) ?? '')) {
    complaints.push(`${path}: file names are kebab-case`)
  }
  return complaints
}

const promises = /\b(TODO|FIXME|XXX|HACK)\b/
const typeEscapes = /\bas any\b|:\s*any\b/
const silencedChecks = /@ts-(?:ignore|nocheck|expect-error)/
const skippedTests = /\b(?:test|it|describe)\.(?:only|todo)\(/

/** Words that promise to come back, escape the types, or leave a test out. */
export function leftovers(file: SourceFile): string[] {
  if (file.path === 'test/support/tidy-rules.ts' || file.path === 'test/tidy.test.ts') return []
  if (file.path.startsWith('src/aws/models/')) return []
  const code = linesOf(file)
  return file.text.split('\n').flatMap((line, index) => {
    const at = `${file.path}:${index + 1}`
    if (promises.test(line)) return [`${at}: a promise to come back`]
    if (typeEscapes.test(code[index]?.code ?? '') || silencedChecks.test(line)) {
      return [`${at}: an escape from the types`]
    }
    if (skippedTests.test(line)) return [`${at}: a test left out`]
    return []
  })
}

const exported = /^export (?:async )?(?:abstract )?(function\*?|const|class|interface|type) (\w+)/

/** Exports of the product without a doc comment. Type aliases that name themselves are let through. */
export function undocumentedExports(file: SourceFile): string[] {
  if (!file.path.startsWith('src/') || isTest(file.path)) return []
  if (file.path.startsWith('src/aws/models/')) return []
  const lines = file.text.split('\n')
  return lines.flatMap((line, index) => {
    const match = exported.exec(line)
    if (match === null || match[1] === 'type' || match[1] === 'interface') return []
    const before = lines[index - 1]?.trim() ?? ''
    if (before.endsWith('*/') || /^export (?:async )?function/.test(before)) return []
    return [`${file.path}:${index + 1}: ${match[2]} has no doc comment`]
  })
}

/** Functions, constants and classes that the product exports and no other file names. */
export function unusedExports(files: readonly SourceFile[]): string[] {
  const filesNaming = new Map<string, number>()
  for (const { text } of files) {
    for (const word of new Set(text.match(/[\w$]+/g))) {
      filesNaming.set(word, (filesNaming.get(word) ?? 0) + 1)
    }
  }
  const isUnused = (match: RegExpExecArray | null) =>
    match !== null &&
    match[1] !== 'type' &&
    match[1] !== 'interface' &&
    filesNaming.get(match[2] ?? '') === 1
  return files.flatMap(({ path, text }) =>
    path.startsWith('src/') && !path.startsWith('src/aws/models/')
      ? text.split('\n').flatMap((line, index) => {
          const match = exported.exec(line)
          return isUnused(match) ? [`${path}:${index + 1}: nobody imports ${match?.[2]}`] : []
        })
      : [],
  )
}

function isTest(path: string): boolean {
  return path.endsWith('.test.ts')
}

/** Lines with comments and the content of strings blanked, so that prose is not taken for code. */
function linesOf({ text }: SourceFile): { code: string; number: number }[] {
  const blanked = text
    .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' '))
    .replace(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g, "''")
    .replace(/(^|\s)\/\/.*$/gm, '$1')
  return blanked.split('\n').map((code, index) => ({ code, number: index + 1 }))
}

/** All rules. */
export const rules = {
  forbiddenImports,
  hiddenEffects,
  stateAtImport,
  emptyNames,
  shape,
  leftovers,
  undocumentedExports,
} as const

import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { encode } from './velocity-judge.ts'

/** A path and the JSON text that it reads. */
export interface PathCase {
  readonly path: string
  readonly json: string
}

/** What a path came to: with Jayway JsonPath, or with the engine of this project. */
export type PathVerdict =
  | { readonly outcome: 'found'; readonly isDefinite: boolean; readonly json: string }
  | { readonly outcome: 'not-found'; readonly isDefinite: boolean }
  | { readonly outcome: 'failed'; readonly isDefinite: boolean; readonly error: string }
  /** It does not compile. */
  | { readonly outcome: 'refused'; readonly error: string }

/** Jayway JsonPath as it was found. */
export interface JsonPathJudge {
  /** Debian's package is older, and reads only a part of the language as later versions do. */
  readonly version: '2.6.0' | '2.0.0'
  readonly jars: readonly string[]
}

/** Jars of Maven Central with the SHA-256 of their bytes. */
const pinned = [
  {
    path: 'com/jayway/jsonpath/json-path/2.6.0/json-path-2.6.0.jar',
    sha256: 'c175df1eb0cb14dc5adc9f19a1566c7d16d7e419c48dc1771aec8d1852790f4b',
  },
  {
    path: 'net/minidev/json-smart/2.5.0/json-smart-2.5.0.jar',
    sha256: '432b9e545848c4141b80717b26e367f83bf33f19250a228ce75da6e967da2bc7',
  },
  {
    path: 'net/minidev/accessors-smart/2.5.0/accessors-smart-2.5.0.jar',
    sha256: '12314fc6881d66a413fd66370787adba16e504fbf7e138690b0f3952e3fbd321',
  },
  {
    path: 'org/ow2/asm/asm/9.3/asm-9.3.jar',
    sha256: '1263369b59e29c943918de11d6d6152e2ec6085ce63e5710516f8c67d368e4bc',
  },
  {
    path: 'org/slf4j/slf4j-api/2.0.11/slf4j-api-2.0.11.jar',
    sha256: 'ce0e71d673acb9036bb55d0244b261cf033f8e4c1245f14f931dfb1937dd4c95',
  },
  {
    path: 'org/slf4j/slf4j-nop/2.0.11/slf4j-nop-2.0.11.jar',
    sha256: 'fcf8131955e401c384bce6f129ef5aafb51ebc225309df05860dc9fd6723c58b',
  },
] as const

const cache = fileURLToPath(new URL('../../node_modules/.cache/json-path-judge/', import.meta.url))
const debianJars = [
  'json-path',
  'json-smart',
  'accessors-smart',
  'slf4j-api',
  'slf4j-nop',
  'asm',
].map((name) => `/usr/share/java/${name}.jar`)

/**
 * Jayway JsonPath of Maven Central, kept below node_modules once it was read; where that cannot be reached,
 * of Debian's `libjsonpath-java`. Undefined when there is neither, or no Java.
 */
export async function findJsonPathJudge(): Promise<JsonPathJudge | undefined> {
  if (spawnSync('javac', ['-version']).status !== 0) return undefined
  try {
    const jars: string[] = []
    for (const jar of pinned) jars.push(await fetchJar(jar))
    return { version: '2.6.0', jars }
  } catch (error) {
    process.stdout.write(`Maven Central: ${String(error)}\n`)
    return debianJars.every((jar) => existsSync(jar))
      ? { version: '2.0.0', jars: debianJars }
      : undefined
  }
}

async function fetchJar({ path, sha256 }: (typeof pinned)[number]): Promise<string> {
  const file = join(cache, path.split('/').at(-1) ?? '')
  if (existsSync(file) && hashOf(readFileSync(file)) === sha256) return file
  const response = await fetch(`https://repo1.maven.org/maven2/${path}`, {
    signal: AbortSignal.timeout(30_000),
  })
  if (!response.ok) throw new Error(`${path} answers ${response.status}`)
  const bytes = new Uint8Array(await response.arrayBuffer())
  if (hashOf(bytes) !== sha256) throw new Error(`${path} is not what was pinned`)
  mkdirSync(cache, { recursive: true })
  writeFileSync(file, bytes)
  return file
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Jayway's verdicts, in the order of the cases. */
export function askJsonPath({ jars }: JsonPathJudge, cases: readonly PathCase[]): PathVerdict[] {
  const program = fileURLToPath(new URL('JsonPathJudge.java', import.meta.url))
  const result = spawnSync('java', ['-Xmx1g', '-cp', jars.join(':'), program], {
    input: cases.map(({ path, json }) => `${encode(path)} ${encode(json)}\n`).join(''),
    encoding: 'utf8',
    maxBuffer: 2 ** 29,
  })
  if (result.status !== 0) throw new Error(`the judge failed: ${result.stderr}`)
  return result.stdout.trimEnd().split('\n').map(readVerdict)
}

function readVerdict(line: string): PathVerdict {
  const [outcome = '', second = ''] = line.split(' ', 2)
  const isDefinite = second === 'definite'
  const rest = line.slice(outcome.length + second.length + 2)
  if (outcome === 'found') return { outcome, isDefinite, json: rest }
  if (outcome === 'not-found') return { outcome, isDefinite }
  if (outcome === 'failed') return { outcome, isDefinite, error: rest }
  return { outcome: 'refused', error: line.slice(outcome.length + 1) }
}

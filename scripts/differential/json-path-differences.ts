import type { PathCase, PathVerdict } from './json-path-judge.ts'

/** What the two engines made of a case, unlike. */
export interface Difference extends PathCase {
  readonly jayway: PathVerdict
  readonly own: PathVerdict
}

/** Why a difference is as it should be. */
interface Explanation {
  readonly reason: string
  explains(difference: Difference): boolean
}

/** The first that explains a difference counts. */
const explanations: readonly Explanation[] = [
  {
    reason: 'Jayway cannot begin a path at null, as length() of a path does',
    explains: ({ jayway }) => isFailure(jayway, /root can not be null/),
  },
  {
    reason: 'Jayway cannot apply a function right behind two points',
    explains: ({ jayway }) => isFailure(jayway, /Current path token is a leaf/),
  },
  {
    reason: 'Behind the call of a function Jayway reads the parenthesis again, as a name',
    explains: ({ path }) =>
      /\w\([^()]*\)\s*[^\s)\],&|=<>!~]/.test(path) || /^[^[]*\)\s*\]/.test(path),
  },
  {
    reason: 'Of brackets in a row within a filter Jayway jumps over the first only',
    explains: ({ path, jayway, own }) =>
      /\?\s*\(.*\]\s*\[/.test(path) && [jayway, own].some(({ outcome }) => outcome === 'refused'),
  },
  {
    reason: 'Jayway casts what cannot be cast: the emptiness of an object cannot be asked',
    explains: ({ jayway }) => isFailure(jayway, /^ClassCastException/),
  },
  {
    reason: 'Jayway cannot look into lists that hold objects or lists',
    explains: ({ jayway }) => isFailure(jayway, /Could not determine value type/),
  },
  {
    reason:
      'A parenthesis at the very end is a call without arguments to Jayway, and an error here',
    explains: ({ path, own }) => path.endsWith('(') && own.outcome === 'refused',
  },
  {
    reason: 'concat() prints the objects and lists of a list as Java does, and here as JSON',
    explains: ({ path, jayway, own }) =>
      path.includes('concat(') && jayway.outcome === 'found' && own.outcome === 'found',
  },
  {
    reason: 'The names that keys() gives are of a class that the filters of Jayway do not know',
    explains: ({ jayway }) => isFailure(jayway, /LinkedKeySet.* to a ValueNode/),
  },
]

function isFailure(verdict: PathVerdict, message: RegExp): boolean {
  return verdict.outcome === 'failed' && message.test(verdict.error)
}

/** Why two verdicts are not the same; undefined when nothing says. */
export function explain(difference: Difference): string | undefined {
  return explanations.find((one) => one.explains(difference))?.reason
}

/** What Jayway 2.0.0 is known to read as later versions do: names, indexes and wildcards. */
export function isCommonToOldVersions(path: string): boolean {
  return /^\$(?:\.[a-zA-Z]\w*|\[\d+\]|\[\*\]|\.\*)*$/.test(path) && !path.includes('*.')
}

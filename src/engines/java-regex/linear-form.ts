import type { CodePointSet } from './code-point-set.ts'
import { lineBreakTree } from './line-break.ts'
import type { SyntaxNode } from './syntax-tree.ts'

/** Instructions of RE2 that a pattern may come to: each takes microseconds to compile. */
const instructionsMax = 2_000
/** What RE2 counts to. */
const countMax = 1_000

/**
 * The same pattern as RE2 reads it, for a match of the whole text: written with sets, so that nothing depends
 * on what RE2 means by a letter. Undefined: it needs more than RE2 has (look-around, references, atomic and
 * possessive pieces, places within the text, Unicode properties), or would be too large there.
 */
export function linearForm(root: SyntaxNode): string | undefined {
  const form = formOf(root, { isFirst: true, isLast: true })
  return form === undefined || form.size > instructionsMax ? undefined : form.text
}

interface Form {
  readonly text: string
  readonly size: number
}

/** Whether a piece begins or ends where the text does. */
interface Place {
  readonly isFirst: boolean
  readonly isLast: boolean
}

const nothing: Form = Object.freeze({ text: '(?:)', size: 1 })

function formOf(node: SyntaxNode, place: Place): Form | undefined {
  switch (node.kind) {
    case 'set':
      return setForm(node.set)
    case 'line-break':
      return formOf(lineBreakTree, place)
    case 'sequence':
      return joined(
        node.nodes.map((piece, index) =>
          formOf(piece, {
            isFirst: place.isFirst && index === 0,
            isLast: place.isLast && index === node.nodes.length - 1,
          }),
        ),
        '',
      )
    case 'choice':
      return joined(
        node.options.map((option) => formOf(option, place)),
        '|',
      )
    case 'group':
      return formOf(node.node, place)
    case 'repeat':
      return repeatForm(node)
    case 'assertion':
      if (place.isFirst && node.assertion === 'input-begin') return nothing
      if (place.isLast && ends.has(node.assertion)) return nothing
      return undefined
    default:
      return undefined
  }
}

/** What holds at the end of a text anyhow. */
const ends: ReadonlySet<string> = new Set([
  'input-end',
  'last-line-end',
  'last-unix-line-end',
  'line-end',
  'unix-line-end',
])

function joined(forms: readonly (Form | undefined)[], separator: string): Form | undefined {
  let text = ''
  let size = 1
  for (const [index, form] of forms.entries()) {
    if (form === undefined) return undefined
    text += (index === 0 ? '' : separator) + form.text
    size += form.size
    if (size > instructionsMax) return undefined
  }
  return { text: `(?:${text})`, size }
}

function repeatForm(node: Extract<SyntaxNode, { kind: 'repeat' }>): Form | undefined {
  const { min, max, mode } = node
  if (mode === 'possessive' || min > countMax || (max !== Infinity && max > countMax)) {
    return undefined
  }
  const body = formOf(node.node, { isFirst: false, isLast: false })
  if (body === undefined) return undefined
  const size = body.size * Math.max(1, min, max === Infinity ? 1 : max) + 1
  if (size > instructionsMax) return undefined
  return { text: `(?:${body.text}{${min},${max === Infinity ? '' : max}})`, size }
}

function setForm({ ranges }: CodePointSet): Form | undefined {
  if (ranges === undefined || ranges.length === 0) return undefined
  let text = ''
  for (let i = 0; i < ranges.length; i += 2) {
    text += `${escaped(ranges[i] ?? 0)}-${escaped(ranges[i + 1] ?? 0)}`
  }
  return { text: `[${text}]`, size: Math.max(1, ranges.length / 2) }
}

function escaped(codePoint: number): string {
  return `\\x{${codePoint.toString(16)}}`
}

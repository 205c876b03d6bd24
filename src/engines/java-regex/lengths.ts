import type { SyntaxNode } from './syntax-tree.ts'

/** What Java finds out about a piece before it is matched. */
export interface Lengths {
  readonly min: number
  readonly max: number
  /** False: no greatest length was found, though there may be one. */
  readonly isBounded: boolean
  /** There is one way to match it. */
  readonly isDeterministic: boolean
}

const zero: Lengths = Object.freeze({ min: 0, max: 0, isBounded: true, isDeterministic: true })

/** Java counts an endless repetition as so many. */
const endless = 0x7f_ff_ff_ff

/**
 * The lengths of a piece, as Java finds them for a look-behind: in 32 bits, where an endless repetition of
 * one character still has a bound, and a repeated group that matches in several ways has none.
 */
export function lengthsOf(node: SyntaxNode): Lengths {
  return chained([node], zero)
}

/**
 * The lengths of pieces in a row, added to those of what came before. Behind a choice Java begins anew and
 * adds up: it makes a difference where 32 bits run over.
 */
function chained(nodes: readonly SyntaxNode[], before: Lengths): Lengths {
  const pending = nodes.toReversed()
  let lengths = before
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (node.kind === 'sequence') pending.push(...node.nodes.toReversed())
    else if (node.kind === 'group') pending.push(node.node)
    else if (node.kind === 'choice' || isOptionalGroup(node)) {
      const options =
        node.kind === 'choice' ? node.options.map(lengthsOf) : [lengthsOf(node.node), zero]
      return joined(choice(options, lengths), chained(pending.toReversed(), zero))
    } else lengths = added(node, lengths)
  }
  return lengths
}

type Repeat = Extract<SyntaxNode, { kind: 'repeat' }>

function isOption({ min, max, isCounted }: Repeat): boolean {
  return min === 0 && max === 1 && !isCounted
}

function isOptionalGroup(node: SyntaxNode): node is Repeat {
  if (node.kind !== 'repeat' || !isOption(node)) return false
  return node.node.kind === 'group' && node.mode !== 'possessive'
}

/** The lengths of what came before, with those of a piece that is no choice added. */
function added(node: SyntaxNode, before: Lengths): Lengths {
  switch (node.kind) {
    case 'set':
      return { ...before, min: before.min + 1, max: (before.max + 1) | 0 }
    case 'line-break':
      return { ...before, min: before.min + 1, max: (before.max + 2) | 0 }
    case 'repeat':
      return repeated(node, before)
    case 'reference':
      return { ...before, isBounded: false }
    case 'ahead':
    case 'behind':
    case 'assertion':
      return before
    case 'atomic':
      return chained([node.node], before)
    case 'sequence':
    case 'choice':
    case 'group':
      return chained([node], before)
  }
}

function joined(one: Lengths, other: Lengths): Lengths {
  return {
    min: one.min + other.min,
    max: (one.max + other.max) | 0,
    isBounded: one.isBounded && other.isBounded,
    isDeterministic: one.isDeterministic && other.isDeterministic,
  }
}

function choice(options: readonly Lengths[], before: Lengths): Lengths {
  return {
    min: before.min + Math.min(...options.map(({ min }) => min)),
    max: (before.max + Math.max(...options.map(({ max }) => max))) | 0,
    isBounded: before.isBounded && options.every(({ isBounded }) => isBounded),
    isDeterministic: false,
  }
}

function repeated(node: Repeat, before: Lengths): Lengths {
  const { node: body, mode, min, isCounted } = node
  const max = Math.min(node.max, endless)
  if (isOption(node)) return { ...chained([body], before), min: before.min, isDeterministic: false }
  if (body.kind === 'set' && mode === 'greedy' && max === endless && !isCounted) {
    const longest = (before.max + endless) | 0
    return { ...before, min: before.min + min, max: longest, isDeterministic: false }
  }
  const once = lengthsOf(body)
  if (body.kind === 'group' && mode !== 'possessive' && !once.isDeterministic) {
    return { ...before, isBounded: false, isDeterministic: false }
  }
  const longest = (Math.imul(once.max, max) + before.max) | 0
  return {
    min: before.min + once.min * min,
    max: longest,
    isBounded: before.isBounded && once.isBounded && longest >= before.max,
    isDeterministic: before.isDeterministic && once.isDeterministic && min === max,
  }
}

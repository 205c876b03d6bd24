import { rangeSet } from './code-point-set.ts'
import type { SyntaxNode } from './syntax-tree.ts'

/** `\R` written with other pieces: CR LF, or any vertical blank. */
export const lineBreakTree: SyntaxNode = {
  kind: 'choice',
  options: [
    {
      kind: 'sequence',
      nodes: [
        { kind: 'set', set: rangeSet(0x0d, 0x0d) },
        { kind: 'set', set: rangeSet(0x0a, 0x0a) },
      ],
    },
    { kind: 'set', set: rangeSet(0x0a, 0x0d, 0x85, 0x85, 0x2028, 0x2029) },
  ],
}

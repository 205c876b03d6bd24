import assert from 'node:assert/strict'

/**
 * A request that two servers might understand differently, and what comes of it.
 *
 * First line: `Documented: …`, `Observed: …` or `Chosen: …`. Then sections, each under a line `--- name`:
 * `sent` (`sent, then the end` when the client says no more and ends), where a line break of the file is
 * nothing, `\r \n \t \0 \xHH \\` are bytes and `<text*N>` is text N times; `outcome`, a line for each
 * thing that happens; `verdicts`, what other servers make of the same bytes, on one line each; `harmless`,
 * why a request that nginx or node:http refuses is taken.
 */
export interface DesyncCase {
  readonly provenance: string
  readonly sent: string
  /** The client ends its side behind these bytes, and nothing follows. */
  readonly isLast: boolean
  readonly outcome: readonly string[]
  readonly verdicts: Readonly<Record<string, string>>
  readonly harmless: string | undefined
}

const sectionNames = ['sent', 'sent, then the end', 'outcome', 'verdicts', 'harmless']

/** Takes the text of a case apart. */
export function parseDesyncCase(text: string): DesyncCase {
  const [head = '', ...parts] = text.split(/^--- /m)
  assert.match(head, /^(Documented|Observed|Chosen): \S+\n$/, 'a case begins with its provenance')
  const sections = new Map<string, string>()
  for (const part of parts) {
    const lineEnd = part.indexOf('\n')
    const name = part.slice(0, lineEnd)
    assert.ok(sectionNames.includes(name), `no such section: ${name}`)
    sections.set(name, part.slice(lineEnd + 1).trimEnd())
  }
  const last = sections.get('sent, then the end')
  const linesOf = (name: string) => sections.get(name)?.split('\n') ?? []
  return {
    provenance: head.trim(),
    sent: last ?? sections.get('sent') ?? '',
    isLast: last !== undefined,
    outcome: linesOf('outcome'),
    verdicts: Object.fromEntries(
      linesOf('verdicts').map((line) => {
        const colon = line.indexOf(': ')
        return [line.slice(0, colon), line.slice(colon + 2)]
      }),
    ),
    harmless: sections.get('harmless'),
  }
}

/** The text of a case. */
export function printDesyncCase(golden: DesyncCase): string {
  const { provenance, sent, isLast, outcome, verdicts, harmless } = golden
  const parts = [`${provenance}\n--- ${isLast ? 'sent, then the end' : 'sent'}\n${sent}\n`]
  if (outcome.length > 0) parts.push(`--- outcome\n${outcome.join('\n')}\n`)
  const named = Object.entries(verdicts).map(([name, verdict]) => `${name}: ${verdict}`)
  if (named.length > 0) parts.push(`--- verdicts\n${named.join('\n')}\n`)
  if (harmless !== undefined) parts.push(`--- harmless\n${harmless}\n`)
  return parts.join('')
}

const escapes: Readonly<Record<string, string>> = { r: '\r', n: '\n', t: '\t', 0: '\0', '\\': '\\' }

/** The bytes of a `sent` section. */
export function bytesOf({ sent }: DesyncCase): Buffer {
  const text = sent
    .replaceAll('\n', '')
    .replace(/<([^<>*]+)\*(\d+)>/g, (_, repeated: string, count: string) =>
      repeated.repeat(Number(count)),
    )
    .replace(/\\(x[0-9a-f]{2}|[rnt0\\])/g, (_, code: string) =>
      code.startsWith('x')
        ? String.fromCharCode(parseInt(code.slice(1), 16))
        : (escapes[code] ?? ''),
    )
  return Buffer.from(text, 'latin1')
}

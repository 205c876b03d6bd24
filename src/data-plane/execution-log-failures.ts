import type { ExecutionStep } from './execution-log.ts'

type Failure = Extract<ExecutionStep, { readonly kind: 'failed' }>

/**
 * The lines about what ended a request: AWS's first; then, where more is known, what to do about it or where,
 * in a line of our own that begins with `Stagedoor:`.
 *
 * Observed: cases/execution-log
 * Chosen: docs/decisions/0031-execution-logs-and-test-invocations.md (what AWS was not seen to say)
 */
export function failureLines({ errorName, callerMessage, detail, isBug }: Failure): string[] {
  if (isBug) return ['Execution failed due to an internal error']
  const given = detail ?? callerMessage ?? errorName
  const text = given.startsWith(configurationError) ? given.slice(configurationError.length) : given
  for (const { pattern, line } of wordings) {
    const found = pattern.exec(text)
    if (found === null) continue
    const rest = text.slice(found[0].length).replace(/^[:\s]+/, '')
    return rest === '' ? [line(found)] : [line(found), `Stagedoor: ${rest}`]
  }
  if (text !== given || errorName === 'API_CONFIGURATION_ERROR') return [configurationError + text]
  return callerMessage === null || given === callerMessage
    ? [given]
    : [callerMessage, `Stagedoor: ${given}`]
}

const configurationError = 'Execution failed due to configuration error: '

interface Wording {
  /** At the beginning of what is known. */
  readonly pattern: RegExp
  readonly line: (found: RegExpExecArray) => string
}

const ofConfiguration = (text: string): Wording => ({
  pattern: new RegExp(`^${text}`),
  line: () => configurationError + text,
})

const wordings: readonly Wording[] = [
  ofConfiguration('Invalid permissions on Lambda function'),
  ofConfiguration('Malformed Lambda proxy response'),
  ofConfiguration('Invalid endpoint address'),
  ofConfiguration('PKIX path building failed'),
  ofConfiguration('PKIX path validation failed'),
  ofConfiguration('Unable to transform request'),
  ofConfiguration('Unable to transform response'),
  {
    pattern: /^Host name '[^']*' does not match the certificate subject provided by the peer/,
    line: ([text]) => configurationError + text,
  },
  {
    pattern: /^Execution failed due to a timeout error/,
    line: () => 'Execution failed due to a timeout error',
  },
  {
    pattern: /^Execution failed due to an internal error/,
    line: () => 'Execution failed due to an internal error',
  },
  {
    pattern: /^Network error \((?:tls|broken)\): (.*)$/s,
    line: ([, detail = '']) =>
      `Execution failed due to a network error communicating with endpoint: ${detail}`,
  },
  {
    pattern: /^(Key throttle limit exceeded for .*? Limit: [\d.]+ Burst: \d+)/s,
    line: ([, text = '']) => text,
  },
  // What is in AWS's words as it is.
  {
    pattern: /^(?:Lambda execution failed with status|Request body (?:does not|validation)) .*$/s,
    line: ([text]) => text,
  },
]

import assert from 'node:assert/strict'
import { ServiceError } from '../../src/aws/service-error.ts'
import type { JsonValue } from '../../src/base/json.ts'

/** A golden case of a management operation: what is there before, the call, and what it answers. */
export interface ManagementCase {
  readonly provenance: {
    readonly kind: 'Documented' | 'Observed' | 'Chosen'
    /** A link, the recording's name, or the decision record. */
    readonly source: string
  }
  readonly setup: readonly SetupCall[]
  readonly operation: string
  readonly input: JsonValue
  /**
   * Exactly one of `answer` and `error`. `<id 10>` in an answer stands for any id of 10 characters, `<uuid>`
   * for any UUID.
   */
  readonly answer?: JsonValue
  readonly error?: { readonly code: string; readonly status: number; readonly message: string }
  /** What is read when the call is answered or refused. */
  readonly afterwards?: readonly ReadCall[]
}

interface ReadCall {
  readonly operation: string
  readonly input: JsonValue
  readonly answer: JsonValue
}

interface SetupCall {
  readonly operation: string
  readonly input: JsonValue
  /** Names the answer: `<api.rootResourceId>` in a later text is that member of it. */
  readonly as?: string
}

/** Operations by name, without their types: a case is data. */
export type CallableOperations<Context> = Readonly<
  Record<string, ((input: never, context: Context) => Promise<object>) | undefined>
>

type Named = Record<string, JsonValue>

/** Runs a case and compares the whole answer, or the whole refusal. */
export async function runManagementCase<Context>(
  golden: ManagementCase,
  operations: CallableOperations<Context>,
  context: Context,
): Promise<void> {
  const named: Named = {}
  const call = async (operation: string, input: JsonValue): Promise<JsonValue> => {
    const handler = operations[operation]
    assert.ok(handler, `no such operation: ${operation}`)
    // The case says what the input is; the wire layer, which would check it, is not part of this.
    const answer = await handler(withBytes(fillIn(input, named)) as never, context)
    return JSON.parse(JSON.stringify(answer))
  }
  for (const { operation, input, as } of golden.setup) {
    const answer = await call(operation, input)
    if (as !== undefined) named[as] = answer
  }
  const assertAnswers = async ({ operation, input, answer: expected }: ReadCall): Promise<void> => {
    const answer = await call(operation, input)
    assert.deepEqual(answer, withIds(fillIn(expected, named), answer))
  }
  assert.ok((golden.answer === undefined) !== (golden.error === undefined), 'answer or error')
  if (golden.error !== undefined) {
    const { code, status, message } = golden.error
    const expected = { code, status, message: fillIn(message, named) }
    const refused = await call(golden.operation, golden.input).then(
      (answer) => assert.fail(`answered ${JSON.stringify(answer)}`),
      (error: unknown) => error,
    )
    assert.ok(refused instanceof ServiceError, String(refused))
    assert.deepEqual(
      { code: refused.code, status: refused.status, message: refused.message },
      expected,
    )
  } else {
    const { operation, input, answer = null } = golden
    await assertAnswers({ operation, input, answer })
  }
  for (const read of golden.afterwards ?? []) await assertAnswers(read)
}

/** A `body` that is `{"csv": "…"}` is the bytes of that text. */
function withBytes(input: JsonValue): unknown {
  // The case says so.
  const { body, ...rest } = input as { readonly body?: { readonly csv?: string } }
  return body?.csv === undefined ? input : { ...rest, body: new TextEncoder().encode(body.csv) }
}

/** Replaces `<name.member>` by what the setup answered. */
function fillIn(value: JsonValue, named: Named): JsonValue {
  return mapTexts(value, (text) =>
    text.replace(/<(\w+)\.(\w+)>/g, (whole, name: string, member: string) => {
      const found: unknown = (named[name] as Record<string, unknown> | undefined)?.[member]
      return typeof found === 'string' ? found : whole
    }),
  )
}

const uuidForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Replaces `<id 10>` and `<uuid>` by the actual text, where that is such an id. */
function withIds(expected: JsonValue, actual: JsonValue | undefined): JsonValue {
  if (typeof expected === 'string') {
    const length = /^<id (\d+)>$/.exec(expected)?.[1]
    const form = expected === '<uuid>' ? uuidForm : new RegExp(`^[a-z0-9]{${length ?? 0}}$`)
    const isMeant = (length !== undefined || form === uuidForm) && typeof actual === 'string'
    return isMeant && form.test(actual) ? actual : expected
  }
  if (Array.isArray(expected)) {
    return expected.map((item, index) =>
      withIds(item, Array.isArray(actual) ? actual[index] : undefined),
    )
  }
  if (typeof expected !== 'object' || expected === null) return expected
  return Object.fromEntries(
    Object.entries(expected).map(([name, member]) => [
      name,
      withIds(member ?? null, (actual as Record<string, JsonValue> | undefined)?.[name]),
    ]),
  )
}

function mapTexts(value: JsonValue, map: (text: string) => string): JsonValue {
  if (typeof value === 'string') return map(value)
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, map))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [map(name), mapTexts(member ?? null, map)]),
  )
}

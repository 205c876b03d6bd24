import type { ServiceError } from '../../../aws/service-error.ts'
import type { PatchValueType } from './patch-operations.ts'

/** Types of the values of patch operations. A value is always sent as text, or not at all. */

/** Any text; nothing sent counts as empty. */
export const textValue: PatchValueType<string> = {
  example: 'some text',
  parse: (value) => value ?? '',
}

/** A row of this type has no use for a value. */
export const noValue: PatchValueType<undefined> = {
  example: undefined,
  parse: () => undefined,
}

/**
 * True for `true` in any case; anything else, or nothing, is false without an error.
 *
 * Observed: update-stage/boolean-that-is-not-true-is-false.json
 */
export const booleanValue: PatchValueType<boolean> = {
  example: 'true',
  parse: (value) => value?.toLowerCase() === 'true',
}

/** One of a few words. `refusal` is for any other text. */
export function wordValue<Word extends string>(
  words: readonly Word[],
  refusal: (value: string) => ServiceError,
): PatchValueType<Word> {
  return {
    example: words.at(-1),
    parse(value = 'null') {
      const word = words.find((each) => each === value)
      if (word === undefined) throw refusal(value)
      return word
    },
  }
}

/** A number that `accepts` takes. `refusal` is for any other text. */
export interface NumberBounds {
  readonly example: string
  accepts(value: number): boolean
  refusal(value: string): ServiceError
}

/**
 * A number with or without a fraction, written as any client writes it: `50`, `50.0`, `-1.000000`, `5e1`.
 */
export function doubleValue(bounds: NumberBounds): PatchValueType<number> {
  return numberType(/^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/, bounds)
}

/** A whole number in decimal digits. */
export function integerValue(bounds: NumberBounds): PatchValueType<number> {
  return numberType(/^[+-]?\d+$/, bounds)
}

function numberType(form: RegExp, bounds: NumberBounds): PatchValueType<number> {
  return {
    example: bounds.example,
    parse(value = 'null') {
      // Adding 0 makes -0, which JSON cannot keep, a plain 0.
      const number = form.test(value) ? Number(value) + 0 : Number.NaN
      if (!Number.isFinite(number) || !bounds.accepts(number)) throw bounds.refusal(value)
      return number
    },
  }
}

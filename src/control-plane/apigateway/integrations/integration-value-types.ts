import type { ContentHandling } from '../../../snapshot/definition.ts'
import { refusals } from '../errors.ts'
import type { PatchValueType } from '../patches/patch-operations.ts'
import { wordValue } from '../patches/patch-value-types.ts'

const contentHandlings = ['CONVERT_TO_BINARY', 'CONVERT_TO_TEXT'] as const

const contentHandlingWord = wordValue(contentHandlings, refusals.contentHandling)

/** How a body is converted; undefined for an empty value or none: it is not. */
export const contentHandlingValue: PatchValueType<ContentHandling | undefined> = {
  example: contentHandlingWord.example,
  parse: (value) => (value ? contentHandlingWord.parse(value) : undefined),
}

/** A mapping template; an empty value or none is null, which passes the body through. */
export const templateValue: PatchValueType<string | null> = {
  example: '{"pet":"cat"}',
  parse: (value) => value || null,
}

import type { ServiceError } from '../../../aws/service-error.ts'
import type { Op } from '../../../aws/models/apigateway-types.ts'
import { checkedList, checkedMap } from '../list-rules.ts'
import { patchRow, setEntry, type Draft } from './patch-operations.ts'
import type { PatchRow, PatchValueType } from './patch-operations.ts'
import { patchRefusals } from './patch-refusals.ts'
import { noValue, textValue } from './patch-value-types.ts'

/** A member of a record that is a map, patched entry by entry. */
export interface MapMember<State, Value> {
  /** `/requestParameters`; the name of an entry follows it as one segment. */
  readonly path: string
  readonly type: PatchValueType<Value>
  read(draft: Draft<State>): Record<string, Value> | undefined
  /** Undefined: the last entry went, and the member with it. */
  write(draft: Draft<State>, map: Record<string, Value> | undefined): void
  /** For an entry that is to be replaced or removed and is not there. */
  missing(): ServiceError
}

/**
 * The rows of a map: add sets an entry, replace sets one that is there, remove takes one that is there.
 * The member goes with its last entry, once all operations are done.
 *
 * Observed: management/update-method-response-*, management/update-method-last-entries-removed
 */
export function mapEntryRows<State, Environment, Value>(
  member: MapMember<State, Value>,
): readonly PatchRow<State, Environment>[] {
  const path = `${member.path}/{name}`
  const existing = (draft: Draft<State>, name: string): Record<string, Value> => {
    const map = member.read(draft)
    if (map === undefined || !Object.hasOwn(map, name)) throw member.missing()
    return map
  }
  return [
    patchRow({
      path,
      ops: ['add'],
      type: member.type,
      set(draft, value, place) {
        const name = place.segment('name')
        if (name === '') throw patchRefusals.path(place.path)
        const map = member.read(draft) ?? {}
        setEntry(map, name, value)
        member.write(draft, map)
      },
      settle: (draft) => {
        checkedMap(member.read(draft))
      },
    }),
    patchRow({
      path,
      ops: ['replace'],
      type: member.type,
      set(draft, value, place) {
        const name = place.segment('name')
        setEntry(existing(draft, name), name, value)
      },
    }),
    patchRow({
      path,
      ops: ['remove'],
      type: noValue,
      set(draft, _value, place) {
        const name = place.segment('name')
        delete existing(draft, name)[name]
      },
      settle(draft) {
        if (Object.keys(member.read(draft) ?? {}).length === 0) member.write(draft, undefined)
      },
    }),
  ]
}

/** The rows of a map that is an optional member of a record. Its path is its name. */
export function memberEntryRows<Member extends string, Value>({
  member,
  ...rest
}: Pick<MapMember<unknown, Value>, 'type' | 'missing'> & {
  readonly member: Member
}): readonly PatchRow<{ readonly [Name in Member]?: Readonly<Record<string, Value>> }, unknown>[] {
  type State = { readonly [Name in Member]?: Readonly<Record<string, Value>> }
  // Holds by what State is: the compiler does not look into a Draft whose member it cannot name.
  const maps = (draft: Draft<State>) => draft as { [name: string]: Record<string, Value> }
  return mapEntryRows<State, unknown, Value>({
    ...rest,
    path: `/${member}`,
    read: (draft) => maps(draft)[member],
    write(draft, map) {
      if (map === undefined) delete maps(draft)[member]
      else maps(draft)[member] = map
    },
  })
}

/** The row of a text that is an optional member of a record: an empty value takes it away. Its path is its name. */
export function optionalTextRow<Member extends string>(
  member: Member,
  ops: readonly Op[] = ['replace'],
): PatchRow<{ readonly [Name in Member]?: string }, unknown> {
  type State = { readonly [Name in Member]?: string }
  return patchRow<State, unknown, string>({
    path: `/${member}`,
    ops,
    type: textValue,
    set(draft, value) {
      // Holds by what State is: the compiler does not look into a Draft whose member it cannot name.
      const texts = draft as { [name: string]: string }
      if (value === '') delete texts[member]
      else texts[member] = value
    },
  })
}

/**
 * A list with `item` at its end, once.
 *
 * @throws {ServiceError} BadRequestException for one that has as many entries as there may be.
 */
export function listWith(list: readonly string[] | undefined, item: string): string[] {
  return list?.includes(item) === true ? [...list] : checkedList([...(list ?? []), item])
}

/** A list without `item`; undefined when nothing is left. */
export function listWithout(
  list: readonly string[] | undefined,
  item: string,
): string[] | undefined {
  const rest = (list ?? []).filter((each) => each !== item)
  return rest.length === 0 ? undefined : rest
}

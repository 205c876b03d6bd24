/** `T` without undefined among its values: a member that could be undefined may be absent instead. */
export type Defined<T> = {
  [Name in keyof T as undefined extends T[Name] ? never : Name]: T[Name]
} & {
  [Name in keyof T as undefined extends T[Name] ? Name : never]?: Exclude<T[Name], undefined>
}

/** A copy of an object without the members that are undefined. Members that are null stay. */
export function omitUndefined<T extends object>(value: T): Defined<T> {
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  // Exactly the members that `Defined` keeps are left.
  return Object.fromEntries(members) as Defined<T>
}

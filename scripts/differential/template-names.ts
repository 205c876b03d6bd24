/** The names that generated and recorded templates know, as JSON text. */
export const templateNames = JSON.stringify({
  a: 'A',
  s: 'some text, a b',
  b: { c: 'C', d: [1, 2, 3], n: null, deep: { x: { y: 'deep' } } },
  l: [1, 'x', null, true],
  o: [
    { id: 1, name: 'one', tags: ['p', 'q'] },
    { id: 2, name: 'two', tags: [] },
  ],
  i: 5,
  big: 3_000_000_000,
  f: 1.5,
  t: true,
  z: false,
  e: '',
  em: [],
  m: {},
  q: 'it\'s "quoted"',
})
